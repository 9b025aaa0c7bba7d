# SPDX-License-Identifier: MIT
"""The SQLite of a store is that of Python's module sqlite3."""

import fcntl
import os
import sqlite3
import subprocess
import sys

import leat


def test_both_modules_on_one_store(tmp_path, stream):
    """When sqlite3 closes the store's file, the store still has its locks.

    Two SQLites would not know of each other's descriptors: the close of one
    drops the locks of the process. With one, SQLite keeps the file open until
    the locks are gone.
    """
    path = tmp_path / "a.db"
    with leat.Store(path) as store:
        store.save("a", stream)
        assert locked(path)
        with store.transaction():
            store.save("b", stream)
            connection = sqlite3.connect(path)
            count = "SELECT count(*) FROM leat_checkpoint"
            assert connection.execute(count).fetchone() == (1,)
            connection.close()
            assert locked(path)
            assert writer_is_refused(path)
        connection = sqlite3.connect(path)
        assert connection.execute(count).fetchone() == (2,)
        connection.close()
        assert locked(path)
        store.verify()
    assert not locked(path)


def locked(path):
    """Whether another process finds POSIX locks on the store or its -shm."""
    program = """
import fcntl, struct, sys
for path in sys.argv[1:]:
    with open(path, "rb+") as file:
        asked = struct.pack("hhqqi", fcntl.F_WRLCK, 0, 0, 0, 0)
        found = fcntl.fcntl(file, fcntl.F_GETLK, asked)
        if struct.unpack("hhqqi", found)[0] != fcntl.F_UNLCK:
            print(path)
"""
    files = [f for f in (f"{path}", f"{path}-shm") if os.path.exists(f)]
    found = subprocess.run([sys.executable, "-c", program, *files], check=True,
                           capture_output=True, text=True, timeout=30)
    return found.stdout


def writer_is_refused(path):
    program = """
import sqlite3, sys
try:
    sqlite3.connect(sys.argv[1], timeout=0).execute("BEGIN IMMEDIATE")
except sqlite3.OperationalError as error:
    print(error)
"""
    found = subprocess.run([sys.executable, "-c", program, path], check=True,
                           capture_output=True, text=True, timeout=30)
    return "locked" in found.stdout


def test_a_lock_is_seen_as_lost(tmp_path):
    """locked() can tell: open and close of a locked file drops its locks."""
    path = tmp_path / "file"
    path.write_bytes(bytes(100))
    with open(path, "rb+") as file:
        fcntl.lockf(file, fcntl.LOCK_EX)
        assert locked(path)
        open(path, "rb").close()
        assert not locked(path)


def test_only_one_sqlite_is_loaded(tmp_path, python):
    outcome = python("""
        import sys, leat
        leat.Model.open(sys.argv[1])
        before = [line for line in open("/proc/self/maps") if "sqlite" in line]
        leat.Store(sys.argv[2] + "/a.db").close()
        files = {line.split()[-1] for line in open("/proc/self/maps")
                 if "sqlite" in line}
        print(before, *(file for file in files if "_sqlite3" not in file))
        """)
    first, *files = outcome.stdout.split()
    assert first == "[]" and len(files) <= 1, outcome.stdout + outcome.stderr


HIDDEN = """
    import sys, types, leat
    {replace}
    model = leat.Model.open(sys.argv[1])
    model.stream().run(__import__("numpy").zeros((5, 3), "f"))
    for _ in range(2):
        try:
            leat.Store(sys.argv[2] + "/a.db")
        except ImportError as error:
            print("refused:", error)
    """


def test_without_a_reachable_sqlite(python, tmp_path):
    """As in a Python with SQLite inside: _sqlite3 has no file, and its
    connections are none of what can be found."""
    hidden = """
    fake = sys.modules["_sqlite3"] = types.ModuleType("_sqlite3")
    fake.connect = lambda path: open("/dev/null")
    """
    outcome = python(HIDDEN.format(replace=hidden))
    assert outcome.returncode == 0, outcome.stderr
    assert outcome.stdout.count("refused: a store needs the SQLite of") == 2
    assert not (tmp_path / "a.db").exists()


def test_another_sqlite_is_not_taken(python, tmp_path):
    """One is found in the file of _sqlite3, but connections are of another."""
    outcome = python(HIDDEN.format(replace="""
    import _sqlite3
    fake = sys.modules["_sqlite3"] = types.ModuleType("_sqlite3")
    fake.__file__ = _sqlite3.__file__
    fake.connect = lambda path: open("/dev/null")
    """))
    assert outcome.returncode == 0, outcome.stderr
    assert outcome.stdout.count("hidden inside this Python; models") == 2
    assert not (tmp_path / "a.db").exists()


def test_python_without_sqlite(python):
    outcome = python(HIDDEN.format(replace="sys.modules['_sqlite3'] = None"))
    assert outcome.returncode == 0, outcome.stderr
    assert outcome.stdout.count("refused:") == 2
