# SPDX-License-Identifier: MIT
"""What the documents show of the package runs: the blocks of a page one after
the other, in one program and in a folder of their own with model.safetensors.
They run twice, as a program does that is started again, and at the pace of a
sensor, so that an autosave writes meanwhile.

On this package's own page these are all blocks in Python but those that need
PyTorch, on the project's page those with the directive that
Bindings/python/tests runs them.
"""

import re
import shutil
import time

import pytest
from conftest import MODEL, TOP

DIRECTIVE = "<!-- test: skip=Bindings/python/tests runs it -->\n"
PAGES = {"README.md": re.escape(DIRECTIVE),
         "Bindings/python/README.md": "(?<!framework-tests runs it -->\n)^"}


def blocks(page):
    text = (TOP / page).read_text(encoding="utf-8")
    pattern = re.compile(PAGES[page] + r"```python\n(.*?)^```$",
                         re.DOTALL | re.MULTILINE)
    for block in pattern.finditer(text):
        line = text.count("\n", 0, block.start(1))
        slow = block[1].replace("= stream.step(x)", "= sensor(stream.step(x))")
        yield compile("\n" * line + slow, page, "exec")


def sensor(y):
    time.sleep(0.0003)
    return y


@pytest.mark.parametrize("page", PAGES)
def test_page(page, tmp_path, monkeypatch):
    shutil.copy(MODEL, tmp_path / "model.safetensors")
    monkeypatch.chdir(tmp_path)
    programs = list(blocks(page))
    assert programs
    for _ in range(2):
        names = {"__name__": "__main__", "sensor": sensor}
        for program in programs:
            exec(program, names)
