"""The adapters as Linux names them, and the set-ups that judge them."""
# SPDX-License-Identifier: GPL-2.0-or-later

import dataclasses
import os

from qemu import quoted


@dataclasses.dataclass(frozen=True)
class Board:
    """What Linux has to say about an adapter."""
    chip: str
    ids: str
    subsystem: str
    subsystem_ids: str
    probe: str
    misc_id: str                # its register, in hexadecimal
    nvram_size: int
    port: str = 'Copper'        # as the driver calls it


BOARDS = {
    'nc373i': Board(
        'BCM5708', '14e4:164c', 'NC373i Integrated', '103c:7038',
        'Broadcom NetXtreme II BCM5708 1000Base-T (B2)',
        '57081020', 256 << 10),
    'nc370t': Board(
        'BCM5706', '14e4:164a', 'NC370T', '103c:3101',
        'HP NC370T Multifunction Gigabit Server Adapter (A2)',
        '57060020', 264 << 10),
    'nc370f': Board(
        'BCM5706S', '14e4:16aa', 'NC370F', '103c:3102',
        'HP NC370F Multifunction Gigabit Server Adapter (A2)',
        '57060021', 264 << 10, 'SerDes'),
    'nc373f': Board(
        'BCM5708S', '14e4:16ac', 'NC373F PCI Express', '103c:703d',
        'Broadcom NetXtreme II BCM5708 1000Base-SX (B2)',
        '57081021', 256 << 10, 'SerDes'),
}


@dataclasses.dataclass(frozen=True)
class Setup:
    name: str
    adapter: str
    msi: bool = True
    memory: int = 512           # MiB

    @property
    def options(self):
        """Options of the guest."""
        return [] if self.msi else ['bnx2.disable_msi=1']


# The whole programme: one board of each kind, and interrupts of both kinds.
WHOLE = [
    Setup('nc373i_with_msi', 'nc373i'),
    Setup('nc373i_without_msi', 'nc373i', msi=False),
    Setup('nc370t_with_msi', 'nc370t'),
    Setup('nc370t_without_msi', 'nc370t', msi=False),
    Setup('nc373f_with_msi', 'nc373f'),
    Setup('nc370f_with_msi', 'nc370f'),
]


class Nvram:
    """The drive that holds the NVRAM of an adapter."""

    def __init__(self, folder, adapter):
        self.path = os.path.join(folder, 'nvram.img')
        with open(self.path, 'wb') as image:
            image.truncate(BOARDS[adapter].nvram_size)
        self.options = [
            '-blockdev', 'driver=raw,node-name=nvram,file.driver=file,'
            f'file.filename={quoted(self.path)}']

    def content(self):
        with open(self.path, 'rb') as image:
            return image.read()


PEER_MAC = '00:1b:21:00:00:02'


def peer(netdev='hubport,id=p0,hubid=0'):
    """Options for a second adapter, the peer of the test actions."""
    return ['-netdev', netdev,
            '-device', f'e1000e,netdev=p0,mac={PEER_MAC},romfile=']
