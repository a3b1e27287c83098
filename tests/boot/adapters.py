"""The adapters as Linux names them, and the set-ups that judge them."""
# SPDX-License-Identifier: GPL-2.0-or-later

import dataclasses


@dataclasses.dataclass(frozen=True)
class Board:
    """What Linux has to say about an adapter."""
    chip: str
    ids: str
    subsystem: str
    subsystem_ids: str
    probe: str
    misc_id: str                # its register, in hexadecimal


BOARDS = {
    'nc373i': Board(
        'BCM5708', '14e4:164c', 'NC373i Integrated', '103c:7038',
        'Broadcom NetXtreme II BCM5708 1000Base-T (B2)',
        '57081020'),
    'nc370t': Board(
        'BCM5706', '14e4:164a', 'NC370T', '103c:3101',
        'HP NC370T Multifunction Gigabit Server Adapter (A2)',
        '57060020'),
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
    Setup('nc370t_without_msi', 'nc370t', msi=False),
    Setup('nc373i_without_msi', 'nc373i', msi=False),
    Setup('nc370t_with_msi', 'nc370t'),
]
