# shellcheck shell=dash
# What the test actions share.  Sections of output stand between
# 'ncsim:begin NAME' and 'ncsim:end NAME STATUS'.
#
# SPDX-License-Identifier: GPL-2.0-or-later

# shellcheck disable=SC2034 # used by the actions
host=10.0.2.2
# shellcheck disable=SC2034
address=10.0.2.15/24

# A host may be slow to answer ARP, too: it is asked for a minute, not for
# three seconds, after which Linux drops what was to be sent.
echo 60 >/proc/sys/net/ipv4/neigh/default/mcast_solicit

# section NAME COMMAND...
section() {
    local name=$1 status=0

    shift
    echo "ncsim:begin $name"
    "$@" 2>&1 || status=$?
    echo "ncsim:end $name $status"
}

bnx2_log() {
    dmesg | grep -iE "bnx2|flow control"
}

# interfaces_of VENDOR: those of the adapters of this PCI vendor, a line each.
interfaces_of() {
    local function

    set +f
    for function in /sys/bus/pci/devices/*; do
        if [ "$(cat "$function/vendor")" = "$1" ] && [ -d "$function/net" ]
        then
            ls "$function/net"
        fi
    done
    set -f
}

# The first interface of an adapter of this kind.
adapter_interface() {
    interfaces_of 0x14e4 | head -n 1
}

# pings COUNT [OPTION...] ADDRESS: one at a time, each with a minute to be
# answered in: of several, busybox waits for the last one second.
pings() {
    local count=$1 number=0

    shift
    while [ "$number" -lt "$count" ]; do
        ping -c 1 -W 60 "$@" || return 1
        number=$((number + 1))
    done
    echo "pings answered: $count"
}

# counter NAME: of $interface, as its adapter last handed it over.
counter() {
    # shellcheck disable=SC2154 # of the actions
    ethtool -S "$interface" | sed -n "s/^ *$1: //p"
}

# counts_more NAME COUNT
counts_more() {
    [ "$(counter "$1")" -gt "$2" ]
}

# settle ADDRESS: until the statistics of $interface, which its adapter hands
# over once a second, hold all that went over it before.  Those that show the
# first ping are of a later moment than those before; they may owe the change
# to what came earlier, but not those that show the second.
settle() {
    local before _

    for _ in first second; do
        before=$(counter tx_ucast_packets)
        pings 1 "$1" && wait_until counts_more tx_ucast_packets "$before" ||
            return 1
    done
}

# wait_until COMMAND...: asks again and again until it succeeds, for a while.
wait_until() {
    local end

    end=$(($(uptime) + 30))
    until "$@"; do
        [ "$(uptime)" -lt "$end" ] || return 1
        usleep 50000
    done
}
