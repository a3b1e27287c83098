"""Soak of the iSCSI core against tgtd: every way to agree with it."""
# SPDX-License-Identifier: GPL-2.0-or-later

import contextlib
import os

import initiator
import matrix
from soaks import Soak, draw
from tgt import Tgtd

MEBIBYTES = 64
LOG = 'initiator.txt'


def _matrix(seed, number, folder):
    rows = matrix.product()
    row = rows[number % len(rows)]
    image = os.path.join(folder, 'disk.img')
    with open(image, 'wb') as disk:
        disk.truncate(64 << 20)
    with Tgtd() as tgtd, \
            open(os.path.join(folder, LOG), 'w', encoding='utf-8') as log, \
            contextlib.redirect_stdout(log):
        target = matrix.add_targets(tgtd, image)[row['auth']]
        matrix.prepare(target, row)
        initiator.expect_verified(
            initiator.run(tgtd, '--mebibytes', MEBIBYTES, '--seed',
                          draw(seed, 'iscsi-matrix', number).randrange(1000),
                          *matrix.options(row), name=target.name),
            **matrix.agreed(row))


SOAKS = [
    Soak('iscsi-matrix', f'settings of a target, {MEBIBYTES} MiB with each',
         len(matrix.product()), _matrix),
]
