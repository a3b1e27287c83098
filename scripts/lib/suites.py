"""The suites of scripts/test, and the programs each of them runs."""
# SPDX-License-Identifier: GPL-2.0-or-later

import dataclasses
import os
from typing import Callable

from tap import Program

TOP = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
BUILD = os.path.join(TOP, 'build')
PYTHON = '/usr/bin/python3'


def _executables(folder, suffix=''):
    """Executable files of a folder, in order of name."""
    if not os.path.isdir(folder):
        return []
    return [entry.path for entry in
            sorted(os.scandir(folder), key=lambda entry: entry.name)
            if entry.is_file() and os.access(entry.path, os.X_OK)
            and entry.name.endswith(suffix)]


def lint():
    return [Program(os.path.basename(path), [path], cwd=TOP, tap=False)
            for path in _executables(os.path.join(TOP, 'scripts', 'lint'))]


def unit():
    folder = os.path.join(BUILD, 'asan', 'tests', 'unit')
    env = {'ASAN_OPTIONS': 'detect_stack_use_after_return=1',
           'UBSAN_OPTIONS': 'halt_on_error=1:print_stacktrace=1'}
    scripts = os.path.join(TOP, 'tests', 'scripts')
    return [Program(os.path.basename(path), [path], env=env, cwd=TOP)
            for path in (_executables(folder, '-test')
                         + _executables(scripts, '-test'))]


def registers():
    return [Program(os.path.basename(path), [PYTHON, path], cwd=TOP)
            for path in _executables(os.path.join(TOP, 'tests', 'registers'),
                                     '-test')]


def real():
    return [Program(os.path.basename(path), [PYTHON, path], cwd=TOP)
            for path in _executables(os.path.join(TOP, 'tests', 'real'),
                                     '-test')]


def rom():
    return [Program(os.path.basename(path), [path], cwd=TOP)
            for path in _executables(os.path.join(TOP, 'tests', 'rom'))]


def qtest():
    qemu = os.path.join(BUILD, 'qemu-sanitized')
    env = {'QTEST_QEMU_BINARY': os.path.join(qemu, 'qemu-system-x86_64'),
           'QTEST_QEMU_IMG': os.path.join(qemu, 'qemu-img'),
           'ASAN_OPTIONS': 'detect_leaks=0',
           'UBSAN_OPTIONS': 'halt_on_error=1:print_stacktrace=1',
           'G_TEST_SRCDIR': os.path.join(BUILD, 'src/qemu/tests/qtest'),
           'G_TEST_BUILDDIR': os.path.join(qemu, 'tests/qtest')}
    programs = [Program(name, [os.path.join(qemu, 'tests/qtest', name),
                               '--tap'], env=env, cwd=qemu, deadline=3600)
                for name in ('ilo-ev-test', 'nc37xx-test')]
    # In process, without a QEMU that holds what it needs to its end.
    in_process = os.path.join(qemu, 'tests/qtest/nc37xx/nc37xx-vmstate-test')
    programs.append(Program('nc37xx-vmstate-test', [in_process],
                            env={'UBSAN_OPTIONS': env['UBSAN_OPTIONS']},
                            cwd=qemu))
    return programs


def boot():
    return [Program(os.path.basename(path), [PYTHON, path], cwd=TOP,
                    deadline=3600)
            for path in _executables(os.path.join(TOP, 'tests', 'boot'),
                                     '-test')]


def ilo():
    return [Program(os.path.basename(path), [PYTHON, path], cwd=TOP)
            for path in _executables(os.path.join(TOP, 'tests', 'ilo'),
                                     '-test')]


def fuzz():
    return [Program(os.path.basename(path), [path], cwd=TOP)
            for path in _executables(os.path.join(TOP, 'tests', 'fuzz'),
                                     '-test')]


@dataclasses.dataclass
class Suite:
    programs: Callable
    sanitized_qemu: bool = False


SUITES = {
    'lint': Suite(lint),
    'unit': Suite(unit),
    'registers': Suite(registers),
    'real': Suite(real),
    'rom': Suite(rom),
    'qtest': Suite(qtest, sanitized_qemu=True),
    'boot': Suite(boot),
    'ilo': Suite(ilo),
    'fuzz': Suite(fuzz),
}
