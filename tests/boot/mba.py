"""The adapter's MBA configuration, changed in the image of its NVRAM."""
# SPDX-License-Identifier: GPL-2.0-or-later

import struct
import zlib

from adapters import Nvram
from qemu import Machine, command_line

FEATURES, FEATURES_CRC = 0x200, 0x2fc       # docs/specs/nc37xx-nvram.rst
MBA_CONFIG = 0x21c
HOT_KEY_CTRL_B = 1 << 7
SECONDS_SHIFT = 16


def fill(folder, nvram, adapter):
    """Makes the adapter fill its NVRAM, which it does before the BIOS runs."""
    line = command_line(folder, adapter=adapter + ',nvram=nvram', ev=False,
                        pcap='', extra=[*nvram.options, '-S'])
    with Machine(folder, line):
        pass


def nvram_with(folder, adapter='nc373i', seconds=0, ctrl_b=False):
    """An Nvram that makes the ROM wait so long for such a hot key."""
    nvram = Nvram(folder, adapter)
    fill(folder, nvram, adapter)
    with open(nvram.path, 'r+b') as image:
        image.seek(MBA_CONFIG)
        mba = struct.unpack('>I', image.read(4))[0]
        mba |= seconds << SECONDS_SHIFT | (HOT_KEY_CTRL_B if ctrl_b else 0)
        image.seek(MBA_CONFIG)
        image.write(struct.pack('>I', mba))
        image.seek(FEATURES)
        crc = zlib.crc32(image.read(FEATURES_CRC - FEATURES))
        image.write(struct.pack('<I', crc))
    return nvram
