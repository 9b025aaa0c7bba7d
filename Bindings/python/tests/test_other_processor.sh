#!/bin/sh
# SPDX-License-Identifier: MIT
#
# test_other_processor.sh: another processor's wheel, in Debian's Python for it, under qemu. It
# prints the bits that this machine's wheel prints, and each goes on from the other's state.
# usage: Bindings/python/tests/test_other_processor.sh TARGET, after make wheel WHEEL_CROSS=TARGET
cd "$(dirname "$0")/../../.." || exit 1
. Tests/checks.sh
. Scripts/targets.sh
. Scripts/debian.sh
target=$1 processor=${1%%-*}
settings_of "$target" || exit
Scripts/setup "qemu-$processor=qemu-user" || exit
model=$PWD/Tests/Vectors/head/model.safetensors

expect "Debian's Python and numpy for $debian" unpacked_debs "$work/root" "$debian" libc6 libgcc-s1 \
    libstdc++6 libgfortran5 libblas3 liblapack3 zlib1g libexpat1 libsqlite3-0 libffi8 \
    python3.11-minimal libpython3.11-minimal libpython3.11-stdlib python3-numpy
mkdir "$work/there"
own_wheel() {
    python3 -m venv "$work/here" &&
        "$work/here/bin/pip" --disable-pip-version-check -q install build/python/*.whl
}
expect "the wheel for $processor" python3 -m zipfile -e build/python/"$target"/*.whl "$work/there"
expect "this machine's wheel" own_wheel

cat >"$work/steps.py" <<'END'
"""usage: steps.py MODEL COUNT STATE-AFTER [STATE-BEFORE]: print the outputs' bytes of COUNT steps."""
import sys

import leat
import numpy as np

model = leat.Model.open(sys.argv[1])
stream = model.stream()
if len(sys.argv) > 4:
    with open(sys.argv[4], "rb") as file:
        stream = model.load(file.read())
for t in range(stream.position, stream.position + int(sys.argv[2])):
    x = np.sin(np.arange(model.input_size, dtype=np.float32) + np.float32(t)).astype(np.float32)
    print(t, (np.round(x * 64) / 64).tobytes().hex(),
          stream.step(np.round(x * 64) / np.float32(64)).tobytes().hex())
with open(sys.argv[3], "wb") as file:
    file.write(stream.state())
END
here() { "$work/here/bin/python" "$work/steps.py" "$model" "$@"; }
there() {
    PYTHONPATH=$work/there:$work/root/usr/lib/python3/dist-packages PYTHONHOME=$work/root/usr \
        LD_LIBRARY_PATH=$work/root/usr/lib/$target/blas:$work/root/usr/lib/$target/lapack \
        "qemu-$processor" -L "$work/root" "$work/root/usr/bin/python3.11" "$work/steps.py" "$model" "$@"
}
steps() { # side, output, arguments ...
    side=$1 output=$work/$2
    shift 2
    $side "$@" >"$output" && [ -s "$output" ]
}
expect "steps here" steps here here.txt 40 "$work/here.state"
expect "steps there" steps there there.txt 40 "$work/there.state"
expect "the same bits" cmp "$work/here.txt" "$work/there.txt"
expect "the same state" cmp "$work/here.state" "$work/there.state"
expect "there from here's state" steps there there.more 10 "$work/1" "$work/here.state"
expect "here from there's state" steps here here.more 10 "$work/2" "$work/there.state"
expect "they go on with the same bits" cmp "$work/here.more" "$work/there.more"
finish
