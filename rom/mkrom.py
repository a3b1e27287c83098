#!/usr/bin/python3
"""Pack image, run-time segment and core into one PCI option ROM.

usage: mkrom.py IMAGE.elf RUNTIME.elf CORE.elf OUTPUT.rom

The limits that the design promises (docs/memory-map.md) are checked here, so
that a build that breaks one fails.
"""
# SPDX-License-Identifier: GPL-2.0-or-later

import struct
import sys

import elf32

UNIT = 512
ROM_MAX = 96 * 1024             # at init: two adapters must fit below E8000h
RESIDENT_MAX = 4 * 1024         # after init
BLOCK_SMALL = 320 * 1024        # the smaller of the two PMM requests
BLOCK_RESERVE = 136 * 1024      # left of it for rings and session
PNP_SIZE = 32
PCI_IMAGE_LENGTH = 0x10
PCI_RUN_TIME_LENGTH = 0x16
PNP_CHECKSUM = 9
UNDI_ID_CHECKSUM = 5


class Limit(Exception):
    """A promise of the design that this build does not keep."""


def at_most(what, value, limit):
    if value > limit:
        raise Limit(f'{what} is {value} bytes, {limit} are allowed')


def padded(data, unit):
    return data + bytes(-len(data) % unit)


def relocations(core):
    """Offsets of the words to which the load address is added."""
    found = []
    for offset, kind, symbol in core.relocations():
        if kind == elf32.R_386_32 and not symbol.absolute:
            found.append(offset)
        elif kind not in (elf32.R_386_32, elf32.R_386_PC32,
                          elf32.R_386_PLT32, elf32.R_386_NONE):
            raise Limit(f'relocation type {kind} at {offset:#x} '
                        f'({symbol.name}) cannot be applied at init')
    return sorted(found)


def steps(words):
    """The way from each word to the next: a byte, or 0 and a u16."""
    packed, at = bytearray(), 0
    for word in words:
        step, at = word - at, word
        at_most('step between two relocations', step, 0xffff)
        packed += bytes([step]) if 0 < step < 256 else struct.pack(
            '<BH', 0, step)
    return packed


def fix_sum(rom, at, start, length):
    rom[at] = 0
    rom[at] = -sum(rom[start:start + length]) & 0xff


def pack(image_elf, runtime_elf, core_elf):
    image, runtime, core = (padded(elf.load(), 16) for elf in
                            (image_elf, runtime_elf, core_elf))
    at_most('image after init', len(padded(image, UNIT)), RESIDENT_MAX)
    at_most('run-time segment without iBFT and stack',
            runtime_elf.symbol('runtime_end').value,
            runtime_elf.symbol('code_limit').value)
    words = relocations(core_elf)
    memory = core_elf.symbol('core_end').value
    at_most('core with its data', memory, BLOCK_SMALL - BLOCK_RESERVE)

    core_offset = len(image) + len(runtime)
    list_offset = core_offset + len(core)
    rom = bytearray(padded(image + runtime + core + steps(words), UNIT))
    at_most('option ROM', len(rom), ROM_MAX)

    def fill(symbol, kind, value):
        struct.pack_into(kind, rom, image_elf.symbol(symbol).value, value)

    for symbol, value in (
            ('runtime_offset', len(image)),
            ('runtime_length', len(runtime)),
            ('core_offset', core_offset),
            ('core_length', len(core)),
            ('core_memory', memory),
            ('relocations_offset', list_offset),
            ('relocations_count', len(words))):
        fill(symbol, '<I', value)
    fill('image_size', '<B', len(rom) // UNIT)
    pci = image_elf.symbol('pci_data').value
    struct.pack_into('<H', rom, pci + PCI_IMAGE_LENGTH, len(rom) // UNIT)
    struct.pack_into('<H', rom, pci + PCI_RUN_TIME_LENGTH,
                     len(padded(image, UNIT)) // UNIT)
    for header in image_elf.named('pnp_bcv', 'pnp_bev'):
        start = header.value
        fix_sum(rom, start + PNP_CHECKSUM, start, PNP_SIZE)
    start, end = (image_elf.symbol(name).value
                  for name in ('undi_id', 'undi_id_end'))
    fix_sum(rom, start + UNDI_ID_CHECKSUM, start, end - start)
    fix_sum(rom, image_elf.symbol('image_checksum').value, 0, len(rom))
    return rom, len(image), memory, len(words)


def main():
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    try:
        rom, resident, memory, count = pack(
            *(elf32.File(path) for path in sys.argv[1:4]))
    except (Limit, elf32.Error) as error:
        sys.exit(f'mkrom: {error}')
    with open(sys.argv[4], 'wb') as output:
        output.write(rom)
    print(f'{sys.argv[4]}: {len(rom)} bytes at init, {resident} after it, '
          f'{memory} in memory, {count} relocations')


if __name__ == '__main__':
    main()
