# SPDX-License-Identifier: MIT
"""ONNX graphs with other layers, formulas and sums around the recurrent layers.

pip install numpy onnx onnxruntime; python3 make_graphs.py

Writes by-hand/NAME.onnx with by-hand/NAME.csv, samples and what ONNX Runtime computes with them; and
refused/NAME.onnx with refused/NAME.txt, a part of the expected message.
"""
import numpy
from onnx import TensorProto, helper

from onnx_by_hand import (HIDDEN, INPUTS, OUTPUTS, by_hand, chain, constant, graph, lstm, node,
                          refused, seed, squeezed, tensor, weights)

seed(17)


def around(before, after, tensors=(), opset=17, hidden_inputs=INPUTS, **more):
    """Nodes from X to x, an LSTM, and nodes from y to out."""
    nodes, axes = squeezed(opset)
    cell = node("LSTM", ["x", "W", "R", "B"], ["Y", "Y_h"], hidden_size=HIDDEN)
    after = after or [node("Identity", ["y"], ["out"])]
    return graph(before + [cell] + nodes + after,
                 weights(inputs=hidden_inputs) + axes + list(tensors), opset=opset, **more)


# --- before the recurrent layer --------------------------------------------

by_hand("layer-before", around([node("MatMul", ["X", "N"], ["n"]), node("Add", ["n", "b"], ["x"])],
                               [], [tensor("N", INPUTS, 5), tensor("b", 5)], hidden_inputs=5))
by_hand("activation-before", around([node("Tanh", ["X"], ["x"])], []))
by_hand("prelu-before", around([node("PRelu", ["X", "s"], ["x"])], [], [constant("s", [0.3])]))
by_hand("scaled-before", around([node("Mul", ["X", "s"], ["x"])], [], [constant("s", [0.3, 0.5, -1])]))
by_hand("moved-before", around(
    [node("Mul", ["X", "s"], ["m"]), node("Add", ["m", "o"], ["x"])], [],
    [constant("s", [0.3, 0.5, 1]), tensor("o", 1, INPUTS)]))
by_hand("normalized-layer", around(
    [node("Sub", ["X", "m"], ["c"]), node("Div", ["c", "d"], ["n"]), node("MatMul", ["n", "N"], ["x"])],
    [], [tensor("m", INPUTS), constant("d", [0.7, 3, 1.3]), tensor("N", INPUTS, INPUTS)]))

# --- after it ----------------------------------------------------------------

head = [node("MatMul", ["y", "M"], ["z"])], [tensor("M", HIDDEN, OUTPUTS)]


def activated(name, *nodes, tensors=(), opset=17):
    """Nodes from z, a linear layer's output, to out."""
    by_hand(name, chain(*head[0], *nodes, tensors=head[1] + list(tensors), opset=opset))


def number(name, value):
    return constant(name, value)


activated("leaky-relu", node("LeakyRelu", ["z"], ["out"]))
activated("elu", node("Elu", ["z"], ["out"]))
activated("hard-sigmoid", node("HardSigmoid", ["z"], ["out"]))
activated("log-softmax", node("LogSoftmax", ["z"], ["out"], axis=-1))
activated("gelu-operator", node("Gelu", ["z"], ["out"], approximate="tanh"), opset=20)
activated("prelu", node("PRelu", ["z", "s"], ["out"]), tensors=[constant("s", [0.3, 0.1])])
activated("clip-opset-10", node("Clip", ["z"], ["out"], min=-0.25, max=0.5), opset=10)
activated("clip-at-0", node("Clip", ["z", "zero"], ["out"]), tensors=[number("zero", 0)])
activated("silu", node("Sigmoid", ["z"], ["s"]), node("Mul", ["s", "z"], ["out"]))
activated("hard-swish", node("HardSigmoid", ["z"], ["s"], alpha=1 / 6, beta=0.5),
          node("Mul", ["z", "s"], ["out"]))
activated("hard-swish-clip", node("Add", ["z", "three"], ["a"]),
          node("Clip", ["a", "zero", "six"], ["c"]), node("Mul", ["z", "c"], ["m"]),
          node("Div", ["m", "six"], ["out"]),
          tensors=[number("three", 3), number("zero", 0), number("six", 6)])
activated("softsign-formula", node("Abs", ["z"], ["a"]), node("Add", ["unit", "a"], ["b"]),
          node("Div", ["z", "b"], ["out"]), tensors=[number("unit", 1)])
