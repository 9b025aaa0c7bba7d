# SPDX-License-Identifier: MIT
"""Train a forecaster, check it, and run one stream in Python and in C by turns.

    python3 train_and_deploy.py [FOLDER]

The model learns to forecast the next sample of a recording: the sensors of
one machine, examples-c/telemetry. from_torch() writes it as a model file, and
proves that Leat computes what PyTorch does. Then a stream runs over the whole
recording, three times handed on through a store:

    Python   the first 1,500 samples, then saves the stream
    C        goes on from there (examples-c/resume.c)
    Python   goes on from what C saved, to the end

All outputs have the bits of one run that was never interrupted.

Needs torch, a C compiler, and the libraries that `make` builds. FOLDER gets
the files; without it they are deleted.
"""

import pathlib
import struct
import subprocess
import sys
import tempfile

import leat
import numpy as np
import torch
from torch import nn

TOP = pathlib.Path(__file__).resolve().parents[3]
RECORDING = TOP / "examples-c/telemetry/recording.csv"
UNITS, WINDOW, BATCH, STEPS = 16, 64, 16, 150
# resume.c saves at each hundredth sample.
C_BEGINS, C_ENDS = 1500, 3000
NAME = "pump-7"  # of the stream, in resume.c


class Forecaster(nn.Module):
    def __init__(self, mean, std):
        super().__init__()
        self.register_buffer("mean", mean)
        self.register_buffer("std", std)
        self.lstm = nn.LSTM(len(mean), UNITS, batch_first=True)
        self.head = nn.Linear(UNITS, len(mean))

    def forward(self, x):
        """Samples [batch, steps, sensors] in units; forecasts of the next."""
        h, _ = self.lstm((x - self.mean) / self.std)
        return self.head(h) * self.std + self.mean


def train(samples):
    torch.manual_seed(1)
    x = torch.from_numpy(samples)
    std, mean = torch.std_mean(x, dim=0)
    std[std == 0] = 1  # a sensor that never moved
    model = Forecaster(mean, std)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)
    for _ in range(STEPS):
        starts = torch.randint(0, len(x) - WINDOW, (BATCH, 1))
        window = starts + torch.arange(WINDOW)
        errors = (model(x[window]) - x[window + 1]) / std
        loss = (errors**2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(
        f"trained {STEPS} steps: RMS error {loss.item() ** 0.5:.2f} of the"
        " sensors' deviation"
    )
    return model


def build(folder):
    """Compile the program in C."""
    program = folder / "resume"
    subprocess.run(
        [
            "cc",
            "-std=c99",
            "-O2",
            "-o",
            program,
            TOP / "examples-c/resume.c",
            f"-I{TOP}/Include",
            f"-L{TOP}/build",
            "-lleat_store",
            "-lleat",
            "-lsqlite3",
            f"-Wl,-rpath,{TOP}/build",
        ],
        check=True,
    )
    return program


def begin_in_python(path, store, samples, text):
    """Step the first samples, and save the stream for the program in C."""
    stream = leat.Model.open(path).stream()
    outputs = stream.run(samples[:C_BEGINS])
    # Where resume.c goes on reading: a byte of its file, and a line.
    offset = len("".join(text[:C_BEGINS]).encode())
    with leat.Store(store) as opened:
        opened.save(NAME, stream, struct.pack("<qq", offset, C_BEGINS))
    return outputs


def go_on_in_c(program, path, store, folder, text):
    """Run the program over its part of the samples, and read its outputs."""
    file = folder / "samples.txt"
    file.write_text("".join(text[:C_ENDS]))
    printed = subprocess.run(
        [program, path, store, file], check=True, capture_output=True, text=True
    ).stdout
    # Nine digits are enough for each float to come back as it was.
    rows = np.loadtxt(printed.splitlines(), dtype=np.float32)
    return rows[:, 1:]


def end_in_python(path, store, samples):
    stream = leat.Model.open(path).stream()
    with leat.Store(store) as opened:
        position = opened.load(NAME, stream).position
    print(f"the stream that C saved is at sample {position}")
    return stream.run(samples[position:])


def main(folder):
    rows = np.loadtxt(RECORDING, delimiter=",", skiprows=1, dtype=np.float32)
    samples = np.ascontiguousarray(rows[:, 1:])  # without the time
    model = train(samples)

    path = folder / "forecaster.safetensors"
    print(leat.from_torch(model, path, sequences=samples[:500]))

    store = folder / "state.db"
    text = [" ".join(map(str, row)) + "\n" for row in samples]
    parts = [begin_in_python(path, store, samples, text)]
    parts.append(go_on_in_c(build(folder), path, store, folder, text))
    parts.append(end_in_python(path, store, samples))
    print("outputs of Python, C, Python:", *map(len, parts))

    handed_on = np.concatenate(parts)
    whole = leat.Model.open(path).stream().run(samples)
    if handed_on.tobytes() != whole.tobytes():
        sys.exit("they differ from those of one uninterrupted run")
    print(f"all {whole.size} numbers have the bits of one uninterrupted run")


if len(sys.argv) > 1:
    main(pathlib.Path(sys.argv[1]))
else:
    with tempfile.TemporaryDirectory() as name:
        main(pathlib.Path(name))
