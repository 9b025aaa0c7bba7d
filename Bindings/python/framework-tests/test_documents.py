# SPDX-License-Identifier: MIT
"""What the documents show of PyTorch and Keras runs: the blocks of a page one
after the other, in a folder of their own with a model of nn.LSTM(2, 4)."""

import re
import shutil
from pathlib import Path

import pytest

TOP = Path(__file__).parents[3]
MODEL = TOP / "Tests/Documents/models/model.safetensors"
PAGES = [
    "README.md",
    "Bindings/python/README.md",
    "Documentation/Cookbook.md",
    "Documentation/Guide.md",
]
BLOCK = re.compile(
    "<!-- test: skip=Bindings/python/framework-tests runs it -->\n"
    "```python\n(.*?)^```$",
    re.DOTALL | re.MULTILINE,
)


@pytest.mark.parametrize("page", PAGES)
def test_page(page, tmp_path, monkeypatch):
    shutil.copy(MODEL, tmp_path)
    monkeypatch.chdir(tmp_path)
    text = (TOP / page).read_text()
    programs = BLOCK.findall(text)
    assert programs
    names = {"__name__": "__main__"}
    for program in programs:
        exec(compile(program, page, "exec"), names)
