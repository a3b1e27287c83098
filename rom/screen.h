/*
 * Lines of the setup screen: at most 79 characters, each written once from
 * left to right, so that a serial terminal shows the same.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ROM_SCREEN_H
#define ROM_SCREEN_H

#include <stdbool.h>
#include <stdint.h>

struct ev_slice;
struct rom_failure;

/* What stands for a secret, as 'ev -p' prints it. */

/*
 * The variables that the ROM knows in the text of a boot block, one on a
 * line or, when the value is long, on several.  Secrets are masked.
 */
void screen_configuration(const struct ev_slice *text);

/* A step of the connection test: its name, while it goes on ... */
void screen_step(const char *name);

/* ... and how it ended, after @ms.  What it has found may follow. */
void screen_step_ok(uint32_t ms);
void screen_step_failed(uint32_t ms, const struct rom_failure *failure);

/* What a target says of itself: its name, and one of its addresses. */
void screen_target(const char *name, bool configured);
void screen_portal(const char *address);

/* A logical unit as REPORT LUNS and INQUIRY describe it. */
struct screen_lun {
    uint8_t lun[8];                 /* SAM LUN */
    uint8_t type;                   /* peripheral device type */
    bool described;                 /* what follows is valid */
    uint8_t vendor[8], product[16]; /* as the target sent them */
    bool sized;
    uint64_t mebibytes;
};

/* @number: the configured LUN, which is marked. */
void screen_lun(const struct screen_lun *unit, uint16_t number);

/* The number of a LUN with one level; false: it has none. */
bool screen_lun_number(const uint8_t lun[8], uint16_t *number);

#endif
