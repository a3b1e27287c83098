"""A device at the other end of the management link, for the daemon's tests.

It keeps EVs, power and boot order, and does what include/ncsim/ilo_link.h
says; it can be told to fail.
"""
# SPDX-License-Identifier: GPL-2.0-or-later

import contextlib
import os
import socket
import struct
import threading
import time

HEADER = struct.Struct('<HHHBB')
REPLY, EVENT = 0x8000, 0xffff
SERVICE = 0x80
(HELLO, POWER, BOOT_ONCE, BOOT_ORDER, EV_BEGIN, EV_COMMIT,
 EV_ABORT, RESET) = range(1, 9)
BOOT_ASK = 0xff
BY_INDEX, SET, BY_NAME, STATUS = 0x12b, 0x12c, 0x130, 0x132
OK, ERROR, NO_SUCH, IS_OFF = 0, 1, 2, 0x12
EVENT_POWER, EVENT_STAGE, EVENT_RESET, EVENT_LOG = (0x8001, 0x8002, 0x8004,
                                                    0x8005)
OVERHEAD = 34


class Peer:
    """with Peer(folder) as peer: ...; peer.evs, peer.power, peer.acts"""

    def __init__(self, folder, room=65000):
        self.path = os.path.join(folder, 'link')
        self.evs, self.changing = {}, None
        self.power, self.once, self.order = 1, 0, [3, 2, 1, 4]
        self.acts = []                  # of the power, in order
        self.commits = self.resets = 0  # of EVs, of iLO
        self.room = room
        self.fail_commit = self.spoil = False
        self.greet_after = 0            # seconds
        self.asked_hello = threading.Event()
        self._socket = socket.socket(socket.AF_UNIX)
        self._client = None

    def __enter__(self):
        self._socket.bind(self.path)
        os.chmod(self.path, 0o666)
        self._socket.listen(1)
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_):
        # A thread that waits in accept() is not woken by a close.
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self.hang_up()

    def hang_up(self):
        """Ends the connection, as a server does that is switched off."""
        client = self._client
        if client:
            with contextlib.suppress(OSError):
                client.shutdown(socket.SHUT_RDWR)

    def _serve(self):
        while True:
            try:
                self._client = self._socket.accept()[0]
            except OSError:
                return
            with self._client, contextlib.suppress(OSError, EOFError):
                while True:
                    self._answer(self._receive())
            self.changing = None

    def _exactly(self, count):
        data = b''
        while len(data) < count:
            more = self._client.recv(count - len(data))
            if not more:
                raise EOFError
            data += more
        return data

    def _receive(self):
        size, = struct.unpack('<I', self._exactly(4))
        return self._exactly(size)

    def _send(self, packet):
        self._client.sendall(struct.pack('<I', len(packet)) + packet)

    def event(self, code, value=0):
        self._send(HEADER.pack(12, EVENT, code, 0, 0)
                   + struct.pack('<I', value))

    def log(self, text, length=None, kind=1):
        """An entry of the server's log, or of iLO's (kind 2)."""
        fields = (bytes((kind, 0, 0)) + struct.pack(
            '<HHBH', 0, 0, 0, len(text) if length is None else length) + text)
        self._send(HEADER.pack(8 + len(fields), EVENT, EVENT_LOG, 0, 0)
                   + fields)

    def _answer(self, packet):
        _, sequence, command, service, version = HEADER.unpack(packet[:8])
        handle = self._manage if service == SERVICE else self._smif
        error, body = handle(command, packet)
        self._send(HEADER.pack(12 + len(body), sequence, command | REPLY,
                               service, version)
                   + struct.pack('<I', error) + body)

    def _set_power(self, act):
        self.acts.append(act)
        if act in (5, 6):
            if not self.power:
                return IS_OFF, b''
            self.event(EVENT_RESET)
            self.once = 0
        else:
            self.power = {1: 1, 2: 0, 3: 1 - self.power, 4: 0}[act]
            self.event(EVENT_POWER, self.power)
        return OK, b''

    def _manage(self, command, packet):
        if command == HELLO:
            self.asked_hello.set()
            time.sleep(self.greet_after)
            return OK, struct.pack('<III', 1, self.power, 0)
        if command == POWER:
            return self._set_power(struct.unpack('<I', packet[8:12])[0])
        if command == BOOT_ONCE:
            asked, = struct.unpack('<I', packet[8:12])
            self.once = self.once if asked == BOOT_ASK else asked
            return OK, struct.pack('<I', self.once)
        if command == RESET:
            self.resets += 1
            return OK, b''
        if command == BOOT_ORDER:
            if packet[8]:
                self.order = list(packet[8:12])
            return OK, bytes(self.order)
        if command == EV_BEGIN:
            self.changing = dict(self.evs)
        elif command == EV_COMMIT:
            changed, self.changing = self.changing, None
            if self.fail_commit:
                return ERROR, b''
            self.evs = changed
            self.commits += 1
        elif command == EV_ABORT:
            self.changing = None
        return OK, b''

    def _left(self):
        held = self.evs if self.changing is None else self.changing
        return self.room - sum(OVERHEAD + len(value)
                               for value in held.values())

    def _set(self, packet):
        name = packet[12:44].rstrip(b'\0').decode()
        value = packet[46:46 + struct.unpack('<H', packet[44:46])[0]]
        held = self.evs if self.changing is None else self.changing
        if packet[8] == 2:
            held.pop(name, None)
        elif self._left() < OVERHEAD + len(value):
            return ERROR, b''
        else:
            held[name] = value[:-1] + b'?' if self.spoil else value
        return OK, b''

    @staticmethod
    def _record(name, value):
        return OK, (name.encode().ljust(32, b'\0')
                    + struct.pack('<H', len(value)) + value)

    def _smif(self, command, packet):
        if command == SET:
            return self._set(packet)
        if command == BY_NAME:
            name = packet[8:40].rstrip(b'\0').decode()
            if name in self.evs:
                return self._record(name, self.evs[name])
        elif command == BY_INDEX:
            index, = struct.unpack('<H', packet[8:10])
            if index < len(self.evs):
                return self._record(*list(self.evs.items())[index])
        elif command == STATUS:
            return OK, struct.pack('<III', self._left(), len(self.evs), 64)
        return NO_SUCH, b''
