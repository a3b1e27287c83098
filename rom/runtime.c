/*
 * The run-time segment in base memory, as the core sees it, and calls from
 * the core to the BIOS.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "block.h"
#include "linear.h"
#include "runtime.h"

#define GATE_SIZE 8
#define GATE_INTERRUPT32 0x8e00

static uint8_t idt[EXCEPTIONS * GATE_SIZE] __attribute__((aligned(8)));

void *linear(uint32_t address)
{
    /* The compiler must not reason about addresses near 0. */
    __asm__("" : "+r"(address));
    return (void *)address;
}

uint16_t runtime_segment(void)
{
    return ldl_le_p(block_header + BLOCK_RUNTIME);
}

uint8_t *runtime_at(unsigned offset)
{
    return linear(linear_of(runtime_segment(), offset));
}

void runtime_init(void)
{
    uint8_t *idtr = runtime_at(RT_IDTR);
    uint32_t handler;
    unsigned i;

    for (i = 0; i < EXCEPTIONS; i++) {
        handler = (uint32_t)exception_handlers + i * EXCEPTION_HANDLER_SIZE;
        stw_le_p(idt + i * GATE_SIZE, handler);
        stw_le_p(idt + i * GATE_SIZE + 2, SELECTOR_CODE32);
        stw_le_p(idt + i * GATE_SIZE + 4, GATE_INTERRUPT32);
        stw_le_p(idt + i * GATE_SIZE + 6, handler >> 16);
    }
    stw_le_p(idtr, sizeof(idt) - 1);
    stl_le_p(idtr + 2, (uint32_t)idt);
    __asm__ volatile("lidt %0" : : "m"(*idtr));
}

static void call_bios(uint32_t target)
{
    uint32_t base = ldl_le_p(runtime_at(RT_BASE));
    uint32_t routine = ldl_le_p(runtime_at(RT_CALL_BIOS));

    stl_le_p(runtime_at(RT_TARGET), target);
    __asm__ volatile("call *%1"
                     : "+a"(base)
                     : "r"(routine)
                     : "ecx", "edx", "memory", "cc");
}

void bios_interrupt(uint8_t vector, struct bios_regs *regs)
{
    QEMU_BUILD_BUG_ON(sizeof(*regs) != RT_REGS_SIZE);
    QEMU_BUILD_BUG_ON(offsetof(struct bios_regs, flags) != REGS_FLAGS);
    QEMU_BUILD_BUG_ON(sizeof(struct call_frame) != FRAME_SIZE);

    memcpy(runtime_at(RT_REGS), regs, sizeof(*regs));
    call_bios(vector_get(vector));
    memcpy(regs, runtime_at(RT_REGS), sizeof(*regs));
}

void bios_idle_window(void)
{
    call_bios(0);
}

bool runtime_caller_interruptible(void)
{
    return lduw_le_p(runtime_at(RT_CALLER_FLAGS)) & FLAGS_INTERRUPTS;
}

uint32_t vector_get(uint8_t vector)
{
    return ldl_le_p(linear(vector * 4));
}

void vector_set(uint8_t vector, uint16_t segment, uint16_t offset)
{
    stl_le_p(linear(vector * 4), (uint32_t)segment << 16 | offset);
}

/* Volatile: the BIOS's interrupt handlers change the data area. */
static volatile uint8_t *bda(unsigned offset)
{
    return linear(BDA_LINEAR + offset);
}

uint8_t bda_read8(unsigned offset)
{
    return *bda(offset);
}

void bda_write8(unsigned offset, uint8_t value)
{
    *bda(offset) = value;
}
