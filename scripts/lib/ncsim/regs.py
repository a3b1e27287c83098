"""ncsim regs: what an adapter's registers, rings and counters hold."""
# SPDX-License-Identifier: GPL-2.0-or-later

import fnmatch
import json

from ncsim import live
from ncsim.errors import PASSED, USAGE, Failure

VIEWS = ('registers', 'phy-registers', 'rings', 'statistics', 'link')
TEXT = """Prints the registers of an adapter of a running machine by name,
with the fields that are not 0.  Looking changes nothing in the machine.

PATTERN chooses by name (EMAC_*) or by address (0x1400)."""


def add_command(commands, formatter):
    parser = commands.add_parser(
        'regs', help="print a running adapter's registers", description=TEXT,
        formatter_class=formatter)
    live.add_options(parser)
    parser.add_argument('--view', choices=VIEWS, default='registers',
                        help='what to print (default %(default)s)')
    parser.add_argument('--json', action='store_true',
                        help='all of it, by adapter')
    parser.add_argument('pattern', metavar='PATTERN', nargs='?',
                        help='names or an address; all without')
    parser.set_defaults(function=regs)


def _chosen(pattern, name, value):
    if pattern is None:
        return True
    try:
        wanted = int(pattern, 16)
    except ValueError:
        return fnmatch.fnmatchcase(name.upper(), pattern.upper())
    return isinstance(value, dict) and value.get('address') == wanted


def _place(member):
    """By address where there is one, else by name: QEMU has no order."""
    name, value = member
    return (value.get('address', 0) if isinstance(value, dict) else 0, name)


def select(content, pattern):
    """The members of a view that the pattern chooses, in order."""
    return {name: value
            for name, value in sorted(content.items(), key=_place)
            if _chosen(pattern, name, value)}


def _register_line(name, register):
    fields = [f'{field}={value:#x}' if value > 9 else f'{field}={value}'
              for field, value in sorted(register['fields'].items()) if value]
    return (f"{register['address']:#06x}  {register['value']:08x}  "
            f"{name:<28}{' '.join(fields)}").rstrip()


def _ring_line(name, ring):
    if not ring['armed']:
        return f'{name:<10}stopped'
    return (f"{name:<10}consumer {ring['consumer']:#06x}  producer "
            f"{ring['producer']:#06x}  waiting {ring['waiting']}  page "
            f"{ring['page']:#x} of {ring['page-bytes']} bytes")


def _plain_line(name, value):
    if isinstance(value, bool):
        value = 'yes' if value else 'no'
    return f'{name:<28}{value}'


def line(view, name, value):
    """One member as a line for people."""
    if view == 'registers':
        return _register_line(name, value)
    if view == 'phy-registers':
        return f'{name:<28}{value:04x}'
    if view == 'rings':
        return _ring_line(name, value)
    return _plain_line(name, value)


def regs(args):
    with live.connected(args) as qmp:
        content = {live.short(path): select(live.read(qmp, path, args.view),
                                            args.pattern)
                   for path in live.adapters(qmp, args.device)}
    if not any(content.values()):
        raise Failure(USAGE, f'{args.pattern}: no such name or address in '
                      f"the {args.view}; 'ncsim regs --view {args.view}' "
                      'shows all')
    if args.json:
        print(json.dumps(content, indent=1))
        return PASSED
    for device, members in content.items():
        if len(content) > 1:
            print(f'{device}:')
        for name, value in members.items():
            print(line(args.view, name, value))
    return PASSED
