# SPDX-License-Identifier: MIT
"""Model files from modules of PyTorch and models of Keras.

from_torch() runs the module once and follows what it computes:

    torch_examples.py    what it is called with
    torch_run.py         one run, and which tensor is the output
    torch_trace.py       sees each function that PyTorch calls
    torch_operations.py  what each function is in Leat: a table of those in
                         torch_linear.py, torch_sums.py, torch_activations.py
                         and torch_recurrent.py
    torch_refusals.py    why there is nothing like a function
    elements.py          which number of which value an element of a tensor is
    network.py           the values, each made from one before it
    layers.py            their order as leat.layers, tensors and metadata
    model_file.py        the file
    comparison.py        Leat's outputs beside the module's

What is found by following may be wrong: the module may decide by its input. The
comparison is the judge, and no file gets its name before it. from_keras() reads
Keras' own list of layers, with the program of `leat convert` (keras_file.py),
and ends in the same comparison. check() is the comparison alone.

PyTorch and Keras are imported when they are needed.
"""

from .check import check
from .comparison import Report
from .errors import ConversionError
from .from_keras import from_keras
from .from_torch import from_torch

__all__ = ["ConversionError", "Report", "check", "from_keras", "from_torch"]
