"""A server with a management link, and the ilo-mgmt that serves its iLO."""
# SPDX-License-Identifier: GPL-2.0-or-later

import contextlib
import os
import subprocess
import time

from cases import expect, expect_equal, note
from daemon import ADMIN, SECONDS, TOP, Daemon, server_info
from qemu import EV_DRIVE, Machine, command_line

HPIBOOTCFG = os.path.join(TOP, 'build', 'asan', 'tools', 'hpibootcfg')
DRIVE_SIZE = 131072


def line(folder, link, **options):
    """The QEMU line of a server whose iLO has a management link."""
    return command_line(folder, pcap='', management=link, **options)


def blank_drive(folder):
    with open(os.path.join(folder, EV_DRIVE), 'wb') as drive:
        drive.truncate(DRIVE_SIZE)


@contextlib.contextmanager
def running(folder, adapter=None, daemon=(), **options):
    """A server and its ilo-mgmt, the link up; daemon: options for that."""
    link = os.path.join(folder, 'link')
    if not os.path.exists(os.path.join(folder, EV_DRIVE)):
        blank_drive(folder)
    with Machine(folder, line(folder, link, adapter=adapter, **options)) as \
            machine, Daemon(folder, link, *daemon) as ilo:
        wait_for_power(ilo, 'ON')
        yield machine, ilo


def ask_power(ilo):
    return ilo.ask(server_info('<GET_HOST_POWER_STATUS/>', 'read'))


def wait_until(done, what):
    """For what the daemon hears of later than its client of the answer."""
    end = time.monotonic() + SECONDS
    while not done():
        expect(time.monotonic() < end, what)


def wait_for_power(ilo, state):
    wait_until(lambda: f'HOST_POWER="{state}"' in ask_power(ilo),
               f'power is not {state}')


def wait_for_status(machine, *states):
    machine.wait(lambda: machine.status() in states, SECONDS,
                 ' or '.join(states))


def hpibootcfg(folder, ilo, text, status=0):
    path = os.path.join(folder, 'evinput')
    with open(path, 'w', encoding='ascii') as file:
        file.write(text)
    done = subprocess.run(
        [HPIBOOTCFG, '-i', path, '-s', f'127.0.0.1:{ilo.port}', '-u', ADMIN,
         '-p', ilo.password, '--fingerprint', ilo.fingerprint], check=False,
        text=True, capture_output=True, timeout=SECONDS)
    note(done.stdout + done.stderr)
    expect_equal(done.returncode, status, 'exit status of hpibootcfg')
