# SPDX-License-Identifier: MIT
"""Recurrent layers of ONNX that PyTorch lacks: peepholes, clip, coupled gates,
other activations, and a GRU whose r acts before its matrix.

They are modules with PyTorch's names and order of gates. In float64 they
compute the formulas of ONNX's operators; in float32 ONNX Runtime runs them.
"""
import torch
from torch import nn

ACTIVATIONS = {"Sigmoid": torch.sigmoid, "Tanh": torch.tanh, "Relu": torch.relu,
               "Softsign": nn.functional.softsign,
               "HardSigmoid": lambda z: (0.2 * z + 0.5).clamp(0, 1)}


def exactly(v):
    return v


class Cell:
    """What the three have in common; the other base is PyTorch's module."""

    def set_up(self, activations, clip, **attributes):
        self.functions, self.clip = activations, clip
        self.attributes = attributes

    def act(self, which, z):
        if self.clip is not None:
            z = z.clamp(-self.clip, self.clip)
        return ACTIVATIONS[self.functions[which]](z)

    def sums(self, x, h):
        return (self.weight_ih_l0 @ x + self.bias_ih_l0
                + self.weight_hh_l0 @ h + self.bias_hh_l0)

    def forward(self, x, start=None):
        """As the forward() of PyTorch's module, of a batch of one."""
        if start is None:
            start = (x.new_zeros(1, 1, self.hidden_size),) * self.states
        elif self.states == 1:
            start = (start,)
        if x.dtype == torch.float32:
            return self.by_runtime(x, start)
        state, outputs = [s[0, 0] for s in start], []
        for v in x[:, 0]:
            state = self.step(v, state[0], state)
            outputs.append(state[0])
        state = tuple(s[None, None] for s in state)
        return (torch.stack(outputs)[:, None],
                state if self.states == 2 else state[0])

    def by_runtime(self, x, start):
        import onnx
        import onnxruntime
        from onnx import TensorProto, helper, numpy_helper

        def ordered(rows, order):
            """Rows of gates in ONNX's order."""
            gates = rows.chunk(len(order))
            return torch.cat([gates[k] for k in order])

        constants = {
            "W": ordered(self.weight_ih_l0, self.order),
            "R": ordered(self.weight_hh_l0, self.order),
            "B": torch.cat([ordered(self.bias_ih_l0, self.order),
                            ordered(self.bias_hh_l0, self.order)])}
        names = ["X", "W", "R", "B", "", "h", "c"][:5 + self.states]
        if hasattr(self, "peephole_l0"):
            constants["P"] = ordered(self.peephole_l0, (0, 2, 1))
            names.append("P")
        constants = {k: t[None] for k, t in constants.items()}
        given = {"X": x, **dict(zip("hc", start))}
        results = ["Y", "end_h", "end_c"][:1 + self.states]
        attributes = dict(self.attributes)
        if self.clip is not None:
            attributes["clip"] = self.clip
        kind = type(self).__name__
        node = helper.make_node(kind, names, results,
                                hidden_size=self.hidden_size,
                                activations=list(self.functions), **attributes)
        graph = helper.make_graph(
            [node], kind,
            [helper.make_tensor_value_info(k, TensorProto.FLOAT, t.shape)
             for k, t in given.items()],
            [helper.make_tensor_value_info(k, TensorProto.FLOAT, None)
             for k in results],
            [numpy_helper.from_array(t.numpy(), k)
             for k, t in constants.items()])
        model = helper.make_model(
            graph, ir_version=9, opset_imports=[helper.make_opsetid("", 14)])
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        session = onnxruntime.InferenceSession(
            model.SerializeToString(), options,
            providers=["CPUExecutionProvider"])
        y, *end = (torch.from_numpy(t) for t in session.run(
            results, {k: t.numpy() for k, t in given.items()}))
        return y[:, 0], tuple(end) if self.states == 2 else end[0]


class LSTM(Cell, nn.LSTM):
    states, order = 2, (0, 3, 1, 2)  # i, o, f, g

    def __init__(self, input_size, hidden_size, peepholes=False,
                 activations=("Sigmoid", "Tanh", "Tanh"), clip=None,
                 input_forget=False):
        nn.LSTM.__init__(self, input_size, hidden_size)
        self.set_up(activations, clip, input_forget=int(input_forget))
        if peepholes:
            self.peephole_l0 = nn.Parameter(torch.rand(3 * hidden_size) - 0.5)

    def step(self, x, h, state, rounded=exactly):
        """h and c after a step; `h` is what the matrix reads."""
        i, f, g, o = self.sums(x, h).chunk(4)
        c = state[1]
        peepholes = (self.peephole_l0.chunk(3)
                     if hasattr(self, "peephole_l0") else (0, 0, 0))
        i = self.act(0, i + peepholes[0] * c)
        f = (1 - i if self.attributes["input_forget"]
             else self.act(0, f + peepholes[1] * c))
        c = f * c + i * self.act(1, g)
        o = self.act(0, o + peepholes[2] * c)
        return o * self.act(2, c), c


class GRU(Cell, nn.GRU):
    states, order = 1, (1, 0, 2)  # z, r, n

    def __init__(self, input_size, hidden_size,
                 activations=("Sigmoid", "Tanh"), clip=None,
                 linear_before_reset=0):
        nn.GRU.__init__(self, input_size, hidden_size)
        self.set_up(activations, clip, linear_before_reset=linear_before_reset)

    def step(self, x, h, state, rounded=exactly):
        """h after a step; `rounded` is applied to what another matrix reads."""
        size = self.hidden_size
        x = self.weight_ih_l0 @ x + self.bias_ih_l0
        u, b = self.weight_hh_l0, self.bias_hh_l0
        r, z = self.act(0, (x + u @ h + b)[:2 * size]).chunk(2)
        n = (r * (u[2 * size:] @ h + b[2 * size:])
             if self.attributes["linear_before_reset"]
             else u[2 * size:] @ rounded(r * state[0]) + b[2 * size:])
        n = self.act(1, x[2 * size:] + n)
        return ((1 - z) * n + z * state[0],)


class RNN(Cell, nn.RNN):
    states, order = 1, (0,)

    def __init__(self, input_size, hidden_size, activations=("Tanh",),
                 clip=None):
        nn.RNN.__init__(self, input_size, hidden_size)
        self.set_up(activations, clip)

    def step(self, x, h, state, rounded=exactly):
        return (self.act(0, self.sums(x, h)),)
