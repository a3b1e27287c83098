"""The option ROMs in a machine's memory, for when the boot ROM did not run.

A BIOS says nothing of a ROM for which it has no room.
"""
# SPDX-License-Identifier: GPL-2.0-or-later

import contextlib
import os
import struct

from qemu import QEMU, QemuError

BOOT_ROM = os.path.join(os.path.dirname(QEMU), 'qemu-bundle', 'usr', 'local',
                        'share', 'qemu', 'nc37xx-iscsi.rom')
# What SeaBIOS gives to ROMs; above it there is the BIOS itself.
AREA, AREA_END = 0xc0000, 0xe8000
STEP = 2048                     # where ROMs begin
UNIT = 512
KIB = 1024
PCI_POINTER = 0x18


def kib(size):
    return (size + KIB - 1) // KIB


def whose(image):
    """vendor:device of a PCI ROM."""
    at, = struct.unpack_from('<H', image, PCI_POINTER)
    if image[at:at + 4] != b'PCIR' or at + 8 > len(image):
        return 'of no device'
    return '{:04x}:{:04x}'.format(*struct.unpack_from('<HH', image, at + 4))


def find(area):
    """(whose, bytes) of each ROM in the memory from C0000h on."""
    found, at = [], 0
    while at + UNIT <= len(area):
        size = area[at + 2] * UNIT
        if area[at:at + 2] == b'\x55\xaa' and 0 < size <= len(area) - at:
            found.append((whose(area[at:at + size]), size))
            at += (size + STEP - 1) // STEP * STEP
        else:
            at += STEP
    return found


def _area(machine):
    """The area of a machine; empty when it does not answer."""
    path = machine.path('option-roms.bin')
    try:
        machine.qmp.command('pmemsave', val=AREA, size=AREA_END - AREA,
                            filename=path)
        with open(path, 'rb') as file:
            return file.read()
    except (QemuError, OSError):
        return b''
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(path)


def read(machine):
    """(whose, bytes) of the ROMs that a machine holds now."""
    return find(_area(machine))


def explain(roms, needed):
    """Why a ROM of so many bytes may not have run beside others."""
    held = sum(size for _, size in roms)
    room = AREA_END - AREA
    names = ', '.join(f'{name} {kib(size)} KiB' for name, size in roms)
    if held + needed <= room:
        return 'the boot ROM did not run'
    return (f'the boot ROM did not run: it needs {kib(needed)} KiB of the '
            f'{kib(room)} KiB for option ROMs, and others hold {kib(held)} '
            f'KiB ({names}); give one of those devices romfile=')


def why_not_run(machine):
    """Why nothing was heard of the machine's boot ROM."""
    try:
        needed = os.path.getsize(BOOT_ROM)
    except OSError:
        needed = 0
    return explain(read(machine), needed)
