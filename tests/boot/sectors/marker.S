/*
 * A boot sector that only says that it runs: MESSAGE, a space, the drive.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "bios.inc"

begin:
    cli
    movb %dl, drive
    movw $message, %si
    call put_string
    movb drive, %al
    call put_hex8
    movw $end_of_line, %si
    call put_string
    jmp halt

message:
    .asciz MESSAGE
end_of_line:
    .asciz "\n"

    .org 510
    .word 0xaa55
