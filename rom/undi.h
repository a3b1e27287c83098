/*
 * UNDI: the adapter as other people's network boot programs see it, through
 * the PXE interface (pxe.h).  Its code in base memory is a page of entries
 * (undi-segment.S); everything is done by the core.  One adapter at a time,
 * and none while the iSCSI disk is served.  Polled: no interrupt is used.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ROM_UNDI_H
#define ROM_UNDI_H

#include <stdbool.h>
#include <stdint.h>

#include "bnx.h"
#include "pxe.h"
#include "undi-segment.h"

struct call_frame;

/* In the order that a client goes through them. */
enum undi_state {
    UNDI_UNLOADED,
    UNDI_LOADED,                    /* START_UNDI is due */
    UNDI_STARTED,                   /* adapter known, at rest */
    UNDI_INITIALIZED,               /* it runs, and receives nothing */
    UNDI_OPEN,                      /* frames in and out */
};

struct undi {
    enum undi_state state;
    pci_bdf bdf;
    uint16_t code_segment, data_segment;
    uint16_t rom_segment;
    struct bnx nic;
    struct bnx_filter filter;       /* while open */
    bool base_listens;              /* the base code has set the filter */
    uint32_t sent, sent_told;       /* frames; those ISR has reported */
    struct pxe_statistics count;    /* sent and received ones */
    struct bnx_drops forgotten;     /* by CLEAR_STATISTICS */
};

extern struct undi undi;

/* What undi-segment.S puts into the code segment. */
extern const uint8_t undi_segment[UNDI_CODE_SIZE];

/*
 * CORE_UNDI_LOAD: the UNDI loader, called by the image with EBX the real-mode
 * pointer to struct pxe_undi_loader and ECX the segment of the image.
 * CORE_UNDI: a PXE call, by undi-segment.S, with EBX the opcode, ECX the
 * real-mode pointer to the parameters, EDX the segment of the code.
 * Both leave the exit code in the frame's AX and return CORE_DONE.
 */
uint32_t undi_load(struct call_frame *frame);
uint32_t undi_call(struct call_frame *frame);

/* Puts code and structures at @code:0 for @data, which are then in use. */
void undi_install(uint16_t code, uint16_t data, uint16_t rom);

/* Takes INT 1Ah, and gives it back.  Only for code that stays where it is. */
void undi_hook(void);
void undi_unhook(void);

/*
 * START_UNDI to INITIALIZE, for the base code.  Returns ROM_OK,
 * ROM_NO_ADAPTER or ROM_LINK_DOWN.
 */
enum rom_error undi_bring_up(pci_bdf bdf, struct rom_failure *failure);

/* A row of a table of commands. */
struct pxe_command {
    uint8_t opcode;
    uint8_t least, most;            /* states in which it may come */
    uint8_t size;                   /* of the parameter block */
    uint16_t (*handle)(void *block);
};

#define PXE_ROW(opcode, least, most, type, handle)                      \
    { PXE_##opcode, UNDI_##least, UNDI_##most, sizeof(type), handle }

/* The base code's, or what stands for it where there is none. */
extern const struct pxe_command pxe_base_commands[];
extern const unsigned pxe_base_command_count;

/*
 * The commands.  Each is given a copy of its parameter block, in the state
 * that its row in undi.c demands, and returns the status.
 */
uint16_t undi_transmit(void *block);
uint16_t undi_isr(void *block);
uint16_t undi_get_information(void *block);
uint16_t undi_get_statistics(void *block);
uint16_t undi_clear_statistics(void *block);
uint16_t undi_get_group_address(void *block);
uint16_t undi_get_nic_type(void *block);
uint16_t undi_get_interface(void *block);
uint16_t undi_get_cached_info(void *block);

/* The bytes at a client's real-mode pointer. */
void *undi_memory(struct pxe_pointer pointer);

#endif
