/*
 * A mini-DOS on a floppy, for .COM programs in tests: boot sector, and what of
 * the kernel C cannot say.  Linked at 0x7c00, all segments 0, in front of
 * kernel.c (gcc -m16).
 *
 *     0:1000..7bff   stacks: of the kernel down from 7000h, of calls from 7c00h
 *     0:7c00..fbff   boot sector and kernel: sectors 0 to 63
 *     1000:0         the program's segment
 *     20000 on       the archive: sectors 64 on, see kernel.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
    .code16
    .section .start, "ax"
    .globl _start, read_sector, run_program, end_program

    .set KERNEL_STACK, 0x7000
    .set CALL_STACK, 0x7c00
    .set PROGRAM, 0x1000
    .set TRACK_SECTORS, 18
    .set KERNEL_SECTORS, 63

_start:
    cli
    xorw %ax, %ax
    movw %ax, %ds
    movw %ax, %es
    movw %ax, %ss
    movl $KERNEL_STACK, %esp
    sti
    cld
    ljmp $0, $1f
1:  movb %dl, drive
    movl $1, %eax
    movl $0x7e00, %edx
2:  calll read_sector
    testb %al, %al
    jnz 3f
    addl $512, %edx
    incl lba
    movl lba, %eax
    cmpl $KERNEL_SECTORS, %eax
    jbe 2b
    movw $int20, 0x20 * 4
    movw $0, 0x20 * 4 + 2
    movw $int21, 0x21 * 4
    movw $0, 0x21 * 4 + 2
    calll dos_main
3:  hlt
    jmp 3b

/*
 * uint8_t read_sector(uint32_t lba, uint32_t linear): to a multiple of 16.
 * Returns the BIOS's status; 0: all is well.  Keeps EDX.
 */
read_sector:
    pushl %ebx
    pushl %edx
    pushw %es
    movl %eax, lba
    shrl $4, %edx
    movw %dx, %es
    xorw %bx, %bx
    xorw %dx, %dx
    movw $TRACK_SECTORS, %cx
    divw %cx
    movb %dl, %cl
    incb %cl                        /* sectors count from 1 */
    movb %al, %ch
    shrb $1, %ch                    /* cylinder */
    movb %al, %dh
    andb $1, %dh                    /* head */
    movb drive, %dl
    movw $0x0201, %ax
    int $0x13
    movzbl %ah, %eax
    popw %es
    popl %edx
    popl %ebx
    retl

lba:
    .long 1
drive:
    .byte 0

    .org 510
    .word 0xaa55

/*
 * int run_program(uint32_t sp): what was loaded at PROGRAM:100h.  Comes back
 * with its exit status when it ends.
 */
run_program:
    pushl %ebx
    pushl %esi
    pushl %edi
    pushl %ebp
    movl %esp, kernel_esp
    movw $PROGRAM, %bx
    movw %bx, %ds
    movw %bx, %es
    movw %bx, %ss
    movl %eax, %esp
    pushw $0                        /* a RET there finds INT 20h */
    xorl %eax, %eax
    ljmp $PROGRAM, $0x100

/* void end_program(int status): out of a call */
end_program:
    movl kernel_esp, %esp
    popl %ebp
    popl %edi
    popl %esi
    popl %ebx
    sti
    retl

int20:
    movw $0x4c00, %ax
int21:
    pushw %ds
    pushw $0
    popw %ds
    movl %eax, call_eax
    movl %ebx, call_ebx
    movl %ecx, call_ecx
    movl %edx, call_edx
    movl %esi, call_esi
    movl %edi, call_edi
    movl %ebp, call_ebp
    movw %es, call_es
    popw call_ds
    movw %ss, call_ss
    movl %esp, call_esp
    xorw %ax, %ax
    movw %ax, %es
    movw %ax, %ss
    movl $CALL_STACK, %esp
    cld
    calll dos_call                  /* AL: carry */
    movw call_ss, %ss
    movl call_esp, %esp
    movw %sp, %bp
    andb $0xfe, 4(%bp)
    orb %al, 4(%bp)
    movl call_eax, %eax
    movl call_ebx, %ebx
    movl call_ecx, %ecx
    movl call_edx, %edx
    movl call_esi, %esi
    movl call_edi, %edi
    movl call_ebp, %ebp
    movw call_es, %es
    movw call_ds, %ds
    iretw

    .bss
    .balign 4
kernel_esp:
    .space 4
    .globl call_eax, call_ebx, call_ecx, call_edx, call_ds
call_eax:
    .space 4
call_ebx:
    .space 4
call_ecx:
    .space 4
call_edx:
    .space 4
call_esi:
    .space 4
call_edi:
    .space 4
call_ebp:
    .space 4
call_esp:
    .space 4
call_ss:
    .space 2
call_ds:
    .space 2
call_es:
    .space 2

    .section .note.GNU-stack, "", @progbits
