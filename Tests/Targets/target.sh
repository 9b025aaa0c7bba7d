# SPDX-License-Identifier: MIT
# The settings of each target, for the scripts beside this one.
# usage: kernels=..., then . Tests/Targets/target.sh, then choose TARGET

# kernels     given: -DLEAT_EVERY_KERNEL also for kernels that a target never needs
# triple      of the Swift compiler; none: the library that the Makefile builds
# tools       prefix of the GNU tools
# flags       of the C compiler, for Swift's imports too
# link        flags of the linker
# runtime     functions that the compiled code itself may call
# emulator    the program that runs its programs
# packages    those that Scripts/setup installs
choose() {
    target=$1 triple= tools= flags= link= emulator= packages= runtime=-lgcc
    arm="-mthumb -mfloat-abi=hard" memories=
    board="qemu-system-arm -display none -monitor none -serial none"
    board="$board -semihosting-config enable=on,target=native"
    case $1 in
    x86-64)
        link=-static
        ;;
    arm64)
        triple=aarch64-none-none-elf
        tools=aarch64-linux-gnu-
        link=-static
        emulator=qemu-aarch64
        packages="qemu-aarch64=qemu-user aarch64-linux-gnu-gcc=gcc-aarch64-linux-gnu
            /usr/aarch64-linux-gnu/include/stdio.h=libc6-dev-arm64-cross"
        ;;
    cortex-m4)
        flags="-mcpu=cortex-m4 -mfpu=fpv4-sp-d16 $arm"
        emulator="$board -M mps2-an386 -kernel"
        memories="0x00000000 0x00000400 0x20000000"
        ;;
    cortex-m7)
        flags="-mcpu=cortex-m7 -mfpu=fpv5-sp-d16 $arm"
        emulator="$board -M mps2-an500 -cpu cortex-m7 -kernel"
        memories="0x00000000 0x00000400 0x20000000"
        ;;
    cortex-m33)
        flags="-mcpu=cortex-m33 -mfpu=fpv5-sp-d16 $arm"
        emulator="$board -M mps2-an505 -kernel"
        memories="0x10000000 0x10000400 0x38000000"
        ;;
    cortex-m55)
        flags="-mcpu=cortex-m55 $arm" # with Helium
        emulator="$board -M mps3-an547 -kernel"
        memories="0x00000000 0x70000000 0x71000000"
        ;;
    *)
        echo "there is no target '$1'" >&2
        exit 2
        ;;
    esac
    case $1 in
    cortex-m*)
        triple=armv7em-none-none-eabi # no other has a standard library; -mcpu counts
        tools=arm-none-eabi-
        runtime="-lc -lgcc"
        link="--specs=rdimon.specs -nostartfiles -T Tests/Targets/mps.ld"
        for memory in vectors code data; do
            link="$link -Wl,--defsym=${memory}_start=${memories%% *}" memories=${memories#* }
        done
        link="$link Tests/Targets/start.c"
        packages="qemu-system-arm=qemu-system-arm arm-none-eabi-gcc=gcc-arm-none-eabi
            /usr/include/newlib/stdio.h=libnewlib-arm-none-eabi"
        ;;
    esac
    folder=build/targets/$target${kernels:+-test}
}

compile_library() {
    if [ -z "$triple" ]; then
        cp build/leat.o "$folder/leat.o"
        return
    fi
    # The Swift compiler does not notice changed C headers.
    if [ -n "$(find Include Sources -name "*.h" -newer "$folder/leat.o" 2>/dev/null)" ]; then
        rm -rf "$folder/swift"
    fi
    for flag in $flags $kernels; do set -- "$@" -Xcc "$flag"; done
    LEAT_TARGET=$target Scripts/quietly swift build --triple $triple \
        --traits Embedded --scratch-path "$folder/swift" -c release -debug-info-format none \
        --product LeatCoreArchive -Xswiftc -Xfrontend -Xswiftc -disable-stack-protector \
        -Xcc -ffreestanding "$@" &&
    TOOLS=$tools Scripts/link-object "$folder/leat.o" \
        "$folder/swift/$triple/release/LeatCoreArchive.product/Objects.LinkFileList" &&
    check_needs
}

# The library may need the three functions that C compilers call implicitly, and on Arm the
# compiler's own functions for missing instructions.
check_needs() {
    undefined=$("${tools}nm" -u "$folder/leat.o" | awk '{ print $2 }')
    echo "the library needs" $undefined
    others=$(echo "$undefined" | grep -vxE 'memcpy|memmove|memset|__aeabi_[a-z0-9]+' || true)
    [ -z "$others" ] || {
        echo "the library must not need" $others >&2
        return 1
    }
}
