/*
 * Between the two halves of the mini-DOS, start.S and kernel.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TESTS_BOOT_DOS_KERNEL_H
#define TESTS_BOOT_DOS_KERNEL_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Reads a sector of the floppy to a linear address below 1 MiB, a multiple of
 * 16.  Returns the BIOS's status, 0 when all is well.
 */
uint8_t read_sector(uint32_t lba, uint32_t linear);

/* Runs what was loaded; comes back with its exit status when it ends. */
int run_program(uint32_t sp);

/* Ends it, out of a call. */
void end_program(int status);

/* The registers of a call. */
extern uint32_t call_eax, call_ebx, call_ecx, call_edx;
extern uint16_t call_ds;

/* All there is to do; does not return. */
void dos_main(void);

/* INT 21h.  Returns what becomes of the carry flag. */
bool dos_call(void);

#endif
