#!/bin/sh
# SPDX-License-Identifier: MIT
#
# test_recipes.sh: the recipes that `make dist` writes have the checksums of its tarballs. Tools
# from PyPI read them: oelint-adv the one for Yocto, and kconfiglib the one for Buildroot, which can
# be chosen on the machines that there is a tarball for, and on no others.
# usage: Tests/Dist/test_recipes.sh, after make dist
cd "$(dirname "$0")/../.." || exit 1
Scripts/setup python3=python3 /usr/share/doc/python3-venv=python3-venv || exit 1
. Tests/checks.sh

dist=build/dist
tools=build/dist-tools
recipe=$(echo $dist/meta-leat/recipes-support/leat/leat_*.bb)
package=$dist/buildroot-leat/package/leat

with_tools() {
    [ -x $tools/bin/oelint-adv ] && [ -e $tools/done ] && return
    python3 -m venv $tools && $tools/bin/pip install -q oelint-adv kconfiglib && touch $tools/done
}

# --- checksums ---

same_checksums() { # pattern of a line that has a checksum, file
    sed -n "s/$1/\\1/p" "$2" | sort >"$work/found"
    sed -n 's/ .*-linux-.*//p' $dist/SHA256SUMS | sort | diff - "$work/found"
}
filled() { ! grep -rn '@[A-Z_]*@' $dist/meta-leat $dist/buildroot-leat; }
checked() { (cd $dist && sha256sum -c SHA256SUMS); }

# --- their readers ---

# A clone of nothing has no home page, and its recipe no HOMEPAGE.
home=
grep -qs "^HOMEPAGE" "$recipe" || home="--suppress oelint.var.mandatoryvar.HOMEPAGE"
lint() { # files
    $tools/bin/oelint-adv --quiet --hide info --release wrynose \
        --suppress oelint.vars.homepageping $home -- "$@"
}
finds_a_fault() {
    sed '/^LICENSE = /d' "$recipe" >"$work/${recipe##*/}"
    ! lint "$work/${recipe##*/}"
}
threads=BR2_TOOLCHAIN_HAS_THREADS
glibc="BR2_TOOLCHAIN_USES_GLIBC $threads"
musl="BR2_TOOLCHAIN_USES_MUSL $threads"
arm="BR2_ARM_CPU_ARMV7A BR2_ARM_EABIHF"
riscv="BR2_RISCV_64 BR2_RISCV_ABI_LP64D"
cat >"$work/chosen" <<END
y aarch64-glibc BR2_aarch64 $glibc
y aarch64-musl BR2_aarch64 $musl
n aarch64-uclibc BR2_aarch64 $threads
n aarch64-static BR2_aarch64 BR2_STATIC_LIBS $musl
n aarch64-no-threads BR2_aarch64 BR2_TOOLCHAIN_USES_MUSL
y x86_64-glibc BR2_x86_64 $glibc
y x86_64-musl BR2_x86_64 $musl
y armv7-hard-glibc $arm $glibc
n armv7-hard-musl $arm $musl
n armv7-soft-glibc BR2_ARM_CPU_ARMV7A $glibc
n armv6-hard-glibc BR2_ARM_EABIHF $glibc
y riscv64-glibc $riscv $glibc
n riscv64-soft-glibc BR2_RISCV_64 $glibc
n riscv64-musl $riscv $musl
n other-glibc $glibc
END
# SQLite is chosen with it.
choices() {
    sed 's/^. //' "$work/chosen" >"$work/machines"
    awk '{ print $2, $1, $1 }' "$work/chosen" >"$work/expected"
    $tools/bin/python Tests/Dist/read_kconfig.py $package/Config.in "$work/machines" \
        BR2_PACKAGE_LEAT BR2_PACKAGE_SQLITE >"$work/choices" || return 1
    diff "$work/expected" "$work/choices"
}

expect "the tools from PyPI" with_tools
expect "SHA256SUMS is right" checked
expect "everything is filled in" filled
expect "Yocto: the checksums" same_checksums '^SRC_URI\[.*sha256sum\] = "\(.*\)"' "$recipe"
expect "Buildroot: the checksums" same_checksums '^sha256  \(.*\)  leat-.*' $package/leat.hash
expect "Yocto: oelint-adv finds nothing" silent lint "$recipe" $dist/meta-leat/conf/layer.conf
expect "Yocto: oelint-adv finds a fault that is there" finds_a_fault
expect "Buildroot: on which machines it can be chosen" choices
finish
