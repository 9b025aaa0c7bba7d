# SPDX-License-Identifier: MIT
"""PyFlink with the operator: the bits of a C program, and what is refused.

usage: test_python.py JAR MODEL REFERENCE
"""

import importlib.util
import subprocess
import sys
from pathlib import Path

import numpy as np
from pyflink.common import Configuration, Row, Types
from pyflink.datastream import StreamExecutionEnvironment

SENSORS, SAMPLES = 7, 40
MASK = (1 << 64) - 1

# The file alone: the package around it has a C extension, which isn't needed here.
path = Path(__file__).parents[2] / "python/leat/flink.py"
spec = importlib.util.spec_from_file_location("leat_flink", path)
flink = importlib.util.module_from_spec(spec)
spec.loader.exec_module(flink)

passed = failed = 0


def expect(what, right):
    global passed, failed
    passed, failed = passed + bool(right), failed + (not right)
    if not right:
        print("FAILED:", what)


def mix(z):
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return z ^ (z >> 31)


def sample(sensor, number):
    h, values = mix((sensor * 0x9E3779B97F4A7C15 + number) & MASK), []
    for _ in range(3):
        h = mix((h + 0x9E3779B97F4A7C15) & MASK)
        values.append((h >> 40) * 2.0**-23 - 1)
    return values


def environment(jar):
    env = StreamExecutionEnvironment.get_execution_environment(Configuration())
    env.add_jars(f"file://{Path(jar).resolve()}")
    env.set_python_executable(sys.executable)
    env.set_parallelism(1)
    return env


def records(env, kind, numbers):
    """Sensors 1 and so on (as strings) and their samples: in one field, or in three."""
    order = [(sensor, number) for number in numbers for sensor in range(SENSORS)]
    if kind == "array":
        rows = [Row(str(s), n, sample(s, n)) for s, n in order]
        types = [Types.STRING(), Types.LONG(), Types.PRIMITIVE_ARRAY(Types.FLOAT())]
        return env.from_collection(rows, Types.ROW(types))
    rows = [(n, str(s), *sample(s, n)) for s, n in order]
    types = [Types.LONG(), Types.STRING(), Types.FLOAT(), Types.FLOAT(), Types.FLOAT()]
    return env.from_collection(rows, Types.TUPLE(types))


def same_bits(outputs, reference):
    found = {(int(key), position): np.float32(row) for key, position, row in outputs}
    return len(found) == len(outputs) and set(found) == {
        (s, n) for s in range(SENSORS) for n in range(SAMPLES)
    } and all(found[s, n].tobytes() == reference[s, n].tobytes() for s, n in found)


def refused(body):
    try:
        body()
        return ""
    except Exception as error:
        return str(error)


def main(jar, model, program):
    bits = subprocess.run([program, model, str(SENSORS), str(SAMPLES), "0", "0", "0"],
                          check=True, stdout=subprocess.PIPE).stdout
    reference = np.frombuffer(bits, "<f4").reshape(SENSORS, SAMPLES, -1)
    for kind, fields in ("array", {}), ("fields", {"key": 1, "position": 0, "sample": [2, 3, 4]}):
        env = environment(jar)
        outputs = flink.step(records(env, kind, range(SAMPLES)), model, batch_size=64,
                             max_streams=100, max_bytes=1 << 20, batch_delay_ms=5, **fields)
        # Through a function in Python, as a job would have it.
        rows = outputs.map(lambda out: Row(out[0], out[1], [float(v) for v in out[2]]),
                           output_type=Types.ROW([Types.STRING(), Types.LONG(),
                                                  Types.PRIMITIVE_ARRAY(Types.FLOAT())]))
        with rows.execute_and_collect() as found:
            expect(f"{kind}: the bits of C", same_bits(list(found), reference))

    env = environment(jar)
    gapped = records(env, "array", [0, 1, 5])
    outputs = flink.step(gapped, model, on_gap="side_output")
    with flink.gaps(outputs, gapped).execute_and_collect() as found:
        expect("gaps in a side output", [row[1] for row in found] == [5] * SENSORS)

    expect("a policy that isn't there", "side" in refused(
        lambda: flink.step(records(environment(jar), "array", [0]), model, on_gap="side")).lower())
    expect("no such field", "the key is field 9" in refused(
        lambda: flink.step(records(environment(jar), "array", [0]), model, key=9)))
    pickled = environment(jar).from_collection([1, 2]).map(lambda v: v)
    expect("records without a type", "output_type=Types.ROW" in refused(
        lambda: flink.step(pickled, model)))

    print(f"{passed} passed, {failed} failed")
    return failed > 0


sys.exit(main(*sys.argv[1:]))
