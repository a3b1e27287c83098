"""QEMU is killed while EVs are written, and its drive judged.

Killed means SIGKILL, at a moment that a source of chance gives, mostly
between a change's arrival and its answer.  Then, on the drive, each EV is
whole, and is the one that was acknowledged last or the one that was under
way; EVs that are set together are both old or both new.  The judges are a
reader of images of the tests' own, the host's ev, and the next QEMU.
"""
# SPDX-License-Identifier: GPL-2.0-or-later

import collections
import os
import random as chance
import signal
import subprocess
import time

import evimage
import values
from cases import expect, expect_equal
from qemu import EV_DRIVE, TOP, Machine, command_line
from transports import (EV_BEGIN, EV_COMMIT, ERROR, MANAGEMENT, OK, Bus,
                        Channel, Gone, Link, Mailbox, set_packet)

EV = os.path.join(TOP, 'build', 'tools', 'ev')
BOOT, OWN = 'CQTISCSI', 'CQSELF'
WAYS = ('mailbox', 'channel', 'link')
# EVs of the largest size beside the two: none, half the store, nearly all.
FILLS = (0, 8, 16)
SMALLER_THAN = {0: values.LARGEST, 8: values.LARGEST, 16: 900}
KILLS_OF_A_DRIVE = 10
EV_SECONDS = 240


def line(folder, link, bus):
    """A server whose iLO is played with from outside: nothing runs in it."""
    words = command_line(folder, adapter=None, pcap='', accel='qtest',
                         memory=64)
    at = next(i for i, word in enumerate(words)
              if word.startswith('ilo-ev,'))
    words[at] += ',chardev=management'
    return words + ['-qtest', f'unix:{bus.path}', '-no-shutdown', '-chardev',
                    f'socket,id=management,path={link},server=on,wait=off']


def make_value(name, counter, fill):
    """Whatever its length: it is the same for the same counter."""
    size = chance.Random(counter).randint(20, SMALLER_THAN[fill])
    return (values.boot_block(counter, size) if name == BOOT
            else values.make('self', counter, size))


def counter_of(name, value):
    """Torn when the value is not whole."""
    if value is None:
        return None
    if name == BOOT:
        text = value[16:].decode('ascii', 'replace')
        expect_equal(evimage.block(text), value, 'envelope of a block')
        return values.read_boot_text(text)
    return values.read(value)[1]


class Drive:
    """A drive, and what is known to be on it."""

    def __init__(self, folder, random, fill):
        self.path = os.path.join(folder, EV_DRIVE)
        self._random, self.fill = random, fill
        self.counter = random.randrange(1, 60000)
        self.known = {BOOT: None, OWN: None}    # counters
        self.fills = {}                 # the other EVs, once they are set
        with open(self.path, 'wb') as file:
            file.truncate(evimage.DRIVE_SIZE)

    def next_change(self, way):
        """{name: counter}: what is to be set in one change."""
        self.counter += 1
        names = (BOOT, OWN) if way == 'link' else (
            self._random.choice((BOOT, OWN)),)
        return dict.fromkeys(names, self.counter)

    def evs(self):
        """All that is on the drive, each value whole."""
        evs = evimage.read(self.path)
        for name, value in self.fills.items():
            expect(evs.get(name) == value, f'{name} is not what it was')
        expect(set(evs) <= {BOOT, OWN, *self.fills}, f'there are {set(evs)}')
        return evs

    def judge(self, change, error):
        """After a kill; error None: no answer came.  What is there now."""
        evs = self.evs()
        found = {name: counter_of(name, evs.get(name)) for name in self.known}
        old, new = self.known, {**self.known, **change}
        if error == OK:
            expect_equal(found, new, 'an acknowledged change is there')
        elif error == ERROR:
            expect(self.fill == FILLS[-1], 'a change is refused')
            expect_equal(found, old, 'a refused change is not there')
        else:
            expect(found in (old, new),
                   f'{found} is neither {old} nor {new}')
        self.known = found
        self._ask_ev(found[BOOT])
        return ('acknowledged' if error == OK else 'refused'
                if error == ERROR else 'new' if found == new else 'old')

    def _ask_ev(self, counter):
        """The host's tool, which reads the image with iLO's own core."""
        done = subprocess.run([EV, '-p', '--image', self.path], check=False,
                              capture_output=True, text=True,
                              timeout=EV_SECONDS)
        if counter is None:
            expect('no configuration' in done.stderr, done.stderr)
        else:
            expect_equal(done.returncode, 0, f'ev -p: {done.stderr}')
            expect_equal(values.read_boot_text(done.stdout), counter,
                         'what ev -p shows')


