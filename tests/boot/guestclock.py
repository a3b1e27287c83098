"""The server's own clock, of which a host that stalls takes nothing.

Time is instructions.  The ROM waits without halting, so that its waits are
instructions too; what halts, as the BIOS may, is later at once (sleep=off).
"""
# SPDX-License-Identifier: GPL-2.0-or-later

import server
from cases import expect

ITS_OWN_CLOCK = ['-icount', 'shift=4,sleep=off']
# A processor of so many instructions in a second that the host needs several
# for each: a wait of 15 is more than a minute, in which to press keys.  It
# starts at midnight, from where the BIOS counts.
SLOW_CLOCK = ['-icount', 'shift=0,sleep=off',
              '-rtc', 'base=2026-01-01T00:00:00,clock=vm']

BIOS_TICKS = 0x46c
TICKS_PER_SECOND = 1193182 / 65536


def bios_seconds(machine):
    """Since the start, by the BIOS's clock, of a machine with SLOW_CLOCK."""
    shown = machine.qmp.command('human-monitor-command', **{
        'command-line': f'xp /1wx {BIOS_TICKS:#x}'})
    return int(shown.split()[-1], 16) / TICKS_PER_SECOND


def seconds_until_released(machine, *keys):
    """Of a machine with SLOW_CLOCK, from when it has the keys.

    A host that looks at the clock late makes them fewer, never more.
    """
    expect('released' not in machine.stage_names(), 'released before the key')
    machine.press(*keys)
    pressed = bios_seconds(machine)
    end = machine.wait_for_stage('released', server.BOOT_SECONDS)
    return end['t'] / 1e9 - pressed
