/*
 * The session's configuration: defaults and what is refused.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "session.h"
#include "wire.h"

#define DATA_LENGTH_MAX 0xffffff    /* 24 bits, RFC 7143 11.2.1.6 */

void iscsi_config_defaults(struct iscsi_config *config)
{
    *config = (struct iscsi_config) {
        .immediate_data = true,
        .max_commands = 8,
        .max_r2t = 1,
        .max_redirects = 4,
        .max_recv_data = 262144,
        .max_burst = 262144,
        .first_burst = 65536,
        .connect_ms = 5000,
        .login_ms = 10000,
        .start_ms = 30000,
        .recovery_ms = 90000,
        .command_ms = 10000,
        .retry_ms = 30000,
        .nop_idle_ms = 10000,
        .nop_ms = 5000,
    };
}

static bool starts_with(const char *text, const char *prefix)
{
    while (*prefix) {
        if (*text++ != *prefix++) {
            return false;
        }
    }
    return true;
}

/* An iSCSI name: RFC 7143 4.2.7. */
static bool name_valid(const char *name)
{
    size_t i;

    if (!name || iscsi_text_length(name) > ISCSI_NAME_MAX ||
        !(starts_with(name, "iqn.") || starts_with(name, "eui.") ||
          starts_with(name, "naa."))) {
        return false;
    }
    for (i = 0; name[i]; i++) {
        if ((uint8_t)name[i] <= ' ' || name[i] == 0x7f) {
            return false;
        }
    }
    return i > 4;
}

static bool portals_valid(const struct iscsi_config *c)
{
    struct iscsi_address address;
    unsigned i;

    for (i = 0; i < ISCSI_MAX_PORTALS; i++) {
        if (c->portals[i] &&
            !iscsi_address_parse(c->portals[i],
                                 iscsi_text_length(c->portals[i]),
                                 &address)) {
            return false;
        }
    }
    return c->portals[0] != NULL;
}

static bool between(uint32_t value, uint32_t least, uint32_t most)
{
    return value >= least && value <= most;
}

static bool numbers_valid(const struct iscsi_config *c)
{
    return between(c->max_commands, 1, ISCSI_MAX_COMMANDS) &&
           between(c->max_r2t, 1, R2T_MAX) &&
           between(c->header_digest, 0, 1) && between(c->data_digest, 0, 1) &&
           between(c->max_recv_data, 512, DATA_LENGTH_MAX) &&
           between(c->max_burst, 512, DATA_LENGTH_MAX) &&
           between(c->first_burst, 512, c->max_burst) &&
           c->connect_ms && c->login_ms && c->start_ms && c->recovery_ms &&
           c->command_ms && c->retry_ms && c->nop_ms;
}

bool iscsi_config_valid(const struct iscsi_config *config,
                        const struct iscsi_env *env)
{
    return name_valid(config->initiator_name) &&
           (config->discovery ? !config->target_name :
                                name_valid(config->target_name)) &&
           portals_valid(config) &&
           numbers_valid(config) && iscsi_chap_config_valid(config, env);
}

void iscsi_lun_from_number(uint16_t number, uint8_t lun[8])
{
    memset(lun, 0, 8);
    if (number < 256) {
        lun[1] = number;
    } else {
        put_be16(lun, 0x4000 | number);     /* flat, below 16384 */
    }
}
