"""The demonstration disk, from the host's side."""
# SPDX-License-Identifier: GPL-2.0-or-later

import os
import subprocess

from qemu import TOP

DEMO_DISK = os.path.join(TOP, 'build', 'guest', 'demo.img')
PARTITION = 1 << 20             # where guest/mkboot puts it
SBIN = '/usr/sbin'
SECONDS = 60


def copy_of(image, folder):
    """A copy in the folder, with holes where the image has them."""
    copy = os.path.join(folder, 'disk.img')
    subprocess.run(['cp', '--sparse=always', image, copy], check=True)
    return copy


def _on_partition(program, *arguments, image):
    return subprocess.run(
        [os.path.join(SBIN, program), *arguments,
         f'{image}?offset={PARTITION}'], stdin=subprocess.DEVNULL,
        capture_output=True, timeout=SECONDS, check=False)


def content(image, path):
    """What the file of that path on the root file system holds, as bytes."""
    done = _on_partition('debugfs', '-R', f'cat {path}', image=image)
    if b'File not found' in done.stderr:
        raise FileNotFoundError(f'{path} is not on {image}')
    return done.stdout


def complaints(image):
    """What e2fsck finds wrong; empty when all is well."""
    done = _on_partition('e2fsck', '-f', '-n', image=image)
    return '' if done.returncode == 0 else done.stdout.decode()
