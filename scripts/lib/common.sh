# shellcheck shell=bash disable=SC2034
# What every script of ours shares: where things lie, and how to speak.
#
# SPDX-License-Identifier: GPL-2.0-or-later

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
build=$top/build

# Debian's own interpreter: another python3 may come first in PATH.
python=/usr/bin/python3

# shellcheck source=scripts/sources.conf
. "$top/scripts/sources.conf"

jobs=${NCSIM_JOBS:-$(nproc)}
export CCACHE_DIR=$NCSIM_CACHE/ccache
export CCACHE_BASEDIR=$top CCACHE_NOHASHDIR=1

say() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
}

die() {
    say "$*"
    exit "${exit_code:-3}"
}

# run_logged LOG COMMAND...: quiet when it works, the end of the log if not.
run_logged() {
    local log=$1 rc
    shift
    mkdir -p "$(dirname "$log")"
    "$@" >"$log" 2>&1 && return
    rc=$?
    tail -n 40 "$log" >&2
    say "'$*' failed with $rc; the whole log is $log"
    return "$rc"
}

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    else
        sudo "$@"
    fi
}

# stamp_is NAME TEXT: whether step NAME was last done for exactly TEXT.
stamp_is() {
    [ -f "$build/stamps/$1" ] && [ "$(cat "$build/stamps/$1")" = "$2" ]
}

stamp_set() {
    mkdir -p "$build/stamps"
    printf '%s' "$2" >"$build/stamps/$1"
}
