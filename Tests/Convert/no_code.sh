# SPDX-License-Identifier: MIT
#
# no_code.sh: `leat convert` runs nothing that a model brings with it: no module
# from the folder that it lies in, and nothing that a file names or holds. Read by
# run.sh with ".". What is refused before Keras or torch is loaded needs neither.

tool=$(pwd)/$leat
models=$(pwd)/$fixtures/python
hostile=$work/hostile
bait=$work/bait

# Each would leave "ran", whoever imports it; torch and keras as they would be
# installed leave the name of their own folder.
mkdir -p "$bait" "$hostile"
for module in json os struct zipfile pickle ctypes io re importlib sitecustomize usercustomize \
    torch keras h5py numpy; do
    echo "open('$work/ran', 'w').close()" >"$bait/$module.py"
done

# usage: runs_none [VARIABLE=VALUE ...]: of the modules in the working directory.
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

# usage: finds FOLDER VARIABLE=VALUE: the package torch in the folder is the one that is imported.
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
        expect "nor with PYTHONPATH=$folders" runs_none PYTHONPATH="$folders"
    done
    # Before 3.11 Python doesn't know the variable.
    printf '#!/bin/sh\nunset PYTHONSAFEPATH\nexec %s "$@"\n' "$python" >"$work/older"
    chmod +x "$work/older"
    modern=$python python=$work/older
    expect "nor by a Python before 3.11" runs_none
    expect "nor by that with PYTHONPATH=:" runs_none PYTHONPATH=:
    python=$modern
    expect "PYTHONPATH still works" finds "$work/packages" PYTHONPATH=":$work/packages"
    if "$python" -c 'import sys; sys.exit(sys.prefix != sys.base_prefix)'; then
        user=$(PYTHONUSERBASE=$work/user "$python" -m site --user-site)
        expect "so do packages of the user" finds "$user" PYTHONUSERBASE="$work/user"
    fi

    # usage: refuses_hostile FILE: for what the file beside it says, and it runs nothing.
    refuses_hostile() {
        (cd "$hostile" && refuses "$1" "${1%.*}.txt" --python "$python") &&
            [ ! -e "$hostile/ran" ] && ! grep -q "pip install" "$work/err"
    }
    leat=$tool
    "$python" $fixtures/make_hostile.py $fixtures/python/sequence.keras "$hostile" ||
        expect "hostile files are made" false
    cp $fixtures/python/refused-torchscript.* "$hostile"
    for source in "$hostile"/*.keras "$hostile"/*.pt; do
        expect "${source##*/} is refused, and not run" refuses_hostile "$source"
    done
    if has h5py; then
        cp $fixtures/python/refused-lambda.* "$hostile"
        expect "a Lambda in .h5 is refused, and not run" refuses_hostile "$hostile/refused-lambda.h5"
    fi
    leat=build/leat
fi
