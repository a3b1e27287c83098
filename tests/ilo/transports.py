"""The three ways to iLO: mailbox, hpilo's channels, management link.

The first two are played through QEMU's qtest protocol, register by register
as include/ncsim/ilo_mailbox.h and ilo_channel.h have them; no guest runs.
Each transport can start an exchange and finish it later, so that QEMU may be
killed in between.
"""
# SPDX-License-Identifier: GPL-2.0-or-later

import os
import socket
import struct
import threading

from cases import expect, expect_equal

SECONDS = 240
HEADER = struct.Struct('<HHHBB')
REPLY, EVENT = 0x8000, 0xffff
MANAGEMENT = 0x80
SET, BY_NAME = 0x12c, 0x130
HELLO, EV_BEGIN, EV_COMMIT = 1, 5, 6
SET_FLAG = 1
OK, ERROR, NO_SUCH = 0, 1, 2
VENDOR_DEVICE = 0xb2040e11


class Gone(Exception):
    """QEMU has ended."""


def set_packet(name, value):
    """(command, service, what follows the header)"""
    return SET, 0, (struct.pack('<B3x32sH', SET_FLAG, name.encode(),
                                len(value)) + value)


def get_packet(name):
    return BY_NAME, 0, struct.pack('<32s', name.encode())


class Transport:
    """Numbers the packets; subclasses carry them."""

    def __init__(self):
        self._sequence = self._command = 0

    def _pack(self, command, service, body):
        self._sequence = (self._sequence + 1) & 0x7fff
        self._command = command
        return HEADER.pack(HEADER.size + len(body), self._sequence, command,
                           service, 0) + body

    def _unpack(self, packet):
        """(error, what follows it) of an answer."""
        size, sequence, command, _, _ = HEADER.unpack_from(packet)
        expect_equal((size, sequence, command),
                     (len(packet), self._sequence, self._command | REPLY),
                     'header of an answer')
        return struct.unpack_from('<I', packet, 8)[0], packet[12:]

    def start(self, command, service, body):
        """Sends a packet and does not wait for the answer."""
        raise NotImplementedError

    def finish(self):
        """The answer as ask() gives it; Gone when none comes."""
        raise NotImplementedError

    def ask(self, command, service, body):
        """(error, what follows it) of the answer."""
        self.start(command, service, body)
        return self.finish()

    def set(self, name, value):
        return self.ask(*set_packet(name, value))[0]

    def get(self, name):
        """A value, or None when there is no such EV."""
        error, body = self.ask(*get_packet(name))
        if error == NO_SUCH:
            return None
        expect_equal(error, OK, f'error of reading {name}')
        shown, length = struct.unpack_from('<32sH', body)
        expect_equal(shown.rstrip(b'\0').decode(), name, 'name of an EV')
        return body[34:34 + length]


class Bus:
    """QEMU's qtest protocol; with Bus(path) before QEMU starts."""

    def __init__(self, folder):
        self.path = os.path.join(folder, 'qtest')
        self._listener = socket.socket(socket.AF_UNIX)
        self._socket = self._file = None
        self._lock = threading.Lock()

    def __enter__(self):
        self._listener.bind(self.path)
        self._listener.listen(1)
        return self

    def __exit__(self, *_):
        self._listener.close()
        if self._socket:
            self._file.close()
            self._socket.close()
        os.unlink(self.path)

    def accept(self):
        self._listener.settimeout(SECONDS)
        self._socket = self._listener.accept()[0]
        self._socket.settimeout(SECONDS)
        self._file = self._socket.makefile('rb')

    def start(self, lines):
        try:
            self._socket.sendall(''.join(line + '\n'
                                         for line in lines).encode())
        except OSError:
            raise Gone from None

    def finish(self, count):
        """The answers to so many lines."""
        answers = []
        for _ in range(count):
            try:
                words = self._file.readline().split()
            except ConnectionError:
                words = []
            if not words:
                raise Gone
            expect_equal(words[0], b'OK', f'answer of qtest: {words}')
            answers.append(words[1] if len(words) > 1 else None)
        return answers

    def run(self, *lines):
        """Nobody else's accesses come between these."""
        with self._lock:
            self.start(lines)
            return self.finish(len(lines))

    def number(self, *lines):
        return int(self.run(*lines)[-1], 16)

    def find_ilo(self):
        """Gives the device addresses, and returns those of its BARs."""
        def at(slot, offset):
            return f'outl 0xcf8 {0x80000000 | slot << 11 | offset:#x}'

        slot = next(slot for slot in range(32) if self.number(
            at(slot, 0), 'inl 0xcfc') == VENDOR_DEVICE)
        bars = (0xc000, 0xe0000000, 0xe0100000, 0xe0200000)
        for index, address in enumerate(bars):
            self.run(at(slot, 0x10 + 4 * index), f'outl 0xcfc {address:#x}')
        self.run(at(slot, 4), 'outl 0xcfc 0x7')
        return bars


