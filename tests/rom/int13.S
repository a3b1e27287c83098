/*
 * A boot program that calls INT 13h in every way that has hurt a caller of
 * some BIOS, and reports, line by line, what came out.  Drive 80h is the ROM's
 * (words as in bootsector.py), 81h another disk with a boot sector.  A line
 * is a name and "ok", "bad", or the value found.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
    .set FACTOR, 0x9e3779b1
    .set PROGRAM_SECTORS, 8
    .set DATA_LBA, 2048
    .set DATA_SEGMENT, 0x2000
    .set FLAT_BUFFER, 0x200000
    .set STACK_SEGMENT, 0x5000      /* the small stack */
    .set SMALL_STACK, 64
    .set CANARY, 0xa5
    .set TICKS, 0x046c
    .set TRIES, 100
    .set DISK_VECTOR, 0x13 * 4
    .set MONITOR_STACK, 0x7000
    .set VIRTUAL_STACK, 0x6800
    .set DRIVES, 0x0475
    .set PORT_A20, 0x92
    .set TICK_VECTOR, 0x1c * 4
    .set FDPT_VECTOR, 0x41 * 4

#include "bios.inc"

begin:
    movb %dl, drive
    movb $0x42, %ah                 /* the rest of this program */
    movw $(PROGRAM_SECTORS - 1), %cx
    movw $0x07e0, %bx
    movl $1, %edx
    call transfer
    jnc main
    jmp halt

    .org 510
    .word 0xaa55

    .macro TEST name
    movw $1f, %si
    jmp 2f
1:  .asciz "\name "
2:  call put_string
    .endm

main:
    TEST "read"
    call read_data
    movl %es:0, %eax
    movl $(DATA_LBA * FACTOR & 0xffffffff), %ebx
    call equal32

    TEST "interrupts-stay-on"
    sti
    call read_data
    movw flags_after, %ax
    andw $0x200, %ax
    movw $0x200, %bx
    call equal

    TEST "interrupts-stay-off"
    cli
    call read_data
    movw flags_after, %ax
    sti
    andw $0x200, %ax
    xorw %bx, %bx
    call equal

    TEST "direction-flag"
    std
    call read_data_as_is
    pushfw
    popw %ax
    cld
    andw $0x400, %ax
    movw $0x400, %bx
    call equal

    TEST "carry-set-on-failure"
    movb $0x02, %ah
    movb $0, %al
    call disk
    movw flags_after, %ax
    andw $1, %ax
    movw $1, %bx
    call equal

    TEST "carry-clear-on-success"
    movb $0x10, %ah
    call disk
    movw flags_after, %ax
    andw $1, %ax
    xorw %bx, %bx
    call equal

    TEST "registers"
    call check_registers

    TEST "small-stack"
    call check_small_stack

    TEST "descriptor-tables"
    sgdtl table_before
    sidtl table_before + 6
    call read_data
    sgdtl table_after
    sidtl table_after + 6
    movw $table_before, %si
    movw $table_after, %di
    movw $12, %cx
    call equal_bytes

    TEST "real-mode"
    movl %cr0, %eax
    andw $1, %ax
    xorw %bx, %bx
    call equal

    TEST "a20-stays-off"
    call check_a20

    TEST "crossing-64-kib"
    movw $0xff00, PACKET + 4
    movw $127, %cx
    call read_data_at
    movw $(DATA_SEGMENT + (0xff00 + 126 * 512 - 0x8000) / 16), %ax
    movw %ax, %es
    movl %es:0x8000, %eax
    movl $((DATA_LBA + 126) * FACTOR & 0xffffffff), %ebx
    call equal32

    TEST "flat-buffer"
    call check_flat

    TEST "clock-runs-while-waiting"
    sti
    call check_clock

    TEST "clock-stands-when-interrupts-are-off"
    cli
    movl TICKS, %eax
    pushl %eax
    movb $0x00, %ah
    call disk
    popl %ebx
    movl TICKS, %eax
    sti
    call equal32

    TEST "nested-call"
    call check_nested

    TEST "nested-call-to-the-other-drive"
    movb nested_other, %al
    movb $0, %ah
    xorw %bx, %bx
    call equal

    TEST "other-drive-at-81h"
    movw $0x0201, %ax
    movw $0x0001, %cx
    movw $0x0081, %dx
    movw $DATA_SEGMENT, %bx
    movw %bx, %es
    xorw %bx, %bx
    int $0x13
    sti
    pushw %dx
    movw %es:510, %ax
    movw $0xaa55, %bx
    call equal

    TEST "dl-is-kept-at-81h"
    popw %ax
    movw $0x0081, %bx
    call equal

    TEST "two-drives-are-counted"
    movb $0x08, %ah
    movb $0x81, %dl
    xorw %di, %di
    int $0x13
    sti
    pushw $0
    popw %es
    movb %dl, %al
    movb $0, %ah
    movw $2, %bx
    call equal

    TEST "the-count-is-repaired"
    movb $1, DRIVES
    movb $0x01, %ah
    call disk
    movb DRIVES, %al
    movb $0, %ah
    movw $2, %bx
    call equal

    TEST "int-41h-has-our-geometry"
    movb $0x08, %ah
    movb drive, %dl
    int $0x13
    sti
    movb %dh, %al
    movb $0, %ah
    incw %ax
    lesw FDPT_VECTOR, %di
    movb %es:2(%di), %bl
    movb $0, %bh
    call equal

    TEST "refused-in-virtual-8086-mode"
    call check_virtual

    movw $text_done, %si
    call put_string
    jmp halt

