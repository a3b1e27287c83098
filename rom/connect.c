/*
 * The stages from an adapter to a disk, each with its line on the console,
 * its POST code and its budget.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"

#include "ev-core/ev.h"
#include "ncsim/envelope.h"
#include "ncsim/handoff.h"

#include "clock.h"
#include "connect.h"
#include "console.h"
#include "idle.h"
#include "post.h"
#include "session.h"

static bool set(struct rom_failure *failure, enum rom_error error,
                uint32_t detail)
{
    failure->error = error;
    failure->detail = detail;
    return false;
}

/*
 * Steps
 */

static void report_link(void)
{
    console_printf("Link up, %d Mb/s %s duplex\n", session.nic.link.speed,
                   session.nic.link.full_duplex ? "full" : "half");
}

static void report_tcp(void)
{
    console_printf("Connected to %I port %d\n", session.wire.peer,
                   session.wire.port);
}

static void report_login(void)
{
    console_printf("Logged in to %s\n", session.config->target_name);
}

static void report_lun(void)
{
    struct iscsi_disk_info disk;

    iscsi_disk_get_info(session.disk, &disk);
    console_printf("LUN %d: %s %s, %d MiB\n", session.config->lun,
                   disk.vendor, disk.product, (uint32_t)(disk.sectors >> 11));
}

/* Its POST code, if the session does not write it, and its line. */
static const struct {
    uint8_t post;
    void (*report)(void);
} steps[CONNECT_STEPS] = {
    [CONNECT_LINK] = { POST_LINK, report_link },
    [CONNECT_ARP] = { POST_ARP, NULL },
    [CONNECT_TCP] = { POST_TCP, report_tcp },
    [CONNECT_LOGIN] = { 0, report_login },
    [CONNECT_LUN] = { POST_LUN, report_lun },
};

/* What is said once for each portal, however often it is tried. */
#define SHOWN_FAILOVER (1 << CONNECT_STEPS)

static bool first_time(uint8_t what)
{
    uint8_t *shown = &session.shown[session.login_portal];
    bool first = !session.connected && !(*shown & what);

    *shown |= what;
    return first;
}

static void reached(enum connect_step step)
{
    if (session.watch) {
        if (session.watch->reached) {
            session.watch->reached(session.watch, step);
        }
        return;
    }
    if (!first_time(1 << step)) {
        return;
    }
    if (steps[step].post) {
        post_stage(steps[step].post);
    }
    if (steps[step].report) {
        steps[step].report();
    }
}

/*
 * Link
 */

static bool wait_for_link(uint32_t started, struct rom_failure *failure)
{
    while (!bnx_link_poll(&session.nic)) {
        if (clock_ms() - started >= CONNECT_LINK_MS) {
            return set(failure, ROM_LINK_DOWN, 0);
        }
        if (!idle()) {
            return set(failure, ROM_ABORTED, 0);
        }
    }
    reached(CONNECT_LINK);
    return true;
}

static const uint8_t *effective_mac(const struct ev_boot_config *config)
{
    static const uint8_t none[6];

    return memcmp(config->laa, none, sizeof(none)) ? config->laa :
           session.nic.burned_in_mac;
}

static bool start_adapter(pci_bdf bdf, const struct ev_boot_config *config,
                          struct rom_failure *failure)
{
    struct connect_facts *facts = &session.facts;

    if (bnx_attach(&session.nic, bdf, failure) != ROM_OK ||
        bnx_start(&session.nic, effective_mac(config), config->vlan,
                  failure) != ROM_OK) {
        return false;
    }
    facts->bdf = bdf;
    facts->vlan = config->vlan;
    memcpy(facts->mac, session.nic.mac, sizeof(facts->mac));
    memcpy(facts->initiator_ip, config->initiator_ip, 4);
    memcpy(facts->netmask, config->netmask, 4);
    memcpy(session.addresses.ip, config->initiator_ip, 4);
    memcpy(session.addresses.netmask, config->netmask, 4);
    memcpy(session.addresses.gateway, config->gateway, 4);
    return true;
}

/*
 * Network and session
 */

static void wire_entered(const struct wire *wire)
{
    switch (wire->state) {
    case WIRE_CONNECTING:
        reached(CONNECT_ARP);
        break;
    case WIRE_UP:
        reached(CONNECT_TCP);
        break;
    default:
        break;
    }
}

/* Why the first portal did not do. */
static void report_failover(void)
{
    struct rom_failure failure;

    if (session.login_portal == 1 && first_time(SHOWN_FAILOVER)) {
        session_failure(&failure);
        rom_error_print(&failure);
        console_printf("Trying the second target address\n");
    }
}

/* An attempt to reach the target has failed, and another would follow. */
static bool attempt_failed(const struct iscsi_info *info)
{
    return info->state == ISCSI_BACKOFF && info->last_error != ISCSI_OK;
}

