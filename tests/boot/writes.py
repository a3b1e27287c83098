"""The files that the system writes while its session is lost.

It writes FILES of them over and over, until it has lost its session and has
written each once more: however late the host is, it comes in the middle.
"""
# SPDX-License-Identifier: GPL-2.0-or-later

import re

import disk
from cases import expect, expect_equal

FILES = 12
FILE_BYTES = 262144
OPTIONS = ['-no-reboot', '-fw_cfg',
           f'name=opt/org.ncsim/options,string=ncsim.writes={FILES}']
LOSS = 'detected conn error'
# On the console, when it is time for the loss.
BEGUN = r'ncsim: wrote 3\b|ncsim:fail'


def _expected(number):
    line = f'file {number}\n'.encode()
    return (line * (FILE_BYTES // len(line) + 1))[:FILE_BYTES]


def expect_whole(image, console):
    """The disk is well, and has what was written last under each name."""
    _, lost, after = console.partition(LOSS)
    expect(lost, 'the session was not lost')
    told = [int(number) for number in
            re.findall(r'ncsim: wrote (\d+)$', after, re.MULTILINE)]
    expect(len(told) >= FILES, f'after the loss only {told} were written')
    for number in told[-FILES:]:
        expect_equal(disk.content(image, f'/writes/{number % FILES}'),
                     _expected(number), f'file {number}')
    expect_equal(disk.complaints(image), '', 'e2fsck')
