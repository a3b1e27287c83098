"""EV drive images made byte by byte, so that they can be wrong on purpose.

The layout is written down in hw/ilo-ev/ev-store.h and ncsim/envelope.h; this
is a second, independent writer and reader of it.
"""
# SPDX-License-Identifier: GPL-2.0-or-later

import struct
import zlib

DRIVE_SIZE = 131072
SLOT_SIZE = 65536
SLOT_HEADER = struct.Struct('<4sIQIII')
SLOT_HEADER_SIZE = 64
RECORD = struct.Struct('<32sH')
EV_NAME = b'CQTISCSI'
CRC32C_POLYNOMIAL = 0x82f63b78


def _crc32c_of_byte(crc):
    for _ in range(8):
        crc = crc >> 1 ^ (CRC32C_POLYNOMIAL if crc & 1 else 0)
    return crc


CRC32C_TABLE = [_crc32c_of_byte(byte) for byte in range(256)]


def crc32c(data):
    crc = 0xffffffff
    for byte in data:
        crc = crc >> 8 ^ CRC32C_TABLE[crc & 0xff ^ byte]
    return crc ^ 0xffffffff


def block(text, version=1, damage=0):
    """A boot configuration block; damage is xored into its checksum."""
    body = text.encode('ascii')
    head = struct.pack('<4sHHI', b'NCEB', version, 16, len(body))
    return head + struct.pack('<I', zlib.crc32(head + body) ^ damage) + body


def drive(value, name=EV_NAME):
    """A whole drive image that holds one EV."""
    payload = RECORD.pack(name, len(value)) + value
    head = bytearray(SLOT_HEADER.pack(b'NCES', 1, 1, len(payload), 1,
                                      0).ljust(SLOT_HEADER_SIZE, b'\0'))
    struct.pack_into('<I', head, 24, crc32c(bytes(head) + payload))
    return (bytes(head) + payload).ljust(DRIVE_SIZE, b'\0')


def _slot(slot):
    """(generation, EVs) of a slot; None when it is not whole."""
    magic, version, generation, used, count, crc = SLOT_HEADER.unpack_from(
        slot)
    whole = slot[:SLOT_HEADER_SIZE + used]
    if (magic, version) != (b'NCES', 1) or used > SLOT_SIZE - SLOT_HEADER_SIZE:
        return None
    if crc32c(whole[:24] + bytes(4) + whole[28:]) != crc:
        return None
    evs, at = {}, SLOT_HEADER_SIZE
    while at < len(whole):
        name, length = RECORD.unpack_from(whole, at)
        at += RECORD.size
        evs[name.rstrip(b'\0').decode('ascii')] = whole[at:at + length]
        at += length
    if at != len(whole) or len(evs) != count:
        raise ValueError('a sound checksum round records that are not')
    return generation, evs


def read(path):
    """The EVs of a drive image, {} of a blank one; ValueError of any other."""
    with open(path, 'rb') as file:
        data = file.read()
    if len(data) != DRIVE_SIZE:
        raise ValueError(f'{path} has {len(data)} bytes')
    slots = [data[:SLOT_SIZE], data[SLOT_SIZE:]]
    whole = [slot for slot in map(_slot, slots) if slot]
    if not whole and any(any(slot[:SLOT_HEADER_SIZE]) for slot in slots):
        raise ValueError(f'{path}: both slots are damaged')
    # Generations of a test do not wrap.
    return max(whole)[1] if whole else {}
