/*
 * Reads the handoff block out of an adapter's scratch pad, through its
 * register window in configuration space.  Pure: how configuration space is
 * reached is the caller's.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef NCHANDOFF_HANDOFF_READ_H
#define NCHANDOFF_HANDOFF_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ev-core/ev.h"
#include "ncsim/handoff.h"

/* Aligned 32-bit accesses to configuration space; false: it failed. */
struct config_space {
    void *opaque;
    bool (*read)(void *opaque, unsigned offset, uint32_t *value);
    bool (*write)(void *opaque, unsigned offset, uint32_t value);
};

/*    constant             what people are told */
#define HANDOFF_ERRORS_LIST(X)                                              \
    X(HANDOFF_OK,          "no error")                                      \
    X(HANDOFF_ACCESS,      "its configuration space cannot be accessed")    \
    X(HANDOFF_NONE,        "holds no handoff block: the boot ROM left none, "\
                           "or the adapter was reset since")                \
    X(HANDOFF_POINTER,     "the pointer to its handoff block leads out of " \
                           "the scratch pad")                               \
    X(HANDOFF_BLOCK,       "its handoff block is damaged: magic, version, " \
                           "length or checksum is wrong")                   \
    X(HANDOFF_TEXT,        "its handoff block has a line that is not "      \
                           "Name=Value in printable ASCII")

#define HANDOFF_ERROR_ENUM(constant, text) constant,
enum handoff_error {
    HANDOFF_ERRORS_LIST(HANDOFF_ERROR_ENUM)
    HANDOFF_ERRORS,
};
#undef HANDOFF_ERROR_ENUM

/* The sentence for an error, without its subject and without a line end. */
const char *handoff_error_text(enum handoff_error error);

/*
 * Finds the block through the adapter's shared memory, copies it to @block
 * and checks it.  On HANDOFF_OK @text is its text, inside @block.  The
 * address of the register window is put back whatever happens.  Nobody else
 * may use the window meanwhile: the interface must be down.
 */
enum handoff_error handoff_read(const struct config_space *config,
                                uint8_t block[HANDOFF_SIZE_MAX],
                                struct ev_slice *text);

/*
 * Whether every line of @text is Name=Value with a name of letters, digits
 * and dots that begins with a letter, and a value of printable ASCII: what a
 * shell's read takes as it is.
 */
bool handoff_text_is_strict(struct ev_slice text);

/* Whether the value of this name is never to be shown unasked. */
bool handoff_is_secret(struct ev_slice name);

#endif
