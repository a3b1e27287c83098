# shellcheck shell=bash
# A private apt: its own sources, lists and cache, so that the machine's own
# package sources are never touched.  Needs common.sh, which sets build.
#
# SPDX-License-Identifier: GPL-2.0-or-later

# shellcheck disable=SC2154 # set by common.sh
apt_state=$build/apt

# The mirror of the machine's own release, read from apt itself.
apt_mirror() {
    local codename

    if [ -n "$NCSIM_MIRROR" ]; then
        echo "$NCSIM_MIRROR"
        return
    fi
    codename=$(. /etc/os-release && echo "$VERSION_CODENAME")
    apt-get update --print-uris |
        sed -n "s#^'\(.*\)/dists/$codename/InRelease'.*#\1#p" | head -n 1
}

# One 'deb' or 'deb-src' line of the private list.
apt_line() {
    local key=/usr/share/keyrings/debian-archive-keyring.gpg

    printf '%s [signed-by=%s] %s %s main\n' "$1" "$key" "$2" "$3"
}

apt_write_list() {
    local mirror codename suite

    mirror=$(apt_mirror)
    [ -n "$mirror" ] || die "no Debian mirror found in this machine's apt" \
        "configuration; name one: NCSIM_MIRROR=http://... $0"
    codename=$(. /etc/os-release && echo "$VERSION_CODENAME")
    for suite in $NCSIM_SOURCE_SUITES; do
        apt_line deb-src "$mirror" "$suite"
    done
    apt_line deb "$mirror" "$codename"
    apt_line deb "$mirror" "$codename-updates"
    if [ "$codename" = bookworm ]; then
        apt_line deb "$mirror" bookworm-backports
    fi
}

# apt_private get|cache ARGS...: apt with nothing of the machine's; it does not
# even know what is installed, whose versions the mirror may not have.
apt_private() {
    local tool=$1
    local -a as=()

    shift
    if [ "$(id -u)" = 0 ]; then
        as=(-o APT::Sandbox::User=root)
    fi
    "apt-$tool" "${as[@]}" -q \
        -o Dir::Etc::sourcelist="$apt_state/sources.list" \
        -o Dir::Etc::sourceparts=/dev/null \
        -o Dir::State::status=/dev/null \
        -o Dir::State::lists="$apt_state/lists" \
        -o Dir::Cache::archives="$apt_state/archives" \
        -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= \
        -o Acquire::Languages=none -o Acquire::Retries=3 "$@"
}

# Refreshes the private lists, at most once per run of the caller.
apt_refresh() {
    [ -z "${apt_refreshed:-}" ] || return 0
    mkdir -p "$apt_state/lists/partial" "$apt_state/archives/partial" \
        "$NCSIM_CACHE/debs" "$NCSIM_CACHE/sources"
    apt_write_list >"$apt_state/sources.list"
    run_logged "$build/log/apt-update" apt_private get update ||
        die "cannot read the package lists of $(apt_mirror)"
    apt_refreshed=yes
}

# apt_closure PACKAGE...: these and all they depend on, a line each.
apt_closure() {
    apt_private cache depends --recurse --no-recommends --no-suggests \
        --no-conflicts --no-breaks --no-replaces --no-enhances "$@" |
        sed -n 's/^\([a-z0-9].*\)/\1/p' | sort -u
}

# apt_libraries PACKAGE...: the shared libraries these depend on, a line each.
apt_libraries() {
    apt_closure "$@" | grep -E '^(lib[a-z0-9]|zlib1g)' | grep -v perl
}

# apt_depends META PATTERN: the first direct dependency that fits PATTERN.
apt_depends() {
    apt_private cache depends "$1" |
        sed -n "s/^ *Depends: \($2\)\$/\1/p" | head -n 1
}

# apt_fetch_debs PACKAGE[/SUITE]...: the .deb files, printed one a line.
apt_fetch_debs() (
    local uri file size

    apt_refresh
    # Checkouts share the cache.
    exec 8>"$NCSIM_CACHE/debs/.lock"
    flock 8
    apt_private get download --print-uris "$@" >"$apt_state/uris" ||
        die "the mirror does not know one of: $*"
    while read -r uri file size _; do
        file=$NCSIM_CACHE/debs/$file
        # A download that was interrupted leaves a shorter file.
        if [ "$(stat -c %s "$file" 2>/dev/null)" != "$size" ]; then
            rm -f "$file"
            (cd "$NCSIM_CACHE/debs" &&
                run_logged "$build/log/apt-download" \
                    apt_private get download "${@}") ||
                die "cannot download $uri"
        fi
        echo "$file"
    done <"$apt_state/uris"
)

# apt_unpack FOLDER PACKAGE...: unpacks packages, installs nothing.
apt_unpack() {
    local folder=$1 deb

    shift
    mkdir -p "$folder"
    apt_fetch_debs "$@" | while read -r deb; do
        dpkg-deb -x "$deb" "$folder" || die "$deb is damaged; remove it"
    done
}

# apt_source NAME VERSIONS FOLDER: unpacks the newest fitting source package,
# with its Debian patches applied, to FOLDER.
apt_source() {
    local name=$1 versions=$2 folder=$3 version upstream

    apt_refresh
    for version in $(apt_private cache showsrc "$name" |
        sed -n 's/^Version: //p' | sort -Vru); do
        upstream=${version#*:}
        # shellcheck disable=SC2254 # the pattern is meant as one
        case $upstream in
        $versions) ;;
        *) continue ;;
        esac
        say "source of $name $version"
        (cd "$NCSIM_CACHE/sources" &&
            run_logged "$build/log/source-$name" apt_private get source \
                --download-only "$name=$version") || continue
        rm -rf "$folder"
        mkdir -p "$(dirname "$folder")"
        run_logged "$build/log/unpack-$name" \
            dpkg-source --no-check --no-copy -x \
            "$NCSIM_CACHE/sources/${name}_$upstream.dsc" "$folder" && return
    done
    die "no source of $name $versions could be had; name a tarball:" \
        "NCSIM_${name^^}_TARBALL=FILE $0"
}
