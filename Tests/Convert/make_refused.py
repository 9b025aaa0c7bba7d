# SPDX-License-Identifier: MIT
"""Small ONNX models: some to be refused, each for one reason, and some that no exporter writes.

pip install numpy onnx onnxruntime; python3 make_refused.py

Writes refused/NAME.onnx with refused/NAME.txt, a part of the expected message; and
by-hand/NAME.onnx with by-hand/NAME.csv, samples and what ONNX Runtime computes with them.
"""
import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper

from onnx_by_hand import (HIDDEN, INPUTS, OUTPUTS, STEPS, by_hand, chain, constant, graph, lstm, node,
                          refused, squeezed, tensor, weights)

# --- what is not Leat's LSTM -----------------------------------------------

two = [node("Reshape", ["Y", "flat"], ["out"])], [constant("flat", [0, -1], numpy.int64)]
refused("bidirectional", "node 'Y_node' (LSTM): direction is 'bidirectional', expected 'forward'",
        graph([lstm(direction="bidirectional")] + two[0], weights(2) + two[1]))
refused("reverse", "node 'Y_node' (LSTM): direction is 'reverse'",
        chain(lstm_node=lstm(direction="reverse")))
refused("sequence-lens", "sequence_lens is integers of shape [1], expected none",
        chain(lstm_node=lstm("lens"), tensors=[constant("lens", [5], numpy.int32)]))
refused("sequence-lens-input", "export the model without packed or padded sequences",
        chain(lstm_node=lstm("lens"), more_inputs=[
            helper.make_tensor_value_info("lens", TensorProto.INT32, [1])]))
refused("hidden-size", "hidden_size is 5, expected 4 for R [1, 16, 4]", chain(lstm_node=lstm(hidden_size=5)))
refused("layout", "layout is 2, expected 0 or 1", chain(lstm_node=lstm(layout=2)))
refused("state-differs", "isn't the same for all of the batch",
        chain(lstm_node=lstm("", "h0", ""), tensors=[tensor("h0", 1, 2, HIDDEN)],
              shape=("time", 2, INPUTS)))
refused("weights-shape", "expected [1, 4H, inputs] and [1, 4H, H]",
        chain(weight=[tensor("W", 1, 15, INPUTS), tensor("R", 1, 16, HIDDEN), tensor("B", 1, 32)]))
refused("weights-input", "W and R aren't constants",
        chain(weight=weights()[1:], more_inputs=[
            helper.make_tensor_value_info("W", TensorProto.FLOAT, [1, 16, INPUTS])]))
refused("inputs-differ", "X is [time, 1, 5], expected 3 inputs for W", chain(shape=("time", 1, 5)))
refused("no-shape", "has no shape; expected a tensor of three axes", chain(shape=None))

# --- what is not a chain of Leat's layers ----------------------------------

head = [node("MatMul", ["y", "M"], ["z"])], [tensor("M", HIDDEN, OUTPUTS)]
refused("unknown-op", "node 'out_node' (Selu): Leat has nothing like it",
        chain(*head[0], node("Selu", ["z"], ["out"]), tensors=head[1]))
refused("other-domain", "an operator of 'com.microsoft'",
        chain(helper.make_node("Gelu", ["y"], ["out"], name="gelu", domain="com.microsoft"),
              domains=["com.microsoft"]))
refused("loop", "expected the operator LSTM",
        graph([node("Scan", ["X"], ["out"], num_scan_inputs=1, body=helper.make_graph(
            [node("Identity", ["a"], ["b"])], "body",
            [helper.make_tensor_value_info("a", TensorProto.FLOAT, [1, INPUTS])],
            [helper.make_tensor_value_info("b", TensorProto.FLOAT, [1, INPUTS])]))], []))
refused("no-lstm", "expected what comes from the input through an LSTM",
        graph([node("Identity", ["X"], ["out"])], []))
refused("normalizer-of-steps", "are not one for each of the 3 inputs",
        graph([node("Sub", ["X", "s"], ["x"]),
               node("LSTM", ["x", "W", "R", "B"], ["Y"], hidden_size=HIDDEN)] + squeezed()[0]
              + [node("Identity", ["y"], ["out"])],
              weights() + squeezed()[1] + [tensor("s", 4, 1, 1)], shape=(4, 1, INPUTS)))
refused("all-steps-at-once", "expected each step's features, one step at a time",
        graph([lstm(), node("Transpose", ["Y"], ["y"], perm=[2, 0, 1, 3]),
               node("Flatten", ["y"], ["f"], axis=1), node("Gemm", ["f", "M"], ["out"])],
              weights() + [tensor("M", 6 * HIDDEN, OUTPUTS)], shape=(6, 1, INPUTS)))
