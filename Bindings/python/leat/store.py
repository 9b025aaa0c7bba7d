# SPDX-License-Identifier: MIT
"""Stores and autosaves, with what the extension leaves to Python: contexts,
and what happens at the end of the interpreter."""

import atexit
import os
import sys
import weakref
from types import TracebackType
from typing import Self

from . import _leat


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
        try:
            if autosave is not None:
                autosave.stop()
        finally:
            # Ctrl-C may come while it stops. An autosave that goes on, as it
            # couldn't write, needs the store.
            if autosave is None or autosave.stopped:
                super().close()

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
    to it, when its store is closed, or at the end of the interpreter or of a
    child of multiprocessing: what was offered is written first.
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
        _stop_with_child()

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
_child = 0  # the process that has been told to stop them


@atexit.register
def _stop_all() -> None:
    """Write what was offered. Those that a thread is using come last: it may be
    waiting for a disk, and can't be ended."""
    used = []
    for autosave in list(_running):
        try:
            autosave.stop(abandon=True)
        except BaseException:  # tell it, and stop the others
            if autosave.stopped:
                sys.excepthook(*sys.exc_info())
            else:
                used.append(autosave)
    for autosave in used:
        try:
            autosave.flush()
        except BaseException:
            sys.excepthook(*sys.exc_info())


def _stop_with_child() -> None:
    """Children of multiprocessing end without atexit. They have a list of their
    own, which begins empty in each."""
    global _child
    util = sys.modules.get("multiprocessing.util")
    if util is not None and _child != os.getpid():
        util.Finalize(None, _stop_all, exitpriority=0)
        _child = os.getpid()
