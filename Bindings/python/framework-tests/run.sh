#!/bin/sh
# SPDX-License-Identifier: MIT
# Test leat.from_torch, from_keras and check with PyTorch and Keras, and the
# example that trains: the wheel, in a virtual environment of its own. It is kept
# for the next time, as PyTorch is large.
# usage: [PYTHON=python3] [TORCH_INDEX=URL] Bindings/python/framework-tests/run.sh
#        [options of pytest]
set -eu
cd "$(dirname "$0")/../../.."
: "${PYTHON=python3}" "${TORCH_INDEX=https://download.pytorch.org/whl/cpu}"
here=Bindings/python/framework-tests
venv=build/python/frameworks
pip="$venv/bin/pip --disable-pip-version-check -q"

make -s wheel PYTHON="$PYTHON" >/dev/null
if ! cmp -s $here/requirements.txt $venv/requirements.txt; then
    rm -rf $venv
    "$PYTHON" -m venv $venv
    # PyTorch first and without its dependencies, so that only one package is
    # looked up in its index.
    $pip install --no-compile --retries 1 --no-deps --extra-index-url "$TORCH_INDEX" \
        "$(grep '^torch==' $here/requirements.txt)"
    $pip install --no-compile -r $here/requirements.txt
    cp $here/requirements.txt $venv/requirements.txt
fi
$pip install --force-reinstall --no-deps build/python/*.whl
$venv/bin/pytest -c Bindings/python/pyproject.toml $here "$@"
