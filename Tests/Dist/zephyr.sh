#!/bin/sh
# SPDX-License-Identifier: MIT
#
# zephyr.sh: the module for Zephyr. Kconfig offers it on the cores that it has archives for, and
# nowhere else; its CMakeLists.txt links the archive of each core; the program that Tests/Targets
# runs on every processor is linked with it and prints the same hash under qemu as here.
# usage: Tests/Dist/zephyr.sh VERSION, after make dist
cd "$(dirname "$0")/../.." || exit 1
define=
. Tests/Targets/target.sh
. Tests/checks.sh
Scripts/setup cmake=cmake || exit

name=leat-$1-zephyr
module=$work/$name
tools_of_pypi=build/dist-tools
tar -C "$work" -xf "build/dist/$name.tar.gz" || exit
cores=$(cd "$module/lib" && ls)

expect "zephyr: its checksums" sh -c 'cd "$1" && sha256sum --quiet -c SHA256SUMS' - "$module"

# --- Kconfig ---

printf '%s\n' 'm4 CPU_CORTEX_M4 FPU FP_HARDABI' 'm4-soft CPU_CORTEX_M4 FPU' \
    'm4-no-fpu CPU_CORTEX_M4' 'm0 CPU_CORTEX_M0' 'm7 CPU_CORTEX_M7 FPU FP_HARDABI' \
    'm33 CPU_CORTEX_M33 FPU FP_HARDABI' 'm55 CPU_CORTEX_M55 FPU FP_HARDABI' >"$work/machines"
kconfig() {
    for core in m4 m4-soft m4-no-fpu m0 m7 m33 m55; do
        choice=n
        [ ! -d "$module/lib/cortex-$core" ] || choice=y
        echo "$core $choice"
    done >"$work/expected"
    $tools_of_pypi/bin/python Tests/Dist/read_kconfig.py "$module/zephyr/Kconfig" \
        "$work/machines" LEAT >"$work/choices" && diff "$work/expected" "$work/choices"
}
expect "zephyr: Kconfig offers it on $(echo $cores) alone" kconfig

# --- CMake, and the same bits ---

gcc -O1 -ITests/C Tests/Targets/pack.c -o "$work/pack" &&
    "$work/pack" Tests/Vectors Tests/Refused/models Tests/Accepted/models >"$work/packed.c" &&
    gcc -O2 -IInclude -ITests/C -ITests/Targets Tests/Targets/test_target.c "$work/packed.c" \
        build/leat.o -o "$work/here" && "$work/here" >"$work/here.log" || exit

# Zephyr's two functions that the module calls, for a project without Zephyr.
cat >"$work/CMakeLists.txt" <<'END'
cmake_minimum_required(VERSION 3.20)
project(p C)
add_executable(program ${SOURCES})
function(zephyr_include_directories)
  target_include_directories(program PRIVATE ${ARGN})
endfunction()
function(zephyr_link_libraries)
  target_link_libraries(program PRIVATE ${ARGN})
endfunction()
add_subdirectory(${MODULE}/zephyr module)
END
compiled() { # core's number, such as M4
    sources="$PWD/Tests/Targets/test_target.c;$work/packed.c"
    case $link in *start.c*) sources="$sources;$PWD/Tests/Targets/start.c" ;; esac
    options=$(echo "$link" | sed "s| Tests/Targets/start\.c||; s|-T |-T $PWD/|")
    cmake -S "$work" -B "$work/$target" -DCMAKE_SYSTEM_NAME=Generic \
        -DCMAKE_C_COMPILER="${tools}gcc" -DCMAKE_TRY_COMPILE_TARGET_TYPE=STATIC_LIBRARY \
        -DCMAKE_C_FLAGS="-O2 $machine -I$PWD/Tests/C -I$PWD/Tests/Targets" \
        -DCMAKE_EXE_LINKER_FLAGS="$options" -DSOURCES="$sources" -DMODULE="$module" \
        -DCONFIG_LEAT=y "-DCONFIG_CPU_CORTEX_$1=y" && cmake --build "$work/$target"
}
hashes() { sed -n 's/.*, \([^,]*: hash [0-9a-f]*\)$/\1/p' "$1" | sort -u; }
same_bits() {
    timeout 300 $emulator "$work/$target/program" | tr -d '\r' >"$work/there.log"
    cat "$work/here.log" "$work/there.log"
    grep ' passed, 0 failed$' "$work/there.log" && hashes "$work/there.log" >"$work/there" &&
        [ -s "$work/there" ] && hashes "$work/here.log" | grep -qxF -f "$work/there"
}
for core in $cores; do
    choose "$core"
    Scripts/setup $packages || exit
    expect "zephyr: $core: the module is linked" compiled "$(echo "${core#cortex-}" | tr m M)"
    expect "zephyr: $core: the same bits as here" same_bits
done
finish
