"""What a run shows while it goes on."""
# SPDX-License-Identifier: GPL-2.0-or-later

import os
import sys
import time

from ncsim.stages import INCIDENTS, STAGES

HEARTBEAT_SECONDS = 30
SPINNER = '|/-\\'


def say(text):
    """A line for people; standard output is for results."""
    print(f'ncsim: {text}', file=sys.stderr, flush=True)


class Display:
    """Stages as lines on standard output; what goes on, on a terminal.

    On a terminal the last line tells what is waited for.  Elsewhere a line
    every half minute shows that the run is alive.
    """

    def __init__(self):
        self._terminal = sys.stderr.isatty() and sys.stdout.isatty()
        self._colours = (sys.stdout.isatty()
                         and not os.environ.get('NO_COLOR')
                         and os.environ.get('TERM') != 'dumb')
        self._start = self._last = time.monotonic()
        self._turn = 0
        self._transient = False

    def _paint(self, colour, text):
        return f'\x1b[{colour}m{text}\x1b[0m' if self._colours else text

    def clear(self):
        if self._transient:
            print('\r\x1b[K', end='', file=sys.stderr, flush=True)
            self._transient = False

    def heading(self):
        print(f"{'virtual':>10} {'wall':>10}  stage", flush=True)

    def stage(self, stage):
        self.clear()
        name = f'{stage.name:<11}'
        if stage.name in STAGES:
            name, meaning = self._paint('32', name), STAGES[stage.name]
        else:
            name, meaning = (self._paint('33', name),
                             INCIDENTS.get(stage.name, ''))
        if 'release' in stage.detail:
            meaning = f"Linux {stage.detail['release']}"
        elif stage.name in ('fail', 'failover'):
            meaning += f" (POST code {stage.detail.get('code', 0):02x}h)"
        print(f'{stage.virtual:8.3f} s {stage.wall:8.3f} s  {name} {meaning}'
              .rstrip(), flush=True)
        self._last = time.monotonic()

    def tick(self, waiting_for):
        """Called often; shows that something is going on."""
        now = time.monotonic()
        seconds = now - self._start
        if self._terminal:
            self._turn += 1
            mark = SPINNER[self._turn // 5 % len(SPINNER)]
            print(f'\r\x1b[K{seconds:7.1f} s {mark} waiting for '
                  f'{waiting_for}', end='', file=sys.stderr, flush=True)
            self._transient = True
        elif now - self._last > HEARTBEAT_SECONDS:
            say(f'{seconds:.0f} s, waiting for {waiting_for}')
            self._last = now

    def verdict(self, passed, text):
        self.clear()
        say(self._paint('32' if passed else '31', text))
