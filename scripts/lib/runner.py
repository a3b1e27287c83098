"""Runs the tests: all suites, or those named.

Every case of every suite reports as TAP; this program runs them, shows
progress, and ends with one line: N passed, N failed[, N skipped].
"""
# SPDX-License-Identifier: GPL-2.0-or-later

import argparse
import concurrent.futures
import os
import subprocess
import sys

from suites import SUITES, TOP
from tap import Report, run_program


def arguments():
    parser = argparse.ArgumentParser(
        prog='test', description=__doc__.splitlines()[0],
        epilog='suites: ' + ' '.join(SUITES))
    parser.add_argument('suites', metavar='SUITE', nargs='*',
                        help='what to run (default: all)')
    parser.add_argument('--tap', metavar='FILE', help='also write TAP here')
    parser.add_argument('--junit', metavar='FILE',
                        help='also write JUnit XML here')
    parser.add_argument('--no-setup', action='store_true',
                        help='trust that everything is built')
    parser.add_argument('-j', '--jobs', metavar='N', type=int,
                        default=len(os.sched_getaffinity(0)),
                        help='programs at a time (default: one a processor)')
    parser.add_argument('-k', metavar='TEXT', default='',
                        help='only programs whose name contains TEXT')
    args = parser.parse_args()
    for name in args.suites:
        if name not in SUITES:
            parser.error(f"there is no suite '{name}'; the suites are "
                         + ' '.join(SUITES))
    return args


def set_up(suites):
    command = [os.path.join(TOP, 'scripts', 'setup'), '--tests']
    if any(SUITES[name].sanitized_qemu for name in suites):
        command.append('--sanitized')
    if subprocess.run(command, check=False).returncode != 0:
        sys.exit('test: set-up failed; no test was run')


def main():
    args = arguments()
    names = args.suites or list(SUITES)
    if not args.no_setup:
        set_up(names)
    report = Report()
    running = []
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        for name in names:
            programs = [p for p in SUITES[name].programs() if args.k in p.name]
            if not programs and not args.k:
                report.failed(name, 'suite', 'no test was found')
            for program in programs:
                running.append(pool.submit(run_program, report, name,
                                           program))
    for program in running:
        program.result()        # an error of the runner itself ends it
    if args.tap:
        report.write_tap(args.tap)
    if args.junit:
        report.write_junit(args.junit)
    print(report.closing_line())
    return report.exit_status()


if __name__ == '__main__':
    sys.exit(main())
