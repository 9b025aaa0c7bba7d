#!/bin/sh
# SPDX-License-Identifier: MIT
#
# What a compiled program contains of the headers stays as it was: the types of functions, the values
# of constants, the bounds of static blocks, and the sizes of structs with the place and size of each
# field, on 64 and on 32 bits. exports/abi.txt lists them; `reserved` isn't listed, since new fields
# take its place. New lines may be added, with `test_abi.sh --write`. `test_abi.sh --release` keeps
# the list of a released version, whose lines must stay.
# usage: test_abi.sh [--write | --release]
cd "$(dirname "$0")/../.." || exit 1
. Tests/checks.sh
list=Tests/C/exports/abi.txt
symbols=Packaging/debian/libleat0.symbols
released=Tests/C/exports/released
version=$(awk '/^.define LEAT_VERSION_(MAJOR|MINOR|PATCH)/ { v = v s $3; s = "." }
    END { print v }' Include/leat.h)

# The constants of the headers, but not the versions, and not macros with arguments.
constants() {
    printf '#include <leat_store.h>\n' | clang -E -dM -IInclude - |
        sed -n 's/^#define \(LEAT_[A-Z0-9_]*\) .*/\1/p' |
        grep -vE '^LEAT_(VERSION.*|ST.*_VERSION|ALIGNED|H|STORE_H)$' | sort -u
}

# The types of the functions, without the parameters' names.
functions() {
    printf '#include <leat_store.h>\n' | clang -E -P -IInclude - | tr '\n' ' ' | tr -s ' ' |
        sed 's/typedef [^;{]*{[^}]*}[^;]*;//g; s/typedef [^;]*;//g' | tr ';' '\n' |
        sed -n 's/\([ *]\)[a-z_0-9]*\(\[[^]]*\]\)\{0,1\}\([,)]\)/\1\2\3/g
            s/ *\([,)]\)/\1/g; s/^ *\(.*leat_[a-z_]*(.*\)$/\1/p'
}

# The fields of the structs that programs have: "STRUCT FIELD".
fields() {
    printf '#include <leat_store.h>\n' | clang -E -P -IInclude - | tr '\n' ' ' |
        grep -oE 'typedef struct leat_[a-z_]* *\{[^}]*\}' | while read -r _ _ struct rest; do
        printf '%s\n' "${rest#*\{}" | tr ';' '\n' | sed 's/\[[^]]*\]//; s/[ }]*$//' |
            sed -n "s/.*[ *]\([a-z_0-9]*\)$/$struct \1/p"
    done | grep -v ' reserved$'
}

# The layout without running anything: the size of each object is a number of the layout, plus 1.
layout() { # word bits, compiler's target
    {
        echo '#include <leat_store.h>'
        sed 's/ .*//' "$work/fields" | sort -u | while read -r struct; do
            echo "char abi__${struct}[1 + sizeof($struct)];"
        done
        while read -r struct field; do
            echo "char abi__${struct}__$field[1 + offsetof($struct, $field)];"
            echo "char abi_size__${struct}__$field[1 + sizeof((($struct *)0)->$field)];"
        done <"$work/fields"
    } >"$work/layout.c"
    clang --target="$2" -ffreestanding -IInclude -c "$work/layout.c" -o "$work/layout.o" || return
    nm -S "$work/layout.o" | awk -v bits="$1" '
        function number(hex,    i, n) {
            for (i = 1; i <= length(hex); i++)
                n = 16 * n + index("0123456789abcdef", substr(hex, i, 1)) - 1
            return n - 1
        }
        { value[$4] = number($2) }
        END {
            for (name in value) {
                if (name ~ /^abi_size/) continue
                place = substr(name, 6)
                if (sub(/__/, ".", place))
                    print bits, place, "at", value[name], "size", value["abi_size" substr(name, 4)]
                else print bits, place, "size", value[name]
            }
        }'
}

values() {
    {
        printf '#include <leat_store.h>\n#include <stdio.h>\nint main(void)\n{\n'
        sed 's/.*/    printf("& %lld\\n", (long long)(&));/' "$work/constants"
        printf '    return 0;\n}\n'
    } >"$work/values.c"
    cc -w -IInclude "$work/values.c" -o "$work/values" && "$work/values"
}

{
    constants
    echo 'LEAT_STREAM_BYTES(3, 32, 2, 5)'
    echo 'LEAT_STREAM_BYTES_ANY(3, 32, 2, 5, 1)'
    echo 'LEAT_WINDOW_BYTES(512, 100, 7, 3, 5)'
} >"$work/constants"
fields >"$work/fields"
values >"$work/lines" && layout 64 x86_64-none-elf >>"$work/lines" &&
    layout 32 armv7-none-eabi >>"$work/lines" && functions >>"$work/lines" || exit
sort "$work/lines" >"$work/found"

case ${1-} in
--write) cp "$work/found" $list ;;
--release) mkdir -p $released && cp $list "$released/$version.abi" ;;
esac

# The parser found what is there. leat_model_init_with() is in leat_kernels.h, which is for programs
# that are linked statically.
grep '^ leat_' $symbols | grep -vc leat_model_init_with >"$work/known"
expect "constants and fields" test "$(wc -l <"$work/constants")" -ge 60 -a \
    "$(wc -l <"$work/fields")" -ge 70
expect "functions" test "$(functions | wc -l)" -eq "$(cat "$work/known")"
expect "$list is what the headers say" diff $list "$work/found"
for old in "$released"/*.abi; do
    [ ! -e "$old" ] || expect "all of $old is there" test -z "$(comm -23 "$old" $list)"
done
finish
