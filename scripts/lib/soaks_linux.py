"""Soaks of the adapters under Linux's own driver."""
# SPDX-License-Identifier: GPL-2.0-or-later

import cycles
import links
from adapters import WHOLE
from claims import verdict
from soaks import Soak

OPENS, LOADS, FLAPS = 100, 20, 50


def _cycles(_seed, number, folder):
    run = cycles.Run(WHOLE[number % len(WHOLE)], folder, OPENS, LOADS)
    return verdict(run, cycles.CLAIMS)


def _flaps(_seed, number, folder):
    run = links.Run(WHOLE[number % len(WHOLE)], folder, FLAPS)
    return verdict(run, links.CLAIMS)


SOAKS = [
    Soak('linux-cycles', f'adapters opened {OPENS} times under Linux, loaded '
         f'{LOADS} times', len(WHOLE), _cycles),
    Soak('linux-flaps', f'links that flap {FLAPS} times under TCP', len(WHOLE),
         _flaps),
]
