#!/bin/sh
# SPDX-License-Identifier: MIT
#
# run.sh: the pages and pictures of charts in a headless Chromium, with mouse, keys and touches:
# what is drawn, described and zoomed to, and that there are no errors.
# usage: Tests/Plot/run.sh
cd "$(dirname "$0")/../.." || exit 1
. Tests/Plot/browser.sh
. Tests/Plot/pixels.sh

multiarch=$(cc -print-multiarch)
Scripts/setup chromium=chromium pngtopnm=netpbm \
    "/usr/lib/$multiarch/librsvg-2.so.2=librsvg2-2" \
    /usr/share/fonts/truetype/dejavu/DejaVuSans.ttf=fonts-dejavu-core || exit 1

. Tests/checks.sh
trap 'browser_stop; rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
page=file://$work

# usage: write_charts: NAME.html, NAME.svg, NAME.light.png and NAME.dark.png of
# the charts in Tests/LeatToolTests/PlotCharts.swift, into $work.
write_charts() {
    LEAT_PLOT_FOLDER=$work swift test --filter chartsAreWrittenForTheBrowser &&
        [ -s "$work/samples.html" ]
}

# usage: says ELEMENT WORDS ...: its text has each of the words.
says() {
    element=$1
    shift
    evaluate "document.getElementById('$element').innerText" || return
    echo "$element: $value"
    for wanted in "$@"; do
        case $value in *"$wanted"*) ;; *) echo "not there: $wanted" && return 1 ;; esac
    done
}

# usage: is EXPRESSION VALUE
is() {
    evaluate "$1" || return
    echo "$value"
    [ "$value" = "$2" ]
}

# usage: says_not ELEMENT WORD
says_not() { ! says "$@"; }

