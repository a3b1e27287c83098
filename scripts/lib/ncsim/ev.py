"""ncsim ev: the boot variables of a run or of an EV drive image."""
# SPDX-License-Identifier: GPL-2.0-or-later

import json
import os
import subprocess
import sys
import tempfile

from ncsim import bootvars, ilo, runfolder
from ncsim.display import say
from ncsim.errors import ENVIRONMENT, FAILED, PASSED, USAGE, Failure
from qemu import EV_DRIVE

DIFFER = os.path.join(ilo.TOOLS, 'ev-diff')
HPIBOOTCFG = os.path.join(ilo.TOOLS, 'hpibootcfg')
# Exit codes of ev and hpibootcfg that are not ncsim's own.
EV_REFUSED = 1
EV_TEXT = """The boot variables in the iLO of a server: those of the latest run,
of --run DIR, or of an EV drive image.  Secrets are never shown."""
SET_TEXT = """Writes FILE, as 'ev -c' takes it; ev judges it first.

A machine that runs has its EVs to itself.  Where the run has an iLO on the
network (ncsim run --ilo), they are written by way of it, else refused."""
DIFF_TEXT = """Tells which variables FILE has otherwise than the server: as they
are written, and of a secret only that it differs."""
CODES = """exit codes:
  0  done; diff: the same          2  wrong arguments or FILE
  1  nothing there, not written;   3  something is missing, or in use
     diff: they differ
"""


def add_command(commands, formatter):
    parser = commands.add_parser(
        'ev', help='show, write and compare boot variables',
        description=EV_TEXT, epilog=CODES, formatter_class=formatter)
    actions = parser.add_subparsers(metavar='ACTION', required=True)

    def add(name, function, short, text, drive=True, file=True,
            as_json=True):
        action = actions.add_parser(
            name, help=short, description=text, epilog=CODES,
            formatter_class=formatter)
        if drive:
            add_drive(action)
        if file:
            action.add_argument('file', metavar='FILE',
                                help='boot variables; - is standard input')
        if as_json:
            action.add_argument('--json', action='store_true')
        action.set_defaults(function=function)

    add('show', show, 'print the variables, secrets masked',
        'Prints the variables, secrets masked.', file=False)
    add('set', write, 'write those of a file', SET_TEXT, as_json=False)
    add('diff', diff, 'tell what a file has otherwise', DIFF_TEXT)
    add('verify', verify, 'judge a file',
        'Judges FILE as ev does.  Nothing is written.', drive=False,
        as_json=False)


def add_drive(parser):
    """Which EVs: those of a run or an image, of one adapter."""
    drive = parser.add_mutually_exclusive_group()
    drive.add_argument('--run', metavar='DIR',
                       help="a run folder of 'ncsim run' (default: the "
                       'latest)')
    drive.add_argument('--image', metavar='FILE', help='an EV drive image')
    parser.add_argument('--adapter', choices=('1', '2'), default='1',
                        help='of which adapter (default 1)')


def _folder(args):
    """The run folder that the options name; None when it is an image."""
    return None if args.image else runfolder.find(args.run)


def _drive(args):
    folder = _folder(args)
    if folder is None:
        return args.image
    path = os.path.join(folder, EV_DRIVE)
    if not os.path.exists(path):
        raise Failure(ENVIRONMENT, f'{path} is missing: that run had no '
                      'boot variables')
    return path


def _read(args):
    """(text of FILE, its name for people)"""
    if args.file == '-':
        return sys.stdin.buffer.read(), 'standard input'
    try:
        with open(args.file, 'rb') as file:
            return file.read(), args.file
    except OSError as error:
        raise Failure(USAGE, f'{args.file}: {error.strerror}') from None


def _run(*line, data=b'', quiet=False):
    """(exit code, standard output).

    What it says against it is shown; if quiet, only when it fails.
    """
    if not os.access(line[0], os.X_OK):
        raise Failure(ENVIRONMENT, f'{line[0]} is missing: run '
                      './scripts/setup')
    done = subprocess.run(line, input=data, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, check=False)
    if done.returncode or not quiet:
        sys.stderr.write(done.stderr.decode(errors='replace'))
    return done.returncode, done.stdout.decode(errors='replace')


def _judged(args, folder, text, source):
    """A drive in folder that holds text, which ev has accepted."""
    image = os.path.join(folder, 'judged.img')
    adapter = getattr(args, 'adapter', '1')
    status, _ = _run(bootvars.EV, '-c', '--adapter', adapter, '--image',
                     image, data=text)
    if status:
        raise Failure(USAGE if status == EV_REFUSED else ENVIRONMENT,
                      f'{source}: ev does not accept it')
    return image


def show(args):
    status, text = _run(bootvars.EV, '-p', '--adapter', args.adapter,
                        '--image', _drive(args))
    if status:
        return FAILED if status == EV_REFUSED else ENVIRONMENT
    if args.json:
        print(json.dumps(dict(line.split('=', 1)
                              for line in text.splitlines()), indent=1))
    else:
        print(text, end='')
    return PASSED


def verify(args):
    text, source = _read(args)
    with tempfile.TemporaryDirectory(prefix='ncsim-') as folder:
        _judged(args, folder, text, source)
    say(f'{source}: accepted')
    return PASSED


def _differences(was, wanted, adapter):
    """(name, before, after) of each variable; '' is one not set."""
    status, text = _run(DIFFER, '--adapter', adapter, was, wanted)
    if status > 1:
        raise Failure(ENVIRONMENT, f'{was}: cannot be compared')
    return [tuple(line.split('\t')) for line in text.splitlines()]


def diff(args):
    drive = _drive(args)
    text, source = _read(args)
    with tempfile.TemporaryDirectory(prefix='ncsim-') as folder:
        found = _differences(drive, _judged(args, folder, text, source),
                             args.adapter)
    if args.json:
        print(json.dumps([{'name': name, 'before': before or None,
                           'after': after or None}
                          for name, before, after in found], indent=1))
    else:
        for name, before, after in found:
            # Masks are alike, though what they hide is not.
            print(f'{name}: differs' if before == after else
                  f"{name}: {before or 'not set'} -> {after or 'not set'}")
    return FAILED if found else PASSED


def _write_by_ilo(args, access, text):
    """By way of the daemon of the run, as over any network."""
    with tempfile.NamedTemporaryFile(prefix='ncsim-') as file:
        file.write(text)
        file.flush()
        status, said = _run(
            HPIBOOTCFG, '-i', file.name, '-s', access.address, '-u',
            access.user, '-p', '-', '--fingerprint', access.fingerprint,
            '--adapter', args.adapter, data=f'{access.password}\n'.encode(),
            quiet=True)
    print(said, end='')
    return {0: PASSED, 1: FAILED}.get(status, ENVIRONMENT)


def write(args):
    folder = _folder(args)
    drive = _drive(args)
    text, source = _read(args)
    with tempfile.TemporaryDirectory(prefix='ncsim-') as place:
        _judged(args, place, text, source)      # shows the warnings
    access = ilo.Access.read(folder) if folder else None
    if access and access.answers():
        return _write_by_ilo(args, access, text)
    status, said = _run(bootvars.EV, '-c', '--adapter', args.adapter,
                        '--image', drive, data=text, quiet=True)
    print(said, end='')
    if status not in (PASSED, EV_REFUSED):
        say("while its machine runs, only a run with 'ncsim run --ilo' can "
            'be written to')
    return {0: PASSED, 1: FAILED}.get(status, ENVIRONMENT)
