# SPDX-License-Identifier: MIT
"""Stores and autosaves, with what the extension leaves to Python: contexts,
and what happens at the interpreter's exit."""

import atexit
import sys
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import TracebackType
from typing import Self

from . import _leat
from .errors import ArgumentError, Error


class Store(_leat.Store):
    """Checkpoints of named streams in an SQLite database.

    Store(path, *, read_only=False, create=True, take_over=False,
          generations=3, timeout=5.0)

    read_only    only read; works beside a writer
    create       make a store if there is no file
    take_over    open even if another process has it; that one can't write any
                 more
    generations  checkpoints kept of each stream, 1 to 64
    timeout      seconds to wait while another connection holds a lock

    It is used by one thread at a time, and by the process that opened it. As a
    context it closes itself. Its SQLite is that of the module sqlite3.
    """

    _autosave: "weakref.ref[Autosave] | None" = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the store, after stopping its autosave. An open transaction is
        rolled back. Does nothing when it is closed."""
        autosave = None if self._autosave is None else self._autosave()
        if autosave is not None:
            autosave.stop()
        super().close()

    @contextmanager
    def transaction(self) -> Iterator[Self]:
        """A context whose saves become durable together at its end, with one
        sync. When it ends by an exception, they are undone."""
        self.begin()
        try:
            yield self
        except BaseException:
            # A failure of the disk may have rolled it back already.
            with suppress(ArgumentError):
                self.rollback()
            raise
        self.commit()

    def autosave(
        self,
        *,
        stream_size: int,
        streams: int = 1,
        cursor_size: int = 0,
        every_samples: int = 1,
        every_ms: int = 100,
    ) -> "Autosave":
        """Start a thread that writes checkpoints. The store is the thread's
        until Autosave.stop(): load streams before this call.

        stream_size    of the largest: Stream.size or Model.stream_size
        streams        slots: one for a stream, n + 1 for a group of n
        cursor_size    bytes of the largest cursor
        every_samples  an offer takes a stream that is so far past the last one
        every_ms       milliseconds from one commit to the next
        """
        return Autosave(
            self,
            stream_size=stream_size,
            streams=streams,
            cursor_size=cursor_size,
            every_samples=every_samples,
            every_ms=every_ms,
        )


class Autosave(_leat.Autosave):
    """A thread that writes checkpoints, made by Store.autosave().

    As a context it stops itself. Without that it is stopped when nothing refers
    to it, when its store is closed, or at the interpreter's exit: what was
    offered is written first.
    """

    def __init__(
        self,
        store: Store,
        *,
        stream_size: int,
        streams: int,
        cursor_size: int,
        every_samples: int,
        every_ms: int,
    ) -> None:
        super().__init__(
            store,
            stream_size=stream_size,
            streams=streams,
            cursor_size=cursor_size,
            every_samples=every_samples,
            every_ms=every_ms,
        )
        store._autosave = weakref.ref(self)
        _running.add(self)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()


_running: "weakref.WeakSet[Autosave]" = weakref.WeakSet()


@atexit.register
def _stop_all() -> None:
    for autosave in list(_running):
        try:
            autosave.stop(abandon=True)
        except Error:  # tell it, and stop the others
            sys.excepthook(*sys.exc_info())
