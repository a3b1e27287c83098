/*
 * Stages of a boot among the noise of port 80h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "qemu/osdep.h"
#include "ncsim/post_codes.h"
#include "post.h"
#include "unit.h"

#define CASES (sizeof(cases) / sizeof(cases[0]))

static IloPost post;

static unsigned feed(const uint8_t *bytes, size_t count)
{
    unsigned stages = 0;

    for (size_t i = 0; i < count; i++) {
        stages += ilo_post_byte(&post, bytes[i]);
    }
    return stages;
}

#define FEED(...) \
    feed((const uint8_t[]) { __VA_ARGS__ }, \
         sizeof((const uint8_t[]) { __VA_ARGS__ }))

static void framed_code_is_a_stage(void)
{
    ilo_post_reset(&post);
    CU_ASSERT_EQUAL(ilo_post_last(&post), 0);
    CU_ASSERT_EQUAL(FEED(0xb5, 0x10), 0);
    CU_ASSERT_EQUAL(FEED(0xef), 1);
    CU_ASSERT_EQUAL(ilo_post_last(&post), POST_ROM);
}

static void every_code_can_be_framed(void)
{
    for (unsigned code = 0; code < 256; code++) {
        ilo_post_reset(&post);
        CU_ASSERT_EQUAL(FEED(POST_FRAME, code, POST_CHECK(code)), 1);
        CU_ASSERT_EQUAL(ilo_post_last(&post), code);
        CU_ASSERT_EQUAL(post.count, 1);
    }
}

static void unframed_bytes_are_no_stage(void)
{
    ilo_post_reset(&post);
    for (unsigned i = 0; i < 1000; i++) {
        CU_ASSERT_FALSE(ilo_post_byte(&post, i));
    }
    CU_ASSERT_EQUAL(FEED(0xb5, 0x10, 0x10, 0xb5, 0x10, 0xee, 0x10, 0xef), 0);
    CU_ASSERT_EQUAL(post.count, 0);
}

static void noise_before_a_frame_cannot_hide_it(void)
{
    for (unsigned a = 0; a < 256; a++) {
        for (unsigned b = 0; b < 256; b++) {
            uint8_t bytes[] = { a, b, POST_FRAME, 0x17, 0xe8 };

            ilo_post_reset(&post);
            feed(bytes, sizeof(bytes));
            CU_ASSERT_EQUAL_FATAL(ilo_post_last(&post), POST_LOGIN);
        }
    }
}

static void frame_is_found_behind_what_only_looked_like_one(void)
{
    ilo_post_reset(&post);
    CU_ASSERT_EQUAL(FEED(0xb5, 0x4a, 0xb5, 0x10, 0xef), 2);
    CU_ASSERT_EQUAL(ilo_post_last(&post), POST_ROM);
}

static void last_sixteen_stages_are_kept(void)
{
    ilo_post_reset(&post);
    for (unsigned code = 0; code < 40; code++) {
        FEED(POST_FRAME, code, POST_CHECK(code));
    }
    CU_ASSERT_EQUAL(post.count, 40);
    for (unsigned n = 24; n < 40; n++) {
        CU_ASSERT_EQUAL(post.stages[n % ILO_POST_STAGES_KEPT], n);
    }
}

static void count_may_wrap(void)
{
    ilo_post_reset(&post);
    post.count = UINT32_MAX;
    FEED(0xb5, 0x10, 0xef);
    CU_ASSERT_EQUAL(post.count, 0);
    CU_ASSERT_EQUAL(ilo_post_last(&post), POST_ROM);
}

static void codes_have_the_names_of_the_contract(void)
{
    static const struct {
        uint8_t code;
        const char *name;
    } rows[] = {
        { 0x10, "rom" }, { 0x17, "login" }, { 0x1b, "bootsector" },
        { 0x20, "relogin" }, { 0x30, "failover" }, { 0x3f, "failover" },
        { 0xe0, "fail" }, { 0xef, "fail" }, { 0xff, "released" },
        { 0x00, "unknown" }, { 0x2f, "unknown" }, { 0x40, "unknown" },
        { 0xf0, "unknown" },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        CU_ASSERT_STRING_EQUAL(ilo_post_name(rows[i].code), rows[i].name);
    }
}

static const struct unit_case cases[] = {
    UNIT_CASE(framed_code_is_a_stage),
    UNIT_CASE(every_code_can_be_framed),
    UNIT_CASE(unframed_bytes_are_no_stage),
    UNIT_CASE(noise_before_a_frame_cannot_hide_it),
    UNIT_CASE(frame_is_found_behind_what_only_looked_like_one),
    UNIT_CASE(last_sixteen_stages_are_kept),
    UNIT_CASE(count_may_wrap),
    UNIT_CASE(codes_have_the_names_of_the_contract),
};

int main(int argc, char **argv)
{
    return unit_main("ilo-post", cases, CASES, argc, argv);
}
