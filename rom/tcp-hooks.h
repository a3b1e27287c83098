/*
 * What lwIP calls in the iSCSI ROM (LWIP_HOOK_FILENAME).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ROM_TCP_HOOKS_H
#define ROM_TCP_HOOKS_H

#include <stdint.h>

struct tcp_pcb;

/* A segment with @length bytes of data from @number on came for @pcb. */
void wire_heard(const struct tcp_pcb *pcb, uint32_t number, uint32_t length);

#define LWIP_HOOK_TCP_INPACKET_PCB(pcb, header, options, options1, options2, \
                                   data)                                     \
    (wire_heard(pcb, (header)->seqno, (data)->tot_len), ERR_OK)

#endif
