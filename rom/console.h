/*
 * The boot console: INT 10h teletype, so that serial redirection sees it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ROM_CONSOLE_H
#define ROM_CONSOLE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * Formats: %s %c %d %u %x %X %% with an optional 0 and width, and
 * %I  a pointer to 4 bytes of IPv4 address in network order,
 * %M  a pointer to 6 bytes of MAC address.
 * '\n' becomes CR LF.  Only in the connect phase and in BEV and INT 19h:
 * nothing is ever printed from inside INT 13h.
 */
void console_printf(const char *format, ...);
void console_vprintf(const char *format, va_list args);

/* From now on, lines begin with the time since this call, or no longer. */
void console_stamp(bool on);

#endif
