"""The iLO of a run on the network: the management daemon and who may log in."""
# SPDX-License-Identifier: GPL-2.0-or-later

import contextlib
import os
import re
import signal
import socket
import time

import children
from ncsim import runfolder
from ncsim.errors import ENVIRONMENT, Failure
from qemu import POLL_SECONDS, TOP, Log

TOOLS = os.path.join(TOP, 'build', 'tools')
ILO_MGMT = os.path.join(TOOLS, 'ilo-mgmt')
LISTENING = re.compile(r'listening on (\S+), certificate (\S+)')
FOUND = re.compile('the server is there')
# It makes a key and the hash of a password first.
START_SECONDS = 60
STOP_SECONDS = 10
CONNECT_SECONDS = 5

# Files of the run folder.
LINK = 'ilo.sock'               # while the machine runs
STATE = 'ilo'                   # key, certificate, users
LOG = 'ilo-mgmt.log'
AUDIT = 'ilo-audit.log'
CREDENTIALS = 'ilo-credentials'


class Access:
    """Where an iLO is, and who may log in there."""

    def __init__(self, address, user, password, fingerprint):
        self.address, self.user, self.password = address, user, password
        self.fingerprint = fingerprint

    def write(self, folder):
        """The password comes first: so hpibootcfg takes the file as it is."""
        descriptor = os.open(os.path.join(folder, CREDENTIALS),
                             os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(descriptor, 'w', encoding='ascii') as file:
            file.write(f'{self.password}\nuser {self.user}\n'
                       f'address {self.address}\n'
                       f'fingerprint {self.fingerprint}\n')

    @classmethod
    def read(cls, folder):
        """What write() has left; None when the run has no such file."""
        try:
            with open(os.path.join(folder, CREDENTIALS),
                      encoding='ascii') as file:
                password, *lines = file.read().splitlines()
        except FileNotFoundError:
            return None
        said = dict(line.split(' ', 1) for line in lines)
        return cls(said['address'], said['user'], password,
                   said['fingerprint'])

    def answers(self):
        """Whether somebody still listens there."""
        host, _, port = self.address.rpartition(':')
        try:
            socket.create_connection((host, int(port)),
                                     CONNECT_SECONDS).close()
        except OSError:
            return False
        return True


class Daemon:
    """The ilo-mgmt of a run, from start to end of a with block."""

    def __init__(self, folder):
        self._folder = folder
        self._process = None
        self.access = None

    def _path(self, name):
        return os.path.join(self._folder, name)

    def _line(self):
        line = [ILO_MGMT, '--link', runfolder.socket_path(self._folder, LINK),
                '--state', self._path(STATE), '--audit', self._path(AUDIT)]
        # The run folder is its owner's only, so nobody else can be of use.
        return line + (['--run-as', 'root'] if os.geteuid() == 0 else [])

    def __enter__(self):
        if not os.access(ILO_MGMT, os.X_OK):
            raise Failure(ENVIRONMENT, f'{ILO_MGMT} is missing: run '
                          './scripts/setup')
        with open(self._path(LOG), 'wb') as log:
            self._process = children.start(self._line(), stdout=log,
                                           stderr=log)
        try:
            address, fingerprint = self._wait_until_it_listens()
            self.access = Access(address, *self._first_password(),
                                 fingerprint)
            self.access.write(self._folder)
        except BaseException:
            self.__exit__()
            raise
        return self

    def _wait_until_it_listens(self):
        """(address and port, fingerprint of the certificate)"""
        found = self._wait_until_said(LISTENING, 'does not listen',
                                      START_SECONDS)
        return found[1], found[2]

    def wait_until_it_has(self, machine, seconds=START_SECONDS):
        """Its server: nothing can be asked of an iLO before.

        A machine that has ended has its say elsewhere.
        """
        self._wait_until_said(FOUND, 'has not found its server', seconds,
                              machine.running)

    def _wait_until_said(self, pattern, complaint, seconds,
                         wanted=lambda: True):
        """The match in its log; None when it is not wanted any more."""
        end = time.monotonic() + seconds
        with contextlib.closing(Log(self._path(LOG))) as log:
            while wanted():
                alive, late = self.running(), time.monotonic() > end
                for line in log.read():
                    found = pattern.search(line)
                    if found:
                        return found
                if not alive:
                    raise Failure(ENVIRONMENT, self.last_words())
                if late:
                    raise Failure(ENVIRONMENT, f'ilo-mgmt {complaint} '
                                  f'after {seconds} s: see '
                                  + self._path(LOG))
                time.sleep(POLL_SECONDS)
        return None

    def _first_password(self):
        """(user, password); from then on they are in one place only."""
        path = os.path.join(self._path(STATE), 'first-password')
        with open(path, encoding='ascii') as file:
            user, password = file.read().split()
        os.unlink(path)
        return user, password

    def __exit__(self, *_):
        if self._process.poll() is None:
            os.kill(self._process.pid, signal.SIGTERM)
            children.wait(self._process, STOP_SECONDS)
        children.end(self._process)

    def running(self):
        return self._process.poll() is None

    def last_words(self):
        """How it ended, and what it said last."""
        with open(self._path(LOG), encoding='utf-8',
                  errors='replace') as log:
            lines = log.read().strip().splitlines() or ['it said nothing']
        return (f'ilo-mgmt ended with status {self._process.returncode}: '
                f'{lines[-1]}')

    def describe(self):
        """What result.json tells; no password is in it."""
        return {'address': self.access.address, 'user': self.access.user,
                'fingerprint': self.access.fingerprint,
                'credentials': self._path(CREDENTIALS)}

    def announce(self, say):
        say(f'iLO at {self.access.address}, user {self.access.user}, '
            f'password in {self._path(CREDENTIALS)}')
        say(f'iLO certificate {self.access.fingerprint}')
