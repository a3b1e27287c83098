"""Test programs in Python: functions that are sentences, printed as TAP.

    @case
    def link_down_is_named_on_the_console(folder):
        ...

    if __name__ == '__main__':
        main()

A case passes when it returns, is skipped when it raises Skip, and fails when
it raises anything else.  Its folder is removed when it passes; when it fails
the end of every log in it is shown, and NCSIM_KEEP=DIR keeps it in DIR.
"""
# SPDX-License-Identifier: GPL-2.0-or-later

import argparse
import concurrent.futures
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback

CASE_SECONDS = 900              # above every deadline inside a case
LOG_LINES = 25
LOG_SUFFIXES = ('.log', '.jsonl', '.txt')

_cases = []


class Skip(Exception):
    """This case cannot be tried here; the text says why."""


class Late(Exception):
    """A case took longer than any case may."""


def case(function):
    """Marks a function as a case; its name is the sentence."""
    _cases.append(function)
    return function


def expect(truth, what):
    """Fails the case with a sentence, not only with a line number."""
    if not truth:
        raise AssertionError(what)


def expect_equal(got, wanted, what):
    if got != wanted:
        raise AssertionError(f'{what}: got {got!r}, wanted {wanted!r}')


def note(text):
    """A line that is shown when the case fails."""
    print('\n'.join('# ' + line for line in str(text).splitlines()),
          flush=True)


def _late(_signal, _frame):
    raise Late(f'no end after {CASE_SECONDS} s')


def _show_logs(folder):
    for root, _, names in os.walk(folder):
        for name in sorted(n for n in names if n.endswith(LOG_SUFFIXES)):
            with open(os.path.join(root, name), errors='replace',
                      encoding='utf-8') as log:
                lines = log.read().splitlines()
            note(f'--- the last of {len(lines)} lines of {name}')
            for line in lines[-LOG_LINES:]:
                note(ascii(line)[1:-1])


def _keep(folder, name):
    place = os.environ.get('NCSIM_KEEP')
    if place:
        kept = os.path.join(place, name)
        shutil.rmtree(kept, ignore_errors=True)
        shutil.copytree(folder, kept)
        note(f'kept in {kept}')


def _run(function):
    """('ok' or 'not ok', directive) of one case."""
    folder = tempfile.mkdtemp(prefix='ncsim-test-')
    signal.alarm(CASE_SECONDS)
    try:
        function(folder)
    except Skip as reason:
        return 'ok', f' # SKIP {reason}'
    except Exception:                       # any failure is a verdict
        signal.alarm(0)
        note(traceback.format_exc())
        _show_logs(folder)
        _keep(folder, function.__name__)
        return 'not ok', ''
    finally:
        signal.alarm(0)
        shutil.rmtree(folder, ignore_errors=True)
    return 'ok', ''


def _report(number, function, verdict, directive):
    print(f'{verdict} {number} - {function.__name__}{directive}', flush=True)
    return verdict != 'ok'


def _run_here(chosen):
    """Runs cases one after the other; how many failed."""
    failed = 0
    for number, function in enumerate(chosen, 1):
        start = time.monotonic()
        verdict, directive = _run(function)
        note(f'{time.monotonic() - start:.1f} s')
        failed += _report(number, function, verdict, directive)
    return failed


def _run_apart(function):
    """(notes, verdict, directive) of a case in a process of its own."""
    done = subprocess.run(
        [sys.executable, os.path.abspath(sys.argv[0]), '--only',
         function.__name__], stdin=subprocess.DEVNULL, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    *notes, last = done.stdout.splitlines() or ['']
    verdict, _, rest = last.partition(f' 1 - {function.__name__}')
    if verdict not in ('ok', 'not ok'):
        notes += [f'# {last}', f'# ended with status {done.returncode}']
        verdict = 'not ok'
    return [line for line in notes if line.startswith('#')], verdict, rest


def _run_together(chosen, jobs):
    """Runs so many cases at once; how many failed."""
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        results = pool.map(_run_apart, chosen)
        for number, function in enumerate(chosen, 1):
            notes, verdict, directive = next(results)
            if notes:
                print('\n'.join(notes))
            failed += _report(number, function, verdict, directive)
    return failed


def main(jobs=1):
    """Runs the cases of this program, so many at once, and exits."""
    parser = argparse.ArgumentParser()
    parser.add_argument('-k', metavar='TEXT', default='',
                        help='only cases whose name contains TEXT')
    parser.add_argument('--only', metavar='NAME', help='only this case')
    parser.add_argument('-l', action='store_true', help='list the cases')
    args = parser.parse_args()
    chosen = [c for c in _cases if args.k in c.__name__
              and args.only in (None, c.__name__)]
    if args.l:
        print('\n'.join(c.__name__ for c in chosen))
        return
    signal.signal(signal.SIGALRM, _late)
    # A shell's background job ignores it, and so would all that it starts.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    # An end asked for from outside still runs every with block.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    print(f'TAP version 13\n1..{len(chosen)}', flush=True)
    failed = (_run_together(chosen, jobs) if jobs > 1 and not args.only
              else _run_here(chosen))
    sys.exit(1 if failed else 0)
