"""Looks for secrets in whatever came out: in every form that they may take."""
# SPDX-License-Identifier: GPL-2.0-or-later

import base64
import os
import select
import socket
import threading

HOST = '127.0.0.1'
SAMPLE_SECONDS = 0.05


def base64_forms(secret):
    """What of its base64 is the same whatever stands round it."""
    for before in range(3):
        coded = base64.b64encode(bytes(before) + secret)
        # Of characters that also code a neighbour nothing is known.
        start = (before * 8 + 5) // 6
        end = (before + len(secret)) * 8 // 6
        yield coded[start:end]


def forms(secret):
    """(name, bytes, whether case counts) of each form of a text."""
    plain = secret.encode()
    yield 'text', plain, True
    yield 'hex', plain.hex().encode(), False
    yield 'UTF-16LE', secret.encode('utf-16-le'), True
    yield 'UTF-16BE', secret.encode('utf-16-be'), True
    for coded in base64_forms(plain):
        yield 'base64', coded, True
        yield 'base64url', coded.translate(bytes.maketrans(b'+/', b'-_')), True


class Secrets:
    """Secrets by name, to be looked for."""

    def __init__(self, **secrets):
        self._forms = [(name, *form) for name, secret in secrets.items()
                       for form in forms(secret)]

    def forms_in(self, data):
        """(name, form) of all that is found in these bytes."""
        lower = data.lower()
        return {(name, form) for name, form, wanted, exact in self._forms
                if wanted in (data if exact else lower)}

    def found_in(self, data):
        if isinstance(data, str):
            data = data.encode()
        return {name for name, _ in self.forms_in(data)}

    def found_below(self, folder):
        """{path: names} of the files that hold any."""
        found = {}
        for root, _, names in os.walk(folder):
            for name in names:
                path = os.path.join(root, name)
                if os.path.isfile(path):
                    with open(path, 'rb') as file:
                        held = self.found_in(file.read())
                    if held:
                        found[os.path.relpath(path, folder)] = held
        return found


class CommandLines:
    """All command lines and environments seen while the block lasts."""

    def __init__(self):
        self.seen = {}                  # (pid, program) -> bytes
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        self._thread.join()

    def _run(self):
        while not self._stop.wait(SAMPLE_SECONDS):
            for entry in filter(str.isdigit, os.listdir('/proc')):
                for what in ('cmdline', 'environ'):
                    self._add(entry, what)

    def _add(self, entry, what):
        try:
            with open(f'/proc/{entry}/{what}', 'rb') as file:
                text = file.read()
        except OSError:
            return                      # ended, or another user's
        program = os.path.basename(text.split(b'\0')[0]).decode(
            errors='replace') if what == 'cmdline' else 'environment'
        key = int(entry), program
        if text not in self.seen.setdefault(key, b''):
            self.seen[key] += text + b'\0'


class Relay:
    """A port that leads to another, and keeps every byte both ways."""

    def __init__(self, port):
        self._to = HOST, port
        self.data = b''
        self._listener = socket.create_server((HOST, 0))
        self.port = self._listener.getsockname()[1]

    def __enter__(self):
        threading.Thread(target=self._run, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._listener.close()

    def _run(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            with client, socket.create_connection(self._to) as server:
                self._pump({client: server, server: client})

    def _pump(self, other):
        while True:
            for end in select.select(list(other), [], [])[0]:
                try:
                    data = end.recv(65536)
                    other[end].sendall(data)
                except OSError:
                    return
                self.data += data
                if not data:
                    return