/* One step towards the disk: true when it is ready or cannot be had. */
static bool step_to_disk(bool *ready)
{
    struct connect_watch *watch = session.watch;
    struct iscsi_disk_info disk;
    struct iscsi_info info;

    session_step();
    report_failover();
    iscsi_get_info(session.core, &info);
    iscsi_disk_get_info(session.disk, &disk);
    *ready = disk.state == ISCSI_DISK_READY;
    if (info.state == ISCSI_FULL_FEATURE && disk.state == ISCSI_DISK_CLOSED) {
        reached(CONNECT_LOGIN);
        if (watch && watch->login_only) {
            *ready = true;
            return true;
        }
        iscsi_disk_open(session.disk, net_now());
    }
    return *ready || disk.state == ISCSI_DISK_FAILED ||
           info.state == ISCSI_FAILED || (watch && attempt_failed(&info));
}

/* Without a cable, whatever the session says comes of that. */
static bool fail(struct rom_failure *failure)
{
    if (!session.nic.link.up) {
        return set(failure, ROM_LINK_DOWN, 0);
    }
    session_failure(failure);
    return false;
}

static bool wait_for_disk(uint32_t started, struct rom_failure *failure)
{
    bool ready;

    while (!step_to_disk(&ready)) {
        if (clock_ms() - started >= CONNECT_PHASE_MS) {
            fail(failure);
            if (failure->error == ROM_LOGIN_PROTOCOL) {
                set(failure, ROM_CONNECT_TIME, 0);
            }
            return false;
        }
        if (!idle()) {
            return set(failure, ROM_ABORTED, 0);
        }
    }
    return ready || fail(failure);
}

static bool bring_up(pci_bdf bdf, const struct ev_boot_config *config,
                     struct rom_failure *failure)
{
    uint32_t started = clock_ms(), left;

    if (!start_adapter(bdf, config, failure) ||
        !wait_for_link(started, failure)) {
        return false;
    }
    net_up(&session.nic, &session.addresses);
    left = CONNECT_PHASE_MS - (clock_ms() - started);
    if (session_start(left, failure) != ROM_OK) {
        return false;
    }
    wire_init(&session.wire, session.core, &session.addresses);
    session.wire.entered = wire_entered;
    return wait_for_disk(started, failure);
}

static bool start_over(pci_bdf bdf, const struct ev_boot_config *config,
                       struct connect_watch *watch,
                       struct rom_failure *failure)
{
    session.connected = false;
    session.watch = watch;
    session.login_portal = 0;
    memset(session.shown, 0, sizeof(session.shown));
    session.config = config;
    memset(&session.facts, 0, sizeof(session.facts));
    if (!bring_up(bdf, config, failure)) {
        connect_quiesce();
        return false;
    }
    return true;
}

bool connect(pci_bdf bdf, const struct ev_boot_config *config,
             struct connect_facts *facts, struct rom_failure *failure)
{
    if (!start_over(bdf, config, NULL, failure)) {
        return false;
    }
    reached(CONNECT_LUN);
    session_read_facts(&session.facts);
    session.connected = true;
    *facts = session.facts;
    return true;
}

bool connect_watched(pci_bdf bdf, const struct ev_boot_config *config,
                     struct connect_watch *watch, struct rom_failure *failure)
{
    if (!start_over(bdf, config, watch, failure)) {
        return false;
    }
    if (!watch->login_only) {
        reached(CONNECT_LUN);
    }
    return true;
}

uint32_t connect_mba_config(pci_bdf bdf)
{
    struct rom_failure failure;

    if (bnx_attach(&session.nic, bdf, &failure) != ROM_OK) {
        return 0;
    }
    return bnx_read_mba_config(&session.nic);
}

void connect_quiesce(void)
{
    session_drop();
    net_down();
    bnx_stop(&session.nic);
    session.connected = false;
    session.watch = NULL;
}

/*
 * Handoff
 */

bool connect_write_handoff(const void *block, size_t length)
{
    struct bnx *nic = &session.nic;
    size_t whole = length & ~(size_t)3;
    uint8_t tail[4] = { 0 };

    if (length > HANDOFF_SIZE_MAX) {
        return false;
    }
    memcpy(tail, (const uint8_t *)block + whole, length - whole);
    bnx_write_memory(nic, HANDOFF_GRC_FIRST, block, whole);
    if (length > whole) {
        bnx_write_memory(nic, HANDOFF_GRC_FIRST + whole, tail, sizeof(tail));
    }
    bnx_write_shared(nic, HANDOFF_SHM_ADDRESS, HANDOFF_GRC_FIRST);
    bnx_write_shared(nic, HANDOFF_SHM_LENGTH, length);
    bnx_write_shared(nic, HANDOFF_SHM_MAGIC,
                     ldl_le_p(ENVELOPE_MAGIC_HANDOFF));
    return true;
}
