# SPDX-License-Identifier: MIT
# How a test compiles a program against the libraries, and runs it: for this machine, or, with
# CROSS=aarch64-linux-gnu as make has it, for another and under qemu.
# usage: . Tests/Emulated/target.sh
#
# cc        the C compiler, with what a target needs
# made      the folder with the libraries
# sqlite    flags that link SQLite
# emulator  what runs a program; tests start programs with LEAT_EMULATOR
CROSS=${CROSS-}
unset LEAT_EMULATOR QEMU_LD_PREFIX
cc=gcc made=build sqlite=-lsqlite3 emulator=
if [ -n "$CROSS" ]; then
    cc=$CROSS-gcc made=build/$CROSS
    database=$made/libsqlite3
    # An rpath of the old kind is also that of the store's library.
    sqlite="-isystem $database/include $PWD/$database/lib/libsqlite3.so.0"
    sqlite="$sqlite -Wl,--disable-new-dtags,-rpath,$PWD/$database/lib"
    case $CROSS in
    x86_64-*)
        emulator=qemu-x86_64 architecture=amd64
        ;;
    aarch64-*)
        emulator=qemu-aarch64 architecture=arm64
        # Under qemu 7.2, fork() in an arm64 program never ends if it is linked dynamically.
        cc="$cc -static"
        sqlite="-isystem $database/include $PWD/$database/lib/libsqlite3.a"
        ;;
    arm-*)
        emulator=qemu-arm architecture=armhf
        cc="$cc -D_FILE_OFFSET_BITS=64 -D_TIME_BITS=64"
        ;;
    riscv64-*) emulator=qemu-riscv64 architecture=riscv64 ;;
    *)
        echo "Tests/Emulated/target.sh has no target '$CROSS'" >&2
        exit 2
        ;;
    esac
    case $CROSS in
    *-musl) cc="$cc -Wno-sign-conversion" ;; # its FD_SET converts so
    esac
    case $CROSS in
    "$(uname -m)"-*) emulator= ;;
    *)
        # build.sh installs it if it is missing.
        LEAT_EMULATOR=$(command -v $emulator || :) QEMU_LD_PREFIX=/usr/$CROSS
        export LEAT_EMULATOR QEMU_LD_PREFIX
        ;;
    esac
fi
