"""Ways to agree with a target: every pair of settings, or all together.

A row gives each factor one of its values.  pairs() needs few rows to have each
value of a factor meet each value of every other; product() has all rows.
"""
# SPDX-License-Identifier: GPL-2.0-or-later

import itertools

NAME = 'iqn.2024-01.test.local:disk-'
USER, SECRET = 'inuser', 'inpassword1234'
TARGET_USER, TARGET_SECRET = 'outuser', 'outpassword1234'

# The target's segment is what we may send in a PDU; bursts: largest, first.
FACTORS = {
    'header': ('None', 'CRC32C'),
    'data': ('None', 'CRC32C'),
    'auth': ('none', 'chap', 'mutual'),
    'initial_r2t': ('Yes', 'No'),
    'immediate': ('Yes', 'No'),
    'sizes': ((512, 8192, 4096), (8192, 8192, 8192), (8192, 262144, 65536),
              (262144, 262144, 65536)),
}


def product():
    """Every row there is."""
    return [dict(zip(FACTORS, values))
            for values in itertools.product(*FACTORS.values())]


def _pairs_of(row):
    return {((a, row[a]), (b, row[b]))
            for a, b in itertools.combinations(FACTORS, 2)}


def pairs():
    """Rows in which each pair of values meets, those that meet most first."""
    rows, chosen = product(), []
    missing = set().union(*map(_pairs_of, rows))
    while missing:
        best = max(rows, key=lambda row: len(_pairs_of(row) & missing))
        chosen.append(best)
        missing -= _pairs_of(best)
    return chosen


def misses(rows):
    """The pairs of values that meet in none of the rows."""
    return {((a, x), (b, y)) for a, b in itertools.combinations(FACTORS, 2)
            for x in FACTORS[a] for y in FACTORS[b]
            if not any(row[a] == x and row[b] == y for row in rows)}


def add_targets(tgtd, image):
    """One target for each way to authenticate; they share a disk."""
    targets = {auth: tgtd.add_target(NAME + auth)
               for auth in FACTORS['auth']}
    for auth, target in targets.items():
        target.add_lun(1, image)
        target.allow_address()
        if auth != 'none':
            target.require_chap(USER, SECRET)
        if auth == 'mutual':
            target.answer_chap(TARGET_USER, TARGET_SECRET)
    return targets


def prepare(target, row):
    """Sets a target up for a row."""
    segment, burst, first = row['sizes']
    for name, value in (('HeaderDigest', row['header']),
                        ('DataDigest', row['data']),
                        ('InitialR2T', row['initial_r2t']),
                        ('ImmediateData', row['immediate']),
                        ('MaxRecvDataSegmentLength', segment),
                        ('MaxBurstLength', burst),
                        ('FirstBurstLength', first)):
        target.set_parameter(name, value)


def options(row):
    """What iscsi-real is told for a row."""
    words = ['--digests']
    if row['auth'] != 'none':
        words += ['--chap', f'{USER}%{SECRET}']
    if row['auth'] == 'mutual':
        words += ['--mutual', f'{TARGET_USER}%{TARGET_SECRET}']
    return words


def agreed(row):
    """What iscsi-real then has to say of the session."""
    segment, burst, _ = row['sizes']
    return {'HeaderDigest': int(row['header'] == 'CRC32C'),
            'DataDigest': int(row['data'] == 'CRC32C'),
            'Authenticated': int(row['auth'] != 'none'),
            'InitialR2T': int(row['initial_r2t'] == 'Yes'),
            'ImmediateData': int(row['immediate'] == 'Yes'),
            'Segment': segment, 'Burst': burst, 'Relogins': 0}
