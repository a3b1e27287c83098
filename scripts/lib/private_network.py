"""A network of this program's own, in which it may make tap interfaces.

    if __name__ == '__main__':
        private_network.enter()         # starts the program again, inside
        main()
"""
# SPDX-License-Identifier: GPL-2.0-or-later

import fcntl
import os
import socket
import struct
import sys

INSIDE = 'NCSIM_PRIVATE_NETWORK'
# linux/sockios.h, linux/if.h
SIOCSIFFLAGS, SIOCSIFADDR, SIOCSIFNETMASK = 0x8914, 0x8916, 0x891c
IFF_UP = 1


def enter():
    """Returns inside only; whoever is not root is root in there."""
    if os.environ.get(INSIDE):
        return
    user = [] if os.geteuid() == 0 else ['--user', '--map-root-user']
    os.environ[INSIDE] = '1'
    os.execvp('unshare', ['unshare', *user, '--net', sys.executable,
                          *sys.argv])


def _address_request(name, address):
    return struct.pack('16sHH4s8x', name.encode(), socket.AF_INET, 0,
                       socket.inet_aton(address))


def open_interface(name, address, netmask='255.255.255.0'):
    """Gives an interface that there is an address, and opens it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        for request, value in ((SIOCSIFADDR, address),
                               (SIOCSIFNETMASK, netmask)):
            fcntl.ioctl(control, request, _address_request(name, value))
        fcntl.ioctl(control, SIOCSIFFLAGS,
                    struct.pack('16sH14x', name.encode(), IFF_UP))


def packets_taken(name):
    """Packets that whoever holds the tap has put into it."""
    with open('/proc/net/dev', encoding='ascii') as interfaces:
        for line in interfaces:
            found, _, counters = line.strip().partition(':')
            if found == name:
                return int(counters.split()[1])
    raise KeyError(name)
