"""The adapter under Linux, opened and closed, loaded and unloaded, unplugged.

The machine has our boot ROM and a target, so that the ROM leaves a handoff
block, which must outlive all of it.
"""
# SPDX-License-Identifier: GPL-2.0-or-later

import os

import bootsector
from actions import (ACTION_SECONDS, Action, expect_no_complaint,
                     test_machine)
from cases import expect, expect_equal
from server import TARGET, pack, serving, variables

# A busy machine takes so long to open or load once.
SECONDS_EACH = 5


class Run(Action):
    """What the boot of one set-up printed."""

    def __init__(self, setup, folder, opens, loads):
        self.opens, self.loads = opens, loads
        image = os.path.join(folder, 'disk.img')
        bootsector.write_disk(image, bootsector.marker('not started'), 1)
        options = ['ncsim.test=cycle', f'ncsim.opens={opens}',
                   f'ncsim.loads={loads}', *setup.options]
        with serving(image) as (tgtd, _):
            pack(folder, variables(tgtd.port, ForceBoot='False'))
            with test_machine(folder, options,
                              adapter=setup.adapter) as server:
                self._pull_cable(server)
                super().__init__(server)

    def _pull_cable(self, server):
        server.wait_for_text(r'(?m)^ncsim:(link up|test done|fail)',
                             ACTION_SECONDS +
                             (self.opens + self.loads) * SECONDS_EACH)
        server.set_link(False)
        server.wait_for_text(r'(?m)^ncsim:(link down|test done|fail)',
                             ACTION_SECONDS)
        server.set_link(True)


def interface_opens_and_closes_again_and_again(run):
    run.find('opens', rf'^opened {run.opens} times$')


def driver_is_loaded_again_and_again(run):
    run.find('loads', rf'^loaded {run.loads} times$')


def handoff_outlives_the_driver(run):
    block = run.section('handoff')
    expect(f'TargetName={TARGET}\n' in block, block)
    expect_equal(run.section('handoff-after-opens'), block, 'after opens')
    expect_equal(run.section('handoff-after-loads'), block, 'after loads')


def pulled_cable_is_noticed_and_a_plugged_one_works(run):
    run.find('cable', r'^ncsim:link down$')
    run.find('cable', r'^pings answered: 3$')
    run.find('log', r'NIC (Copper|SerDes) Link is Down$')


def no_complaint_stands_in_the_log(run):
    expect_no_complaint(run.section('log'))


CLAIMS = [
    interface_opens_and_closes_again_and_again,
    driver_is_loaded_again_and_again,
    handoff_outlives_the_driver,
    pulled_cable_is_noticed_and_a_plugged_one_works,
    no_complaint_stands_in_the_log,
]
