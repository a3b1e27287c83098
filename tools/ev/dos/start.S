/*
 * ev.com: from DOS to C and back, and calls to DOS and the BIOS.
 *
 * DOS starts a .COM with all segments at its PSP and SP at the end of the
 * segment, or of what memory there is.  C is 32-bit code in 16-bit mode (gcc
 * -m16): it needs an 80386, all segments the same, and ESP without upper bits.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rom/layout.h"

    .code16
    .section .start, "ax"
    .globl start

    .set DOS_WRITE, 0x40
    .set DOS_EXIT, 0x4c
    .set CONSOLE_ERROR, 2
    .set EXIT_ENVIRONMENT, 3

start:
    /* Flags that an 8086 has always set, and an 80286 always clear. */
    pushf
    popw %ax
    movw %ax, %bx
    xorb $0x40, %ah                 /* nested task */
    pushw %ax
    popf
    pushf
    popw %cx
    pushw %bx
    popf
    xorw %cx, %ax
    testb $0x40, %ah
    movw $needs_386, %dx
    movw $(needs_386_end - needs_386), %cx
    jnz refuse
    movw $needs_memory, %dx
    movw $(needs_memory_end - needs_memory), %cx
    cmpw $stack_floor, %sp
    jb refuse
    cld
    movw $bss_start, %di
    movw $bss_end, %cx
    subw %di, %cx
    xorw %ax, %ax
    rep stosb
    movzwl %sp, %esp
    calll dos_main
    movb $DOS_EXIT, %ah             /* AL is the exit status */
    int $0x21

/* Says the CX bytes at DX. */
refuse:
    movb $DOS_WRITE, %ah
    movw $CONSOLE_ERROR, %bx
    int $0x21
    movw $(DOS_EXIT << 8 | EXIT_ENVIRONMENT), %ax
    int $0x21

needs_386:
    .ascii "ev: this processor is no 80386 or later, so that there can be "
    .ascii "no iLO\r\n"
needs_386_end:
needs_memory:
    .ascii "ev: 64 KiB of memory are needed; leave out resident programs\r\n"
needs_memory_end:

    .text

/*
 * void bios_interrupt(uint8_t vector, struct bios_regs *regs), as the ROM has
 * it (rom/runtime.h), but that the handler gets our segments and flags.
 */
    .globl bios_interrupt
bios_interrupt:
    pushl %ebx
    pushl %esi
    pushl %edi
    pushl %ebp
    movb %al, vector
    movw %dx, registers
    movw %dx, %si
    movl REGS_EAX(%si), %eax
    movl REGS_EBX(%si), %ebx
    movl REGS_ECX(%si), %ecx
    movl REGS_EDX(%si), %edx
    movl REGS_EDI(%si), %edi
    movl REGS_EBP(%si), %ebp
    movl REGS_ESI(%si), %esi
    jmp 1f                          /* forgets what was fetched before */
1:  .byte 0xcd                      /* INT vector */
vector:
    .byte 0
    pushw %cs
    popw %ds
    pushw %cs
    popw %es
    movl %esi, returned_esi
    movw registers, %si
    pushfw
    popw REGS_FLAGS(%si)
    cld
    movl %eax, REGS_EAX(%si)
    movl %ebx, REGS_EBX(%si)
    movl %ecx, REGS_ECX(%si)
    movl %edx, REGS_EDX(%si)
    movl %edi, REGS_EDI(%si)
    movl %ebp, REGS_EBP(%si)
    movl returned_esi, %eax
    movl %eax, REGS_ESI(%si)
    popl %ebp
    popl %edi
    popl %esi
    popl %ebx
    retl

    .bss
    .balign 4
returned_esi:
    .space 4
registers:
    .space 2

    .section .note.GNU-stack, "", @progbits
