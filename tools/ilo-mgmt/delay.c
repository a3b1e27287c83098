/*
 * Delays after failed logins.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "delay.h"
#include "scan.h"

void delay_init(struct delay *delay, const unsigned seconds[DELAY_STEPS])
{
    memset(delay, 0, sizeof(*delay));
    memcpy(delay->seconds, seconds, sizeof(delay->seconds));
}

static struct delay_source *find(struct delay *delay, const uint8_t *address)
{
    for (unsigned i = 0; i < DELAY_SOURCES; i++) {
        struct delay_source *source = &delay->source[i];

        if (source->failures > 0 &&
            memcmp(source->address, address, DELAY_SOURCE_SIZE) == 0) {
            return source;
        }
    }
    return NULL;
}

/* A free row, or the one whose last failure is longest ago. */
static struct delay_source *make(struct delay *delay, const uint8_t *address)
{
    struct delay_source *oldest = &delay->source[0];

    for (unsigned i = 0; i < DELAY_SOURCES; i++) {
        struct delay_source *source = &delay->source[i];

        if (source->failures == 0) {
            oldest = source;
            break;
        }
        if (source->last < oldest->last) {
            oldest = source;
        }
    }
    memset(oldest, 0, sizeof(*oldest));
    memcpy(oldest->address, address, DELAY_SOURCE_SIZE);
    return oldest;
}

static void drain(struct delay *delay, int64_t now)
{
    int64_t seconds = now - delay->drained;

    delay->failures = seconds >= delay->failures ? 0 :
                      delay->failures - (unsigned)seconds;
    delay->drained = now;
}

unsigned delay_left(struct delay *delay,
                    const uint8_t address[DELAY_SOURCE_SIZE], int64_t now)
{
    struct delay_source *source = find(delay, address);
    int64_t left = 0;

    drain(delay, now);
    if (source && now - source->last >= DELAY_FORGET_SECONDS) {
        source->failures = 0;
    } else if (source && source->until > now) {
        left = source->until - now;
    }
    if (delay->failures > DELAY_BURST &&
        left < delay->failures - DELAY_BURST) {
        left = delay->failures - DELAY_BURST;
    }
    return left;
}

void delay_failed(struct delay *delay,
                  const uint8_t address[DELAY_SOURCE_SIZE], int64_t now)
{
    struct delay_source *source = find(delay, address);
    unsigned step;

    if (!source) {
        source = make(delay, address);
    }
    step = source->failures < DELAY_STEPS ? source->failures :
                                            DELAY_STEPS - 1;
    source->failures++;
    source->last = now;
    source->until = now + delay->seconds[step];
    drain(delay, now);
    delay->failures++;
}

void delay_worked(struct delay *delay,
                  const uint8_t address[DELAY_SOURCE_SIZE])
{
    struct delay_source *source = find(delay, address);

    if (source) {
        source->failures = 0;
    }
}
