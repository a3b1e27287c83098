"""Soaks of what QEMU saves: snapshots, migration, record and replay."""
# SPDX-License-Identifier: GPL-2.0-or-later

import replay
import streams
from soaks import Soak, draw

POINTS = 10


def _snapshots(seed, number, folder):
    return streams.life(folder, POINTS, draw(seed, 'snapshots', number),
                        msi=number % 2 == 0)


def _replays(seed, number, folder):
    random = draw(seed, 'replays', number)
    boot = (replay.LINUX, replay.GRUB)[number % 2]
    return replay.difference(replay.varied(boot, random), folder)


SOAKS = [
    Soak('snapshots', f'streams that are saved and loaded at {POINTS} points',
         20, _snapshots),
    Soak('replays', 'boots that are recorded and replayed', 20, _replays),
]
