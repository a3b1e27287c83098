/*
 * The machine round an iLO, for its unit tests: it notes what it is asked.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TESTS_UNIT_ILO_HOST_H
#define TESTS_UNIT_ILO_HOST_H

#include "qemu/osdep.h"
#include "smif.h"

typedef struct TestHost {
    bool is_on;
    bool takes_order;               /* can its boot order be set? */
    unsigned power_acts;
    uint32_t act;                   /* the last of them */
    char letters[ILO_BOOT_LETTERS_MAX + 1];     /* the last order set */
    unsigned ev_changes;
    char changed[EV_NAME_SIZE];     /* the last EV that changed */
    unsigned entries;               /* of the log */
    uint8_t entry[512];             /* the last of them */
    size_t entry_size;
    unsigned restarts;
} TestHost;

/* Operations on a TestHost, which is their opaque. */
extern const IloHostOps test_host_ops;

/* On, its clock at 2026-11-27 01:02:03, nothing asked yet. */
void test_host_init(TestHost *host);

#endif