refused("mixed-reshape", "that isn't known to keep steps and features apart",
        chain(node("Reshape", ["y", "to"], ["out"]),
              tensors=[constant("to", [HIDDEN, -1, 1], numpy.int64)]))
refused("first-step", "expected all of it, or the last step of the time",
        chain(node("Gather", ["y", "zero"], ["out"], axis=0),
              tensors=[constant("zero", 0, numpy.int64)], shape=(6, 1, INPUTS)))
refused("last-feature", "selects a part of axis 2 of [time, 1, 4]",
        chain(node("Gather", ["y", "last"], ["out"], axis=2),
              tensors=[constant("last", -1, numpy.int64)]))
refused("last-of-batch", "selects a part of axis 1 of [time, 2, 4]",
        chain(node("Gather", ["y", "last"], ["out"], axis=1),
              tensors=[constant("last", 1, numpy.int64)], shape=("time", 2, INPUTS)))
refused("some-features", "output 'out' is the first 2 of a layer's outputs",
        chain(node("Slice", ["y", "a", "b", "c"], ["out"]), tensors=[
            constant("a", [0], numpy.int64), constant("b", [2], numpy.int64),
            constant("c", [2], numpy.int64)]))
refused("backwards", "expected all of it, or the last step of the time",
        chain(node("Slice", ["y", "a", "b", "c", "d"], ["out"]), tensors=[
            constant("a", [-1], numpy.int64), constant("b", [-2**31], numpy.int64),
            constant("c", [0], numpy.int64), constant("d", [-1], numpy.int64)]))
refused("some-inputs", "X is a part of input 'X'",
        graph([node("Slice", ["X", "a", "b", "c"], ["x"]),
               node("LSTM", ["x", "W", "R", "B"], ["Y"], hidden_size=HIDDEN)] + squeezed()[0]
              + [node("Identity", ["y"], ["out"])], weights() + squeezed()[1] + [
            constant("a", [0], numpy.int64), constant("b", [3], numpy.int64),
            constant("c", [2], numpy.int64)], shape=("time", 1, 5)))
refused("softmax-of-steps", "expected the features, the last one",
        chain(node("Softmax", ["y"], ["out"], axis=0)))
refused("gemm-alpha", "alpha is 2.0, expected 1",
        graph([lstm(), node("Squeeze", ["Y_h", "zero"], ["h"]),
               node("Gemm", ["h", "M"], ["out"], alpha=2.0)],
              weights() + [constant("zero", [0], numpy.int64), tensor("M", HIDDEN, OUTPUTS)]))
refused("cell-head", "uses the cell state c_n",
        graph([lstm(), node("Squeeze", ["Y_c", "zero"], ["c"]), node("Gemm", ["c", "M"], ["out"])],
              weights() + [constant("zero", [0], numpy.int64), tensor("M", HIDDEN, OUTPUTS)]))
refused("two-outputs", "name the output to convert",
        chain(*head[0], node("Sigmoid", ["z"], ["out"]), tensors=head[1], outputs=("z", "out")))
refused("training", "training_mode is true",
        chain(node("Dropout", ["y", "r", "t"], ["out"]), tensors=[
            constant("r", 0.5), constant("t", True, numpy.bool_)]))
refused("axes-exchanged", "its axes are not time, batch and features as in the layer before",
        chain(node("Transpose", ["y"], ["t"], perm=[1, 0, 2]),
              node("LSTM", ["t", "W2", "R2"], ["Z"], hidden_size=HIDDEN),
              node("Squeeze", ["Z", "one"], ["out"]), shape=("time", "batch", INPUTS),
              tensors=[tensor("W2", 1, 16, HIDDEN), tensor("R2", 1, 16, HIDDEN)]))

# --- malformed files -------------------------------------------------------

