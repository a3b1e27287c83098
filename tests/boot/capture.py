"""What went over the server's wire: frames of a capture, and their counts."""
# SPDX-License-Identifier: GPL-2.0-or-later

import collections
import struct
import subprocess
import zlib

from wire import TYPE_IPV4, ether_type, is_tcp, untagged

PCAP_HEADER = struct.Struct('<IHHIIII')
PCAP_MAGIC = 0xa1b2c3d4
PACKET_HEADER = struct.Struct('<IIII')

FCS = 4
SHORTEST = 60                   # without FCS
BROADCAST = b'\xff' * 6

# Of a frame with its FCS, as the driver names its counters.
SIZE_BINS = [(64, '64_byte'), (127, '65_to_127_byte'),
             (255, '128_to_255_byte'), (511, '256_to_511_byte'),
             (1023, '512_to_1023_byte'), (1522, '1024_to_1522_byte'),
             (9022, '1523_to_9022_byte')]


def address(text):
    return bytes.fromhex(text.replace(':', ''))


def read(path):
    """The frames of a capture file, in order."""
    with open(path, 'rb') as file:
        data = file.read()
    magic, *_ = PCAP_HEADER.unpack_from(data)
    assert magic == PCAP_MAGIC, f'{path} is no capture of this machine'
    at, frames = PCAP_HEADER.size, []
    while at + PACKET_HEADER.size <= len(data):
        _, _, stored, length = PACKET_HEADER.unpack_from(data, at)
        at += PACKET_HEADER.size
        assert stored == length, 'a frame was cut'
        frames.append(data[at:at + stored])
        at += stored
    return frames


def source(frame):
    return frame[6:12]


def destination(frame):
    return frame[:6]


def ipv4_addresses(frame):
    """(tag, source, destination) as written; None when it is no IPv4."""
    tag = frame[14:16] if untagged(frame)[0] is not None else None
    frame = untagged(frame)[1]
    if ether_type(frame) != TYPE_IPV4:
        return None
    return (None if tag is None else int.from_bytes(tag, 'big'),
            *('.'.join(map(str, frame[at:at + 4])) for at in (26, 30)))


def tcp_payload(frame):
    """The data of a TCP segment; none when the frame is no whole one."""
    frame = untagged(frame)[1]
    if not is_tcp(frame):
        return b''
    packet = frame[14:14 + int.from_bytes(frame[16:18], 'big')]
    segment = packet[4 * (packet[0] & 0xf):]
    return segment[4 * (segment[12] >> 4):]


def hash_bit(mac):
    """The bit of the adapter's multicast filter for an address."""
    return (zlib.crc32(mac) ^ 0xffffffff) & 0xff


class Station:
    """An adapter as others on its wire know it."""

    def __init__(self, mac, groups, mtu):
        self.mac = address(mac)
        self.groups = {hash_bit(address(group)) for group in groups}
        self.longest = mtu + 14         # without FCS and tag

    def wants(self, frame):
        to = destination(frame)
        if to == BROADCAST:
            return True
        if to[0] & 1:
            return hash_bit(to) in self.groups
        return to == self.mac

    def fits(self, frame):
        return len(untagged(frame)[1]) <= self.longest

    def counts(self, frames):
        """What its counters have to say about these frames."""
        counts = collections.Counter()
        for frame in frames:
            if source(frame) == self.mac:
                self._count(counts, 'tx', frame)
            elif not self.wants(frame):
                counts['rx_filtered_packets'] += 1
            elif not self.fits(frame):
                counts['rx_oversize_packets'] += 1
            else:
                self._count(counts, 'rx', frame)
        return counts

    @staticmethod
    def _count(counts, way, frame):
        size = max(len(frame), SHORTEST) + FCS
        kind = ('bcast' if destination(frame) == BROADCAST else
                'mcast' if frame[0] & 1 else 'ucast')
        size_bin = next(name for limit, name in SIZE_BINS if size <= limit)
        counts[f'{way}_bytes'] += size
        counts[f'{way}_{kind}_packets'] += 1
        counts[f'{way}_{size_bin}_packets'] += 1


def tshark(path, display_filter):
    """A line for each frame that passes a filter, checksums judged.

    Ports are the guest's to choose: what stands behind them is not looked at.
    """
    checks = [word for protocol in ('ip', 'tcp', 'udp')
              for word in ('-o', f'{protocol}.check_checksum:TRUE')]
    opaque = [word for protocol in ('tcp', 'udp')
              for word in ('-d', f'{protocol}.port==1-65535,data')]
    return subprocess.run(
        ['tshark', '-n', '-r', path, *checks, *opaque, '-Y', display_filter],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True,
        timeout=120).stdout.splitlines()
