/*
 * A boot program that takes the place of a base code: loads UNDI, brings it
 * up, and starts the network boot program that follows on the disk at LBA
 * PROGRAM, SECTORS long, as PXE 2.1 4.4.5 wants it to be started.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
    .set OWN_SECTORS, 4
    .set OWN_SEGMENT, 0x7000        /* above any program that is loaded */
    .set CHUNK, 32                  /* sectors a read */
    .set INT1A_SIZE, 64

#include "bios.inc"

begin:
    movw $(OWN_SECTORS - 1), %cx
    call load_rest
    jnc moved
    jmp halt

    .org 510
    .word 0xaa55

#include "undi.inc"

/* Out of the way of what is loaded to 0:7C00. */
moved:
    movw $OWN_SEGMENT, %ax
    movw %ax, %es
    movw $0x7c00, %si
    movw %si, %di
    movw $(OWN_SECTORS * 512 / 2), %cx
    rep movsw
    ljmp $OWN_SEGMENT, $1f
1:  movw %cs, %ax
    movw %ax, %ds
    movw %ax, %es
    call read_program
    jc failed
    call load_undi
    jc failed
    movw $commands, %si
2:  lodsb
    cmpb $0xff, %al
    je start
    movzbw %al, %ax
    movw $start_block, %di
    pushw %si
    call pxe_call
    popw %si
    testw %ax, %ax
    jz 2b
failed:
    movw %cs, %ax
    movw %ax, %ds
    movw $text_failed, %si
    call put_string
    jmp halt

/* START_UNDI, STARTUP, INITIALIZE: the block is large enough for each. */
commands:
    .byte 0x00, 0x01, 0x03, 0xff

read_program:
    movw $(0x7c00 / 16), %bx
    movw $SECTORS, %di
1:  movw $CHUNK, %cx
    cmpw %cx, %di
    jae 2f
    movw %di, %cx
2:  movw %cx, packet + 2
    movw %bx, packet + 6
    movw $packet, %si
    movb drive, %dl
    movb $0x42, %ah
    pushaw
    int $0x13
    popaw
    jc 3f
    addw %cx, packet + 8
    subw %cx, %di
    shlw $5, %cx                    /* paragraphs */
    addw %cx, %bx
    testw %di, %di
    jnz 1b
    clc
3:  ret

packet:
    .word 16, 0, 0, 0
    .quad PROGRAM

/* INT 1Ah lies where nobody loads anything: below UNDI. */
start:
    xorw %ax, %ax
    movw %ax, %fs
    decw %fs:BASE_MEMORY
    movw %fs:BASE_MEMORY, %ax
    shlw $6, %ax
    movw %ax, %es
    movl %fs:(0x1a * 4), %ebx
    movl %ebx, old_int1a
    movl loader_block + 20, %ebx
    movl %ebx, answer
    movw $int1a, %si
    xorw %di, %di
    movw $INT1A_SIZE, %cx
    rep movsb
    cli
    movw $0, %fs:(0x1a * 4)
    movw %es, %fs:(0x1a * 4 + 2)
    sti

    movw $OWN_SEGMENT, %ax
    movw %ax, %ss
    movl $0x7b00, %esp
    lesw loader_block + 20, %bx     /* PXENV+ */
    pushl loader_block + 16         /* !PXE, above the way back */
    xorl %edx, %edx
    lcall $0, $0x7c00
    jmp failed

int1a:
    cmpw $0x5650, %ax
    jne 1f
    lesw %cs:(answer - int1a), %bx
    movw $0x564e, %ax
    pushw %bp
    movw %sp, %bp
    andb $~1, 6(%bp)
    popw %bp
    iretw
1:  ljmp *%cs:(old_int1a - int1a)
answer:
    .long 0
old_int1a:
    .long 0

text_failed:
    .asciz "netboot failed\n"

    .org OWN_SECTORS * 512
