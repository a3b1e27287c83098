"""The libFuzzer programs: where they lie, and how they are run."""
# SPDX-License-Identifier: GPL-2.0-or-later

import os
import re
import subprocess

from cases import expect, expect_equal, note

TOP = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
PROGRAMS = os.path.join(TOP, 'build', 'asan', 'tests', 'fuzz')
SECONDS = 60

# Name, and the longest input in bytes that makes sense to it.
FUZZERS = {'ev-block': 1500, 'evinput': 1500, 'ilo-ev-core': 800,
           'iscsi-address': 300, 'iscsi-chap': 3000, 'iscsi-session': 600,
           'iscsi-text': 1000, 'nc37xx-core': 600, 'ribcl': 2000}


class FuzzingError(Exception):
    """A fuzzer cannot be run."""


def program(name):
    path = os.path.join(PROGRAMS, name)
    if not os.access(path, os.X_OK):
        raise FuzzingError(
            f'{path} is missing: run ./scripts/setup --tests with clang')
    return path


def corpus(name):
    """The folder of inputs that are kept with the source."""
    return os.path.join(TOP, 'tests', 'fuzz', 'corpus', name)


def found(name):
    """The folder for inputs that long runs find."""
    return os.path.join(TOP, 'build', 'fuzz', name)


def command(name, artifacts, *arguments):
    return [program(name), f'-max_len={FUZZERS[name]}', '-timeout=20',
            f'-artifact_prefix={artifacts}/', *arguments]


def _run(name, folder, *arguments):
    """What the fuzzer printed; the case fails when it found something."""
    done = subprocess.run(
        command(name, folder, '-print_final_stats=1', *arguments),
        cwd=folder, stdin=subprocess.DEVNULL, text=True, errors='replace',
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    note(done.stdout[-3000:])
    expect_equal(done.returncode, 0, 'exit status of the fuzzer')
    return done.stdout


def replay(name, folder, least):
    """Runs the kept inputs, of which there are at least so many."""
    inputs = os.listdir(corpus(name))
    expect(len(inputs) >= least,
           f'{corpus(name)} has only {len(inputs)} inputs')
    _run(name, folder, '-runs=0', corpus(name))


def mutate(name, folder):
    """Mutates the kept inputs for a minute."""
    place = os.path.join(folder, 'found')
    os.mkdir(place)
    out = _run(name, folder, f'-max_total_time={SECONDS}', place,
               corpus(name))
    executed = re.search(r'stat::number_of_executed_units:\s*(\d+)', out)
    expect(executed and int(executed[1]) > 1000, 'hardly anything was tried')
