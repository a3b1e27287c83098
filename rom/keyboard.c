/*
 * Which key means what, and where the BIOS keeps those that were typed.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "hw/net/nc37xx_regs.h"
#include "keyboard.h"

/* The ring of keys: offsets in the BIOS data area, also of its pointers. */
#define RING_HEAD 0x1a
#define RING_TAIL 0x1c
#define RING_START 0x80
#define RING_END 0x82
#define KEY_SIZE 2                  /* character, scan code */

#define CTRL(letter) ((letter) & 0x1f)
#define ESCAPE 0x1b
#define HOT 0x7f                    /* stands for the hot key */

static const struct {
    uint8_t keys;                   /* who listens */
    char character;                 /* lower case */
    uint8_t action;
    uint8_t next;
} rows[] = {
    { KEYS_CONNECT, ESCAPE,    KEY_STOP,    KEYS_NONE },
    { KEYS_CONNECT, CTRL('c'), KEY_STOP,    KEYS_NONE },
    { KEYS_CONNECT, HOT,       KEY_SETUP,   KEYS_MENU },
    { KEYS_MENU,    'c',       KEY_SHOW,    KEYS_MENU },
    { KEYS_MENU,    't',       KEY_TEST,    KEYS_BUSY },
    { KEYS_MENU,    'd',       KEY_TARGETS, KEYS_BUSY },
    { KEYS_MENU,    'l',       KEY_LUNS,    KEYS_BUSY },
    { KEYS_MENU,    'a',       KEY_ADAPTER, KEYS_MENU },
    { KEYS_MENU,    's',       KEY_SKIP,    KEYS_NONE },
    { KEYS_MENU,    'b',       KEY_BOOT,    KEYS_CONNECT },
    { KEYS_MENU,    ESCAPE,    KEY_BOOT,    KEYS_CONNECT },
    { KEYS_BUSY,    ESCAPE,    KEY_STOP,    KEYS_MENU },
    { KEYS_BUSY,    CTRL('c'), KEY_STOP,    KEYS_MENU },
};

/* The buffer, its numbers checked. */
struct ring {
    unsigned start, end, head, tail;    /* offsets in the data area */
};

static bool read_ring(const uint8_t *area, struct ring *ring)
{
    ring->start = lduw_le_p(area + RING_START);
    ring->end = lduw_le_p(area + RING_END);
    ring->head = lduw_le_p(area + RING_HEAD);
    ring->tail = lduw_le_p(area + RING_TAIL);
    return ring->start > RING_TAIL && ring->end <= RING_START &&
           ring->start + KEY_SIZE <= ring->end &&
           (ring->end - ring->start) % KEY_SIZE == 0 &&
           ring->head >= ring->start && ring->head < ring->end &&
           ring->tail >= ring->start && ring->tail < ring->end &&
           (ring->head - ring->start) % KEY_SIZE == 0 &&
           (ring->tail - ring->start) % KEY_SIZE == 0;
}

static unsigned after(const struct ring *ring, unsigned key)
{
    return key + KEY_SIZE < ring->end ? key + KEY_SIZE : ring->start;
}

/* Those behind @key move up. */
static void take_out(uint8_t *area, struct ring *ring, unsigned key)
{
    unsigned next;

    for (next = after(ring, key); next != ring->tail;
         next = after(ring, next)) {
        memcpy(area + key, area + next, KEY_SIZE);
        key = next;
    }
    stw_le_p(area + RING_TAIL, key);
}

static bool find_row(enum keys keys, char character, char hot,
                     struct key_step *step)
{
    unsigned i;

    if (character >= 'A' && character <= 'Z') {
        character += 'a' - 'A';
    }
    if (!character) {               /* a function key, or the like */
        return false;
    }
    for (i = 0; i < ARRAY_SIZE(rows); i++) {
        if (rows[i].keys == keys &&
            character == (rows[i].character == HOT ? hot :
                          rows[i].character)) {
            *step = (struct key_step) { rows[i].action, rows[i].next };
            return true;
        }
    }
    return false;
}

struct key_step keyboard_take(uint8_t *area, enum keys keys, char hot)
{
    struct key_step step = { KEY_NOTHING, keys };
    bool ours = keys == KEYS_MENU || keys == KEYS_BUSY;
    struct ring ring;
    unsigned key;

    if (!read_ring(area, &ring)) {
        return step;
    }
    for (key = ring.head; key != ring.tail; key = after(&ring, key)) {
        bool found = find_row(keys, area[key], hot, &step);

        if (ours) {
            stw_le_p(area + RING_HEAD, after(&ring, key));
        } else if (found) {
            take_out(area, &ring, key);
        }
        if (found) {
            break;
        }
    }
    return step;
}

char keyboard_hot_key(uint32_t mba_config)
{
    return mba_config & SHM_MBA_HOTKEY_CTRL_B ? CTRL('b') : CTRL('s');
}
