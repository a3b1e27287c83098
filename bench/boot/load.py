"""A disk whose GRUB loads 64 MiB, and how long that takes it."""
# SPDX-License-Identifier: GPL-2.0-or-later

import os
import shutil
import subprocess
import time

from qemu import TOP, Machine

HERE = os.path.dirname(os.path.abspath(__file__))
GUEST = os.path.join(TOP, 'build', 'guest')
GRUB = os.path.join(TOP, 'build', 'root', 'usr', 'lib', 'grub', 'i386-pc')
MEBIBYTES = 64
DISK_MEBIBYTES = 96
PARTITION_MEBIBYTE = 1          # where guest/mkboot wants it
MKE2FS_SECONDS = 60
LOADER_SECONDS = 120
LOAD_SECONDS = 600


def _tree(folder):
    grub = os.path.join(folder, 'boot', 'grub')
    shutil.copytree(GRUB, os.path.join(grub, 'i386-pc'))
    shutil.copy(os.path.join(HERE, 'load.cfg'),
                os.path.join(grub, 'grub.cfg'))
    shutil.copy(os.path.join(GUEST, 'vmlinuz'), folder)
    with open(os.path.join(folder, 'initrd.img'), 'wb') as file:
        file.write(os.urandom(MEBIBYTES << 20))


def make_disk(path):
    tree = path + '.tree'
    _tree(tree)
    with open(path, 'wb') as image:
        image.truncate(DISK_MEBIBYTES << 20)
    subprocess.run(
        ['/usr/sbin/mke2fs', '-q', '-F', '-t', 'ext4', '-b', '4096', '-m',
         '0', '-O', '^metadata_csum_seed,^orphan_file', '-E',
         f'offset={PARTITION_MEBIBYTE << 20}', '-d', tree, path,
         f'{DISK_MEBIBYTES - PARTITION_MEBIBYTE}M'],
        check=True, stdin=subprocess.DEVNULL, timeout=MKE2FS_SECONDS)
    shutil.rmtree(tree)
    subprocess.run([os.path.join(TOP, 'guest', 'mkboot'), path,
                    os.path.join(GRUB, 'boot.img'),
                    os.path.join(GUEST, 'core.img')], check=True)


def seconds(folder, line):
    """Boots that disk; how long GRUB loads the initramfs."""
    with Machine(folder, line) as machine:
        machine.wait_for_text('ncsim:load=begin', LOADER_SECONDS)
        begin = time.monotonic()
        machine.wait_for_text('ncsim:load=end', LOAD_SECONDS)
        return time.monotonic() - begin
