# SPDX-License-Identifier: MIT
"""Measure other runtimes at a step of the models that bench.c measures.

usage: compare_peers.py LIBLEAT LIBPEERS RESULTS.json [--templates LIBRARY ...]
                        [--only step,small,gru,batch,int8,int8_batch]

Each way to run a model in a runtime is first checked against float64: the same
weights, the same samples, every output within the bound. Only then is it timed.
All ways of a shape are timed in turn, Leat among them, so that a slow spell of
the machine is in all. Each has one thread.
"""
import argparse
import ctypes
import datetime
import json
import logging
import os
import pathlib
import platform
import sys
import tempfile
import time
import warnings
from contextlib import suppress

import numpy as np

from peers.leat import Leat
from peers.litert import LiteRt
from peers.measuring import (BOUND, BOUND_INT8, CHECKED, Run, figures, first_line,
                             quiet, say)
from peers.model import GRU_SHAPES, SHAPES, SMALL, GRUModel, Model
from peers.onnx_runtime import OnnxRuntime
from peers.openvino import OpenVino
from peers.pytorch import PyTorch
from peers.templates import Templates
from peers.ways import CWay, PythonWay

STREAMS = 256
TEMPLATES = {"RTNeural": "RTNEURAL", "NeuralAudio": "NEURALAUDIO"}
# Each has the shapes, the streams of a call and the bound.
SECTIONS = {
    "step": (SHAPES, 1, BOUND), "small": (SMALL, 1, BOUND),
    "gru": (GRU_SHAPES, 1, BOUND), "batch": ("BCDE", STREAMS, BOUND),
    "int8": ("CDEF", 1, BOUND_INT8), "int8_batch": ("CD", STREAMS, BOUND_INT8)}


def machine():
    info = {}
    with suppress(OSError):
        for line in open("/proc/cpuinfo"):
            name, _, value = line.partition(":")
            info.setdefault(name.strip(), value.strip())
    flags = (info.get("flags") or info.get("Features") or "").split()
    now = datetime.datetime.now(datetime.timezone.utc)
    return {"processor": info.get("model name") or platform.processor(),
            "instructions": ", ".join(flag for flag in (
                "avx2", "fma", "avx_vnni", "avx512f", "avx512_vnni",
                "amx_int8", "asimd", "asimddp") if flag in flags),
            "cores": os.cpu_count(), "system": platform.platform(),
            "load": os.getloadavg()[0], "python": platform.python_version(),
            "date": now.strftime("%Y-%m-%dT%H:%M:%SZ")}


def python_call():
    """Nanoseconds that Python adds to a step: the time of a step that does
    nothing."""
    def step(row):
        start = time.perf_counter_ns()
        nothing(row)
        return time.perf_counter_ns() - start, None

    def nothing(row):
        return row
    return float(np.median(PythonWay("", "", step).run([0] * 10000)))


def usable_peers(templates, failed):
    """The peers that are here; the others are failed."""
    peers = []

    def add(name, make):
        try:
            with quiet():
                peers.append(make())
        except Exception as problem:
            why = first_line(problem)
            say(f"{name} can't be measured here: {why}")
            failed.append({"peer": name, "shape": "all",
                           "why": f"not installed or not usable: {why}"})

    for kind in (PyTorch, OnnxRuntime, OpenVino, LiteRt):
        add(kind.name, kind)
    for name, variable in TEMPLATES.items():
        of = [path for path in templates
              if pathlib.Path(path).name.startswith(name + "+")]
        if of:
            add(name, lambda name=name, of=of: Templates(name, of))
        else:
            failed.append({"peer": name, "shape": "all", "why": "not measured: "
                           f"make bench-peers {variable}=path compiles its "
                           "sources"})
    return peers


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("libleat")
    parser.add_argument("libpeers")
    parser.add_argument("results")
    parser.add_argument("--templates", nargs="*", default=[])
    parser.add_argument("--only", default=",".join(SECTIONS))
    given = parser.parse_args()
    given.only = given.only.split(",")
    unknown = set(given.only) - set(SECTIONS)
    if unknown:
        parser.error(f"no section {', '.join(unknown)}: there are "
                     f"{', '.join(SECTIONS)}")
    return given


def main():
    given = arguments()
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    leat, failed = Leat(given.libleat), []
    CWay.timer = ctypes.CDLL(given.libpeers)
    peers = usable_peers(given.templates, failed)
    versions = {"Leat": leat.version()} | {peer.name: peer.version
                                           for peer in peers}
    say(", ".join(f"{name} {version}" for name, version in versions.items()))

    run, started = Run(leat, peers, failed), time.monotonic()
    found = {"machine": machine(), "versions": versions,
             "bounds": {"float32": BOUND, "int8": BOUND_INT8,
                        "steps": CHECKED},
             "python_call_ns": python_call(), "reference": [],
             **{section: [] for section in SECTIONS}, "failed": failed}
    with tempfile.TemporaryDirectory() as folder:
        models = {name: kind(name, pathlib.Path(folder))
                  for kind in (Model, GRUModel) for name in kind.shapes}
        for section in given.only:
            shapes, streams, bound = SECTIONS[section]
            say(f"{section}, of {streams} streams" if streams > 1 else section)
            for name in shapes:
                reference, ways = run.measure(models[name], section, streams,
                                              bound)
                found["reference"].append({"shape": name, "what": section,
                                           "streams": streams, **reference})
                found[section] += [{"shape": name, "peer": way.peer,
                                    "way": way.name, "streams": streams,
                                    **figures(way)}
                                   for way in ways]
    pathlib.Path(given.results).write_text(json.dumps(found, indent=1) + "\n")
    say(f"{given.results}, after {time.monotonic() - started:.0f} seconds")
    # The runtimes' threads and static objects can crash at exit.
    sys.stderr.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
