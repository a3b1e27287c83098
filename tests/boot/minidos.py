"""The mini-DOS of tests/boot/dos: its floppy, and what its programs write."""
# SPDX-License-Identifier: GPL-2.0-or-later

import os
import re
import struct
import subprocess
import sys
import tempfile

import bootsector
from cases import expect, expect_equal
from qemu import TOP, quoted

SOURCES = os.path.join(TOP, 'tests', 'boot', 'dos')
EV_COM = os.path.join(TOP, 'build', 'tools', 'ev.com')
FLOPPY = 'floppy.img'
OUTPUT, ERROR = 'output.txt', 'error.txt'
OUTPUT_END = b'\x1e'
SECTOR = 512
FLOPPY_SIZE = 1474560
ARCHIVE_AT = 64 * SECTOR
ARCHIVE_FILES = 50
DIRECTORY_SIZE = 2 * SECTOR
COMPILE = ('-m16', '-march=i386', '-Os', '-std=gnu11', '-ffreestanding',
           '-fno-pic', '-no-pie', '-fno-stack-protector',
           '-fcf-protection=none', '-fno-asynchronous-unwind-tables',
           '-mregparm=3', '-mpreferred-stack-boundary=2', '-mno-sse',
           '-Wall', '-Wextra', '-Werror')


def kernel():
    """Boot sector and kernel, linked where the BIOS loads the first."""
    with tempfile.TemporaryDirectory(prefix='ncsim-dos-') as place:
        objects = []
        for name in ('start.S', 'kernel.c'):
            objects.append(os.path.join(place, name + '.o'))
            subprocess.run(['gcc', *COMPILE, '-c', '-o', objects[-1],
                            os.path.join(SOURCES, name)], check=True,
                           stdout=sys.stderr)
        binary = os.path.join(place, 'dos.bin')
        # What is to be zero at the start is part of the file.
        subprocess.run(['ld', '-m', 'elf_i386', '-T',
                        os.path.join(SOURCES, 'kernel.lds'), '--oformat',
                        'binary', '-o', binary, *objects], check=True,
                       stdout=sys.stderr)
        with open(binary, 'rb') as made:
            return made.read()


def assemble_program(name):
    """The bytes of NAME.S as a .COM program."""
    return bootsector.assemble(name, folder=SOURCES, origin=0x100)


def archive(files):
    """The bytes of a dictionary of files, as the kernel reads them."""
    expect(len(files) <= ARCHIVE_FILES, f'{len(files)} files are too many')
    directory, content = b'', b''
    for name, data in files.items():
        expect(len(name) <= 12, f'{name} is no name of DOS')
        directory += struct.pack('<12sII', name.upper().encode('ascii'),
                                 DIRECTORY_SIZE + len(content), len(data))
        content += data
    whole = (bytes(16) + directory).ljust(DIRECTORY_SIZE, b'\0') + content
    sectors = -(-len(whole) // SECTOR)
    return struct.pack('<I', sectors) + whole[4:]


def write_floppy(folder, commands, files):
    """A floppy that runs the commands; ev.com is on it.  QEMU's options."""
    with open(EV_COM, 'rb') as program:
        files = {'ev.com': program.read(), **files}
    files['autoexec.bat'] = '\r\n'.join([*commands, '']).encode('ascii')
    path = os.path.join(folder, FLOPPY)
    with open(path, 'wb') as floppy:
        floppy.write(kernel().ljust(ARCHIVE_AT, b'\0') + archive(files))
        floppy.truncate(FLOPPY_SIZE)
    options = ['-drive', f'if=floppy,format=raw,readonly=on,'
               f'file={quoted(path)}']
    for port, name in ((0x4e1, OUTPUT), (0x4e2, ERROR)):
        options += ['-chardev', f'file,id={name[:-4]},'
                    f'path={quoted(os.path.join(folder, name))}',
                    '-device', f'isa-debugcon,iobase={port},'
                    f'chardev={name[:-4]}']
    return options


def _parts(folder, name):
    """What each command wrote, with the line ends of Unix."""
    with open(os.path.join(folder, name), 'rb') as file:
        *parts, rest = file.read().split(OUTPUT_END)
    expect_equal(rest, b'', f'the end of {name}')
    for part in parts:
        expect(b'\n' not in part.replace(b'\r\n', b''),
               f'a line of {part} does not end as those of DOS')
    return [part.replace(b'\r\n', b'\n').decode('ascii') for part in parts]


def results(folder, console):
    """(exit status, output, error) of each command that was run."""
    expect('there is no function' not in console, console)
    statuses = [int(status) for status in
                re.findall(r'^dos: exit (\d+)$', console, re.MULTILINE)]
    found = list(zip(statuses, _parts(folder, OUTPUT),
                     _parts(folder, ERROR), strict=True))
    return found
