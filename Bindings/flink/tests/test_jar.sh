#!/bin/sh
# SPDX-License-Identifier: MIT
#
# test_jar.sh: the libraries in the jar are those of the processor that their folder names, and all
# processors' have the functions that the Java classes declare.
# usage: Bindings/flink/tests/test_jar.sh [PROCESSOR ...], after make flink-jar: the processors that
#        it must have libraries for; this machine's if none is named
cd "$(dirname "$0")/../../.." || exit 1
. Tests/checks.sh
[ $# -gt 0 ] || set -- "$(uname -m)"

# The names that the JVM looks for: of each native method, its class and itself.
declared() { # classes ...
    for class; do
        sed -n "s/.*static native [^(]* \([A-Za-z]*\)(.*/Java_io_leat_flink_${class}_\1/p" \
            "Bindings/flink/java/io/leat/flink/$class.java"
    done | sort
}

exported() { # library
    readelf --dyn-syms -W "$1" | awk '$7 != "UND" && $8 ~ /^Java_/ { print $8 }' | sort
}

machine() { # processor, library
    case $1 in
    x86_64) name=X86-64 ;;
    aarch64) name=AArch64 ;;
    *) echo "test_jar.sh doesn't know '$1'" && return 1 ;;
    esac
    readelf -h "$2" | grep "Machine:.*$name"
}

# usage: library PROCESSOR NAME CLASS
library() {
    file=$work/native/linux-$1/lib$2.so
    expect "$1: lib$2.so" [ -s "$file" ]
    expect "$1: lib$2.so is of this processor" machine "$1" "$file"
    declared "$3" >"$work/declared"
    exported "$file" >"$work/exported"
    expect "$1: $3 declares functions" [ -s "$work/declared" ]
    expect "$1: lib$2.so has the functions of $3" diff "$work/declared" "$work/exported"
}

expect "the jar" python3 -m zipfile -e build/flink/leat-flink.jar "$work"
for processor; do
    library "$processor" leat_flink Native
    library "$processor" leat_flink_store StoreNative
done
finish
