/*
 * How a failed request shows in AH of INT 13h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ROM_DISK_STATUS_H
#define ROM_DISK_STATUS_H

#include "iscsi-core/iscsi.h"

#include "disk.h"

/* The status for what the core says about @request; DISK_OK when it is. */
enum disk_status disk_status_of(const struct iscsi_disk_request *request);

#endif
