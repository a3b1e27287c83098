"""What the tests of network booting share: slirp's TFTP server, its files."""
# SPDX-License-Identifier: GPL-2.0-or-later

import os
import shutil

from qemu import TOP, quoted

ROOT = os.path.join(TOP, 'build', 'root')
KERNEL = os.path.join(TOP, 'build', 'guest', 'vmlinuz')
TFTP = 'tftp'                   # slirp's server shows this folder


def tftp_folder(folder):
    path = os.path.join(folder, TFTP)
    os.makedirs(path, exist_ok=True)
    return path


def netdev(folder, *options):
    return ','.join(('user,id=n0', f'tftp={quoted(tftp_folder(folder))}',
                     *options))


def syslinux_tree(folder):
    """What a SYSLINUX loader wants of its server: a kernel, named Linux."""
    tree = tftp_folder(folder)
    shutil.copy(os.path.join(ROOT, 'usr/lib/syslinux/modules/bios/'
                             'ldlinux.c32'), tree)
    shutil.copy(KERNEL, os.path.join(tree, 'linux'))
    os.makedirs(os.path.join(tree, 'pxelinux.cfg'))
    with open(os.path.join(tree, 'pxelinux.cfg', 'default'), 'w',
              encoding='ascii') as file:
        file.write('serial 0\nprompt 0\ndefault linux\nlabel linux\n'
                   '  kernel linux\n  append console=ttyS0 panic=-1\n')
