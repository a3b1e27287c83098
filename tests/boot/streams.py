"""A server whose adapters stream, carried from one QEMU to the next.

Both ends of every TCP stream are in the guest: each adapter sends to an
e1000e on the same hub, and takes from it, in network namespaces (the action
'streams').  So whatever is lost on the way is the adapter's.
"""
# SPDX-License-Identifier: GPL-2.0-or-later

import contextlib
import os
import re
import subprocess
import time

from actions import GUEST
from qemu import (EV_DRIVE, LINUX_OPTIONS, QEMU, SERIAL_LOG, Machine,
                  QemuError, command_line)
from server import pack, variables

QEMU_IMG = os.path.join(os.path.dirname(QEMU), 'qemu-img')
ADAPTERS = ('nc373i', 'nc370t')         # of each chip one
STREAMS = 2 * len(ADAPTERS)
MEMORY = 160                            # MiB; all of it is saved each time
STATE_SIZE = '1G'
# The guest's clock counts its instructions, and leaps when it idles: that the
# host is busy is no stall.
ICOUNT = 'shift=1,sleep=off'
TRANSCRIPT = 'transcript.log'
SECONDS = 240                           # for anything; a busy machine is slow
END_SECONDS = 480                       # for all that is left of the streams
STALL_MS = 2000
FIRST_MIB = 0.25                        # when all streams run
MIB_PER_POINT = 1                       # on average
# For what passes while it migrates, and while a busy host looks elsewhere:
# 6 MiB in a second.
SPARE_POINTS = 100
MIGRATE_EVERY = SET_BACK_EVERY = 4


def run_job(machine, command, **arguments):
    """A QMP command that is a job, to its end; QemuError if it fails."""
    qmp = machine.qmp
    qmp.command(command, **{'job-id': 'job'}, **arguments)

    def ended():
        return next((job for job in qmp.command('query-jobs')
                     if job['id'] == 'job' and job['status'] == 'concluded'),
                    None)

    job = machine.wait(ended, SECONDS, f'end of {command}')
    qmp.command('job-dismiss', id='job')
    if 'error' in job:
        raise QemuError(f"{command}: {job['error']}")


