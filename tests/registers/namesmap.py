"""Which name of the kernel's driver stands for which of ours.

Without a row, BNX2_NAME or else NAME.  Rows:

    NAME = EXPRESSION ; reason      another name, or worked out of names
    PREFIX* = PREFIX* ; reason      so are all that begin so
    NAME ; reason                   the driver has none
    PREFIX* ; reason                nor of those that begin so
    ! BNX2_NAME ; reason            used by the driver, has no name of ours
    ! PREFIX* ; reason              nor have those that begin so
"""
# SPDX-License-Identifier: GPL-2.0-or-later

import re

from cheader import Unknown

_ROW = re.compile(r'(?P<unused>! *)?(?P<name>[\w.]+\*?)'
                  r'(?: = (?P<theirs>.*?))? ; (?P<reason>\S.*)')


class NamesMap:
    def __init__(self, text):
        self._rows = {}             # name or prefix*: expression, None
        self.unused = []
        for line in text.splitlines():
            if line.strip() and not line.startswith('#'):
                self._add(line)

    def _add(self, line):
        row = _ROW.fullmatch(line)
        if not row or row['name'] in self._rows:
            raise ValueError(f'not a row, or one too many: {line}')
        if row['unused']:
            self.unused.append(row['name'])
        else:
            self._rows[row['name']] = row['theirs']

    def _row(self, name):
        """The row for this name, the longest prefix of all; or None."""
        if name in self._rows:
            return name
        prefixes = [row for row in self._rows
                    if row.endswith('*') and name.startswith(row[:-1])]
        return max(prefixes, key=len, default=None)

    def _without(self, name):
        """What a name would be if it had no row of its own."""
        register, _, field = name.partition('.')
        if field:
            return f'{self.theirs(register)}_{field}'
        return 'BNX2_' + name

    def left_out(self, name):
        """Has the driver no such name?"""
        row = self._row(name)
        return row is not None and self._rows[row] is None

    def unnamed(self, name):
        """Has this name of the driver's none of ours, with a reason?"""
        return any(name == row or (row.endswith('*')
                                   and name.startswith(row[:-1]))
                   for row in self.unused)

    def theirs(self, name):
        """The expression that stands for this name of ours."""
        row = self._row(name)
        if row is None or self._rows[row] is None:
            return self._without(name)
        if row.endswith('*'):
            return self._rows[row].replace('*', name[len(row) - 1:])
        return self._rows[row]

    def needless(self, ours, theirs):
        """Sentences about rows that nothing needs."""
        used = {self._row(name) for name in ours}
        wrong = [f'the row of {row} has nothing to say'
                 for row in self._rows if row not in used]
        for name in ours:
            if self._rows.get(name) == self._without(name):
                wrong.append(f'{name} needs no row')
            if self.left_out(name) and _defined(theirs, self._without(name)):
                wrong.append(f'{name} is in the kernel after all')
        return wrong


def _defined(header, name):
    try:
        header.evaluate(name)
    except Unknown:
        return False
    return True


def flat(names):
    """Register addresses, field masks and constants under one name each."""
    numbers = dict(names.registers)
    numbers |= {f'{register}.{field}': mask
                for (register, field), mask in names.fields.items()}
    return numbers | {name: names.value(name) for name in names.constants()}


def compare(ours, theirs, names):
    """Sentences about what differs, and how many were compared."""
    wrong, compared = [], 0
    for name, number in ours.items():
        if names.left_out(name):
            continue
        expression = names.theirs(name)
        try:
            wanted = theirs.evaluate(expression)
        except Unknown as problem:
            wrong.append(f'{name}: {problem}, and no row says so')
            continue
        compared += 1
        if number != wanted:
            wrong.append(f'{name} is {number:#x}, {expression} is '
                         f'{wanted:#x}')
    return wrong, compared
