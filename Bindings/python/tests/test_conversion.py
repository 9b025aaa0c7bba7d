# SPDX-License-Identifier: MIT
"""Without PyTorch and Keras the package works, and says what it needs.
framework-tests/ has the tests that need them."""

import importlib.util
import sys

import pytest

import leat


def test_neither_is_installed_or_imported():
    assert importlib.util.find_spec("torch") is None
    assert not {"torch", "keras", "h5py"} & set(sys.modules)


def test_what_they_need(tmp_path):
    path = tmp_path / "model.safetensors"
    with pytest.raises(ImportError, match=r"from_torch\(\) needs PyTorch: "
                       "No module named 'torch'; pip install torch"):
        leat.from_torch(None, path)
    with pytest.raises(ImportError, match=r"from_keras\(\) needs Keras and "
                       "h5py: .*; pip install keras h5py"):
        leat.from_keras(None, path)
    assert list(tmp_path.iterdir()) == []


def test_check_of_something_else(model, tmp_path):
    with pytest.raises(leat.InputOutputError):
        leat.check(object(), tmp_path / "none")
