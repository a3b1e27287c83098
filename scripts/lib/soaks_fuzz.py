"""Soaks of the fuzzers: for a time, and for a number of executions."""
# SPDX-License-Identifier: GPL-2.0-or-later

import os
import re
import subprocess

import fuzzing
from soaks import Soak, draw

SECONDS = 600
EXECUTIONS = 1000000
LOG = 'fuzzer.txt'


def _fuzz(soak, seed, number, folder, limit):
    """Runs the fuzzer whose turn it is; (why it failed or None, its log)."""
    names = list(fuzzing.FUZZERS)
    name = names[number % len(names)]
    found, log = os.path.join(folder, 'found'), os.path.join(folder, LOG)
    os.mkdir(found)
    with open(log, 'w', encoding='utf-8') as out:
        done = subprocess.run(
            fuzzing.command(
                name, folder, limit, '-print_final_stats=1',
                f'-seed={draw(seed, soak, number).randrange(1, 2 ** 31)}',
                found, fuzzing.corpus(name)),
            cwd=folder, stdin=subprocess.DEVNULL, stdout=out,
            stderr=subprocess.STDOUT, check=False)
    if done.returncode:
        return (f'{name} found something: see {LOG} and the input beside it',
                log)
    return None, log


def _for_a_time(seed, number, folder):
    return _fuzz('fuzz', seed, number, folder, f'-max_total_time={SECONDS}')[0]


def _executions(seed, number, folder):
    why, log = _fuzz('executions', seed, number, folder,
                     f'-runs={EXECUTIONS}')
    with open(log, encoding='utf-8', errors='replace') as text:
        executed = re.search(r'stat::number_of_executed_units:\s*(\d+)',
                             text.read())
    if not why and (not executed or int(executed[1]) < EXECUTIONS):
        why = f'fewer than {EXECUTIONS} executions: see {LOG}'
    return why


SOAKS = [
    Soak('fuzz', f'fuzzers in turn, {SECONDS // 60} minutes each', 12,
         _for_a_time),
    Soak('executions', f'fuzzers, {EXECUTIONS:,} executions of each',
         len(fuzzing.FUZZERS), _executions),
]
