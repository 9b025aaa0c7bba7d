# SPDX-License-Identifier: MIT
"""Reads a model of PyTorch or Keras, and writes its tensors for `leat convert`.

usage: python3 -c PROGRAM IN OUT [trust] [layers] [key=NAME]
PROGRAM is this file, the files of the framework, and end.py, one after the other. OUT becomes a
safetensors file, or a text with the reason if the exit status isn't 0.
"""
import sys

# Before any other import, as the working directory may have modules of the same names. From Python
# 3.11 on PYTHONSAFEPATH keeps it out, and this changes nothing. sys itself is part of Python.
sys.path = [folder for folder in sys.path if folder]

import json
import os
import re
import struct

source, result = os.path.abspath(sys.argv[1]), sys.argv[2]
options = sys.argv[3:]
tensors, parts, notes, metadata = {}, [], [], {}  # tensors: name -> (dtype, shape, bytes)


def fail(status, reason):
    with open(result, "w", encoding="utf-8", errors="replace") as file:
        file.write(reason)
    sys.exit(status)


def needs(packages):
    fail(69, f"this needs Python packages that {sys.executable} doesn't have: {sys.exc_info()[1]}; "
              f"pip install {packages}, or name another Python with --python")
