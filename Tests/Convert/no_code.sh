# SPDX-License-Identifier: MIT
#
# no_code.sh: `leat convert` runs no code of a model: no module from the model's folder, and nothing
# that a file names or contains. Read by run.sh with ".". Models that are refused before h5py or
# torch is loaded need neither.

tool=$(pwd)/$leat
models=$(pwd)/$fixtures/python
hostile=$work/hostile
bait=$work/bait

# Modules that create "ran" when they are imported. torch and keras, as they are installed, write
# the name of their own folder.
mkdir -p "$bait" "$hostile"
for module in json os struct zipfile pickle ctypes io re importlib sitecustomize usercustomize \
    torch keras h5py numpy; do
    echo "open('$work/ran', 'w').close()" >"$bait/$module.py"
done

# usage: runs_none [VARIABLE=VALUE ...]: no module in the working directory is run.
runs_none() {
    rm -f "$work/ran"
    for model in state-dict.pt sequence.keras last.h5; do
        cp "$models/$model" "$bait"
        (cd "$bait" && env "$@" "$tool" convert "$model" "$work/made" --force --python "$python") \
            >"$work/out" 2>&1
        cat "$work/out"
        [ ! -e "$work/ran" ] || { echo "$model: it ran"; return 1; }
    done
}

# usage: finds FOLDER VARIABLE=VALUE: the package torch in that folder is imported.
finds() {
    folder=$1
    mkdir -p "$folder/torch"
    echo "open('$work/found', 'w').write(__file__)" >"$folder/torch/__init__.py"
    rm -f "$work/found"
    (cd "$bait" && env "$2" "$tool" convert state-dict.pt "$work/made" --force --python "$python") \
        >"$work/out" 2>&1
    cat "$work/out"
    [ "$(cat "$work/found")" = "$folder/torch/__init__.py" ]
}

if command -v "$python" >"$work/null" 2>&1; then
    expect "no module beside the model is imported" runs_none
    for folders in "" . : "$work:" ":$work" "$work::$work" "./:$work" ../bait; do
        expect "no module with PYTHONPATH=$folders" runs_none PYTHONPATH="$folders"
    done
    # Python before 3.11 doesn't know the variable.
    printf '#!/bin/sh\nunset PYTHONSAFEPATH\nexec %s "$@"\n' "$python" >"$work/older"
    chmod +x "$work/older"
    modern=$python python=$work/older
    expect "no module by a Python before 3.11" runs_none
    expect "no module by that with PYTHONPATH=:" runs_none PYTHONPATH=:
    python=$modern
    expect "PYTHONPATH still works" finds "$work/packages" PYTHONPATH=":$work/packages"
    if "$python" -c 'import sys; sys.exit(sys.prefix != sys.base_prefix)'; then
        user=$(PYTHONUSERBASE=$work/user "$python" -m site --user-site)
        expect "the user's packages still work" finds "$user" PYTHONUSERBASE="$work/user"
    fi

    # usage: refuses_hostile FILE: with the message in the file beside it, and without running
    # anything. Without h5py some are refused because it is missing.
    refuses_hostile() {
        (cd "$hostile" && { refuses "$1" "${1%.*}.txt" --python "${h5py:-$python}" ||
            { [ -z "$h5py" ] && grep -q "pip install h5py" "$work/err"; }; }) &&
            [ ! -e "$hostile/ran" ]
    }
    # usage: converts_hostile FILE: and without running anything.
    converts_hostile() {
        (cd "$hostile" && converts "$1" "$models/sequence.csv" --python "$h5py") &&
            [ ! -e "$hostile/ran" ]
    }
    leat=$tool
    "$python" $fixtures/make_hostile.py $fixtures/python/sequence.keras "$hostile" ||
        expect "hostile files are made" false
    cp $fixtures/torchscript/refused-system.* "$hostile"
    if has "$python" torch; then
        dictionaries=$(pwd)/$fixtures/state-dict
        pickled=$dictionaries/hostile-pt
        expect "a pickle's code isn't run" sh -c "
            cd '$hostile' && '$tool' convert '$pickled.pt' '$work/made' --force --python '$python' \
                --check '$pickled.csv' && [ ! -e ran ]"
        refuses_pickle() {
            (cd "$hostile" && refuses "$dictionaries/refused-hostile.pt" \
                "$dictionaries/refused-hostile.txt" --python "$python") && [ ! -e "$hostile/ran" ]
        }
        expect "a pickle that calls the system is refused, and not run" refuses_pickle
    fi
    for source in "$hostile"/*.keras "$hostile"/*.pt; do
        expect "${source##*/} is refused, and not run" refuses_hostile "$source"
    done
    if [ "$h5py" ]; then
        for source in "$hostile"/ignored/*.keras; do
            expect "${source##*/} converts, and isn't run" converts_hostile "$source"
        done
        "$h5py" $fixtures/make_hostile_h5.py $fixtures/python/last.h5 "$hostile" ||
            expect "hostile HDF5 files are made" false
        cp $fixtures/python/refused-lambda.* "$hostile"
        for source in "$hostile"/*.h5; do
            expect "${source##*/} is refused, and not run" refuses_hostile "$source"
        done
    fi
    leat=build/leat
fi
