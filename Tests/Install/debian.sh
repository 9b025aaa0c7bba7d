# SPDX-License-Identifier: MIT
#
# debian.sh: new Debians in a folder, for tests that read it with "." after checks.sh.

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

# The files of some packages for another processor, in a folder. Their scripts aren't run, and this
# machine's apt learns nothing of that processor.
unpacked_debs() { # folder, Debian's architecture, package ...
    into=$1 architecture=$2
    shift 2
    apt=$work/apt-$architecture
    mkdir -p "$into" "$apt/state/lists/partial" "$apt/cache/archives/partial" "$apt/debs" || return 1
    : >"$apt/status"
    (
        cd "$apt/debs" || exit
        set -- -q -o "APT::Architecture=$architecture" -o "APT::Architectures=$architecture" \
            -o "Dir::State=$apt/state" -o "Dir::State::status=$apt/status" \
            -o "Dir::Cache=$apt/cache" -o APT::Sandbox::User=root -- "$@"
        options=$(printf '%s\n' "$@" | sed '/^--$/,$d')
        while [ "$1" != -- ]; do shift; done
        shift
        apt-get $options update && apt-get $options download "$@"
    ) || return
    for deb in "$apt"/debs/*.deb; do dpkg-deb -x "$deb" "$into" || return; done
}
