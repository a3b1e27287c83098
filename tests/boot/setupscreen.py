"""The boot ROM's setup screen, at the keyboard of the server."""
# SPDX-License-Identifier: GPL-2.0-or-later

import contextlib

import server
from cases import expect
from mba import nvram_with

MENU = 'S: skip iSCSI this time  B: boot'
HOT_KEY = ('ctrl', 's')
# Long enough for a busy host to press a key meanwhile.
OFFER_SECONDS = 15
ACTION_SECONDS = 120


class Screen:
    """The setup screen of a machine: open it, then press its keys."""

    def __init__(self, machine, press=None):
        self.machine = machine
        self._press = press or machine.press

    def _menus(self):
        return sum(line.endswith(MENU) for line in self.machine.console)

    def _new_menu(self, before):
        return self.machine.wait(lambda: self._menus() > before,
                                 ACTION_SECONDS, 'the menu')

    def open(self, *keys):
        """What is shown when it opens."""
        self.machine.wait_for_text('Ctrl-.: setup', server.BOOT_SECONDS)
        return self.do(*(keys or HOT_KEY))

    def do(self, *keys):
        """What is printed from a key to the next menu, without that."""
        begin, menus = len(self.machine.console), self._menus()
        self._press(*keys)
        self._new_menu(menus)
        return '\n'.join(self.machine.console[begin:])

    def boot(self):
        self._press('b')


@contextlib.contextmanager
def at_setup(folder, values, extra=(), adapter='nc373i', **options):
    """A machine that offers the setup screen for a while."""
    nvram = nvram_with(folder, adapter, seconds=OFFER_SECONDS)
    server.pack(folder, values)
    with server.machine(folder, [*nvram.options, *extra],
                        adapter=f'{adapter},nvram=nvram',
                        **options) as machine:
        yield Screen(machine)


def expect_in(text, *wanted):
    for part in wanted:
        expect(part in text, f'{part!r} is not in {text!r}')
