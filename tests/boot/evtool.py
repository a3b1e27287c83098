"""The host's ev, and texts that every ev must treat alike."""
# SPDX-License-Identifier: GPL-2.0-or-later

import os
import subprocess

from qemu import TOP

EV = os.path.join(TOP, 'build', 'tools', 'ev')
DRIVE_SIZE = 131072
PLACE = 'iLO'                   # how ev names the one that it runs on
SECRET = 'Twelve4bytes'

GOOD = f'''\
# The server's disk.
TargetName=iqn.2006-06.net.example:disk1
TargetIP=192.0.2.20
InitiatorName=iqn.2006-06.net.example:bench
InitiatorIP=192.0.2.5
InitiatorNetmask=255.255.255.0
LUN=1
AuthMethod=CHAP
CHAPUsername=bench
CHAPSecret={SECRET}
'''
PLAIN = '\n'.join(GOOD.splitlines()[:7]) + '\n'
LONGEST = PLAIN.replace('disk1', 'd' * 195).replace('bench', 'b' * 195) + (
    'InitiatorRoute=192.0.2.1\nTargetPort=65535\nTargetIP2=192.0.2.21\n'
    'TargetPort2=65535\nLAA=020000000001\nVLAN=4094\nForceBoot=True\n'
    'DataDigest=False\nHeaderDigest=False\nAuthMethod=MutualCHAP\n'
    f'CHAPUsername={"u" * 255}\nCHAPSecret={"s" * 255}\n'
    f'CHAPMSecret={"m" * 255}\n')

# What ev must take, by name.
TAKEN = {
    'plain': PLAIN,
    'chap': GOOD,
    'longest': LONGEST,
    'dos line ends': GOOD.replace('\n', '\r\n'),
    'byte order mark': '\xef\xbb\xbf' + GOOD,
    'end of file byte': GOOD + '\x1arubbish',
    'no last line end': GOOD.rstrip('\n'),
    'blanks': GOOD.replace('=', ' = ').replace('\n', '  \n'),
    'long comment': GOOD + '#' * (16384 - len(GOOD)),
    'warnings': GOOD.replace(SECRET, 'w' * 40).replace(
        'iqn.2006-06.net.example:bench', 'iqn.client01')
    + 'ForceBoot=maybe\nInitiatorRoute=198.51.100.1\nTargetPort2=1\n',
}

# What ev must refuse, by name.
REFUSED = {
    'nothing': '',
    'comments': '# only\n\n# comments\n',
    'number': PLAIN.replace('LUN=1', 'LUN=256'),
    'no number': PLAIN.replace('LUN=1', 'LUN=one'),
    'port': PLAIN + 'TargetPort=0\n',
    'address': PLAIN.replace('192.0.2.20', '192.0.2.256'),
    'no host': PLAIN.replace('192.0.2.20', '224.0.0.1'),
    'netmask': PLAIN.replace('255.255.255.0', '255.0.255.0'),
    'name of a target': PLAIN.replace('iqn.2006-06.net.example:disk1', 'x'),
    'doubled name': PLAIN.replace('TargetName=', 'TargetName=TargetName='),
    'folded line': PLAIN.replace('example:', 'example:\n'),
    'case of a name': PLAIN.replace('LUN=', 'Lun='),
    'unknown name': PLAIN + 'TargetPorts=1\n',
    'repeated': PLAIN + 'LUN=2\n',
    'missing': PLAIN.replace('TargetIP=', '#'),
    'no name': PLAIN + '=1\n',
    'no ascii': PLAIN.replace('disk1', 'disk\xfc'),
    'control character': PLAIN.replace('disk1', 'disk\x01'),
    'multicast address': PLAIN + 'LAA=010000000001\n',
    'vlan': PLAIN + 'VLAN=4095\n',
    'method': PLAIN + 'AuthMethod=chap\n',
    'short secret': GOOD.replace(SECRET, 'hush'),
    'hexadecimal secret': GOOD.replace(SECRET, '0x00112233445566778899aabg'),
    'masked secret': GOOD.replace(SECRET, '********'),
    'no secret': GOOD.replace('CHAPSecret', '#'),
    'equal secrets': GOOD.replace('=CHAP\n', '=MutualCHAP\n')
    + f'CHAPMSecret={SECRET}\n',
    'forty errors': ''.join(f'Nothing{n}=1\n' for n in range(40)),
    'long value': PLAIN + 'Unknown=' + 'v' * 4000 + '\n',
    'too much': '#' * 16385,
    'binary': ''.join(map(chr, range(256))),
}


def encoded(text):
    """The bytes of one of the texts above."""
    return text.encode('latin-1')


def host(image, *words, text=b''):
    """(exit status, output, error) of the host's ev, its image named iLO.

    The image comes first: the last word may lack its value.
    """
    done = subprocess.run([EV, '--image', image, *words], input=text,
                          capture_output=True, timeout=60, check=False)
    return (done.returncode, *(said.decode('ascii').replace(image, PLACE)
                               for said in (done.stdout, done.stderr)))


def blank(path):
    """A new EV drive."""
    with open(path, 'wb') as drive:
        drive.truncate(DRIVE_SIZE)
    return path


def content(path):
    with open(path, 'rb') as file:
        return file.read()
