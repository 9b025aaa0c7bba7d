# SPDX-License-Identifier: MIT
#
# Debians in a folder, and packages of other processors that are unpacked and not installed. It is
# read with ".", by a script whose $work is a folder of its own.

# The release of Debian for which this machine makes packages.
codename=$(. /etc/os-release && echo "$VERSION_CODENAME")

# Print the address of its packages, as apt has it.
mirror() {
    apt-get indextargets --format '$(SITE) $(CODENAME) $(COMPONENT) $(CREATED_BY)' |
        awk -v codename="$codename" '$2 == codename && $3 == "main" && $4 == "Packages" {
            print $1; exit }'
}

# A Debian of this processor with some packages more, separated by commas.
debian_root() { # folder, packages
    [ "$(id -u)" -eq 0 ] || { echo "debootstrap needs root: run this test with sudo"; return 1; }
    site=$(mirror)
    [ -n "$site" ] || { echo "apt has no mirror of $codename"; return 1; }
    debootstrap --variant=minbase --include="$2" "$codename" "$1" "$site"
}

# An apt of its own in a folder, with the release's packages ("deb") or sources ("deb-src"): this
# machine's apt learns nothing of it. $apt_options are those to call it with.
own_apt() { # folder, deb or deb-src, Debian's architecture
    mkdir -p "$1/state/lists/partial" "$1/cache/archives/partial" || return 1
    : >"$1/status"
    keys=/usr/share/keyrings/debian-archive-keyring.gpg
    echo "$2 [signed-by=$keys] $(mirror) $codename main" >"$1/list"
    apt_options="-q -o APT::Architecture=$3 -o APT::Architectures=$3 -o APT::Sandbox::User=root
        -o Dir::State=$1/state -o Dir::State::status=$1/status -o Dir::Cache=$1/cache
        -o Dir::Etc::SourceList=$1/list -o Dir::Etc::SourceParts=/dev/null"
    apt-get $apt_options update
}

# The files of some packages for another processor, in a folder. Their scripts aren't run.
unpacked_debs() { # folder, Debian's architecture, package ...
    into=$1 debs=$work/apt-$2
    own_apt "$debs" deb "$2" || return 1
    shift 2
    (cd "$debs" && apt-get $apt_options download "$@") || return 1
    mkdir -p "$into"
    for deb in "$debs"/*.deb; do dpkg-deb -x "$deb" "$into" || return 1; done
}
