"""Soaks that boot a server from its target, and do harm meanwhile.

The program that is booted reads, counts and writes through INT 13h; the disk
is checked afterwards.
"""
# SPDX-License-Identifier: GPL-2.0-or-later

import functools
import os
import re
import time

import bootsector
import lossy
import server
from soaks import Soak, draw

ROUNDS = 1000
LOSSY_ROUNDS = 100
LOSSY_SECONDS = 15
PROBE_ROUNDS = 32
DONE_SECONDS = 240
# Long enough to fall anywhere from the first link to the last write.
LATEST_SECONDS = 1.5
LONGEST_OUTAGE_SECONDS = 8


def leave_alone(_random, _machine, _tgtd, _target):
    """plain boots"""


def restart_target(random, _machine, tgtd, _target):
    """the target dies at any moment, and comes back"""
    time.sleep(random.uniform(0, LATEST_SECONDS))
    tgtd.kill()
    time.sleep(random.uniform(0, LONGEST_OUTAGE_SECONDS))
    tgtd.start()


def silence_target(random, _machine, tgtd, _target):
    """the target falls silent at any moment, and wakes up"""
    time.sleep(random.uniform(0, LATEST_SECONDS))
    tgtd.pause()
    time.sleep(random.uniform(0, LONGEST_OUTAGE_SECONDS))
    tgtd.resume()


def cut_connections(random, _machine, _tgtd, target):
    """the target cuts the connection again and again"""
    for _ in range(random.randrange(1, 4)):
        time.sleep(random.uniform(0, LATEST_SECONDS))
        target.drop_connections()


def flap_link(random, machine, _tgtd, _target):
    """the cable is pulled and put back"""
    for _ in range(random.randrange(1, 4)):
        time.sleep(random.uniform(0, LATEST_SECONDS))
        machine.set_link(False)
        time.sleep(random.uniform(0, LONGEST_OUTAGE_SECONDS / 2))
        machine.set_link(True)


def _verdict(machine, disk):
    """None when all is well, else what is wrong."""
    console = machine.console_text()
    if 'probe: done, errors 0000' not in console:
        return 'the program saw errors'
    if 'wrong data' in console:
        return 'wrong data was read'
    if disk.counter() != PROBE_ROUNDS:
        return f'the counter is {disk.counter()}, not {PROBE_ROUNDS}'
    if disk.wrong_journal():
        return f'records {disk.wrong_journal()} are wrong'
    return None


def _gave_up(machine, harm):
    """A target that was away while the ROM connected is an excuse."""
    named = re.search(r'Error \d+.*', machine.console_text())
    if not named:
        return 'gave up without a word'
    return named[0] if harm is leave_alone else None


def _boot(name, harm, seed, number, folder):
    random = draw(seed, name, number)
    disk = bootsector.ProbeDisk(os.path.join(folder, 'lun.img'),
                                rounds=PROBE_ROUNDS)
    with server.serving(disk.path) as (tgtd, target):
        server.pack(folder, server.variables(tgtd.port))
        with server.machine(folder) as machine:
            harm(random, machine, tgtd, target)
            machine.wait(
                lambda: 'probe: waiting' in machine.console_text()
                or 'released' in machine.stage_names(),
                DONE_SECONDS, 'the program or an error of the ROM')
            if 'released' in machine.stage_names():
                return _gave_up(machine, harm)
            machine.press()
            harm(random, machine, tgtd, target)
            machine.wait_for_text('probe: done', DONE_SECONDS)
            return _verdict(machine, disk)


def _lossy_boot(seed, number, folder):
    """One percent of the frames lost, doubled and swapped, to the loader."""
    seconds = lossy.boot(folder, draw(seed, 'losses', number), 0.01,
                         lossy.LOADER)
    if seconds > LOSSY_SECONDS:
        return f'it took {seconds:.1f} s'
    return None


SOAKS = [Soak('losses', 'boots over a wire that loses, doubles and swaps',
              LOSSY_ROUNDS, _lossy_boot)]
SOAKS += [Soak(name, harm.__doc__, ROUNDS,
              functools.partial(_boot, name, harm))
         for name, harm in (('boots', leave_alone),
                            ('restarts', restart_target),
                            ('silences', silence_target),
                            ('cuts', cut_connections),
                            ('flaps', flap_link))]
