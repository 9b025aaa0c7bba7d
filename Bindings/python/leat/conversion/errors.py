# SPDX-License-Identifier: MIT
"""What a conversion raises."""

from ..errors import Error


class ConversionError(Error, ValueError):
    """A model can't be converted, or a file doesn't compute what its module
    does.

    step, output, difference: where the outputs differ most and by how much, if
    they were compared; else None.
    """

    step = output = difference = None
