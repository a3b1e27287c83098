"""Sequential reads through nciscsi, beside libiscsi's iscsi-perf.

Both read LUN 1 of one tgtd, 256 KiB a request and 8 requests at a time, and
take turns: a ratio is that of two runs of the same round.  nciscsi takes part
twice, which tells the noise.  Processor time is that of the initiator alone.

With digests tgtd, which sums up byte by byte, is many times slower than any
initiator, so that the rate would tell nothing of it.  nciscsi reads with both
digests, and without, from another tgtd of the same source that takes its sums
from ISA-L (bench/iscsi/build-tgtd).
"""
# SPDX-License-Identifier: GPL-2.0-or-later

import argparse
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time

from tgt import TgtError, Tgtd

TOP = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
NCISCSI = os.path.join(TOP, 'build', 'tools', 'nciscsi')
ROOT = os.path.join(TOP, 'build', 'root', 'usr')
BUILD_TGTD = os.path.join(TOP, 'bench', 'iscsi', 'build-tgtd')
PERF = os.path.join(ROOT, 'bin', 'iscsi-perf')
PERF_SECONDS = 3
NAME = 'iqn.2026-01.example.ncsim:bench'
DEADLINE = 300
MIB = 1 << 20

DIGESTS = 'HeaderDigest', 'DataDigest'

THEIRS, OURS, AGAIN = 'iscsi-perf', 'nciscsi', 'nciscsi again'
PLAIN, DIGESTED = 'fast sums: none', 'fast sums: both'
GATE_ROUNDS = 8
RATE_MIN, CPU_MAX, DIGESTS_MIN = 1.0, 1.0, 0.8
MIB_PER_GIB = 1024


class BenchError(Exception):
    """A program did not do what is measured."""


def run(command, stderr=subprocess.STDOUT, **settings):
    """What it printed."""
    with subprocess.Popen(command, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=stderr,
                          **settings) as process:
        try:
            text, _ = process.communicate(timeout=DEADLINE)
        except subprocess.TimeoutExpired:
            process.kill()
            raise BenchError(f'{command[0]}: no end after {DEADLINE} s'
                             ) from None
    if process.returncode:
        raise BenchError(f'{command[0]} ended with {process.returncode}: '
                         + text.decode(errors='replace')[-300:])
    return text.decode(errors='replace')


def read_by_nciscsi(url, mebibytes):
    """(MiB/s, CPU s/GiB)"""
    text = run([NCISCSI, 'bench', url, '--length', f'{mebibytes}M'])
    found = re.search(r'rate: ([\d.]+) MiB/s\nCPU: ([\d.]+) s/GiB', text)
    return float(found[1]), float(found[2])


def children_cpu():
    used = os.times()
    return used.children_user + used.children_system


def read_by_iscsi_perf(url, _mebibytes):
    before, start = children_cpu(), time.monotonic()
    text = run([PERF, '-m', '8', '-b', '512', '-t', str(PERF_SECONDS),
                url],
               env={**os.environ, 'LD_LIBRARY_PATH':
                    os.path.join(ROOT, 'lib', 'x86_64-linux-gnu')})
    seconds = time.monotonic() - start
    found = re.findall(r'average \d+ \((\d+) MB/s\)', text)
    if not found:
        raise BenchError('iscsi-perf tells no rate: ' + text[-300:])
    rate = float(found[-1])
    return rate, (children_cpu() - before) / (rate * seconds) * MIB_PER_GIB


def measure(readers, args):
    """What each (program, URL) of readers measured, round by round."""
    results = {label: [] for label in readers}
    labels = list(readers)
    for number in range(args.rounds):
        turn = number % len(labels)
        for label in labels[turn:] + labels[:turn]:
            program, url = readers[label]
            results[label].append(program(url, args.mebibytes))
            rate, cpu = results[label][-1]
            print(f'bench: round {number + 1} of {args.rounds}: {label}: '
                  f'{rate:.0f} MiB/s, {cpu:.3f} CPU s/GiB', file=sys.stderr,
                  flush=True)
    return results


