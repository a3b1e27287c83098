/*
 * lwIP includes it for functions that are not linked.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ROM_LWIP_STDLIB_H
#define ROM_LWIP_STDLIB_H

int atoi(const char *text);

#endif