plain = chain()
refused("truncated", "isn't an ONNX model, or is cut short", plain.SerializeToString()[:-40])
refused("empty", "expected one graph and an operator set", b"")
refused("opset-6", "found opset 6, expected 7 to", chain(opset=6))
refused("opset-99", "found opset 99, expected 7 to", chain(opset=99))
broken = chain()
broken.graph.initializer[0].raw_data = broken.graph.initializer[0].raw_data[:-4]
refused("data-missing", "tensor 'W': found 188 bytes, expected 192 for shape [1, 16, 3]", broken)
broken = chain()
broken.graph.initializer[0].dims[0] = -1
refused("dimension-negative", "tensor 'W': found a dimension of -1, expected 0 to", broken)
broken = chain()
broken.graph.initializer[0].dims.extend([1 << 30, 1 << 30, 1 << 30])
refused("dimension-large", "tensor 'W': found shape [1, 16, 3, 1073741824,", broken)
broken = chain()
broken.graph.initializer[0].ClearField("raw_data")
broken.graph.initializer[0].data_location = TensorProto.EXTERNAL
broken.graph.initializer[0].external_data.add(key="location", value="../../etc/weights.bin")
refused("external-data", "its data is in '../../etc/weights.bin', not in the model", broken)
broken = chain()
broken.graph.initializer[0].data_type = TensorProto.INT8
broken.graph.initializer[0].raw_data = bytes(48)
refused("quantized", "data type INT8, expected FLOAT", broken)
broken = chain()
broken.graph.sparse_initializer.add()
refused("sparse", "has sparse tensors", broken)
broken = chain()
broken.graph.quantization_annotation.add()
refused("quantization-annotation", "is quantized (quantization_annotation)", broken)
broken = chain()
broken.functions.add(name="LSTM", domain="")
refused("functions", "has functions in the place of ONNX's own operators", broken)
broken = chain()
broken.graph.node[1].input[0] = "nowhere"
refused("input-missing", "input 'nowhere' isn't the output of a node before it", broken)
broken = chain()
broken.graph.node.extend([broken.graph.node[0]])
refused("made-twice", "is defined twice", broken)
broken = chain()
broken.graph.node[0].attribute[0].ref_attr_name = "size"
refused("attribute-reference", "attribute 'hidden_size' isn't a plain value", broken)
broken = chain()
broken.graph.initializer[0].raw_data = numpy.full(48, numpy.nan, numpy.float32).tobytes()
refused("not-finite", "lstm.weight_ih_l0", broken)

# --- what no exporter writes ------------------------------------------------

for opset in (7, 8, 10, 12, 14, 22):
    by_hand(f"opset-{opset}", chain(
        *head[0], node("Add", ["z", "b"], ["s"]),
        node("Softmax", ["s"], ["out"], axis=2), tensors=head[1] + [tensor("b", OUTPUTS)],
        opset=opset))
halves = [onnx.TensorProto.FromString(each.SerializeToString()) for each in weights()]
typed = [helper.make_tensor(each.name, TensorProto.FLOAT, each.dims,
                            numpy_helper.to_array(each).reshape(-1)) for each in halves]
by_hand("typed-fields", chain(weight=typed))
by_hand("double-constants", chain(
    node("Cast", ["W64"], ["M32"], to=TensorProto.FLOAT), node("MatMul", ["y", "M32"], ["out"]),
    tensors=[tensor("W64", HIDDEN, OUTPUTS, dtype=numpy.float64)]))
by_hand("half-constants", chain(
    node("Cast", ["W16"], ["M32"], to=TensorProto.FLOAT), node("MatMul", ["y", "M32"], ["out"]),
    tensors=[tensor("W16", HIDDEN, OUTPUTS, dtype=numpy.float16)]))
by_hand("dead-node", chain(node("Identity", ["y"], ["out"]),
                           node("LeakyRelu", ["y"], ["nobody"], alpha=0.1)))
by_hand("scaled-back", chain(
    *head[0], node("Add", ["z", "b"], ["s"]), node("Mul", ["s", "f"], ["t"]),
    node("Add", ["t", "o"], ["out"]), tensors=head[1] + [
        tensor("b", OUTPUTS), constant("f", [3.7, 0.11]), constant("o", [20.5, -3])]))
by_hand("unbatched", graph(
    [node("Unsqueeze", ["X", "one"], ["x"]), node("LSTM", ["x", "W", "R", "B"], ["Y"],
                                                  hidden_size=HIDDEN),
     node("Squeeze", ["Y", "both"], ["out"])],
    weights() + [constant("one", [1], numpy.int64), constant("both", [1, 2], numpy.int64)],
    shape=("time", INPUTS)))
by_hand("power-of-two", graph(
    [node("Sub", ["X", "m"], ["c"]), node("Mul", ["c", "s"], ["x"]),
     node("LSTM", ["x", "W", "R", "B"], ["Y"], hidden_size=HIDDEN)] + squeezed()[0]
    + [node("Identity", ["y"], ["out"])],
    weights() + squeezed()[1] + [constant("m", [0.3]), constant("s", [0.5, 2, 4])]))
by_hand("tensordot", chain(  # as Keras exports a Dense after return_sequences
    node("Shape", ["y"], ["shape"]), node("Reshape", ["y", "flat"], ["f"]),
    node("MatMul", ["f", "M"], ["m"]),
    node("Slice", ["shape", "a", "b"], ["front"]), node("Concat", ["front", "n"], ["to"], axis=0),
    node("Reshape", ["m", "to"], ["out"]), shape=("time", 1, INPUTS), tensors=[
        constant("flat", [-1, HIDDEN], numpy.int64), tensor("M", HIDDEN, OUTPUTS),
        constant("a", [0], numpy.int64), constant("b", [2], numpy.int64),
        constant("n", [OUTPUTS], numpy.int64)]))