activated("softplus-threshold", node("Mul", ["z", "three"], ["m"]), node("Softplus", ["m"], ["p"]),
          node("Div", ["p", "three"], ["d"]), node("Greater", ["m", "half"], ["g"]),
          node("Where", ["g", "z", "d"], ["out"]), tensors=[number("three", 3), number("half", 0.5)])
half, one, root2 = number("half", 0.5), number("unit", 1), number("root2", 2 ** 0.5)
activated("gelu-erf", node("Div", ["z", "root2"], ["d"]), node("Erf", ["d"], ["e"]),
          node("Add", ["e", "unit"], ["a"]), node("Mul", ["z", "a"], ["m"]),
          node("Mul", ["m", "half"], ["out"]), tensors=[half, one, root2])
activated("gelu-erf-half-first", node("Mul", ["half", "z"], ["h"]),
          node("Mul", ["z", "r"], ["d"]), node("Erf", ["d"], ["e"]), node("Add", ["unit", "e"], ["a"]),
          node("Mul", ["a", "h"], ["out"]), tensors=[half, one, number("r", 0.5 ** 0.5)])
cubic, root = number("cubic", 0.044715), number("root", (2 / numpy.pi) ** 0.5)
activated("gelu-tanh", node("Pow", ["z", "three"], ["p"]), node("Mul", ["p", "cubic"], ["c"]),
          node("Add", ["z", "c"], ["s"]), node("Mul", ["s", "root"], ["r"]), node("Tanh", ["r"], ["t"]),
          node("Add", ["t", "unit"], ["a"]), node("Mul", ["half", "z"], ["h"]),
          node("Mul", ["h", "a"], ["out"]), tensors=[half, one, cubic, root, number("three", 3)])
activated("gelu-tanh-products", node("Mul", ["z", "z"], ["q"]), node("Mul", ["q", "cubic"], ["c"]),
          node("Add", ["c", "unit"], ["s"]), node("Mul", ["z", "root"], ["r"]),
          node("Mul", ["r", "s"], ["rs"]), node("Tanh", ["rs"], ["t"]),
          node("Add", ["t", "unit"], ["a"]), node("Mul", ["z", "a"], ["m"]),
          node("Mul", ["m", "half"], ["out"]), tensors=[half, one, cubic, root])
statistics = [tensor("g", OUTPUTS), tensor("b", OUTPUTS), tensor("mu", OUTPUTS),
              constant("v", [0.7, 2.5])]
by_hand("batch-norm-opset-8", graph(
    [lstm(), node("Squeeze", ["Y_h"], ["h"], axes=[0]), node("MatMul", ["h", "M"], ["z"]),
     node("BatchNormalization", ["z", "g", "b", "mu", "v"], ["out"], epsilon=0.01)],
    weights() + head[1] + statistics, opset=8), rows=1)

# --- constants between and at the end ---------------------------------------

activated("scaled-between", node("Mul", ["z", "f"], ["s"]), node("Tanh", ["s"], ["t"]),
          node("Add", ["t", "o"], ["out"]),
          tensors=[constant("f", [0.3, -2]), constant("o", [20.5, -3])])
activated("divided", node("Div", ["z", "d"], ["out"]), tensors=[constant("d", [3.0, -0.7])])
activated("divided-by-power", node("Div", ["z", "d"], ["q"]), node("Add", ["q", "o"], ["out"]),
          tensors=[constant("d", [4.0, 0.5]), constant("o", [0.5, 1])])
activated("subtracted-from", node("Sub", ["unit", "z"], ["out"]), tensors=[number("unit", 1)])

# --- sums ----------------------------------------------------------------------

by_hand("residual", chain(node("Tanh", ["y"], ["t"]), node("Add", ["y", "t"], ["out"])))
by_hand("twice", chain(node("Add", ["y", "y"], ["out"])))
wide = tensor("M", HIDDEN, INPUTS)
by_hand("skip-of-input", chain(node("MatMul", ["y", "M"], ["z"]), node("Add", ["z", "X"], ["out"]),
                               tensors=[wide]))
normalizer = [node("Sub", ["X", "m"], ["c"]), node("Div", ["c", "d"], ["x"])], [
    tensor("m", INPUTS), constant("d", [0.5, 3, 1.25])]
by_hand("skip-of-normalized", around(
    normalizer[0], [node("MatMul", ["y", "M"], ["z"]), node("Add", ["z", "x"], ["out"])],
    normalizer[1] + [wide]))
