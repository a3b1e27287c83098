"""The boot variables of a run: what FILE says, and what is put in effect."""
# SPDX-License-Identifier: GPL-2.0-or-later

import ipaddress
import os
import subprocess

from ncsim.errors import ENVIRONMENT, USAGE, Failure
from qemu import TOP

EV = os.path.join(TOP, 'build', 'tools', 'ev')
DEFAULT_FILE = os.path.join(TOP, 'examples', 'evinput.txt')
EV_DRIVE_BYTES = 131072

# What holds when FILE does not say it; ncsim needs no others.
FALLBACKS = {'TargetPort': '3260', 'TargetPort2': '3260', 'LUN': '0',
             'AuthMethod': 'None', 'HeaderDigest': 'False',
             'DataDigest': 'False', 'VLAN': 'Disabled'}
TRUE = ('True', 'TRUE', 'true', '1')


class BootVariables:
    """Lines of an evinput file, comments and all."""

    def __init__(self, text):
        self._lines = text.splitlines()

    @classmethod
    def read(cls, path):
        try:
            with open(path, encoding='ascii') as source:
                return cls(source.read())
        except UnicodeDecodeError as error:
            raise Failure(USAGE, f'{path}: byte {error.start} is not ASCII'
                          ) from None
        except OSError as error:
            raise Failure(USAGE, f'{path}: {error.strerror}') from None

    @property
    def text(self):
        return '\n'.join(self._lines) + '\n'

    def _find(self, name):
        for number, line in enumerate(self._lines):
            if line.partition('=')[0] == name:
                return number
        return None

    def __contains__(self, name):
        return self._find(name) is not None

    def __getitem__(self, name):
        number = self._find(name)
        if number is None:
            return FALLBACKS.get(name, '')
        return self._lines[number].partition('=')[2]

    def is_true(self, name):
        return self[name] in TRUE

    def secret(self, name):
        """The bytes of a secret, written as text or as 0x and digits."""
        value = self[name]
        if value.startswith('0x'):
            return bytes.fromhex(value[2:])
        return value.encode('ascii')

    def override(self, name, value):
        """Sets a variable; returns what it was, None when unchanged."""
        before = self[name]
        if before == value:
            return None
        number = self._find(name)
        if number is None:
            self._lines.append(f'{name}={value}')
        else:
            self._lines[number] = f'{name}={value}'
        return before


def pack(text, drive, source):
    """Makes an EV drive of the variables in text; ev judges them.

    source names the text in messages.
    """
    if not os.access(EV, os.X_OK):
        raise Failure(ENVIRONMENT, f'{EV} is missing: run ./scripts/setup')
    with open(drive, 'wb') as image:
        image.truncate(EV_DRIVE_BYTES)
    done = subprocess.run([EV, '-c', '--image', drive], input=text.encode(),
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          check=False)
    if done.returncode != 0:
        said = done.stdout.decode(errors='replace').strip()
        raise Failure(USAGE if done.returncode in (1, 2) else ENVIRONMENT,
                      f'{source}: ev does not accept it\n{said}')


def check_network(variables, source):
    """Whether the user network of QEMU can carry these addresses."""
    network = ipaddress.ip_network('10.0.2.0/24')
    initiator = variables['InitiatorIP']
    # ipaddress refuses leading zeros, which the vendor's sample has.
    address = ipaddress.ip_address(
        '.'.join(str(int(part)) for part in initiator.split('.')))
    if address not in network or int(address) & 0xff in (0, 2, 3, 255):
        raise Failure(USAGE, f'{source}: InitiatorIP={initiator} is no host '
                      "in QEMU's user network; use 10.0.2.15 with netmask "
                      '255.255.255.0, or --target none and a network of your '
                      'own after --')
    if variables['VLAN'] != 'Disabled':
        raise Failure(USAGE, f"{source}: VLAN={variables['VLAN']}: QEMU's "
                      'user network has no VLANs; write VLAN=Disabled, or '
                      'use --target none and a network of your own after --')
