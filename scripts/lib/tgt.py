"""Runs the tgtd that set-up unpacked, on free ports of 127.0.0.1.

    with Tgtd() as tgtd:
        target = tgtd.add_target('iqn.2026-01.example:disk')
        target.add_lun(1, 'disk.img')
        target.allow_initiator('iqn.2026-01.example:server')
        connect_to('127.0.0.1', tgtd.port)
"""
# SPDX-License-Identifier: GPL-2.0-or-later

import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time

import children

TOP = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
SBIN = os.path.join(TOP, 'build', 'root', 'usr', 'sbin')
LOOPBACK = '127.0.0.1'
READY_SECONDS = 120
STOP_SECONDS = 60


class TgtError(Exception):
    """tgtd does not start, or refuses what it was asked."""


def _reserve_port(address):
    """A socket that holds a free port; tgtd can still listen on it.

    tgtd falls back to 0.0.0.0:3260 when its port is taken, so the port must
    not be lost between here and there.  Both sides set SO_REUSEADDR.
    """
    reserved = socket.socket()
    reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    reserved.bind((address, 0))
    return reserved


class Target:
    """One target of a Tgtd.  Its logical units start at 1: 0 is tgt's own."""

    def __init__(self, tgtd, tid, name):
        self._tgtd, self.tid, self.name = tgtd, tid, name

    def _configure(self, mode, operation, *arguments):
        self._tgtd.configure(mode, operation, '--tid', str(self.tid),
                             *arguments)

    def add_lun(self, lun, image, block_size=512, read_only=False):
        """Offers a raw image as logical unit lun."""
        self._configure('logicalunit', 'new', '--lun', str(lun),
                        '--backing-store', os.path.abspath(image),
                        '--blocksize', str(block_size))
        if read_only:
            self._configure('logicalunit', 'update', '--lun', str(lun),
                            '--params', 'readonly=1')

    def allow_address(self, address='ALL'):
        self._configure('target', 'bind', '--initiator-address', address)

    def allow_initiator(self, name):
        self._configure('target', 'bind', '--initiator-name', name)

    def require_chap(self, user, secret):
        """Initiators must prove this secret (text or bytes)."""
        self._tgtd.add_account(user, secret)
        self._configure('account', 'bind', '--user', user)

    def answer_chap(self, user, secret):
        """The target proves this secret when an initiator asks it to."""
        self._tgtd.add_account(user, secret)
        self._configure('account', 'bind', '--user', user, '--outgoing')

    def set_parameter(self, name, value):
        """HeaderDigest, MaxBurstLength, nop_interval... as tgtadm(8)."""
        self._configure('target', 'update', '--name', name,
                        '--value', str(value))

    def connections(self):
        """(session, connection) identifiers of who is logged in."""
        shown = self._tgtd.admin('conn', 'show', '--tid', str(self.tid))
        found, session = [], None
        for line in shown.splitlines():
            match = re.match(r'\s*(Session|Connection): (\d+)', line)
            if match and match[1] == 'Session':
                session = match[2]
            elif match:
                found.append((session, match[2]))
        return found

    def _drop(self, session, connection):
        """False if it has ended by itself meanwhile."""
        try:
            self._tgtd.admin('conn', 'delete', '--tid', str(self.tid),
                             '--sid', session, '--cid', connection)
        except TgtError as error:
            if re.search("can't find the (session|connection)", str(error)):
                return False
            raise
        return True

    def drop_connections(self):
        """Cuts every connection; returns how many it cut."""
        return sum([self._drop(*one) for one in self.connections()])