by_hand("skip-of-raw", around(
    normalizer[0], [node("MatMul", ["y", "M"], ["z"]), node("Add", ["X", "z"], ["out"])],
    normalizer[1] + [wide]))
by_hand("skip-of-layer", around(
    [node("MatMul", ["X", "N"], ["n"]), node("Relu", ["n"], ["x"])],
    [node("Add", ["x", "y"], ["s"]), node("Softsign", ["s"], ["t"]), node("Add", ["t", "x"], ["out"])],
    [tensor("N", INPUTS, HIDDEN)], hidden_inputs=HIDDEN))
by_hand("skip-of-last", graph(
    [lstm(), node("Squeeze", ["Y_h", "zero"], ["h"]), node("MatMul", ["h", "M"], ["z"]),
     node("Gather", ["X", "last"], ["l"], axis=0), node("Add", ["z", "l"], ["out"])],
    weights() + [constant("zero", [0], numpy.int64), constant("last", -1, numpy.int64), wide]), rows=1)
first = [constant("i", [0], numpy.int64)]
by_hand("skip-of-first", chain(
    node("MatMul", ["y", "M"], ["z"]), node("Gather", ["X", "i"], ["f"], axis=2),
    node("Add", ["z", "f"], ["out"]), tensors=[tensor("M", HIDDEN, 1)] + first))
by_hand("skip-of-first-of-layer", chain(
    node("MatMul", ["y", "M"], ["z"]), node("Slice", ["y", "i", "k", "l"], ["f"]),
    node("Add", ["z", "f"], ["out"]), tensors=head[1] + first + [
        constant("k", [OUTPUTS], numpy.int64), constant("l", [-1], numpy.int64)]))
by_hand("skip-of-first-of-last", graph(  # x[:, :, :1][-1]
    [lstm(), node("Squeeze", ["Y_h", "zero"], ["h"]), node("MatMul", ["h", "M"], ["z"]),
     node("Slice", ["X", "i", "k", "l"], ["f"]), node("Gather", ["f", "last"], ["g"], axis=0),
     node("Add", ["z", "g"], ["out"])],
    weights() + head[1] + first + [
        constant("zero", [0], numpy.int64), constant("last", -1, numpy.int64),
        constant("k", [OUTPUTS], numpy.int64), constant("l", [-1], numpy.int64)]), rows=1)

# --- what is refused -------------------------------------------------------------

refused("branches", "Leat's layers form a chain",
        chain(node("Tanh", ["y"], ["t"]), node("Sigmoid", ["y"], ["s"]), node("Add", ["t", "s"], ["out"])))
refused("gated", "Leat's layers form a chain",
        chain(node("MatMul", ["y", "M"], ["z"]), node("Mul", ["y", "z"], ["out"]),
              tensors=[tensor("M", HIDDEN, HIDDEN)]))
refused("difference", "(-1.0 tanh(x) + x), which is no activation of Leat",
        chain(node("Tanh", ["y"], ["t"]), node("Sub", ["y", "t"], ["out"])))
refused("quick-gelu", "sigmoid(1.702 x) x, which is no activation of Leat",
        chain(node("Mul", ["y", "n"], ["m"]), node("Sigmoid", ["m"], ["s"]),
              node("Mul", ["y", "s"], ["out"]), tensors=[number("n", 1.702)]))
refused("chosen", "Leat's layers form a chain",
        chain(node("Greater", ["y", "n"], ["g"]), node("MatMul", ["y", "M"], ["z"]),
              node("Where", ["g", "y", "z"], ["out"]),
              tensors=[number("n", 0), tensor("M", HIDDEN, HIDDEN)]))
refused("thresholded", "which is no activation of Leat",
        chain(node("Greater", ["y", "n"], ["g"]), node("Tanh", ["y"], ["t"]),
              node("Where", ["g", "y", "t"], ["out"]), tensors=[number("n", 0)]))
refused("compared", "expected a number in the formula of an activation",
        chain(node("Tanh", ["y"], ["t"]), node("Greater", ["y", "t"], ["out"])))
refused("softmax-of-formula", "applied to (-1.0 tanh(x) + x), which is no activation of Leat",
        chain(node("Tanh", ["y"], ["t"]), node("Sub", ["y", "t"], ["d"]),
              node("Softmax", ["d"], ["out"], axis=-1)))
refused("power", "to the power of a constant of shape [], expected 2 or 3",
        chain(node("Pow", ["y", "n"], ["out"]), tensors=[number("n", 4)]))
