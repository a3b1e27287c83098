"""TCP with a guest: its program bench/net/traffic.c obeys, this one commands.

    with socket.create_server(('127.0.0.1', 0)) as server, Machine(
            folder, machine_line(folder, 'nc373i', port_of(server))) as machine:
        with connect(machine, server) as traffic:
            traffic.from_guest(1 << 20)
        print(losses(machine))
"""
# SPDX-License-Identifier: GPL-2.0-or-later

import os
import re
import select
import socket

from qemu import LINUX_OPTIONS, TOP, command_line

GUEST = os.path.join(TOP, 'build', 'guest')
BOOT_SECONDS = 240
STALL_SECONDS = 120
COMMAND_SIZE = 64
ASK, ANSWER = 48, 512           # bytes of an exchange: a SCSI command's size

# Modules of the kernel by device type; that of our adapters is loaded anyway.
DRIVERS = {'e1000e': ['e1000e'], 'igb': ['igb'], 'rtl8139': ['8139cp'],
           'virtio-net-pci': ['virtio_pci', 'virtio_net'],
           'vmxnet3': ['vmxnet3']}


class TrafficError(Exception):
    """The guest did not do what it was told."""


class Traffic:
    """The host's end of the connection."""

    def __init__(self, connection):
        self._socket = connection
        self._socket.settimeout(STALL_SECONDS)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._buffer = bytearray(1 << 20)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._socket.close()

    def _command(self, text):
        self._socket.sendall(text.encode().ljust(COMMAND_SIZE, b'\0'))

    def _take(self, size):
        while size:
            got = self._socket.recv_into(self._buffer,
                                         min(size, len(self._buffer)))
            if not got:
                raise TrafficError('the guest hung up')
            size -= got

    def _send(self, size):
        while size:
            size -= self._socket.send(
                memoryview(self._buffer)[:min(size, len(self._buffer))])

    def from_guest(self, size):
        self._command(f'send {size}')
        self._take(size)

    def to_guest(self, size):
        self._command(f'receive {size}')
        self._send(size)
        self._take(1)

    def exchange(self, count):
        self._command(f'exchange {count} {ASK} {ANSWER}')
        for _ in range(count):
            self._take(ASK)
            self._send(ANSWER)


def port_of(server):
    return server.getsockname()[1]


def machine_line(folder, device, port, extra=(), **settings):
    """A machine with this device (as behind -device) that calls the port."""
    kind = device.split(',')[0]
    options = [*LINUX_OPTIONS, 'ncsim.test=bench-net', f'ncsim.port={port}']
    options += [f'ncsim.driver={name}' for name in DRIVERS.get(kind, [])]
    rom = 'romfile=' if kind in DRIVERS else 'bootrom='
    return command_line(
        folder, adapter=f'{device},{rom}', ev=False, pcap='',
        extra=['-no-reboot', '-kernel', os.path.join(GUEST, 'vmlinuz'),
               '-initrd', os.path.join(GUEST, 'bench-initrd.img'),
               '-append', ' '.join(options), *extra], **settings)


def _check_guest(machine):
    failed = re.search(r'(?m)^ncsim:fail (.*)$', machine.console_text())
    if failed:
        raise TrafficError(failed[1])


def connect(machine, server):
    """Traffic with the guest, once it has booted."""
    def called():
        _check_guest(machine)
        return select.select([server], [], [], 0)[0]

    machine.wait(called, BOOT_SECONDS, 'a connection from the guest')
    return Traffic(server.accept()[0])


def losses(machine):
    """Counters of a guest that was hung up on; they ought to be 0."""
    machine.wait_for_text(r'(?m)^ncsim:(test done|fail .*)$', STALL_SECONDS)
    _check_guest(machine)
    text = machine.console_text()
    begin = text.index('ncsim:begin losses')
    return {name: int(value) for name, value in re.findall(
        r'(?m)^(\w+) (\d+)$', text[begin:])}
