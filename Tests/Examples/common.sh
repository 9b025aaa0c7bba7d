# SPDX-License-Identifier: MIT
#
# common.sh: shared by the tests of the examples, which read it with "." from the top folder.
. Tests/checks.sh

model=examples-c/telemetry/model.safetensors
recording=examples-c/telemetry/recording.csv

# usage: killed_runs FOLDER COMMAND ...
# Run the command repeatedly until it was killed 20 times, each time half-way, at a random point;
# then let it finish. If it finishes earlier, begin again with the next store. "STORE" in the
# command is replaced by the store's path. Writes the output of each run to FOLDER/ROUND/, as
# run.001 and so on, and their messages to FOLDER/log.
killed_runs() {
    folder=$1
    shift
    mkdir "$folder"
    killed=0 run=0 round=0
    while :; do
        [ -d "$folder/$round" ] || mkdir "$folder/$round"
        run=$((run + 1))
        at_random "$run" "$folder/$round" "$@"
        case $? in
        137) killed=$((killed + 1)) ;;
        0)
            [ $killed -lt 20 ] || return 0
            round=$((round + 1))
            ;;
        *)
            echo "run $run failed:"
            cat "$folder/$round/said"
            return 1
            ;;
        esac
    done
}

# The times grow, so that a slow machine makes progress; an emulator sets $slower, a factor.
at_random() {
    number=$1 place=$2
    shift 2
    (
        for word; do
            shift
            [ "$word" != STORE ] || word=$place/store.db
            set -- "$@" "$word"
        done
        exec "$@" >"$place/run.$(printf %03d "$number")" 2>"$place/said"
    ) &
    process=$!
    if [ $killed -lt 20 ]; then
        sleep "$(od -An -N2 -tu2 /dev/urandom |
            awk -v n="$number" -v slower="${slower:-1}" \
                '{ printf "%.3f", slower * (20 + 5 * n) / 1000 * $1 / 65536 }')"
        kill -9 $process 2>/dev/null
    fi
    wait $process 2>/dev/null
    code=$?
    cat "$place/said" >>"$place/../log"
    return $code
}

# usage: same_by_position FIELD WHOLE FOLDER
# The field has the position. In each round all the runs together printed what the uninterrupted run
# printed: nothing missing, nothing else, and repeated lines are the same. A last line that a kill
# cut short doesn't count.
same_by_position() {
    field=$1 whole=$2 resumed=0
    for round in "$3"/[0-9]*; do
        : >"$round/lines"
        for run in "$round"/run.*; do
            torn=$([ -z "$(tail -c 1 "$run")" ] || echo 1)
            awk -v torn="$torn" 'NR > 1 { print line } { line = $0 }
                END { if (NR && !torn) print line }' "$run" >"$round/complete"
            cat "$round/complete" >>"$round/lines"
            first=$(head -n 1 "$round/complete")
            [ -z "$first" ] || [ "$first" = "$(head -n 1 "$whole")" ] ||
                resumed=$((resumed + 1))
        done
        sort -u -k "$field,$field"n -k 1 "$round/lines" >"$round/once"
        cmp "$whole" "$round/once" || return 1
    done
    [ $resumed -gt 0 ] || { echo "no run resumed"; return 1; }
}

# usage: prints FILE COMMAND ...: it succeeds, and its output is in FILE.
prints() {
    file=$1
    shift
    "$@" >"$file"
}

# The samples for resume: the recording fifteen times, which takes long enough to be killed.
awk -F, 'NR > 1 { $1 = ""; print substr($0, 2) }' "$recording" >"$work/samples"
samples=$(awk 'END { print NR }' "$work/samples")
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do cat "$work/samples"; done >"$work/long"
