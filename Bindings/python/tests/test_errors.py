# SPDX-License-Identifier: MIT
"""Each code of leat.h has a class, and each class is exported."""

import re

import pytest
from conftest import TOP

import leat
from leat import errors

CODES = {name: int(number) for name, number in re.findall(
    r"#define LEAT_E_(\w+) +\((-\d+)\)", (TOP / "Include/leat.h").read_text())}


def test_every_code_has_a_class():
    assert len(CODES) > 20
    assert set(CODES.values()) == set(errors.by_code)


@pytest.mark.parametrize("name", CODES)
def test_class(name):
    kind = errors.by_code[CODES[name]]
    assert getattr(leat, kind.__name__) is kind
    assert kind.code == CODES[name] and kind.__doc__
    assert issubclass(kind, leat.Error)
    builtins = [base for base in kind.__mro__ if base.__module__ == "builtins"]
    assert builtins[0] not in (Exception, BaseException, object)
    error = kind("what was found")
    assert str(error) == "what was found" and error.sqlite_code == 0
