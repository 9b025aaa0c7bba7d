# SPDX-License-Identifier: MIT
#
# browser.sh: drives a headless Chromium with its DevTools protocol, over pipes. Read with ".";
# needs the folder $work.

# usage: browser_start WIDTH HEIGHT: starts it with an empty page.
browser_start() {
    mkfifo "$work/to" "$work/from"
    # Root can run it only without its sandbox; it opens no files but ours.
    chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --no-first-run \
        --disable-background-networking --disable-dev-shm-usage --force-color-profile=srgb \
        --user-data-dir="$work/profile" --window-size="$1,$2" --remote-debugging-pipe \
        3<"$work/to" 4>"$work/from" >"$work/chromium.log" 2>&1 &
    browser=$!
    cat "$work/from" >"$work/replies" &
    exec 5>"$work/to"
    call_id=0 session=
    call Target.createTarget '{"url":"about:blank"}' || return
    target=$(field targetId)
    call Target.attachToTarget "{\"targetId\":\"$target\",\"flatten\":true}" || return
    session=$(field sessionId)
    call Page.enable && call Runtime.enable && call Log.enable && call Network.enable
}

# usage: browser_stop
browser_stop() {
    [ -n "${browser:-}" ] || return 0
    session=
    call Browser.close >/dev/null 2>&1
    exec 5>&-
    wait "$browser" 2>/dev/null
    browser=
}

# usage: call METHOD [PARAMETERS]: its reply is in $reply; fails on an error.
call() {
    call_id=$((call_id + 1))
    printf '{"id":%d,%s"method":"%s","params":%s}\0' $call_id \
        "${session:+\"sessionId\":\"$session\",}" "$1" "${2:-{\}}" >&5
    tries=0
    while :; do
        reply=$(tr '\0' '\n' <"$work/replies" | grep "^{\"id\":$call_id,")
        # Some of a long reply may not be there yet.
        case $reply in *'}') break ;; esac
        tries=$((tries + 1))
        if [ $tries -gt 400 ] || ! kill -0 "$browser" 2>/dev/null; then
            echo "no answer to $1; Chromium said:"
            tail -n 5 "$work/chromium.log"
            return 1
        fi
        sleep 0.05
    done
    case $reply in
    *'"error":{'* | *'"exceptionDetails":'*)
        echo "$1: $reply"
        return 1
        ;;
    esac
}

# usage: field NAME: the string of that name in the last reply.
field() {
    printf '%s\n' "$reply" | sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p"
}

# usage: evaluate EXPRESSION: the value of a JavaScript expression without double quotes is in
# $value, as JSON. Don't call it, or what calls it, in a subshell.
evaluate() {
    call Runtime.evaluate \
        "{\"expression\":\"String($1)\",\"returnByValue\":true,\"awaitPromise\":true}" || return
    value=$(field value)
}

# usage: open_page ADDRESS: loads it, and waits for two frames.
open_page() {
    call Page.navigate '{"url":"about:blank"}' && call Page.navigate "{\"url\":\"$1\"}" || return
    value=
    until [ "$value" = complete ]; do
        evaluate document.readyState || return
    done
    settle
}

# usage: settle: wait until all requested frames are drawn.
settle() {
    frames='requestAnimationFrame(() => requestAnimationFrame(done))'
    call Runtime.evaluate "{\"awaitPromise\":true,\"expression\":\"new Promise((done) =>\
 setTimeout(() => $frames, 50))\"}"
}

# usage: scheme light|dark: the colour scheme that the reader's system prefers.
scheme() {
    call Emulation.setEmulatedMedia \
        "{\"features\":[{\"name\":\"prefers-color-scheme\",\"value\":\"$1\"}]}"
}

# usage: screenshot FILE.png
screenshot() {
    call Page.captureScreenshot '{"format":"png"}' && field data | base64 -d >"$1"
}

# usage: mouse TYPE X Y [MORE]: one event; MORE as ',"button":"left"'.
mouse() {
    call Input.dispatchMouseEvent "{\"type\":\"$1\",\"x\":$2,\"y\":$3${4:-}}"
}

# usage: key KEY: pressed and released.
key() {
    call Input.dispatchKeyEvent "{\"type\":\"keyDown\",\"key\":\"$1\",\"text\":\"${2:-}\"}" &&
        call Input.dispatchKeyEvent "{\"type\":\"keyUp\",\"key\":\"$1\"}"
}

# usage: complaints: what pages logged, threw, or requested from the network.
complaints() {
    tr '\0' '\n' <"$work/replies" | grep -e '"method":"Runtime.exceptionThrown"' \
        -e '"method":"Runtime.consoleAPICalled"' -e '"method":"Log.entryAdded"'
    tr '\0' '\n' <"$work/replies" | grep '"method":"Network.requestWillBeSent"' |
        grep -v -e '"url":"file:' -e '"url":"about:' -e '"url":"data:'
}
