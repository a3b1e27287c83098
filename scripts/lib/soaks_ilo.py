"""Soaks of iLO: its memory, and what the network says to it."""
# SPDX-License-Identifier: GPL-2.0-or-later

import kills
import mutations
import together
from soaks import Soak, draw

KILLS = 50
OPERATIONS = 10000
DOCUMENTS = 10000


def _kills(seed, number, folder):
    kills.run(folder, draw(seed, 'ev-kills', number), KILLS)


def _together(seed, number, folder):
    together.run(folder, f'{seed} {number}', OPERATIONS)


def _documents(seed, number, folder):
    mutations.run(folder, f'{seed} {number}', DOCUMENTS)


SOAKS = [
    Soak('ev-kills', f'times {KILLS} kills of QEMU while EVs are written', 20,
         _kills),
    Soak('ev-together', f'times {OPERATIONS:,} operations on EVs by guest, '
         'hpilo and iLO', 1, _together),
    Soak('ribcl-documents', f'times {DOCUMENTS:,} mutated documents to '
         'ilo-mgmt', 1, _documents),
]
