/*
 * When the ROM tells a TCP peer again what is missing.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "unit.h"
#include "tcp-hole.h"

#define WINDOW 65535
#define FIRST 0xffffff00u       /* numbers run over soon */
#define MSS 1460
#define PAUSE 30
#define START 1000

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct tcp_hole hole;

static void start(void)
{
    tcp_hole_init(&hole, FIRST, START);
}

/* Milliseconds from @now on until it is due; it is within a minute. */
static unsigned wait_from(uint64_t now, uint32_t next)
{
    unsigned waited = 0;

    while (!tcp_hole_due(&hole, next, now + waited)) {
        CU_ASSERT_FATAL(++waited < 60000);
    }
    return waited;
}

static bool ever_due(uint64_t now, uint32_t next)
{
    unsigned waited;

    for (waited = 0; waited < 5000; waited++) {
        if (tcp_hole_due(&hole, next, now + waited)) {
            return true;
        }
    }
    return false;
}

static void nothing_missing_is_nothing_to_tell(void)
{
    start();
    CU_ASSERT_FALSE(ever_due(START, FIRST));
    tcp_hole_heard(&hole, FIRST + MSS, FIRST, WINDOW);
    CU_ASSERT_FALSE(ever_due(START, FIRST + MSS));
}

static void a_hole_is_told_of_after_a_pause(void)
{
    start();
    tcp_hole_heard(&hole, FIRST + 2 * MSS, FIRST, WINDOW);
    CU_ASSERT_EQUAL(wait_from(START, FIRST), PAUSE);
}

static void the_pause_begins_with_the_hole(void)
{
    start();
    CU_ASSERT_FALSE(tcp_hole_due(&hole, FIRST, START + 9000));
    tcp_hole_heard(&hole, FIRST + 2 * MSS, FIRST, WINDOW);
    CU_ASSERT_EQUAL(wait_from(START + 9000, FIRST), PAUSE);
}

static void segments_that_overtook_each_other_are_no_hole(void)
{
    start();
    tcp_hole_heard(&hole, FIRST + 2 * MSS, FIRST, WINDOW);
    CU_ASSERT_FALSE(tcp_hole_due(&hole, FIRST, START + PAUSE - 1));
    CU_ASSERT_FALSE(ever_due(START + PAUSE, FIRST + 2 * MSS));
}

static void a_segment_without_data_shows_a_hole_too(void)
{
    start();
    tcp_hole_heard(&hole, FIRST + MSS, FIRST, WINDOW);
    CU_ASSERT_TRUE(ever_due(START, FIRST));
}

static void it_is_told_ever_more_rarely(void)
{
    static const unsigned pauses[] = { 30, 60, 120, 240, 480, 960, 960 };
    uint64_t now = START;
    size_t i;

    start();
    tcp_hole_heard(&hole, FIRST + 2 * MSS, FIRST, WINDOW);
    for (i = 0; i < COUNT(pauses); i++) {
        CU_ASSERT_EQUAL(wait_from(now, FIRST), pauses[i]);
        now += pauses[i];
    }
}

static void the_next_hole_is_told_of_as_soon_as_the_first(void)
{
    uint64_t now = START + PAUSE;

    start();
    tcp_hole_heard(&hole, FIRST + 9 * MSS, FIRST, WINDOW);
    CU_ASSERT_EQUAL(wait_from(START, FIRST), PAUSE);
    CU_ASSERT_FALSE(tcp_hole_due(&hole, FIRST + 4 * MSS, now));
    CU_ASSERT_EQUAL(wait_from(now, FIRST + 4 * MSS), PAUSE);
}

static void old_and_impossible_numbers_tell_nothing(void)
{
    start();
    tcp_hole_heard(&hole, FIRST - MSS, FIRST, WINDOW);
    tcp_hole_heard(&hole, FIRST + WINDOW + 1, FIRST, WINDOW);
    tcp_hole_heard(&hole, FIRST + 0x80000000u, FIRST, WINDOW);
    CU_ASSERT_FALSE(ever_due(START, FIRST));
}

static const struct unit_case cases[] = {
    UNIT_CASE(nothing_missing_is_nothing_to_tell),
    UNIT_CASE(a_hole_is_told_of_after_a_pause),
    UNIT_CASE(the_pause_begins_with_the_hole),
    UNIT_CASE(segments_that_overtook_each_other_are_no_hole),
    UNIT_CASE(a_segment_without_data_shows_a_hole_too),
    UNIT_CASE(it_is_told_ever_more_rarely),
    UNIT_CASE(the_next_hole_is_told_of_as_soon_as_the_first),
    UNIT_CASE(old_and_impossible_numbers_tell_nothing),
};

int main(int argc, char **argv)
{
    return unit_main("rom-tcp-hole", cases, COUNT(cases), argc, argv);
}
