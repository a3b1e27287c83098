"""ncsim run: one boot of the virtual server."""
# SPDX-License-Identifier: GPL-2.0-or-later

import contextlib
import math
import os
import shlex
import subprocess
import time

from ncsim import bootvars, ilo, optionroms, runfolder, target
from ncsim.display import Display, say
from ncsim.errors import (ENVIRONMENT, FAILED, INTERRUPTED, PASSED, RESULTS,
                          TIMED_OUT, USAGE, Failure)
from ncsim.stages import NAMES, Progress
from qemu import (POLL_SECONDS, QEMU, Machine, QemuError, command_line,
                  quoted)

# After an error of the ROM, another portal or adapter may still connect.
FAILED_SECONDS = 5
DEFAULT_TIMEOUT = 300


def adapters():
    """The adapter types that this QEMU has."""
    try:
        listing = subprocess.run([QEMU, '-device', 'help'], check=True,
                                 capture_output=True, text=True).stdout
    except (OSError, subprocess.CalledProcessError):
        raise Failure(ENVIRONMENT, f'{QEMU} is missing or does not run: run '
                      './scripts/setup') from None
    names = [line.split('"')[1] for line in listing.splitlines()
             if line.startswith('name "nc3')]
    return sorted(names)


def check(args):
    """Refuses what cannot work, before anything is started."""
    if args.until and args.until not in NAMES:
        raise Failure(USAGE, f"--until {args.until}: no such stage; the "
                      'stages are ' + ' '.join(NAMES))
    known = adapters()
    if args.adapter not in known:
        raise Failure(USAGE, f'--adapter {args.adapter}: no such adapter; '
                      'this QEMU has ' + (' '.join(known) or 'none: run '
                                          './scripts/setup'))
    if args.accel == 'kvm' and not os.access('/dev/kvm', os.R_OK | os.W_OK):
        raise Failure(ENVIRONMENT, '--accel kvm: you cannot use /dev/kvm; '
                      'use --accel tcg')
    if args.target == 'none' and (args.disk or args.snapshot):
        raise Failure(USAGE, '--disk and --snapshot need --target tgt: with '
                      'none, the disk is the target\'s own')


def _qmp_options(folder):
    """A socket for others to look at the machine, if its name fits."""
    path = os.path.join(folder, runfolder.QMP_SOCKET)
    if not runfolder.fits_socket(path):
        say("the name of the run folder is too long for a QMP socket: "
            "'ncsim regs' cannot look into this run")
        return []
    return ['-qmp', f'unix:{quoted(path)},server=on,wait=off']


def qemu_line(args, folder, extra=(), qemu=QEMU):
    """The machine; with an iLO it may be reset and switched off and on."""
    pcap = os.path.abspath(args.pcap) if args.pcap else None
    link = runfolder.socket_path(folder, ilo.LINK) if args.ilo else None
    once = [] if args.ilo else ['-action', 'reboot=shutdown']
    return command_line(folder, adapter=args.adapter, accel=args.accel,
                        pcap=pcap, management=link, qemu=qemu,
                        extra=[*once, *_qmp_options(folder), *extra,
                               *args.qemu])


