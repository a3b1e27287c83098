/*
 * What lies at UNDI's code segment: the entries of the PXE interface, which
 * hand everything to the core through the run-time segment.  Assembled into
 * the core's constants, and copied from there: nothing in it may depend on
 * where it is linked.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "layout.h"
#include "undi-segment.h"

#define INT1A_ASK 0x5650
#define INT1A_ANSWER 0x564e
#define EXIT_FAILURE 1
#define NOT_IN_PROTECTED_MODE 0xa2
#define CARRY 0x01

    .code16
    .section .rodata.undi, "a"
    .globl undi_segment
    .balign 16
undi_segment:
    jmp environment_entry

    .org UNDI_ENTRY
    .word pxe_entry - undi_segment
    .org UNDI_INT1A
    .word int1a - undi_segment
    .org UNDI_RUNTIME
    .word RT_CODE, 0
    .org UNDI_CODE

/* Far call: opcode and pointer to the parameters on the stack. */
pxe_entry:
    pushw %bp
    movw %sp, %bp                   /* bp, ip, cs, opcode, pointer */
    pushl %ebx
    pushl %ecx
    pushl %edx
    movzwl 6(%bp), %ebx
    movl 8(%bp), %ecx
    jmp both

/* Far call: opcode in BX, pointer to the parameters in ES:DI. */
environment_entry:
    pushw %bp
    pushl %ebx
    pushl %ecx
    pushl %edx
    movzwl %bx, %ebx
    movw %es, %cx
    shll $16, %ecx
    movw %di, %cx
both:
    smsww %ax
    testb $1, %al                   /* a protected-mode or V86 caller */
    jnz protected
    movw $CORE_UNDI, %ax
    movw %cs, %dx
    lcall *%cs:UNDI_RUNTIME
    testw %ax, %ax
    jz 1f
    movw $EXIT_FAILURE, %ax         /* the core's answer, or it was busy */
1:  popl %edx
    popl %ecx
    popl %ebx
    popw %bp
    lret

protected:
    pushw %es
    pushw %di
    pushl %ecx
    popw %di
    popw %es
    movw $NOT_IN_PROTECTED_MODE, %es:(%di)
    popw %di
    popw %es
    movw $EXIT_FAILURE, %ax
    jmp 1b

/* Where is PXENV+?  At ES:BX. */
int1a:
    cmpw $INT1A_ASK, %ax
    jne 1f
    pushw %bp
    movw %sp, %bp                   /* bp, ip, cs, flags */
    andb $~CARRY, 6(%bp)
    popw %bp
    movw %cs, %ax
    movw %ax, %es
    movw $UNDI_ENVIRONMENT, %bx
    movw $INT1A_ANSWER, %ax
    iretw
1:  ljmp *%cs:UNDI_OLD_INT1A

    .org UNDI_CODE_SIZE

    .section .note.GNU-stack, "", @progbits
