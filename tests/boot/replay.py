"""Boots from a target that are recorded, and replayed without it."""
# SPDX-License-Identifier: GPL-2.0-or-later

import dataclasses
import filecmp
import os
import shutil

import disk
from qemu import (EV_DRIVE, PCAP, SERIAL_LOG, TOP, Machine,
                  command_line, quoted)
from server import pack, serving, variables

RECORD = 'replay.bin'
# For a boot, recorded or replayed on a busy machine; a case has both.
END_SECONDS = 400


@dataclasses.dataclass(frozen=True)
class Boot:
    """A boot that ends with the server switching itself off."""
    name: str
    adapter: str
    image: str
    wanted: str                 # in the serial log when all went well
    changes: tuple = ()         # of the boot variables: (name, value)


LINUX = Boot('linux', 'nc373i', disk.DEMO_DISK, '\nncsim:stage=os')
GRUB = Boot('grub', 'nc370t',
            os.path.join(TOP, 'build', 'guest', 'crc.img'),
            '\nncsim:end', changes=(('DataDigest', 'True'),))


def varied(boot, random):
    """The same boot with another adapter and other boot variables."""
    digests = [(name, random.choice(('True', 'False')))
               for name in ('HeaderDigest', 'DataDigest')]
    return dataclasses.replace(
        boot, adapter=random.choice((LINUX.adapter, GRUB.adapter)),
        changes=(*digests, ('ForceBoot', random.choice(('True', 'False')))))


def _line(boot, folder, mode):
    """What docs/testing.md tells users to type."""
    record = quoted(os.path.join(os.path.dirname(folder), RECORD))
    return command_line(folder, adapter=boot.adapter, pcap='', extra=[
        '-no-reboot', '-icount', f'shift=auto,rr={mode},rrfile={record}',
        # In this order: what is injected comes by the dump too.
        '-object', 'filter-replay,id=replay,netdev=n0',
        '-object', 'filter-dump,id=pcap,netdev=n0,file='
        + quoted(os.path.join(folder, PCAP))])


def _run(boot, folder, mode):
    with Machine(folder, _line(boot, folder, mode)) as machine:
        machine.wait(lambda: not machine.running(), END_SECONDS,
                     f'end of the {mode}')


def difference(boot, folder):
    """Records and replays a boot.  None when nothing differs, else what."""
    recorded, replayed = (os.path.join(folder, name)
                          for name in ('recorded', 'replayed'))
    os.mkdir(recorded)
    os.mkdir(replayed)
    image = disk.copy_of(boot.image, folder)
    with serving(image) as (tgtd, _):
        pack(recorded, variables(tgtd.port, **dict(boot.changes)))
        shutil.copy(os.path.join(recorded, EV_DRIVE), replayed)
        _run(boot, recorded, 'record')
    with open(os.path.join(recorded, SERIAL_LOG), encoding='utf-8',
              errors='replace') as log:
        if boot.wanted not in log.read():
            return f'the recorded boot did not print {boot.wanted.strip()!r}'
    _run(boot, replayed, 'replay')
    for name in (SERIAL_LOG, PCAP, EV_DRIVE):
        if not filecmp.cmp(os.path.join(recorded, name),
                           os.path.join(replayed, name), shallow=False):
            return f'{name} differs between recording and replay'
    return None
