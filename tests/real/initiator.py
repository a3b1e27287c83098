"""Runs iscsi-real, an initiator of nothing but the core, against a target.

It fills 8 MiB at the end of the disk, reads and writes at random with several
requests under way, compares every byte, and says how it went.
"""
# SPDX-License-Identifier: GPL-2.0-or-later

import os
import re
import subprocess

import children
from cases import expect_equal, note

TOP = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
PROGRAM = os.path.join(TOP, 'build', 'asan', 'tests', 'real', 'iscsi-real')
NAME = 'iqn.2024-01.test.local:disk'
SECONDS = 120


def start(tgtd, *options, name=NAME, lun=1, ports=None):
    portals = [f'{tgtd.address}:{port}' for port in ports or tgtd.ports]
    return children.start(
        [PROGRAM, *map(str, options), name, str(lun), *portals],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True)


def finish(process):
    """The status and the Name=Value lines of iscsi-real."""
    try:
        out, _ = process.communicate(timeout=SECONDS)
    finally:
        children.end(process)
    note('\n'.join(line for line in out.splitlines()
                   if not re.search(' (PDU_|COMMAND_DONE)', line)))
    return process.returncode, dict(line.split('=', 1)
                                    for line in out.splitlines()
                                    if '=' in line and line[0] != '#')


def run(tgtd, *options, **where):
    return finish(start(tgtd, *options, **where))


def expect_verified(result, **values):
    status, said = result
    expect_equal(said.get('Error'), 'OK', said.get('Text'))
    expect_equal(said.get('WrongBytes'), '0', 'bytes that differ')
    expect_equal(status, 0, 'exit status')
    for name, value in values.items():
        expect_equal(said.get(name), str(value), name)
    return said


def expect_error(result, error, **values):
    status, said = result
    expect_equal(said.get('Error'), error, said.get('Text'))
    expect_equal(status, 1, 'exit status')
    for name, value in values.items():
        expect_equal(said.get(name), str(value), name)


def wait_for_line(process, what):
    """Reads until a line holds what; events need --verbose."""
    for line in process.stdout:
        if what in line:
            return
    raise AssertionError(f'iscsi-real ended without {what!r}')


def wait_until_started(process):
    wait_for_line(process, 'Started=')