def start_change(transport, way, change, drive):
    """Sends a change so far that its answer is all that is missing."""
    packets = [set_packet(name, make_value(name, counter, drive.fill))
               for name, counter in change.items()]
    if way == 'link':
        transport.manage(EV_BEGIN)
        for packet in packets:
            if transport.ask(*packet)[0] != OK:
                break               # too large: the commit has the rest
        packets = [(EV_COMMIT, MANAGEMENT, b'')]
    transport.start(*packets[-1])


def open_way(way, bus, bars, link):
    if way == 'mailbox':
        return Mailbox(bus, bars)
    return Link(link) if way == 'link' else Channel(bus, bars)


def fill_up(drive, mailbox):
    for number in range(drive.fill):
        name = f'FILL{number}'
        value = values.make('fill', number, values.LARGEST)
        expect_equal(mailbox.set(name, value), OK, f'error of {name}')
        drive.fills[name] = value


def expect_same(drive, mailbox):
    """The device reads from the drive what we read from it."""
    evs = drive.evs()
    for name in (BOOT, OWN):
        expect_equal(mailbox.get(name), evs.get(name), f'{name} by the device')


def kill_in_a_change(machine, transport, way, drive, random):
    """(the change, its error or None): killed while the last is made."""
    seconds = []
    for _ in range(random.randint(2, 5)):
        change = drive.next_change(way)
        begun = time.perf_counter()
        start_change(transport, way, change, drive)
        error, _ = transport.finish()
        seconds.append(time.perf_counter() - begun)
        if error == OK:
            drive.known.update(change)
        else:
            expect(drive.fill == FILLS[-1], f'error {error} of a change')
    change = drive.next_change(way)
    start_change(transport, way, change, drive)
    time.sleep(random.random() * 1.2 * min(seconds))
    os.kill(machine.process.pid, signal.SIGKILL)
    try:
        return change, transport.finish()[0]
    except Gone:
        return change, None


def one_kill(folder, drive, way, random):
    link = os.path.join(folder, 'link')
    with Bus(folder) as bus, Machine(folder, line(folder, link, bus)) as \
            machine:
        bus.accept()
        bars = bus.find_ilo()
        mailbox = Mailbox(bus, bars)
        expect_same(drive, mailbox)
        if not drive.fills:
            fill_up(drive, mailbox)
        transport = open_way(way, bus, bars, link)
        change, error = kill_in_a_change(machine, transport, way, drive,
                                         random)
        if way == 'link':
            transport.close()
    return drive.judge(change, error)


def run(folder, random, kills):
    """So many kills; {how it ended: how often}, or raises."""
    ends = collections.Counter()
    drive = None
    for number in range(kills):
        if number % KILLS_OF_A_DRIVE == 0:
            drive = Drive(folder, random,
                          FILLS[number // KILLS_OF_A_DRIVE % len(FILLS)])
        way = WAYS[number % len(WAYS)]
        try:
            ends[one_kill(folder, drive, way, random)] += 1
        except Exception as error:
            raise AssertionError(
                f'kill {number}, by {way}, {drive.fill} large EVs: '
                f'{type(error).__name__}: {error}') from error
    return ends
