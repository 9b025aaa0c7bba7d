#!/bin/sh
# SPDX-License-Identifier: MIT
#
# run.sh: each tarball is enough on a machine without Swift. It is unpacked in a root that has the
# target's C library and SQLite and nothing of this folder; examples-c/resume.c is compiled with it,
# shared and static, by the target's compiler; and the program is killed twenty times, resumes, and
# prints what an uninterrupted run prints, with the bits of all other targets. Needs root.
# usage: Tests/Dist/run.sh TARGET ..., after make dist
#
# For this processor the root is a Debian made by debootstrap, and the compiler is inside. For
# others it has the files of the target's packages, the compiler is a cross compiler, and qemu-user
# runs the program. Where Debian has no libsqlite3, it is made from Debian's source: sqlite.sh.
# zephyr is zephyr.sh's.
cd "$(dirname "$0")/../.." || exit 1
Scripts/setup debootstrap=debootstrap pkg-config=pkg-config cmake=cmake readelf=binutils || exit 1
. Tests/Examples/common.sh
. Scripts/debian.sh
. Tests/Dist/sqlite.sh

version=$(awk '/^.define LEAT_VERSION_(MAJOR|MINOR|PATCH)/ { v = v s $3; s = "." }
    END { print v }' Include/leat.h)
warn='-std=c99 -Wall -Wextra -Wpedantic -Wconversion -Werror'

# --- the roots -------------------------------------------------------------

# root       the folder
# tree       the unpacked tarball in it
# compiler   a cross compiler; none: there is one in the root
# emulator   runs the target's programs, in the root, where this processor can't
# debian     the architecture of the packages in the root
# libraries  the root's folder with libsqlite3
choose() { # target
    target=$1 root=$work/$1 compiler=$1-gcc emulator= debian= libraries=usr/lib/$1
    tree=$root/leat-$version-$target
    case $target in
    "$(uname -m)-linux-gnu") compiler= ;;
    aarch64-linux-*) debian=arm64 emulator=qemu-aarch64-static ;;
    arm-linux-gnueabihf) debian=armhf emulator=qemu-arm-static ;;
    riscv64-linux-gnu) debian=riscv64 emulator=qemu-riscv64-static ;;
    x86_64-linux-musl) debian=amd64 emulator=qemu-x86_64-static ;;
    *)
        echo "Tests/Dist/run.sh knows no root for $target" >&2
        return 1
        ;;
    esac
    case $target in "$(uname -m)"-*) emulator= ;; esac
}

make_root() {
    if [ -z "$compiler" ]; then
        debian_root "$root" gcc,libc6-dev,libsqlite3-dev,zlib1g-dev,pkg-config
        return
    fi
    case $target in
    riscv64-linux-gnu) # Debian has its C library for cross compilers
        Scripts/setup /usr/$target/lib/libc.so.6=libc6-riscv64-cross && mkdir -p "$root" &&
            cp -a "/usr/$target/lib" "$root" && made_sqlite $compiler "$root/$libraries"
        ;;
    *-musl) unpacked_debs "$root" $debian musl && made_sqlite $compiler "$root/$libraries" ;;
    *) unpacked_debs "$root" $debian libc6 libsqlite3-0 libsqlite3-dev zlib1g-dev ;;
    esac || return
    [ -z "$emulator" ] || { Scripts/setup $emulator=qemu-user-static &&
        cp "$(command -v $emulator)" "$root"; }
}

# A command in the root, with paths of this machine as they are there. It becomes the command, so
# that a signal reaches it.
cat >"$work/inside" <<'END'
#!/bin/sh
root=$1
shift
for word; do
    shift
    set -- "$@" "${word#"$root"}"
done
exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin ${LIBRARIES:+LD_LIBRARY_PATH=$LIBRARIES} \
    chroot "$root" "$@"
END
chmod +x "$work/inside"
inside() { "$work/inside" "$root" "$@"; }
# Words that run a program of the root. Not every root's loader searches its libraries' folder.
runs() { echo "env ${compiler:+LIBRARIES=/$libraries} $work/inside $root ${emulator:+/$emulator}"; }

# --- the checks ------------------------------------------------------------

unpacked() {
    tar -C "$root" -xf "build/dist/leat-$version-$target.tar.gz" &&
        (cd "$tree" && sha256sum --quiet -c SHA256SUMS)
}
no_swift() { ! find "$root" -xdev \( -name 'swift*' -o -name 'libswift*' \) | grep .; }

