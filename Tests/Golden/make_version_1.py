# SPDX-License-Identifier: MIT
"""Make golden files of version 1 of the store from those of version 2.

    python3 make_version_1.py VERSION-2 FOLDER

For tests that bring a store of version 1 up to date and go on with its streams: no Leat writes that
version any more, and the states of the first golden files are of an earlier arithmetic. Version 1 is
version 2 without the row 0 of leat_stream (Documentation/Formats.md, "Store").
"""
import pathlib
import shutil
import sqlite3
import sys
import tempfile


def downgrade(source, target, is_killed):
    with tempfile.TemporaryDirectory() as folder:
        store = pathlib.Path(folder) / source.name
        for suffix in "", "-wal":
            if (source.parent / (source.name + suffix)).exists():
                shutil.copy(source.parent / (source.name + suffix), str(store) + suffix)
        connection = sqlite3.connect(store, isolation_level=None)
        connection.execute("PRAGMA wal_autocheckpoint = 0")
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("DELETE FROM leat_stream WHERE id = 0")
        connection.execute("UPDATE leat_meta SET value = 1 WHERE key = 'version'")
        connection.execute("PRAGMA user_version = 1")
        connection.execute("COMMIT")
        if not is_killed:
            connection.close()
        for suffix in "", "-wal":
            file = pathlib.Path(str(store) + suffix)
            if file.exists():
                shutil.copy(file, target / file.name)
        if is_killed:
            connection.close()


source, target = map(pathlib.Path, sys.argv[1:])
target.mkdir(exist_ok=True)
downgrade(source / "closed.db", target, False)
downgrade(source / "killed.db", target, True)
shutil.copy(source / "state.bin", target)
