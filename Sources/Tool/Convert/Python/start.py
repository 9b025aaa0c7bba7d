# SPDX-License-Identifier: MIT
"""Reads a model of PyTorch or Keras and writes its tensors as `leat convert` wants them.

usage: python3 -c PROGRAM IN OUT [trust] [layers]
PROGRAM is this file, those of the framework, and end.py, one after the other. OUT becomes a
safetensors file, or, with an exit status that isn't 0, the reason as a text.
"""
import sys

# Before anything else is imported: not what lies in the working directory. From Python 3.11 on
# PYTHONSAFEPATH keeps it out, and then nothing changes here. sys itself is part of Python.
sys.path = [folder for folder in sys.path if folder]

import json
import os
import struct

source, result = os.path.abspath(sys.argv[1]), sys.argv[2]
options = sys.argv[3:]
tensors, parts, notes, metadata = {}, [], [], {}  # tensors: name -> (dtype, shape, bytes)


def leave(status, reason):
    with open(result, "w", encoding="utf-8", errors="replace") as file:
        file.write(reason)
    sys.exit(status)


def needs(packages):
    leave(69, f"this needs Python packages that {sys.executable} doesn't have: {sys.exc_info()[1]}; "
              f"pip install {packages}, or name another Python with --python")
