#!/bin/sh
# SPDX-License-Identifier: MIT
#
# demo.sh: run monitor over a recording once undisturbed and once with SIGKILL
# at random points, and compare the outputs bit by bit. Then do the same with the
# tool, which also draws a picture of its run. `make demo` calls it.
# usage: examples-c/demo.sh, from the top folder, with build/examples/monitor
# and build/leat
set -eu

monitor=build/examples/monitor
recording=examples-c/telemetry/recording.csv
kills=10   # after these it may finish
rate=400   # samples per second: 11.4 s, longer than all waits for kills
every=50   # samples between checkpoints

work=$(mktemp -d)
process=
trap '[ -z "$process" ] || kill -9 "$process" 2>/dev/null; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

fail() {
    echo "demo: $1" >&2
    exit 1
}

progress() {
    [ ! -t 1 ] || printf '\r%-70s' "$1"
}

# Seconds, from 0.3 to 1.1.
random_while() {
    od -An -N2 -tu2 /dev/urandom | awk '{ printf "%.3f", 0.3 + 0.8 * $1 / 65536 }'
}

samples=$(($(wc -l <"$recording") - 1))
echo "$recording: $samples samples of one machine's sensors"
echo "1. without kills: an LSTM forecasts each sample and scores it"
"$monitor" --bits --every $every --store "$work/whole.db" >"$work/whole" 2>"$work/log" ||
    fail "monitor: $(cat "$work/log")"
echo "   $(wc -l <"$work/whole") lines of forecasts and scores," \
    "$(grep -c ANOMALY "$work/whole") of them anomalies"

echo "2. the same, killed with SIGKILL (kill -9) at random points and started again"
killed=0 at=
while :; do
    attempt=$work/attempt.$(printf %03d $killed)
    "$monitor" --bits --every $every --rate $rate --store "$work/state.db" \
        >"$attempt" 2>"$work/log" &
    process=$!
    if [ $killed -lt $kills ]; then
        sleep "$(random_while)"
        kill -9 $process 2>/dev/null || :
    fi
    code=0
    wait $process 2>/dev/null || code=$?
    process=
    if [ $code -eq 0 ]; then
        break
    elif [ $code -ne 137 ]; then # not our SIGKILL
        fail "monitor: $(cat "$work/log")"
    fi
    killed=$((killed + 1))
    at="$at $(awk 'END { print NR ? $2 : "none" }' "$attempt")"
    progress "   killed $killed times, now at sample ${at##* } of $samples"
done
progress ''
[ ! -t 1 ] || printf '\r'
echo "   killed at samples$at"

# A line is identified by its sample's number, the second field. A line that a
# kill cut short isn't counted: the next run must print it again.
for attempt in "$work"/attempt.*; do
    torn=$([ -z "$(tail -c 1 "$attempt")" ] || echo 1)
    awk -v torn="$torn" 'NR > 1 { print line } { line = $0 }
        END { if (NR && !torn) print line }' "$attempt" >>"$work/all"
done
awk -v killed=$killed -v wanted=$kills -v said="$(tail -n 1 "$work/log")" '
    function wrong(what) { if (++bad <= 3) print "demo: " what }
    NR == FNR { whole[$2] = $0; next }
    {
        if ($0 != whole[$2]) wrong("sample " $2 " differs:\n" whole[$2] "\n" $0)
        if ($2 in seen) again++
        else { seen[$2] = 1; processed++ }
    }
    END {
        for (number in whole)
            if (!(number in seen)) wrong("sample " number " is missing")
        if (killed < wanted) wrong("it was killed only " killed " times")
        if (bad) { print "demo: FAILED, " bad " differences"; exit 1 }
        sub(/.* /, "", said)
        print "   " processed " samples processed, killed " killed " times, " again + 0 \
            " samples replayed, " said " checkpoints written"
        print "Every forecast and score has the same bits, also the replayed ones."
    }' "$work/whole" "$work/all"

echo "3. the tool over the same recording, killed three times; it draws a picture"
names=$(sed -n '1 { s/^time_s,//; s/[^,]*/forecast_&/g; p; }' "$recording")
tool() { # replaces the process that runs it
    exec build/leat run examples-c/telemetry/model.safetensors "$recording" --every 200 \
        --store "$work/tool.db" --stream "this machine" --output-names "$names" \
        --output "$work/rows" "$@"
}
for i in 1 2 3; do
    tool --rate 1600 &
    process=$!
    sleep "$(random_while)"
    kill -9 $process 2>/dev/null || :
    wait $process 2>/dev/null || :
    process=
done
for kind in svg html; do
    (tool --plot build/demo.$kind --force --score forecast \
        --draw cpu_busy,memory_used,disk_written_bytes_per_s,forecast_cpu_busy,forecast_memory_used)
done
rows=$(($(wc -l <"$work/rows") - 1))
[ $rows -eq "$samples" ] || fail "$rows rows, expected one for each sample"
echo "   $rows rows, one for each sample: build/demo.svg, and build/demo.html to zoom in"