/* ------------------------------------------------------------------ calls */

/* INT 13h for our drive with AX, CX, DX = the drive; flags are kept. */
disk:
    movb drive, %dl
    movb $0, %dh
    int $0x13
    pushfw
    popw flags_after
    ret

/* CX sectors from DATA_LBA to PACKET's buffer, ES:0 is DATA_SEGMENT. */
read_data:
    cld
    movw $0, PACKET + 4
    movw $1, %cx
read_data_at:
    movw $0x0010, PACKET
    movw %cx, PACKET + 2
    movw $DATA_SEGMENT, PACKET + 6
    movl $DATA_LBA, PACKET + 8
    movl $0, PACKET + 12
read_data_as_is:
    movw $DATA_SEGMENT, %ax
    movw %ax, %es
    movw $PACKET, %si
    movb $0x42, %ah
    jmp disk

/* Every register but AH comes back, with its high half. */
check_registers:
    movl %esp, saved_esp
    movw $0x1111, %ax
    movw %ax, %fs
    movw $0x2222, %ax
    movw %ax, %gs
    movw $0x3333, %ax
    movw %ax, %es
    movl $0xcafe0942, %eax
    movl $0x12345678, %ebx
    movl $0x23456789, %ecx
    movl $0x3456789a, %edx
    movb drive, %dl
    movl $0x456789ab, %esi
    movl $0x56789abc, %edi
    movl $0x6789abcd, %ebp
    int $0x13
    pushal
    pushw %fs
    pushw %gs
    pushw %es
    xorw %ax, %ax
    movw %ax, %es
    movw %sp, %si
    movw $registers_wanted, %di
    movb drive, %al
    movb %al, registers_wanted + 6 + 20
    movl saved_esp, %eax
    movl %eax, registers_wanted + 6 + 12
    movw $38, %cx
    call equal_bytes
    addw $38, %sp
    ret

    .balign 4
registers_wanted:                   /* as pushed, from the lowest address */
    .word 0x3333, 0x2222, 0x1111
    .long 0x56789abc, 0x456789ab, 0x6789abcd, 0
    .long 0x12345678, 0x3456789a, 0x23456789, 0xcafe0042

