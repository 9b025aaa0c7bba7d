# SPDX-License-Identifier: MIT
# What the libraries are compiled to on each target. Embedded Swift has a standard library for
# bare-metal triples, and of Linux's only for x86-64 with glibc: for any other Linux the code is
# compiled for the processor alone, with the headers of that system's C library.
# usage: . Scripts/targets.sh, then settings_of NAME [COMPILER]
#
# NAME is the prefix of the GNU tools for a Linux, as in CROSS=; a Cortex-M; or nothing, this
# machine. COMPILER is the C compiler if it isn't NAME-gcc.
#
# triple       of the Swift compiler; none: this machine
# machine      flags of the C compiler that choose the processor, for Swift's imports and for C
# kernels      the instructions of LeatKernelFMA, LeatKernelDot and LeatKernelAVX512, as
#              Package.swift calls them
# allocations  none: the compiler refuses code that allocates. unchecked: on 32 bits the standard
#              library's conversions of 64-bit integers have such code, which nothing calls; then
#              what the linked library needs is the check
# runtime      what the library may need besides functions that it needs here, as a pattern: those
#              that C compilers call for missing instructions, other names of such functions
# debian       the architecture of Debian whose packages have the target's libraries
# packages     those that Scripts/setup installs
settings_of() {
    compiler=${2-$1-gcc} compiler=${compiler%% *}
    triple= machine= kernels= allocations=none runtime= debian= packages=
    case $1 in
    '') ;;
    x86_64-*linux-*)
        triple=x86_64-unknown-none-elf
        machine=-fPIC
        kernels=x86-64
        debian=amd64
        ;;
    aarch64-*linux-*)
        triple=aarch64-none-none-elf
        kernels=arm64
        runtime=getauxval
        debian=arm64
        ;;
    arm*-linux-*eabihf)
        triple=armv7-none-none-eabi
        # Without NEON, which would flush subnormal numbers to zero. Bare-metal Arm has short enums.
        machine="-march=armv7-a -mfloat-abi=hard -mfpu=vfpv3-d16 -fno-short-enums"
        # A size or a time of a file is 64 bits in libc's interface, too.
        machine="$machine -D_FILE_OFFSET_BITS=64 -D_TIME_BITS=64"
        kernels=arm
        allocations=unchecked
        runtime='getauxval|__aeabi_[a-z0-9_]+'
        debian=armhf
        ;;
    riscv64-*linux-*)
        triple=riscv64-none-none-eabi
        machine="-march=rv64gc -mabi=lp64d"
        debian=riscv64
        ;;
    cortex-m4)
        machine="-mcpu=cortex-m4 -mfpu=fpv4-sp-d16"
        ;;
    cortex-m7)
        machine="-mcpu=cortex-m7 -mfpu=fpv5-sp-d16"
        ;;
    cortex-m33)
        machine="-mcpu=cortex-m33 -mfpu=fpv5-sp-d16"
        ;;
    cortex-m55)
        machine=-mcpu=cortex-m55 # with Helium
        ;;
    *)
        echo "there is no target '$1': see Scripts/targets.sh" >&2
        return 2
        ;;
    esac
    case $1 in
    cortex-m*)
        triple=armv7em-none-none-eabi # Armv8-M has no standard library; what counts is -mcpu
        machine="$machine -mthumb -mfloat-abi=hard"
        allocations=unchecked
        runtime='__aeabi_[a-z0-9_]+'
        packages="arm-none-eabi-gcc=gcc-arm-none-eabi
            /usr/include/newlib/stdio.h=libnewlib-arm-none-eabi"
        ;;
    *-musl)
        packages="$compiler=musl-dev:$debian"
        [ $debian = amd64 ] || packages="$packages ${1%musl}gnu-gcc=gcc-${1%musl}gnu"
        ;;
    *-linux-gnu*)
        packages="$compiler=gcc-$1 stdio.h=libc6-dev-$debian-cross"
        ;;
    esac
}
