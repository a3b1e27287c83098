"""The folder that a run leaves: only its owner may read it."""
# SPDX-License-Identifier: GPL-2.0-or-later

import contextlib
import json
import os
import shlex
import time

from ncsim.errors import ENVIRONMENT, USAGE, Failure
from qemu import TOP

RUNS = os.path.join(TOP, 'build', 'runs')
EFFECTIVE = 'evinput.effective.txt'
EVENTS = 'events.jsonl'
RESULT = 'result.json'
COMMAND = 'cmd.sh'
QMP_SOCKET = 'qmp.sock'         # while the machine runs
SOCKET_PATH_MAX = 107           # bytes: sockaddr_un, unix(7)


def find(path):
    """The run folder that path names, or the latest."""
    folder = path or os.path.join(RUNS, 'latest')
    if not os.path.isdir(folder):
        raise Failure(USAGE, f"--run {folder}: no such run folder; 'ncsim "
                      "run' makes one" if path else
                      "no machine has run yet: start one with 'ncsim run'")
    return folder


def fits_socket(path):
    return len(os.fsencode(path)) <= SOCKET_PATH_MAX


def socket_path(folder, name):
    path = os.path.join(folder, name)
    if not fits_socket(path):
        raise Failure(ENVIRONMENT, f'{path}: too long a name for a socket; '
                      'name a shorter run folder: -o DIR')
    return path


def create(path, adapter):
    """A new folder, or the empty one that path names."""
    try:
        if path:
            os.makedirs(path, mode=0o700, exist_ok=True)
            if os.listdir(path):
                raise Failure(USAGE, f'run folder {path} is not empty; name '
                              'another: -o DIR')
            os.chmod(path, 0o700)
            return os.path.abspath(path)
        os.makedirs(RUNS, exist_ok=True)
        return _create_numbered(adapter)
    except OSError as error:
        raise Failure(ENVIRONMENT, f'run folder {error.filename}: '
                      f'{error.strerror}') from None


def _create_numbered(adapter):
    stem = time.strftime('%Y%m%d-%H%M%S-') + adapter
    for number in range(1, 1000):
        name = stem if number == 1 else f'{stem}-{number}'
        path = os.path.join(RUNS, name)
        with contextlib.suppress(FileExistsError):
            os.mkdir(path, 0o700)
            _point_latest(name)
            return path
    raise Failure(ENVIRONMENT, f'{RUNS}: no free name like {stem}')


def _point_latest(name):
    link = os.path.join(RUNS, 'latest')
    temporary = f'{link}.{os.getpid()}'
    os.symlink(name, temporary)
    os.replace(temporary, link)


def write_command(folder, line, notes):
    """A script that starts the same machine again."""
    path = os.path.join(folder, COMMAND)
    with open(path, 'w', encoding='utf-8') as script:
        script.write('#!/bin/sh\n')
        for note in notes:
            script.write(f'# {note}\n')
        script.write(f'cd {shlex.quote(os.getcwd())} || exit\n')
        script.write(f'exec {shlex.join(line)}\n')
    os.chmod(path, 0o700)


def write_effective(folder, text):
    """The boot variables in effect; they hold the secrets."""
    descriptor = os.open(os.path.join(folder, EFFECTIVE),
                         os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(descriptor, 'w', encoding='ascii') as file:
        file.write(text)


def write_result(folder, result):
    """Written whole or not at all, so that a reader can trust it."""
    path = os.path.join(folder, RESULT)
    with open(path + '.part', 'w', encoding='utf-8') as file:
        json.dump(result, file, indent=1)
        file.write('\n')
    os.replace(path + '.part', path)


class Events:
    """events.jsonl, a line for each stage as it comes."""

    def __init__(self, folder):
        self._file = open(os.path.join(folder, EVENTS), 'w',
                          encoding='utf-8', buffering=1)

    def add(self, stage):
        self._file.write(json.dumps(stage.record()) + '\n')

    def close(self):
        self._file.close()
