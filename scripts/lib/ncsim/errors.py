"""How a command ends: exit codes, and the failure that carries one."""
# SPDX-License-Identifier: GPL-2.0-or-later

PASSED = 0
FAILED = 1              # the boot did not get where it should
USAGE = 2               # the command line or the boot variables are wrong
ENVIRONMENT = 3         # something this machine should have is missing
TIMED_OUT = 4
INTERRUPTED = 130

RESULTS = {PASSED: 'passed', FAILED: 'failed', USAGE: 'usage',
           ENVIRONMENT: 'environment', TIMED_OUT: 'timeout',
           INTERRUPTED: 'interrupted'}


class Failure(Exception):
    """Ends the command with an exit code and a text for people."""

    def __init__(self, code, text):
        super().__init__(text)
        self.code = code