class Run:
    """One boot, with everything it starts and leaves behind."""

    line = staticmethod(qemu_line)      # of QEMU, from arguments and folder

    def __init__(self, args):
        self._args = args
        self._source = args.ev or bootvars.DEFAULT_FILE
        self._variables = bootvars.BootVariables.read(self._source)
        self._folder = runfolder.create(args.output, args.adapter)
        self._display = Display()
        self._progress = None
        self._machine = None
        self._tgtd = None
        self._ilo = None
        # A server with an iLO is there until it is not wanted any more.
        self._stays = args.ilo and not args.until
        self._seconds = args.timeout or (math.inf if self._stays
                                         else DEFAULT_TIMEOUT)

    def go(self):
        """The exit code, and why."""
        started = time.time()
        try:
            with contextlib.ExitStack() as stack:
                line = self._prepare(stack)
                code, why = self._boot(stack, line)
        except Failure as failure:
            code, why = failure.code, str(failure)
        except QemuError as error:
            code, why = ENVIRONMENT, str(error)
        except KeyboardInterrupt:
            code, why = INTERRUPTED, 'interrupted'
        self._report(code, why, started)
        return code

    def _prepare(self, stack):
        """EV drive, target and command line."""
        args, folder = self._args, self._folder
        drive = os.path.join(folder, 'ev.img')
        say(f'run folder {folder}')
        bootvars.pack(self._variables.text, drive, self._source)
        notes = ['The machine of this run.']
        if args.target == 'tgt':
            bootvars.check_network(self._variables, self._source)
            target.check_lun(self._variables, self._source)
            disk = stack.enter_context(target.locked_disk(
                args.disk or target.DEFAULT_DISK, args.snapshot, folder))
            self._tgtd = stack.enter_context(
                target.serving(self._variables, disk))
            target.redirect(self._variables, self._tgtd, say)
            bootvars.pack(self._variables.text, drive, self._source)
            notes.append('Its target listened on port '
                         + ' '.join(map(str, self._tgtd.ports))
                         + ' of 127.0.0.1 and has ended with the run.')
        runfolder.write_effective(folder, self._variables.text)
        line = self.line(args, folder)
        if args.ilo:
            self._ilo = stack.enter_context(ilo.Daemon(folder))
            self._ilo.announce(say)
            notes.append('The ilo-mgmt of its iLO has ended with the run.')
        runfolder.write_command(folder, line, notes)
        if self._variables['AuthMethod'] != 'None':
            say('the pcap holds the CHAP exchange: keep it to yourself')
        return line

    def _boot(self, stack, line):
        events = stack.enter_context(
            contextlib.closing(runfolder.Events(self._folder)))
        self._switch_on(stack, line)
        self._display.heading()
        end = self._machine.started + self._seconds
        verdict = None
        while verdict is None:
            alive = self._machine.running()
            news = self._progress.poll()
            for stage in news:
                events.add(stage)
                self._display.stage(stage)
            if news:
                # A machine that powers itself off leaves the last of these.
                self._keep_screen()
            verdict = self._judge(alive, end)
            if verdict is None:
                self._display.tick(self._args.until or (
                    'Ctrl-C' if self._stays else 'the end'))
                time.sleep(POLL_SECONDS)
        self._keep_screen()
        return verdict

    def _switch_on(self, stack, line):
        """Whoever sees a stage may ask the iLO, which then has its server."""
        self._machine = stack.enter_context(Machine(self._folder, line))
        self._progress = Progress(self._machine)
        if self._ilo:
            self._ilo.wait_until_it_has(self._machine)

    def _keep_screen(self):
        if self._machine.running():
            with contextlib.suppress(QemuError):
                self._machine.screenshot()

    def _judge(self, alive, end):
        """(exit code, why) once the boot is decided, else None."""
        progress, until = self._progress, self._args.until
        if until and progress.reached(until):
            return PASSED, f'reached {until}'
        if not alive:
            return self._judge_end()
        if not self._stays and self._boot_failed():
            return FAILED, self._reason()
        if self._tgtd and not self._tgtd.running():
            return ENVIRONMENT, 'the target daemon ended'
        if self._ilo and not self._ilo.running():
            return ENVIRONMENT, self._ilo.last_words()
        if time.monotonic() > end:
            return TIMED_OUT, (f'{until or "the end"} not within '
                               f'{self._seconds:g} s; {self._reason()}')
        return None

    def _boot_failed(self):
        failed = self._progress.failed
        return self._progress.guest_failed() or (
            failed and time.monotonic() - failed > FAILED_SECONDS)

    def _judge_end(self):
        machine = self._machine
        if machine.process.returncode != 0:
            return ENVIRONMENT, (f'QEMU ended with status '
                                 f'{machine.process.returncode}: '
                                 f'{machine.said()}')
        if not self._args.until and self._progress.reached('os'):
            return PASSED, 'the operating system ran and powered off'
        return FAILED, 'the machine powered off; ' + self._reason()

    def _reason(self):
        """What the console says against it, or how far it came.

        The first error is the cause: what follows it is the BIOS's.  But a
        ROM that did not run had no chance to say anything.
        """
        if self._machine.running() and not self._progress.reached('rom'):
            return optionroms.why_not_run(self._machine)
        if self._progress.errors:
            return self._progress.errors[0]
        if self._progress.stages:
            return f'last stage: {self._progress.stages[-1].name}'
        return 'no stage was reached'

    def _report(self, code, why, started):
        stages = self._progress.stages if self._progress else []
        runfolder.write_result(self._folder, {
            'v': 1, 'result': RESULTS[code], 'exit': code, 'why': why,
            'until': self._args.until, 'adapter': self._args.adapter,
            'accel': self._args.accel,
            'started': time.strftime('%Y-%m-%dT%H:%M:%SZ',
                                     time.gmtime(started)),
            'seconds': round(time.time() - started, 3),
            'ports': self._tgtd.ports if self._tgtd else [],
            'ilo': self._ilo and self._ilo.describe(),
            'stages': [stage.record() for stage in stages]})
        self._display.verdict(code == PASSED, why)
        say(f'everything is in {self._folder}')


def run(args, kind=Run):
    """Checks the arguments, and makes a run of this kind."""
    check(args)
    if args.print_cmd:          # for a folder that would be made
        print(shlex.join(kind.line(args, args.output or 'RUN')))
        return PASSED
    os.umask(0o077)
    return kind(args).go()
