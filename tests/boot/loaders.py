"""Disks that begin with SYSLINUX and ISOLINUX, made without a mount."""
# SPDX-License-Identifier: GPL-2.0-or-later

import os
import shutil
import struct
import subprocess

from netboot import KERNEL, ROOT

SECTOR = 512
FIRST_SECTOR = 2048
DISK_SECTORS = 64 * 2048
HEADS, SECTORS = 255, 63
FAT16_LBA, ACTIVE = 0x0e, 0x80
BIOS_MODULES = os.path.join(ROOT, 'usr/lib/syslinux/modules/bios')
MEMDISK = os.path.join(ROOT, 'usr/lib/syslinux/memdisk')

CONFIGURATION = '''serial 0
prompt 0
default {default}
label linux
  kernel linux
  append console=ttyS0 panic=-1
label memory
  linux memdisk
  initrd memory.img
  append harddisk
'''


def run(program, *arguments):
    """A tool of the unpacked packages, with its libraries."""
    environment = {
        'PATH': ':'.join([os.path.join(ROOT, 'usr/bin'), os.defpath]),
        'LD_LIBRARY_PATH': os.path.join(ROOT, 'usr/lib/x86_64-linux-gnu'),
        'MTOOLS_SKIP_CHECK': '1', 'HOME': '/nonexistent', 'LC_ALL': 'C'}
    subprocess.run([os.path.join(ROOT, program), *arguments], check=True,
                   env=environment, stdin=subprocess.DEVNULL,
                   capture_output=True, timeout=120)


def configuration(folder, default):
    path = os.path.join(folder, 'loader.cfg')
    with open(path, 'w', encoding='ascii') as file:
        file.write(CONFIGURATION.format(default=default))
    return path


def _chs(lba):
    cylinder, rest = divmod(lba, HEADS * SECTORS)
    head, sector = divmod(rest, SECTORS)
    return bytes((head, sector + 1 | cylinder >> 2 & 0xc0, cylinder & 0xff))


def _write_mbr(path):
    with open(os.path.join(ROOT, 'usr/lib/syslinux/mbr/mbr.bin'),
              'rb') as file:
        code = file.read()
    entry = (bytes((ACTIVE,)) + _chs(FIRST_SECTOR) + bytes((FAT16_LBA,))
             + _chs(DISK_SECTORS - 1)
             + struct.pack('<II', FIRST_SECTOR, DISK_SECTORS - FIRST_SECTOR))
    with open(path, 'r+b') as disk:
        disk.write(code.ljust(446, b'\0') + entry + bytes(3 * 16)
                   + b'\x55\xaa')


def syslinux_disk(folder, default, files=()):
    """One FAT partition with SYSLINUX, a kernel named linux, and files."""
    path = os.path.join(folder, 'syslinux.img')
    offset = FIRST_SECTOR * SECTOR
    with open(path, 'wb') as disk:
        disk.truncate(DISK_SECTORS * SECTOR)
    run('sbin/mkfs.fat', '-F', '16', '--offset', str(FIRST_SECTOR), '-h',
        str(FIRST_SECTOR), '-g', f'{HEADS}/{SECTORS}', path,
        str((DISK_SECTORS - FIRST_SECTOR) // 2))
    image = f'{path}@@{offset}'
    for source, name in ((KERNEL, 'linux'), (MEMDISK, 'memdisk'),
                         (configuration(folder, default), 'syslinux.cfg'),
                         *files):
        run('usr/bin/mcopy', '-i', image, source, f'::{name}')
    run('usr/bin/syslinux', '--offset', str(offset), '--install', path)
    _write_mbr(path)
    return path


def isolinux_disk(folder, default):
    """A hybrid image: a CD that boots as a disk, too."""
    path, tree = (os.path.join(folder, name) for name in
                  ('hybrid.iso', 'iso'))
    os.makedirs(tree)
    for source, name in (
            (os.path.join(ROOT, 'usr/lib/ISOLINUX/isolinux.bin'),
             'isolinux.bin'),
            (os.path.join(BIOS_MODULES, 'ldlinux.c32'), 'ldlinux.c32'),
            (configuration(folder, default), 'isolinux.cfg'),
            (KERNEL, 'linux')):
        shutil.copy(source, os.path.join(tree, name))
    run('usr/bin/xorriso', '-as', 'mkisofs', '-quiet', '-o', path, '-b',
        'isolinux.bin', '-c', 'boot.cat', '-no-emul-boot', '-boot-load-size',
        '4', '-boot-info-table', '-isohybrid-mbr',
        os.path.join(ROOT, 'usr/lib/ISOLINUX/isohdpfx.bin'), tree)
    return path
