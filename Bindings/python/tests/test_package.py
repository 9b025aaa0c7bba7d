# SPDX-License-Identifier: MIT
"""What is in the wheel, and what isn't built."""

import importlib.metadata
import subprocess

from conftest import TOP


def test_the_license_is_inside():
    files = importlib.metadata.files("leat")
    license = next(file for file in files if file.name == "LICENSE")
    assert license.read_text() == (TOP / "LICENSE").read_text()


def test_no_source_distribution(tmp_path):
    """It would lack the libraries; with what builds the wheel."""
    outcome = subprocess.run(
        [TOP / "build/python/tools/bin/python", "setup.py", "-q", "sdist", "-d",
         tmp_path], cwd=TOP / "Bindings/python", capture_output=True, text=True,
        timeout=120)
    assert outcome.returncode == 1
    assert "run 'make wheel' there" in outcome.stderr
    assert not list(tmp_path.iterdir())
