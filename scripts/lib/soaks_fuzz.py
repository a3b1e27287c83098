"""Soak of the fuzzers: each in turn, ten minutes a round."""
# SPDX-License-Identifier: GPL-2.0-or-later

import os
import subprocess

import fuzzing
from soaks import Soak, draw

SECONDS = 600
LOG = 'fuzzer.txt'


def _fuzz(seed, number, folder):
    names = list(fuzzing.FUZZERS)
    name = names[number % len(names)]
    found = os.path.join(folder, 'found')
    os.mkdir(found)
    with open(os.path.join(folder, LOG), 'w', encoding='utf-8') as log:
        done = subprocess.run(
            fuzzing.command(
                name, folder, f'-max_total_time={SECONDS}',
                f'-seed={draw(seed, "fuzz", number).randrange(1, 2 ** 31)}',
                found, fuzzing.corpus(name)),
            cwd=folder, stdin=subprocess.DEVNULL, stdout=log,
            stderr=subprocess.STDOUT, check=False)
    if done.returncode:
        return f'{name} found something: see {LOG} and the input beside it'
    return None


SOAKS = [
    Soak('fuzz', f'fuzzers in turn, {SECONDS // 60} minutes each', 12, _fuzz),
]
