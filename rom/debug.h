/*
 * The emulators' debugging port: usable in any state of the machine.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ROM_DEBUG_H
#define ROM_DEBUG_H

/* Formats as console_printf() does, to port 0xe9.  Takes no time elsewhere. */
void debug_printf(const char *format, ...);

/* One character; @opaque is not used. */
void debug_put(void *opaque, char c);

#endif
