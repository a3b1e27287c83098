/*
 * What the network sees of boot configurations.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "ev-core/ev.h"
#include "mask.h"


static bool is_boot_value(const char *name, const uint8_t *value, size_t size)
{
    return ribcl_is_boot_ev(name) ||
           (size >= 4 && memcmp(value, ENVELOPE_MAGIC_BOOT, 4) == 0);
}

/* Copies a name from inside a text, as the writer takes C strings. */
static bool copy_name(char *to, size_t room, struct ev_slice name)
{
    if (name.length >= room) {
        return false;
    }
    memcpy(to, name.start, name.length);
    to[name.length] = '\0';
    return true;
}

/*
 * Only variables that are known, and known to be no secret, show their
 * value: what a newer tool calls one we cannot know.
 */
static size_t mask_text(struct ev_slice text, uint8_t shown[EV_DATA_MAX])
{
    struct ev_writer writer;
    struct ev_reader reader;
    struct ev_line line;
    char name[64];

    ev_writer_init(&writer, shown, EV_DATA_MAX);
    ev_reader_init(&reader, text.start, text.length);
    while (ev_reader_next(&reader, &line)) {
        enum ev_variable_id variable = ev_variable_find(line.name);
        bool seen = variable != EV_NO_VARIABLE &&
                    !ev_variables[variable].secret;

        if (line.error != EV_OK || !copy_name(name, sizeof(name),
                                              line.name)) {
            continue;
        }
        if (seen) {
            ev_writer_add(&writer, name, line.value);
        } else {
            ev_writer_add_string(&writer, name, EV_MASK);
        }
    }
    return ev_writer_seal(&writer, ENVELOPE_MAGIC_BOOT);
}

size_t mask_value(const char *name, const uint8_t *value, size_t size,
                  uint8_t shown[EV_DATA_MAX])
{
    struct ev_slice text;

    if (!is_boot_value(name, value, size)) {
        memcpy(shown, value, size);
        return size;
    }
    if (ev_block_open(value, size, ENVELOPE_MAGIC_BOOT, &text) != EV_OK) {
        return 0;
    }
    return mask_text(text, shown);
}

bool mask_may_write(const char *name, const uint8_t *value, size_t size,
                    char *detail, size_t room)
{
    struct ev_boot_config config;
    struct ev_problems problems;

    if (!is_boot_value(name, value, size)) {
        return true;
    }
    memset(&problems, 0, sizeof(problems));
    if (ev_parse_block(value, size, EV_UNKNOWN_REFUSED, &config,
                       &problems)) {
        explicit_bzero(&config, sizeof(config));
        return true;
    }
    for (unsigned i = 0; i < problems.listed; i++) {
        if (problems.list[i].error < EV_WARNING_FIRST) {
            ev_problem_text(&problems.list[i], detail, room);
            break;
        }
    }
    return false;
}
