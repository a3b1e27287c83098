"""ncsim fault: the faults that an adapter can be made to show.

The catalogue comes from the device itself, so it is that of this QEMU.
"""
# SPDX-License-Identifier: GPL-2.0-or-later

import contextlib
import difflib
import json
import textwrap

from ncsim import live
from ncsim.errors import PASSED, USAGE, Failure

LIST_TEXT = """Lists the faults that can be injected.  With --run or --qmp:
how they are set in that machine, and how often each was injected."""


def add_command(commands, formatter):
    parser = commands.add_parser(
        'fault', help='list and explain faults that can be injected')
    actions = parser.add_subparsers(metavar='ACTION', required=True)
    listing = actions.add_parser('list', help='all of them',
                                 description=LIST_TEXT,
                                 formatter_class=formatter)
    live.add_options(listing)
    listing.add_argument('--json', action='store_true')
    listing.set_defaults(function=list_faults)
    explain = actions.add_parser('explain', help='one of them')
    explain.add_argument('name', metavar='NAME')
    explain.add_argument('--json', action='store_true')
    explain.set_defaults(function=explain_fault)


def _machine(args):
    return (live.connected(args) if args.run or args.qmp
            else live.specimen())


def _catalogue():
    with live.specimen() as qmp:
        return live.read(qmp, live.adapters(qmp)[0], live.MARK)


def _columns(rows):
    """Lines with the columns of all rows below each other."""
    widths = [max(map(len, column)) for column in zip(*rows)]
    return ['  '.join(cell.ljust(width) for cell, width
                      in zip(row, widths)).rstrip() for row in rows]


def _overview(content):
    rows = [('fault', 'of', 'what happens')]
    rows += [(fault['name'], fault['opportunity'], fault['what'])
             for fault in content['faults']]
    settings = [(f"fault-{row['name']}", row['what'])
                for row in content['parameters']]
    return [*_columns(rows), '', *_columns(settings)]


def _settings(content):
    rows = [('fault', 'ppm', 'at', 'judged', 'injected')]
    rows += [(fault['name'], *(str(fault[key]) for key in
                               ('ppm', 'at', 'seen', 'injected')))
             for fault in content['faults']]
    settings = [(f"fault-{row['name']}", str(row['value']))
                for row in content['parameters']]
    return [*_columns(rows), '', *_columns(settings)]


def list_faults(args):
    with contextlib.ExitStack() as stack:
        qmp = stack.enter_context(_machine(args))
        content = {live.short(path): live.read(qmp, path, live.MARK)
                   for path in live.adapters(qmp, args.device)}
    if args.json:
        alone = content if args.run or args.qmp else content['nic0']
        print(json.dumps(alone, indent=1))
    elif args.run or args.qmp:
        for device, each in content.items():
            print('\n'.join([f'{device}:', *_settings(each)]))
    else:
        print('\n'.join(_overview(content['nic0'])))
    return PASSED


def _find(name, faults):
    named = {fault['name']: fault for fault in faults}
    if name in named:
        return named[name]
    near = difflib.get_close_matches(name, named, 1)
    hint = f' did you mean {near[0]}?' if near else ''
    raise Failure(USAGE, f"{name}: no such fault;{hint} 'ncsim fault list' "
                  'lists them')


def _explanation(fault):
    name = fault['name']
    counter = ('no statistics counter shows it'
               if fault['counter'] == 'none'
               else f"statistics counter {fault['counter']} shows it")
    return textwrap.dedent(f"""\
        {name}: {fault['what']}

        Property fault-{name}=PPM: so many of a million {fault['opportunity']}
                 (0 to 1000000).
        Property fault-{name}-at=N: the N-th of them from then on, alone.

        Trace event nc37xx_{fault['event']}; {counter}.

        From the start:  -device nc373i,...,fault-{name}=10000
        While it runs, through QMP:
            {{"execute": "qom-set", "arguments":
             {{"path": "/machine/peripheral/nic0",
              "property": "fault-{name}", "value": 10000}}}}
        """)


def explain_fault(args):
    fault = _find(args.name, _catalogue()['faults'])
    fault = {key: fault[key] for key in
             ('name', 'opportunity', 'what', 'event', 'counter')}
    print(json.dumps(fault, indent=1) if args.json else
          _explanation(fault), end='\n' if args.json else '')
    return PASSED
