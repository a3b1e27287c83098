"""The boot ROM for gdb: finds it as it starts, and knows its parts.

The script debug.gdb of a run folder loads this into gdb (python3-gdb).  Two
of the ROM's three programs run in real mode, where gdb takes the offset EIP
for an address: their breakpoints are at linear addresses, and it is here that
CS is looked at.  docs/debugging.md tells how to use it.
"""
# SPDX-License-Identifier: GPL-2.0-or-later

import os
import sys

import gdb

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__)))))
sys.path.insert(0, os.path.join(TOP, 'rom'))
import elf32                                                # noqa: E402

BUILD = os.path.join(TOP, 'build', 'rom')
PROTECTED = 1                           # CR0
# Where a PCI BIOS puts option ROMs, and in what steps.
OPTION_ROMS = range(0xc0000, 0xf0000, 2048)
STDOUT = 1                              # a descriptor
ENTRY = 3                               # where it calls them: jmp init

# By name: the file and function of the core to stop in.
STOPS = {
    'rom-init': ('boot.c', 'init'),
    'bcv': ('boot.c', 'bcv'),
    'int13': ('boot.c', 'int13'),
    'login': ('login.c', 'iscsi_login_start'),
}


class Program:
    """One of the ROM's programs: its file, and where it runs."""

    def __init__(self, name):
        self.path = os.path.join(BUILD, f'{name}.elf')
        self.elf = elf32.File(self.path)
        self.base = None

    def at(self, name):
        """The linear address of a symbol."""
        return self.base + self.elf.symbol(name).value

    def place(self, base):
        self.base = base
        gdb.execute(f'add-symbol-file {self.path} -o {base:#x}',
                    to_string=True)


programs = {}


def memory(address, length):
    return bytes(gdb.selected_inferior().read_memory(address, length))


def word(address, length):
    return int.from_bytes(memory(address, length), 'little')


def register(name):
    return int(gdb.parse_and_eval(f'${name}')) & 0xffffffff


def linear_pc():
    """The address of the next instruction, in real mode too."""
    pc = register('eip')
    if not register('cr0') & PROTECTED:
        pc += (register('cs') & 0xffff) << 4
    return pc


def quietly(command):
    """Runs without a word of where it stops: gdb would name a wrong place.

    No setting of gdb keeps it from that.
    """
    gdb.flush()
    kept = os.dup(STDOUT)
    try:
        with open(os.devnull, 'wb') as nowhere:
            os.dup2(nowhere.fileno(), STDOUT)
        gdb.execute(command)
        gdb.flush()
    finally:
        os.dup2(kept, STDOUT)
        os.close(kept)


def run_to(*addresses):
    """Runs to one of these linear addresses, and returns which.

    gdb steps over a breakpoint where it stands only when EIP is its address.
    """
    if linear_pc() in addresses:
        quietly('stepi')
    points = [gdb.Breakpoint(f'*{address:#x}', internal=True)
              for address in addresses]
    try:
        quietly('continue')
    finally:
        for point in points:
            point.delete()
    if not gdb.selected_inferior().pid:
        raise gdb.GdbError('the machine has ended')
    pc = linear_pc()
    if pc not in addresses:
        raise gdb.GdbError(f'stopped at {pc:#x} before the boot ROM came')
    return pc


def is_ours(base):
    """Whether the code of this build's image lies there."""
    elf = programs['image'].elf
    start, end = (elf.symbol(name).value for name in ('init', 'image_end'))
    return memory(base + start, end - start) == elf.load()[start:end]


def find_image():
    """Runs to the first instruction of the ROM; its base."""
    while True:
        base = run_to(*(at + ENTRY for at in OPTION_ROMS)) - ENTRY
        if is_ours(base):
            return base


def find():
    """Stops where init has moved the parts, and before it calls the core."""
    for name in ('image', 'runtime', 'core'):
        programs[name] = Program(name)
    image = programs['image']
    image.place(find_image())
    run_to(image.at('call_core'))
    segment = word(image.at('runtime_segment'), 2)
    if not segment:
        raise gdb.GdbError('the boot ROM found no memory: see the console')
    programs['runtime'].place(segment << 4)
    programs['core'].place(word(image.at('block'), 4))
    for name, program in programs.items():
        print(f'ncsim: {name} at {program.base:#010x}')


class Stop(gdb.Breakpoint):
    """A breakpoint in the core that says its name when it is reached."""

    def __init__(self, name):
        source, function = STOPS[name]
        super().__init__(source=source, function=function)
        self._name = name
        gdb.set_convenience_variable(name.replace('-', '_'), self.number)

    def stop(self):
        print(f'ncsim: stopped at {self._name}')
        return True


def source_line(address):
    """'FILE:LINE' of an address, or where it lies if nobody knows."""
    found = gdb.find_pc_line(address)
    if found.symtab is None:
        return f'{address:#x}, which is not the boot ROM'
    return f'{found.symtab.filename}:{found.line}'


class RomWhere(gdb.Command):
    """rom-where: the source line of the next instruction.

    In 16-bit code too, where gdb's own commands take EIP for an address."""

    def __init__(self):
        super().__init__('rom-where', gdb.COMMAND_STACK)

    def invoke(self, argument, from_tty):
        address = linear_pc()
        print(f'ncsim: at {source_line(address)}')
        if gdb.find_pc_line(address).symtab is not None:
            gdb.execute(f'list *{address:#x},+1')


class RomUntil(gdb.Command):
    """rom-until PROGRAM:SYMBOL: runs to a label of 16-bit code.

    PROGRAM is image, runtime or core: rom-until runtime:int13"""

    def __init__(self):
        super().__init__('rom-until', gdb.COMMAND_RUNNING)

    def invoke(self, argument, from_tty):
        name, _, symbol = argument.strip().partition(':')
        if name not in programs or not symbol:
            raise gdb.GdbError('rom-until PROGRAM:SYMBOL, with PROGRAM one of '
                               + ' '.join(programs))
        try:
            address = programs[name].at(symbol)
        except elf32.Error as error:
            raise gdb.GdbError(str(error)) from None
        run_to(address)
        gdb.execute('rom-where')


def stop_at(*names):
    """Finds the ROM, and sets the named breakpoints."""
    find()
    for name in names:
        Stop(name)


RomWhere()
RomUntil()
