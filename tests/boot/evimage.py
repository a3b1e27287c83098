"""EV drive images made byte by byte, so that they can be wrong on purpose.

The layout is written down in hw/ilo-ev/ev-store.h and ncsim/envelope.h; this
is a second, independent writer of it.
"""
# SPDX-License-Identifier: GPL-2.0-or-later

import struct
import zlib

DRIVE_SIZE = 131072
EV_NAME = b'CQTISCSI'
CRC32C_POLYNOMIAL = 0x82f63b78


def crc32c(data):
    crc = 0xffffffff
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (CRC32C_POLYNOMIAL if crc & 1 else 0)
    return crc ^ 0xffffffff


def block(text, version=1, damage=0):
    """A boot configuration block; damage is xored into its checksum."""
    body = text.encode('ascii')
    head = struct.pack('<4sHHI', b'NCEB', version, 16, len(body))
    return head + struct.pack('<I', zlib.crc32(head + body) ^ damage) + body


def drive(value, name=EV_NAME):
    """A whole drive image that holds one EV."""
    payload = struct.pack('<32sH', name, len(value)) + value
    head = bytearray(struct.pack('<4sIQIII', b'NCES', 1, 1, len(payload), 1,
                                 0).ljust(64, b'\0'))
    struct.pack_into('<I', head, 24, crc32c(bytes(head) + payload))
    return (bytes(head) + payload).ljust(DRIVE_SIZE, b'\0')
