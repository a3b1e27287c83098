#!/usr/bin/python3
"""Names of registers, fields and counters, out of nc37xx_regs.h, as C.

    names.py NC37XX_REGS_H OUTPUT

The tables are declared in inspect.h.
"""
# SPDX-License-Identifier: GPL-2.0-or-later

import re
import sys

# Registers that are the first of several: how many, and how far apart.
ARRAYS = {
    'EMAC_MAC_MATCH0': ('NC37XX_MAC_MATCHES', 8),
    'EMAC_MAC_MATCH1': ('NC37XX_MAC_MATCHES', 8),
    'EMAC_MULTICAST_HASH0': ('NC37XX_HASH_WORDS', 4),
    'RPM_SORT_USER0': ('NC37XX_SORT_USERS', 4),
}
REGISTER = re.compile(r'^REG32\((\w+), (0x[0-9a-f]+)\)', re.MULTILINE)
FIELD = re.compile(r'^ +FIELD\((\w+), (\w+), (\d+), (\d+)\)', re.MULTILINE)
DEFINE = re.compile(r'^#define (NC37XX_\w+) (\d+)\b', re.MULTILINE)
ENUM_ROW = r'^ +{}_(\w+) = (0x[0-9a-f]+)'

HEAD = '''/*
 * Made by names.py out of nc37xx_regs.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "hw/nc37xx/inspect.h"
'''


def numbers(header, prefix):
    """(name, value) of an enumeration's lines."""
    return [(name, int(value, 16)) for name, value in
            re.findall(ENUM_ROW.format(prefix), header, re.MULTILINE)]


def repeated(name, address, count, step):
    """The registers of an array: NAME0, or NAME1 of pairs, is its first."""
    stem, first = name[:-1], int(name[-1])
    return [(f'{stem}{first + n * step // 4}', address + n * step)
            for n in range(count)]


def registers(header):
    """(name, address, name whose fields it has), by address."""
    defines = dict(DEFINE.findall(header))
    found = []
    for name, address in REGISTER.findall(header):
        address = int(address, 16)
        if name in ARRAYS:
            many, step = ARRAYS[name]
            found += [(each, at, name) for each, at in
                      repeated(name, address, int(defines[many]), step)]
        else:
            found.append((name, address, name))
    return sorted(found, key=lambda row: row[1])


def counters(header):
    """(name, offset) of each counter, the bins of a histogram one by one."""
    bins = int(dict(DEFINE.findall(header))['NC37XX_SIZE_BINS'])
    found = []
    for name, offset in numbers(header, 'STAT'):
        if name.endswith('_BINS'):
            found += [(f'{name[:-1]}{n}', offset + 4 * n)
                      for n in range(bins)]
        elif name != 'FIRST_32BIT':
            found.append((name, offset))
    return found


def phy_registers(header):
    """(name, number); those of the 5708S's banks have their numbers twice."""
    return [(name, number) for name, number in numbers(header, 'PHY')
            if name != 'REGS' and not name[0].isdigit()]


def table(kind, name, rows):
    """A C array and the number of its elements."""
    lines = ''.join(f'    {{ {row} }},\n' for row in rows)
    return (f'\nconst {kind} {name}[] = {{\n{lines}}};\n'
            f'const size_t {name[:-1]}_count = ARRAY_SIZE({name});\n')


def generate(header):
    fields, register_rows, field_rows, first = {}, [], [], {}
    for register, name, shift, length in FIELD.findall(header):
        fields.setdefault(register, []).append(f'"{name}", {shift}, {length}')
    for name, address, like in registers(header):
        own = fields.get(like, [])
        if like not in first:
            first[like] = len(field_rows)
            field_rows += own
        register_rows.append(f'"{name}", {address:#x}, {first[like]}, '
                             f'{len(own)}')
    named = 'Nc37xxName'
    return (HEAD
            + table('Nc37xxRegisterName', 'nc37xx_registers', register_rows)
            + table('Nc37xxFieldName', 'nc37xx_fields', field_rows)
            + table(named, 'nc37xx_counters',
                    [f'"{name}", {offset:#x}'
                     for name, offset in counters(header)])
            + table(named, 'nc37xx_phy_registers',
                    [f'"{name}", {number:#x}'
                     for name, number in phy_registers(header)]))


def check(header):
    """Every declaration has a form that is understood."""
    for macro, pattern in (('REG32', REGISTER), ('FIELD', FIELD)):
        there = len(re.findall(rf'^ *{macro}\b', header, re.MULTILINE))
        found = len(pattern.findall(header))
        if there != found:
            sys.exit(f'names.py: {there} lines with {macro}, but only {found} '
                     'that it understands')


def main():
    source, output = sys.argv[1:]
    with open(source, encoding='utf-8') as file:
        header = file.read()
    check(header)
    text = generate(header)
    with open(output, 'w', encoding='utf-8') as file:
        file.write(text)


if __name__ == '__main__':
    main()
