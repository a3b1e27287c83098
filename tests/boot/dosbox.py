"""DOSBox without a screen: commands, and what they write and end with."""
# SPDX-License-Identifier: GPL-2.0-or-later

import os
import subprocess

from minidos import assemble_program
from netboot import ROOT

LIBRARIES = [os.path.join(ROOT, path) for path in
             ('usr/lib/x86_64-linux-gnu', 'lib/x86_64-linux-gnu',
              'usr/lib/x86_64-linux-gnu/pulseaudio')]
SECONDS = 240
STATUSES = range(5)             # which are told from each other
CONFIGURATION = '''\
[sdl]
output=surface
[mixer]
nosound=true
[midi]
mpu401=none
mididevice=none
[cpu]
cycles=max
[autoexec]
mount c {drive}
c:
call run.bat
exit
'''


def _write(drive, name, lines):
    with open(os.path.join(drive, name), 'w', encoding='ascii',
              newline='\r\n') as file:
        file.write(''.join(line + '\n' for line in lines))


def _read(drive, name):
    """A file that DOS has named, with the line ends of Unix."""
    with open(os.path.join(drive, name.upper()), 'rb') as file:
        data = file.read()
    return data.replace(b'\r\n', b'\n').decode('ascii')


def _status(drive, number):
    """The highest that was reached: 'if' redirects what it does not run."""
    return max(status for status in STATUSES
               if _read(drive, f's{number}-{status}.out'))


def _start(folder, drive):
    path = os.path.join(folder, 'dosbox.conf')
    with open(path, 'w', encoding='ascii') as file:
        file.write(CONFIGURATION.format(drive=drive))
    environment = {'HOME': folder, 'PATH': os.defpath, 'LC_ALL': 'C',
                   'LD_LIBRARY_PATH': ':'.join(LIBRARIES),
                   'SDL_VIDEODRIVER': 'dummy', 'SDL_AUDIODRIVER': 'dummy'}
    with open(os.path.join(folder, 'dosbox.log'), 'wb') as log:
        subprocess.run([os.path.join(ROOT, 'usr/bin/dosbox'), '-conf', path,
                        '-exit'], env=environment, check=True, stdout=log,
                       stdin=subprocess.DEVNULL, stderr=log, timeout=SECONDS)


def run(folder, commands, files):
    """(exit status, output) of each command.

    files: what else drive C: has, by name.  both.com is there, which runs
    EV.COM with its errors where its output goes.
    """
    drive = os.path.join(folder, 'c')
    os.makedirs(drive)
    batch = ['@echo off']
    for number, command in enumerate(commands):
        batch.append(f'{command} >o{number}.out')
        batch += [f'if errorlevel {status} echo yes >s{number}-{status}.out'
                  for status in STATUSES]
    _write(drive, 'RUN.BAT', batch)
    for name, data in {'both.com': assemble_program('both'), **files}.items():
        with open(os.path.join(drive, name.upper()), 'wb') as file:
            file.write(data)
    _start(folder, drive)
    return [(_status(drive, number), _read(drive, f'o{number}.out'))
            for number in range(len(commands))]
