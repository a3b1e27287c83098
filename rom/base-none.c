/*
 * The iSCSI ROM has UNDI without a base code, which says so.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "undi.h"

const struct pxe_command pxe_base_commands[] = {
    PXE_ROW(TFTP_OPEN, LOADED, OPEN, uint16_t, NULL),
    PXE_ROW(TFTP_CLOSE, LOADED, OPEN, uint16_t, NULL),
    PXE_ROW(TFTP_READ, LOADED, OPEN, uint16_t, NULL),
    PXE_ROW(TFTP_READ_FILE, LOADED, OPEN, uint16_t, NULL),
    PXE_ROW(TFTP_GET_FSIZE, LOADED, OPEN, uint16_t, NULL),
    PXE_ROW(UDP_OPEN, LOADED, OPEN, uint16_t, NULL),
    PXE_ROW(UDP_CLOSE, LOADED, OPEN, uint16_t, NULL),
    PXE_ROW(UDP_READ, LOADED, OPEN, uint16_t, NULL),
    PXE_ROW(UDP_WRITE, LOADED, OPEN, uint16_t, NULL),
    PXE_ROW(RESTART_TFTP, LOADED, OPEN, uint16_t, NULL),
    PXE_ROW(START_BASE, LOADED, OPEN, uint16_t, NULL),
    PXE_ROW(STOP_BASE, LOADED, OPEN, uint16_t, NULL),
};
const unsigned pxe_base_command_count = ARRAY_SIZE(pxe_base_commands);
