"""Boot programs that make PXE calls and report each (sectors/calls.inc)."""
# SPDX-License-Identifier: GPL-2.0-or-later

import os
import re

import server
from cases import expect_equal
from qemu import quoted

REPORT_PORT = 0xe9

# Status codes of PXE 2.1.
OK, FAILURE = 0x00, 0x01
BAD_FUNCTION, UNSUPPORTED, OUT_OF_RESOURCES = 0x02, 0x03, 0x06
ARP_TIMEOUT = 0x11
UDP_CLOSED, UDP_OPEN, TFTP_CLOSED, TFTP_OPEN = 0x18, 0x19, 0x1a, 0x1b
TFTP_FILE_NOT_FOUND, TFTP_INVALID_PACKET_SIZE = 0x3b, 0x3f
BAD_MAC, INVALID_STATE, INVALID_PARAMETER = 0x67, 0x6a, 0x6c


class Report:
    """What the program printed: exit code, parameter block, data."""

    def __init__(self, text):
        self.rows = {name: dict(pair.split('=') for pair in found.split())
                     for name, found in re.findall(r'^([\w-]+): (.*)$', text,
                                                   re.MULTILINE)}

    def block(self, name):
        return bytes.fromhex(self.rows[name]['block'])

    def data(self, name):
        return bytes.fromhex(self.rows[name]['data'])

    def status(self, name):
        return self.block(name)[0] | self.block(name)[1] << 8

    def exit_code(self, name):
        return int(self.rows[name]['ax'], 16)


def report(folder, extra=(), **options):
    """Runs a machine whose boot program reports, to its end."""
    log = os.path.join(folder, 'report.log')
    extra = [*extra,
             '-chardev', f'file,id=report,path={quoted(log)}',
             '-device', f'isa-debugcon,iobase={REPORT_PORT},chardev=report']

    def text():
        with open(log, encoding='ascii', errors='replace') as file:
            return file.read()

    with server.machine(folder, extra, **options) as machine:
        machine.wait(lambda: '\ndone' in text(), server.BOOT_SECONDS,
                     'the end of the program')
    return Report(text())


def expect_statuses(found, statuses):
    """Every call in order, its status, and the exit code that goes with it."""
    expect_equal([name for name in found.rows if 'ax' in found.rows[name]],
                 list(statuses), 'calls')
    for name, status in statuses.items():
        expect_equal(found.status(name), status, name)
        expect_equal(found.exit_code(name), status != OK,
                     f'{name}: exit code')


def options_of(packet):
    """Options of a DHCP packet."""
    expect_equal(packet[236:240], bytes.fromhex('63825363'), 'cookie')
    options, at = {}, 240
    while packet[at] != 255:
        options[packet[at]] = packet[at + 2:at + 2 + packet[at + 1]]
        at += 2 + packet[at + 1]
    return options
