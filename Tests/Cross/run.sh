#!/bin/sh
# SPDX-License-Identifier: MIT
#
# run.sh: what a user has of `make CROSS=TARGET`: which goals there are, and programs that find what
# was installed with pkg-config and with CMake's toolchain file, are killed and resume under qemu.
# The store is tested where Debian has libsqlite3 for the target.
# usage: Tests/Cross/run.sh [TARGET]     aarch64-linux-gnu, or another of Scripts/targets.sh
cd "$(dirname "$0")/../.." || exit 1
. Tests/Install/common.sh
. Scripts/targets.sh
name=${1-aarch64-linux-gnu}
processor=${name%%-*}
settings_of "$name" || exit
Scripts/setup $packages pkg-config=pkg-config cmake=cmake "qemu-$processor=qemu-user" || exit

# --- what is built ---

expect "make CROSS=$name" make -s CROSS="$name"
is_for() { readelf -h "$1" | grep -E 'Machine: *(AArch64|ARM|RISC-V|.* X86-64)$'; }
for file in libleat.so libleat_store.so examples/resume; do
    expect "$file is for $debian" is_for "build/$name/$file"
done
if [ "$debian" = armhf ]; then
    "$name-objdump" -d build/$name/libleat.so | cut -f 3- >"$work/instructions"
    # Registers that only NEON has, and its arithmetic with pairs of floats.
    no_neon() {
        ! grep -E '\<q[0-9]|^v(add|sub|mul|ml[as]|fm[as]|max|min)\.f32[[:space:]]*d' "$1"
    }
    expect "no NEON, which flushes subnormal numbers" no_neon "$work/instructions"
    expect "VFPv4's multiply-add" grep -q '^vfma\.f32[[:space:]]*s' "$work/instructions"
fi
says() { # words, command ...
    words=$1
    shift
    "$@" 2>&1 | grep "$words"
}
expect "make CROSS=$name install leaves the tool out, and says so" \
    says "the tool isn't built" make -s CROSS="$name" install DESTDIR="$work/all"
expect "another goal is refused" says "with CROSS there is: all" make -s CROSS="$name" check
expect "an unknown target is refused" \
    says "there is no target" make -s CROSS=vax-dec-ultrix libraries

# --- what is installed, in a folder that it wasn't installed for ---

root=$work/root
expect "make CROSS=$name install-libraries" \
    make -s CROSS="$name" install-libraries PREFIX=/opt/leat DESTDIR="$root"
warn='-Wall -Wextra -Wpedantic -Wconversion -Werror'
project=$PWD sqlite=$work/debian
emulator="qemu-$processor -L /usr/$name"
emulator="$emulator -E LD_LIBRARY_PATH=$root/opt/leat/lib:$sqlite/usr/lib/$name"
cp Tests/Install/consumer.c Tests/Install/core.c "$model" "$work"
cd "$work" || exit 1

asked() { # option of pkg-config ...
    PKG_CONFIG_SYSROOT_DIR=$root \
        PKG_CONFIG_LIBDIR=$root/opt/leat/lib/pkgconfig:$sqlite/usr/lib/$name/pkgconfig \
        pkg-config "$@"
}
core_by_pkg_config() {
    flags=$(asked --static --cflags --libs leat) || return 1
    "$name-gcc" -std=c99 $warn -static core.c -o core $flags
}
expect "pkg-config: compile a static program without a store" core_by_pkg_config
expect "pkg-config: it runs" clean $emulator ./core

case $name in
aarch64-linux-gnu | arm-linux-gnueabihf) ;;
*) finish ;;
esac

# Debian's libsqlite3 for the target, unpacked and not installed.
cd "$project" || exit 1
. Scripts/debian.sh
expect "libsqlite3 for $debian" unpacked_debs "$sqlite" "$debian" libsqlite3-0 libsqlite3-dev
cd "$work" || exit 1

by_pkg_config() {
    flags=$(asked --cflags --libs leat_store) || return 1
    echo "$flags"
    "$name-gcc" -std=c99 $warn consumer.c -o shared $flags -L"$sqlite/usr/lib/$name" -lsqlite3
}
expect "pkg-config: compile" by_pkg_config
expect "pkg-config: it resumes" resumes "$work/shared" $emulator
if [ "$debian" = armhf ]; then
    cp whole whole_fma
    expect "without VFPv4 it resumes" resumes "$work/shared" $emulator -cpu cortex-a8
    expect "without VFPv4 it has the same bits" cmp whole whole_fma
fi

cat >toolchain.cmake <<END
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR $processor)
set(CMAKE_C_COMPILER $name-gcc)
set(CMAKE_FIND_ROOT_PATH $root $sqlite)
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
END
cat >CMakeLists.txt <<'END'
cmake_minimum_required(VERSION 3.14)
project(consumer C)
set(CMAKE_C_STANDARD 99)
find_package(leat 0.1 REQUIRED COMPONENTS store store_static)
find_package(SQLite3 REQUIRED)
add_executable(consumer consumer.c)
target_link_libraries(consumer PRIVATE leat::store SQLite::SQLite3)
add_executable(consumer_static consumer.c)
target_link_libraries(consumer_static PRIVATE leat::store_static)
END
expect "CMake: configure" clean cmake -S . -B by_cmake -DCMAKE_TOOLCHAIN_FILE=toolchain.cmake \
    -DCMAKE_PREFIX_PATH=/opt/leat "-DCMAKE_C_FLAGS=$warn"
expect "CMake: it found what was installed" \
    grep "^leat_DIR:PATH=$root/opt/leat/lib/cmake/leat$" by_cmake/CMakeCache.txt
expect "CMake: build" clean cmake --build by_cmake
expect "CMake: it resumes" resumes "$work/by_cmake/consumer" $emulator
expect "CMake: it resumes, static" resumes "$work/by_cmake/consumer_static" $emulator
finish
