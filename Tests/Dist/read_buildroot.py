# SPDX-License-Identifier: MIT
"""Read the Buildroot package's Config.in as Kconfig does, on machines of every kind, and print
whether the package can be chosen there: "MACHINE y" or "MACHINE n".

usage: read_buildroot.py FOLDER, that of external.desc
"""

import os
import sys
import tempfile

import kconfiglib

# Buildroot's own symbols that Config.in uses.
SYMBOLS = """
BR2_aarch64 BR2_x86_64 BR2_ARM_CPU_ARMV7A BR2_ARM_EABIHF BR2_RISCV_64 BR2_RISCV_ABI_LP64D
BR2_TOOLCHAIN_USES_GLIBC BR2_TOOLCHAIN_USES_MUSL BR2_TOOLCHAIN_HAS_THREADS BR2_STATIC_LIBS
BR2_PACKAGE_SQLITE
""".split()

THREADS = ["BR2_TOOLCHAIN_HAS_THREADS"]
GLIBC = ["BR2_TOOLCHAIN_USES_GLIBC", *THREADS]
MUSL = ["BR2_TOOLCHAIN_USES_MUSL", *THREADS]
MACHINES = {
    "aarch64-glibc": ["BR2_aarch64", *GLIBC],
    "aarch64-musl": ["BR2_aarch64", *MUSL],
    "aarch64-uclibc": ["BR2_aarch64", *THREADS],
    "aarch64-static": ["BR2_aarch64", "BR2_STATIC_LIBS", *MUSL],
    "x86_64-glibc": ["BR2_x86_64", *GLIBC],
    "x86_64-musl": ["BR2_x86_64", *MUSL],
    "armv7-hard-glibc": ["BR2_ARM_CPU_ARMV7A", "BR2_ARM_EABIHF", *GLIBC],
    "armv7-hard-musl": ["BR2_ARM_CPU_ARMV7A", "BR2_ARM_EABIHF", *MUSL],
    "armv7-soft-glibc": ["BR2_ARM_CPU_ARMV7A", *GLIBC],
    "armv6-hard-glibc": ["BR2_ARM_EABIHF", *GLIBC],
    "riscv64-glibc": ["BR2_RISCV_64", "BR2_RISCV_ABI_LP64D", *GLIBC],
    "riscv64-soft-glibc": ["BR2_RISCV_64", *GLIBC],
    "riscv64-musl": ["BR2_RISCV_64", "BR2_RISCV_ABI_LP64D", *MUSL],
    "other-glibc": GLIBC,
}


def main():
    folder = os.path.abspath(sys.argv[1])
    os.environ["BR2_EXTERNAL_LEAT_PATH"] = folder
    with tempfile.TemporaryDirectory() as scratch:
        top = os.path.join(scratch, "Config.in")
        with open(top, "w") as file:
            for symbol in SYMBOLS:
                file.write(f'config {symbol}\n\tbool "{symbol}"\n\n')
            file.write(f'source "{folder}/Config.in"\n')
        for machine, symbols in MACHINES.items():
            kconfig = kconfiglib.Kconfig(top, warn_to_stderr=False)
            for symbol in symbols:
                kconfig.syms[symbol].set_value("y")
            package = kconfig.syms["BR2_PACKAGE_LEAT"]
            package.set_value("y")
            # What it needs comes with it.
            if package.str_value != kconfig.syms["BR2_PACKAGE_SQLITE"].str_value:
                sys.exit(f"{machine}: leat and SQLite aren't chosen together")
            print(machine, package.str_value)
            if kconfig.warnings:
                sys.exit("\n".join(kconfig.warnings))


main()
