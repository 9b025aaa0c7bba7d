# SPDX-License-Identifier: MIT
# How the scripts beside this one make and run programs for a target; Scripts/targets.sh has what the
# library is compiled to there.
# usage: define=..., then . Tests/Targets/target.sh, then choose TARGET

# define      given: -DLEAT_EVERY_KERNEL also for kernels that a target never needs
# cross       the target's name in targets.sh; none: the library that the Makefile builds
# tools       prefix of the GNU tools
# link        flags of the linker
# helpers     libraries with what the compiled code itself may call
# emulator    the program that runs its programs
. Scripts/targets.sh

choose() {
    target=$1 cross=$1 tools= link= emulator= helpers=-lgcc
    board="qemu-system-arm -display none -monitor none -serial none"
    board="$board -semihosting-config enable=on,target=native"
    case $1 in
    x86-64)
        cross=
        link=-static
        ;;
    arm64)
        cross=aarch64-linux-gnu
        tools=aarch64-linux-gnu-
        link=-static
        emulator=qemu-aarch64
        ;;
    cortex-m4) emulator="$board -M mps2-an386 -kernel" ;;
    cortex-m7) emulator="$board -M mps2-an500 -cpu cortex-m7 -kernel" ;;
    esac
    settings_of "$cross" || exit
    case $1 in
    arm64) packages="$packages qemu-aarch64=qemu-user" ;;
    cortex-m*)
        tools=arm-none-eabi-
        helpers="-lc -lgcc"
        link="--specs=rdimon.specs -nostartfiles -T Tests/Targets/mps2.ld"
        link="$link Tests/Targets/start.c"
        packages="$packages qemu-system-arm=qemu-system-arm"
        ;;
    esac
    folder=build/targets/$target${define:+-test}
}

compile_library() {
    if [ -z "$cross" ]; then
        cp build/leat.o "$folder/leat.o"
        return
    fi
    # The Swift compiler does not notice changed C headers.
    if [ -n "$(find Include Sources -name "*.h" -newer "$folder/leat.o" 2>/dev/null)" ]; then
        rm -rf "$folder/swift"
    fi
    CC='' Scripts/compile-embedded "$cross" "$folder/swift" LeatCoreArchive $define &&
        CC=${tools}gcc Scripts/link-object "$folder/leat.o" \
            "$folder/swift/release/LeatCoreArchive.product/Objects.LinkFileList" &&
        CC=${tools}gcc Scripts/check-needs "$cross" "$folder/leat.o" core
}
