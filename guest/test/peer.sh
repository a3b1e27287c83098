# shellcheck shell=dash
# The peer of the test actions: a second adapter, from Intel, on the same wire.
# It lives in a network name space of its own, so that TCP, jumbo frames and
# VLANs have both ends under Linux while the host watches the wire.
#
# SPDX-License-Identifier: GPL-2.0-or-later

peer="nsenter --net=/run/netns/peer"
theirs=192.0.2.2
data=/run/data
got=/run/got
port=5001

# The shell would take busybox's.
ip() {
    /sbin/ip "$@"
}

start_peer() {
    local name

    modprobe e1000e || return 1
    name=$(interfaces_of 0x8086)
    ip netns add peer && ip link set dev "$name" name peer0 netns peer &&
        $peer /sbin/ip link set dev lo up &&
        $peer /sbin/ip addr add "$theirs/24" brd + dev peer0 &&
        $peer /sbin/ip link set dev peer0 mtu 9200 up &&
        head -c $((1 << 20)) /dev/urandom >"$data"
}

# What arrived is what was sent.
same() {
    cmp "$data" "$got" && echo "$(stat -c %s "$got") bytes are the same"
}

# to_peer ADDRESS [OPTIONS]: the data by TCP, with socat's options.  In blocks
# longer than any packet, so that there are whole ones, whatever TCP waits for.
to_peer() {
    local taker

    $peer socat -u "TCP-LISTEN:$port,reuseaddr" "CREATE:$got" &
    taker=$!
    socat -u -b 65536 "OPEN:$data" \
        "TCP:$1:$port,retry=200,interval=0.05${2:-}" &&
        wait $taker && same
}

# from_peer ADDRESS [OPTIONS]
from_peer() {
    local taker

    socat -u "TCP-LISTEN:$port,reuseaddr" "CREATE:$got" &
    taker=$!
    $peer socat -u -b 65536 "OPEN:$data" \
        "TCP:$1:$port,retry=200,interval=0.05${2:-}" &&
        wait $taker && same
}

# No connection is still closing at either end: but for those that listen, or
# that have ended and keep their port (include/net/tcp_states.h in Linux).
nothing_closes() {
    { cat /proc/net/tcp && $peer cat /proc/net/tcp; } |
        awk '$1 ~ /^[0-9]+:$/ && $4 != "0A" && $4 != "06" { exit 1 }'
}

# both_ways OUR-ADDRESS PEER-ADDRESS [OPTIONS]
both_ways() {
    to_peer "$2" "${3:-}" && from_peer "$1" "${3:-}"
}
