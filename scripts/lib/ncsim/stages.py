"""How far a boot came: POST codes and the serial port on one clock."""
# SPDX-License-Identifier: GPL-2.0-or-later

import dataclasses
import re
import time

# In the order of a boot.  The meaning is what people read.
STAGES = {
    'rom': 'the option ROM runs',
    'config': 'boot variables read from iLO',
    'bcv': 'the BIOS asks for a disk',
    'link': 'link up',
    'arp': 'target or gateway found',
    'tcp': 'connected',
    'auth': 'authenticated',
    'login': 'logged in',
    'lun': 'logical unit ready',
    'int13': 'INT 13h hooked',
    'handoff': 'parameters left for the operating system',
    'bootsector': 'boot sector read',
    'loader': 'boot loader runs',
    'kernel': 'kernel runs',
    'os': 'operating system on the iSCSI disk',
}
# They may come at any time, or not at all.
INCIDENTS = {
    'relogin': 'session restored',
    'failover': 'next portal or adapter',
    'fail': 'error',
    'released': 'the ROM gave up: next boot device',
}
NAMES = (*STAGES, *INCIDENTS)

KERNEL_LINE = re.compile(r'(?:\[ *[0-9.]+\] )?Linux version (\S+)')
SERIAL_STAGE = re.compile(r'ncsim:stage=(loader|os)\s*$')
ROM_ERROR = re.compile(r'Error (\d+): (.*)')
GUEST_FAILURE = re.compile(
    r'ncsim:fail (.*)|(Kernel panic.*)|(No bootable device.*)')

# What still comes after an error from which there is no way on.
AFTER_FAILURE = ('fail', 'released', 'int13', 'handoff')


@dataclasses.dataclass
class Stage:
    """One step of a boot; virtual and wall are seconds since power on."""
    source: str             # 'post' or 'serial'
    name: str
    virtual: float
    wall: float
    detail: dict

    def record(self):
        """The object that events.jsonl holds."""
        return {'v': 1, 't': int(self.virtual * 1e9),
                'w': int(self.wall * 1e9), 'src': self.source,
                'ev': self.name, 'k': self.detail}


class Progress:
    """Turns what a Machine writes into stages."""

    def __init__(self, machine):
        self._machine = machine
        self._offset = 0.0      # virtual - wall of the last POST code
        self.stages = []
        self.errors = []        # lines that say why it went wrong
        self.failed = None      # monotonic time of an error not overcome

    def reached(self, name):
        return any(stage.name == name for stage in self.stages)

    def poll(self):
        """The stages that came since the last call."""
        posts, lines = self._machine.poll()
        wall = time.monotonic() - self._machine.started
        new = [self._post(event, wall) for event in posts]
        new += [stage for line in lines
                for stage in self._serial(line, wall)]
        self.stages += new
        return new

    def _post(self, event, wall):
        virtual = event['t'] / 1e9
        self._offset = virtual - wall
        if event['ev'] in ('fail', 'released'):
            self.failed = time.monotonic()
        elif event['ev'] not in AFTER_FAILURE:
            self.failed = None
        return Stage('post', event['ev'], virtual, wall, event['k'])

    def _serial(self, line, wall):
        """Stages that a line of the console tells of.

        Nothing gives a serial line its virtual time; it runs with the wall
        clock since the last POST code.
        """
        detail = {}
        kernel = KERNEL_LINE.match(line)
        stage = SERIAL_STAGE.search(line)
        if kernel and not self._reached_in_this_boot('kernel'):
            name, detail = 'kernel', {'release': kernel[1]}
        elif stage:
            name = stage[1]
        else:
            self._note_error(line)
            return
        yield Stage('serial', name, wall + self._offset, wall, detail)

    def _reached_in_this_boot(self, name):
        names = [stage.name for stage in self.stages]
        start = len(names) - names[::-1].index('rom') if 'rom' in names else 0
        return name in names[start:]

    def _note_error(self, line):
        rom, guest = ROM_ERROR.search(line), GUEST_FAILURE.search(line)
        if rom:
            self.errors.append(rom[0].strip())
        elif guest:
            self.errors.append(next(filter(None, guest.groups())).strip())

    def guest_failed(self):
        """Whether the BIOS or the system said that it cannot go on."""
        return any(GUEST_FAILURE.search(line)
                   for line in self._machine.console[-5:])
