/*
 * A boot sector that prints the keys that were typed before it: "keys: xyz".
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "bios.inc"

begin:
    movw $0x7e00, %di
1:  movb $0x01, %ah                 /* is there one? */
    int $0x16
    jz 2f
    xorb %ah, %ah
    int $0x16
    stosb
    jmp 1b
2:  movw $end_of_line, %si
    movsw
    cli
    movw $message, %si
    call put_string
    movw $0x7e00, %si
    call put_string
    jmp halt

message:
    .asciz "keys: "
end_of_line:
    .asciz "\n"

    .org 510
    .word 0xaa55
