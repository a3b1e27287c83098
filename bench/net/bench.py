"""Network throughput, round trips and CPU time, beside QEMU's own adapters.

Every adapter boots the same Linux and talks TCP with this program through
QEMU's user network.  They take turns, because only what was measured in one
run compares: a ratio is that of two boots of the same round, and what is
reported is the median over the rounds.  The first adapter is the reference;
it takes part twice, and how far it differs from itself is the noise.

Rates are this host's and tell little; CPU time is that of the whole QEMU.
"""
# SPDX-License-Identifier: GPL-2.0-or-later

import argparse
import json
import shutil
import socket
import statistics
import sys
import tempfile
import time

from qemu import Machine, QemuError, Timeout
from traffic import TrafficError, connect, losses, machine_line, port_of

WARM_UP = 8 << 20
WARM_UP_EXCHANGES = 500

AGAIN = ' again'
REFERENCE = 'e1000e'
OURS = 'nc373i,gso=off'
OURS_AUTO = 'nc373i,gso=auto'
DEVICES = (REFERENCE, 'igb', 'rtl8139', 'virtio-net-pci', OURS, OURS_AUTO)

# What is measured: key, heading, format.
MEASURES = (('tx', 'tx MiB/s', '.0f'), ('rx', 'rx MiB/s', '.0f'),
            ('rr', 'trips/s', '.0f'), ('tx_cpu', 'tx CPU s/GiB', '.2f'),
            ('rx_cpu', 'rx CPU s/GiB', '.2f'),
            ('rr_cpu', 'CPU us/trip', '.0f'))

# The gates of the project: device, measure, whether more is better, bound.
GATES = ((OURS, 'tx', True, 1.4), (OURS, 'rx', True, 1.6),
         (OURS, 'rr', True, 2.0), (OURS, 'tx_cpu', False, 0.75),
         (OURS, 'rx_cpu', False, 0.75), (OURS_AUTO, 'tx', True, 5.0))
GATE_ROUNDS = 8


class BenchError(Exception):
    """A machine did not do what is measured."""


def cpu_seconds(pid):
    """CPU time of a process with all its threads (clock_getcpuclockid)."""
    return time.clock_gettime(~pid << 3 | 2)


def timed(pid, work, amount):
    """(seconds, CPU seconds of the process) that work(amount) took."""
    start, cpu = time.perf_counter(), cpu_seconds(pid)
    work(amount)
    return time.perf_counter() - start, cpu_seconds(pid) - cpu


def measure_traffic(traffic, pid, args):
    traffic.from_guest(WARM_UP)
    traffic.to_guest(WARM_UP)
    traffic.exchange(WARM_UP_EXCHANGES)
    results = {}
    for key, work in (('tx', traffic.from_guest), ('rx', traffic.to_guest)):
        seconds, cpu = timed(pid, work, args.mebibytes << 20)
        results[key] = args.mebibytes / seconds
        results[key + '_cpu'] = cpu * 1024 / args.mebibytes
    seconds, cpu = timed(pid, traffic.exchange, args.exchanges)
    results['rr'] = args.exchanges / seconds
    results['rr_cpu'] = cpu * 1e6 / args.exchanges
    return results


def boot(device, args):
    """What one boot of a device measured."""
    folder = tempfile.mkdtemp(prefix='ncsim-bench-')
    try:
        with socket.create_server(('127.0.0.1', 0)) as server, Machine(
                folder, machine_line(folder, device,
                                     port_of(server))) as machine:
            with connect(machine, server) as traffic:
                results = measure_traffic(traffic, machine.process.pid, args)
            results['losses'] = losses(machine)
            return results
    except (QemuError, Timeout, OSError, TrafficError) as error:
        raise BenchError(f'{device}: {error}') from None
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def measure(labels, args):
    """Results by label, a list with one entry a round."""
    results = {label: [] for label in labels}
    for number in range(args.rounds):
        # Nobody always comes after the same neighbour's heat.
        turn = number % len(labels)
        for label in labels[turn:] + labels[:turn]:
            results[label].append(boot(label.removesuffix(AGAIN), args))
            print(f'bench: round {number + 1} of {args.rounds}: {label}: '
                  + ', '.join(f'{results[label][-1][key]:{form}} {heading}'
                              for key, heading, form in MEASURES),
                  file=sys.stderr, flush=True)
    return results


