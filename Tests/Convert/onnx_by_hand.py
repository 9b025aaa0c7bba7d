# SPDX-License-Identifier: MIT
"""Makes small ONNX models of their nodes: for make_refused.py, make_cells.py and make_graphs.py."""
import os

import numpy
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

HERE = os.path.dirname(os.path.abspath(__file__))
INPUTS, HIDDEN, OUTPUTS, STEPS = 3, 4, 2, 12
random = numpy.random.default_rng(5)


def seed(number):
    global random
    random = numpy.random.default_rng(number)


def tensor(name, *shape, dtype=numpy.float32):
    return numpy_helper.from_array((random.standard_normal(shape) * 0.4).astype(dtype), name)


def constant(name, values, dtype=numpy.float32):
    return numpy_helper.from_array(numpy.array(values, dtype), name)


def node(kind, inputs, outputs, **attributes):
    return helper.make_node(kind, inputs, outputs, name=outputs[0] + "_node", **attributes)


def weights(directions=1, gates=4, hidden=HIDDEN, inputs=INPUTS):
    return [tensor("W", directions, gates * hidden, inputs),
            tensor("R", directions, gates * hidden, hidden),
            tensor("B", directions, 2 * gates * hidden)]


def lstm(*more, name="Y", **attributes):
    attributes.setdefault("hidden_size", HIDDEN)
    return node("LSTM", ["X", "W", "R", "B", *more], [name, "Y_h", "Y_c"], **attributes)


def graph(nodes, tensors, output="out", opset=17, shape=("time", 1, INPUTS), more_inputs=(),
          outputs=(), functions=(), domains=()):
    inputs = [helper.make_tensor_value_info("X", TensorProto.FLOAT, shape), *more_inputs]
    names = outputs or (output,)
    made = helper.make_graph(nodes, "graph", inputs, [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in names], tensors)
    ids = [helper.make_opsetid("", opset)] + [helper.make_opsetid(each, 1) for each in domains]
    return helper.make_model(made, opset_imports=ids, ir_version=8, functions=list(functions))


def squeezed(opset=17):
    """Y [time, 1, batch, H] -> y [time, batch, H]"""
    if opset < 13:
        return [node("Squeeze", ["Y"], ["y"], axes=[1])], []
    return [node("Squeeze", ["Y", "one"], ["y"])], [constant("one", [1], numpy.int64)]


def chain(*after, tensors=(), opset=17, lstm_node=None, weight=None, **more):
    """An LSTM, its direction squeezed away, and the nodes after it; y goes in, out comes out."""
    nodes, axes = squeezed(opset)
    after = list(after) or [node("Identity", ["y"], ["out"])]
    return graph([lstm_node or lstm()] + nodes + after, (weight or weights()) + axes
                 + list(tensors), opset=opset, **more)


def write(folder, name, model):
    os.makedirs(os.path.join(HERE, folder), exist_ok=True)
    path = os.path.join(HERE, folder, name + ".onnx")
    with open(path, "wb") as file:
        file.write(model if isinstance(model, bytes) else model.SerializeToString())
    return path


def refused(name, words, model):
    write("refused", name, model)
    with open(os.path.join(HERE, "refused", name + ".txt"), "w") as file:
        print(words, file=file)


def by_hand(name, model, more=lambda: {}, rows=None):
    path = write("by-hand", name, model)
    samples = random.standard_normal((STEPS, INPUTS)).astype(numpy.float32)
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    rank = len(session.get_inputs()[0].shape)
    axis = 1 if session.get_inputs()[0].shape[0] == 1 else 0

    def run(part):
        x = part if rank == 2 else numpy.expand_dims(part, 1 - axis)
        return session.run(None, {"X": x, **more()})[0]

    outputs = (run(samples).reshape(STEPS, -1) if rows is None else
               numpy.array([run(samples[:n]).reshape(-1) for n in range(1, STEPS + 1)]))
    with open(os.path.join(HERE, "by-hand", name + ".csv"), "w") as file:
        columns = [f"x{i}" for i in range(INPUTS)] + [f"y{i}" for i in range(outputs.shape[1])]
        print(",".join(columns), file=file)
        for row in numpy.hstack([samples, outputs]):
            print(",".join(f"{value:.9g}" for value in row), file=file)
