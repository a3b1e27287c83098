"""Boot programs for tests and benchmarks, and disks that begin with one."""
# SPDX-License-Identifier: GPL-2.0-or-later

import array
import os
import struct
import subprocess
import sys
import tempfile

SECTOR = 512
CD_SECTOR = 2048
CD_RECORD = 17                  # where a boot record is looked for
WORDS = SECTOR // 4
FACTOR = 0x9e3779b1
SECTORS = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__)))), 'tests', 'boot', 'sectors')


def assemble(source, folder=SECTORS, origin=0x7c00, **defines):
    """The bytes of folder/source.S, linked where they run: where the BIOS
    loads a boot sector, or at another origin."""
    options = [f'-D{name}={value}' for name, value in defines.items()]
    with tempfile.TemporaryDirectory(prefix='ncsim-as-') as place:
        linkable = os.path.join(place, 'sector.o')
        binary = os.path.join(place, 'sector.bin')
        subprocess.run(['gcc', '-m32', '-c', '-I', SECTORS, *options, '-o',
                        linkable, os.path.join(folder, source + '.S')],
                       check=True, stdout=sys.stderr)
        subprocess.run(['ld', '-m', 'elf_i386', '-Ttext', f'{origin:#x}',
                        '--oformat', 'binary', '-o', binary, linkable],
                       check=True, stdout=sys.stderr)
        with open(binary, 'rb') as made:
            return made.read()


def marker(message):
    """A boot sector that prints message, a space and its drive number."""
    return assemble('marker', MESSAGE=f'"{message} "')


def pattern(lba, inverted=False):
    """What a good sector of the probe holds."""
    words = array.array('I', ((lba * FACTOR + n) & 0xffffffff
                              for n in range(WORDS)))
    data = words.tobytes()
    return bytes(byte ^ 0xff for byte in data) if inverted else data


def write_disk(path, program, mebibytes=1):
    """A sparse raw image that begins with program."""
    with open(path, 'wb') as image:
        image.write(program)
        image.truncate(mebibytes << 20)


def write_cd(path, program):
    """A CD that boots program: El Torito without emulation, no files."""
    def sector(*parts):
        content = bytearray(CD_SECTOR)
        for at, part in parts:
            content[at:at + len(part)] = part
        return bytes(content)

    record = sector((0, b'\0CD001\1EL TORITO SPECIFICATION'),
                    (0x47, struct.pack('<I', CD_RECORD + 1)))
    check = struct.pack('<BBH24sHH', 1, 0, 0, b'ncsim', 0, 0xaa55)
    total = sum(struct.unpack('<16H', check)) & 0xffff
    check = check[:28] + struct.pack('<H', -total & 0xffff) + check[30:]
    entry = struct.pack('<BBHBBHI', 0x88, 0, 0, 0, 0, CD_SECTOR // SECTOR,
                        CD_RECORD + 2)
    with open(path, 'wb') as image:
        image.seek(CD_RECORD * CD_SECTOR)
        image.write(record + sector((0, check), (32, entry))
                    + sector((0, program)))


class ProbeDisk:
    """A disk with the probe, its data, its counter and its journal."""

    READ_LBA = 2048
    COUNTER_LBA = 100
    JOURNAL_LBA = 256

    def __init__(self, path, rounds=32, sectors=127):
        self.path, self.rounds, self.sectors = path, rounds, sectors
        program = assemble(
            'probe', ROUNDS=rounds, SECTORS=sectors, READ_LBA=self.READ_LBA,
            COUNTER_LBA=self.COUNTER_LBA, JOURNAL_LBA=self.JOURNAL_LBA)
        end = self.READ_LBA + rounds * sectors
        write_disk(path, program, mebibytes=end * SECTOR // (1 << 20) + 1)
        with open(path, 'r+b') as image:
            image.seek(self.READ_LBA * SECTOR)
            for lba in range(self.READ_LBA, end):
                image.write(pattern(lba))

    def _sector(self, lba):
        with open(self.path, 'rb') as image:
            image.seek(lba * SECTOR)
            return image.read(SECTOR)

    def counter(self):
        """How often the probe raised its counter, as the disk has it."""
        return int.from_bytes(self._sector(self.COUNTER_LBA)[:4], 'little')

    def wrong_journal(self):
        """The rounds whose journal record is not as it was written."""
        return [n for n in range(self.rounds)
                if self._sector(self.JOURNAL_LBA + n)
                != pattern(self.JOURNAL_LBA + n, inverted=True)]
