# SPDX-License-Identifier: MIT
"""A Flink cluster on 127.0.0.1: a JobManager and TaskManagers, each a process of its own.

The processes are java itself, without Flink's shell scripts (which PyPI's package lacks), so the
process that is killed is the one that does the work. They are ended by the ids that were recorded
when they were started, and by no other; when this process dies, the system kills them.
"""
import ctypes
import os
import pathlib
import signal
import socket
import subprocess
import time

SLOTS = 2
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None)
MODULES = ("java.lang", "java.lang.reflect", "java.io", "java.net", "java.nio", "java.text", "java.time",
           "java.util", "java.util.concurrent", "java.util.concurrent.atomic",
           "java.util.concurrent.locks", "sun.nio.ch")
# Processes that live for seconds: the second compiler would only take the processor from the rest.
JAVA = ["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
        *(f"--add-opens=java.base/{name}=ALL-UNNAMED" for name in MODULES)]

CONFIG = """\
jobmanager.rpc.address: 127.0.0.1
jobmanager.rpc.port: {rpc}
jobmanager.bind-host: 127.0.0.1
rest.address: 127.0.0.1
rest.bind-address: 127.0.0.1
rest.port: {rest}
web.upload.dir: {work}/jars
web.refresh-interval: 200
web.checkpoints.history: 1000
taskmanager.host: 127.0.0.1
taskmanager.bind-host: 127.0.0.1
taskmanager.numberOfTaskSlots: {slots}
taskmanager.cpu.cores: {slots}
taskmanager.memory.framework.heap.size: 128m
taskmanager.memory.framework.off-heap.size: 128m
taskmanager.memory.task.heap.size: 256m
taskmanager.memory.task.off-heap.size: 64m
taskmanager.memory.managed.size: 32m
taskmanager.memory.jvm-metaspace.size: 192m
taskmanager.memory.jvm-overhead.min: 64m
taskmanager.memory.jvm-overhead.max: 64m
taskmanager.memory.network.min: 32m
taskmanager.memory.network.max: 32m
io.tmp.dirs: {work}/tmp
heartbeat.interval: 1000
heartbeat.timeout: 15000
state.backend.type: hashmap
execution.checkpointing.timeout: 60000
execution.checkpointing.dir: file://{work}/checkpoints
execution.checkpointing.savepoint-dir: file://{work}/savepoints
execution.checkpointing.externalized-checkpoint-retention: RETAIN_ON_CANCELLATION
restart-strategy.type: exponential-delay
restart-strategy.exponential-delay.initial-backoff: 300 ms
restart-strategy.exponential-delay.max-backoff: 3 s
restart-strategy.exponential-delay.jitter-factor: 0
pipeline.generic-types: false
"""

LOGGING = """\
rootLogger.level = INFO
rootLogger.appenderRef.console.ref = Console
appender.console.name = Console
appender.console.type = CONSOLE
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %d{HH:mm:ss,SSS} %-5p %-40.40c %m%n
"""


class Failure(Exception):
    """A test that went wrong; its text says what was found and what was expected."""


def wait_for(what, seconds, condition):
    """Call `condition` until it returns something true, and return that."""
    end = time.monotonic() + seconds
    while True:
        result = condition()
        if result:
            return result
        if time.monotonic() > end:
            raise Failure(f"no {what} within {seconds} seconds")
        time.sleep(0.1)


def free_ports(count):
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


class Process:
    """A JVM of the cluster. What it prints goes to a file."""

    def __init__(self, name, log, command):
        self.name, self.log = name, log
        with open(log, "wb") as output:
            self.popen = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
                preexec_fn=lambda: LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL))
        self.pid = self.popen.pid

    def is_alive(self):
        return self.popen.poll() is None

    def kill(self):
        """kill -9, also when it isn't alive any more."""
        self.popen.kill()
        self.popen.wait()

    def __str__(self):
        return f"{self.name} (pid {self.pid})"


class Cluster:
    """The processes that run, and their configuration, in the folder `work`."""

    def __init__(self, libraries, work):
        self.classes = f"{libraries}/*"
        self.work = pathlib.Path(work)
        self.logs = self.work / "logs"
        self.job_manager = None
        self.task_managers = []
        self.started = 0
        rpc, self.rest_port = free_ports(2)
        for folder in ("conf", "logs", "tmp", "jars", "checkpoints", "savepoints"):
            (self.work / folder).mkdir(parents=True)
        conf = self.work / "conf"
        (conf / "config.yaml").write_text(
            CONFIG.format(rpc=rpc, rest=self.rest_port, work=self.work, slots=SLOTS))
        (conf / "log4j.properties").write_text(LOGGING)

    def start(self, name, heap, main, *arguments):
        java = os.path.join(os.environ["JAVA_HOME"], "bin/java") if "JAVA_HOME" in os.environ else "java"
        command = [java, f"-Xmx{heap}m", *JAVA, f"-Djava.io.tmpdir={self.work}/tmp",
                   f"-Dlog4j.configurationFile={self.work}/conf/log4j.properties",
                   "-cp", self.classes, f"org.apache.flink.runtime.{main}",
                   "--configDir", f"{self.work}/conf", *arguments]
        return Process(name, self.logs / f"{name}.log", command)

    def start_job_manager(self):
        self.started += 1
        self.job_manager = self.start(f"jobmanager-{self.started}", 320,
                                      "entrypoint.StandaloneSessionClusterEntrypoint")

    def start_task_manager(self):
        """Start one; it registers some seconds later."""
        self.started += 1
        name = f"taskmanager-{self.started}"
        self.task_managers.append(self.start(
            name, 384, "taskexecutor.TaskManagerRunner", f"-Dtaskmanager.resource-id={name}"))
        return self.task_managers[-1]

    def kill(self, process):
        process.kill()
        if process is self.job_manager:
            self.job_manager = None
        else:
            self.task_managers.remove(process)

    def stop(self):
        for process in (self.job_manager, *self.task_managers):
            if process is not None:
                process.kill()
        self.job_manager, self.task_managers = None, []

    def check_alive(self):
        """Nobody but the tests may end a process."""
        for process in (self.job_manager, *self.task_managers):
            if process is not None and not process.is_alive():
                raise Failure(f"{process} ended by itself with {process.popen.returncode}")

    def last_lines(self):
        """The end of each log, for whoever has to find out why a test failed."""
        logs = sorted(self.logs.iterdir(), key=lambda path: path.stat().st_mtime)
        parts = []
        for log in logs[-4:]:
            lines = log.read_text(errors="replace").splitlines()
            parts.append(f"--- {log.name}\n" + "\n".join(line[:300] for line in lines[-25:]))
        return "\n".join(parts)
