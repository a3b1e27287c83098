"""hpibootcfg to a running machine, beside a mere TLS handshake.

Both talk to one ilo-mgmt and take turns, each a process from its start to its
end.  hpibootcfg logs in, writes the boot configuration to the machine's EV
drive and reads it back; gnutls-cli only shakes hands.  What is between them is
mostly the hash of the password, which is made to take time.
"""
# SPDX-License-Identifier: GPL-2.0-or-later

import argparse
import contextlib
import os
import statistics
import subprocess
import sys
import tempfile
import time

from ncsim import bootvars, ilo
from ncsim.errors import Failure
from qemu import EV_DRIVE, TOP, Machine, QemuError, command_line

HPIBOOTCFG = os.path.join(ilo.TOOLS, 'hpibootcfg')
GNUTLS = os.path.join(TOP, 'build', 'root', 'usr', 'bin', 'gnutls-cli')
DEADLINE = 60
READY_SECONDS = 60

# The gate of the project.
WRITE_MAX = 1.0                 # seconds, the median


class BenchError(Exception):
    """A program did not do what is measured."""


def run(*command):
    """(seconds, exit status, what it said) of a program."""
    started = time.monotonic()
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, timeout=DEADLINE,
                              stderr=subprocess.STDOUT, check=False)
    except subprocess.TimeoutExpired:
        raise BenchError(f'{command[0]}: no end after {DEADLINE} s'
                         ) from None
    return (time.monotonic() - started, done.returncode,
            done.stdout.decode(errors='replace'))


@contextlib.contextmanager
def server():
    """A machine that runs, and the access to its iLO; yields commands."""
    with tempfile.TemporaryDirectory(prefix='ncsim-') as folder:
        with open(os.path.join(folder, EV_DRIVE), 'wb') as drive:
            drive.truncate(bootvars.EV_DRIVE_BYTES)
        line = command_line(folder, adapter=None, pcap='',
                            management=os.path.join(folder, ilo.LINK))
        with Machine(folder, line), ilo.Daemon(folder) as daemon:
            access = daemon.access
            yield {
                'gnutls-cli': [GNUTLS, '--insecure', '--port',
                               access.address.rpartition(':')[2],
                               '127.0.0.1'],
                'hpibootcfg': [HPIBOOTCFG, '-i', bootvars.DEFAULT_FILE, '-s',
                               access.address, '-u', access.user,
                               '--password-file',
                               os.path.join(folder, ilo.CREDENTIALS),
                               '--fingerprint', access.fingerprint]}


def measure(name, command):
    seconds, status, said = run(*command)
    if status:
        raise BenchError(f'{name} ended with {status}: {said[-300:]}')
    return seconds


def wait_until_ready(command):
    """Until the daemon has found the machine."""
    end = time.monotonic() + READY_SECONDS
    while True:
        _, status, said = run(*command)
        if status == 0:
            return
        if time.monotonic() > end:
            raise BenchError(f'the server is not ready: {said[-300:]}')


def measure_all(rounds):
    """{name: seconds of each round}"""
    results = {}
    with server() as commands:
        wait_until_ready(commands['hpibootcfg'])
        names = list(commands)
        for number in range(rounds):
            for name in names if number % 2 else reversed(names):
                results.setdefault(name, []).append(
                    measure(name, commands[name]))
    return results


def print_table(results):
    print(f"{'':<12}{'median':>9}{'least':>9}{'most':>9}")
    for name, seconds in results.items():
        values = (statistics.median(seconds), min(seconds), max(seconds))
        print(f'{name:<12}' + ''.join(f'{value:7.3f} s' for value in values))
    ratios = [ours / theirs for ours, theirs in
              zip(results['hpibootcfg'], results['gnutls-cli'])]
    print(f'ratio       {statistics.median(ratios):7.2f}')


def arguments(argv):
    parser = argparse.ArgumentParser(
        prog='bench ilo', description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--rounds', type=int, default=10, metavar='N')
    parser.add_argument('--gate', action='store_true',
                        help='exit status 1 when the bound is missed')
    return parser.parse_args(argv)


def main(argv):
    args = arguments(argv)
    try:
        results = measure_all(args.rounds)
    except (BenchError, Failure, QemuError, OSError) as error:
        print(f'bench: {error}', file=sys.stderr)
        return 3
    print_table(results)
    passed = statistics.median(results['hpibootcfg']) <= WRITE_MAX
    print(f"{'ok' if passed else 'missed':<7}hpibootcfg takes at most "
          f'{WRITE_MAX:g} s')
    return 1 if args.gate and not passed else 0
