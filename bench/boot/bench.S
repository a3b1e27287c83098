/*
 * Measures INT 13h of the disk it was booted from, and reports on the debug
 * port.  The first character tells that the boot sector runs; then
 *
 *   C ticks        time stamp counter over CALIBRATION timer ticks
 *   A s n sum min max errors        n calls of AH=42h with s sectors each,
 *                                   or of AH=01h when s is 0
 *   E              the end
 *
 * all numbers in hexadecimal, times in ticks of the counter.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
    .set PROGRAM_SECTORS, 3
    .set FIRST_LBA, 2048
    .set BUFFER, 0x2000             /* segment */
    .set TICKS, 0x046c              /* of the BIOS, 18.2 a second */

#include "bios.inc"

begin:
    movb $'B', %al
    call put_char
    movw $(PROGRAM_SECTORS - 1), %cx
    call load_rest
    jnc main
    movb $'!', %al
    call put_char
    jmp halt

    .org 510
    .word 0xaa55

main:
    call put_line_end
    call calibrate
    movw $series, %si
1:  movw (%si), %ax
    movw %ax, sectors
    movw 2(%si), %ax
    movw %ax, calls
    testw %ax, %ax
    jz 2f
    addw $4, %si
    pushw %si
    call measure
    call report
    popw %si
    jmp 1b
2:  movb $'E', %al
    call put_char
    call put_line_end
    jmp halt

put_space:
    movb $' ', %al
    jmp put_char
put_line_end:
    movb $'\n', %al
    jmp put_char

/* EDX:EAX in hexadecimal. */
put_hex64:
    pushl %eax
    movl %edx, %eax
    call put_hex32
    popl %eax
    jmp put_hex32

wait_tick:
    movl TICKS, %eax
1:  cmpl TICKS, %eax
    je 1b
    ret

calibrate:
    call wait_tick
    rdtsc
    movl %eax, start
    movl %edx, start + 4
    movw $CALIBRATION, %cx
1:  call wait_tick
    loop 1b
    rdtsc
    subl start, %eax
    sbbl start + 4, %edx
    pushl %eax
    movb $'C', %al
    call put_char
    call put_space
    popl %eax
    call put_hex64
    jmp put_line_end

/* One series of calls. */
measure:
    xorl %eax, %eax
    movl %eax, sum
    movl %eax, sum + 4
    movl %eax, longest
    movw %ax, errors
    decl %eax
    movl %eax, shortest
    movl $FIRST_LBA, position
    movw calls, %cx
1:  pushw %cx
    rdtsc
    movl %eax, start
    movl %edx, start + 4
    call one_call
    jnc 2f
    incw errors
2:  rdtsc
    subl start, %eax
    sbbl start + 4, %edx
    addl %eax, sum
    adcl %edx, sum + 4
    cmpl shortest, %eax
    jae 3f
    movl %eax, shortest
3:  cmpl longest, %eax
    jbe 4f
    movl %eax, longest
4:  popw %cx
    loop 1b
    ret

/* Carry as the BIOS gives it. */
one_call:
    movw sectors, %cx
    jcxz 1f
    movl position, %edx
    movw $BUFFER, %bx
    movb $0x42, %ah
    call transfer
    pushfw
    movzwl sectors, %eax
    addl %eax, position
    popfw
    ret
1:  movb $0x01, %ah
    movb drive, %dl
    int $0x13
    sti
    ret

report:
    movb $'A', %al
    call put_char
    call put_space
    movw sectors, %ax
    call put_hex16
    call put_space
    movw calls, %ax
    call put_hex16
    call put_space
    movl sum, %eax
    movl sum + 4, %edx
    call put_hex64
    call put_space
    movl shortest, %eax
    call put_hex32
    call put_space
    movl longest, %eax
    call put_hex32
    call put_space
    movw errors, %ax
    call put_hex16
    jmp put_line_end

    /* sectors of a call, calls; from bench.py */
series:
    .word SERIES
    .word 0, 0

start:      .quad 0
sum:        .quad 0
shortest:   .long 0
longest:    .long 0
position:   .long 0
sectors:    .word 0
calls:      .word 0
errors:     .word 0

    .org 512 * PROGRAM_SECTORS
