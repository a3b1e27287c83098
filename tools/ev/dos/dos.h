/*
 * Calls to DOS.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TOOLS_EV_DOS_H
#define TOOLS_EV_DOS_H

/* What start.S calls; the exit status comes back. */
int dos_main(void);

/* The command line behind the program's name: its length, and its text. */
extern const unsigned char psp_tail[128];

#endif
