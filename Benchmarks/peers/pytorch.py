# SPDX-License-Identifier: MIT
"""PyTorch, from Python, which is its only interface in the wheel."""
import contextlib
import time

from peers.ways import PythonWay

class PyTorch:
    name = "PyTorch"

    def __init__(self):
        import torch
        self.torch, self.version = torch, torch.__version__
        torch.set_num_threads(1)
        torch.set_num_interop_threads(1)
        torch.set_grad_enabled(False)

    def _module(self, model):
        """The module whose state_dict() Leat reads."""
        torch = self.torch

        class Net(torch.nn.Module):
            def __init__(self):
                super().__init__()
                self.lstm = torch.nn.LSTM(model.input, model.hidden,
                                          model.layers)
                self.head = torch.nn.Linear(model.hidden, 1)

            def forward(self, x, h, c):
                y, (h, c) = self.lstm(x, (h, c))
                return self.head(y), h, c

        net = Net().eval()
        net.load_state_dict({k: torch.from_numpy(v)
                             for k, v in model.weights.items()})
        return net

    def _cells(self, model):
        """The same from LSTMCells: a Python loop over the layers."""
        torch = self.torch

        class Cells(torch.nn.Module):
            def __init__(self):
                super().__init__()
                self.cells = torch.nn.ModuleList(
                    torch.nn.LSTMCell(model.hidden if n else model.input,
                                      model.hidden)
                    for n in range(model.layers))
                self.head = torch.nn.Linear(model.hidden, 1)

            def forward(self, x, states: list[tuple[torch.Tensor,
                                                    torch.Tensor]]):
                after: list[tuple[torch.Tensor, torch.Tensor]] = []
                for n, cell in enumerate(self.cells):
                    h, c = cell(x, states[n])
                    after.append((h, c))
                    x = h
                return self.head(x), after

        net = Cells().eval()
        names = {}
        for key, value in model.weights.items():
            if key.startswith("lstm."):
                what, layer = key[5:].rsplit("_l", 1)
                key = f"cells.{layer}.{what}"
            names[key] = torch.from_numpy(value)
        net.load_state_dict(names)
        return net

    def _calls(self, model):
        """The cells' functions, without their modules."""
        torch, cells = self.torch, self._cells(model)
        weights = [(cell.weight_ih, cell.weight_hh, cell.bias_ih, cell.bias_hh)
                   for cell in cells.cells]
        head = (cells.head.weight, cells.head.bias)

        def net(x, states):
            after = []
            for state, weight in zip(states, weights):
                h, c = torch.lstm_cell(x, state, *weight)
                after.append((h, c))
                x = h
            return torch.nn.functional.linear(x, *head), after
        return net

    def _way(self, title, net, model, kind, streams=1,
             mode=contextlib.nullcontext):
        """kind: "lstm" has [layers, streams, hidden] for h and for c, "cells"
        a pair [streams, hidden] for each layer; "gru" and "gru_cell", of one
        layer, have h alone."""
        torch = self.torch
        lead = (1, streams) if kind in ("lstm", "gru") else (streams,)
        if kind in ("gru", "gru_cell"):
            state = [torch.zeros((*lead, model.hidden))]
        elif kind == "lstm":
            state = [torch.zeros((model.layers, streams, model.hidden))
                     for _ in range(2)]
        else:
            state = [[tuple(torch.zeros((*lead, model.hidden))
                            for _ in range(2)) for _ in range(model.layers)]]

        def step(x):
            nonlocal state
            start = time.perf_counter_ns()
            y, *state = net(x, *state)
            return time.perf_counter_ns() - start, y

        @contextlib.contextmanager
        def modes():
            with torch.inference_mode(), mode():
                yield

        return PythonWay(
            self.name, title, step, streams,
            lambda row: torch.from_numpy(row.reshape(*lead, -1)), modes)

    def step(self, model):
        torch = self.torch
        net, cells = self._module(model), self._cells(model)
        yield self._way("nn.LSTM", net, model, "lstm")
        yield self._way("nn.LSTM without oneDNN", net, model, "lstm",
                        mode=lambda: torch.backends.mkldnn.flags(enabled=False))
        yield self._way("nn.LSTMCell", cells, model, "cells")
        yield self._way("torch.lstm_cell", self._calls(model), model, "cells")
        for title, made, kind in (("nn.LSTM", net, "lstm"),
                                  ("nn.LSTMCell", cells, "cells")):
            yield self._way(title + ", torch.jit.script, frozen",
                            torch.jit.freeze(torch.jit.script(made)), model,
                            kind)
        torch._dynamo.reset()
        yield self._way("nn.LSTMCell, torch.compile",
                        torch.compile(cells, dynamic=False), model, "cells")

    def gru(self, model):
        """nn.GRU, nn.GRUCell and the cell's function."""
        torch = self.torch

        class Net(torch.nn.Module):
            def __init__(self):
                super().__init__()
                self.gru = torch.nn.GRU(model.input, model.hidden)
                self.head = torch.nn.Linear(model.hidden, 1)

            def forward(self, x, h):
                y, h = self.gru(x, h)
                return self.head(y), h

        class Cell(torch.nn.Module):
            def __init__(self):
                super().__init__()
                self.cell = torch.nn.GRUCell(model.input, model.hidden)
                self.head = torch.nn.Linear(model.hidden, 1)

            def forward(self, x, h):
                h = self.cell(x, h)
                return self.head(h), h

        state = {k: torch.from_numpy(v) for k, v in model.weights.items()}
        net, cell = Net().eval(), Cell().eval()
        net.load_state_dict(state)
        cell.load_state_dict({k.replace("gru.", "cell.").replace("_l0", ""): v
                              for k, v in state.items()})
        weights = [state[f"gru.{what}_l0"] for what in (
            "weight_ih", "weight_hh", "bias_ih", "bias_hh")]
        head = state["head.weight"], state["head.bias"]

        def function(x, h):
            h = torch.gru_cell(x, h, *weights)
            return torch.nn.functional.linear(h, *head), h

        for title, made, kind in (("nn.GRU", net, "gru"),
                                  ("nn.GRUCell", cell, "gru_cell"),
                                  ("torch.gru_cell", function, "gru_cell")):
            yield self._way(title, made, model, kind)
        for title, made, kind in (("nn.GRU", net, "gru"),
                                  ("nn.GRUCell", cell, "gru_cell")):
            yield self._way(title + ", torch.jit.script, frozen",
                            torch.jit.freeze(torch.jit.script(made)), model,
                            kind)

    def batch(self, model, streams):
        yield self._way("nn.LSTM", self._module(model), model, "lstm", streams)
        yield self._way("torch.lstm_cell", self._calls(model), model, "cells",
                        streams)

    def int8(self, model, streams=1):
        torch = self.torch
        made = torch.ao.quantization.quantize_dynamic(
            self._module(model), {torch.nn.LSTM, torch.nn.Linear},
            dtype=torch.qint8)
        yield self._way("nn.LSTM, quantize_dynamic", made, model, "lstm",
                        streams)

    int8_batch = int8
