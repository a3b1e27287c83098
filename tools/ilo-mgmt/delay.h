/*
 * Delays after failed logins, for each source and for all of them together.
 *
 * Pure: the caller passes time in.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ILO_MGMT_DELAY_H
#define ILO_MGMT_DELAY_H

#include <stdbool.h>
#include <stdint.h>

#define DELAY_SOURCES 32
#define DELAY_STEPS 3

/* After the first, second, and every further failure of a source: seconds. */
#define DELAY_DEFAULT { 5, 10, 60 }

/* So many failures of all sources go unhindered, then one a second. */
#define DELAY_BURST 16

/* A source without failures for so long is forgotten. */
#define DELAY_FORGET_SECONDS 600

/* Whom failures are counted for: an IPv4 address, the /64 of an IPv6 one. */
#define DELAY_SOURCE_SIZE 8

struct delay_source {
    uint8_t address[DELAY_SOURCE_SIZE];
    unsigned failures;          /* 0: the row is free */
    int64_t last;               /* failure, seconds */
    int64_t until;              /* no attempt is judged before this */
};

struct delay {
    unsigned seconds[DELAY_STEPS];
    unsigned failures;          /* of all, less one for each second */
    int64_t drained;            /* up to when that is */
    struct delay_source source[DELAY_SOURCES];
};

void delay_init(struct delay *delay, const unsigned seconds[DELAY_STEPS]);

/*
 * Seconds until an attempt of this source will be judged; 0: now.  @now is
 * any clock that does not go back.
 */
unsigned delay_left(struct delay *delay,
                    const uint8_t address[DELAY_SOURCE_SIZE], int64_t now);

/* A login of this source failed, or worked. */
void delay_failed(struct delay *delay,
                  const uint8_t address[DELAY_SOURCE_SIZE], int64_t now);
void delay_worked(struct delay *delay,
                  const uint8_t address[DELAY_SOURCE_SIZE]);

#endif
