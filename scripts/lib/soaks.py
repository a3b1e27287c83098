"""Repeats a round in counts that a test run has no time for.

A kind of soak is a Soak; scripts/soak gathers those that there are.  What a
round does is drawn from the seed, the name and the number of the round, and
from nothing else, so that a failed round can be repeated alone.
"""
# SPDX-License-Identifier: GPL-2.0-or-later

import dataclasses
import os
import random
import shutil
import tempfile
import traceback
from typing import Callable

PROGRESS_ROUNDS = 10
TRACEBACK = 'traceback.txt'


@dataclasses.dataclass(frozen=True)
class Soak:
    """A kind of soak.

    one_round(seed, number, folder) plays one round in an empty folder of its
    own.  It returns None when the round passed, else why it did not, or
    raises: that too is a failed round.
    """
    name: str
    what: str               # a line for the user
    rounds: int             # when the user does not say how many
    one_round: Callable


def draw(seed, name, number):
    """The random source of one round."""
    return random.Random(f'{seed} {name} {number}')


def _play(soak, seed, number, folder):
    """None when the round passed, else why not."""
    try:
        return soak.one_round(seed, number, folder)
    except Exception as error:                  # any failure is a verdict
        with open(os.path.join(folder, TRACEBACK), 'w',
                  encoding='utf-8') as out:
            traceback.print_exc(file=out)
        return str(error) or type(error).__name__


def run(soak, seed, first, rounds):
    """Plays so many rounds and tells of them; returns how many failed."""
    failed = 0
    for done, number in enumerate(range(first, first + rounds), 1):
        folder = tempfile.mkdtemp(prefix='ncsim-soak-')
        why = _play(soak, seed, number, folder)
        if why:
            failed += 1
            print(f'soak: {soak.name}: round {number} failed: {why}\n'
                  f'    kept in {folder}; once more:'
                  f' ./scripts/soak {soak.name} --seed {seed}'
                  f' --first {number} --rounds 1', flush=True)
        else:
            shutil.rmtree(folder)
        if done % PROGRESS_ROUNDS == 0:
            print(f'soak: {soak.name}: {done} of {rounds}, {failed} failed',
                  flush=True)
    return failed
