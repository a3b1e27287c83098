"""What a trace tells about interrupts that did not come.

Linux's bnx2 looks once a second whether the status block shows work that it
has not seen, while no interrupt came since its last look; if so, it switches
MSI off and on again.  It also does so for work that came with that very look,
whose message it has not handled yet: on a busy host that happens without any
fault.  The order of events in the device tells the two apart.
"""
# SPDX-License-Identifier: GPL-2.0-or-later

import re

EVENTS = ('core_reset', 'config_write', 'interrupt', 'interrupt_ack')

_MESSAGE = re.compile(r'nc37xx_interrupt \S+: asserted 1 MSI 1$')
_UNMASKED = re.compile(r'nc37xx_interrupt_ack \S+: index 0x\w+, masked 0$')
_SWITCHED_OFF = re.compile(r'nc37xx_config_write \S+: 0x58 = 0x..[0-9a-f]'
                           r'[02468ace]....$')
_CONTEXT = 20


def repaired(traced):
    """The last events before each time when bnx2 switched MSI off although
    the adapter had sent no message since the driver last let it: a list."""
    lines = traced.splitlines()
    announced = False
    found = []
    for number, line in enumerate(lines):
        if _MESSAGE.search(line):
            announced = True
        elif _UNMASKED.search(line):
            announced = False
        elif _SWITCHED_OFF.search(line) and not announced:
            found.append('\n'.join(lines[max(0, number - _CONTEXT):
                                         number + 1]))
    return found
