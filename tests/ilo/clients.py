"""The clients of real iLOs, as Debian has them."""
# SPDX-License-Identifier: GPL-2.0-or-later

import contextlib
import json
import os
import subprocess

from daemon import ADMIN, ROOT, SECONDS
from cases import expect_equal, note

HPILO = os.path.join(ROOT, 'usr/bin/hpilo_cli')
FENCE = os.path.join(ROOT, 'usr/sbin')
# By themselves they give up after 3 s without an answer: too soon if busy.
PATIENCE = [f'--{what}-timeout=120' for what in ('login', 'shell', 'power')]
GNUTLS = os.path.join(ROOT, 'usr/bin/gnutls-cli')
PYTHON = '/usr/bin/python3'


def environment():
    places = ('usr/lib/python3/dist-packages', 'usr/share/fence')
    return {**os.environ, 'PYTHONPATH': ':'.join(
        os.path.join(ROOT, place) for place in places)}


def run(*line, data=None):
    done = subprocess.run(list(map(str, line)), check=False, input=data,
                          env=environment(), timeout=SECONDS, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    note(done.stdout[-2000:])
    return done


def hpilo(ilo, *command, protocol=None, password=None, status=0):
    """What hpilo_cli says, decoded from its JSON where there is some."""
    options = [f'--protocol={protocol}'] if protocol else []
    done = run(PYTHON, '-W', 'ignore', HPILO, '--json', '-l', ADMIN,
               '-p', password or ilo.password, '-o', ilo.port, *options,
               '127.0.0.1', *command)
    expect_equal(done.returncode, status, f'exit status of {command}')
    with contextlib.suppress(json.JSONDecodeError):
        return json.loads(done.stdout)
    return done.stdout


def fence(ilo, agent, action, password=None, status=0):
    done = run(PYTHON, '-W', 'ignore', os.path.join(FENCE, agent),
               '-a', '127.0.0.1', '-u', ilo.port, '-l', ADMIN,
               '-p', password or ilo.password, '--ssl-insecure',
               f'--gnutlscli-path={GNUTLS}', *PATIENCE, '-o', action)
    expect_equal(done.returncode, status, f'exit status of {agent} {action}')
    return done.stdout


def gnutls(ilo, *options):
    return run(GNUTLS, '--port', ilo.port, *options, '127.0.0.1', data='')
