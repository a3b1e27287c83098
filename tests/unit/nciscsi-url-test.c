/*
 * URLs of nciscsi: what they are taken for, and what is refused.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>
#include <string.h>

#include "unit.h"
#include "url.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

static bool same(const char *a, const char *b)
{
    return g_strcmp0(a, b) == 0;
}

static void urls_are_taken_apart(void)
{
    static const struct {
        const char *text;
        const char *portal, *target, *user, *secret;
    } rows[] = {
        { "iscsi://192.0.2.1/iqn.x:y/1", "192.0.2.1", "iqn.x:y" },
        { "iscsi://192.0.2.1:3261/iqn.x:y/1", "192.0.2.1:3261", "iqn.x:y" },
        { "iscsi://[2001:db8::1]:3261/iqn.x:y/1", "[2001:db8::1]:3261",
          "iqn.x:y" },
        { "iscsi://me@host/iqn.x:y/1", "host", "iqn.x:y", "me" },
        { "iscsi://me%word@host/iqn.x:y/1", "host", "iqn.x:y", "me", "word" },
        { "iscsi://me%a/b@c@host/iqn.x:y/1", "host", "iqn.x:y", "me",
          "a/b@c" },
        { "iscsi://me%50%25%3f@host/iqn.x:y/1", "host", "iqn.x:y", "me",
          "50%?" },
        { "host:3260", "host:3260" },
        { "iscsi://host/", "host" },
        { "iscsi://host/iqn.x:y", "host", "iqn.x:y" },
        { "iscsi://host/iqn.x:y/", "host", "iqn.x:y" },
    };
    char *problem = NULL;
    struct url *url;
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        url = url_parse(rows[i].text, &problem);
        CU_ASSERT_PTR_NOT_NULL_FATAL(url);
        CU_ASSERT(same(url->portal, rows[i].portal));
        CU_ASSERT(same(url->target, rows[i].target));
        CU_ASSERT(same(url->user, rows[i].user));
        CU_ASSERT(same(url->secret, rows[i].secret));
        CU_ASSERT_EQUAL(url->has_lun, g_str_has_suffix(rows[i].text, "/1"));
        CU_ASSERT_PTR_NULL(url->target_user);
        CU_ASSERT_PTR_NULL(url->target_secret);
        CU_ASSERT_FALSE(url->header_digest);
        CU_ASSERT_FALSE(url->data_digest);
        url_free(url);
    }
}

static void options_are_taken_in_any_order(void)
{
    char *problem = NULL;
    struct url *url = url_parse(
        "iscsi://a%b@host/iqn.x:y/1?data_digest=CRC32C&target_password=p%26w"
        "&header_digest=none&target_user=them", &problem);

    CU_ASSERT_PTR_NOT_NULL_FATAL(url);
    CU_ASSERT_TRUE(url->data_digest);
    CU_ASSERT_FALSE(url->header_digest);
    CU_ASSERT_STRING_EQUAL(url->target_user, "them");
    CU_ASSERT_STRING_EQUAL(url->target_secret, "p&w");
    url_free(url);
}

static void luns_are_numbers_or_raw_S12(void)
{
    static const struct {
        const char *text;
        uint8_t lun[8];
    } rows[] = {
        { "0", { 0, 0 } },
        { "255", { 0, 255 } },
        { "256", { 0x41, 0 } },
        { "300", { 0x41, 0x2c } },
        { "16383", { 0x7f, 0xff } },
        { "0x4186000900000000", { 0x41, 0x86, 0, 9 } },
        { "0xD200001234567890", { 0xd2, 0, 0, 0x12, 0x34, 0x56, 0x78,
                                  0x90 } },
    };
    g_autofree char *text = NULL;
    char *problem = NULL;
    struct url *url;
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        g_free(text);
        text = g_strconcat("iscsi://host/iqn.x:y/", rows[i].text, NULL);
        url = url_parse(text, &problem);
        CU_ASSERT_PTR_NOT_NULL_FATAL(url);
        CU_ASSERT_TRUE(url->has_lun);
        CU_ASSERT_EQUAL(memcmp(url->lun, rows[i].lun, 8), 0);
        url_free(url);
    }
}

static void what_is_no_url_is_told_in_a_sentence(void)
{
    static const struct {
        const char *text, *sentence;
    } rows[] = {
        { "iscsi://", "URL: no host" },
        { "iscsi:///iqn.x:y/1", "URL: no host" },
        { "iscsi://host//1", "URL: no target" },
        { "iscsi://@host/iqn.x:y/1", "URL: no user" },
        { "iscsi://host/iqn.x:y/one", "URL: LUN 'one': a number up to" },
        { "iscsi://host/iqn.x:y/16384", "URL: LUN '16384': a number up to" },
        { "iscsi://host/iqn.x:y/-1", "URL: LUN '-1': a number up to" },
        { "iscsi://host/iqn.x:y/0x41", "URL: LUN '0x41': a number up to" },
        { "iscsi://host/iqn.x:y/0x41860009000000001",
          "URL: LUN '0x41860009000000001': a number up to" },
        { "iscsi://host/iqn.x:y/1?header_digest=md5",
          "URL: header_digest=md5: there is none and crc32c" },
        { "iscsi://host/iqn.x:y/1?speed=9", "URL: unknown option 'speed'" },
        { "iscsi://host/iqn.x:y/1?target_user", "URL: unknown option" },
    };
    struct url *url;
    char *problem;
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        problem = NULL;
        url = url_parse(rows[i].text, &problem);
        CU_ASSERT_PTR_NULL(url);
        CU_ASSERT_PTR_NOT_NULL_FATAL(problem);
        CU_ASSERT(g_str_has_prefix(problem, rows[i].sentence));
        g_free(problem);
    }
}

static void no_complaint_holds_a_secret(void)
{
    static const char *const rows[] = {
        "iscsi://me%hush%zz@host/iqn.x:y/1",
        "iscsi://me%hush%00@host/iqn.x:y/1",
        "iscsi://me%hush@host/iqn.x:y/1?target_password=hush%4",
        "iscsi://me%hush@/iqn.x:y/1",
        "iscsi://me%hush@host/iqn.x:y/one",
        "iscsi://me%hush@host/iqn.x:y/1?target_password=hush&x=y",
    };
    struct url *url;
    char *problem;
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        problem = NULL;
        url = url_parse(rows[i], &problem);
        CU_ASSERT_PTR_NULL(url);
        CU_ASSERT_PTR_NOT_NULL_FATAL(problem);
        CU_ASSERT_PTR_NULL(strstr(problem, "hush"));
        g_free(problem);
    }
}

static const struct unit_case cases[] = {
    UNIT_CASE(urls_are_taken_apart),
    UNIT_CASE(options_are_taken_in_any_order),
    UNIT_CASE(luns_are_numbers_or_raw_S12),
    UNIT_CASE(what_is_no_url_is_told_in_a_sentence),
    UNIT_CASE(no_complaint_holds_a_secret),
};

int main(int argc, char **argv)
{
    return unit_main("nciscsi-url", cases, COUNT(cases), argc, argv);
}
