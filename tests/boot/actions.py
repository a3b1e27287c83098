"""The test initramfs on a machine: its actions, and what they print."""
# SPDX-License-Identifier: GPL-2.0-or-later

import os
import re

from cases import expect, expect_equal
from qemu import LINUX_OPTIONS, TOP
from server import machine

GUEST = os.path.join(TOP, 'build', 'guest')
ACTION_SECONDS = 480


def test_machine(folder, options, more=(), pcap='', **settings):
    """A machine that runs the actions which options name (ncsim.test=...)."""
    command_line = ' '.join([*LINUX_OPTIONS, *options])
    return machine(folder, pcap=pcap, extra=[
        '-no-reboot', '-kernel', os.path.join(GUEST, 'vmlinuz'),
        '-initrd', os.path.join(GUEST, 'test-initrd.img'),
        '-append', command_line, *more], **settings)


def expect_no_complaint(log):
    """Of the driver's, in its lines of the kernel's log."""
    for word in ('fw sync', 'timed out', 'timeout', 'failed', 'error',
                 'no interrupt', 'missed', 'warning'):
        expect(word not in log.lower(), f'{word!r} in the log:\n{log}')


class Action:
    """What the action of a running machine printed, by section."""

    def __init__(self, server):
        end = server.wait_for_text(r'(?m)^ncsim:(test done|fail .*)$',
                                   ACTION_SECONDS)
        expect_equal(end[1], 'test done', 'end of the test action')
        self._sections = {
            match[1]: (match[2], int(match[3])) for match in re.finditer(
                r'^ncsim:begin (\S+)\n(.*?)^ncsim:end \1 (\d+)$',
                server.console_text(), re.MULTILINE | re.DOTALL)}

    def section(self, name, status=0):
        """The text of a section, which ended with this status."""
        expect(name in self._sections, f'no section {name} was printed')
        text, got = self._sections[name]
        expect(got == status, f'{name} ended with {got}, not {status}:\n'
               + text)
        return text

    def find(self, name, pattern):
        """The match of a pattern in a section that ended well."""
        text = self.section(name)
        found = re.search(pattern, text, re.MULTILINE)
        expect(found, f'{pattern!r} is not in {name}:\n{text}')
        return found
