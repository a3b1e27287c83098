/*
 * The chip of nc37xx-card.h and the computer round it, saved and restored.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TESTS_NC37XX_VMSTATE_STREAM_H
#define TESTS_NC37XX_VMSTATE_STREAM_H

#include "qemu/osdep.h"
#include "nc37xx-card.h"

#define LEAVES_MAX 200

/* A field of the stream that has no fields. */
typedef struct Leaf {
    const char *name;
    size_t offset, size;
} Leaf;

typedef struct Stream {
    uint8_t *bytes;             /* g_free() */
    size_t size;
} Stream;

/* The migration stream of the chip as it is. */
Stream stream_save(void);

/* Loads a stream into the chip.  Is it taken? */
bool stream_load(const uint8_t *bytes, size_t size);

/*
 * Finds the fields of a stream without subsections by walking the
 * description.  Returns where they end.
 */
size_t leaves_find(void);
extern Leaf leaves[LEAVES_MAX];
extern unsigned leaf_count;

/* Spoils all of the chip that a stream or nc37xx_loaded() has to set. */
void chip_forget(void);

/*
 * All of the computer but the chip; g_free().  Frames that were sent are
 * forgotten.
 */
struct card *computer_save(void);
void computer_restore(const struct card *computer);

/* The next of the numbers that begin with @state, not 0; below @below. */
uint32_t draw(uint32_t *state, uint32_t below);

/* vmstate-twin.c */
void a_loaded_chip_goes_on_as_the_one_that_was_saved(void);

#endif
