#!/bin/sh
# SPDX-License-Identifier: MIT
# Write the maintainer of the packages into debian/control and debian/changelog: the
# person who makes them, since nobody else publishes them. As in debchange(1) this is
# DEBFULLNAME and DEBEMAIL (or EMAIL), else this user at this machine. homepage.sh knows the
# home page; without one there is no field.
# usage: Packaging/debian-identity.sh DEBIAN-FOLDER
set -eu

user=$(id -un)
name=${DEBFULLNAME:-$(getent passwd "$user" | cut -d: -f5 | cut -d, -f1)}
host=$(cat /etc/mailname 2>/dev/null || hostname -f 2>/dev/null || hostname)
maintainer="${name:-$user} <${DEBEMAIL:-${EMAIL:-$user@$host}}>"

homepage=$("$(dirname "$0")/homepage.sh")

for file in control changelog; do
    maintainer=$maintainer homepage=$homepage awk '
        { at = index($0, "@MAINTAINER@") }
        at { $0 = substr($0, 1, at - 1) ENVIRON["maintainer"] substr($0, at + 12) }
        { print }
        /^Maintainer: / && ENVIRON["homepage"] != "" { print "Homepage: " ENVIRON["homepage"] }
    ' "$1/$file" >"$1/$file.new"
    mv "$1/$file.new" "$1/$file"
done