class OnBus(Transport):
    """What a guest does; start() and finish() only when nobody else does."""

    def __init__(self, bus):
        super().__init__()
        self._bus = bus
        self._pending = 0

    def _batches(self, packet):
        """Accesses that send a packet; others may come between batches."""
        raise NotImplementedError

    def _reply(self, answers):
        """The packet that answers, from the answers of the last batch."""
        raise NotImplementedError

    def start(self, command, service, body):
        *batches, last = self._batches(self._pack(command, service, body))
        for batch in batches:
            self._bus.run(*batch)
        self._pending = len(last)
        self._bus.start(last)

    def finish(self):
        return self._unpack(self._reply(self._bus.finish(self._pending)))

    def ask(self, command, service, body):
        answers = []
        for batch in self._batches(self._pack(command, service, body)):
            answers = self._bus.run(*batch)
        return self._unpack(self._reply(answers))


class Mailbox(OnBus):
    """The ports of BAR 0, so many accesses at a time."""

    def __init__(self, bus, bars, at_a_time=10000):
        super().__init__(bus)
        self._at_a_time = at_a_time
        self._status, self._length, self._control, self._data = (
            bars[0] + offset for offset in (0x04, 0x08, 0x0c, 0x10))

    def _cut(self, lines):
        return [lines[at:at + self._at_a_time]
                for at in range(0, len(lines), self._at_a_time)]

    def _batches(self, packet):
        whole = len(packet) // 4
        lines = [f'outl {self._control:#x} 1']
        lines += [f'outl {self._data:#x} {word:#x}' for word in
                  struct.unpack(f'<{whole}I', packet[:4 * whole])]
        lines += [f'outb {self._data:#x} {byte:#x}'
                  for byte in packet[4 * whole:]]
        return self._cut(lines) + [[f'outl {self._control:#x} 2',
                                    f'inl {self._status:#x}',
                                    f'inl {self._length:#x}']]

    def _reply(self, answers):
        expect_equal(int(answers[1], 16) & 0xffff, 5,
                     'status of the mailbox')
        length = int(answers[2], 16)
        words = []
        for lines in self._cut([f'inl {self._data:#x}']
                               * ((length + 3) // 4)):
            words += self._bus.run(*lines)
        return struct.pack(f'<{len(words)}I',
                           *(int(word, 16) for word in words))[:length]


class Channel(OnBus):
    """One of hpilo's channels, with four entries in each queue."""

    MEMORY = 0x100000
    SEND, RECEIVE, SEND_DATA, RECEIVE_DATA = 0x200, 0x600, 0x1000, 0x8000
    CONTROL = 0xffffffff800c003c
    CONSUMED, OCCUPIED = 1 << 22, 1 << 23

    def __init__(self, bus, bars, number=0):
        super().__init__(bus)
        self._doorbell = bars[3] + (number << 14)
        self._at = self.MEMORY + (number << 17)
        self._sent = self._received = self._given = 0
        words = (self.SEND, self.SEND_DATA, None, self.RECEIVE,
                 self.RECEIVE_DATA, None)
        bus.run(f'memset {self._at:#x} 0x10000 0x0')
        for index, word in enumerate(words):
            value = self.CONTROL if word is None else self._at + word
            bus.run(f'writeq {bars[2] + 128 * number + 8 * index:#x} '
                    f'{value:#x}')
        for _ in range(3):
            bus.run(self._give())

    def _give(self):
        """Another buffer for an answer."""
        index = self._given & 3
        self._given += 1
        return (f'writeq {self._at + self.RECEIVE + 8 * index:#x} '
                f'{0x200 | index << 10 | self.OCCUPIED:#x}')

    def _batches(self, packet):
        index = self._sent & 3
        self._sent += 1
        entry = (len(packet) + 7) // 8 | index << 10 | self.OCCUPIED
        return [[f'write {self._at + self.SEND_DATA + 4096 * index:#x} '
                 f'{len(packet):#x} 0x{packet.hex()}'],
                [f'writeq {self._at + self.SEND + 8 * index:#x} {entry:#x}',
                 f'writeb {self._doorbell:#x} 0x1']]

    def _reply(self, answers):
        index = self._received & 3
        self._received += 1
        entry, data = self._bus.run(
            f'readq {self._at + self.RECEIVE + 8 * index:#x}',
            f'read {self._at + self.RECEIVE_DATA + 4096 * index:#x} 0x1000')
        expect(int(entry, 16) & self.CONSUMED, 'no answer on the channel')
        self._bus.run(self._give())
        data = bytes.fromhex(data[2:].decode())
        return data[:struct.unpack_from('<H', data)[0]]


class Link(Transport):
    """The management link, as a daemon has it."""

    def __init__(self, path):
        super().__init__()
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(SECONDS)
        self._socket.connect(path)
        self.manage(HELLO, struct.pack('<I', 1))

    def close(self):
        self._socket.close()

    def manage(self, command, body=b''):
        error, _ = self.ask(command, MANAGEMENT, body)
        expect_equal(error, OK, f'error of management command {command}')

    def start(self, command, service, body):
        packet = self._pack(command, service, body)
        try:
            self._socket.sendall(struct.pack('<I', len(packet)) + packet)
        except OSError:
            raise Gone from None

    def _exactly(self, count):
        data = b''
        while len(data) < count:
            try:
                more = self._socket.recv(count - len(data))
            except ConnectionError:
                more = b''
            if not more:
                raise Gone
            data += more
        return data

    def finish(self):
        while True:
            packet = self._exactly(
                struct.unpack('<I', self._exactly(4))[0])
            if HEADER.unpack_from(packet)[1] != EVENT:
                return self._unpack(packet)
