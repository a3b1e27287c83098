/*
 * Holes in what a TCP peer has sent, and when to tell it of them again.
 *
 * A receiver repeats its acknowledgement for each segment that arrives beyond
 * a hole, and three repetitions make the sender fill it at once (RFC 5681
 * 3.2).  When too few arrive, or the retransmission is lost too, nothing more
 * comes until the sender's timer ends: a second, doubled each time.  So the
 * acknowledgement is repeated after a pause as well, while a hole is known.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ROM_TCP_HOLE_H
#define ROM_TCP_HOLE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Those three, and one in front, which may tell a new window: then it does
 * not count as a repetition.
 */
#define TCP_HOLE_REPEATS 4

struct tcp_hole {
    uint32_t next;              /* sequence number that is waited for */
    uint32_t beyond;            /* the furthest the peer has come, seen of it */
    uint64_t since;             /* ms: of the hole, or of what was last done */
    unsigned rounds;            /* of repetitions, for this byte */
};

/* The connection is up, and @next is waited for; @now in milliseconds. */
void tcp_hole_init(struct tcp_hole *hole, uint32_t next, uint64_t now);

/*
 * A segment of the peer ends before sequence number @end, also one without
 * data: its number tells how far the peer has come.  What is not within the
 * @window behind @next tells nothing (RFC 9293 3.10.7.4).
 */
void tcp_hole_heard(struct tcp_hole *hole, uint32_t end, uint32_t next,
                    uint32_t window);

/*
 * Now @next is waited for: is it time to repeat the acknowledgement?  If so,
 * the next time comes after twice the pause.
 */
bool tcp_hole_due(struct tcp_hole *hole, uint32_t next, uint64_t now);

#endif