# usage: compiled PROGRAM [-static]: by the compiler in the root, or by the cross compiler.
compiled() {
    program=$1 static=${2-}
    cp examples-c/resume.c "$root/program" || return 1
    if [ -z "$compiler" ]; then
        inside sh -c "cd /program && export PKG_CONFIG_PATH=${tree#"$root"}/lib/pkgconfig &&
            cc $warn $static resume.c -Wl,-rpath,${tree#"$root"}/lib -o $program \
            \$(pkg-config ${static:+--static} --cflags --libs leat_store)"
        return
    fi
    flags=$(PKG_CONFIG_LIBDIR=$tree/lib/pkgconfig:$root/$libraries/pkgconfig \
        pkg-config ${static:+--static} --cflags --libs leat_store) || return 1
    echo "$flags"
    (cd "$root/program" && $compiler $warn $static resume.c $flags -L"$root/$libraries" \
        -Wl,-rpath-link,"$root/$libraries" -Wl,-rpath,"${tree#"$root"}/lib" -o "$program")
}
needs() { # program, pattern
    readelf -d "$root/program/$1" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | grep -q "$2"
}

# usage: whole PROGRAM: an uninterrupted run, whose output goes to $work/whole. Its seconds say when
# to kill it.
whole() {
    rm -f "$root/program"/*.db*
    start=$(date +%s)
    prints "$work/whole" $(runs) "/program/$1" /program/model.safetensors /program/whole.db \
        /program/samples && awk -v n="$samples" '
        $1 != NR { print; bad = 1 } END { exit bad || NR != 15 * n }' "$work/whole" &&
        slower=$(($(date +%s) - start + 1))
}
killed() {
    rm -rf "$root/program/killed"
    killed_runs "$root/program/killed" $(runs) "/program/$1" /program/model.safetensors STORE \
        /program/samples
}
same_everywhere() {
    [ -e "$work/first" ] || cp "$work/whole" "$work/first"
    cmp "$work/first" "$work/whole"
}
# With /proc, where the tool finds its arguments; the mount ends with the command.
tool() {
    unshare --mount sh -c 'mount -t proc proc "$0/proc" && exec chroot "$0" "$@"' \
        "$root" "${tree#"$root"}/bin/leat" "$@"
}
tool_runs() {
    tool --version | grep -x "leat $version" &&
        tool info /program/model.safetensors | grep -i fingerprint
}

# The CMake package of a tarball for another processor, by a toolchain file.
by_cmake() {
    mkdir -p "$work/cmake-$target" && cd "$work/cmake-$target" && cp "$root/program/resume.c" . &&
        printf '%s\n' 'cmake_minimum_required(VERSION 3.14)' 'project(p C)' \
            "find_package(leat $version EXACT REQUIRED COMPONENTS store)" \
            'add_executable(by_cmake resume.c)' \
            'target_link_libraries(by_cmake PRIVATE leat::store)' >CMakeLists.txt &&
        printf '%s\n' 'set(CMAKE_SYSTEM_NAME Linux)' "set(CMAKE_C_COMPILER $compiler)" \
            "set(CMAKE_FIND_ROOT_PATH $tree)" >toolchain.cmake &&
        cmake -B build -DCMAKE_TOOLCHAIN_FILE=toolchain.cmake -DCMAKE_PREFIX_PATH=/ \
            -DCMAKE_EXE_LINKER_FLAGS="-Wl,-rpath-link,$root/$libraries" &&
        cmake --build build && readelf -d build/by_cmake | grep 'NEEDED.*libleat_store\.so'
    code=$?
    cd "$OLDPWD" && return $code
}

check_target() {
    before_root=$failed
    expect "$target: a root without Swift" make_root
    [ $failed -eq $before_root ] || return
    expect "$target: there is no Swift" no_swift
    expect "$target: unpacked" unpacked
    [ -d "$tree" ] || return
    mkdir -p "$root/program"
    cp "$model" "$root/program/model.safetensors"
    cp "$work/long" "$root/program/samples"
    expect "$target: resume.c is compiled" compiled shared
    expect "$target: it needs libleat_store.so" needs shared '^libleat_store\.so'
    expect "$target: it runs" whole shared
    expect "$target: with the bits of every other target" same_everywhere
    expect "$target: it is killed 20 times" killed shared
    expect "$target: it resumes with the same bits" \
        same_by_position 1 "$work/whole" "$root/program/killed"
    expect "$target: resume.c is compiled, static" compiled static -static
    expect "$target: it needs no library" refused needs static .
    expect "$target: it prints the same" sh -c 'cp "$1/whole" "$1/shared"' - "$work"
    expect "$target: the static program runs" whole static
    expect "$target: with the same output" cmp "$work/shared" "$work/whole"
    if [ -n "$compiler" ]; then
        expect "$target: CMake finds the package, with a toolchain file" by_cmake
    else
        expect "$target: the tool runs" tool_runs
    fi
}
refused() { ! "$@"; }

for target; do
    before=$passed
    if [ "$target" = zephyr ]; then
        Tests/Dist/zephyr.sh "$version" >"$work/zephyr" 2>&1
        add_counts $? "$work/zephyr"
        cat "$work/zephyr"
        continue
    fi
    choose "$target" || { failed=$((failed + 1)) && continue; }
    check_target
    echo "$target: $((passed - before)) checks passed"
    rm -rf "$root"
done
finish
