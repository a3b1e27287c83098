"""Runs one QEMU in a folder of its own: command line, logs, QMP, an end.

    with Machine(folder, command_line(folder)) as machine:
        machine.wait_for_stage('bootsector', 60)
        machine.wait_for_text('Loading Linux', 60)

The machine adds its own QMP connection to the command line, on a descriptor:
what is left is what a person would type.
"""
# SPDX-License-Identifier: GPL-2.0-or-later

import contextlib
import json
import os
import re
import socket
import time

import children

TOP = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
QEMU = os.path.join(TOP, 'build', 'qemu', 'qemu-system-x86_64')
QEMU_I386 = os.path.join(TOP, 'build', 'qemu', 'qemu-system-i386')

# What Machine finds in its folder.
SERIAL_LOG = 'serial.log'
POST_LOG = 'post.jsonl'
PCAP = 'net.pcap'
SCREEN = 'screen.png'
QEMU_LOG = 'qemu.log'
EV_DRIVE = 'ev.img'

MAC = '00:17:08:00:00:01'
TWO_PORTS = ('nc373m', 'nc374m', 'nc380t')
# What slirp gives every guest, and how the guest reaches the host.
GUEST_ADDRESS = '10.0.2.15'
HOST_ADDRESS = '10.0.2.2'

# For each kernel that is started by hand.  It panics when a tick of its timer
# is missing in a short moment of its boot, in which a busy host may look
# elsewhere: it is told to believe in the timer.
LINUX_OPTIONS = ('console=ttyS0,115200', 'panic=5', 'no_timer_check')

QMP_SECONDS = 120
POLL_SECONDS = 0.02

ESCAPE_SEQUENCE = re.compile(r'\x1b(?:\[[0-9;?]*[A-Za-z]|[()][A-Z0-9]|c)')


class QemuError(Exception):
    """QEMU does not start, ends early, or refuses a command."""


class Timeout(Exception):
    """What was waited for did not come in time."""


def quoted(path):
    """A path as a value in one of QEMU's option lists."""
    return path.replace(',', ',,')


def plugged(adapter):
    """The adapter as a -device; of two ports the first has the network."""
    port = '0' if adapter in TWO_PORTS else ''
    return f'{adapter},id=nic0,netdev{port}=n0,mac{port}={MAC}'


def command_line(folder, adapter='nc373i', netdev='user,id=n0', accel='tcg',
                 memory=512, ev=True, pcap=None, management=None, extra=(),
                 qemu=QEMU):
    """The QEMU line of a server with one adapter and an iLO.

    The text screen is also on the serial port (graphics=off: SeaBIOS does
    that).  ev=False leaves the iLO without its drive.  pcap: a path; empty
    for none.  management: a path for the socket of iLO's management link,
    which outlives the machine's power.
    """
    def path(name):
        return quoted(os.path.join(folder, name))

    if pcap is None:
        pcap = os.path.join(folder, PCAP)
    line = [qemu, '-nodefaults', '-no-user-config', '-display', 'none',
            '-machine', f'pc,graphics=off,accel={accel}', '-m', str(memory),
            '-device', 'VGA',
            '-chardev', f'file,id=serial,path={path(SERIAL_LOG)}',
            '-serial', 'chardev:serial',
            '-chardev', f'file,id=post,path={path(POST_LOG)}']
    if ev:
        line += ['-drive', f'if=none,id=ev,format=raw,file={path(EV_DRIVE)}']
    line += ['-device', 'ilo-ev,events=post' + (',drive=ev' if ev else '')
             + (',chardev=management' if management else '')]
    if management:
        line += ['-no-shutdown', '-chardev', 'socket,id=management,path='
                 + quoted(management) + ',server=on,wait=off']
    if adapter:
        line += ['-netdev', netdev,
                 '-device', plugged(adapter)]
        if pcap:
            line += ['-object',
                     f'filter-dump,id=pcap,netdev=n0,file={quoted(pcap)}']
    return line + list(extra)


class Log:
    """The lines of a file that another process writes."""

    def __init__(self, path):
        self._path = path
        self._file = None
        self._rest = b''

    def read(self):
        """New whole lines since the last call."""
        if self._file is None:
            try:
                self._file = open(self._path, 'rb')
            except FileNotFoundError:
                return []
        data = self._rest + self._file.read()
        *whole, self._rest = data.split(b'\n')
        return [line.decode('utf-8', 'replace') for line in whole]

    def close(self):
        if self._file:
            self._file.close()
            self._file = None


def plain_lines(line):
    """What a terminal's line shows: overwritten text is a line of its own."""
    line = ESCAPE_SEQUENCE.sub('', line).rstrip('\r')
    return [re.sub(r'[\x00-\x08\x0b-\x1f]', '', part)
            for part in re.split('\r+', line)]


