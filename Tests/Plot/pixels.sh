# SPDX-License-Identifier: MIT
#
# pixels.sh: the pixels of PNG files, read with netpbm. Read with "."; needs $work.

# usage: colour FILE.png X Y: prints the red, green and blue of that pixel.
colour() {
    pngtopnm "$1" 2>/dev/null | pamcut "$2" "$3" 1 1 | pnmtoplainpnm | tail -n 1 | xargs
}

# usage: has_colour FILE.png LEAST R G B: at least that many pixels have the colour.
has_colour() {
    dots=$(pngtopnm "$1" 2>/dev/null | ppmhist -noheader -sort=frequency |
        awk -v r="$3" -v g="$4" -v b="$5" '$1 == r && $2 == g && $3 == b { print $5 }')
    echo "${dots:-0} dots of $3 $4 $5"
    [ "${dots:-0}" -ge "$2" ]
}

# usage: likeness A.png B.png: prints the PSNR of their brightness in dB.
likeness() {
    pngtopnm -mix -background=white "$1" 2>/dev/null >"$work/a.pnm"
    pngtopnm -mix -background=white "$2" 2>/dev/null >"$work/b.pnm"
    set -- $(pamfile -size "$work/a.pnm")
    # To the same size: our PNGs have two dots for each pixel.
    pamscale -xsize "$1" -ysize "$2" "$work/b.pnm" | ppmtopgm >"$work/b.pgm"
    ppmtopgm "$work/a.pnm" >"$work/a.pgm"
    pnmpsnr -machine "$work/a.pgm" "$work/b.pgm"
}

# usage: are_alike A.png B.png ELSE.png: A is like B, and less like ELSE.
are_alike() {
    same=$(likeness "$1" "$2") other=$(likeness "$1" "$3")
    echo "$same dB, and $other dB to another"
    awk -v same="$same" -v other="$other" 'BEGIN { exit !(same > 20 && same > other + 3) }'
}
