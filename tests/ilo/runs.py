"""ncsim run as tests of its iLO have it: going on, for clients to talk to."""
# SPDX-License-Identifier: GPL-2.0-or-later

import os
import signal
import subprocess

import children
from cases import expect
from daemon import SECONDS, Client
from frontend import NCSIM, disk_of, evinput
from ncsim.ilo import Access


class Running(Client):
    """A run that lasts until it is ended; its iLO is one for clients."""

    def __init__(self, folder, *options, disk=None, **variables):
        self.folder, self.place = folder, os.path.join(folder, 'run')
        self._log = os.path.join(folder, 'ncsim.log')
        with open(self._log, 'wb') as log:
            self.process = children.start(
                [NCSIM, 'run', '--ev', evinput(folder, **variables),
                 '--disk', disk or disk_of(folder), '-o', self.place,
                 *options],
                stdout=subprocess.PIPE, stderr=log, text=True)
        self.access = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            children.wait(self.process, SECONDS)
        children.end(self.process)
        self.process.stdout.close()

    def wait_for_stage(self, name):
        """Whatever was said before it is passed over."""
        for line in self.process.stdout:
            if f' {name} ' in line:
                self.access = Access.read(self.place)
                return
        raise AssertionError(f'{name} does not come: {self.said()}')

    def said(self):
        with open(self._log, encoding='utf-8') as log:
            return log.read()

    @property
    def port(self):
        return self.access.address.rpartition(':')[2]

    @property
    def password(self):
        return self.access.password

    def end(self, with_signal=signal.SIGINT):
        self.process.send_signal(with_signal)
        expect(children.wait(self.process, SECONDS), 'ncsim goes on')
        return self.process.returncode
