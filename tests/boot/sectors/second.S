/*
 * A boot sector that reads the first sector of the next disk and says what
 * its last two bytes are.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "bios.inc"

    .set BUFFER, 0x2000             /* segment */

/* All is printed at once: meanwhile the BIOS would add text of its own. */
begin:
    movb %dl, first
    movb %dl, drive
    incb drive
    movb $0x42, %ah
    movw $1, %cx
    movw $BUFFER, %bx
    xorl %edx, %edx
    call transfer
    cli
    setc failed
    movw $text_start, %si
    call put_string
    movb first, %al
    call put_hex8
    movw $text_next, %si
    call put_string
    movb drive, %al
    call put_hex8
    movw $text_failed, %si
    testb $1, failed
    jnz 1f
    movw $text_has, %si
    call put_string
    movw $BUFFER, %ax
    movw %ax, %es
    movw %es:510, %ax
    xchgb %al, %ah
    call put_hex16
    movw $text_end, %si
1:  call put_string
    jmp halt

first:
    .byte 0
failed:
    .byte 0
text_start:
    .asciz "second: started from "
text_next:
    .asciz ", "
text_has:
    .asciz " has "
text_failed:
    .asciz " failed\n"
text_end:
    .asciz "\n"

    .org 510
    .word 0xaa55
