# SPDX-License-Identifier: MIT
"""Make models/: the small models that the documents' programs run, and what PyTorch computes with one
of them (pytorch.txt) and with the telemetry example's (recorded.safetensors). The files are always
the same with one version of PyTorch.

    python3 Tests/Documents/make_models.py

Needs torch, safetensors and numpy. All take 2 inputs and have 1 output, except
projection.safetensors, an nn.LSTM alone.
"""
import csv
import pathlib

import torch
from safetensors.torch import load_file, save_file
from torch import nn

HERE = pathlib.Path(__file__).parent
MODELS = HERE / "models"
TELEMETRY = HERE.parent.parent / "examples-c" / "telemetry"


class Forecaster(nn.Module):
    def __init__(self, seed):
        super().__init__()
        torch.manual_seed(seed)
        self.lstm = nn.LSTM(input_size=2, hidden_size=4, batch_first=True)
        self.head = nn.Linear(4, 1)
        with torch.no_grad():  # as large as after training
            for p in self.parameters():
                p *= 2

    def forward(self, x):
        y, _ = self.lstm(x)
        return self.head(y)


def record(steps):
    """The first samples of the telemetry recording, and the forecasts."""
    state = load_file(TELEMETRY / "model.safetensors")
    lstm, head = nn.LSTM(11, 32, batch_first=True), nn.Linear(32, 11)
    for name, module in (("lstm", lstm), ("head", head)):
        module.load_state_dict({key.removeprefix(name + "."): p
                                for key, p in state.items()
                                if key.startswith(name + ".")})
    with open(TELEMETRY / "recording.csv") as file:
        rows = list(csv.reader(file))[1:steps + 1]
    x = torch.tensor([[float(cell) for cell in row[1:]] for row in rows])
    y, _ = lstm(((x - state["input_mean"]) / state["input_std"]).unsqueeze(0))
    save_file({"input": x, "output": head(y).squeeze(0).contiguous()},
              MODELS / "recorded.safetensors")


@torch.no_grad()
def main():
    MODELS.mkdir(exist_ok=True)
    model = Forecaster(1)
    save_file(model.state_dict(), MODELS / "model.safetensors")
    save_file(Forecaster(2).state_dict(), MODELS / "retrained.safetensors")

    # The same model with trained h0 and c0.
    state = dict(model.state_dict())
    state["lstm.h0"] = torch.tensor([0.5, -0.5, 0.25, -0.25])
    state["lstm.c0"] = torch.tensor([1.0, -1.0, 0.5, -0.5])
    save_file(state, MODELS / "initial.safetensors")

    # The same model with the sum of its two biases as one.
    state = dict(model.state_dict())
    state["lstm.bias_ih_l0"] = state["lstm.bias_ih_l0"] + state["lstm.bias_hh_l0"]
    state["lstm.bias_hh_l0"] = torch.zeros(16)
    save_file(state, MODELS / "folded.safetensors")

    torch.manual_seed(3)
    save_file(nn.LSTM(2, 6, num_layers=2, proj_size=3).state_dict(),
              MODELS / "projection.safetensors")

    x = torch.randn(100, 2)
    y = model(x.unsqueeze(0)).squeeze(0)
    with open(MODELS / "pytorch.txt", "w") as file:
        for row in torch.cat([x, y], 1).tolist():
            print(*(f"{value:.9g}" for value in row), file=file)
    record(100)
    for path in MODELS.iterdir():
        path.chmod(0o644)  # save_file() makes them readable only by their owner


main()