def summary(results):
    """By label and measure: median, ratio to the reference, its quartiles."""
    reference = next(iter(results.values()))
    rows = {}
    for label, boots in results.items():
        rows[label] = {}
        for key, _, _ in MEASURES:
            ratios = [ours[key] / theirs[key]
                      for ours, theirs in zip(boots, reference)]
            quartiles = (statistics.quantiles(ratios, n=4,
                                              method='inclusive')
                         if len(ratios) > 1 else ratios * 3)
            rows[label][key] = {
                'median': statistics.median(one[key] for one in boots),
                'ratio': quartiles[1], 'low': quartiles[0],
                'high': quartiles[2]}
    return rows


def print_table(rows, corner, text):
    """A table in Markdown; text() makes a cell of a measure's row."""
    table = [[corner] + [heading for _, heading, _ in MEASURES]]
    table += [[label] + [text(row[key], form) for key, _, form in MEASURES]
              for label, row in rows.items()]
    widths = [max(map(len, column)) for column in zip(*table)]
    table.insert(1, ['-' * widths[0]] + ['-' * (width - 1) + ':'
                                         for width in widths[1:]])
    for label, *cells in table:
        print('| ' + ' | '.join([label.ljust(widths[0])] + [
            cell.rjust(width) for cell, width in zip(cells, widths[1:])])
            + ' |')
    print()


def print_tables(rows):
    reference = next(iter(rows))
    print_table(rows, 'median',
                lambda cell, form: format(cell['median'], form))
    print_table(rows, f'ratio to {reference}',
                lambda cell, _: f"{cell['ratio']:.2f}")
    print_table(rows, 'half of the rounds',
                lambda cell, _: f"{cell['low']:.2f}-{cell['high']:.2f}")


def gates(rows):
    """(passed, what) of each gate."""
    for device, key, more, bound in GATES:
        sign = '>=' if more else '<='
        if device not in rows:
            yield False, f'{device} {key} {sign} {bound}: not measured'
            continue
        ratio = rows[device][key]['ratio']
        yield (ratio >= bound if more else ratio <= bound,
               f'{device} {key} {ratio:.2f} {sign} {bound}')


def arguments(argv):
    parser = argparse.ArgumentParser(
        prog='bench net', description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--rounds', type=int, default=GATE_ROUNDS,
                        metavar='N', help='boots of each adapter (default '
                        '%(default)s)')
    parser.add_argument('--devices', nargs='+', default=DEVICES,
                        metavar='DEVICE', help='as behind -device; the '
                        'first is the reference (default: '
                        + ' '.join(DEVICES) + ')')
    parser.add_argument('--mebibytes', type=int, default=256, metavar='N',
                        help='sent each way (default %(default)s)')
    parser.add_argument('--exchanges', type=int, default=10000, metavar='N',
                        help='round trips (default %(default)s)')
    parser.add_argument('--json', metavar='FILE', help='all results')
    parser.add_argument('--gate', action='store_true',
                        help='exit status 1 when a gate is missed; wants an '
                        f'idle host and at least {GATE_ROUNDS} rounds')
    args = parser.parse_args(argv)
    for name in ('rounds', 'mebibytes', 'exchanges'):
        if getattr(args, name) < 1:
            parser.error(f'--{name} {getattr(args, name)}: at least 1')
    if args.gate and args.rounds < GATE_ROUNDS:
        parser.error(f'--gate with --rounds {args.rounds}: at least '
                     f'{GATE_ROUNDS}')
    if args.gate and args.devices[0] != REFERENCE:
        parser.error(f'--gate compares with {REFERENCE}: name it first')
    return args


def main(argv):
    args = arguments(argv)
    labels = list(dict.fromkeys(args.devices))
    labels.insert(1, labels[0] + AGAIN)
    try:
        results = measure(labels, args)
    except BenchError as error:
        print(f'bench: {error}', file=sys.stderr)
        return 3
    rows = summary(results)
    print_tables(rows)
    missed = 0
    for passed, what in gates(rows):
        missed += not passed
        print(f"{'ok' if passed else 'missed':<7}{what}")
    if args.json:
        with open(args.json, 'w', encoding='utf-8') as out:
            json.dump({'rows': rows, 'boots': results}, out, indent=1)
    return 1 if args.gate and missed else 0
