/*
 * The keys of the boot ROM, in a keyboard buffer as the BIOS keeps it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "hw/net/nc37xx_regs.h"
#include "keyboard.h"
#include "unit.h"

#define HEAD 0x1a
#define TAIL 0x1c
#define START 0x1e
#define END 0x3e
#define SLOTS ((END - START) / 2)

#define CTRL_B 2
#define CTRL_C 3
#define CTRL_S 19
#define ESCAPE 27

static uint8_t area[KEYBOARD_AREA];

/* A buffer whose first key is in slot @first. */
static void type(unsigned first, const char *keys)
{
    unsigned slot = first;

    memset(area, 0, sizeof(area));
    stw_le_p(area + 0x80, START);
    stw_le_p(area + 0x82, END);
    stw_le_p(area + HEAD, START + 2 * first);
    for (; *keys; keys++) {
        area[START + 2 * slot] = *keys;
        area[START + 2 * slot + 1] = 0x40 + *keys % 0x20;
        slot = (slot + 1) % SLOTS;
    }
    stw_le_p(area + TAIL, START + 2 * slot);
}

/* What whoever comes after us reads. */
static const char *left(void)
{
    static char text[SLOTS + 1];
    unsigned at = lduw_le_p(area + HEAD), length = 0;

    while (at != (unsigned)lduw_le_p(area + TAIL)) {
        CU_ASSERT_EQUAL(area[at + 1], 0x40 + area[at] % 0x20);
        text[length++] = area[at];
        at = at + 2 == END ? START : at + 2;
    }
    text[length] = '\0';
    return text;
}

static void expect(enum keys keys, char hot, enum key_action action,
                   enum keys next)
{
    struct key_step step = keyboard_take(area, keys, hot);

    CU_ASSERT_EQUAL(step.action, action);
    CU_ASSERT_EQUAL(step.next, next);
}

static void the_connect_phase_knows_escape_ctrl_c_and_the_hot_key(void)
{
    type(0, "\x1b");
    expect(KEYS_CONNECT, CTRL_S, KEY_STOP, KEYS_NONE);
    type(0, "\x03");
    expect(KEYS_CONNECT, CTRL_S, KEY_STOP, KEYS_NONE);
    type(0, "\x13");
    expect(KEYS_CONNECT, CTRL_S, KEY_SETUP, KEYS_MENU);
    CU_ASSERT_STRING_EQUAL(left(), "");
    type(0, "t");
    expect(KEYS_CONNECT, CTRL_S, KEY_NOTHING, KEYS_CONNECT);
}

static void the_adapter_says_which_key_is_hot(void)
{
    CU_ASSERT_EQUAL(keyboard_hot_key(0), CTRL_S);
    CU_ASSERT_EQUAL(keyboard_hot_key(SHM_MBA_HOTKEY_CTRL_B), CTRL_B);
    type(0, "\x13\x02");
    expect(KEYS_CONNECT, CTRL_B, KEY_SETUP, KEYS_MENU);
    CU_ASSERT_STRING_EQUAL(left(), "\x13");
}

static void without_a_hot_key_no_key_opens_the_setup_screen(void)
{
    type(0, "\x13\x02\x7fx");
    area[START + 6] = 0;            /* a function key has no character */
    expect(KEYS_CONNECT, 0, KEY_NOTHING, KEYS_CONNECT);
    CU_ASSERT_EQUAL(lduw_le_p(area + HEAD), START);
    CU_ASSERT_EQUAL(lduw_le_p(area + TAIL), START + 8);
}

static void keys_of_others_stay_in_order_in_the_connect_phase(void)
{
    unsigned first;

    for (first = 0; first < SLOTS; first++) {
        type(first, "xT\rq");
        expect(KEYS_CONNECT, CTRL_S, KEY_NOTHING, KEYS_CONNECT);
        CU_ASSERT_STRING_EQUAL(left(), "xT\rq");
        type(first, "xT\x1b\rq");
        expect(KEYS_CONNECT, CTRL_S, KEY_STOP, KEYS_NONE);
        CU_ASSERT_STRING_EQUAL(left(), "xT\rq");
        type(first, "\x13T\rq");
        expect(KEYS_CONNECT, CTRL_S, KEY_SETUP, KEYS_MENU);
        CU_ASSERT_STRING_EQUAL(left(), "T\rq");
        type(first, "xT\x13");
        expect(KEYS_CONNECT, CTRL_S, KEY_SETUP, KEYS_MENU);
        CU_ASSERT_STRING_EQUAL(left(), "xT");
    }
}

