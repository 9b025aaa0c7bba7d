#!/bin/sh
# SPDX-License-Identifier: MIT
# Damaged states and stores, and the golden files of each version. Prints a line for each program,
# all of its output when it fails (or with -v), the tables of the outcomes for each kind of damage,
# and the totals on the last line.
# usage: Tests/Damage/run.sh [-v] [--valgrind]
#
# DAMAGES is the number of random damages, 100000, and SEED their seed, 1. --valgrind runs all
# programs under valgrind, with DAMAGES or 3000 random damages.
set -u
cd "$(dirname "$0")/../.."
out=build/tests/damage
vectors=Tests/Vectors
model=$vectors/head/model.safetensors
warn='-Wall -Wextra -Wpedantic -Wconversion -Werror'
verbose= valgrind= damages=${DAMAGES:-100000}
for argument; do
    case $argument in
    -v) verbose=yes ;;
    --valgrind)
        valgrind='valgrind --quiet --error-exitcode=99 --leak-check=full'
        damages=${DAMAGES:-3000}
        ;;
    *)
        echo "usage: Tests/Damage/run.sh [-v] [--valgrind]" >&2
        exit 2
        ;;
    esac
done
. Tests/checks.sh

build() { # source
    program=$out/$(basename "$1" .c)
    rm -f "$program"
    gcc -std=c99 -O2 -g $warn -IInclude -ITests/C "$1" -o "$program" -Lbuild \
        '-Wl,-rpath,$ORIGIN/../..' -lleat_store -lleat -lsqlite3 -lm -pthread
}

run() { # source argument ...
    name=$(basename "$1" .c) start=$(date +%s)
    shift
    timeout 3000 $valgrind $out/$name "$@" >"$work/output" 2>&1
    add_counts $? "$work/output"
    printf '%-20s %8s passed, %s failed, %s s\n' $name "$good" "$bad" \
        $(($(date +%s) - start))
    if [ "$bad" -ne 0 ] || [ -n "$verbose" ]; then
        sed 's/^/    /' "$work/output"
    else
        sed '/ passed, /d; s/^/    /' "$work/output"
    fi
}

mkdir -p $out
for source in Tests/Damage/test_*.c Tests/Golden/test_golden.c Tests/Golden/make_golden.c; do
    if ! build $source; then
        echo "$source doesn't compile"
        failed=1
        finish
    fi
done
run Tests/Golden/test_golden.c $model Tests/Golden
run Tests/Damage/test_state_bit_flips.c $vectors
run Tests/Damage/test_hostile_store.c $model
run Tests/Damage/test_lost_writes.c $vectors/documentation-10-20-2/model.safetensors \
    Tests/Damage/LostWrites
run Tests/Damage/test_older_pages.c $model
run Tests/Damage/test_random_damage.c $model "$damages" "${SEED:-1}"
finish
