"""ncsim doctor: can this machine boot the virtual server?"""
# SPDX-License-Identifier: GPL-2.0-or-later

import os
import shutil
import subprocess
import sys

from ncsim import bootvars, ilo, target
from ncsim.errors import ENVIRONMENT, PASSED
from qemu import QEMU, QEMU_I386, TOP
from tgt import SBIN, TgtError, Tgtd

SETUP = 'run ./scripts/setup'
DEMO = 'run ./scripts/demo once'
DEVICES = ('nc373i', 'nc370t', 'ilo-ev')
FIRMWARE = os.path.join(os.path.dirname(QEMU), 'qemu-bundle', 'usr', 'local',
                        'share', 'qemu')
FREE_BYTES = 1 << 30


def _output(*argv):
    """What a program prints; None when it does not run."""
    try:
        done = subprocess.run(argv, capture_output=True, text=True,
                              check=False, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None


def _qemu():
    said = _output(QEMU, '--version')
    return said and said.splitlines()[0]


def _devices():
    listing = _output(QEMU, '-device', 'help') or ''
    missing = [d for d in DEVICES if f'name "{d}"' not in listing]
    return None if missing else ' '.join(DEVICES)


def _file(path):
    return os.path.relpath(path, TOP) if os.path.exists(path) else None


def _firmware():
    return _file(os.path.join(FIRMWARE, 'bios-256k.bin'))


def _rom():
    return _file(os.path.join(FIRMWARE, 'nc37xx-iscsi.rom'))


def _ev():
    return _file(bootvars.EV) if os.access(bootvars.EV, os.X_OK) else None


def _ilo_mgmt():
    said = _output(ilo.ILO_MGMT, '--version')
    return said and said.strip()


def _tgtd():
    """A target that listens, not only a program that is there."""
    try:
        with Tgtd() as tgtd:
            version = _output(os.path.join(SBIN, 'tgtd'), '--version')
            return f"{(version or '').strip()} on 127.0.0.1:{tgtd.port}"
    except (TgtError, OSError):
        return None


def _space():
    free = shutil.disk_usage(os.path.join(TOP)).free
    return f'{free >> 20} MiB free' if free >= FREE_BYTES else None


def _disk():
    return _file(target.DEFAULT_DISK)


def _tshark():
    said = _output('tshark', '--version')
    return said and said.splitlines()[0]


def _debugfs():
    return shutil.which('debugfs', path=os.environ.get('PATH', '')
                        + ':/usr/sbin:/sbin')


def _gdb():
    said = _output('gdb', '--version')
    there = os.access(QEMU_I386, os.X_OK)
    return said and there and said.splitlines()[0]


def _kvm():
    return '/dev/kvm' if os.access('/dev/kvm', os.R_OK | os.W_OK) else None


# What, is it there, how to mend it, is a run impossible without it.
CHECKS = (
    ('QEMU', _qemu, SETUP, True),
    ('devices', _devices, SETUP, True),
    ('BIOS', _firmware, SETUP, True),
    ('boot ROM', _rom, SETUP, True),
    ('ev', _ev, SETUP, True),
    ('tgtd', _tgtd, SETUP, True),
    ('ilo-mgmt', _ilo_mgmt, f"{SETUP}, for 'ncsim run --ilo'", False),
    ('free space', _space, f'{FREE_BYTES >> 20} MiB are wanted in {TOP}',
     True),
    ('guest disk', _disk, DEMO + ', or name one: ncsim run --disk FILE',
     False),
    ('tshark', _tshark, 'apt-get install tshark, to read captures', False),
    ('debugfs', _debugfs, 'apt-get install e2fsprogs, to look into the guest '
     'disk', False),
    ('gdb', _gdb, f"{SETUP}, for 'ncsim debug'", False),
    ('KVM', _kvm, 'not needed: TCG is the default; --accel kvm wants '
     '/dev/kvm', False),
)


def doctor(_args):
    """Exit code 0 when a run is possible, 3 when not."""
    colours = sys.stdout.isatty() and not os.environ.get('NO_COLOR')
    marks = {'ok': '32', 'MISSING': '31', 'absent': '33'}
    missing = 0
    for name, look, mend, needed in CHECKS:
        found = look()
        word = 'ok' if found else 'MISSING' if needed else 'absent'
        missing += word == 'MISSING'
        mark = f'{word:<8}'
        if colours:
            mark = f'\x1b[{marks[word]}m{mark}\x1b[0m'
        print(f'{mark} {name:<11} {found or mend}')
    print('ready' if not missing else
          f'{missing} missing: each line says what to do')
    return ENVIRONMENT if missing else PASSED
