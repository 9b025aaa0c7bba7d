# SPDX-License-Identifier: MIT
"""Exceptions, one class for each code of leat.h.

Each is a `leat.Error`, and also the built-in exception that fits. Its message
is the sentence of the library: what was found and what was expected. When a
call raises one, objects and outputs are as they were before it.

What the extension sees by itself is a plain TypeError, ValueError or
RuntimeError: a wrong type or shape, a closed store, an object in use.
"""


class Error(Exception):
    """What the library refused to do, or could not do.

    code: the LEAT_E_* of leat.h, a negative number.
    sqlite_code: SQLite's extended result code, or 0.
    """

    code: int = 0
    sqlite_code: int = 0

    def __str__(self) -> str:  # KeyError would print the message's repr
        return str(self.args[0]) if self.args else ""


class ArgumentError(Error, ValueError):
    """An argument is out of range, or the object can't do this now."""

    code = -1


class SizeError(Error, ValueError):
    """A buffer has the wrong size."""

    code = -2


class InputError(Error, ValueError):
    """A value is NaN, infinite or too large. The stream is as it was."""

    code = -3


class PositionError(Error, ValueError):
    """Samples are missing before this position, or it is a step back."""

    code = -4


class FormatError(Error, ValueError):
    """The bytes are not a safetensors file."""

    code = -5


class ModelError(Error, ValueError):
    """The tensors don't make up a model."""

    code = -6


class UnsupportedError(Error, ValueError):
    """A model or file of a kind that Leat doesn't run or write to."""

    code = -7


class MismatchError(Error, ValueError):
    """A state or checkpoint belongs to another model or other windows."""

    code = -8


class CorruptError(Error, ValueError):
    """The bytes are not those that were written."""

    code = -9


class NewerError(Error, ValueError):
    """Written by a newer version of Leat."""

    code = -10


class OutOfMemoryError(Error, MemoryError):
    """There is not enough memory."""

    code = -11


class InputOutputError(Error, OSError):
    """The system could not read or write, or there is no such file. The message
    has the reason; errno is None."""

    code = -12


class NotFoundError(Error, KeyError):
    """The store has no stream or group of this name."""

    code = -20


class NotStoreError(Error, ValueError):
    """A file, but not a Leat store."""

    code = -21


class BusyError(Error, OSError):
    """Another process or connection holds the store."""

    code = -22


class ReadOnlyError(Error, PermissionError):
    """The store can't be written."""

    code = -23


class FullError(Error, OSError):
    """The disk is full, or all slots are taken."""

    code = -24


class FencedError(Error, OSError):
    """Another process has taken the store over."""

    code = -25


class SQLiteError(Error, RuntimeError):
    """Any other error of SQLite: see sqlite_code."""

    code = -26


class ExistsError(Error, FileExistsError):
    """That name or path is taken."""

    code = -27


class StoppedError(Error, RuntimeError):
    """A progress function returned False."""

    code = -28


class TooLateError(Error, RuntimeError):
    """Must be called before SQLite is in use. No call of this package is of
    that kind."""

    code = -29


class GoneError(Error, OSError):
    """The store's file was deleted or replaced while it was open."""

    code = -30


class FallbackWarning(UserWarning):
    """A checkpoint was loaded that is perhaps not the newest."""


# The extension raises these.
by_code: dict[int, type[Error]] = {
    kind.code: kind for kind in Error.__subclasses__()
}
