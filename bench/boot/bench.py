"""Time to the boot sector, INT 13h and a load by GRUB, beside stock iPXE.

iPXE drives an e1000.  Both boot from the same tgtd and take turns, because
only what was measured in one run compares.  Ratios are ours / iPXE: below 1
we are faster.
"""
# SPDX-License-Identifier: GPL-2.0-or-later

import argparse
import json
import os
import re
import select
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import bootsector
from ncsim import bootvars
from qemu import EV_DRIVE, HOST_ADDRESS, Machine, QemuError, command_line
from tgt import TgtError, Tgtd

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import load                                                 # noqa: E402

TARGET = 'iqn.2026-01.example.ncsim:bench'
LOAD_TARGET = TARGET + '-load'
INITIATOR = 'iqn.2026-01.example.ncsim:server'
DISK_MEBIBYTES = 20
# Sectors of a call, number of calls; 0 sectors is AH=01h, an empty call.
SERIES = ((0, 512), (1, 512), (8, 512), (64, 256), (127, 258))
CALIBRATION_TICKS = 9
TICK_SECONDS = 65536 / 1193181.8
RUN_SECONDS = 240

# The gates of the project: of all times, ours / iPXE at most.
BOOT_RATIO_MAX = 0.15
BOOT_MAX = 0.8              # seconds
CALL_RATIOS_MAX = {1: 1 / 3, 8: 1 / 3, 64: 1 / 8, 127: 1}
CALL_MAX = 0.3              # seconds

IPXE_SCRIPT = """#!ipxe
set keep-san 1
ifopen net0
set net0/ip 10.0.2.15
set net0/netmask 255.255.255.0
set net0/gateway {host}
sanboot iscsi:{host}::{port}:1:{target} || shell
"""
VARIABLES = """TargetName={target}
TargetIP={host}
TargetPort={port}
InitiatorName={initiator}
InitiatorIP=10.0.2.15
InitiatorNetmask=255.255.255.0
InitiatorRoute={host}
LUN=1
ForceBoot=True
"""
DEBUG_PORT = 0xea           # 0xe9 is where the ROM repeats its console


class BenchError(Exception):
    """A machine did not do what is measured."""


def make_disk(path):
    series = ', '.join(f'{sectors}, {calls}' for sectors, calls in SERIES)
    program = bootsector.assemble(
        'bench', folder=HERE, SERIES=series, CALIBRATION=CALIBRATION_TICKS,
        DEBUG_PORT=DEBUG_PORT)
    with open(path, 'wb') as image:
        image.write(program)
        image.write(os.urandom((DISK_MEBIBYTES << 20) - len(program)))


def debug_port():
    return ['-chardev', 'stdio,id=debug', '-device',
            f'isa-debugcon,iobase={DEBUG_PORT:#x},chardev=debug']


def our_line(folder, port, adapter, target, extra=()):
    bootvars.pack(VARIABLES.format(target=target, host=HOST_ADDRESS,
                                   port=port, initiator=INITIATOR),
                  os.path.join(folder, EV_DRIVE), 'bench')
    return command_line(folder, adapter=adapter, pcap='', extra=extra)


def ipxe_line(folder, port, _adapter, target, extra=()):
    tftp = os.path.join(folder, 'tftp')
    os.makedirs(tftp, exist_ok=True)
    with open(os.path.join(tftp, 'boot.ipxe'), 'w',
              encoding='ascii') as script:
        script.write(IPXE_SCRIPT.format(host=HOST_ADDRESS, port=port,
                                        target=target))
    return command_line(
        folder, adapter='e1000,bootindex=0', ev=False, pcap='',
        netdev=f'user,id=n0,tftp={tftp},bootfile=boot.ipxe', extra=extra)


def read_report(machine):
    """(seconds to the first character, the text) of the debug port."""
    output = machine.process.stdout
    end = machine.started + RUN_SECONDS
    first, text = None, b''
    while b'E\n' not in text:
        ready, _, _ = select.select([output], [], [],
                                    max(0, end - time.monotonic()))
        data = os.read(output.fileno(), 4096) if ready else b''
        if not data:
            machine.poll()
            raise BenchError(f'no result within {RUN_SECONDS} s; the console '
                             'says:\n' + machine.console_text()[-2000:])
        if first is None:
            first = time.monotonic() - machine.started
        text += data
    return first, text.decode('ascii')


def decode(text):
    """Results of one boot by sectors of a call, times in seconds."""
    calibration = re.search(r'^C (\w+)$', text, re.M)
    hertz = int(calibration[1], 16) / (CALIBRATION_TICKS * TICK_SECONDS)
    results = {}
    for line in re.findall(r'^A (.*)$', text, re.M):
        sectors, calls, total, low, high, errors = (
            int(word, 16) for word in line.split())
        if errors:
            raise BenchError(f'{errors} of {calls} calls with {sectors} '
                             'sectors failed')
        results[sectors] = {'average': total / hertz / calls,
                            'min': low / hertz, 'max': high / hertz}
    return results


def boot(make_line, folder, port, adapter):
    """A boot of either disk; the results of both."""
    line = make_line(folder, port, adapter, TARGET, debug_port())
    with Machine(folder, line, stdout=subprocess.PIPE) as machine:
        first, text = read_report(machine)
    results = decode(text)
    results['boot'] = first
    results['load'] = load.seconds(
        folder, make_line(folder, port, adapter, LOAD_TARGET))
    return results


