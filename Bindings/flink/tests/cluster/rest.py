# SPDX-License-Identifier: MIT
"""The JobManager's REST interface: upload a jar, run, watch and stop jobs."""
import json
import pathlib
import re
import urllib.error
import urllib.request

from cluster import Failure, wait_for


class Rest:
    def __init__(self, port):
        self.address = f"http://127.0.0.1:{port}"

    def ask(self, path, body=None, headers=None):
        if body is not None and not isinstance(body, bytes):
            body, headers = json.dumps(body).encode(), {"Content-Type": "application/json"}
        request = urllib.request.Request(self.address + path, body, headers or {})
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            text = error.read().decode(errors="replace")
            raise Failure(f"{path} was answered with {error.code}: {text[:2000]}") from None

    def is_up(self):
        """Whether the JobManager answers."""
        try:
            return bool(self.ask("/overview"))
        except (OSError, Failure):
            return False

    def task_managers(self):
        return self.ask("/taskmanagers")["taskmanagers"]

    def upload(self, jar):
        """Return the name under which the JobManager has the jar."""
        boundary = "a-line-that-no-jar-has"
        body = (f"--{boundary}\r\nContent-Disposition: form-data; name=\"jarfile\"; "
                f"filename=\"job.jar\"\r\nContent-Type: application/x-java-archive\r\n\r\n").encode()
        body += pathlib.Path(jar).read_bytes() + f"\r\n--{boundary}--\r\n".encode()
        answer = self.ask("/jars/upload", body,
                          {"Content-Type": f"multipart/form-data; boundary={boundary}"})
        return answer["filename"].rpartition("/")[2]


class Job:
    """A job that runs, or did."""

    def __init__(self, rest, number):
        self.rest, self.number = rest, number

    @classmethod
    def run(cls, rest, jar, main, arguments, savepoint=None):
        body = {"entryClass": main, "programArgsList": arguments}
        if savepoint is not None:
            body["savepointPath"] = str(savepoint)
        return cls(rest, rest.ask(f"/jars/{jar}/run", body)["jobid"])

    def state(self):
        return self.rest.ask(f"/jobs/{self.number}")["state"]

    def checkpoints(self):
        return self.rest.ask(f"/jobs/{self.number}/checkpoints")

    def restored(self):
        """The id of the checkpoint that it was last restored from, or 0."""
        return (self.checkpoints()["latest"]["restored"] or {}).get("id", 0)

    def restores(self):
        return self.checkpoints()["counts"]["restored"]

    def exceptions(self):
        """What made it fail so far and the causes of that, without the places in the code."""
        answer = self.rest.ask(f"/jobs/{self.number}/exceptions")
        lines = [line for entry in answer["exceptionHistory"]["entries"]
                 for line in entry["stacktrace"].splitlines() if not re.match(r"\s+(at|\.\.\.) ", line)]
        return "\n".join(lines)

    def wait_for_end(self, expected="FINISHED", seconds=180):
        state = wait_for(f"end of job {self.number}", seconds, lambda: self.ended())
        if state != expected:
            raise Failure(f"the job is {state} and not {expected}: {self.exceptions()}")

    def ended(self):
        state = self.state()
        return state if state in ("FINISHED", "FAILED", "CANCELED") else None

    def wait_for_checkpoint(self, after=0, seconds=120):
        """Wait for a checkpoint newer than the one that it was restored from, and than `after`."""
        def newer():
            latest = self.checkpoints()["latest"]
            completed = (latest["completed"] or {}).get("id", 0)
            restored = (latest["restored"] or {}).get("id", 0)
            if completed > max(restored, after) and self.state() == "RUNNING":
                return completed
            if self.ended():
                raise Failure(f"the job is {self.state()} before the fault: {self.exceptions()}")
            return None
        return wait_for(f"newer checkpoint of job {self.number}", seconds, newer)

    def wait_for_restore(self, count, seconds=120):
        """Wait until it was restored `count` times; return the id of the checkpoint."""
        def done():
            if self.ended():
                raise Failure(f"the job is {self.state()} after the fault: {self.exceptions()}")
            return self.restores() >= count and self.state() == "RUNNING"
        wait_for(f"restart of job {self.number}", seconds, done)
        return self.restored()

    def stop_with_savepoint(self, seconds=120):
        """Stop it, and return the folder of its savepoint."""
        trigger = self.rest.ask(f"/jobs/{self.number}/stop", {"drain": False})["request-id"]
        path = f"/jobs/{self.number}/savepoints/{trigger}"

        def done():
            answer = self.rest.ask(path)
            return answer["operation"] if answer["status"]["id"] == "COMPLETED" else None
        operation = wait_for("savepoint", seconds, done)
        if "location" not in operation:
            raise Failure(f"no savepoint: {operation}")
        self.wait_for_end()
        return pathlib.Path(operation["location"].removeprefix("file:"))

    def task_managers(self):
        """The names of those that run parts of it, or nothing while not all parts run."""
        names = set()
        for vertex in self.rest.ask(f"/jobs/{self.number}")["vertices"]:
            if vertex["status"] not in ("RUNNING", "FINISHED"):
                return []
            subtasks = self.rest.ask(f"/jobs/{self.number}/vertices/{vertex['id']}/taskmanagers")
            names |= {one["taskmanager-id"] for one in subtasks["taskmanagers"]}
        return sorted(names)
