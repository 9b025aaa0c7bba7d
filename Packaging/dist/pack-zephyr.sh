#!/bin/sh
# SPDX-License-Identifier: MIT
# Compile the core for each Cortex-M and pack it as a module for Zephyr, into build/dist. `make
# dist` calls it for the target zephyr, with the version in VERSION.
# usage: Packaging/dist/pack-zephyr.sh
set -eu
cd "$(dirname "$0")/../.."
# The bare-metal targets.
cores=$(sed -n 's/^ *cortex-\(m[0-9]*\)).*/\1/p' Scripts/targets.sh | sort -u)
name=leat-$VERSION-zephyr
. Packaging/dist/tarball.sh

define=
. Tests/Targets/target.sh
any=
for core in $cores; do
    choose "cortex-$core"
    mkdir -p "$folder" "$tree/lib/$target"
    Scripts/setup $packages
    echo "compiling the core for $target, which takes some minutes"
    compile_library
    "${tools}ar" rcs "$tree/lib/$target/libleat.a" "$folder/leat.o"
    any="$any${any:+ || }CPU_CORTEX_$(echo "$core" | tr m M)"
done

mkdir "$tree/include"
cp Include/leat.h Include/leat_kernels.h "$tree/include"
cp -r Packaging/zephyr/zephyr "$tree"
sed "s/@CORES@/$any/" "$tree/zephyr/Kconfig.in" >"$tree/zephyr/Kconfig"
rm "$tree/zephyr/Kconfig.in"
cat >"$tree/README" <<END
Leat $VERSION for Zephyr, on Cortex-$(echo $cores | tr m M | sed 's/ /, /g'): step trained recurrent networks
Add this folder to EXTRA_ZEPHYR_MODULES, or to the manifest of west as a project:
    west build -b BOARD APP -- -DEXTRA_ZEPHYR_MODULES=\$PWD/$name
and write into prj.conf:
    CONFIG_FPU=y
    CONFIG_FP_HARDABI=y
    CONFIG_LEAT=y
There are no files and no store: leat_model_init() of include/leat.h makes a model from its bytes, and
\`leat embed\`, of the tarball for x86_64-linux-gnu, writes these as a C header.
Check the files: sha256sum -c SHA256SUMS. MIT licence: see LICENSE.
END
pack
