#!/bin/sh
# SPDX-License-Identifier: MIT
# Print the home page of packages: HOMEPAGE, else the address that the sources were cloned from,
# else nothing.
# usage: Packaging/homepage.sh
homepage=${HOMEPAGE:-$(git config --get remote.origin.url 2>/dev/null)}
homepage=${homepage%.git}
case $homepage in
*@*) ;; # with a name or a password in it
http://* | https://*) echo "$homepage" ;;
esac
