"""The adapters while the link flaps and the server sleeps, under Linux.

The stream of each direction ends in the guest, at the adapter or at its peer,
and is timed there, by the guest's clock.  That counts instructions, and leaps
when the server idles, so that a busy host does not look like a stall.
"""
# SPDX-License-Identifier: GPL-2.0-or-later

import fcntl
import hashlib
import os
import re
import socket
import termios
import time

import capture
from actions import (ACTION_SECONDS, Action, expect_no_complaint,
                     test_machine)
from adapters import PEER_MAC, Nvram, peer
from cases import expect, expect_equal
from qemu import MAC, POLL_SECONDS, QMP_SECONDS

ICOUNT = 'shift=2,sleep=off'
LONGEST_STALL = 2               # seconds
DATA = 1 << 20                  # bytes of each transfer
OTHER_MAC = '00:17:08:00:00:77'
ENDS = r'ncsim:test done|ncsim:fail'


def end(folder, name, local, remote):
    """One end of a cable between two adapters of the server.

    No hub: QEMU's stands still while the server sleeps.
    """
    def path(of):
        return os.path.join(folder, of)

    return (f'dgram,id={name},local.type=unix,local.path={path(local)},'
            f'remote.type=unix,remote.path={path(remote)}')


def magic_packet(mac):
    station = capture.address(mac)
    return (capture.BROADCAST + capture.address(PEER_MAC) + b'\x08\x42'
            + b'\xff' * 6 + station * 16)


class Wire:
    """What comes to an adapter from somewhere else."""

    def __init__(self, path):
        self._path = path
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.settimeout(QMP_SECONDS)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._socket.close()

    def send(self, frame):
        """Returns when QEMU has read it."""
        self._socket.sendto(frame, self._path)
        late = time.monotonic() + QMP_SECONDS
        while any(fcntl.ioctl(self._socket, termios.TIOCOUTQ, bytes(4))):
            expect(time.monotonic() < late, 'QEMU does not read its netdev')
            time.sleep(POLL_SECONDS)


class Run(Action):
    """What the boot of one set-up printed."""

    def __init__(self, setup, folder, flaps):
        self.flaps = flaps
        options = ['ncsim.test=link', f'ncsim.flaps={flaps}',
                   'ipv6.disable=1', *setup.options]
        nvram = Nvram(folder, setup.adapter)
        with test_machine(folder, options, ev=False,
                          adapter=setup.adapter + ',bootrom=,nvram=nvram',
                          netdev=end(folder, 'n0', 'adapter', 'peer'),
                          more=[*peer(end(folder, 'p0', 'peer', 'adapter')),
                                *nvram.options, '-icount', ICOUNT]
                          ) as server:
            self._flap(server)
            with Wire(os.path.join(folder, 'adapter')) as wire:
                self._wake(server, wire)
            super().__init__(server)
        self.nvram = nvram.content()

    def _flap(self, server):
        for number in range(1, self.flaps + 1):
            server.wait_for_text(rf'(?m)^(ncsim:flap {number}|{ENDS})$',
                                 ACTION_SECONDS)
            # Stopped: no time passes for the guest in between.  The adapter
            # holds the link down until its driver has seen it (C2).
            server.qmp.command('stop')
            server.set_link(False)
            server.set_link(True)
            server.qmp.command('cont')

    def _wake(self, server, wire):
        self._sleep(server, 'button')
        wire.send(magic_packet(MAC))
        self.slept_on = server.status()
        server.qmp.command('system_wakeup')
        self._sleep(server, 'magic')
        wire.send(magic_packet(OTHER_MAC))
        self.slept_on_foreign = server.status()
        wire.send(magic_packet(MAC))

    @staticmethod
    def _sleep(server, waker):
        server.wait_for_text(rf'(?m)^(ncsim:sleep {waker}|{ENDS})$',
                             ACTION_SECONDS)
        server.wait(lambda: server.status() == 'suspended', ACTION_SECONDS,
                    'the server sleeps')


def link_flaps_without_a_long_stall(run):
    run.find('flaps', rf'^flapped {run.flaps} times$')
    for way in ('in', 'out'):
        stall = float(run.find('flaps', rf'^stalled {way}: ([\d.]+) s$')[1])
        expect(stall <= LONGEST_STALL, f'{way} stalled for {stall} s')


def intact_both_ways(run, name):
    same = re.findall(rf'^{DATA} bytes are the same$', run.section(name),
                      re.MULTILINE)
    expect_equal(len(same), 2, 'transfers that were intact')


def adapter_works_after_suspend_to_memory(run):
    run.find('sleep', r'^woke up$')
    intact_both_ways(run, 'sleep')


def magic_packet_wakes_the_server_when_it_may(run):
    run.find('sleep', r'^\s*Wake-on: d$')
    expect_equal(run.slept_on, 'suspended', 'with wol d, after its packet')
    run.find('sleep-magic', r'^\s*Wake-on: g$')
    expect_equal(run.slept_on_foreign, 'suspended',
                 'with wol g, after the packet for another')
    run.find('sleep-magic', r'^woke up$')
    intact_both_ways(run, 'sleep-magic')


def address_written_to_the_nvram_counts_after_a_reload(run):
    for part, mac in (('eeprom', OTHER_MAC), ('eeprom-back', MAC)):
        run.find(part, rf'^address {mac}$')
        changed = re.findall(r'^changed (\d+)$', run.section(part),
                             re.MULTILINE)
        expect('307' in changed, 'the last byte of the address is unchanged')
        expect(set(map(int, changed)) <= {307, 508, 509, 510, 511},
               f'changed: {changed}')
        run.find(part, r'^The test result is PASS$')
        run.find(part, r'^pings answered: 1$')


def nvram_on_the_drive_is_what_was_written(run):
    run.find('eeprom-back',
             rf'^{hashlib.sha256(run.nvram).hexdigest()}  -$')


def nothing_is_complained_about(run):
    expect_no_complaint(run.section('log'))


CLAIMS = [
    link_flaps_without_a_long_stall,
    adapter_works_after_suspend_to_memory,
    magic_packet_wakes_the_server_when_it_may,
    address_written_to_the_nvram_counts_after_a_reload,
    nvram_on_the_drive_is_what_was_written,
    nothing_is_complained_about,
]
