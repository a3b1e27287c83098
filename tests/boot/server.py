"""The diskless server of the boot tests: variables, target, machine."""
# SPDX-License-Identifier: GPL-2.0-or-later

import contextlib
import os
import socket
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(HERE)),
                                'scripts', 'lib'))

import bootsector                                           # noqa: E402
from ncsim import bootvars                                  # noqa: E402
from qemu import (EV_DRIVE, HOST_ADDRESS, Machine,          # noqa: E402
                  command_line)
from tgt import Tgtd                                        # noqa: E402

TARGET = 'iqn.2026-01.example.ncsim:disk'
INITIATOR = 'iqn.2026-01.example.ncsim:server'
# Generous: several machines may share two busy processors.
BOOT_SECONDS = 120


def variables(port, **changes):
    """Boot variables as a dictionary; a change to None takes one out."""
    values = {'TargetName': TARGET, 'TargetIP': HOST_ADDRESS,
              'InitiatorName': INITIATOR, 'InitiatorIP': '10.0.2.15',
              'InitiatorNetmask': '255.255.255.0',
              'InitiatorRoute': HOST_ADDRESS, 'TargetPort': str(port),
              'LAA': '000000000000', 'VLAN': 'Disabled', 'LUN': '1',
              'ForceBoot': 'True', 'DataDigest': 'False',
              'HeaderDigest': 'False', 'AuthMethod': 'None'}
    values.update(changes)
    return {name: value for name, value in values.items()
            if value is not None}


def text_of(values):
    return ''.join(f'{name}={value}\n' for name, value in values.items())


def pack(folder, values):
    """The EV drive that the machine of this folder finds."""
    bootvars.pack(text_of(values), os.path.join(folder, EV_DRIVE), 'test')


def local_disk(folder, message, name='local.img', size=1):
    """An IDE disk in the server that only prints message."""
    path = os.path.join(folder, name)
    bootsector.write_disk(path, bootsector.marker(message), size)
    return ['-drive', f'if=none,id=local,format=raw,file={path}',
            '-device', 'ide-hd,drive=local']


@contextlib.contextmanager
def closed_port():
    """A port that refuses connections while it is held."""
    with socket.socket() as held:
        held.bind(('127.0.0.1', 0))
        yield held.getsockname()[1]


@contextlib.contextmanager
def serving(image, lun=1, initiator=INITIATOR, **options):
    """A tgtd with one target that offers image."""
    with Tgtd(**options) as tgtd:
        target = tgtd.add_target(TARGET)
        target.add_lun(lun, image)
        target.allow_initiator(initiator)
        yield tgtd, target


def machine(folder, extra=(), **options):
    """The server, its EV drive packed before."""
    return Machine(folder, command_line(folder, extra=extra, **options))
