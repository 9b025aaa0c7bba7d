# SPDX-License-Identifier: MIT
"""The graph that ONNX Runtime and OpenVINO read."""
import numpy as np

def onnx_file(model, kind, streams=1):
    """kind "LSTM", "GRU": the operator; "plain": matrix product and functions,
    of an LSTM."""
    import onnx
    from onnx import TensorProto, helper, numpy_helper
    hidden, nodes, constants = model.hidden, [], {}

    def node(kind, inputs, *outputs, **attributes):
        nodes.append(helper.make_node(kind, inputs, outputs, **attributes))
        return outputs[0]

    def constant(name, value):
        constants[name] = np.ascontiguousarray(value)
        return name

    def gates(rows):
        """PyTorch: i, f, g, o and r, z, n; ONNX: i, o, f, g and z, r, n."""
        order = (1, 0, 2) if kind == "GRU" else (0, 3, 1, 2)
        parts = np.split(rows, len(order))
        return np.concatenate([parts[k] for k in order])

    one = [] if kind == "plain" else [1]
    x = "x"
    for n in range(model.layers):
        h, c = f"h{n}", f"c{n}"
        if kind != "plain":
            w_ih, w_hh, b_ih, b_hh = map(gates, model.layer(n))
            more = {"linear_before_reset": 1} if kind == "GRU" else {}
            states = [f"{s}{n}" for s in model.states]
            node(kind, [x, constant(f"w{n}", w_ih[None]),
                        constant(f"r{n}", w_hh[None]),
                        constant(f"b{n}", np.concatenate([b_ih, b_hh])[None]),
                        "", *states], "", *[s + "_next" for s in states],
                 hidden_size=hidden, **more)
        else:
            weights, bias = model.joined(n)
            both = node("Concat", [x, h], f"both{n}", axis=1)
            product = node("MatMul", [both, constant(f"w{n}", weights.T)],
                           f"product{n}")
            z = node("Add", [product, constant(f"b{n}", bias)], f"z{n}")
            two = constant(f"two{n}", np.array([3 * hidden, hidden]))
            node("Split", [z, two], f"zs{n}", f"zt{n}", axis=1)
            s = node("Sigmoid", [f"zs{n}"], f"s{n}")
            g = node("Tanh", [f"zt{n}"], f"g{n}")
            node("Split", [s, constant(f"three{n}", np.array([hidden] * 3))],
                 f"i{n}", f"f{n}", f"o{n}", axis=1)
            kept = node("Mul", [f"f{n}", c], f"kept{n}")
            new = node("Mul", [f"i{n}", g], f"new{n}")
            node("Add", [kept, new], c + "_next")
            bounded = node("Tanh", [c + "_next"], f"bounded{n}")
            node("Mul", [f"o{n}", bounded], h + "_next")
        x = h + "_next"
    product = node("MatMul", [x, constant("v", model.weights["head.weight"].T)],
                   "product")
    node("Add", [product, constant("a", model.weights["head.bias"])], "y")

    def value(name, size):
        return helper.make_tensor_value_info(name, TensorProto.FLOAT,
                                             one + [streams, size])
    states = [f"{s}{n}" for n in range(model.layers) for s in model.states]
    graph = helper.make_graph(
        nodes, "step",
        [value("x", model.input)] + [value(s, hidden) for s in states],
        [value("y", 1)] + [value(s + "_next", hidden) for s in states],
        [numpy_helper.from_array(v, k) for k, v in constants.items()])
    made = helper.make_model(graph, ir_version=10, opset_imports=[
        helper.make_opsetid("", 17)])
    onnx.checker.check_model(made)
    path = model.path(f"-{kind}-{streams}.onnx")
    onnx.save(made, path)
    return path
