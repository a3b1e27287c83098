/*
 * ev -c and ev -p in a place that fails in every way.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "qemu/osdep.h"
#include "commands.h"
#include "console.h"
#include "ev-core/ev.h"
#include "unit.h"

#define CASES (sizeof(cases) / sizeof(cases[0]))
#define EV EV_BOOT_ADAPTER_1

static const char text[] =
    "TargetName=iqn.2006-06.net.example:disk1\nTargetIP=192.0.2.20\n"
    "InitiatorName=iqn.2006-06.net.example:bench\n"
    "InitiatorIP=192.0.2.5\nInitiatorNetmask=255.255.255.0\n"
    "AuthMethod=CHAP\nCHAPUsername=bench\nCHAPSecret=Twelve4bytes\n";

/* The console. */
static const char *input;
static char said[2][2048];          /* output and error */

bool console_read(char *buffer, size_t room, size_t *length)
{
    *length = MIN(strlen(input), room);
    memcpy(buffer, input, *length);
    return true;
}

void console_write(int handle, const char *what, size_t length)
{
    strncat(said[handle - 1], what, length);
}

/* The place: one EV, and what goes wrong with it. */
static struct {
    struct ev_place place;
    bool shut;                      /* does not open */
    unsigned opened, closed, written;
    enum place_result read, write;
    const char *instead;            /* text of the block that is read */
    uint8_t data[EV_DATA_MAX];
    size_t length;
} kept;

static bool open_kept(struct ev_place *place, bool change)
{
    kept.opened += !kept.shut;
    return !kept.shut;
}

static enum place_result read_kept(struct ev_place *place, const char *name,
                                   uint8_t *data, size_t *length)
{
    struct ev_writer writer;

    CU_ASSERT_STRING_EQUAL(name, EV);
    if (kept.instead) {
        ev_writer_init(&writer, data, EV_DATA_MAX);
        ev_writer_add_configured(&writer, (struct ev_slice) {
            kept.instead, strlen(kept.instead) });
        *length = ev_writer_seal(&writer, ENVELOPE_MAGIC_BOOT);
    } else {
        memcpy(data, kept.data, kept.length);
        *length = kept.length;
    }
    return kept.read;
}

static enum place_result write_kept(struct ev_place *place, const char *name,
                                    const uint8_t *data, size_t length)
{
    kept.written++;
    if (kept.write == PLACE_OK) {
        memcpy(kept.data, data, length);
        kept.length = length;
    }
    return kept.write;
}

static void close_kept(struct ev_place *place)
{
    kept.closed++;
}

static void start(void)
{
    memset(&kept, 0, sizeof(kept));
    memset(said, 0, sizeof(said));
    kept.place = (struct ev_place) {
        "PLACE", open_kept, read_kept, write_kept, close_kept
    };
    input = text;
}

static void expect_end(int got, int status, const char *output,
                       const char *error)
{
    CU_ASSERT_EQUAL(got, status);
    CU_ASSERT_STRING_EQUAL(said[0], output);
    CU_ASSERT_STRING_EQUAL(said[1], error);
    CU_ASSERT_EQUAL(kept.opened, kept.closed);
}

static void what_reads_back_the_same_is_written(void)
{
    start();
    expect_end(command_configure(&kept.place, EV), EXIT_OK,
               "ev: PLACE: CQTISCSI written, 233 bytes\n", "");
    CU_ASSERT_EQUAL(kept.written, 1);
}

static void what_reads_back_otherwise_is_not(void)
{
    static const char *const otherwise[] = {
        "TargetName=iqn.2006-06.net.example:disk1\n",
        "TargetName=iqn.2006-06.net.example:disk1\nTargetIP=192.0.2.20\n"
        "InitiatorName=iqn.2006-06.net.example:bench\n"
        "InitiatorIP=192.0.2.5\nInitiatorNetmask=255.255.255.0\n"
        "AuthMethod=CHAP\nCHAPUsername=bench\nCHAPSecret=Twelve5bytes\n",
        "",
    };

    for (size_t i = 0; i < ARRAY_SIZE(otherwise); i++) {
        start();
        kept.instead = otherwise[i];
        expect_end(command_configure(&kept.place, EV), EXIT_FAILED, "",
                   "ev: PLACE: what was written does not read back\n");
    }
    start();
    kept.read = PLACE_NO_SUCH;
    expect_end(command_configure(&kept.place, EV), EXIT_FAILED, "",
               "ev: PLACE: what was written does not read back\n");
}

