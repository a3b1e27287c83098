/*
 * The logical units behind a target, by REPORT LUNS and INQUIRY (SPC-4).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef NCISCSI_REPORT_LUNS_H
#define NCISCSI_REPORT_LUNS_H

#include "client.h"

struct lun_list {
    uint8_t *luns;              /* 8 bytes each; the caller frees them */
    unsigned count;
};

struct unit_facts {
    uint8_t type;               /* peripheral device type */
    char vendor[9];             /* printable */
    char product[17];
    bool has_capacity;          /* of a disk that is ready */
    uint64_t blocks;
    uint32_t block_size;
};

/* Asks again with more room when there are more than fit. */
enum iscsi_error report_luns(struct client *client, struct lun_list *list);

enum iscsi_error unit_inquire(struct client *client, const uint8_t lun[8],
                              struct unit_facts *facts);

#endif
