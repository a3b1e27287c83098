"""Adapters of a machine that runs, through its QMP socket."""
# SPDX-License-Identifier: GPL-2.0-or-later

import contextlib
import os
import socket
import tempfile

from ncsim import runfolder
from ncsim.errors import ENVIRONMENT, USAGE, Failure
from qemu import QEMU, Machine, Qmp, QemuError

# What an adapter has and nothing else: by it adapters are found.
MARK = 'faults'
CONTAINERS = ('/machine/peripheral', '/machine/peripheral-anon')


def add_options(parser):
    """Which machine, and which of its adapters."""
    machine = parser.add_mutually_exclusive_group()
    machine.add_argument('--run', metavar='DIR',
                         help="a run folder of 'ncsim run' (default: the "
                         'latest)')
    machine.add_argument('--qmp', metavar='SOCKET',
                         help='QMP socket of any machine, as of '
                         '-qmp unix:SOCKET,server=on,wait=off')
    parser.add_argument('--device', metavar='ID',
                        help='this adapter only')


def _socket_path(args):
    if args.qmp:
        return args.qmp
    folder = runfolder.find(args.run)
    path = os.path.join(folder, runfolder.QMP_SOCKET)
    if not os.path.exists(path):
        raise Failure(ENVIRONMENT, f'{folder}: no machine runs there; start '
                      "one with 'ncsim run'")
    return path


@contextlib.contextmanager
def connected(args):
    """A Qmp of the machine that the options name."""
    path = _socket_path(args)
    client = socket.socket(socket.AF_UNIX)
    try:
        client.connect(path)
    except OSError as error:
        client.close()
        raise Failure(ENVIRONMENT, f'{path}: {error.strerror or error}: no '
                      'machine runs there, or it is not yours') from None
    qmp = Qmp(client)
    try:
        qmp.greet()
        yield qmp
    except QemuError as error:
        raise Failure(ENVIRONMENT, f'{path}: {error}') from None
    finally:
        qmp.close()


@contextlib.contextmanager
def specimen(adapter='nc373i'):
    """A Qmp of a machine with one adapter, which never runs."""
    line = [QEMU, '-nodefaults', '-no-user-config', '-display', 'none',
            '-machine', 'pc', '-accel', 'tcg', '-S',
            '-device', f'{adapter},id=nic0,bootrom=']
    with tempfile.TemporaryDirectory(prefix='ncsim-') as folder:
        try:
            with Machine(folder, line) as machine:
                yield machine.qmp
        except QemuError as error:
            raise Failure(ENVIRONMENT, str(error)) from None


def _adapters_below(qmp, path):
    children = qmp.command('qom-list', path=path)
    if any(child['name'] == MARK for child in children):
        yield path
        return
    for child in children:
        if child['type'].startswith('child<'):
            yield from _adapters_below(qmp, f"{path}/{child['name']}")


def adapters(qmp, device=None):
    """QOM paths of the adapters, or of those with this id.

    A board with two ports has an id, each of them is called ID/port0 or so.
    """
    found = sorted(path for container in CONTAINERS
                   for path in _adapters_below(qmp, container))
    if device is not None:
        named = [path for path in found
                 if device == short(path) or device in path.split('/')]
        if not named:
            raise Failure(USAGE, f'--device {device}: no such adapter; the '
                          'machine has ' + (' '.join(map(short, found))
                                            or 'none'))
        return named
    if not found:
        raise Failure(ENVIRONMENT, 'the machine has no NC37xx adapter')
    return found


def short(path):
    """A QOM path as people name the device: its id."""
    for container in CONTAINERS:
        if path.startswith(container + '/'):
            return path.removeprefix(container + '/')
    return path


def read(qmp, path, name):
    """One of the adapter's properties."""
    return qmp.command('qom-get', path=path, property=name)
