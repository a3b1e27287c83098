/*
 * Feeds the iSCSI core with the boot configuration and keeps it going.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"

#include "ev-core/ev.h"
#include "netif/ppp/polarssl/md5.h"

#include "idle.h"
#include "memory.h"
#include "post.h"
#include "random.h"
#include "session.h"

struct session session;

/*
 * What the core asks of its surroundings
 */

static void core_random(void *user, void *bytes, size_t length)
{
    random_bytes(bytes, length);
}

static void core_md5(void *user, const struct iscsi_slice *slices,
                     size_t count, uint8_t digest[16])
{
    md5_context context;
    size_t i;

    md5_starts(&context);
    for (i = 0; i < count; i++) {
        md5_update(&context, (unsigned char *)slices[i].data,
                   slices[i].length);
    }
    md5_finish(&context, digest);
}

/* Later stages than TCP; connect.c reports those below. */
static void core_event(void *user, enum iscsi_event event, uint32_t a,
                       uint32_t b)
{
    if (session.watch) {
        return;
    }
    switch (event) {
    case ISCSI_EVENT_CONNECT:
        if (b != session.login_portal) {
            session.login_portal = b;
            post_stage(POST_FAILOVER + b);
        }
        break;
    case ISCSI_EVENT_AUTHENTICATED:
        if (!session.connected) {
            post_stage(POST_AUTH);
        }
        break;
    case ISCSI_EVENT_LOGGED_IN:
        post_stage(session.connected ? POST_RELOGIN : POST_LOGIN);
        break;
    default:
        break;
    }
}

static const struct iscsi_env environment = {
    .random = core_random,
    .md5 = core_md5,
    .event = core_event,
};

/*
 * Configuration
 */

/*
 * An ISID of OUI format (RFC 7143 11.12.5) out of the burned-in MAC address:
 * the same at each boot, so that a session left over is reinstated.
 */
static void make_isid(uint8_t isid[6])
{
    memcpy(isid, session.nic.burned_in_mac, 6);
    isid[0] &= 0x3f;
}

static void configure_chap(struct iscsi_config *to,
                           const struct ev_boot_config *from)
{
    if (from->auth == EV_AUTH_NONE) {
        return;
    }
    to->chap_user = from->chap_username;
    to->chap_secret = from->chap_secret.bytes;
    to->chap_secret_length = from->chap_secret.length;
    if (from->auth == EV_AUTH_MUTUAL_CHAP) {
        to->mutual_secret = from->chap_msecret.bytes;
        to->mutual_secret_length = from->chap_msecret.length;
    }
}

static void configure(struct iscsi_config *to, uint32_t budget_ms)
{
    const struct ev_boot_config *from = session.config;
    unsigned i;

    iscsi_config_defaults(to);
    to->initiator_name = from->initiator_name;
    to->target_name = from->target_name;
    for (i = 0; i < from->portals && i < ISCSI_MAX_PORTALS; i++) {
        to->portals[i] = ipv4_portal_text(session.portals[i],
                                          from->portal[i].address,
                                          from->portal[i].port);
    }
    if (session.watch && session.watch->discovery) {
        to->discovery = true;
        to->target_name = NULL;
    }
    make_isid(to->isid);
    configure_chap(to, from);
    to->header_digest = from->header_digest ? ISCSI_DIGEST_CRC32C :
                                              ISCSI_DIGEST_NONE;
    to->data_digest = from->data_digest ? ISCSI_DIGEST_CRC32C :
                                          ISCSI_DIGEST_NONE;
    to->connect_ms = SESSION_CONNECT_MS;
    to->login_ms = SESSION_LOGIN_MS;
    to->start_ms = budget_ms;
    to->recovery_ms = SESSION_RECOVERY_MS;
    to->command_ms = SESSION_COMMAND_MS;
    to->retry_ms = SESSION_RETRY_MS;
    to->stall_ms = SESSION_STALL_MS;
}

static bool take_memory(void)
{
    if (!session.core_memory) {
        session.core_memory = memory_alloc(ISCSI_SESSION_SIZE, 8);
    }
    if (!session.disk_memory) {
        session.disk_memory = memory_alloc(ISCSI_DISK_SIZE, 8);
    }
    return session.core_memory && session.disk_memory;
}

enum rom_error session_start(uint32_t budget_ms, struct rom_failure *failure)
{
    struct iscsi_config config;

    failure->error = ROM_ADAPTER_MEMORY;
    failure->detail = 0;
    if (!take_memory()) {
        return failure->error;
    }
    failure->error = ROM_INVALID_CONFIGURATION;
    configure(&config, budget_ms);
    iscsi_lun_from_number(session.config->lun, session.facts.lun);
    if (iscsi_init(session.core_memory, ISCSI_SESSION_SIZE, &config,
                   &environment, &session.core) != ISCSI_OK ||
        iscsi_disk_init(session.disk_memory, ISCSI_DISK_SIZE, session.core,
                        session.facts.lun, &session.disk) != ISCSI_OK) {
        return failure->error;
    }
    memcpy(session.facts.isid, config.isid, sizeof(config.isid));
    session.login_portal = 0;
    failure->error = ROM_OK;
    iscsi_start(session.core, net_now());
    return ROM_OK;
}

/*
 * Going on
 */

struct iscsi_disk_request *session_step(void)
{
    uint64_t now = net_now();

    wire_step(&session.wire, now);
    return iscsi_disk_reap(session.disk, now);
}

