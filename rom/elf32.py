"""Just enough of ELF32 (i386, little endian) to pack the option ROM."""
# SPDX-License-Identifier: GPL-2.0-or-later

import dataclasses
import struct

R_386_NONE = 0
R_386_32 = 1
R_386_PC32 = 2
R_386_PLT32 = 4

SHT_PROGBITS = 1
SHT_SYMTAB = 2
SHT_NOBITS = 8
SHT_REL = 9
SHF_WRITE = 1
SHF_ALLOC = 2
SHN_ABS = 0xfff1


class Error(Exception):
    """The file is not what it should be."""


@dataclasses.dataclass
class Section:
    name: str
    kind: int
    flags: int
    address: int
    data: bytes
    size: int
    link: int
    info: int


@dataclasses.dataclass
class Symbol:
    name: str
    value: int
    size: int
    section: int

    @property
    def absolute(self):
        return self.section == SHN_ABS


def text_at(table, offset):
    return table[offset:table.index(b'\0', offset)].decode()


class File:
    def __init__(self, path):
        with open(path, 'rb') as source:
            self.raw = source.read()
        if self.raw[:6] != b'\x7fELF\x01\x01':
            raise Error(f'{path} is not a little-endian ELF32 file')
        self.path = path
        self.sections = list(self._sections())
        self.symbols = list(self._symbols())

    def _sections(self):
        offset, = struct.unpack_from('<I', self.raw, 0x20)
        size, count, names = struct.unpack_from('<HHH', self.raw, 0x2e)
        rows = [struct.unpack_from('<10I', self.raw, offset + i * size)
                for i in range(count)]
        table = self.raw[rows[names][4]:rows[names][4] + rows[names][5]]
        for name, kind, flags, address, at, length, link, info, _, _ in rows:
            data = b'' if kind == SHT_NOBITS else self.raw[at:at + length]
            yield Section(text_at(table, name), kind, flags, address, data,
                          length, link, info)

    def _symbols(self):
        for table in self.sections:
            if table.kind == SHT_SYMTAB:
                names = self.sections[table.link].data
                for name, value, size, _, _, section in struct.iter_unpack(
                        '<IIIBBH', table.data):
                    yield Symbol(text_at(names, name), value, size, section)

    def symbol(self, name):
        for symbol in self.symbols:
            if symbol.name == name:
                return symbol
        raise Error(f'{self.path} has no symbol {name}')

    def named(self, *names):
        """Those symbols of these names that there are."""
        return [symbol for symbol in self.symbols if symbol.name in names]

    def load(self):
        """Bytes from address 0 to the end of what is not zero-filled."""
        parts = [s for s in self.sections
                 if s.flags & SHF_ALLOC and s.kind != SHT_NOBITS and s.size]
        memory = bytearray(max(s.address + s.size for s in parts))
        for part in parts:
            memory[part.address:part.address + part.size] = part.data
        return bytes(memory)

    def relocations(self):
        """(offset, type, symbol) of each relocation of a loaded section."""
        for table in self.sections:
            if (table.kind != SHT_REL or
                    not self.sections[table.info].flags & SHF_ALLOC):
                continue
            for offset, info in struct.iter_unpack('<II', table.data):
                yield offset, info & 0xff, self.symbols[info >> 8]
