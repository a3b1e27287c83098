/*
 * The core's own place in the permanent memory block: names of head.S,
 * core.lds, core.c and fault.c that only the assembler and the linker share.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ROM_BLOCK_H
#define ROM_BLOCK_H

#include <stdint.h>

struct call_frame;
struct fault_frame;

/* Start of the block, which is the core's load address; BLOCK_* offsets. */
extern uint8_t block_header[];

/* First byte after the core's data. */
extern uint8_t core_end[];

/* Handlers of processor exceptions, EXCEPTION_HANDLER_SIZE bytes apart. */
extern const uint8_t exception_handlers[];

/* Called by runtime.S: does @function (CORE_*) for who called the ROM. */
uint32_t core_entry(uint32_t function, struct call_frame *frame);

/* Called by head.S: dumps @frame to the debugging port and stops. */
__attribute__((noreturn)) void fault(const struct fault_frame *frame);

#endif
