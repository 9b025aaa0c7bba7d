# SPDX-License-Identifier: MIT
"""examples/train_and_deploy.py: it trains, and one stream goes from Python to C
and back."""

import os
import subprocess
import sys
from pathlib import Path

EXAMPLE = Path(__file__).parents[1] / "examples/train_and_deploy.py"


def test_train_and_deploy(tmp_path):
    done = subprocess.run(
        [sys.executable, EXAMPLE, tmp_path],
        capture_output=True,
        text=True,
        timeout=300,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    assert "computes what the module does over" in lines[1]
    assert lines[2:] == [
        "the stream that C saved is at sample 3000",
        "outputs of Python, C, Python: 1500 1500 1570",
        "all 50270 numbers have the bits of one uninterrupted run",
    ]
    assert {"forecaster.safetensors", "state.db"} <= {
        path.name for path in tmp_path.iterdir()
    }