static void hidden_secrets_are_told(void)
{
    start();
    kept.instead =
        "TargetName=iqn.2006-06.net.example:disk1\nTargetIP=192.0.2.20\n"
        "InitiatorName=iqn.2006-06.net.example:bench\n"
        "InitiatorIP=192.0.2.5\nInitiatorNetmask=255.255.255.0\n"
        "AuthMethod=CHAP\nCHAPUsername=bench\nCHAPSecret=********\n";
    expect_end(command_configure(&kept.place, EV), EXIT_OK,
               "ev: PLACE: CQTISCSI written, 233 bytes; its secrets are "
               "hidden until the next reset, and were not compared\n", "");
}

static void each_failure_to_write_has_its_sentence(void)
{
    static const struct {
        enum place_result result;
        const char *sentence;
    } rows[] = {
        { PLACE_FULL, "ev: PLACE: no room for 233 bytes; delete other EVs\n" },
        { PLACE_REFUSED, "ev: PLACE: refuses the change: the EVs are full, "
          "read-only or failing; the old configuration still holds\n" },
        { PLACE_FAILED, "ev: PLACE: cannot be written; the old configuration "
          "still holds\n" },
        { PLACE_NO_ANSWER, "ev: PLACE: gives no proper answer; see with "
          "'ev -p' whether it was written\n" },
    };

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        start();
        kept.write = rows[i].result;
        expect_end(command_configure(&kept.place, EV), EXIT_FAILED, "",
                   rows[i].sentence);
    }
}

static void bad_text_does_not_even_open_the_place(void)
{
    start();
    input = "LUN=x\n";
    CU_ASSERT_EQUAL(command_configure(&kept.place, EV), EXIT_FAILED);
    CU_ASSERT_EQUAL(kept.opened, 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(said[1], "nothing was written"));
}

static void place_that_does_not_open_is_status_3(void)
{
    start();
    kept.shut = true;
    expect_end(command_configure(&kept.place, EV), EXIT_ENVIRONMENT, "", "");
    expect_end(command_print(&kept.place, EV), EXIT_ENVIRONMENT, "", "");
    CU_ASSERT_EQUAL(kept.written, 0);
}

static void each_failure_to_read_has_its_sentence(void)
{
    start();
    kept.read = PLACE_NO_SUCH;
    expect_end(command_print(&kept.place, EV), EXIT_FAILED, "",
               "ev: PLACE: there is no configuration (CQTISCSI); write one "
               "with 'ev -c'\n");
    for (unsigned i = 0; i < 2; i++) {
        start();
        kept.read = i ? PLACE_NO_ANSWER : PLACE_FAILED;
        expect_end(command_print(&kept.place, EV), EXIT_ENVIRONMENT, "",
                   "ev: PLACE: the EVs cannot be read\n");
    }
}

static void unknown_variables_are_printed_masked(void)
{
    struct ev_writer writer;

    start();
    ev_writer_init(&writer, kept.data, sizeof(kept.data));
    ev_writer_add_string(&writer, "LUN", "1");
    ev_writer_add_string(&writer, "CHAPSecret", "Twelve4bytes");
    ev_writer_add_string(&writer, "CHAPSecret2", "of newer tools");
    kept.length = ev_writer_seal(&writer, ENVELOPE_MAGIC_BOOT);
    expect_end(command_print(&kept.place, EV), EXIT_OK,
               "LUN=1\nCHAPSecret=********\nCHAPSecret2=********\n", "");
}

static const struct unit_case cases[] = {
    UNIT_CASE(what_reads_back_the_same_is_written),
    UNIT_CASE(what_reads_back_otherwise_is_not),
    UNIT_CASE(hidden_secrets_are_told),
    UNIT_CASE(each_failure_to_write_has_its_sentence),
    UNIT_CASE(bad_text_does_not_even_open_the_place),
    UNIT_CASE(place_that_does_not_open_is_status_3),
    UNIT_CASE(each_failure_to_read_has_its_sentence),
    UNIT_CASE(unknown_variables_are_printed_masked),
};

int main(int argc, char **argv)
{
    return unit_main("ev-commands", cases, CASES, argc, argv);
}
