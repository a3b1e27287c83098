"""The target of a run: a tgtd configured from the boot variables."""
# SPDX-License-Identifier: GPL-2.0-or-later

import contextlib
import fcntl
import os
import shutil

from ncsim.errors import ENVIRONMENT, USAGE, Failure
from qemu import HOST_ADDRESS, TOP
from tgt import TgtError, Tgtd

DEFAULT_DISK = os.path.join(TOP, 'build', 'guest', 'demo.img')
SECTOR = 512


def check_lun(variables, source):
    if variables['LUN'] == '0':
        raise Failure(USAGE, f'{source}: LUN=0: with --target tgt that is '
                      "tgt's own controller, never a disk; write LUN=1 (or "
                      'use --target none and a target that starts at 0)')


def check_disk(path):
    """The image must be there and be one that a LUN can be made of."""
    if not os.path.exists(path):
        hint = ('run ./scripts/demo once, or name a disk: --disk FILE'
                if path == DEFAULT_DISK else 'it does not exist')
        raise Failure(ENVIRONMENT if path == DEFAULT_DISK else USAGE,
                      f'disk {path}: {hint}')
    size = os.path.getsize(path)
    if size == 0 or size % SECTOR:
        raise Failure(USAGE, f'disk {path}: {size} bytes are no whole number '
                      f'of {SECTOR}-byte blocks; is it a raw image?')


@contextlib.contextmanager
def locked_disk(path, snapshot, folder):
    """The image to serve: path itself, or with snapshot a copy of it.

    Two machines on one disk would destroy its file system.
    """
    check_disk(path)
    try:
        with open(path, 'rb' if snapshot else 'r+b') as image:
            fcntl.flock(image, fcntl.LOCK_NB |
                        (fcntl.LOCK_SH if snapshot else fcntl.LOCK_EX))
            if not snapshot:
                yield path
                return
            copy = os.path.join(folder, 'disk.img')
            shutil.copyfile(path, copy)
            fcntl.flock(image, fcntl.LOCK_UN)
    except BlockingIOError:
        raise Failure(ENVIRONMENT, f'disk {path} is in use by another run; '
                      'wait for it, or use a copy: --snapshot') from None
    except PermissionError:
        raise Failure(ENVIRONMENT, f'disk {path} cannot be written by you; '
                      'use a copy: --snapshot') from None
    try:
        yield copy
    finally:
        os.unlink(copy)


def _configure(tgtd, variables, disk):
    """Makes tgtd what the boot variables expect to find."""
    target = tgtd.add_target(variables['TargetName'])
    target.add_lun(int(variables['LUN']), disk)
    target.allow_initiator(variables['InitiatorName'])
    for digest in ('HeaderDigest', 'DataDigest'):
        if variables.is_true(digest):
            target.set_parameter(digest, 'CRC32C')
    if variables['AuthMethod'] != 'None':
        target.require_chap(variables['CHAPUsername'],
                            variables.secret('CHAPSecret'))
    if variables['AuthMethod'] == 'MutualCHAP':
        # tgt has one table of names; the target answers under its own.
        target.answer_chap(variables['TargetName'],
                           variables.secret('CHAPMSecret'))
    return target


def redirect(variables, tgtd, say):
    """Points the variables at tgtd, and says what that changes."""
    portals = [('TargetIP', 'TargetPort', tgtd.ports[0])]
    if 'TargetIP2' in variables:
        portals.append(('TargetIP2', 'TargetPort2', tgtd.ports[1]))
    for address, port, number in portals:
        for name, value in ((address, HOST_ADDRESS), (port, str(number))):
            before = variables.override(name, value)
            if before is not None:
                say(f'{name} {before} -> {value}')


@contextlib.contextmanager
def serving(variables, disk):
    """A tgtd that serves disk as the variables say."""
    tgtd = Tgtd(portals=2 if 'TargetIP2' in variables else 1)
    try:
        try:
            tgtd.start()
            _configure(tgtd, variables, disk)
        except (TgtError, ValueError) as error:
            raise Failure(ENVIRONMENT, f'target: {error}') from None
        yield tgtd
    finally:
        tgtd.close()
