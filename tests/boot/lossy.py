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
    """A direction that loses every other of some long segments, in bursts.

    filled: how many of them arrived after all; gone_back: those behind which,
    before anything new, a segment came again that had not been lost.  That is
    what a sender does when its timer ends; a host that stalls may make it end,
    in the burst of that moment.
    """

    APART = 1 << 20                 # bytes, from burst to burst

    def __init__(self, bursts, holes, after):
        self._bursts, self._holes, self._after = bursts, holes, after
        self._left = 0
        self._lost, self._passed = set(), set()
        self._spare = self._behind_a_hole = False
        self.filled = self.gone_back = 0

    def _begin_burst(self):
        self._left = self._holes
        self._bursts -= 1
        self._after += self.APART

    def _loses(self, number):
        """Whether this one, which is new, is to be lost."""
        if not self._left or self._spare:
            self._spare = False
            return False
        self._left -= 1
        self._lost.add(number)
        self._spare = True
        return True

    def __call__(self, frame):
        self._after -= len(frame)
        if not wire.is_tcp(frame) or len(frame) < 1000:
            return [frame]
        if (self._after <= 0 and self._bursts
                and not self._left and not self._lost):
            self._begin_burst()
        number = frame[38:42]
        if number in self._lost:
            self._lost.remove(number)
            self.filled += 1
            self._behind_a_hole = True
        elif number in self._passed:
            self.gone_back += self._behind_a_hole
            self._behind_a_hole = False
        else:
            self._behind_a_hole = False
            if self._loses(number):
                return []
        self._passed.add(number)
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
