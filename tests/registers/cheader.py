"""What a C header says in numbers: constants, registers with their fields,
and offsets in structures, for a little-endian machine."""
# SPDX-License-Identifier: GPL-2.0-or-later

import ast
import operator
import re

_COMMENT = re.compile(r'/\*.*?\*/|//[^\n]*', re.DOTALL)
_DEFINE = re.compile(r'^[ \t]*#[ \t]*define[ \t]+(\w+)[ \t]+(\S.*)$',
                     re.MULTILINE)
_SUFFIX = re.compile(r'\b(0x[0-9a-f]+|[0-9]+)[ul]+\b', re.IGNORECASE)
_CAST = re.compile(r'\((?:uint32_t|u32)\)')
_STRUCT = re.compile(r'^struct (\w+) \{\n(.*?)^\};', re.MULTILINE | re.DOTALL)
_BIG_ENDIAN = re.compile(r'#if defined\(__BIG_ENDIAN\)\n.*?'
                         r'#elif defined\(__LITTLE_ENDIAN\)\n(.*?)#endif\n',
                         re.DOTALL)
_MEMBER = re.compile(r'^\s*(?:__)?[ube]*(8|16|32)\s+(\w+)(?:\[(\w+)\])?;',
                     re.MULTILINE)
_ENUM = re.compile(r'\benum(?:\s+\w+)?\s*\{(.*?)\}', re.DOTALL)
_REG32 = re.compile(r'^REG32\((\w+),\s*(\w+)\)', re.MULTILINE)
_FIELD = re.compile(r'^\s*FIELD\((\w+),\s*(\w+),\s*(\d+),\s*(\d+)\)',
                    re.MULTILINE)

_OPERATORS = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv, ast.LShift: operator.lshift,
    ast.RShift: operator.rshift, ast.BitOr: operator.or_,
    ast.BitAnd: operator.and_, ast.Invert: operator.invert,
    ast.USub: operator.neg,
}


class Unknown(Exception):
    """An expression that is not a number, or not one we can work out."""


def strip(text):
    """The text without comments and with its continued lines joined."""
    return _COMMENT.sub(' ', text).replace('\\\n', ' ')


class Header:
    """Names and their values.  Texts are looked at in order; of two
    definitions of a name the first counts."""

    def __init__(self, *texts):
        self._expressions = {}
        self._values = {}
        self.registers = {}
        self.fields = {}            # (register, field): mask
        for text in texts:
            self._read(strip(text))

    def _read(self, text):
        for name, expression in _DEFINE.findall(text):
            self._expressions.setdefault(name, expression)
        for body in _ENUM.findall(text):
            self._read_enum(body)
        for name, address in _REG32.findall(text):
            self.registers[name] = int(address, 0)
            self._expressions['A_' + name] = address
        for register, field, shift, bits in _FIELD.findall(text):
            mask = ((1 << int(bits)) - 1) << int(shift)
            self.fields[register, field] = mask
            self._expressions[f'R_{register}_{field}_MASK'] = hex(mask)
            self._expressions[f'R_{register}_{field}_SHIFT'] = shift
        for name, body in _STRUCT.findall(text):
            self._read_struct(name, _BIG_ENDIAN.sub(r'\1', body))

    def _read_enum(self, body):
        previous = '-1'
        for item in re.sub(r'^\s*#.*$', '', body, flags=re.M).split(','):
            name, _, expression = item.partition('=')
            if re.fullmatch(r'\w+', name.strip()):
                previous = expression.strip() or f'({previous}) + 1'
                self._expressions.setdefault(name.strip(), previous)

    def _read_struct(self, name, body):
        offset = 0
        for bits, member, count in _MEMBER.findall(body):
            size = int(bits) // 8
            offset = -(-offset // size) * size
            self._values[f'{name}.{member}'] = offset
            offset += size * int(count or '1')
        self._values[f'{name}.size'] = offset

    def constants(self):
        """Names of all constants, but not those made from registers."""
        return [name for name in self._expressions
                if not re.match(r'A_|R_\w+_(MASK|SHIFT)$', name)]

    def add(self, name, value):
        self._values[name] = value

    def value(self, name):
        """The value of a name as 32 bits; raises Unknown."""
        if name not in self._values:
            expression = self._expressions.get(name)
            if expression is None:
                raise Unknown(f'{name} is not defined')
            self._values[name] = None           # while it is worked out
            self._values[name] = self.evaluate(expression)
        if self._values[name] is None:
            raise Unknown(f'{name} has no number')
        return self._values[name]

    def evaluate(self, expression):
        """The value of an expression as 32 bits; raises Unknown."""
        text = _CAST.sub('', _SUFFIX.sub(r'\1', expression))
        text = re.sub(r'\b0+(?=[0-9])', '', text).replace('/', '//')
        try:
            tree = ast.parse(text.strip(), mode='eval')
        except SyntaxError as error:
            raise Unknown(f'{expression} is no expression') from error
        return self._number(tree.body) & 0xffffffff

    def _number(self, node):
        if isinstance(node, ast.Constant):
            if isinstance(node.value, int):
                return node.value
            if isinstance(node.value, str) and len(node.value) == 1:
                return ord(node.value)
        if isinstance(node, ast.Name):
            return self.value(node.id)
        if isinstance(node, ast.Attribute) and isinstance(node.value,
                                                          ast.Name):
            return self.value(f'{node.value.id}.{node.attr}')
        operation = _OPERATORS.get(type(getattr(node, 'op', None)))
        if operation and isinstance(node, ast.BinOp):
            return operation(self._number(node.left),
                             self._number(node.right))
        if operation and isinstance(node, ast.UnaryOp):
            return operation(self._number(node.operand))
        raise Unknown(f'{ast.unparse(node)} is no number')