class Qmp:
    """A client of QEMU's machine protocol."""

    def __init__(self, connected):
        self._socket = connected
        self._socket.settimeout(QMP_SECONDS)
        self._file = self._socket.makefile('rwb')

    def greet(self):
        self._receive()
        self.command('qmp_capabilities')

    def _receive(self):
        line = self._file.readline()
        if not line.endswith(b'\n'):    # it may end within a line
            raise QemuError('QEMU has ended')
        return json.loads(line)

    def command(self, execute, /, **arguments):
        """What QEMU returns; QemuError with what it says against it."""
        request = {'execute': execute, 'arguments': arguments}
        try:
            self._file.write(json.dumps(request).encode() + b'\n')
            self._file.flush()
            while True:
                reply = self._receive()
                if 'error' in reply:
                    raise QemuError(f"{execute}: {reply['error']['desc']}")
                if 'return' in reply:
                    return reply['return']
        except OSError as error:
            raise QemuError(f'{execute}: no answer from QEMU: {error}'
                            ) from None

    def close(self):
        with contextlib.suppress(OSError):
            self._file.close()
        self._socket.close()


class Machine:
    """One QEMU, from start to end of a with block."""

    def __init__(self, folder, line, stdout=None):
        self.folder, self.line = os.path.abspath(folder), line
        self.serial = Log(self.path(SERIAL_LOG))
        self.post = Log(self.path(POST_LOG))
        self.console = []               # the serial port's lines, plain
        self.stages = []                # what ilo-ev wrote, decoded
        self.process = None
        self.qmp = None
        self.started = None             # monotonic seconds
        self._stdout = stdout

    def path(self, name):
        return os.path.join(self.folder, name)

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self.end()
            raise
        return self

    def __exit__(self, *_):
        self.end()

    def start(self):
        for name in (SERIAL_LOG, POST_LOG):
            with contextlib.suppress(FileNotFoundError):
                os.unlink(self.path(name))
        if not os.access(self.line[0], os.X_OK):
            raise QemuError(f'{self.line[0]} is missing: run ./scripts/setup')
        ours, theirs = socket.socketpair()
        self.started = time.monotonic()
        with theirs, open(self.path(QEMU_LOG), 'wb') as log:
            self.process = children.start(
                [*self.line,
                 '-chardev', f'socket,id=qmp,fd={theirs.fileno()}',
                 '-mon', 'chardev=qmp,mode=control'],
                pass_fds=[theirs.fileno()], stderr=log,
                stdout=log if self._stdout is None else self._stdout)
        self.qmp = Qmp(ours)
        try:
            self.qmp.greet()
        except QemuError:
            children.wait(self.process, QMP_SECONDS)
            self._check_alive()
            raise

    def said(self):
        """What QEMU itself printed."""
        with open(self.path(QEMU_LOG), errors='replace',
                  encoding='utf-8') as log:
            return log.read().strip()

    def _check_alive(self):
        if self.process.poll() is not None:
            raise QemuError(f'QEMU ended with status '
                            f'{self.process.returncode}: {self.said()}')

    def running(self):
        return self.process.poll() is None

    def poll(self):
        """Reads the logs; returns (new stages, new lines of the console)."""
        stages = []
        for line in self.post.read():
            with contextlib.suppress(json.JSONDecodeError):
                stages.append(json.loads(line))
        lines = [plain for line in self.serial.read()
                 for plain in plain_lines(line)]
        self.stages += stages
        self.console += lines
        return stages, lines

    def stage_names(self):
        return [stage['ev'] for stage in self.stages]

    def console_text(self):
        """All whole lines: half of one would be taken for the whole."""
        return '\n'.join(self.console)

    def wait(self, done, seconds, what):
        """Waits until done() gives something true, and returns that."""
        end = time.monotonic() + seconds
        while True:
            late = time.monotonic() > end
            alive = self.running()
            self.poll()
            found = done()
            if found:
                # Each log may lag behind the one that found() has seen.
                self.poll()
                return found
            if not alive:
                raise QemuError(f'QEMU ended before {what}: {self.said()}')
            if late:
                raise Timeout(f'{what}: not within {seconds} s')
            time.sleep(POLL_SECONDS)

    def wait_for_stage(self, name, seconds):
        """The first POST event of that name."""
        return self.wait(
            lambda: next((s for s in self.stages if s['ev'] == name), None),
            seconds, f'stage {name}')

    def wait_for_text(self, pattern, seconds):
        """The match of a regular expression with the console's lines."""
        return self.wait(lambda: re.search(pattern, self.console_text()),
                         seconds, f'{pattern!r} on the console')

    def screenshot(self, name=SCREEN):
        self.qmp.command('screendump', filename=self.path(name),
                         format='png')

    def press(self, *keys):
        """Keys of the server's keyboard held together, under QEMU's names.

        Without any, Enter.
        """
        self.qmp.command('send-key', keys=[{'type': 'qcode', 'data': key}
                                           for key in keys or ('ret',)])

    def set_link(self, up, name='nic0'):
        self.qmp.command('set_link', name=name, up=up)

    def status(self):
        """What QEMU says of the machine: 'running', 'suspended', ..."""
        return self.qmp.command('query-status')['status']

    def end(self, seconds=30):
        """Asks QEMU to quit, and sees to it; reads what it still wrote."""
        if self.process is None:
            return
        if self.qmp:
            with contextlib.suppress(QemuError, OSError):
                self.qmp.command('quit')
            self.qmp.close()
            self.qmp = None
            children.wait(self.process, seconds)
        children.end(self.process)
        self.poll()
        self.serial.close()
        self.post.close()
