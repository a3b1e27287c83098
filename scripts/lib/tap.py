"""Runs programs that print TAP and adds up what they say."""
# SPDX-License-Identifier: GPL-2.0-or-later

import contextlib
import dataclasses
import os
import re
import selectors
import signal
import subprocess
import threading
import time
import xml.etree.ElementTree as ET

LINE = re.compile(r'(not ok|ok)\b\s*(\d+)?\s*(?:-\s*)?([^#]*)'
                  r'(?:#\s*(skip|todo)\S*\s*(.*))?', re.IGNORECASE)
PLAN = re.compile(r'1\.\.(\d+)')


@dataclasses.dataclass
class Program:
    """One program of a suite.  Its deadline is generous, in seconds."""
    name: str
    argv: list
    env: dict = dataclasses.field(default_factory=dict)
    cwd: str = None
    deadline: int = 2400
    tap: bool = True        # False: one case, judged by its exit status


@dataclasses.dataclass
class Case:
    suite: str
    name: str
    result: str             # 'passed', 'failed' or 'skipped'
    seconds: float
    detail: str = ''


class Report:
    """Everything that ran, in order of its end; filled by several threads."""

    def __init__(self):
        self.cases = []
        self.lock = threading.Lock()

    def add(self, case):
        lines = []
        if case.result != 'passed':
            lines = [f'{case.suite}: {case.result.upper()} {case.name}']
            lines += ['    ' + line for line in case.detail.splitlines()[-60:]]
        with self.lock:
            self.cases.append(case)
            print(''.join(line + '\n' for line in lines), end='', flush=True)

    def failed(self, suite, name, why):
        self.add(Case(suite, name, 'failed', 0, why))

    def count(self, result, cases=None):
        return sum(c.result == result
                   for c in (self.cases if cases is None else cases))

    def closing_line(self):
        line = (f"{self.count('passed')} passed, "
                f"{self.count('failed')} failed")
        if self.count('skipped'):
            line += f", {self.count('skipped')} skipped"
        return line

    def exit_status(self):
        if self.count('failed') or not self.cases:
            return 1
        return 77 if self.count('skipped') == len(self.cases) else 0

    def write_tap(self, path):
        with open(path, 'w', encoding='utf-8') as out:
            out.write(f'TAP version 13\n1..{len(self.cases)}\n')
            for number, case in enumerate(self.cases, 1):
                ok = 'not ok' if case.result == 'failed' else 'ok'
                skip = (' # SKIP ' + case.detail
                        if case.result == 'skipped' else '')
                out.write(f'{ok} {number} - {case.suite}: {case.name}{skip}\n')
                if case.result == 'failed':
                    for line in case.detail.splitlines():
                        out.write(f'# {line}\n')

    def write_junit(self, path):
        root = ET.Element('testsuites')
        for suite in dict.fromkeys(c.suite for c in self.cases):
            cases = [c for c in self.cases if c.suite == suite]
            node = ET.SubElement(root, 'testsuite', {
                'name': suite, 'tests': str(len(cases)),
                'failures': str(self.count('failed', cases)),
                'skipped': str(self.count('skipped', cases))})
            for case in cases:
                item = ET.SubElement(node, 'testcase', {
                    'classname': suite, 'name': case.name,
                    'time': f'{case.seconds:.3f}'})
                if case.result != 'passed':
                    tag = ('failure' if case.result == 'failed'
                           else 'skipped')
                    text = re.sub('[^\t\n\r\x20-\ufffd]', '?', case.detail)
                    ET.SubElement(item, tag, {'message': text[:200]}
                                  ).text = text
        ET.ElementTree(root).write(path, encoding='utf-8',
                                   xml_declaration=True)


class _Stream:
    """Turns the lines of one program into cases."""

    def __init__(self, report, suite, program):
        self.report, self.suite, self.program = report, suite, program
        self.cases = []
        self.planned = None
        self.seen = 0
        self.notes = []
        self.last = time.monotonic()

    def line(self, line):
        plan = PLAN.match(line)
        match = LINE.match(line)
        if plan:
            self.planned = int(plan[1])
        elif match:
            self._case(match)
        elif not line.startswith('TAP version'):
            self.notes.append(line)

    def _case(self, match):
        verdict, _, name, directive, reason = match.groups()
        result = 'passed' if verdict.lower() == 'ok' else 'failed'
        if directive and directive.lower() == 'skip':
            result, detail = 'skipped', reason or 'no reason given'
        else:
            detail = '\n'.join(self.notes)
        self.notes = []
        self.seen += 1
        self.add(name.strip() or self.program.name, result, detail)

    def add(self, name, result, detail):
        now = time.monotonic()
        case = Case(self.suite, name, result, now - self.last, detail)
        self.last = now
        self.cases.append(case)
        self.report.add(case)

    def fail(self, why):
        self.add(self.program.name, 'failed', '\n'.join([why, *self.notes]))


def _read_lines(process, deadline):
    """Lines of the program's output; None when the deadline has passed."""
    end = time.monotonic() + deadline
    pending = b''
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while True:
            if not selector.select(max(0, end - time.monotonic())):
                yield None
                return
            data = os.read(process.stdout.fileno(), 65536)
            pending += data
            *lines, pending = pending.split(b'\n')
            if not data and pending:
                lines.append(pending)
            for line in lines:
                yield line.decode('utf-8', 'replace')
            if not data:
                return


def run_program(report, suite, program):
    """Runs one program and adds its cases to the report."""
    stream = _Stream(report, suite, program)
    start = time.monotonic()
    try:
        process = subprocess.Popen(
            program.argv, cwd=program.cwd, env={**os.environ, **program.env},
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, start_new_session=True)
    except OSError as error:
        stream.fail(f'does not start: {error}')
        return
    late = False
    for line in _read_lines(process, program.deadline):
        if line is None:
            late = True
        elif program.tap:
            stream.line(line)
        else:
            stream.notes.append(line)
    # The program's group may hold children that it left behind.
    with contextlib.suppress(ProcessLookupError):
        if late:
            os.killpg(process.pid, signal.SIGKILL)
        status = process.wait()
        os.killpg(process.pid, signal.SIGKILL)
    _judge_end(stream, status, late)
    passed = report.count('passed', stream.cases)
    print(f'{suite}: {program.name}: {passed} passed of {len(stream.cases)}'
          f' in {time.monotonic() - start:.1f} s', flush=True)


def _judge_end(stream, status, late):
    """A program that stops early or fails without a failed case has failed."""
    if late:
        stream.fail(f'no end after {stream.program.deadline} s')
    elif not stream.program.tap:
        stream.add(stream.program.name, 'failed' if status else 'passed',
                   '\n'.join(stream.notes))
    elif stream.planned is None:
        stream.fail('printed no plan')
    elif stream.planned != stream.seen:
        stream.fail(f'{stream.planned} cases were planned, '
                    f'{stream.seen} ran')
    elif status and not stream.report.count('failed', stream.cases):
        stream.fail(f'ended with status {status}')
