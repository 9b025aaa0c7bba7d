# SPDX-License-Identifier: MIT
# mypy: ignore-errors
"""What PyTorch's functions are in Leat, by their plain names.

An operation gets the trace, the function's name, its arguments and its result,
and says what the elements of the result are.
"""

from . import (
    torch_activations,
    torch_linear,
    torch_recurrent,
    torch_sums,
)

OPERATIONS = (
    dict.fromkeys(torch_activations.WORDS, torch_activations.activation)
    | torch_recurrent.OPERATIONS
    | torch_linear.OPERATIONS
    | torch_sums.OPERATIONS
)