class StreamingServer:
    """with StreamingServer(folder, mib, seed, msi) as server: ..."""

    def __init__(self, folder, mib, seed, msi=True):
        self.folder, self.mib = folder, mib
        self.machine = None
        self._options = [*LINUX_OPTIONS, 'quiet', 'ncsim.test=streams',
                         f'ncsim.mib={mib}', f'ncsim.seed={seed}']
        if not msi:
            self._options.append('bnx2.disable_msi=1')
        self._transcript = bytearray()  # of the guest's console, as it lived
        self._read = 0                  # of the running QEMU's serial log
        self._saved = 0
        self._machines = 0

    def __enter__(self):
        pack(self.folder, variables(3260))
        self.machine = self._new_machine()
        self.machine.start()
        return self

    def __exit__(self, *_):
        self._poll()
        with open(os.path.join(self.folder, TRANSCRIPT), 'wb') as out:
            out.write(self._transcript)
        self.machine.end()

    def _new_machine(self, *extra):
        """A QEMU in a folder of its own, with the drives of all of them."""
        folder = os.path.join(self.folder, str(self._machines))
        self._machines += 1
        os.mkdir(folder)
        os.symlink(os.path.join(self.folder, EV_DRIVE),
                   os.path.join(folder, EV_DRIVE))
        net = []
        for number, device in enumerate(('e1000e,romfile=', *(
                f'{adapter},bootrom=' for adapter in ADAPTERS))):
            net += ['-netdev', f'hubport,id=n{number},hubid=0', '-device',
                    f'{device},netdev=n{number},mac=00:17:08:00:01:0{number}']
        return Machine(folder, command_line(
            folder, adapter=None, memory=MEMORY, extra=[
                *net, '-no-reboot',
                '-icount', ICOUNT,
                '-kernel', os.path.join(GUEST, 'vmlinuz'),
                '-initrd', os.path.join(GUEST, 'test-initrd.img'),
                '-append', ' '.join(self._options), *extra]))

    def _poll(self):
        with open(self.machine.path(SERIAL_LOG), 'rb') as log:
            log.seek(self._read)
            data = log.read()
        self._read += len(data)
        self._transcript += data

    def text(self):
        """What the guest has printed in its life so far."""
        self._poll()
        return self._transcript.decode('utf-8', 'replace').replace('\r', '')

    def progress(self):
        """MiB that have come through the fastest stream; 0 until all run."""
        text = self.text()
        for line in re.findall(r'^(?:stream: \S+ failed.*|ncsim:fail .*)$',
                               text, re.MULTILINE):
            raise QemuError(line)
        passed = dict(re.findall(r'^stream: (\S+) (\S+) MiB$', text,
                                 re.MULTILINE))
        if len(passed) < STREAMS:
            return 0
        return max(float(mib) for mib in passed.values())

    def wait_for_progress(self, mib):
        self.machine.wait(lambda: self.progress() >= mib, SECONDS,
                          f'progress to {mib:.2f} MiB')

    # What is done to the server

    @contextlib.contextmanager
    def _state(self, tag):
        """The drive that keeps what is saved under this tag."""
        qmp = self.machine.qmp
        qmp.command('blockdev-add', driver='qcow2', **{
            'node-name': 'state', 'cache': {'no-flush': True},
            'file': {'driver': 'file', 'filename': self._state_path(tag)}})
        yield {'tag': tag, 'vmstate': 'state', 'devices': ['state']}
        qmp.command('blockdev-del', **{'node-name': 'state'})

    def _state_path(self, tag):
        return os.path.join(self.folder, f'{tag}.qcow2')

    def save(self):
        """Stops and saves; returns what load() and load_elsewhere() take."""
        tag = f'point{self._saved}'
        self._saved += 1
        subprocess.run([QEMU_IMG, 'create', '-q', '-f', 'qcow2',
                        self._state_path(tag), STATE_SIZE], check=True)
        self.machine.qmp.command('stop')
        self._poll()
        with self._state(tag) as state:
            run_job(self.machine, 'snapshot-save', **state)
        return tag, len(self._transcript)

    def resume(self):
        self.machine.qmp.command('cont')

    def _load(self, saved):
        tag, length = saved
        with self._state(tag) as state:
            run_job(self.machine, 'snapshot-load', **state)
        del self._transcript[length:]
        self.resume()

    def load(self, saved):
        """Goes back to what was saved, in the QEMU that runs."""
        self.machine.qmp.command('stop')
        self._poll()
        self._load(saved)

    def load_elsewhere(self, saved):
        """Ends QEMU; a new one goes on from what was saved, and deletes it."""
        self.machine.end()
        self.machine = self._new_machine('-S')
        self._read = 0
        self.machine.start()
        self._load(saved)
        os.unlink(self._state_path(saved[0]))

    def migrate(self):
        """Moves to a new QEMU while everything runs."""
        path = os.path.join(self.folder, 'migration')
        target = self._new_machine('-incoming', f'unix:{path}')
        target.start()
        try:
            self._migrate_to(target, f'unix:{path}')
        except BaseException:
            target.end()
            raise
        self._poll()
        self.machine.end()
        self.machine = target
        self._read = 0

    def _migrate_to(self, target, uri):
        qmp = self.machine.qmp
        qmp.command('migrate-set-parameters', **{
            'max-bandwidth': 1 << 34, 'downtime-limit': 2000})
        qmp.command('migrate', uri=uri)

        def ended():
            state = qmp.command('query-migrate')
            if state['status'] == 'failed':
                raise QemuError(f"migrate: {state.get('error-desc')}")
            return state['status'] == 'completed'

        self.machine.wait(ended, SECONDS, 'end of the migration')
        target.wait(lambda: target.qmp.command('query-status')['running'],
                    SECONDS, 'the guest runs on the other side')

    def end(self):
        """Waits for the end; returns the text of the whole life."""
        self.machine.wait(lambda: re.search('^ncsim:(test done|fail)',
                                            self.text(), re.MULTILINE),
                          END_SECONDS, 'the end of the streams')
        self.progress()
        return self.text()


def verdict(text, msi):
    """None when all streams came through without a stall, else why not."""
    stalls = re.findall(r'^stream: (\S+) whole, longest stall (\d+) ms$',
                        text, re.MULTILINE)
    if len(stalls) != STREAMS:
        return f'only {len(stalls)} of {STREAMS} streams are whole'
    for name, stall in stalls:
        if int(stall) > STALL_MS:
            return f'{name} stalled for {stall} ms of virtual time'
    kind = 'PCI-MSI' if msi else 'IO-APIC'
    found = re.findall(rf'^\s*\d+:\s+\d+\s+{kind}.*\beth', text, re.MULTILINE)
    if len(found) < len(ADAPTERS):
        return f'the adapters did not use {kind}'
    log = text[text.index('ncsim:begin log'):text.index('ncsim:end log')]
    for word in ('timed out', 'failed', 'error', 'no interrupt', 'missed'):
        if word in log.lower():
            return f'{word!r} in the log:\n{log}'
    return None


def life(folder, points, random, msi):
    """Carries a server through so many points of a whole life of streams.

    At each point, which may lie anywhere, it is saved and goes on in a new
    QEMU; at some it migrates before that, at others it is set back in the
    same QEMU.  Returns the verdict.
    """
    mib = (points + SPARE_POINTS) * MIB_PER_POINT
    with StreamingServer(folder, mib, random.randrange(1, 1 << 32), msi
                         ) as server:
        server.wait_for_progress(FIRST_MIB)
        for point in range(points):
            server.wait_for_progress(server.progress() + random.uniform(
                0, 2 * MIB_PER_POINT))
            pause(random)
            if point % MIGRATE_EVERY == 1:
                server.migrate()
                pause(random)
            saved = server.save()
            if server.progress() >= mib:
                return f'a stream ended before point {point}'
            if point % SET_BACK_EVERY == 3:
                server.resume()
                pause(random)
                server.load(saved)
            server.load_elsewhere(saved)
        return verdict(server.end(), msi)


def pause(random):
    """Lets the guest run on to an instruction that nobody chose."""
    time.sleep(random.uniform(0, 0.05))
