/*
 * A boot program that calls INT 13h with each function and at its edges, and
 * reports what came back, a line a call:
 *
 *   name: ah=00 cf=0 al=01 bx=0000 cx=0001 dx=0080 word=600df00d
 *
 * word is what the call put at the start of its buffer, deadbeef if nothing.
 * Whoever compares the reports of two disks knows what may differ.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
    .set PROGRAM_SECTORS, 16
    .set BUFFER_SEGMENT, 0x2000
    .set UNTOUCHED, 0xdeadbeef
    .set SCRATCH, 0x0620            /* what SI points to in a call */

#include "bios.inc"

begin:
    movw $(PROGRAM_SECTORS - 1), %cx
    call load_rest
    jnc main
    jmp halt

    .org 510
    .word 0xaa55

/* A row: name, AX, BX, CX, DX without the drive, what is put at SI. */
    .macro ROW name, ax, bx=0, cx=0, dx=0, si=0
    .asciz "\name"
    .word \ax, \bx, \cx, \dx, \si
    .endm

    .macro PACKET_OF size, count, sector
    .byte \size, 0
    .word \count, 0, BUFFER_SEGMENT
    .quad \sector
    .endm

rows:
    ROW "reset", 0x0000
    ROW "status-after-success", 0x0100
    ROW "read", 0x0201, 0, 0x0001
    ROW "read-two", 0x0202, 0, 0x0001
    ROW "read-none", 0x0200, 0, 0x0001
    ROW "read-sector-0", 0x0201, 0, 0x0000
    ROW "read-beyond-the-cylinders", 0x0201, 0, 0xffff
    ROW "read-beyond-the-heads", 0x0201, 0, 0x0001, 0xfe00
    ROW "status-after-failure", 0x0100
    ROW "write", 0x0301, 0, 0x0009
    ROW "write-none", 0x0300, 0, 0x0009
    ROW "write-beyond", 0x0301, 0, 0xffff
    ROW "verify", 0x0401, 0, 0x0001
    ROW "verify-beyond", 0x0401, 0, 0xffff
    ROW "format", 0x0501, 0, 0x0001
    ROW "parameters", 0x0800
    ROW "initialize", 0x0900
    ROW "seek", 0x0c00, 0, 0x0001
    ROW "alternate-reset", 0x0d00
    ROW "ready", 0x1000
    ROW "recalibrate", 0x1100
    ROW "diagnose", 0x1400
    ROW "type", 0x1500
    ROW "extensions", 0x4100, 0x55aa
    ROW "extensions-asked-wrongly", 0x4100, 0x1234
    ROW "extended-read", 0x4200, 0, 0, 0, packet_one
    ROW "extended-read-127", 0x4200, 0, 0, 0, packet_127
    ROW "extended-read-none", 0x4200, 0, 0, 0, packet_none
    ROW "extended-read-short-packet", 0x4200, 0, 0, 0, packet_short
    ROW "extended-read-beyond", 0x4200, 0, 0, 0, packet_beyond
    ROW "extended-read-across-the-end", 0x4200, 0, 0, 0, packet_across
    ROW "extended-read-far-beyond", 0x4200, 0, 0, 0, packet_far
    ROW "extended-write", 0x4300, 0, 0, 0, packet_write
    ROW "extended-write-beyond", 0x4300, 0, 0, 0, packet_beyond
    ROW "extended-verify", 0x4400, 0, 0, 0, packet_one
    ROW "extended-verify-beyond", 0x4400, 0, 0, 0, packet_beyond
    ROW "lock", 0x4500
    ROW "eject", 0x4600
    ROW "extended-seek", 0x4700, 0, 0, 0, packet_one
    ROW "extended-seek-beyond", 0x4700, 0, 0, 0, packet_beyond
    ROW "extended-parameters", 0x4800, 0, 0, 0, parameters_1a
    ROW "extended-parameters-short", 0x4800, 0, 0, 0, parameters_10
    ROW "media-change", 0x4900
    ROW "hardware-configuration", 0x4e03
    ROW "function-06", 0x0600
    ROW "function-0a", 0x0a00
    ROW "function-16", 0x1600
    ROW "function-19", 0x1900
    ROW "function-20", 0x2000
    ROW "function-4f", 0x4f00
    ROW "function-ff", 0xff00
    .byte 0

