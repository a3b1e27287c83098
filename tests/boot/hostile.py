"""A small iSCSI target that says what a script tells it to say.

A polite target of one disk; a test replaces the answer to a login or to one
SCSI command by bytes of its own.  Numbers are those of RFC 7143 and SPC.
"""
# SPDX-License-Identifier: GPL-2.0-or-later

import contextlib
import socket
import struct
import threading

SECTOR = 512
HEADER = 48

# Opcodes: of initiators, then of targets.
SCSI_COMMAND, LOGIN = 0x01, 0x03
NOP_IN, SCSI_RESPONSE, LOGIN_RESPONSE, DATA_IN = 0x20, 0x21, 0x23, 0x25
R2T, ASYNC_MESSAGE, REJECT = 0x31, 0x32, 0x3f

INQUIRY, READ_CAPACITY_10, READ_10 = 0x12, 0x25, 0x28
READ_16, SERVICE_ACTION_IN, REPORT_LUNS = 0x88, 0x9e, 0xa0

FINAL, STATUS = 0x80, 0x01
UNUSED_TAG = 0xffffffff


class Gone(Exception):
    """The initiator closed the connection."""


class Request:
    """One PDU of the initiator."""

    def __init__(self, header, data):
        self.header, self.data = header, data
        self.opcode = header[0] & 0x3f
        self.flags = header[1]
        self.tag = struct.unpack('>I', header[16:20])[0]
        self.number = struct.unpack('>I', header[24:28])[0]      # CmdSN
        self.block = header[32:48]                               # CDB

    @property
    def expected(self):
        """Bytes that a SCSI command expects to transfer."""
        return struct.unpack('>I', self.header[20:24])[0]


class Connection:
    """What a script may do: receive requests, send anything."""

    def __init__(self, sock, disk):
        self._socket = sock
        self.disk = disk
        self.status = 0             # StatSN of the next response
        self.expected = 0           # ExpCmdSN

    def _read(self, count):
        data = b''
        while len(data) < count:
            more = self._socket.recv(count - len(data))
            if not more:
                raise Gone
            data += more
        return data

    def receive(self):
        header = self._read(HEADER)
        length = int.from_bytes(header[5:8], 'big')
        data = self._read(length + -length % 4)[:length]
        request = Request(header, data)
        self.expected = request.number
        if request.opcode == SCSI_COMMAND or not request.header[0] & 0x40:
            self.expected = request.number + 1 & 0xffffffff
        return request

    def send(self, data):
        self._socket.sendall(data)

    def pdu(self, opcode, tag=UNUSED_TAG, flags=FINAL, fields=b'', data=b'',
            status_byte=0, length=None, lun=bytes(8), ahs=0):
        """A response with this connection's sequence numbers.

        fields: bytes 36 to 47.  length: what the header claims, when that is
        not the length of data.
        """
        claimed = len(data) if length is None else length
        head = struct.pack('>BBBB', opcode, flags, 0, status_byte)
        head += struct.pack('>I', ahs << 24 | claimed)
        head += lun + struct.pack('>II', tag, UNUSED_TAG)
        head += struct.pack('>III', self.status, self.expected,
                            self.expected + 31 & 0xffffffff)
        return head + fields.ljust(12, b'\0') + data + bytes(-len(data) % 4)

    # What a polite target says.

    def login_pdu(self, request, keys=b'', status=0, flags=None, **changes):
        """A response that accepts whatever stage was asked for."""
        self.expected = request.number
        pdu = bytearray(self.pdu(
            LOGIN_RESPONSE, changes.pop('tag', request.tag),
            flags=request.flags if flags is None else flags, data=keys,
            fields=struct.pack('>H', status), **changes))
        pdu[8:16] = request.header[8:14] + b'\x00\x01'  # ISID, a new TSIH
        return bytes(pdu)

    def login(self):
        """Accepts a login without authentication."""
        while True:
            request = self.receive()
            if request.opcode != LOGIN:
                raise Gone
            keys = b''
            if not self.status:
                keys = b'TargetPortalGroupTag=1\0'
            if request.flags >> 2 & 3 == 0:
                keys += b'AuthMethod=None\0'
            self.send(self.login_pdu(request, keys))
            self.status += 1
            if request.flags & 0x83 == 0x83:
                return

    def data_in(self, request, data):
        """All data of a command in one PDU, with good status."""
        data = data[:request.expected]
        residual = request.expected - len(data)
        pdu = self.pdu(DATA_IN, request.tag, data=data, fields=struct.pack(
            '>III', 0, 0, residual),
            flags=FINAL | STATUS | (0x02 if residual else 0))
        self.status += 1
        return pdu

    def response(self, request, status=0, sense=b''):
        data = struct.pack('>H', len(sense)) + sense if sense else b''
        pdu = self.pdu(SCSI_RESPONSE, request.tag, data=data,
                       status_byte=status)
        self.status += 1
        return pdu

    def answer(self, request):
        """The PDU with which a good disk answers a SCSI command."""
        command, block = request.block[0], request.block
        blocks = len(self.disk) // SECTOR
        if command == INQUIRY:
            return self.data_in(request, bytes((0, 0, 5, 2, 31, 0, 0, 0))
                                + b'ncsim   scripted target 1   ')
        if command == READ_CAPACITY_10:
            return self.data_in(request, struct.pack('>II', blocks - 1,
                                                     SECTOR))
        if command == SERVICE_ACTION_IN:
            return self.data_in(request, struct.pack(
                '>QI', blocks - 1, SECTOR).ljust(32, b'\0'))
        if command == REPORT_LUNS:
            return self.data_in(request, struct.pack('>IIQ', 8, 0, 1 << 48))
        if command in (READ_10, READ_16):
            lba = int.from_bytes(block[2:6] if command == READ_10
                                 else block[2:10], 'big')
            return self.data_in(request, self.disk[
                lba * SECTOR:lba * SECTOR + request.expected])
        return self.response(request)


class ScriptedTarget:
    """Serves each connection with script(connection), on a free port.

    script returns or raises Gone when it has no more to say; the connection
    is closed then.
    """

    def __init__(self, script, disk=bytes(SECTOR)):
        self._script, self._disk = script, disk
        self._listener = socket.create_server(('127.0.0.1', 0))
        self.port = self._listener.getsockname()[1]
        self.connections = 0
        self._open = []
        self._closing = False
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._closing = True
        for sock in [self._listener, *self._open]:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
            sock.close()
        self._thread.join()

    def _serve(self):
        while not self._closing:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._open.append(sock)
            if self._closing:       # it may not have seen this one
                sock.close()
                return
            with sock, contextlib.suppress(OSError, Gone):
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._script(Connection(sock, self._disk))