def add_disk(tgtd, name, make, path):
    make(path)
    target = tgtd.add_target(name)
    target.add_lun(1, path)
    target.allow_address('ALL')


def measure(args):
    """Results of each side, a list with one entry a round."""
    ours, ipxe = [], []
    folder = tempfile.mkdtemp(prefix='ncsim-bench-')
    try:
        with Tgtd() as tgtd:
            add_disk(tgtd, TARGET, make_disk,
                     os.path.join(folder, 'disk.img'))
            add_disk(tgtd, LOAD_TARGET, load.make_disk,
                     os.path.join(folder, 'load.img'))
            for number in range(args.repeat):
                print(f'bench: round {number + 1} of {args.repeat}',
                      file=sys.stderr, flush=True)
                ours.append(boot(our_line, folder, tgtd.port, args.adapter))
                ipxe.append(boot(ipxe_line, folder, tgtd.port, None))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return ours, ipxe


def median(boots, *path):
    values = []
    for entry in boots:
        for key in path:
            entry = entry[key]
        values.append(entry)
    return statistics.median(values)


def summary(ours, ipxe):
    """Medians of both sides and their ratios, by what was measured."""
    rows = {what: {'ours': median(ours, what), 'ipxe': median(ipxe, what)}
            for what in ('boot', 'load')}
    for sectors, _ in SERIES:
        rows[str(sectors)] = {
            'ours': median(ours, sectors, 'average'),
            'ipxe': median(ipxe, sectors, 'average'),
            'min': min(boot[sectors]['min'] for boot in ours),
            'max': max(boot[sectors]['max'] for boot in ours),
            'ipxe max': max(boot[sectors]['max'] for boot in ipxe)}
    for row in rows.values():
        row['ratio'] = row['ours'] / row['ipxe']
    return rows


def rate(sectors, seconds):
    """MiB/s of calls that take so long."""
    return sectors / 2048 / seconds


def print_table(rows):
    for what, name in (('boot', 'boot sector after'),
                       ('load', f'GRUB loads {load.MEBIBYTES} MiB in')):
        row = rows[what]
        print(f"{name:<22}{row['ours']:6.3f} s, iPXE {row['ipxe']:6.3f} s, "
              f"ratio {row['ratio']:.3f}")
    print(f"\n{'INT 13h':<12}{'us a call':>10}{'min':>8}{'max ms':>8}"
          f"{'MiB/s':>8}{'iPXE us':>11}{'max ms':>8}{'ratio':>8}")
    for sectors, _ in SERIES:
        row = rows[str(sectors)]
        name = f'{sectors} sectors' if sectors else 'AH=01h'
        speed = f"{rate(sectors, row['ours']):.1f}" if sectors else ''
        print(f"{name:<12}{row['ours'] * 1e6:10.1f}{row['min'] * 1e6:8.1f}"
              f"{row['max'] * 1e3:8.1f}{speed:>8}{row['ipxe'] * 1e6:11.1f}"
              f"{row['ipxe max'] * 1e3:8.1f}{row['ratio']:8.3f}")


def gates(rows):
    """(passed, what) of each gate."""
    limits = [('boot sector', rows['boot']['ratio'], BOOT_RATIO_MAX, 'iPXE'),
              ('boot sector', rows['boot']['ours'], BOOT_MAX, 's')]
    limits += [(f'{sectors} sectors', rows[str(sectors)]['ratio'], most,
                'iPXE') for sectors, most in CALL_RATIOS_MAX.items()]
    limits += [('longest call', max(rows[str(sectors)]['max']
                                    for sectors, _ in SERIES), CALL_MAX, 's')]
    return [(value <= most, f'{name} {value:.3f} <= {most:.3f} {unit}')
            for name, value, most, unit in limits]


def arguments(argv):
    parser = argparse.ArgumentParser(prog='bench boot', description=__doc__,
                                     formatter_class=argparse.
                                     RawDescriptionHelpFormatter)
    parser.add_argument('--adapter', default='nc373i', metavar='TYPE')
    parser.add_argument('--repeat', type=int, default=5, metavar='N',
                        help='boots of each side (default %(default)s)')
    parser.add_argument('--json', metavar='FILE', help='all results')
    parser.add_argument('--gate', action='store_true',
                        help='exit status 1 when a gate is missed; wants an '
                        'idle host')
    args = parser.parse_args(argv)
    if args.repeat < 1:
        parser.error(f'--repeat {args.repeat}: at least 1')
    return args


def main(argv):
    args = arguments(argv)
    try:
        ours, ipxe = measure(args)
    except (BenchError, QemuError, TgtError) as error:
        print(f'bench: {error}', file=sys.stderr)
        return 3
    rows = summary(ours, ipxe)
    print_table(rows)
    print()
    missed = 0
    for passed, what in gates(rows):
        missed += not passed
        print(f"{'ok' if passed else 'missed':<7}{what}")
    if args.json:
        with open(args.json, 'w', encoding='utf-8') as out:
            json.dump({'rows': rows, 'ours': ours, 'ipxe': ipxe}, out,
                      indent=1)
    return 1 if args.gate and missed else 0
