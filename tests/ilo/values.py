"""EV values that say themselves who wrote them, and whether they are whole."""
# SPDX-License-Identifier: GPL-2.0-or-later

import hashlib
import re
import zlib

import evimage

LARGEST = 3966
_TEXT = re.compile(rb'(\w+) (\d+) (\d+) ([0-9a-f]*)([0-9a-f]{8})', re.DOTALL)


class Torn(Exception):
    """A value that nobody wrote."""


def make(writer, counter, size):
    """A value of at least so many bytes, if need be some more."""
    head = f'{writer} {counter} {size} '.encode()
    fill = hashlib.shake_128(head).hexdigest(max(0, size - len(head) - 8) // 2)
    body = head + fill.encode()
    return body + b'%08x' % zlib.crc32(body)


def read(value):
    """(writer, counter) of a whole value."""
    found = _TEXT.fullmatch(value)
    if not found or make(found[1].decode(), int(found[2]),
                         int(found[3])) != value:
        raise Torn(f'{value[:60]!r}, {len(value)} bytes')
    return found[1].decode(), int(found[2])


def boot_text(counter, size):
    """A boot configuration whose every line depends on its counter."""
    name = hashlib.shake_128(str(counter).encode()).hexdigest(40)
    text = (f'TargetName=iqn.2024-01.net.example:{counter}.{name}\n'
            f'TargetIP=10.{counter >> 8 & 255}.{counter & 255}.1\n'
            f'InitiatorName=iqn.2024-01.net.example:{name}\n'
            f'InitiatorIP=10.{counter >> 8 & 255}.{counter & 255}.2\n'
            'InitiatorNetmask=255.255.255.0\n'
            f'LUN={counter % 256}\nForceBoot=')
    return text + 'x' * max(1, size - len(text) - 17) + '\n'


def boot_block(counter, size):
    return evimage.block(boot_text(counter, size))


def read_boot_text(text):
    """The counter of a whole boot configuration, of the size that it has."""
    found = re.match(r'TargetName=iqn.2024-01.net.example:(\d+)\.', text)
    if not found or boot_text(int(found[1]), len(text) + 16) != text:
        raise Torn(f'{text[:200]!r}')
    return int(found[1])