refused("long-formula", "is part of a long formula",
        chain(*[node("Mul", [a, a], [b]) for a, b in zip(
            ["y", *(f"p{i}" for i in range(6))], [*(f"p{i}" for i in range(6)), "out"])]))
refused("clip-one-side", "limits to -1.0…any, expected both limits, or 0 and none",
        chain(node("Clip", ["y", "n"], ["out"]), tensors=[number("n", -1)]))
refused("clip-input", "max is what comes from input 'limit'",
        chain(node("Clip", ["y", "n", "limit"], ["out"]), tensors=[number("n", -1)], more_inputs=[
            helper.make_tensor_value_info("limit", TensorProto.FLOAT, [1])]))
refused("prelu-of-steps", "found a constant of shape [6, 1, 1] for [6, 1, 4]",
        chain(node("PRelu", ["y", "s"], ["out"]), tensors=[tensor("s", 6, 1, 1)],
              shape=(6, 1, INPUTS)))
refused("divided-constant", "divides a constant by a layer's output",
        chain(node("Div", ["n", "y"], ["out"]), tensors=[number("n", 1)]))
refused("divided-by-tiny", "divides by a number with a magnitude that isn't 1e-18 to 1e18",
        chain(node("Div", ["y", "n"], ["s"]), node("Tanh", ["s"], ["out"]),
              tensors=[number("n", 1e-30)]))
refused("batch-norm-training", "training_mode is 1", chain(
    node("BatchNormalization", ["y", "g", "g", "g", "v"], ["out"], training_mode=1),
    tensors=[tensor("g", HIDDEN), constant("v", [1] * HIDDEN)]))
refused("batch-norm-of-steps", "reads axis 1 of [time, 5, 4], expected the features", chain(
    node("BatchNormalization", ["y", "g", "g", "g", "v"], ["out"]), shape=("time", 5, INPUTS),
    tensors=[tensor("g", 5), constant("v", [1] * 5)]))
refused("sum-of-sizes", "adds 3 features to 4, expected as many",
        chain(node("Add", ["y", "X"], ["out"])))
refused("sum-of-steps", "expected the same steps of both",
        graph([lstm(), *squeezed()[0], node("Squeeze", ["Y_h", "zero"], ["h"]),
               node("Add", ["y", "h"], ["out"])],
              weights() + squeezed()[1] + [constant("zero", [0], numpy.int64)]))
refused("sum-of-exchanged", "expected the same steps of both",
        chain(node("Transpose", ["X"], ["t"], perm=[1, 0, 2]), node("MatMul", ["y", "M"], ["z"]),
              node("Add", ["z", "t"], ["out"]), tensors=[wide], shape=("time", "batch", INPUTS)))
refused("layer-of-first", "multiplies the first 2 of a layer's outputs by",
        chain(node("Slice", ["y", "i", "k", "l"], ["f"]), node("MatMul", ["f", "M2"], ["out"]),
              tensors=[tensor("M2", 2, 2), *first, constant("k", [2], numpy.int64),
                       constant("l", [-1], numpy.int64)]))
refused("reordered", "combines what comes from input 'X', [time, 1, 2] and a part of input 'X'",
        chain(node("MatMul", ["y", "M"], ["z"]), node("Slice", ["X", "i", "k", "l"], ["f"]),
              node("Gather", ["f", "order"], ["g"], axis=2), node("Add", ["z", "g"], ["out"]),
              tensors=head[1] + first + [
                  constant("k", [OUTPUTS], numpy.int64), constant("l", [-1], numpy.int64),
                  constant("order", [1, 0], numpy.int64)]))
refused("part-of-formula", "selects from (-1.0 tanh(x) + x), which is no activation of Leat",
        chain(node("Tanh", ["y"], ["t"]), node("Sub", ["y", "t"], ["d"]),
              node("Gather", ["d", "last"], ["out"], axis=0),
              tensors=[constant("last", -1, numpy.int64)]))
refused("wider-constant", "expected one that changes no axis",
        chain(node("Add", ["y", "n"], ["out"]), tensors=[constant("n", numpy.ones((1, 1, 1, 1)))]))
refused("prelu-huge", "shape [2147483647], expected at most 16777216 elements",
        around([node("PRelu", ["X", "s"], ["x"])], [], [constant("s", [0.3])],
               shape=("time", 1, 2 ** 31 - 1)))
