"""RIBCL documents with bytes changed, left out and doubled, behind a login.

What a document is follows from seed and number alone.  Commands in it only
read, so nothing may have happened to the server in the end.
"""
# SPDX-License-Identifier: GPL-2.0-or-later

import concurrent.futures
import contextlib
import random

from cases import expect, expect_equal
from daemon import ADMIN, Daemon, everything, script, server_info, statuses
from peer import Peer

AT_ONCE = 4
ANSWER_MAX = 1 << 20
BYTES = b'<>/"\'= A\0\xff&!-?'
PIECES = (b'<!--', b'-->', b'<![CDATA[', b'&#x41;', b'<GET_EV NAME="',
          b'MODE="write"', b'<RIBCL VERSION="2.0">', b'</LOGIN>', b'\r\n' * 99,
          b'"' * 33, b'A' * 5000)
# Ends whatever a mutation has left open, so that there is an answer at once.
TAIL = b'\'>">--></SERVER_INFO></LOGIN></RIBCL>\r\n'
READING = (server_info('<GET_HOST_POWER_STATUS/>', 'read')
           + server_info('<GET_EV NAME="CQA"/><GET_EV_LIST/>', 'read')
           + '<RIB_INFO MODE="read"><GET_FW_VERSION/><GET_EVENT_LOG/>'
             '</RIB_INFO><USER_INFO MODE="read"><GET_ALL_USERS/></USER_INFO>')


def mutate(text, chance):
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(text))
        end = at + chance.choice((0, 0, 1, 1, 2, 3, 9))
        way = chance.randrange(4)
        if way == 0:
            text[at:end] = chance.choice(PIECES)
        elif way == 1:                  # another piece of the same text
            start = chance.randrange(len(text))
            text[at:end] = text[start:start + chance.randint(1, 60)]
        else:
            text[at:end] = bytes(chance.choices(BYTES,
                                                k=chance.randint(0, 3)))
    return bytes(text)


def document(seed, number, password):
    """Every fourth by HTTP, at times with a head that is no better."""
    chance = random.Random(f'{seed} {number}')
    good = script(READING, ADMIN, password)
    start = good.index(b'<SERVER_INFO')
    body = good[:start] + mutate(bytearray(good[start:]), chance) + TAIL
    if number % 4:
        return body
    head = (b'POST /ribcl HTTP/1.1\r\nHost: ilo\r\nTE: chunked\r\n'
            b'Connection: Close\r\nContent-length: %d\r\n\r\n' % len(body))
    if number % 80 == 0:
        head = mutate(bytearray(head), chance)
    return head + body


def play(ilo, seed, number):
    """How many statuses came back."""
    with ilo.connect() as client:
        with contextlib.suppress(OSError):
            client.sendall(document(seed, number, ilo.password))
        answers = everything(client)
    expect(len(answers) < ANSWER_MAX, f'document {number}: a bounded answer')
    expect(ilo.password not in answers, f'document {number}: the password')
    return len(statuses(answers))


def run(folder, seed, count):
    """So many documents; how many statuses answered them."""
    with Peer(folder) as peer, Daemon(folder, peer.path,
                                      '--idle', '10') as ilo, \
            concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        answered = sum(pool.map(lambda number: play(ilo, seed, number),
                                range(count)))
        expect_equal((peer.acts, peer.commits, peer.resets, peer.evs),
                     ([], 0, 0, {}), 'what the server did')
        expect('HOST_POWER="ON"' in ilo.ask(server_info(
            '<GET_HOST_POWER_STATUS/>', 'read')), 'it still serves')
    return answered
