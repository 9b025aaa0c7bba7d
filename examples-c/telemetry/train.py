# SPDX-License-Identifier: MIT
"""Train the forecaster that monitor.c runs: make model.safetensors and
held_out_error.txt from recording.csv, beside this file. Needs torch,
safetensors and numpy; takes under a minute on one processor.

The model takes in each sample of the recording and puts out a forecast of the
next one, normalized: (sample - input_mean) / input_std. The anomaly score of a
sample is the RMS over its columns of its normalized value minus its forecast,
divided by the RMS error on the training part: `score_scale` in
held_out_error.txt."""

import copy
import pathlib

import numpy as np
import torch
from safetensors.torch import save_file
from torch import nn

HERE = pathlib.Path(__file__).parent
# Seconds; README.md lists the loads. Weights are fitted on the part before
# FIT_END; the part up to TRAIN_END decides when to stop. The next part is held
# out: it influenced no choice here. The last part has a new kind of load.
FIT_END, TRAIN_END, HELD_OUT_END = 231, 291, 437
HIDDEN, WINDOW, BATCH, STEPS, CHECK_EVERY = 32, 256, 16, 1500, 25
NOISE = DROPOUT = 0.2  # without them it learns the fitted part by heart


class Forecaster(nn.Module):
    def __init__(self, mean, std):
        super().__init__()
        self.register_buffer("input_mean", mean)
        self.register_buffer("input_std", std)
        self.lstm = nn.LSTM(len(mean), HIDDEN, batch_first=True)
        self.dropout = nn.Dropout(DROPOUT)
        self.head = nn.Linear(HIDDEN, len(mean))

    def normalised(self, x):
        return (x - self.input_mean) / self.input_std

    def forward(self, x):
        z = self.normalised(x)
        if self.training:
            z = z + NOISE * torch.randn_like(z)
        h, _ = self.lstm(z)
        return self.head(self.dropout(h))


def rms(errors, dim=None):
    return (errors**2).mean(dim).sqrt()


torch.manual_seed(1)
torch.set_num_threads(1)
torch.use_deterministic_algorithms(True)

path = HERE / "recording.csv"
names = path.read_text().splitlines()[0].split(",")[1:]
rows = np.loadtxt(path, delimiter=",", skiprows=1)
x = torch.tensor(rows[:, 1:], dtype=torch.float32)
fit_end, train_end, held_out_end = np.searchsorted(
    rows[:, 0], (FIT_END, TRAIN_END, HELD_OUT_END)
).tolist()

std, mean = torch.std_mean(x[:train_end], dim=0, correction=0)
std[std == 0] = 1  # a sensor that never moved
model = Forecaster(mean, std)
z = model.normalised(x)


def forecast_errors():
    """Row i: normalised sample i less its forecast, in one pass from a zero
    state, as monitor.c makes it. Nothing forecasts sample 0: NaN."""
    model.eval()
    with torch.no_grad():
        errors = z[1:] - model(x[None, :-1])[0]
    model.train()
    return torch.cat((torch.full_like(z[:1], torch.nan), errors))


optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, STEPS)
best = float("inf")
for step in range(1, STEPS + 1):
    starts = torch.randint(0, fit_end - WINDOW, (BATCH, 1))
    window = starts + torch.arange(WINDOW)
    loss = ((model(x[window]) - z[window + 1]) ** 2).mean()
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    schedule.step()
    if step % CHECK_EVERY == 0:
        error = rms(forecast_errors()[fit_end:train_end]).item()
        if error < best:
            best, best_step = error, step
            best_weights = copy.deepcopy(model.state_dict())
model.load_state_dict(best_weights)
save_file(model.state_dict(), HERE / "model.safetensors")

errors = forecast_errors()
scale = rms(errors[1:train_end])
held_out = slice(train_end, held_out_end)
candidates = {
    "model": errors[held_out],
    "persistence": z[held_out] - z[train_end - 1 : held_out_end - 1],
    "training mean": z[held_out],
}
scores = rms(errors, dim=1) / scale

lines = [
    f"score_scale {scale:.4f}",
    "",
    f"best on {FIT_END} to {TRAIN_END} s: {best:.4f}, at step {best_step} of {STEPS}",
    "",
    f"RMS error of the forecast, held out: {TRAIN_END} to {HELD_OUT_END} s,"
    f" {held_out_end - train_end} samples, normalised",
    " " * 30 + "".join(f"{name:>14}" for name in candidates),
    f"{'all columns':30}" + "".join(f"{rms(e):14.4f}" for e in candidates.values()),
]
for column, name in enumerate(names):
    figures = (rms(e[:, column]) for e in candidates.values())
    lines.append(f"{name:30}" + "".join(f"{figure:14.4f}" for figure in figures))
lines += ["", f"{'score':30}{'median':>14}{'99 %':>14}{'highest':>14}"]
for name, part in {
    "training part": scores[1:train_end],
    "held out": scores[held_out],
    "after it, with the new load": scores[held_out_end:],
}.items():
    figures = (part.quantile(q) for q in (0.5, 0.99, 1.0))
    lines.append(f"{name:30}" + "".join(f"{figure:14.2f}" for figure in figures))
report = "\n".join(lines) + "\n"
(HERE / "held_out_error.txt").write_text(report)
print(report, end="")
