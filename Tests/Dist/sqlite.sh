# SPDX-License-Identifier: MIT
#
# sqlite.sh: libsqlite3 for targets that Debian has none for, from Debian's source package. It is
# read with "." after debian.sh.

# sqlite3.c in one file, once for all targets.
sqlite_source() {
    [ ! -e "$work/sqlite/sqlite3.c" ] || return 0
    Scripts/setup tclsh=tcl dpkg-source=dpkg-dev make=make || return 1
    own_apt "$work/sqlite-deb" deb-src "$(dpkg --print-architecture)" && (
        cd "$work/sqlite-deb" && apt-get $apt_options source --download-only sqlite3 &&
            dpkg-source --no-check -x sqlite3_*.dsc source && cd source &&
            ./configure --disable-tcl && make sqlite3.c
    ) && mkdir "$work/sqlite" && cp "$work/sqlite-deb/source"/sqlite3.[ch] "$work/sqlite"
}

made_sqlite() { # compiler, folder
    sqlite_source && mkdir -p "$2/pkgconfig" && (
        cd "$2" && $1 -O1 -fPIC -c "$work/sqlite/sqlite3.c" -o sqlite3.o &&
            $1 -shared -Wl,-soname,libsqlite3.so.0 sqlite3.o -o libsqlite3.so.0 &&
            ln -s libsqlite3.so.0 libsqlite3.so && ar rcs libsqlite3.a sqlite3.o && rm sqlite3.o &&
            printf '%s\n' 'Name: SQLite' 'Description: made for a test' 'Version: 3.40.1' \
                'Libs: -lsqlite3' 'Libs.private: -lm' >pkgconfig/sqlite3.pc
    )
}
