"""Packets in one piece, and how to prove that there are none on the wire."""
# SPDX-License-Identifier: GPL-2.0-or-later

import re
import struct

from cases import expect, expect_equal
from qemu import MAC
from wire import checksum, is_tcp

SIZE = 4 << 20                  # bytes that a guest is to send
FRAME_MAX = 1514
ETH = 14


def large_bytes(machine):
    """What its adapter sent in packets that frames do not hold.

    In bytes: how TCP cuts its stream is its affair.  Wants
    -trace nc37xx_tx_large.
    """
    return sum(map(int, re.findall(r'nc37xx_tx_large \S+ (\d+) bytes',
                                   machine.said())))


def frames_of(path):
    """The frames that a filter-dump wrote."""
    with open(path, 'rb') as file:
        data = file.read()
    at = 24
    while at + 16 <= len(data):
        size, = struct.unpack_from('<I', data, at + 8)
        yield data[at + 16:at + 16 + size]
        at += 16 + size


def tcp_checksum_is_right(frame):
    header = (frame[ETH] & 15) * 4
    total = int.from_bytes(frame[ETH + 2:ETH + 4], 'big')
    segment = frame[ETH + header:ETH + total]
    pseudo = frame[ETH + 12:ETH + 20] + struct.pack('>HH', 6, len(segment))
    return checksum(pseudo + segment + bytes(len(segment) % 2)) == 0


def check_wire(path):
    """All that was sent is frames, each with its checksums."""
    ours = bytes.fromhex(MAC.replace(':', ''))
    sent = [frame for frame in frames_of(path)
            if frame[6:12] == ours and is_tcp(frame)]
    expect(len(sent) >= SIZE // FRAME_MAX, f'only {len(sent)} frames')
    for frame in sent:
        expect(len(frame) <= FRAME_MAX, f'a frame of {len(frame)} bytes')
        header = (frame[ETH] & 15) * 4
        expect_equal(checksum(frame[ETH:ETH + header]), 0, 'IP checksum')
        expect(tcp_checksum_is_right(frame), f'bad checksum: {frame.hex()}')
