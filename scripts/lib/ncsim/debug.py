"""ncsim debug: one boot of the virtual server under gdb."""
# SPDX-License-Identifier: GPL-2.0-or-later

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time

import children
from ncsim import runfolder
from ncsim import run as runs
from ncsim.errors import (ENVIRONMENT, FAILED, PASSED, TIMED_OUT, Failure)
from qemu import POLL_SECONDS, QEMU_I386, TOP, quoted

SCRIPT = 'debug.gdb'
SOCKET = 'gdb.sock'
KNOWLEDGE = os.path.join(TOP, 'scripts', 'lib', 'gdb', 'bootrom.py')
# Where it can stop; bootrom.py knows what they are in the source.
STOPS = ('rom-init', 'bcv', 'int13', 'login')


def check():
    """Refuses what cannot work, before anything is started."""
    for program in ('gdb', QEMU_I386):
        if not shutil.which(program):
            raise Failure(ENVIRONMENT, f'{program} is missing: run '
                          './scripts/setup')


def qemu_line(args, folder):
    """A machine that waits for gdb.

    gdb takes what QEMU sends of a 64-bit processor for 64-bit code; only the
    other program's processor is one that 32-bit code can be followed on.
    """
    path = quoted(runfolder.socket_path(folder, SOCKET))
    return runs.qemu_line(args, folder, qemu=QEMU_I386, extra=[
        '-chardev', f'socket,id=gdb,path={path},server=on,wait=off',
        '-gdb', 'chardev:gdb', '-S'])


def write_script(folder, args):
    """What gdb is told first; for another gdb, too."""
    stops = ', '.join(repr(name) for name in args.stops or STOPS)
    lines = ['# Connects gdb to the machine of this run.',
             'set confirm off', 'set pagination off',
             'set architecture i386', 'set print frame-arguments all',
             # The compiler cache may name another tree's folder.
             f'directory {os.path.join(TOP, "build")}',
             f'target remote {runfolder.socket_path(folder, SOCKET)}',
             f'source {KNOWLEDGE}', f'python stop_at({stops})',
             *args.commands]
    path = os.path.join(folder, SCRIPT)
    with open(path, 'w', encoding='utf-8') as script:
        script.write('\n'.join(lines) + '\n')
    return path


class Debug(runs.Run):
    """A run in which gdb says when it goes on, and when it ends."""

    line = staticmethod(qemu_line)

    def _boot(self, stack, line):
        script = write_script(self._folder, self._args)
        events = stack.enter_context(
            contextlib.closing(runfolder.Events(self._folder)))
        self._switch_on(stack, line)
        gdb = self._start_gdb(script)
        stack.callback(children.end, gdb)
        seconds = self._args.timeout or runs.DEFAULT_TIMEOUT
        end = time.monotonic() + seconds
        while gdb.poll() is None:
            for stage in self._progress.poll():
                events.add(stage)
            if self._args.batch and time.monotonic() > end:
                return TIMED_OUT, f'gdb has not ended within {seconds:g} s'
            time.sleep(POLL_SECONDS)
        if gdb.returncode:
            return FAILED, f'gdb ended with status {gdb.returncode}'
        return PASSED, 'gdb has ended'

    def _start_gdb(self, script):
        """In batch mode, or with the terminal for its own."""
        line = ['gdb', '-q', '-nx', '-x', script]
        if self._args.batch:
            return children.start([*line, '-batch'], stderr=subprocess.STDOUT)
        # Ctrl-C stops the machine: gdb takes it, not we.
        signal.signal(signal.SIGINT, lambda *_: None)
        return subprocess.Popen(line)


def debug(args):
    check()
    sys.stdout.flush()
    return runs.run(args, Debug)
