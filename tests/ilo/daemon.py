"""The management daemon under test, and a plain client for it."""
# SPDX-License-Identifier: GPL-2.0-or-later

import contextlib
import os
import re
import selectors
import signal
import socket
import ssl
import subprocess
import sys
import time

TOP = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(TOP, 'scripts', 'lib'))
import children                                             # noqa: E402
from cases import expect, expect_equal                      # noqa: E402

ROOT = os.path.join(TOP, 'build', 'root')
# scripts/coverage gives the folder of another build.
TOOLS = os.environ.get('NCSIM_ILO_TOOLS') or os.path.join(TOP, 'build', 'asan',
                                                          'tools')
PROGRAM = os.path.join(TOOLS, 'ilo-mgmt')
FAST_PROGRAM = os.path.join(TOP, 'build', 'tools', 'ilo-mgmt')
SECONDS = 240
ADMIN = 'Administrator'
PRIVILEGES = ('ADMIN', 'REMOTE_CONS', 'RESET_SERVER', 'VIRTUAL_MEDIA',
              'CONFIG_ILO')


class Client:
    """Talks to the iLO at self.port, whose password is self.password."""

    def connect(self):
        """A TLS connection that trusts whoever is there."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        plain = socket.create_connection(('127.0.0.1', self.port), SECONDS)
        return context.wrap_socket(plain)

    def ask(self, text, login=ADMIN, password=None):
        """All that answers one script: login, @text, end."""
        return self.send(script(text, login, password or self.password))

    def send(self, data):
        with self.connect() as client:
            with contextlib.suppress(OSError):
                client.sendall(data)
            return everything(client)


class Daemon(Client):
    """with Daemon(folder, link) as ilo: ...; ilo.port, ilo.password"""

    def __init__(self, folder, link, *options, program=PROGRAM,
                 iterations=1000, run_as='root'):
        self.state = os.path.join(folder, 'state')
        self.audit_path = os.path.join(folder, 'audit.log')
        self.error_path = os.path.join(folder, 'ilo-mgmt.log')
        self.line = [program, '--link', link, '--state', self.state,
                     '--audit', self.audit_path, '--iterations',
                     str(iterations), *options]
        if os.geteuid() == 0 and run_as:
            self.line += ['--run-as', run_as]
        self.process = self.port = self.fingerprint = None

    def __enter__(self):
        with open(self.error_path, 'ab') as log:
            self.process = children.start(self.line, stderr=log,
                                          stdout=subprocess.PIPE)
        self._read_port()
        return self

    def _read_port(self):
        """Waits for the line that says where it listens."""
        text = b''
        with selectors.DefaultSelector() as ready:
            ready.register(self.process.stdout, selectors.EVENT_READ)
            while not re.search(rb'listening on .*\n', text):
                expect(ready.select(SECONDS), 'no line that it listens')
                more = os.read(self.process.stdout.fileno(), 4096)
                expect(more, f'ilo-mgmt does not start: {self.errors()}')
                text += more
        found = re.search(rb'127\.0\.0\.1:(\d+), certificate (\S+)', text)
        self.port, self.fingerprint = int(found[1]), found[2].decode()
        self.said = text.decode()

    def __exit__(self, kind, *_):
        """It ends in order, and no sanitizer has anything to say."""
        if self.process.poll() is None:
            os.kill(self.process.pid, signal.SIGTERM)
            children.wait(self.process, SECONDS)
        status = self.process.poll()
        children.end(self.process)
        self.process.stdout.close()
        if kind is None:
            expect_equal(status, 0, f'end of ilo-mgmt: {self.errors()}')

    def processor_seconds(self):
        """What it has used, by its own clock: clock_getcpuclockid(3)."""
        return time.clock_gettime(~self.process.pid << 3 | 2)

    def errors(self):
        with open(self.error_path, encoding='utf-8') as log:
            return log.read()

    def audit(self):
        with open(self.audit_path, encoding='utf-8') as log:
            return log.read()

    @property
    def password(self):
        with open(os.path.join(self.state, 'first-password'),
                  encoding='utf-8') as file:
            return file.read().split()[1]

    def add_user(self, login, password, *privileges):
        children_text = ''.join(f'<{p}_PRIV VALUE="Yes"/>'
                                for p in privileges)
        answers = self.ask(
            f'<USER_INFO MODE="write"><ADD_USER USER_LOGIN="{login}" '
            f'USER_NAME="{login}" PASSWORD="{password}">{children_text}'
            f'</ADD_USER></USER_INFO>')
        expect_equal(statuses(answers)[-1], 0, answers)


def script(text, login, password):
    return ('<?xml version="1.0"?>\r\n<RIBCL VERSION="2.0">'
            f'<LOGIN USER_LOGIN="{login}" PASSWORD="{password}">{text}'
            '</LOGIN></RIBCL>\r\n').encode()


def everything(client):
    """All that comes until the end of a connection."""
    data = b''
    with contextlib.suppress(ConnectionResetError, ssl.SSLError):
        while True:
            more = client.recv(65536)
            if not more:
                break
            data += more
    return data.decode()


def statuses(text):
    return [int(number, 16)
            for number in re.findall(r'STATUS="0x([0-9A-F]{4})"', text)]


def server_info(command, mode='write'):
    return f'<SERVER_INFO MODE="{mode}">{command}</SERVER_INFO>'