void session_logout(void)
{
    uint64_t deadline = net_now() + SESSION_LOGOUT_MS;
    struct iscsi_info info;

    if (iscsi_logout(session.core, net_now()) != ISCSI_OK) {
        return;
    }
    do {
        session_step();
        iscsi_get_info(session.core, &info);
    } while (info.state != ISCSI_OFF && info.state != ISCSI_FAILED &&
             net_now() < deadline && idle());
}

void session_drop(void)
{
    wire_drop(&session.wire);
}

/*
 * Facts and failures
 */

void session_read_facts(struct connect_facts *facts)
{
    struct iscsi_disk_info disk;
    struct iscsi_info info;

    iscsi_get_info(session.core, &info);
    iscsi_disk_get_info(session.disk, &disk);
    memcpy(facts->target_ip, session.wire.peer, 4);
    facts->target_port = session.wire.port;
    memset(facts->gateway, 0, 4);
    if (memcmp(session.wire.hop, session.wire.peer, 4)) {
        memcpy(facts->gateway, session.wire.hop, 4);
    }
    facts->portal = info.portal;
    facts->tpgt = info.tpgt;
    facts->block_size = disk.block_size;
    facts->sectors = disk.sectors;
}

/* What the detail of a failure is. */
enum detail { DETAIL_NONE, DETAIL_STATUS, DETAIL_LUN, DETAIL_SENSE,
              DETAIL_BLOCK, DETAIL_WIRE };

static const struct {
    uint8_t core;                       /* enum iscsi_error */
    uint8_t rom;                        /* enum rom_error */
    uint8_t detail;
} failures[] = {
    { ISCSI_E_CONNECT,           ROM_CONNECT_TIMEOUT,   DETAIL_WIRE },
    { ISCSI_E_CLOSED,            ROM_CONNECTION_LOST,   DETAIL_WIRE },
    { ISCSI_E_CONNECT_TIMEOUT,   ROM_CONNECT_TIMEOUT,   DETAIL_WIRE },
    { ISCSI_E_LOGIN_REFUSED,     ROM_LOGIN_REFUSED,     DETAIL_STATUS },
    { ISCSI_E_LOGIN_UNAVAILABLE, ROM_LOGIN_REFUSED,     DETAIL_STATUS },
    { ISCSI_E_REDIRECT,          ROM_TARGET_MOVED,      DETAIL_STATUS },
    { ISCSI_E_AUTH,              ROM_AUTH_FAILED,       DETAIL_STATUS },
    { ISCSI_E_TARGET_AUTH,       ROM_TARGET_NOT_PROVEN, DETAIL_NONE },
    { ISCSI_E_TARGET_NOT_FOUND,  ROM_TARGET_UNKNOWN,    DETAIL_STATUS },
    { ISCSI_E_TARGET_REMOVED,    ROM_TARGET_UNKNOWN,    DETAIL_STATUS },
    { ISCSI_E_LOGIN_TIMEOUT,     ROM_LOGIN_TIMEOUT,     DETAIL_NONE },
    { ISCSI_E_COMMAND_TIMEOUT,   ROM_LUN_TIMEOUT,       DETAIL_NONE },
    { ISCSI_E_NOP_TIMEOUT,       ROM_LUN_TIMEOUT,       DETAIL_NONE },
    { ISCSI_E_NO_LUN,            ROM_LUN_MISSING,       DETAIL_LUN },
    { ISCSI_E_NOT_DISK,          ROM_LUN_NOT_A_DISK,    DETAIL_LUN },
    { ISCSI_E_CAPACITY,          ROM_LUN_BLOCK_SIZE,    DETAIL_BLOCK },
    { ISCSI_E_NOT_READY,         ROM_LUN_NOT_READY,     DETAIL_SENSE },
    { ISCSI_E_RESERVED,          ROM_LUN_NOT_READY,     DETAIL_SENSE },
    { ISCSI_E_SCSI,              ROM_LUN_NOT_READY,     DETAIL_SENSE },
    { ISCSI_E_MEDIUM,            ROM_LUN_NOT_READY,     DETAIL_SENSE },
};

static uint32_t failure_detail(enum detail what,
                               const struct iscsi_info *info,
                               const struct iscsi_disk_info *disk)
{
    switch (what) {
    case DETAIL_STATUS:
        return info->login_class << 8 | info->login_detail;
    case DETAIL_LUN:
        return session.config->lun;
    case DETAIL_SENSE:
        return disk->sense_key << 16 | disk->asc << 8 | disk->ascq;
    case DETAIL_BLOCK:
        return disk->block_size;
    case DETAIL_WIRE:
        return ldl_le_p(session.wire.peer);
    case DETAIL_NONE:
        break;
    }
    return 0;
}

void session_failure(struct rom_failure *failure)
{
    struct iscsi_disk_info disk;
    struct iscsi_info info;
    enum iscsi_error error;
    unsigned i;

    iscsi_get_info(session.core, &info);
    iscsi_disk_get_info(session.disk, &disk);
    error = disk.state == ISCSI_DISK_FAILED ? disk.error : info.last_error;
    failure->error = ROM_LOGIN_PROTOCOL;
    failure->detail = error;
    for (i = 0; i < ARRAY_SIZE(failures); i++) {
        if (failures[i].core == error) {
            failure->error = failures[i].rom;
            failure->detail = failure_detail(failures[i].detail, &info,
                                             &disk);
            if (error == ISCSI_E_AUTH && !failure->detail) {
                failure->error = ROM_AUTH_METHOD;
            }
            /* The wire knows better why there was no connection. */
            if (failures[i].detail == DETAIL_WIRE &&
                session.wire.failure.error != ROM_OK) {
                *failure = session.wire.failure;
            }
        }
    }
}
