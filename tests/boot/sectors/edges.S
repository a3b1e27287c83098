/*
 * A boot sector that goes to the edges of its disk and says what it found:
 *
 *   edges: drive=80 size=0200 sectors=0000000000000800
 *   edges: last=00 word=600df00d next=01
 *   edges: write=03 read=00
 *
 * size and sectors are those of AH=48h.  last, next: AH of AH=42h for the last
 * sector and for the one behind it; word: the first four bytes of the last.
 * write: AH of AH=43h for sector 1, and read: of AH=42h for it afterwards.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "bios.inc"

    .set PARAMETERS, 0x0620         /* of AH=48h */
    .set BUFFER_SEGMENT, 0x1000

begin:
    movb %dl, drive
    movw $0x1a, PARAMETERS
    movb $0x48, %ah
    movw $PARAMETERS, %si
    int $0x13
    sti
    movl PARAMETERS + 0x10, %eax
    movl PARAMETERS + 0x14, %edx
    movw $next, %di
    call read_at
    subl $1, %eax
    sbbl $0, %edx
    movw $last, %di
    call read_at
    pushw $BUFFER_SEGMENT
    popw %es
    movl %es:0, %eax
    movl %eax, word
    movl $1, %eax
    xorl %edx, %edx
    movw $write, %di
    movb $0x43, %cl
    call transfer_at
    movw $read, %di
    call read_at
    cli
    movw $report, %si
put_next:
    call put_string
    lodsw
    testw %ax, %ax
    jz halt
    movw %ax, %di
    lodsb
    movzbw %al, %cx
put_byte:                           /* of CX, the last first */
    movw %cx, %bx
    movb -1(%bx, %di), %al
    call put_hex8
    loop put_byte
    jmp put_next

/* One sector at EDX:EAX, by AH=42h; AH goes to DI, EAX and EDX are kept. */
read_at:
    movb $0x42, %cl
transfer_at:
    pushl %eax
    pushl %edx
    movw $0x0010, PACKET
    movw $1, PACKET + 2
    movw $0, PACKET + 4
    movw $BUFFER_SEGMENT, PACKET + 6
    movl %eax, PACKET + 8
    movl %edx, PACKET + 12
    movb drive, %dl
    movw $PACKET, %si
    movb %cl, %ah
    movb $0, %al
    int $0x13
    sti
    movb %ah, (%di)
    popl %edx
    popl %eax
    ret

next:
    .byte 0
last:
    .byte 0
write:
    .byte 0
read:
    .byte 0
word:
    .long 0

/* A string, and the number behind it: where it is, how many bytes it has. */
report:
    .asciz "edges: drive="
    .word drive
    .byte 1
    .asciz " size="
    .word PARAMETERS + 0x18
    .byte 2
    .asciz " sectors="
    .word PARAMETERS + 0x10
    .byte 8
    .asciz "\nedges: last="
    .word last
    .byte 1
    .asciz " word="
    .word word
    .byte 4
    .asciz " next="
    .word next
    .byte 1
    .asciz "\nedges: write="
    .word write
    .byte 1
    .asciz " read="
    .word read
    .byte 1
    .asciz "\n"
    .word 0

    .org 510
    .word 0xaa55