/* A caller may have little stack; IF is off, so that all of it is ours. */
check_small_stack:
    movw $STACK_SEGMENT, %ax
    movw %ax, %es
    xorw %di, %di
    movw $0x400, %cx
    movb $CANARY, %al
    cld
    rep stosb
    movw $0, PACKET + 4
    movw $0x0010, PACKET
    movw $1, PACKET + 2
    movw $PACKET, %si
    movb drive, %dl
    movb $0x42, %ah
    cli
    movw %sp, saved_esp
    movw $STACK_SEGMENT, %bx
    movw %bx, %ss
    movw $0x400, %sp
    int $0x13
    pushfw
    popw flags_after
    movw %sp, %bx
    xorw %ax, %ax
    movw %ax, %ss
    movw saved_esp, %sp
    sti
    cmpw $0x400, %bx
    jne bad
    testw $1, flags_after
    jnz bad
    movw $STACK_SEGMENT, %ax
    movw %ax, %es
    xorw %di, %di
    movw $(0x400 - SMALL_STACK), %cx
    movb $CANARY, %al
    repe scasb
    jne bad
    jmp good

/* The line is off, a read works, the line is off again. */
check_a20:
    inb $PORT_A20, %al
    andb $0xfc, %al
    outb %al, $PORT_A20
    call read_data
    inb $PORT_A20, %al
    pushw %ax
    orb $2, %al
    outb %al, $PORT_A20
    popw %ax
    testb $2, %al
    jnz bad
    movl %es:0, %eax
    movl $(DATA_LBA * FACTOR & 0xffffffff), %ebx
    jmp equal32

/* A far address of all ones and a 64-bit one behind it. */
check_flat:
    movw $0x0018, PACKET
    movw $1, PACKET + 2
    movl $0xffffffff, PACKET + 4
    movl $(DATA_LBA + 7), PACKET + 8
    movl $0, PACKET + 12
    movl $FLAT_BUFFER, PACKET + 16
    movl $0, PACKET + 20
    call read_data_as_is
    testw $1, flags_after
    jnz bad
    movl $FLAT_BUFFER, %esi         /* the ROM leaves 4 GiB limits */
    movl %ds:(%esi), %eax
    movl $((DATA_LBA + 7) * FACTOR & 0xffffffff), %ebx
    jmp equal32

/*
 * A reset of the test's disk takes 150 ms, so at least one of two ticks falls
 * into the call.  A busy host may hold ticks back: then once more.
 */
check_clock:
    movw $TRIES, %bp
1:  movl TICKS, %ebx
    movb $0x00, %ah
    call disk
    movl TICKS, %eax
    subl %ebx, %eax
    cmpl $2, %eax
    jae good
    decw %bp
    jnz 1b
    jmp bad_value

/* The timer calls INT 13h while our drive is busy; tried as often. */
check_nested:
    movl TICK_VECTOR, %eax
    movl %eax, old_tick
    cli
    movw $tick, TICK_VECTOR
    movw $0, TICK_VECTOR + 2
    sti
    movw $TRIES, %bp
1:  movb $0x00, %ah
    call disk
    cmpw $0, nested_ours
    jne 2f
    decw %bp
    jnz 1b
2:  cli
    movl old_tick, %eax
    movl %eax, TICK_VECTOR
    sti
    testw $1, flags_after
    jnz bad
    movw nested_ours, %ax
    movw $0xaa01, %bx
    jmp equal

tick:
    pushal
    pushw %ds
    pushw %es
    pushw $0
    popw %ds
    cmpw $0, nested_ours
    jne 1f
    movb $0x02, %ah
    movb $1, %al
    movw $1, %cx
    movb $0x80, %dl
    movb $0, %dh
    movw $DATA_SEGMENT, %bx
    movw %bx, %es
    xorw %bx, %bx
    int $0x13
    sbbb %al, %al
    negb %al
    movw %ax, nested_ours
    movw $0x0201, %ax
    movw $1, %cx
    movw $0x0081, %dx
    xorw %bx, %bx
    int $0x13
    sbbb %al, %al
    orb %ah, %al
    movb %al, nested_other
1:  popw %es
    popw %ds
    popal
    iretw

/*
 * A small monitor: virtual_caller runs in virtual 8086 mode, where only the
 * monitor may touch the processor's modes, until its HLT faults.
 */
