/*
 * From an adapter to a disk: link, TCP/IP, iSCSI session, LUN.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ROM_CONNECT_H
#define ROM_CONNECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"
#include "pci.h"

struct ev_boot_config;

/* What was really used; addresses as four bytes in network order. */
struct connect_facts {
    pci_bdf bdf;
    uint8_t mac[6];                 /* effective: LAA or burned in */
    uint8_t initiator_ip[4];
    uint8_t netmask[4];
    uint8_t gateway[4];             /* 0.0.0.0 when the target is on-link */
    uint8_t target_ip[4];           /* of the session, after redirection */
    uint16_t target_port;
    uint16_t vlan;                  /* 0: untagged */
    uint8_t portal;                 /* 0: TargetIP, 1: TargetIP2 */
    uint8_t isid[6];
    uint16_t tpgt;
    uint8_t lun[8];                 /* SAM LUN */
    uint32_t block_size;            /* bytes, of the LUN itself */
    uint64_t sectors;               /* capacity in units of 512 bytes */
};

/*
 * Brings up the adapter at @bdf and a session as @config says, and waits for
 * the LUN, within the 30 s of the connect phase; prints a line and writes a
 * POST code at each stage from POST_LINK to POST_LUN.  @config must stay
 * where it is: a lost session is restored from it.  On success fills @facts.
 * On failure the adapter is quiet again and @failure says why; another
 * attempt, with the same or another adapter, may follow.
 */
bool connect(pci_bdf bdf, const struct ev_boot_config *config,
             struct connect_facts *facts, struct rom_failure *failure);

/* The steps to a disk, in order. */
enum connect_step {
    CONNECT_LINK,
    CONNECT_ARP,
    CONNECT_TCP,
    CONNECT_LOGIN,
    CONNECT_LUN,
    CONNECT_STEPS,
};

/* Somebody who wants to see each step. */
struct connect_watch {
    bool login_only;                /* the LUN is not touched */
    bool discovery;                 /* asks for targets; login_only too */
    /* A step is done; one may come again after a redirection.  NULL: none. */
    void (*reached)(struct connect_watch *watch, enum connect_step step);
};

/*
 * As connect(), but only as a test: nothing is printed, no POST code is
 * written, and the first failed attempt is the last.  End it with
 * connect_quiesce().
 */
bool connect_watched(pci_bdf bdf, const struct ev_boot_config *config,
                     struct connect_watch *watch,
                     struct rom_failure *failure);

/* The MBA configuration of the adapter at @bdf; 0 when it does not answer. */
uint32_t connect_mba_config(pci_bdf bdf);

/* Stops the adapter: no DMA and no interrupt afterwards. */
void connect_quiesce(void);

/*
 * Puts @length bytes of handoff block into the scratch pad of the connected
 * adapter and its pointer into shared memory (ncsim/handoff.h).  Returns
 * whether it fitted.
 */
bool connect_write_handoff(const void *block, size_t length);

#endif
