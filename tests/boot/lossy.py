"""Boots over a wire that loses, repeats and swaps frames.

GRUB reads kernel and initramfs, 16 MiB, and Linux unpacks them.  A boot "to
the loader" ends when 8 MiB have come through to it.
"""
# SPDX-License-Identifier: GPL-2.0-or-later

import time

import server                   # first: it finds scripts/lib
import wire
from cases import expect
from disk import DEMO_DISK

LOADER_SECONDS = 240
LOADER = 'ncsim:stage=loader'
LOADER_BYTES = 8 << 20


def impaired(dice, loss, double, swap):
    """A direction that loses, doubles and reorders frames."""
    held = []

    def change(frame):
        fate = dice.random()
        if fate < loss:
            return []
        if fate < loss + swap and not held:
            held.append(frame)
            return []
        out = [frame] * (2 if fate > 1 - double else 1)
        return out + [held.pop() for _ in list(held)]

    return change


class Counted:
    """A direction, and the bytes that came out of it."""

    def __init__(self, change):
        self.change, self.bytes = change, 0

    def __call__(self, frame):
        frames = self.change(frame)
        self.bytes += sum(map(len, frames))
        return frames


class Holes:
    """A direction that loses every other of some long segments, once.

    filled: how many of them arrived after all; repeated: segments that came
    again although they had not been lost, as after the sender's timer, until
    some more have passed after the last hole.
    """

    MORE = 64

    def __init__(self, holes, after):
        self._holes = self._left = holes
        self._after, self._more = after, self.MORE
        self._lost, self._passed = set(), set()
        self._spare = False
        self.filled = self.repeated = 0

    def __call__(self, frame):
        self._after -= len(frame)
        if self._after > 0 or not wire.is_tcp(frame) or len(frame) < 1000:
            return [frame]
        number = frame[38:42]
        if number in self._lost:
            self.filled += 1
            self._lost.remove(number)
        elif self._left and not self._spare:
            self._left -= 1
            self._lost.add(number)
            self._spare = True
            return []
        self._more -= self.filled == self._holes
        self.repeated += self._more >= 0 and number in self._passed
        self._passed.add(number)
        self._spare = False
        return [frame]


def boot(folder, dice, trouble, goal='Linux version', may_fail=False):
    """Boots with so much of each trouble, as a fraction of the frames.

    Returns the seconds to the goal, a text or a stage; None after a clean
    error of the ROM.
    """
    return boot_over(folder, goal, may_fail,
                     impaired(dice, trouble, trouble, trouble),
                     impaired(dice, trouble, trouble, trouble))


def boot_over(folder, goal, may_fail, to_network, to_server):
    """As boot(), over a wire with these directions."""
    def arrived():
        if goal == LOADER and counted.bytes < LOADER_BYTES:
            return False
        return (goal in machine.console_text() or
                goal in machine.stage_names())

    counted = Counted(to_server)
    cable = wire.Wire(folder, to_network, counted)
    with server.serving(DEMO_DISK) as (tgtd, _):
        server.pack(folder, server.variables(tgtd.port))
        with cable, server.machine(folder, cable.options,
                                   netdev=cable.netdev) as machine:
            started = time.monotonic()
            machine.wait(lambda: arrived() or
                         'released' in machine.stage_names(), LOADER_SECONDS,
                         f'{goal}, or an error of the ROM')
            if arrived():
                return time.monotonic() - started
            expect(may_fail, 'the ROM gave up')
            # The BIOS copies its screen at timer interrupts.
            machine.wait_for_text(r'Error \d+: ', server.BOOT_SECONDS)
            return None
