"""Tests that judge one long run by many claims.

    add_claims(SETUPS, CLAIMS, make_run)

adds a case for each claim about each set-up, named SETUP_CLAIM.  A set-up has
a name and can be hashed; make_run(setup, folder) does the run when its first
case comes up; a claim is a function of what that returned.
"""
# SPDX-License-Identifier: GPL-2.0-or-later

from cases import case, expect


def verdict(run, claims):
    """None when all of the claims hold of a run, else which do not, and why.
    """
    failed = []
    for claim in claims:
        try:
            claim(run)
        except AssertionError as error:
            failed.append(f'{claim.__name__}: {error}')
    return '\n'.join(failed) or None


def add_claims(setups, claims, make_run):
    runs = {}

    def run_of(setup, folder):
        if setup not in runs:
            runs[setup] = None
            runs[setup] = make_run(setup, folder)
        expect(runs[setup], 'this run failed; see its first case')
        return runs[setup]

    def add(setup, claim):
        def check(folder):
            claim(run_of(setup, folder))

        check.__name__ = f'{setup.name}_{claim.__name__}'
        case(check)

    for each_setup in setups:
        for each_claim in claims:
            add(each_setup, each_claim)