static void a_full_buffer_gives_its_last_key(void)
{
    type(3, "0123456789abcd\x13");
    expect(KEYS_CONNECT, CTRL_S, KEY_SETUP, KEYS_MENU);
    CU_ASSERT_STRING_EQUAL(left(), "0123456789abcd");
}

static void the_setup_screen_takes_letters_of_both_cases(void)
{
    static const struct {
        char key;
        enum key_action action;
        enum keys next;
    } keys[] = {
        { 'c', KEY_SHOW, KEYS_MENU }, { 't', KEY_TEST, KEYS_BUSY },
        { 'd', KEY_TARGETS, KEYS_BUSY },
        { 'l', KEY_LUNS, KEYS_BUSY }, { 'a', KEY_ADAPTER, KEYS_MENU },
        { 's', KEY_SKIP, KEYS_NONE }, { 'b', KEY_BOOT, KEYS_CONNECT },
    };
    unsigned i;

    for (i = 0; i < ARRAY_SIZE(keys); i++) {
        type(0, (char[]) { keys[i].key, '\0' });
        expect(KEYS_MENU, CTRL_S, keys[i].action, keys[i].next);
        type(0, (char[]) { keys[i].key + 'A' - 'a', '\0' });
        expect(KEYS_MENU, CTRL_S, keys[i].action, keys[i].next);
    }
    type(0, "\x1b");
    expect(KEYS_MENU, CTRL_S, KEY_BOOT, KEYS_CONNECT);
}

static void the_setup_screen_throws_away_what_it_does_not_know(void)
{
    type(9, "xy\rtb");
    expect(KEYS_MENU, CTRL_S, KEY_TEST, KEYS_BUSY);
    CU_ASSERT_STRING_EQUAL(left(), "b");
    expect(KEYS_BUSY, CTRL_S, KEY_NOTHING, KEYS_BUSY);
    CU_ASSERT_STRING_EQUAL(left(), "");
}

static void escape_and_ctrl_c_stop_what_the_setup_screen_does(void)
{
    type(0, "\x1b");
    expect(KEYS_BUSY, CTRL_S, KEY_STOP, KEYS_MENU);
    type(0, "\x03");
    expect(KEYS_BUSY, CTRL_S, KEY_STOP, KEYS_MENU);
}

static void nobody_hears_a_key_when_nobody_listens(void)
{
    type(0, "\x1b\x13t");
    expect(KEYS_NONE, CTRL_S, KEY_NOTHING, KEYS_NONE);
    CU_ASSERT_STRING_EQUAL(left(), "\x1b\x13t");
}

static void a_buffer_that_makes_no_sense_is_left_alone(void)
{
    static const struct {
        unsigned at, value;
    } wrong[] = {
        { 0x80, 0 }, { 0x80, 0x1c }, { 0x80, 0xffff }, { 0x82, 0 },
        { 0x82, 0x3f }, { 0x82, 0x84 }, { 0x82, 0xffff }, { HEAD, 0x1c },
        { HEAD, END }, { HEAD, 0x1f }, { TAIL, 0 }, { TAIL, 0xfffe },
        { TAIL, 0x21 },
    };
    uint8_t before[KEYBOARD_AREA];
    unsigned i;

    for (i = 0; i < ARRAY_SIZE(wrong); i++) {
        type(0, "\x1b");
        stw_le_p(area + wrong[i].at, wrong[i].value);
        memcpy(before, area, sizeof(area));
        expect(KEYS_CONNECT, CTRL_S, KEY_NOTHING, KEYS_CONNECT);
        CU_ASSERT_EQUAL(memcmp(before, area, sizeof(area)), 0);
    }
}

static const struct unit_case cases[] = {
    UNIT_CASE(the_connect_phase_knows_escape_ctrl_c_and_the_hot_key),
    UNIT_CASE(the_adapter_says_which_key_is_hot),
    UNIT_CASE(without_a_hot_key_no_key_opens_the_setup_screen),
    UNIT_CASE(keys_of_others_stay_in_order_in_the_connect_phase),
    UNIT_CASE(a_full_buffer_gives_its_last_key),
    UNIT_CASE(the_setup_screen_takes_letters_of_both_cases),
    UNIT_CASE(the_setup_screen_throws_away_what_it_does_not_know),
    UNIT_CASE(escape_and_ctrl_c_stop_what_the_setup_screen_does),
    UNIT_CASE(nobody_hears_a_key_when_nobody_listens),
    UNIT_CASE(a_buffer_that_makes_no_sense_is_left_alone),
};

int main(int argc, char **argv)
{
    return unit_main("rom-keyboard", cases, ARRAY_SIZE(cases), argc, argv);
}