class Tgtd:
    """A tgtd with so many portals on 127.0.0.1, and nothing configured.

    tgt does not redirect to the address that an initiator has itself: for
    that there are others of the loopback network.

    nop_interval and nop_count (seconds, number) make it ask idle initiators
    whether they are there.  programs is the folder of tgtd and tgtadm.  The
    ports stay the same over stop() and start(), and start() configures again
    what had been configured.
    """

    def __init__(self, portals=1, nop_interval=0, nop_count=0,
                 address=LOOPBACK, programs=SBIN):
        self.address, self._programs = address, programs
        self._reserved = [_reserve_port(address) for _ in range(portals)]
        self.ports = [s.getsockname()[1] for s in self._reserved]
        self._nop = (nop_interval, nop_count)
        self._configuration = []
        self._accounts = set()
        self._targets = 0
        self._process = None
        # Short: the path of a Unix socket has 107 characters at most.
        self._folder = tempfile.mkdtemp(prefix='ncsim-tgt-')
        self._environment = {**os.environ, 'TGT_IPC_SOCKET':
                             os.path.join(self._folder, 'ipc')}
        self.log = os.path.join(self._folder, 'tgtd.log')

    @property
    def port(self):
        return self.ports[0]

    @property
    def pid(self):
        return self._process.pid

    def running(self):
        return self._process is not None and self._process.poll() is None

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_):
        self.close()

    def start(self):
        """Starts the daemon, and configures it again after a stop()."""
        tgtd = os.path.join(self._programs, 'tgtd')
        if not os.access(tgtd, os.X_OK):
            raise TgtError(f'{tgtd} is missing: run ./scripts/setup')
        portals = [f'portal={self.address}:{port}' for port in self.ports]
        nop = [f'nop_interval={self._nop[0]}', f'nop_count={self._nop[1]}']
        with open(self.log, 'ab') as log:
            self._process = children.start(
                [tgtd, '-f', '-t', '2', '-C', '0', '--iscsi',
                 ','.join(portals + (nop if self._nop[0] else []))],
                env=self._environment, stdout=log, stderr=log)
        self._wait_until_ready()
        for arguments in self._configuration:
            self.admin(*arguments)

    def _wait_until_ready(self):
        end = time.monotonic() + READY_SECONDS
        while True:
            try:
                portals = self.admin('portal', 'show')
                break
            except TgtError:
                if self._process.poll() is not None:
                    raise TgtError('tgtd ended: ' + self._log_text()) from None
                if time.monotonic() > end:
                    raise TgtError(f'tgtd is not ready after {READY_SECONDS}'
                                   ' s: ' + self._log_text()) from None
            time.sleep(0.05)
        for port in self.ports:
            if f'{self.address}:{port},' not in portals:
                self.kill()
                raise TgtError(f'tgtd does not listen on {self.address}:'
                               f'{port}: ' + self._log_text())

    def _log_text(self):
        with open(self.log, encoding='utf-8', errors='replace') as log:
            return log.read().strip()

    def admin(self, mode, operation, *arguments):
        """One tgtadm call; what it prints.  TgtError with what it says."""
        try:
            done = subprocess.run(
                [os.path.join(self._programs, 'tgtadm'), '-C', '0',
                 '--lld', 'iscsi', '--mode', mode, '--op', operation,
                 *arguments],
                env=self._environment, stdin=subprocess.DEVNULL,
                capture_output=True, timeout=READY_SECONDS, check=False)
        except subprocess.TimeoutExpired:       # its text has the secrets
            raise TgtError(f'tgtadm {mode} {operation}: tgtd does not answer '
                           f'within {READY_SECONDS} s') from None
        if done.returncode != 0:
            said = done.stderr.decode(errors='replace').strip()
            raise TgtError(f'tgtadm {mode} {operation}: '
                           f'{said or done.returncode}')
        return done.stdout.decode(errors='replace')

    def configure(self, mode, operation, *arguments):
        """One tgtadm call that a later start() repeats."""
        self.admin(mode, operation, *arguments)
        self._configuration.append((mode, operation, *arguments))

    def add_account(self, user, secret):
        """An account; once only, tgtd has one table for all targets."""
        if (user, secret) not in self._accounts:
            self.configure('account', 'new', '--user', user,
                           '--password', secret)
            self._accounts.add((user, secret))

    def add_target(self, name):
        """A target that nobody may use until it allows someone."""
        self.configure('target', 'new', '--tid', str(self._targets + 1),
                       '--targetname', name)
        self._targets += 1
        return Target(self, self._targets, name)

    def pause(self):
        """The target falls silent; its connections stay open."""
        os.kill(self._process.pid, signal.SIGSTOP)

    def resume(self):
        os.kill(self._process.pid, signal.SIGCONT)

    def kill(self):
        """The target dies without a word."""
        children.end(self._process)

    def stop(self):
        """Shuts down in order, by force when that takes too long.

        tgtd ignores SIGTERM, and refuses to end while it has targets.
        """
        if not self.running():
            return
        try:
            self.resume()
            for tid in range(1, self._targets + 1):
                self.admin('target', 'delete', '--force', '--tid', str(tid))
            self.admin('sys', 'delete')
            children.wait(self._process, STOP_SECONDS)
        except TgtError:
            pass
        finally:
            self.kill()

    def close(self):
        """stop(), and give everything back."""
        self.stop()
        for reserved in self._reserved:
            reserved.close()
        shutil.rmtree(self._folder, ignore_errors=True)
