#!/bin/sh
# SPDX-License-Identifier: MIT
# Test the Python package as a user gets it: the wheel, in a fresh virtual
# environment. Needs PyPI, and what `make` builds.
# usage: [PYTHON=python3] Bindings/python/tests/run.sh [options of pytest]
set -eu
cd "$(dirname "$0")/../../.."
: "${PYTHON=python3}"
fresh=build/python/fresh

make -s wheel PYTHON="$PYTHON" >/dev/null
rm -rf "$fresh"
"$PYTHON" -m venv "$fresh"
"$fresh/bin/pip" --disable-pip-version-check -q install build/python/*.whl pytest mypy

failed=0
"$fresh/bin/pytest" -c Bindings/python/pyproject.toml Bindings/python/tests "$@" \
    --junit-xml="$fresh/report.xml" || failed=1
# The stub says what the extension has, and the package and its users pass mypy.
check() {
    if "$@" >"$fresh/log" 2>&1; then
        checked=$((checked + 1))
    else
        cat "$fresh/log"
        failed=$((failed + 1))
    fi
}
checked=0
check "$fresh/bin/stubtest" leat._leat
check "$fresh/bin/mypy" --strict -p leat
check "$fresh/bin/mypy" --strict Bindings/python/tests/typed_program.py
check "$fresh/bin/python" Bindings/python/tests/typed_program.py \
    Tests/Vectors/batch-first/model.safetensors

"$fresh/bin/python" - "$fresh/report.xml" "$checked" "$failed" <<'END'
import sys
import xml.etree.ElementTree

suite = xml.etree.ElementTree.parse(sys.argv[1]).find("testsuite")
bad = int(suite.get("failures")) + int(suite.get("errors"))
good = int(suite.get("tests")) - bad - int(suite.get("skipped"))
more = max(0, int(sys.argv[3]) - (bad > 0))
print(f"{good + int(sys.argv[2])} passed, {bad + more} failed")
END
[ "$failed" -eq 0 ]
