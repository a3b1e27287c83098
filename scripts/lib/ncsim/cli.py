"""The command line of ncsim."""
# SPDX-License-Identifier: GPL-2.0-or-later

import argparse
import os
import re
import signal
import subprocess
import sys

from ncsim import debug, doctor, ev, fault, regs
from ncsim import run as runs
from ncsim.display import say
from ncsim.errors import FAILED, INTERRUPTED, USAGE, Failure
from qemu import QEMU, TOP

EXIT_CODES = """exit codes:
  0  the stage was reached        3  something is missing on this machine
  1  the boot failed              4  timed out
  2  wrong arguments or FILE    130  interrupted
"""
RUN_TEXT = """Boots the virtual server from an iSCSI disk.

The disk FILE itself is served, so what the operating system writes is on it
afterwards; --snapshot serves a copy that is removed at the end.  Without
--until the run lasts until the machine powers off, and has passed when the
operating system ran."""
DEBUG_TEXT = """Boots the virtual server under gdb, with the source of the boot ROM.

The machine waits until the ROM has moved to where it runs; then gdb knows all
its parts, and 'continue' goes on to the breakpoints.  docs/debugging.md walks
through a session."""


def version():
    with open(os.path.join(TOP, 'meson.build'), encoding='utf-8') as meson:
        own = re.search(r"version: '([^']+)'", meson.read())[1]
    try:
        said = subprocess.run([QEMU, '--version'], check=True, text=True,
                              capture_output=True).stdout
        qemu = re.search(r'version (\S+)', said)[1]
    except (OSError, subprocess.CalledProcessError):
        qemu = 'is not built'
    return f'ncsim {own} (QEMU {qemu})'


class Version(argparse.Action):
    """--version, which asks QEMU only when it is wanted."""

    def __init__(self, option_strings, dest, **options):
        super().__init__(option_strings, dest, nargs=0, **options)

    def __call__(self, parser, *_):
        print(version())
        parser.exit()


def seconds(text):
    value = float(text)
    if not 0 < value < 1e6:
        raise argparse.ArgumentTypeError(f'{text} is no number of seconds')
    return value


def add_machine(commands, name, text, **options):
    """A command that makes a run, with the options of all such."""
    parser = commands.add_parser(
        name, description=text, **options,
        epilog=EXIT_CODES + '\nWhat follows -- goes to QEMU as it is.',
        formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add('--adapter', metavar='TYPE', default='nc373i',
        help='nc370t nc370f nc370i nc371i nc373t nc373f nc373i (default) '
             'nc373m nc374m nc380t')
    add('--ev', metavar='FILE',
        help='boot variables (default examples/evinput.txt)')
    add('--disk', metavar='FILE',
        help='raw image to serve (default build/guest/demo.img)')
    add('--snapshot', action='store_true',
        help='serve a copy of the disk, removed at the end')
    add('--target', choices=('tgt', 'none'), default='tgt',
        help='none: the target that FILE names is yours')
    add('--ilo', action='store_true',
        help='put its iLO on the network: the machine can be reset and '
             'switched off and on, and lasts until --until, --timeout or '
             'Ctrl-C')
    add('--timeout', metavar='S', type=seconds,
        help=f'give up after so many seconds (default {runs.DEFAULT_TIMEOUT}; '
             'with --ilo alone never)')
    add('--pcap', metavar='FILE', help='capture here, not in the run folder')
    add('-o', dest='output', metavar='DIR',
        help='run folder (default: a new one in build/runs)')
    add('--print-cmd', action='store_true',
        help='print the QEMU command line and do nothing')
    return parser


def add_run(commands):
    parser = add_machine(commands, 'run', RUN_TEXT, help='boot the server')
    parser.add_argument('--accel', choices=('tcg', 'kvm'), default='tcg')
    parser.add_argument('--until', metavar='STAGE',
                        help='end here and pass; a stage as the run shows it')
    parser.set_defaults(function=runs.run)


def add_debug(commands):
    parser = add_machine(commands, 'debug', DEBUG_TEXT,
                         help='boot the server under gdb')
    add = parser.add_argument
    add('--break', dest='stops', metavar='NAME', action='append',
        choices=debug.STOPS, help='stop here, and nowhere else unless given '
        'again: ' + ' '.join(debug.STOPS) + ' (default: all)')
    add('--ex', dest='commands', metavar='COMMAND', action='append',
        default=[], help='a command of gdb to begin with; may be repeated')
    add('--batch', action='store_true',
        help='end after these commands, without a terminal; --timeout counts '
        'only then')
    parser.set_defaults(function=debug.debug, accel='tcg', until=None)


def parse(argv):
    """Arguments; everything after -- is QEMU's."""
    own, qemu = argv, []
    if '--' in argv:
        at = argv.index('--')
        own, qemu = argv[:at], argv[at + 1:]
    parser = argparse.ArgumentParser(
        prog='ncsim', description='Virtual HP NC37xx iSCSI boot.',
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--version', action=Version,
                        help='print versions and exit')
    commands = parser.add_subparsers(metavar='COMMAND', required=True)
    add_run(commands)
    add_debug(commands)
    check = commands.add_parser(
        'doctor', help='check this machine; each line says how to fix it')
    check.set_defaults(function=doctor.doctor)
    formatter = argparse.RawDescriptionHelpFormatter
    ev.add_command(commands, formatter)
    fault.add_command(commands, formatter)
    regs.add_command(commands, formatter)
    args = parser.parse_args(own)
    args.qemu = qemu
    return args


def _interrupt(_signal, _frame):
    raise KeyboardInterrupt


def main(argv=None):
    args = parse(sys.argv[1:] if argv is None else argv)
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        return args.function(args)
    except Failure as failure:
        say(str(failure))
        if failure.code == USAGE:
            say("'ncsim --help' and 'ncsim COMMAND --help' tell more")
        return failure.code
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:         # whoever read our output has gone
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
