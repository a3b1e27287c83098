/*
 * Holes in what a TCP peer has sent.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tcp-hole.h"

/* Segments that only overtook each other are there by then. */
#define PAUSE_MS 30

/* 30 ms to 1 s: the sender's own timer is left to do the rest. */
#define ROUNDS_MAX 5

void tcp_hole_init(struct tcp_hole *hole, uint32_t next, uint64_t now)
{
    *hole = (struct tcp_hole) { .next = next, .beyond = next, .since = now };
}

void tcp_hole_heard(struct tcp_hole *hole, uint32_t end, uint32_t next,
                    uint32_t window)
{
    if (end - next <= window && (int32_t)(end - hole->beyond) > 0) {
        hole->beyond = end;
    }
}

bool tcp_hole_due(struct tcp_hole *hole, uint32_t next, uint64_t now)
{
    if (next != hole->next || (int32_t)(hole->beyond - next) <= 0) {
        hole->next = next;
        hole->since = now;
        hole->rounds = 0;
        return false;
    }
    if (now - hole->since < (uint64_t)PAUSE_MS << hole->rounds) {
        return false;
    }
    hole->since = now;
    hole->rounds += hole->rounds < ROUNDS_MAX;
    return true;
}
