/*
 * What is printed parses to what it was, whatever it is.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdio.h>
#include <string.h>

#include "ev-core/ev.h"
#include "ev-print.h"
#include "unit.h"

#define CASES (sizeof(cases) / sizeof(cases[0]))
#define CONFIGURATIONS 20000

static uint32_t random_state;

static uint32_t next_random(uint32_t below)
{
    return unit_random(&random_state, below);
}

static unsigned any_printable(unsigned first)
{
    return first + next_random('~' - first + 1);
}

/* As long as a name may be at times, and of any bytes it may have. */
static void any_name(char name[EV_ISCSI_NAME_MAX + 1])
{
    static const char prefixes[][5] = { "iqn.", "eui.", "naa." };
    unsigned length = next_random(4) ? 5 + next_random(40) :
                      5 + next_random(EV_ISCSI_NAME_MAX - 4);

    memcpy(name, prefixes[next_random(3)], 4);
    for (unsigned i = 4; i < length; i++) {
        name[i] = any_printable('!');
    }
    name[length] = '\0';
}

static void any_username(char name[EV_USERNAME_MAX + 1])
{
    unsigned length = 1 + next_random(next_random(4) ? 20 : EV_USERNAME_MAX);

    for (unsigned i = 0; i < length; i++) {
        name[i] = any_printable(i == 0 || i + 1 == length ? '!' : ' ');
    }
    name[length] = '\0';
}

static void any_host(uint8_t address[4])
{
    do {
        address[0] = 1 + next_random(223);
    } while (address[0] == 127);
    for (unsigned i = 1; i < 4; i++) {
        address[i] = next_random(256);
    }
}

static void any_netmask(uint8_t mask[4])
{
    uint32_t ones = UINT32_MAX << next_random(32);

    for (unsigned i = 0; i < 4; i++) {
        mask[i] = ones >> (24 - 8 * i);
    }
}

/* Of bytes or of text; at times of what else has a meaning. */
static void any_secret(struct ev_secret *secret)
{
    unsigned way = next_random(6);

    secret->length = EV_SECRET_MIN +
                     next_random(EV_SECRET_MAX - EV_SECRET_MIN + 1);
    for (unsigned i = 0; i < secret->length; i++) {
        secret->bytes[i] = way == 0 ? '*' : way & 1 ? any_printable(' ') :
                           next_random(256);
    }
    if (way == 5) {
        memcpy(secret->bytes, "0x", 2);
    } else if (way == 3) {
        memcpy(secret->bytes, "CHAPSecret=", 11);
    }
}

static void any_authentication(struct ev_boot_config *config)
{
    config->auth = next_random(3);
    if (config->auth != EV_AUTH_NONE) {
        any_username(config->chap_username);
        any_secret(&config->chap_secret);
    }
    if (config->auth == EV_AUTH_MUTUAL_CHAP) {
        any_secret(&config->chap_msecret);
        config->chap_msecret.bytes[0] = config->chap_secret.bytes[0] ^ 1;
    }
}

static void any_adapter(struct ev_boot_config *config)
{
    any_host(config->initiator_ip);
    any_netmask(config->netmask);
    if (next_random(2)) {
        any_host(config->gateway);
    }
    for (unsigned i = 0; i < 6 && next_random(4); i++) {
        config->laa[i] = next_random(256) & (i == 0 ? 0xfe : 0xff);
    }
    config->vlan = next_random(2) ? next_random(4095) : 0;
}

static void any_configuration(struct ev_boot_config *config)
{
    memset(config, 0, sizeof(*config));
    any_name(config->target_name);
    any_name(config->initiator_name);
    config->portals = 1 + next_random(EV_PORTALS);
    for (unsigned i = 0; i < config->portals; i++) {
        any_host(config->portal[i].address);
        config->portal[i].port = next_random(2) ? 1 + next_random(65535) :
                                                  3260;
    }
    any_adapter(config);
    config->lun = next_random(256);
    config->force_boot = next_random(2);
    config->data_digest = next_random(2);
    config->header_digest = next_random(2);
    any_authentication(config);
}

static bool is_read_back(const struct ev_boot_config *config, uint32_t seed)
{
    static struct ev_boot_config again;
    static struct ev_problems problems;
    static char text[EV_PRINT_MAX];
    char sentence[256];
    size_t length = ev_print(config, seed, text);
    bool valid = ev_parse(text, length, EV_UNKNOWN_REFUSED, &again,
                          &problems);

    if (!valid) {
        ev_problem_text(&problems.list[0], sentence, sizeof(sentence));
        printf("# %s\n", sentence);
    }
    return valid && memcmp(config, &again, sizeof(again)) == 0;
}

static void what_is_printed_parses_to_the_same(void)
{
    static struct ev_boot_config config;

    random_state = 19771;
    for (unsigned i = 0; i < CONFIGURATIONS; i++) {
        any_configuration(&config);
        CU_ASSERT_FATAL(is_read_back(&config, 0));
        CU_ASSERT_FATAL(is_read_back(&config, 1 + next_random(1u << 31)));
    }
}

/* By way of the block that iLO keeps. */
static void what_is_packed_parses_to_the_same(void)
{
    static struct ev_boot_config config, again;
    static struct ev_problems problems;
    static uint8_t block[EV_DATA_MAX];
    static char text[EV_PRINT_MAX];

    random_state = 4711;
    for (unsigned i = 0; i < CONFIGURATIONS / 4; i++) {
        size_t length, size;

        any_configuration(&config);
        length = ev_print(&config, 1 + next_random(1u << 31), text);
        size = ev_pack(text, length, block, &problems);
        CU_ASSERT_FATAL(size > 0);
        CU_ASSERT_FATAL(ev_parse_block(block, size, EV_UNKNOWN_REFUSED,
                                       &again, &problems));
        CU_ASSERT_FATAL(memcmp(&config, &again, sizeof(again)) == 0);
    }
}

/* The two ends of each number and length, which chance seldom meets. */
static void the_ends_of_each_range_are_printed_too(void)
{
    static struct ev_boot_config config;

    random_state = 1;
    for (unsigned i = 0; i < 64; i++) {
        any_configuration(&config);
        config.lun = i & 1 ? 255 : 0;
        config.vlan = i & 2 ? 4094 : 1;
        config.portal[0].port = i & 4 ? 65535 : 1;
        memset(config.target_name + 4, 'x', EV_ISCSI_NAME_MAX - 4);
        config.target_name[i & 8 ? EV_ISCSI_NAME_MAX : 5] = '\0';
        if (!(i & 8)) {
            memset(config.target_name + 6, 0, EV_ISCSI_NAME_MAX - 6);
        }
        if (config.auth != EV_AUTH_NONE) {
            config.chap_secret.length = i & 16 ? EV_SECRET_MAX :
                                                 EV_SECRET_MIN;
            memset(config.chap_secret.bytes, i & 32 ? 'a' : 0xff,
                   config.chap_secret.length);
            memset(config.chap_secret.bytes + config.chap_secret.length, 0,
                   EV_SECRET_MAX - config.chap_secret.length);
        }
        CU_ASSERT(is_read_back(&config, 0));
        CU_ASSERT(is_read_back(&config, i + 1));
    }
}

static const struct unit_case cases[] = {
    UNIT_CASE(what_is_printed_parses_to_the_same),
    UNIT_CASE(what_is_packed_parses_to_the_same),
    UNIT_CASE(the_ends_of_each_range_are_printed_too),
};

int main(int argc, char **argv)
{
    return unit_main("ev-print", cases, CASES, argc, argv);
}
