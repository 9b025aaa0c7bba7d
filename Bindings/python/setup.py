# SPDX-License-Identifier: MIT
"""The extension: its own C files, and the two libraries that `make` built."""

import re
from pathlib import Path

from setuptools import Extension, setup

HERE = Path(__file__).parent
TOP = HERE / "../.."
HEADER = (TOP / "Include/leat.h").read_text()


def version() -> str:
    part = r"#define LEAT_VERSION_(?:MAJOR|MINOR|PATCH) (\d+)"
    return ".".join(re.findall(part, HEADER))


setup(
    version=version(),
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
                "../../build/libleat_store.a",
                "../../build/libleat.a",
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
