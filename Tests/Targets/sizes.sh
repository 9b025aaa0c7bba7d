#!/bin/sh
# SPDX-License-Identifier: MIT
# Print what the library needs on each target: code and constants of a static program that makes a
# model and steps it, including what the compiler adds for missing instructions, and of one that
# links only its own kernels; the largest stack, measured with a pattern; and the memory of a model
# and of a stream.
# usage: Tests/Targets/sizes.sh
set -eu
cd "$(dirname "$0")/../.."
define=
. Tests/Targets/target.sh
warn='-std=c99 -Wall -Wextra -Wpedantic -Wconversion -Werror'

# Bytes of those sections or symbols of the smallest program that match a pattern.
sections() {
    "${tools}size" -A "$folder/${2:-smallest}" |
        awk -v like="$1" '$1 ~ like { n += $2 } END { print n + 0 }'
}
symbols() {
    "${tools}nm" -S "$folder/smallest" | awk -v like="$1" 'NF == 4 && $4 ~ like { print $2 }' |
        while read -r hex; do echo $((0x$hex)); done |
        awk '{ n += $1 } END { print n + 0 }'
}

echo "                   code                                   stack       1 -> 16 x 1    3 -> 32 x 1"
row='%-10s %8s %8s %8s %8s %8s   %6s %5s   %6s %6s   %6s %6s\n'
printf "$row" bytes all kernel portable rest own init step model stream model stream
for name in x86-64 arm64 cortex-m4 cortex-m7 cortex-m33 cortex-m55; do
    choose $name
    mkdir -p "$folder"
    Scripts/setup $packages
    compile_library >/dev/null
    Scripts/quietly "${tools}gcc" $warn -O2 $machine -IInclude Tests/Targets/sizes.c \
        "$folder/leat.o" $link -o "$folder/sizes"
    for program in smallest own; do
        kernels_of=
        [ $program = smallest ] || kernels_of=-DOWN_KERNELS
        Scripts/quietly "${tools}gcc" $warn -Os -fno-builtin $machine $kernels_of -IInclude -nostdlib \
            -static -Wl,--gc-sections,-e,start,--defsym=model_file=0 \
            -Wl,--defsym=model_file_size=0,--defsym=input=0,--defsym=output=0 \
            Tests/Targets/smallest.c "$folder/leat.o" $helpers -o "$folder/$program"
    done
    all=$(sections '^[.](text|rodata|data|ARM)')
    portable=$(symbols 'LeatKernelSoftware|SoftwareFMA')
    kernel=$(symbols 'LeatKernelFMA|HardwareFMA')
    own=$(sections '^[.](text|rodata|data|ARM)' own)
    printf "$row" $target $all $kernel $portable $((all - kernel - portable)) $own \
        $($emulator "$folder/sizes" | tr -d '\r')
done
