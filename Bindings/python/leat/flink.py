# SPDX-License-Identifier: MIT
"""Step a model over each key's records in Apache Flink, from PyFlink.

    outputs = leat.flink.step(records, "model.safetensors")

Attaches the operator of leat-flink.jar, which must be among the job's jars
(env.add_jars("file:///.../leat-flink.jar")). The records stay in the JVM between
their source and the output. Bindings/flink/README.md has the options and what is
promised.
"""

import importlib
from collections.abc import Sequence
from typing import Any

__all__ = ["bad_samples", "gaps", "step"]


def step(
    stream: Any,
    model_file: str,
    *,
    key: int = 0,
    position: int = 1,
    sample: int | Sequence[int] = 2,
    on_gap: str = "fail",
    on_bad_sample: str = "fail",
    batch_size: int | None = None,
    batch_delay_ms: int | None = None,
    window: tuple[int, int] | None = None,
    max_streams: int | None = None,
    max_bytes: int | None = None,
    idle_after_ms: int | None = None,
    warm_up: tuple[str, int] | None = None,
    uid: str = "leat",
) -> Any:
    """Return a DataStream of (key, position, row).

    stream: a DataStream of Types.ROW or Types.TUPLE
    key, position: the numbers of these fields
    sample: the number of a field of Types.PRIMITIVE_ARRAY(Types.FLOAT()), or those
        of fields that are numbers
    on_gap: "fail", "reset", or "side_output" (then take gaps(), too)
    on_bad_sample: "fail", or "side_output" (then take bad_samples(), too)
    window: (window, hop)
    warm_up: (old model file, samples)
    """
    leat = _java()
    fields = [sample] if isinstance(sample, int) else list(sample)
    options = leat.PythonStreams.options(position, fields)
    options.onGap(leat.GapPolicy.valueOf(on_gap.upper()))
    options.onBadSample(leat.SamplePolicy.valueOf(on_bad_sample.upper()))
    if batch_size is not None:
        options.batchSize(batch_size)
    if batch_delay_ms is not None:
        options.batchDelay(_millis(batch_delay_ms))
    if window is not None:
        options.window(*window)
    if max_streams is not None:
        options.maxStreams(max_streams)
    if max_bytes is not None:
        options.maxBytes(max_bytes)
    if idle_after_ms is not None:
        options.idleAfter(_millis(idle_after_ms))
    if warm_up is not None:
        options.warmUp(warm_up[0], warm_up[1])
    outputs = leat.PythonStreams.step(stream._j_data_stream, key, model_file, options)
    return _stream(outputs.uid(uid))


def gaps(outputs: Any, stream: Any) -> Any:
    """The records beyond a gap, of step(stream, on_gap="side_output")."""
    return _stream(_java().PythonStreams.gaps(outputs._j_data_stream, stream._j_data_stream))


def bad_samples(outputs: Any, stream: Any) -> Any:
    """The bad records, of step(stream, on_bad_sample="side_output")."""
    return _stream(
        _java().PythonStreams.badSamples(outputs._j_data_stream, stream._j_data_stream)
    )


def _java() -> Any:
    gateway = importlib.import_module("pyflink.java_gateway").get_gateway()
    package = gateway.jvm.io.leat.flink
    if not callable(package.PythonStreams):
        raise ImportError("leat-flink.jar is missing: env.add_jars('file:///.../leat-flink.jar')")
    return package


def _stream(j_stream: Any) -> Any:
    return importlib.import_module("pyflink.datastream").DataStream(j_stream)


def _millis(count: int) -> Any:
    gateway = importlib.import_module("pyflink.java_gateway").get_gateway()
    return gateway.jvm.java.time.Duration.ofMillis(count)
