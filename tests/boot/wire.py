"""A cable between the server's adapter and slirp, in the test's hands.

Every frame passes through two functions of the test, which return what goes
on instead of it: nothing, the frame, or others.
"""
# SPDX-License-Identifier: GPL-2.0-or-later

import contextlib
import os
import select
import socket
import struct
import threading

from cases import expect

SECONDS = 60
MARK = b''                      # a datagram that no network sends

TYPE_IPV4, TYPE_ARP, TYPE_VLAN = 0x0800, 0x0806, 0x8100
ICMP, TCP, UDP = 1, 6, 17


def unchanged(frame):
    return [frame]


def ether_type(frame):
    return int.from_bytes(frame[12:14], 'big')


def tagged(frame, vlan):
    return frame[:12] + struct.pack('>HH', TYPE_VLAN, vlan) + frame[12:]


def untagged(frame):
    """(VLAN, frame without its tag); VLAN None when it has no tag."""
    if ether_type(frame) != TYPE_VLAN:
        return None, frame
    vlan = int.from_bytes(frame[14:16], 'big') & 0xfff
    return vlan, frame[:12] + frame[16:]


def is_tcp(frame):
    return ether_type(frame) == TYPE_IPV4 and frame[23] == TCP


def is_udp(frame):
    return ether_type(frame) == TYPE_IPV4 and frame[23] == UDP


def checksum(data):
    """RFC 1071, over an even number of bytes."""
    total = sum(struct.unpack(f'>{len(data) // 2}H', data))
    total = (total & 0xffff) + (total >> 16)
    return ~(total + (total >> 16)) & 0xffff


def ipv4(protocol, source, destination, payload, length=None, words=5,
         fragment=0):
    """A packet; length, words and fragment may be lies."""
    total = 20 + len(payload) if length is None else length
    head = bytearray(struct.pack(
        '>BBHHHBBH4s4s', 0x40 | words, 0, total, 1, fragment, 64, protocol,
        0, socket.inet_aton(source), socket.inet_aton(destination)))
    struct.pack_into('>H', head, 10, checksum(bytes(head)))
    return bytes(head) + payload


def echo_request(to_mac, from_mac, source, destination):
    body = bytearray(struct.pack('>BBHHH', 8, 0, 0, 0x6e63, 1) + bytes(56))
    struct.pack_into('>H', body, 2, checksum(bytes(body)))
    return (to_mac + from_mac + struct.pack('>H', TYPE_IPV4)
            + ipv4(ICMP, source, destination, bytes(body)))


def is_echo_reply(frame):
    return (ether_type(frame) == TYPE_IPV4 and frame[23] == ICMP
            and frame[34] == 0)


class Wire:
    """with Wire(folder) as wire: machine(folder, netdev=wire.netdev,
    extra=wire.options)"""

    def __init__(self, folder, to_network=None, to_server=None,
                 slirp='user,id=slirp'):
        def path(name):
            return os.path.join(folder, name)

        self._ends = []
        self._change = [to_network or unchanged, to_server or unchanged]
        self._peers = [path('network'), path('server')]
        self._stop = threading.Event()
        self._marks = threading.Semaphore(0)
        self._thread = threading.Thread(target=self._run, daemon=True)
        for name in ('wire-server', 'wire-network'):
            end = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            end.bind(path(name))
            self._ends.append(end)
        link = ('dgram,id={},local.type=unix,local.path={},'
                'remote.type=unix,remote.path={}')
        self.netdev = link.format('n0', path('server'), path('wire-server'))
        self.options = [
            '-netdev', link.format('far', path('network'),
                                   path('wire-network')),
            '-netdev', slirp,
            '-netdev', 'hubport,id=hub0,hubid=0,netdev=far',
            '-netdev', 'hubport,id=hub1,hubid=0,netdev=slirp']

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        self._thread.join()
        for end in self._ends:
            end.close()

    def _send(self, direction, frame):
        # The other end may not be there yet, or no more.
        with contextlib.suppress(OSError):
            self._ends[1 - direction].sendto(frame, self._peers[direction])

    def send_to_server(self, frame):
        self._send(1, frame)

    def settle(self):
        """Returns when all that QEMU has sent so far is handed on."""
        for end in self._ends:
            end.sendto(MARK, end.getsockname())
        for _ in self._ends:
            expect(self._marks.acquire(timeout=SECONDS), 'the wire is stuck')

    def _change_and_send(self, direction, frame):
        if frame == MARK:
            self._marks.release()
            return
        for changed in self._change[direction](frame):
            self._send(direction, changed)

    def _run(self):
        while not self._stop.is_set():
            ready, _, _ = select.select(self._ends, [], [], 0.1)
            for direction, end in enumerate(self._ends):
                if end in ready:
                    self._change_and_send(direction, end.recv(65536))
