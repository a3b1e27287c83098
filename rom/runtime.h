/*
 * The run-time segment in base memory, as the core sees it, and calls from
 * the core to the BIOS.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ROM_RUNTIME_H
#define ROM_RUNTIME_H

#include <stdbool.h>
#include <stdint.h>

#include "layout.h"

#define FLAGS_CARRY 0x0001
#define FLAGS_ZERO 0x0040
#define FLAGS_INTERRUPTS 0x0200

/* Registers of a BIOS call; REGS_* in layout.h. */
struct bios_regs {
    uint32_t eax, ebx, ecx, edx, esi, edi, ebp;
    uint16_t ds, es;
    uint16_t flags, reserved;
};

/* Registers of who called the ROM; FRAME_* in layout.h. */
struct call_frame {
    uint16_t gs, fs, es, ds;
    uint32_t edi, esi, ebp, esp, ebx, edx, ecx, eax;
};

/* The segment, and the linear address of its offset @offset. */
uint16_t runtime_segment(void);
uint8_t *runtime_at(unsigned offset);

/* Points the processor at our exception handlers while in the core. */
void runtime_init(void);

/*
 * Executes INT @vector in real mode with @regs, which also receives what it
 * returns; regs->flags is the flags image given to the handler.
 */
void bios_interrupt(uint8_t vector, struct bios_regs *regs);

/* Lets pending interrupts in, through real mode. */
void bios_idle_window(void);

/* Whether who called the ROM had interrupts enabled. */
bool runtime_caller_interruptible(void);

/* Real-mode interrupt vectors, as segment << 16 | offset. */
uint32_t vector_get(uint8_t vector);
void vector_set(uint8_t vector, uint16_t segment, uint16_t offset);

/* Bytes of the BIOS data area at segment 40h. */
uint8_t bda_read8(unsigned offset);
void bda_write8(unsigned offset, uint8_t value);

#endif
