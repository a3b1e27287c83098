/*
 * Start of the core: the header by which other instances know the block, the
 * entry's stack, and the handlers of processor exceptions.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "layout.h"

#define CORE_STACK_SIZE 16384
#define EXCEPTION_NMI 2
#define ERROR_CODES 0x60227d00      /* bit n: exception n pushes a code */

    .code32
    .section .head, "ax"
    .globl block_header
block_header:
    .long BLOCK_HANDLE
    .long BLOCK_LAYOUT_VERSION
    .long 0                         /* BLOCK_LENGTH, by init */
    .long 0                         /* BLOCK_RUNTIME, by init */
    .long core_entry                /* BLOCK_ENTRY */
    .long core_stack_top            /* BLOCK_STACK */
    .long core_end                  /* BLOCK_MEMORY, from core.lds */
    .org BLOCK_HEADER_SIZE

/* Every handler pushes its number; all are of the same size. */
    .section .text, "ax"
    .globl exception_handlers
    .balign 16
exception_handlers:
    .set number, 0
    .rept EXCEPTIONS
    .balign EXCEPTION_HANDLER_SIZE
    .if !(ERROR_CODES >> number & 1)
    pushl $0
    .endif
    pushl $number
    jmp exception
    .set number, number + 1
    .endr

/* An NMI is let go; anything else ends here, with a dump (fault.c). */
exception:
    cmpl $EXCEPTION_NMI, (%esp)
    je 1f
    pushal
    movl %esp, %eax
    call fault
1:  addl $8, %esp
    iretl

    .section .bss
    .balign 16
    .skip CORE_STACK_SIZE
core_stack_top:

    .section .note.GNU-stack, "", @progbits
