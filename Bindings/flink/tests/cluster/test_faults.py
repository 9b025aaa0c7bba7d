# SPDX-License-Identifier: MIT
"""Streams in a Flink cluster whose processes are killed: every sample of every sensor must be in the
committed files exactly once, with the bits of one C process.

A cluster is made on 127.0.0.1 (cluster.py). Its job reads 16 partitions, steps a stream for each
sensor and writes files with an exactly-once sink (java/). Each function of faults.py takes a job
through one kind of fault, waits for its end and compares. Each fault comes after a checkpoint that
is newer than the one restored from, so that there is something to lose. Two jobs are broken on
purpose: they show that the comparison would notice.

    test_faults.py [--quick] [--only NAME] FLINK_LIB JOB_JAR MODEL REFERENCE

FLINK_LIB has Flink's jars, REFERENCE is the program of ../reference.c. --quick is what CI runs.
"""
import argparse
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import faults
from cluster import Cluster, Failure, wait_for
from rest import Rest
from trial import Settings

MAIN = "io.leat.flink.FaultsJob"
SENSORS, STEPS = 2000, 400
RATE = 3000  # records a second until the faults are over: long enough for all of them


def begin():
    start = time.monotonic()

    def report(text):
        print(f"{time.monotonic() - start:5.0f} s  {text}", flush=True)
    return report


def interrupted(number, frame):
    raise KeyboardInterrupt


def run(options, work, report):
    passed = failed = 0
    reference = work / "reference.f32"
    with open(reference, "wb") as output:
        subprocess.run([options.reference, options.model, str(SENSORS), str(STEPS), "0", "0", "0"],
                       stdout=output, check=True)
    settings = Settings(options.jar, MAIN, options.model, reference, SENSORS, STEPS, RATE, report)
    cluster = Cluster(options.libraries, work / "cluster")
    rest = Rest(cluster.rest_port)
    try:
        cluster.start_job_manager()
        wait_for("JobManager", 120, rest.is_up)
        report(f"started {cluster.job_manager} and its REST interface on port {cluster.rest_port}")
        for fault in options.faults:
            try:
                fault(settings, cluster, rest)
                passed += 1
            except (Failure, OSError) as failure:
                failed += 1
                report(f"FAILED: {fault.__name__}: {failure}")
                print(cluster.last_lines(), flush=True)
                cluster.stop()  # the next fault begins with new processes
                cluster.start_job_manager()
                wait_for("JobManager", 120, rest.is_up)
    finally:
        cluster.stop()
    return passed, failed


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only")
    for name in ("libraries", "jar", "model", "reference"):
        parser.add_argument(name, type=lambda path: pathlib.Path(path).resolve())
    options = parser.parse_args()
    options.faults = faults.QUICK if options.quick else faults.ALL
    if options.only:
        options.faults = [getattr(faults, options.only)]
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, interrupted)
    work = pathlib.Path(tempfile.mkdtemp(prefix="leat-flink-"))
    try:
        passed, failed = run(options, work, begin())
    except Failure as failure:
        print(f"FAILED: {failure}")
        passed, failed = 0, 1
    except KeyboardInterrupt:
        print("interrupted, and all processes are ended")
        sys.exit(130)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    print(f"{passed} passed, {failed} failed")
    sys.exit(failed != 0)


if __name__ == "__main__":
    main()
