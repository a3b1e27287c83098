/*
 * Which key means what, and where the BIOS keeps those that were typed.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ROM_KEYBOARD_H
#define ROM_KEYBOARD_H

#include <stdint.h>

/* Who is listening. */
enum keys {
    KEYS_NONE,                      /* nobody */
    KEYS_CONNECT,                   /* the connect phase */
    KEYS_MENU,                      /* the setup screen */
    KEYS_BUSY,                      /* something the setup screen has begun */
};

/* What the user wants. */
enum key_action {
    KEY_NOTHING,
    KEY_STOP,                       /* what is going on */
    KEY_SETUP,
    KEY_SHOW,
    KEY_TEST,
    KEY_TARGETS,
    KEY_LUNS,
    KEY_ADAPTER,
    KEY_SKIP,
    KEY_BOOT,
};

/* What the user wants, and who listens then. */
struct key_step {
    enum key_action action;
    enum keys next;
};

/* The BIOS data area, as far as it is looked at here. */
#define KEYBOARD_AREA 0x84

/*
 * Takes the first key that means something to @keys out of the keyboard
 * buffer in the BIOS data area at @area, wherever in the buffer it stands.
 * The connect phase leaves all others where they are, for whoever waits for
 * them; the setup screen throws away what was typed before its key.  @hot is
 * the character that opens the setup screen, 0 for none.  { KEY_NOTHING,
 * @keys }: there was none, or the buffer makes no sense.
 */
struct key_step keyboard_take(uint8_t *area, enum keys keys, char hot);

/* That character, as the adapter's MBA configuration has it. */
char keyboard_hot_key(uint32_t mba_config);

#endif
