"""Calls of ncsim in tests: how they end, and what they leave."""
# SPDX-License-Identifier: GPL-2.0-or-later

import json
import os
import subprocess

import server                   # first: it finds scripts/lib
import bootsector
from cases import expect, expect_equal
from qemu import TOP

NCSIM = os.path.join(TOP, 'scripts', 'ncsim')
SECONDS = 200
MESSAGE = 'the LUN'


class Ended:
    """How one call of ncsim ended."""

    def __init__(self, *arguments, cwd=None):
        done = subprocess.run([NCSIM, *arguments], capture_output=True,
                              text=True, stdin=subprocess.DEVNULL, cwd=cwd,
                              timeout=SECONDS, check=False)
        self.code, self.out, self.err = (done.returncode, done.stdout,
                                         done.stderr)

    def expect(self, code, *texts):
        said = self.out + self.err
        expect_equal(self.code, code, said)
        for text in texts:
            expect(text in said, f'{text!r} is not in {said!r}')


def evinput(folder, **changes):
    """A file of boot variables; ncsim will replace the port."""
    path = os.path.join(folder, 'evinput.txt')
    with open(path, 'w', encoding='ascii') as file:
        file.write(server.text_of(server.variables(3260, **changes)))
    return path


def disk_of(folder, program=None):
    path = os.path.join(folder, 'disk.img')
    bootsector.write_disk(path, program or bootsector.marker(MESSAGE))
    return path


def run(folder, *arguments, **changes):
    """A run with a small disk; its folder is folder/run."""
    return Ended('run', '--ev', evinput(folder, **changes), '--disk',
                 disk_of(folder), '-o', os.path.join(folder, 'run'),
                 *arguments)


def result_of(folder):
    with open(os.path.join(folder, 'run', 'result.json'),
              encoding='utf-8') as file:
        return json.load(file)


def processes_of(folder):
    """Command lines of processes that name the folder."""
    found = []
    for entry in filter(str.isdigit, os.listdir('/proc')):
        try:
            with open(f'/proc/{entry}/cmdline', 'rb') as file:
                line = file.read()
        except OSError:
            continue
        if folder.encode() in line and int(entry) != os.getpid():
            found.append(line)
    return found
