/*
 * The one iSCSI session of the ROM and the disk on it: what connect.c brings
 * up and disk.c works with.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ROM_SESSION_H
#define ROM_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "iscsi-core/iscsi.h"

#include "bnx.h"
#include "connect.h"
#include "error.h"
#include "ipv4.h"
#include "iscsi-lwip.h"
#include "net.h"

/* Time budgets in milliseconds (contracts.md 9), the session's own first. */
#define SESSION_CONNECT_MS 7000         /* SYN after 0, 1, 2, .. 6 s */
#define SESSION_LOGIN_MS 5000
#define SESSION_COMMAND_MS 10000
#define SESSION_RECOVERY_MS 80000
#define SESSION_RETRY_MS 20000          /* busy, or becoming ready */
#define SESSION_STALL_MS 50             /* lwIP has no timer of its own here */
#define SESSION_LOGOUT_MS 1000
#define CONNECT_PHASE_MS 29500          /* and 500 ms to stop the adapter */
#define CONNECT_LINK_MS 8000
#define DISK_CALL_MS 90000

struct session {
    struct bnx nic;
    struct ipv4_addresses addresses;
    struct wire wire;
    const struct ev_boot_config *config;
    char portals[ISCSI_MAX_PORTALS][IPV4_PORTAL_TEXT];
    void *core_memory;                  /* taken once, kept for good */
    void *disk_memory;
    struct iscsi_session *core;
    struct iscsi_disk *disk;
    struct connect_facts facts;
    uint8_t login_portal;               /* the portal tried last */
    uint8_t shown[ISCSI_MAX_PORTALS];   /* lines already on the console */
    bool connected;                     /* connect() has succeeded */
    struct connect_watch *watch;        /* NULL: the boot itself */
};

extern struct session session;

/*
 * Makes the core's session and disk for session.config on the adapter that is
 * up, and starts connecting; @budget_ms is for all up to full feature phase.
 */
enum rom_error session_start(uint32_t budget_ms, struct rom_failure *failure);

/*
 * Moves bytes and time on, once; never waits.  Returns a disk request that is
 * done, or NULL.
 */
struct iscsi_disk_request *session_step(void);

/* Why there is no session or disk, after one of them failed. */
void session_failure(struct rom_failure *failure);

/* Fills in what only the session knows: portal, target, ISID, capacity. */
void session_read_facts(struct connect_facts *facts);

/* Logs out, and waits for it at most a second. */
void session_logout(void);

/* Resets the connection. */
void session_drop(void);

#endif
