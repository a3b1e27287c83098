"""The whole thing: set-up, then a server without a disk boots over iSCSI.

usage: demo [NCSIM RUN OPTION...]      for example: demo --adapter nc370t
"""
# SPDX-License-Identifier: GPL-2.0-or-later

import json
import os
import re
import secrets
import subprocess
import sys
import time

TOP = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
SCRIPTS = os.path.join(TOP, 'scripts')
DISK = os.path.join(TOP, 'build', 'guest', 'demo.img')
PARTITION_BYTE = 1 << 20            # where the file system begins on DISK
MARK = '/ncsim-was-here'            # the file that the system writes
SBIN = ':/usr/sbin:/sbin'           # debugfs is not in a user's PATH


def run_folder():
    name = time.strftime('%Y%m%d-%H%M%S-') + f'demo-{os.getpid()}'
    return os.path.join(TOP, 'build', 'runs', name)


def reported(folder):
    """What the operating system said about itself."""
    with open(os.path.join(folder, 'serial.log'), errors='replace',
              encoding='utf-8') as log:
        return dict(re.findall(r'ncsim:report ([^=\s]+)=([^\r\n]*)',
                               log.read()))


def stages(folder):
    with open(os.path.join(folder, 'result.json'), encoding='utf-8') as file:
        return {stage['ev']: stage['t'] / 1e9
                for stage in json.load(file)['stages']}


def file_on_disk():
    """The system's file, read by the host out of the disk image."""
    done = subprocess.run(
        ['debugfs', '-R', f'cat {MARK}', f'{DISK}?offset={PARTITION_BYTE}'],
        env={**os.environ, 'PATH': os.environ['PATH'] + SBIN},
        stdin=subprocess.DEVNULL, capture_output=True, check=False)
    return done.stdout.decode(errors='replace').strip()


def summary(folder, nonce):
    """Prints what was shown; whether all of it is as it should be."""
    report, when, found = reported(folder), stages(folder), file_on_disk()
    rows = [
        ('POST stages', ' '.join(when)),
        ('boot sector', f"{when.get('bootsector', 0):.2f} s after power on"),
        ('target portal', report.get('portal')),
        ('target name', report.get('target')),
        ('adapter', report.get('adapter')),
        ('driver', report.get('driver')),
        ('kernel release', report.get('kernel')),
        ('root file system', report.get('root')),
        ('file written', f'{MARK}: {report.get("mark")}'),
        ('found on disk', found or None),
    ]
    print('\nA server without a disk of its own has booted:\n')
    for name, value in rows:
        print(f'  {name + ":":<18} {value or "not reported"}')
    good = (all(value for _, value in rows) and report['driver'] == 'bnx2'
            and found == report['mark'] and nonce in found)
    print(f'\nEverything is in {folder}')
    print('Next: ./scripts/ncsim run --help' if good else
          'demo: the system did not leave what it should')
    return good


def main():
    options = sys.argv[1:]
    if options and options[0] in ('-h', '--help'):
        print(__doc__.strip())
        return 0
    status = subprocess.run([os.path.join(SCRIPTS, 'setup')],
                            check=False).returncode
    if status:
        print('demo: set-up failed', file=sys.stderr)
        return status
    folder, nonce = run_folder(), secrets.token_hex(8)
    status = subprocess.run(
        [os.path.join(SCRIPTS, 'ncsim'), 'run', '-o', folder, *options, '--',
         '-fw_cfg', 'name=opt/org.ncsim/options,string=ncsim.nonce=' + nonce],
        check=False).returncode
    if status:
        return status
    return 0 if summary(folder, nonce) else 1


if __name__ == '__main__':
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
