# SPDX-License-Identifier: MIT
"""Read a Kconfig file as its build system does, on several machines, choose its first OPTION there,
and print the options' values: "MACHINE y y", or n where the option can't be chosen.

usage: read_kconfig.py KCONFIG MACHINES OPTION ...

A line of MACHINES is a name and the symbols that are set on that machine. All symbols of the file
MACHINES, and all options that KCONFIG doesn't define, belong to the build system.
"""

import os
import sys
import tempfile

import kconfiglib


def main():
    source, machines, *options = sys.argv[1:]
    with open(machines) as file:
        machines = [line.split() for line in file]
    with open(source) as file:
        own = {line.split()[1] for line in file if line.startswith("config ")}
    given = {symbol for _, *symbols in machines for symbol in symbols}
    with tempfile.TemporaryDirectory() as scratch:
        top = os.path.join(scratch, "Kconfig")
        with open(top, "w") as file:
            for symbol in sorted(given | (set(options) - own)):
                file.write(f'config {symbol}\n\tbool "{symbol}"\n\n')
            file.write(f'source "{os.path.abspath(source)}"\n')
        for name, *symbols in machines:
            kconfig = kconfiglib.Kconfig(top, warn_to_stderr=False)
            for symbol in [*symbols, options[0]]:
                kconfig.syms[symbol].set_value("y")
            print(name, *(kconfig.syms[option].str_value for option in options))
            if kconfig.warnings:
                sys.exit("\n".join(kconfig.warnings))


main()