packet_one:
    PACKET_OF 16, 1, 0
packet_127:
    PACKET_OF 16, 127, 0
packet_none:
    PACKET_OF 16, 0, 0
packet_short:
    PACKET_OF 15, 1, 0
packet_beyond:
    PACKET_OF 16, 1, SECTORS
packet_across:
    PACKET_OF 16, 2, (SECTORS-1)
packet_far:
    PACKET_OF 16, 1, 0x100000000
packet_write:
    PACKET_OF 16, 1, 9
parameters_1a:
    .word 0x1a
    .fill 14
parameters_10:
    .word 0x10
    .fill 14

main:
    movw $rows, %bp
1:  cmpb $0, (%bp)
    jz finished
    movw %bp, name
2:  incw %bp
    cmpb $0, -1(%bp)
    jnz 2b
    call one
    addw $10, %bp
    call report
    jmp 1b
finished:
    cli
    movw $text_done, %si
    call put_string
    jmp halt

/* The call of the row whose registers are at BP. */
one:
    movw $BUFFER_SEGMENT, %ax
    movw %ax, %es
    movl $UNTOUCHED, %es:0
    pushw %ds                       /* a packet is changed by a failure */
    popw %es
    movw 8(%bp), %si
    movw $SCRATCH, %di
    movw $8, %cx
    rep movsw
    movw $BUFFER_SEGMENT, %ax
    movw %ax, %es
    movw 2(%bp), %bx
    movw 4(%bp), %cx
    movw 6(%bp), %dx
    movb drive, %dl
    movw $SCRATCH, %si
    xorw %di, %di
    movw (%bp), %ax
    pushw %bp
    clc
    int $0x13
    popw %bp
    pushfw
    pushw $0
    popw %ds
    movw %ax, found_ax
    movw %bx, found_bx
    movw %cx, found_cx
    movw %dx, found_dx
    popw %ax
    andb $1, %al
    movb %al, found_cf
    movw $BUFFER_SEGMENT, %ax
    movw %ax, %es
    movl %es:0, %eax
    movl %eax, found_word
    sti
    ret

/* With interrupts off, since SeaBIOS prints, too. */
report:
    cli
    movw name, %si
    call put_string
    movw $text_ah, %si
    call put_string
    movb found_ax + 1, %al
    call put_hex8
    movw $text_cf, %si
    call put_string
    movb found_cf, %al
    call put_digit
    movw $text_al, %si
    call put_string
    movb found_ax, %al
    call put_hex8
    movw $text_bx, %si
    call put_string
    movw found_bx, %ax
    call put_hex16
    movw $text_cx, %si
    call put_string
    movw found_cx, %ax
    call put_hex16
    movw $text_dx, %si
    call put_string
    movw found_dx, %ax
    call put_hex16
    movw $text_word, %si
    call put_string
    movl found_word, %eax
    call put_hex32
    movw $text_line, %si
    call put_string
    sti
    ret

name:
    .word 0
found_ax:
    .word 0
found_bx:
    .word 0
found_cx:
    .word 0
found_dx:
    .word 0
found_cf:
    .byte 0
found_word:
    .long 0
text_ah:
    .asciz ": ah="
text_cf:
    .asciz " cf="
text_al:
    .asciz " al="
text_bx:
    .asciz " bx="
text_cx:
    .asciz " cx="
text_dx:
    .asciz " dx="
text_word:
    .asciz " word="
text_line:
    .asciz "\n"
text_done:
    .asciz "done\n"

    .org PROGRAM_SECTORS * 512