def ratio(results, label, reference, column):
    return statistics.median(
        one[column] / other[column]
        for one, other in zip(results[label], results[reference]))


def print_table(results):
    print(f'| {"":15} |  MiB/s | CPU s/GiB | rate to {THEIRS} | CPU to it |\n'
          f'| {"-" * 15} | -----: | --------: | -----------------: | '
          '--------: |')
    for label, rows in results.items():
        rate, cpu = (statistics.median(row[i] for row in rows) for i in (0, 1))
        print(f'| {label:15} | {rate:6.0f} | {cpu:9.3f} | '
              f'{ratio(results, label, THEIRS, 0):18.2f} | '
              f'{ratio(results, label, THEIRS, 1):9.2f} |')
    print()


def gates(results):
    """(passed, what) of each gate."""
    rate = ratio(results, OURS, THEIRS, 0)
    cpu = ratio(results, OURS, THEIRS, 1)
    digests = ratio(results, DIGESTED, PLAIN, 0)
    yield rate >= RATE_MIN, f'rate {rate:.2f} >= {RATE_MIN} of {THEIRS}'
    yield cpu <= CPU_MAX, f'CPU {cpu:.2f} <= {CPU_MAX} of {THEIRS}'
    yield digests >= DIGESTS_MIN, (
        f'rate with digests {digests:.2f} >= {DIGESTS_MIN} of that without')


def arguments(argv):
    parser = argparse.ArgumentParser(
        prog='bench iscsi', description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--rounds', type=int, default=GATE_ROUNDS,
                        metavar='N', help='(default %(default)s)')
    parser.add_argument('--mebibytes', type=int, default=1024, metavar='N',
                        help='that nciscsi reads (default %(default)s)')
    parser.add_argument('--gate', action='store_true',
                        help='exit status 1 when a gate is missed; wants an '
                        f'idle host and at least {GATE_ROUNDS} rounds')
    args = parser.parse_args(argv)
    for name in ('rounds', 'mebibytes'):
        if getattr(args, name) < 1:
            parser.error(f'--{name} {getattr(args, name)}: at least 1')
    if args.gate and args.rounds < GATE_ROUNDS:
        parser.error(f'--gate with --rounds {args.rounds}: at least '
                     f'{GATE_ROUNDS}')
    return args


def add_disk(tgtd, name, image):
    """The target of that name, and the URL of its disk."""
    target = tgtd.add_target(name)
    target.add_lun(1, image)
    target.allow_address()
    return target, f'iscsi://127.0.0.1:{tgtd.port}/{name}/1'


def readers_of(tgtd, fast, image):
    """Each reader's program and URL; fast is the tgtd with fast sums."""
    _, url = add_disk(tgtd, NAME, image)
    _, plain = add_disk(fast, NAME, image)
    target, digested = add_disk(fast, NAME + '-digested', image)
    # tgtd takes digests wherever it may, whatever the initiator prefers.
    for digest in DIGESTS:
        target.set_parameter(digest, 'CRC32C')
    return {THEIRS: (read_by_iscsi_perf, url), OURS: (read_by_nciscsi, url),
            AGAIN: (read_by_nciscsi, url), PLAIN: (read_by_nciscsi, plain),
            DIGESTED: (read_by_nciscsi, digested
                       + '?header_digest=crc32c&data_digest=crc32c')}


def measure_all(args):
    built = run([BUILD_TGTD], stderr=None).strip()
    with tempfile.NamedTemporaryFile(prefix='ncsim-bench-') as image, \
            Tgtd() as tgtd, Tgtd(programs=built) as fast:
        for _ in range(args.mebibytes):
            image.write(os.urandom(MIB))
        image.flush()
        return measure(readers_of(tgtd, fast, image.name), args)


def main(argv):
    args = arguments(argv)
    try:
        results = measure_all(args)
    except (BenchError, TgtError, OSError) as error:
        print(f'bench: {error}', file=sys.stderr)
        return 3
    print_table(results)
    missed = 0
    for passed, what in gates(results):
        missed += not passed
        print(f"{'ok' if passed else 'missed':<7}{what}")
    return 1 if args.gate and missed else 0