# usage: range: $from and $to are the ends of the shown range, in samples.
range() {
    settle && evaluate "document.getElementById('leat-range').textContent.replaceAll(',', '')" ||
        return
    value=${value#samples }
    from=${value%% *} to=${value##* }
    echo "from $from to $to"
}

# usage: shows FROM TO: that range is shown, within two pixels.
shows() {
    range || return
    slack=$(((to - from) / 300 + 1))
    [ $((from - $1)) -le $slack ] && [ $(($1 - from)) -le $slack ] &&
        [ $((to - $2)) -le $slack ] && [ $(($2 - to)) -le $slack ]
}

# usage: pixel_of SAMPLE: $x of the crosshair at that sample, $y in the first panel.
pixel_of() {
    open_page "$page/samples.html#at=$1" || return
    for each in x y; do
        evaluate "Math.round(document.querySelector('.cross').getBoundingClientRect().$each)" ||
            return
        eval "$each=$value"
    done
    y=$((y + 60))
}

# --- the charts --------------------------------------------------------------

expect "charts are written" write_charts
[ $failed -eq 0 ] || exit 1
expect "Chromium starts" browser_start 960 900
[ $failed -eq 0 ] || exit 1

# --- light and dark ----------------------------------------------------------

for theme in light dark; do
    if [ $theme = light ]; then
        back="255 255 255" first="9 105 168" kill="207 34 46"
    else
        back="13 17 23" first="88 178 245" kill="255 106 97"
    fi
    expect "$theme: is preferred" scheme $theme
    for kind in html svg; do
        shot=$work/$kind.$theme.png
        expect "$theme: opens the $kind" open_page "$page/samples.$kind"
        expect "$theme: takes a picture of the $kind" screenshot "$shot"
        expect "$theme: the $kind has its background" [ "$(colour "$shot" 3 3)" = "$back" ]
        expect "$theme: the $kind has a trace" has_colour "$shot" 1000 $first
        expect "$theme: the $kind has kills" has_colour "$shot" 300 $kill
    done
    png=$work/samples.$theme.png
    expect "$theme: the PNG has its background" [ "$(colour "$png" 3 3)" = "$back" ]
    expect "$theme: the PNG has a trace" has_colour "$png" 4000 $first
    expect "$theme: the PNG has kills" has_colour "$png" 1200 $kill
    evaluate "document.documentElement.clientWidth"
    height=$(pngtopnm "$png" | pamfile | sed 's/.* by \([0-9]*\) .*/\1/')
    call Page.captureScreenshot "{\"format\":\"png\",\"clip\":{\"x\":0,\"y\":0,\"width\":960,\
\"height\":$((height / 2)),\"scale\":1}}"
    field data | base64 -d >"$work/clip.png"
    expect "$theme: librsvg and Chromium draw the same SVG alike" are_alike \
        "$work/clip.png" "$png" "$work/time.$theme.png"
done

expect "light is preferred" scheme light
expect "opens a page" open_page "$page/samples.html"
evaluate "document.getElementById('leat-theme').click()"
expect "the button makes it dark" is "getComputedStyle(document.body).backgroundColor" \
    "rgb(13, 17, 23)"
expect "and the chart" is "getComputedStyle(document.querySelector('#leat-chart .bg')).fill" \
    "rgb(13, 17, 23)"
expect "the address has the theme" eventually is "location.hash" "#theme=dark"
expect "opens a page with the light theme" open_page "$page/samples.html#theme=light"
expect "prefers dark" scheme dark
expect "the page is light" is "getComputedStyle(document.querySelector('#leat-chart .bg')).fill" \
    "rgb(255, 255, 255)"
expect "prefers light again" scheme light

# --- the page draws what the file draws ----------------------------------------

expect "opens the page that compares the script's rules to Swift's" open_page "$page/rules.html"
expect "ticks and columns are the same" is document.title "the same"

# Each word and how far down it is.
words="Array.from(document.querySelectorAll('svg.leat-plot text')).map((each) =>\
 each.textContent + ' ' + Math.round(each.getBoundingClientRect().y -\
 each.closest('svg').getBoundingClientRect().y)).sort().join('|')"
for file in "$work"/*.html; do
    name=${file##*/} name=${name%.html}
    [ -e "$work/$name.svg" ] && [ "$name" != hostile ] || continue
    open_page "$page/$name.svg"
    evaluate "$words"
    drawn=$value
    open_page "$page/$name.html"
    expect "$name: the page has the file's words in their places" is "$words" "$drawn"
done

# All other checks would fail, each after waiting for an answer.
[ $failed -eq 0 ] || finish

# --- pointing ------------------------------------------------------------------

expect "points at the spike" pixel_of 123456
expect "the spike's value is shown" says leat-tip wave 7.875 samples:
spike_x=$x
expect "the mouse is elsewhere" mouse mouseMoved 300 $y
settle
expect "other values are shown" says leat-tip wave gap score samples:
expect "the spike's value isn't shown" says_not leat-tip 7.875
expect "the mouse is on the spike" mouse mouseMoved $spike_x $y
settle
expect "its exact value is shown" says leat-tip 7.875
expect "points into the gap" pixel_of 70000
expect "the missing samples are reported" says leat-tip missing
expect "points at a kill" pixel_of 43210
expect "events are shown, with their notes" says leat-tip kill 43,210 "no power"
expect "points between samples that share a bucket" \
    open_page "$page/samples.html#from=123450&to=123470&at=123456"
expect "their place and values are shown" says leat-tip 123,4 wave
expect "the number of samples is shown" says leat-tip "64 samples:"
mouse mouseMoved 400 $y
expect "the mouse leaves" mouse mouseMoved 300 5
settle
expect "the box disappears" is "document.getElementById('leat-tip').hidden" true

# --- zooming -------------------------------------------------------------------

expect "a range in the address" open_page "$page/samples.html#from=120000&to=130000"
expect "shows it" shows 120000 130000
expect "the range is described" says leat-range "samples 120,000 to 130,000"
expect "its axis has labels of the range" is "document.querySelector('#leat-chart').textContent.\
includes('124,000')" true
expect "no labels of the whole" \
    is "document.querySelector('#leat-chart').textContent.includes('50,000')" false
expect "key 0" key 0 0
expect "shows all" shows 0 199999
expect "key +" key + +
expect "shows half" shows 50000 149999
expect "arrow" key ArrowRight
expect "pans by a fifth" shows 70000 169999
expect "key -" key - -
expect "shows all again" shows 0 199999
expect "the address has no range any more" eventually is "location.hash" ""

pixel_of 50000 && left=$x && pixel_of 150000 && right=$x
expect "the whole range again" open_page "$page/samples.html"
expect "the wheel" mouse mouseWheel $left $y ',"deltaX":0,"deltaY":-200'
expect "zooms in" range
expect "by the right factor, around the mouse" shows 19674 140978
expect "the address has the range" \
    eventually is "location.hash.replace(/[0-9.]+/g, 'N')" "#from=N&to=N"
for each in 1 2 3 4 5; do mouse mouseWheel $left $y ',"deltaX":0,"deltaY":200'; done
expect "the wheel back shows all, and not more" shows 0 199999

# usage: drag MODIFIERS: from $left to $right; 8 is Shift.
drag() {
    held=",\"button\":\"left\",\"modifiers\":$1"
    mouse mouseMoved $left $y &&
        mouse mousePressed $left $y "$held,\"clickCount\":1" &&
        mouse mouseMoved $(((left + right) / 2)) $y "$held,\"buttons\":1" &&
        mouse mouseMoved $right $y "$held,\"buttons\":1" &&
        mouse mouseReleased $right $y "$held,\"clickCount\":1"
}
expect "a drag" drag 0
expect "zooms to the dragged range" shows 50000 150000
expect "a drag with Shift" drag 8
expect "pans by its length" shows 0 100000
for count in 1 2; do
    mouse mousePressed $left $y ",\"button\":\"left\",\"clickCount\":$count"
    mouse mouseReleased $left $y ",\"button\":\"left\",\"clickCount\":$count"
    settle # the browser forgets a press on what is drawn anew before the button goes up
done
expect "a double click shows all" shows 0 199999

expect "key +" key + +
# usage: touch TYPE POINTS
touch() {
    call Input.dispatchTouchEvent "{\"type\":\"$1\",\"touchPoints\":[$2]}"
}
call Emulation.setTouchEmulationEnabled '{"enabled":true,"maxTouchPoints":2}'
touch touchStart "{\"x\":400,\"y\":$y}"
for at in 440 480 520 560 600; do touch touchMove "{\"x\":$at,\"y\":$y}"; done
touch touchEnd ""
expect "after a swipe" range
expect "earlier samples are shown" [ "$from" -lt 45000 ]
touch touchStart "{\"x\":400,\"y\":$y,\"id\":0},{\"x\":500,\"y\":$y,\"id\":1}"
for each in 350,550 300,600 250,650 200,700; do
    touch touchMove "{\"x\":${each%,*},\"y\":$y,\"id\":0},{\"x\":${each#*,},\"y\":$y,\"id\":1}"
done
touch touchEnd ""
expect "after a pinch" range
expect "fewer samples are shown" [ $((to - from)) -lt 50000 ]

# --- time, names, no script ------------------------------------------------------

expect "a page with times" open_page "$page/time.html#from=1386100000&to=1386103600&at=1386101000"
expect "the axis has times" says leat-range "2013-12-03 19:46:40 to 2013-12-03 20:46:40 UTC"
expect "the box has times" says leat-tip "2013-12-03 20:0" "input 6" Output
expect "hostile names" open_page "$page/hostile.html#at=50"
expect "do no harm" is "typeof hacked + document.images.length" undefined0
expect "are shown" is "document.title.startsWith('</script><script>hacked=1')" true
expect "in the box, too" says leat-tip "</script><script>hacked=1"
expect "no values" open_page "$page/empty.html#at=1"
expect "are no error" key + +

call Emulation.setScriptExecutionDisabled '{"value":true}'
expect "without scripts" call Page.navigate "{\"url\":\"$page/samples.html\"}"
sleep 1
expect "takes a picture" screenshot "$work/static.png"
expect "there is a trace" has_colour "$work/static.png" 1000 9 105 168

complaints >"$work/complaints"
expect "no errors and no network requests" sh -c "cat '$work/complaints'
    ! [ -s '$work/complaints' ]"

finish
