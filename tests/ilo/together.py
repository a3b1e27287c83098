"""Guest, hpilo's channel and management change EVs at the same time.

Each writer has an EV of its own, and there is one for all.  Every value says
who wrote it and when, so that each reader knows whether it is whole and no
older than what was acknowledged before it began to read.
"""
# SPDX-License-Identifier: GPL-2.0-or-later

import base64
import os
import random as chance
import re
import threading
import time

import evimage
import values
from cases import expect, expect_equal
from daemon import SECONDS, Daemon, server_info, statuses
from kills import line
from qemu import EV_DRIVE, Machine
from transports import OK, Bus, Channel, Mailbox

SHARED = 'CQSHARED'
OVERTAKEN = 0x106           # does not read back: another came in between
AT_A_TIME = 60              # accesses to the mailbox; then others have a turn
LARGEST = 1500              # bytes: what management does costs base64 and TLS
LEAST_SHARE = 20            # of the operations: a twentieth for each


class Ledger:
    """What each writer has begun and has been told to be done, by EV."""

    def __init__(self, operations):
        self._lock = threading.Lock()
        self._operations = operations
        self.begun, self.done = {}, {}      # {(writer, EV): counter}
        self.counts = {}                    # {client: operations}

    def count(self, client):
        """Goes on until all together, and each, have done enough."""
        with self._lock:
            self.counts[client] = self.counts.get(client, -1) + 1
            return (sum(self.counts.values()) < self._operations
                    or min(self.counts.values()) * LEAST_SHARE
                    < self._operations)

    def give_up(self):
        """One has failed: nobody needs to go on."""
        with self._lock:
            self._operations = 0

    def begin(self, writer, name, counter):
        with self._lock:
            self.begun[writer, name] = counter

    def end(self, writer, name, counter):
        with self._lock:
            self.done[writer, name] = counter

    def copy(self, table):
        with self._lock:
            return dict(table)


class Management:
    """As hpibootcfg does it: a connection and a login each time."""

    def __init__(self, ilo):
        self._ilo = ilo

    def set(self, name, value):
        coded = base64.b64encode(value).decode()
        answers = self._ilo.ask(server_info(
            f'<SET_EV NAME="{name}" VALUE="{coded}"/>'))
        *before, last = statuses(answers)
        expect_equal(set(before), {OK}, answers)
        return last

    def get(self, name):
        answers = self._ilo.ask(server_info(f'<GET_EV NAME="{name}"/>',
                                            'read'))
        found = re.search('VALUE="([^"]*)"', answers)
        return found and base64.b64decode(found[1])


class Client:
    """One writer and reader, a thread."""

    def __init__(self, name, transport, ledger, seed):
        self.name, self.own = name, f'CQ{name.upper()}'
        self.error = None
        self.transport = transport
        self._ledger, self._random = ledger, chance.Random(f'{seed} {name}')
        self._counter = 0
        self.thread = threading.Thread(target=self._run, daemon=True)

    def _run(self):
        try:
            while self._ledger.count(self.name):
                self._operate()
        except BaseException as error:      # told by whoever waits for us
            self.error = error
            self._ledger.give_up()

    def _operate(self):
        choice = self._random.random()
        if choice < 0.3:
            self._read(self._random.choice(
                [SHARED] + sorted({name for _, name in
                                   self._ledger.copy(self._ledger.begun)})))
        else:
            self._write(SHARED if choice < 0.5 else self.own)

    def _write(self, name):
        self._counter += 1
        value = values.make(self.name, self._counter,
                            self._random.randint(20, LARGEST))
        self._ledger.begin(self.name, name, self._counter)
        error = self.transport.set(name, value)
        if error != OVERTAKEN or name != SHARED:
            expect_equal(error, OK, f'error of {self.name} setting {name}')
            self._ledger.end(self.name, name, self._counter)

    def _read(self, name):
        before = self._ledger.copy(self._ledger.done)
        value = self.transport.get(name)
        after = self._ledger.copy(self._ledger.begun)
        if value is None:
            expect(not any(ev == name for _, ev in before),
                   f'{name} is lost to {self.name}')
            return
        writer, counter = values.read(value)
        expect(before.get((writer, name), 0) <= counter
               <= after.get((writer, name), 0),
               f'{self.name} reads {name} of {writer}, {counter}: done were '
               f'{before}, begun {after}')


def expect_all_there(evs, ledger):
    """Each writer's last in its own EV, and somebody's last in the shared."""
    for (writer, name), counter in ledger.done.items():
        if name != SHARED:
            expect_equal(values.read(evs[name]), (writer, counter),
                         f'the last value of {name}')
    writer, counter = values.read(evs[SHARED])
    expect_equal(ledger.done[writer, SHARED], counter,
                 f"{writer}'s last value of {SHARED}")
    expect_equal(set(evs), {name for _, name in ledger.done}, 'EVs')


def play(clients, ledger):
    for client in clients:              # before the first of them is done
        ledger.count(client.name)
    for client in clients:
        client.thread.start()
    for client in clients:
        client.thread.join()
    for client in clients:
        if client.error:
            raise client.error


def wait_for_link(ilo):
    """The daemon connects to the machine by itself, again and again."""
    end = time.monotonic() + SECONDS
    while 'HOST_POWER' not in ilo.ask(
            server_info('<GET_HOST_POWER_STATUS/>', 'read')):
        expect(time.monotonic() < end, 'the link does not come up')


def make_clients(bus, ilo, ledger, seed):
    """Two of each kind that there may be two of."""
    bars = bus.find_ilo()
    transports = {
        'mailbox': Mailbox(bus, bars, AT_A_TIME),
        'hpilo0': Channel(bus, bars, 0),
        'hpilo7': Channel(bus, bars, 7),
        'mgmt1': Management(ilo), 'mgmt2': Management(ilo),
    }
    return [Client(name, transport, ledger, seed)
            for name, transport in transports.items()]


def run(folder, seed, operations, **daemon):
    """So many operations in all, or some more; {client: how many}."""
    link, path = os.path.join(folder, 'link'), os.path.join(folder, EV_DRIVE)
    ledger = Ledger(operations)
    with open(path, 'wb') as drive:
        drive.truncate(evimage.DRIVE_SIZE)
    with Bus(folder) as bus, Machine(folder, line(folder, link, bus)), \
            Daemon(folder, link, **daemon) as ilo:
        bus.accept()
        clients = make_clients(bus, ilo, ledger, seed)
        wait_for_link(ilo)
        play(clients, ledger)
        for client in clients:
            expect_all_there({name: client.transport.get(name)
                              for _, name in ledger.done}, ledger)
    expect_all_there(evimage.read(path), ledger)
    return ledger.counts
