/*
 * both.com: runs EV.COM with the same command line and its handle 2 where
 * handle 1 is, for a command interpreter that redirects only the latter.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
    .code16
    .text
    .globl _start

    .set TAIL, 0x80                 /* in the PSP */
    .set PARAGRAPHS, 0x40           /* that this program keeps */

_start:
    movw $(PARAGRAPHS * 16), %sp
    movb $0x4a, %ah
    movw $PARAGRAPHS, %bx
    int $0x21                       /* the rest is for EV.COM */
    movw $1, %bx
    movw $2, %cx
    movb $0x46, %ah
    int $0x21                       /* 2 becomes what 1 is */
    movw %cs, tail + 2
    movw $program, %dx
    movw $parameters, %bx
    movw $0x4b00, %ax
    int $0x21
    movb $0xff, %al
    jc 1f
    movb $0x4d, %ah
    int $0x21                       /* its exit status */
1:  movb $0x4c, %ah
    int $0x21

program:
    .asciz "EV.COM"
    .balign 2
parameters:
    .word 0                         /* this program's environment */
tail:
    .word TAIL, 0
    .word 0x5c, 0, 0x6c, 0          /* file control blocks, unused */

    .section .note.GNU-stack, "", @progbits