check_virtual:
    cli
    movw %sp, saved_esp
    movw $0, flags_after
    sidtl table_before
    sgdtl table_before + 6
    movl $task, %eax
    movw %ax, task_descriptor + 2
    movl $monitor, %eax
    movw %ax, exceptions + 13 * 8
    movw $SELECT_CODE32, exceptions + 13 * 8 + 2
    movw $0x8e00, exceptions + 13 * 8 + 4
    movb $0x89, task_descriptor + 5 /* not busy */
    lgdtl descriptors_pointer
    lidtl exceptions_pointer
    movl %cr0, %eax
    orb $1, %al
    movl %eax, %cr0
    ljmpl $SELECT_CODE32, $1f
    .code32
1:  movw $SELECT_DATA32, %ax
    movw %ax, %ds
    movw %ax, %ss
    movl $MONITOR_STACK, %esp
    movw $SELECT_TASK, %ax
    ltr %ax
    pushl $0                        /* GS, FS, DS, ES */
    pushl $0
    pushl $0
    pushl $0
    pushl $0                        /* SS:ESP */
    pushl $VIRTUAL_STACK
    pushl $0x23002                  /* VM, IOPL 3 */
    pushl $0
    pushl $virtual_caller
    iretl
monitor:
    ljmpl $SELECT_CODE16, $1f
    .code16
1:  movw $SELECT_DATA16, %ax
    movw %ax, %ds
    movw %ax, %es
    movw %ax, %fs
    movw %ax, %gs
    movw %ax, %ss
    movl %cr0, %eax
    andb $0xfe, %al
    movl %eax, %cr0
    ljmp $0, $1f
1:  xorw %ax, %ax
    movw %ax, %ds
    movw %ax, %es
    movw %ax, %fs
    movw %ax, %gs
    movw %ax, %ss
    movzwl saved_esp, %esp
    lidtl table_before
    lgdtl table_before + 6
    sti
    testw $1, flags_after
    jz bad
    movw virtual_ax, %ax
    movb $0, %al
    movw $0x2000, %bx
    jmp equal

virtual_caller:
    movw $0x0201, %ax
    movw $1, %cx
    movb drive, %dl
    movb $0, %dh
    movw $DATA_SEGMENT, %bx
    movw %bx, %es
    xorw %bx, %bx
    pushfw
    lcall *DISK_VECTOR
    pushfw
    popw flags_after
    movw %ax, virtual_ax
    hlt

    .set SELECT_CODE32, 0x08
    .set SELECT_DATA32, 0x10
    .set SELECT_TASK, 0x18
    .set SELECT_CODE16, 0x20
    .set SELECT_DATA16, 0x28
    .balign 8
descriptors:
    .quad 0
    .quad 0x00cf9b000000ffff
    .quad 0x00cf93000000ffff
task_descriptor:
    .quad 0x0000890000000067        /* base by check_virtual */
    .quad 0x00009b000000ffff
    .quad 0x000093000000ffff
descriptors_pointer:
    .word . - descriptors - 1
    .long descriptors
exceptions_pointer:
    .word 14 * 8 - 1
    .long exceptions
    .balign 8
exceptions:                         /* only 13, general protection */
    .skip 14 * 8
task:
    .long 0, MONITOR_STACK, SELECT_DATA32
    .skip 104 - 12 - 2
    .word 104                       /* no I/O */

/* --------------------------------------------------------------- verdicts */

/* DS:SI and ES(0):DI, CX bytes. */
equal_bytes:
    pushw $0
    popw %es
    cld
    repe cmpsb
    jne bad
    jmp good

equal:
    movzwl %ax, %eax
    movzwl %bx, %ebx
equal32:
    cmpl %eax, %ebx
    je good
    jmp bad_value

bad_value:
    call put_hex32
    movw $text_end, %si
    jmp put_string
good:
    movw $text_ok, %si
    jmp put_string
bad:
    movw $text_bad, %si
    jmp put_string

text_ok:
    .asciz "ok\n"
text_bad:
    .asciz "bad\n"
text_end:
    .asciz "\n"
text_done:
    .asciz "done\n"

    .balign 4
saved_esp:
    .long 0
old_tick:
    .long 0
flags_after:
    .word 0
nested_ours:                        /* AH, and 1 for the carry flag */
    .word 0
virtual_ax:
    .word 0
nested_other:
    .byte 0
table_before:
    .skip 12
table_after:
    .skip 12

    .org PROGRAM_SECTORS * 512
