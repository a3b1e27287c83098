"""Processes that never outlive the program that started them."""
# SPDX-License-Identifier: GPL-2.0-or-later

import contextlib
import ctypes
import os
import signal
import subprocess

PR_SET_PDEATHSIG = 1

_libc = ctypes.CDLL(None, use_errno=True)


def _die_with_parent():
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def start(argv, **options):
    """Popen of argv, in a process group of its own, without input.

    The terminal's Ctrl-C does not reach it, so that its owner can end it in
    order; the kernel ends it when its owner is gone.
    """
    options.setdefault('stdin', subprocess.DEVNULL)
    return subprocess.Popen(argv, preexec_fn=_die_with_parent,
                            process_group=0, **options)


def wait(process, seconds):
    """Whether the process ended within so many seconds."""
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(seconds)
    return process.returncode is not None


def end(process):
    """Ends a process that may have ended already."""
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process.pid, signal.SIGKILL)
        process.wait()