by_hand("state-constant", chain(
    lstm_node=lstm("", "h0", "c0"),
    tensors=[tensor("h0", 1, 1, HIDDEN), tensor("c0", 1, 1, HIDDEN)]))
by_hand("full-lens", chain(
    node("Identity", ["y"], ["out"]), lstm_node=lstm("lens"), shape=(STEPS, 1, INPUTS),
    tensors=[constant("lens", [STEPS], numpy.int32)]))

# --- after the others, so that their numbers stay --------------------------

second = node("LSTM", ["y", "W2", "R2"], ["Y2", "h2", "c2"], hidden_size=HIDDEN), [
    tensor("W2", 1, 16, HIDDEN), tensor("R2", 1, 16, HIDDEN)]
refused("deeper-state", "output 'h2' comes through more recurrent layers than 'y'; name the output",
        chain(second[0], tensors=second[1], outputs=("y", "h2")))
refused("other-state", "output 'h2' comes through other recurrent layers than 'Y_h'; name the output",
        chain(node("LSTM", ["X", "W2", "R2"], ["Y2", "h2", "c2"], hidden_size=HIDDEN), tensors=[
            tensor("W2", 1, 16, INPUTS), tensor("R2", 1, 16, HIDDEN)], outputs=("Y_h", "h2")))
by_hand("one-output", chain(  # as model(x).squeeze(-1) is exported
    node("MatMul", ["y", "M"], ["z"]), node("Squeeze", ["z", "minus"], ["out"]),
    tensors=[tensor("M", HIDDEN, 1), constant("minus", [-1], numpy.int64)],
    shape=("time", "batch", INPUTS)))
by_hand("one-output-of-last", graph(
    [lstm(), node("Squeeze", ["Y_h", "zero"], ["h"]), node("MatMul", ["h", "M"], ["z"]),
     node("Squeeze", ["z", "minus"], ["out"])],
    weights() + [constant("zero", [0], numpy.int64), tensor("M", HIDDEN, 1),
                 constant("minus", [-1], numpy.int64)], shape=("time", "batch", INPUTS)), rows=1)
by_hand("states-reversed", chain(
    second[0], tensors=second[1], outputs=("h2", "Y_h"), shape=("time", "batch", INPUTS)), rows=1)


def shaped(name, *lengths):
    """No elements, whatever the other sizes are."""
    made = TensorProto(name=name, data_type=TensorProto.FLOAT, raw_data=b"")
    made.dims.extend(lengths)
    return made


huge = 2 ** 31
most = 2 ** 63 - 1
added = node("Add", ["y", "made"], ["out"])
refused("zero-and-huge", "tensor 'z': found shape [",
        chain(node("Transpose", ["z"], ["made"]), added, tensors=[shaped("z", 0, huge, huge, huge)]))
refused("joined-zero", "shape [0, 2147483648, 2], expected at most",
        chain(node("Concat", ["z", "z"], ["made"], axis=2), added, tensors=[shaped("z", 0, huge, 1)]))
refused("made-zero", "expected at most 16777216 elements",
        chain(node("ConstantOfShape", ["s"], ["z"]), node("Transpose", ["z"], ["made"]), added,
              tensors=[constant("s", [0, most, most], numpy.int64)]))
refused("picked-huge", "shape [1, 4194304, 16777216], expected at most",
        chain(node("ConstantOfShape", ["s"], ["d"]), node("ConstantOfShape", ["n"], ["i"], value=(
            constant("", [0], numpy.int64))), node("Gather", ["d", "i"], ["made"], axis=2), added,
              tensors=[constant("s", [1, 1 << 22, 1], numpy.int64),
                       constant("n", [1 << 24], numpy.int64)]))
refused("joined-huge", "shape [104857600], expected at most",
        chain(node("ConstantOfShape", ["s"], ["d"]), node("Concat", ["d"] * 400, ["made"], axis=0),
              added, tensors=[constant("s", [1 << 18], numpy.int64)]))
refused("index-huge", "expected all of it, or the last step of the time",
        chain(node("Gather", ["y", "most"], ["out"], axis=0),
              tensors=[constant("most", most, numpy.int64)]))
refused("start-huge", "expected all of it, or the last step of the time",
        chain(node("Slice", ["y", "most", "most", "zero"], ["out"]), tensors=[
            constant("most", [most], numpy.int64), constant("zero", [0], numpy.int64)]))
