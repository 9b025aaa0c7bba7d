# SPDX-License-Identifier: MIT
"""The extension: its own C files, and the two libraries that `make` built."""

import os
import re
from pathlib import Path

from setuptools import Command, Extension, setup
from setuptools.errors import SetupError

HERE = Path(__file__).parent
TOP = HERE / "../.."
(TOP / "build/python").mkdir(parents=True, exist_ok=True)
LIBRARIES = os.environ.get("LEAT_LIBRARIES", "build")
HEADER = (TOP / "Include/leat.h").read_text()


def version() -> str:
    part = r"#define LEAT_VERSION_(?:MAJOR|MINOR|PATCH) (\d+)"
    return ".".join(re.findall(part, HEADER))


class NoSourceDistribution(Command):
    """It couldn't be built: the libraries are Swift's, from the project."""

    user_options = [("dist-dir=", "d", ""), ("formats=", None, "")]

    def initialize_options(self) -> None:
        self.dist_dir = self.formats = None

    def finalize_options(self) -> None:
        pass

    def run(self) -> None:
        raise SetupError("leat has no source distribution, because its C "
                         "libraries are built from the whole project: run "
                         "'make wheel' there")


setup(
    version=version(),
    cmdclass={"sdist": NoSourceDistribution},
    ext_modules=[
        Extension(
            "leat._leat",
            sources=sorted(
                str(path.relative_to(HERE))
                for path in HERE.glob("extension/*.c")
            ),
            include_dirs=["../../Include"],
            # The store's library needs the other one.
            extra_objects=[
                f"../../{LIBRARIES}/libleat_store.a",
                f"../../{LIBRARIES}/libleat.a",
            ],
            extra_compile_args=[
                "-std=c99", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion",
                "-Werror", "-O2", "-fvisibility=hidden",
            ],
            # Only the module's entry is exported: another libleat in the same
            # process stays separate.
            extra_link_args=[
                "-Wl,--exclude-libs,ALL", "-Wl,--gc-sections", "-Wl,-z,now",
                "-Wl,-z,noexecstack", "-s",
            ],
            py_limited_api=True,
        )
    ],
)
