/*
 * The run-time segment: what stays in base memory.  Interrupt entries, the
 * way into the 32-bit core and back, and the way from the core to the BIOS.
 *
 *   real mode             |  protected mode (flat)
 *   ----------------------+----------------------------------
 *   int13, int19, far_entry
 *     own stack, frame    |
 *     core_call --------->| enter_core: A20, core's stack
 *                         |   core_entry() in C
 *       call_real <-------|     call_bios
 *       BIOS or idle      |
 *       ----------------->|     bios_done
 *     core_return <-------| A20 as found
 *   caller's stack, iret
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "layout.h"
#include "undi-segment.h"

#define PORT_FAST_A20 0x92
#define FAST_A20 0x02
#define FAST_RESET 0x01
#define KBC_COMMAND 0x64
#define KBC_DATA 0x60
#define KBC_FULL 0x02               /* the controller has not read yet */
#define KBC_WRITE_OUTPUT 0xd1
#define KBC_A20_ON 0xdf
#define KBC_A20_OFF 0xdd

#define STATUS_CONTROLLER 0x20
#define STATUS_NOT_READY 0xaa

#define CARRY 0x01
#define INTERRUPTS 0x02             /* IF in the high byte of FLAGS */

    .code16
    .section .text, "ax"
    .globl entry, runtime_end, code_limit
entry:

    .org RT_GDT
    .quad 0
    .quad 0x00cf9b000000ffff        /* SELECTOR_CODE32 */
    .quad 0x00cf93000000ffff        /* SELECTOR_DATA32 */
    .quad 0x00009b000000ffff        /* SELECTOR_CODE16, base by init */
    .quad 0x008f93000000ffff        /* SELECTOR_DATA16 */
    .org RT_GDTR
    .word GDT_SIZE - 1
    .long 0
    .org RT_IDTR
    .word 0
    .long 0
    .org RT_CALL_BIOS
    .long call_bios
    .org RT_PROTECTED
    .long enter_protected
    .word SELECTOR_CODE32
    .org RT_REAL
    .word enter_real
    .word 0
    .org RT_INT13
    .word int13
    .org RT_INT19
    .word int19
    .org RT_CODE

/*
 * Far call from the image: AX function, EBX adapter.  Jumps to the boot
 * sector when the core has loaded one, else returns with registers changed.
 */
far_entry:
    cmpb $0, %cs:RT_BUSY
    jne 1f
    pushfw
    popw %cs:RT_CALLER_FLAGS
    pushw %cs:RT_CALLER_FLAGS
    cli
    call enter
    call leave
    popfw
    cmpb $CORE_BOOT, %cs:result
    je boot
    cmpb $CORE_PROGRAM, %cs:result
    je program
1:  lret

/* As PXE 2.1 4.4.5 has it.  A program that returns has nothing to boot. */
program:
    movw %cs, %ax
    addw $RT_UNDI_CODE / 16, %ax
    movw %ax, %es
    movw $UNDI_ENVIRONMENT, %bx
    pushw %ax
    pushw $UNDI_STRUCTURE
    xorl %edx, %edx
    sti
    lcall $0, $BOOT_SECTOR
    addw $4, %sp
    movw $CORE_RETURNED, %ax
    jmp far_entry

/* ------------------------------------------------------------- interrupts */

int13:
    pushw %ds                       /* the BIOS may recount its drives */
    pushw %ax
    xorw %ax, %ax
    movw %ax, %ds
    movb %cs:RT_DRIVES, %al
    cmpb %al, BDA_LINEAR + BDA_DRIVES
    jae 1f
    movb %al, BDA_LINEAR + BDA_DRIVES
1:  popw %ax
    popw %ds
    cmpb %cs:RT_DRIVE, %dl
    je int13_ours
    cmpb %cs:RT_NATURAL, %dl
    je int13_displaced
    ljmp *%cs:RT_OLD_INT13

/* The drive whose number we took answers at the number we were due. */
int13_displaced:
    pushw %bp
    pushw %ax
    movw %sp, %bp
    pushw 8(%bp)                    /* the caller's flags, as INT does */
    movw 2(%bp), %bp
    movb %cs:RT_DRIVE, %dl
    lcall *%cs:RT_OLD_INT13
    pushw %bp
    movw %sp, %bp                   /* bp', ax, bp, ip, cs, flags */
    pushfw
    cmpb $0x08, 3(%bp)
    je 1f
    cmpb $0x15, 3(%bp)
    je 1f                           /* these two return DX */
    movb %cs:RT_NATURAL, %dl
1:  popw 2(%bp)
    andb $~CARRY, 10(%bp)
    andb $CARRY, 2(%bp)
    pushw %ax
    movb 2(%bp), %al
    orb %al, 10(%bp)
    popw %ax
    popw %bp
    addw $4, %sp
    iretw

int13_ours:
    pushw %bp
    movw %sp, %bp                   /* bp, ip, cs, flags */
    pushw %ax
    smsww %ax
    testb $1, %al                   /* virtual 8086: a monitor owns CR0 */
    popw %ax
    jnz int13_virtual
    cmpb $0, %cs:RT_BUSY
    jne int13_nested
    pushw 6(%bp)
    popw %cs:RT_CALLER_FLAGS
    popw %bp
    movl $CORE_INT13, %cs:function
    call enter_with_function
    call leave
    pushw %bp
    movw %sp, %bp
    andb $~CARRY, 6(%bp)
    cmpb $0, %cs:result
    je 1f
    orb $CARRY, 6(%bp)
1:  popw %bp
    iretw

int13_virtual:
    movb $STATUS_CONTROLLER, %ah
    jmp int13_refuse
int13_nested:
    movb $STATUS_NOT_READY, %ah
int13_refuse:
    orb $CARRY, 6(%bp)
    popw %bp
    iretw

int19:
    cmpb $0, %cs:RT_BUSY
    jne 1f
    movw $0x200, %cs:RT_CALLER_FLAGS
    movl $CORE_INT19, %cs:function
    call enter_with_function
    call leave
    cmpb $CORE_BOOT, %cs:result
    je boot
1:  ljmp *%cs:RT_OLD_INT19

/* The boot sector lies at 0000:7C00. */
boot:
    cli
    cld
    xorw %ax, %ax
    movw %ax, %ds
    movw %ax, %es
    movw %ax, %ss
    movl $BOOT_SECTOR, %esp
    movzbw %cs:RT_DRIVE, %dx
    movw $0xaa55, %ax
    sti
    ljmp $0, $BOOT_SECTOR

/* ------------------------------------------------- caller's state, and ours */

/*
 * Near-called on the caller's stack with interrupts off: saves everything of
 * the caller in a call frame on our stack and runs the core.
 */
enter:
    movzwl %ax, %eax
    movl %eax, %cs:function
enter_with_function:
    movb $1, %cs:RT_BUSY
    cld
    popw %cs:back
    movl %esp, %cs:caller_esp
    movw %ss, %cs:caller_ss
    movl %eax, %cs:caller_eax
    movw %cs, %ax
    movw %ax, %ss
    movl $RT_STACK_TOP, %esp
    pushw %cs:caller_ss
    pushl %cs:caller_esp
    movl %cs:caller_eax, %eax
    pushl %eax
    pushl %ecx
    pushl %edx
    pushl %ebx
    pushl %cs:caller_esp
    pushl %ebp
    pushl %esi
    pushl %edi
    pushw %ds
    pushw %es
    pushw %fs
    pushw %gs
    movw %cs, %ax
    movw %ax, %ds
    movl %esp, %edx
    addl RT_BASE, %edx              /* the frame */
    movl function, %eax
    call core_call
    movl %eax, result
    pushw back
    ret

/* The reverse: the frame's registers, the caller's stack, not busy. */
leave:
    popw %cs:back
    popw %gs
    popw %fs
    popw %es
    popw %ds
    popl %edi
    popl %esi
    popl %ebp
    addw $4, %sp
    popl %ebx
    popl %edx
    popl %ecx
    popl %eax
    lssl %cs:(%esp), %esp
    movb $0, %cs:RT_BUSY
    jmp *%cs:back

/* ------------------------------------------------------------------ modes */

/* EAX function, EDX frame; returns EAX.  DS = SS = CS, interrupts off. */
core_call:
    sgdtl RT_GDT_REAL
    sidtl RT_IDT_REAL
    movw %sp, real_sp
    movl $enter_core, %edi
    /* fall through */

/* Goes on at EDI in protected mode, with EBX the segment's linear base. */
to_protected:
    movl %cs:RT_BASE, %ebx
    lgdtl %cs:RT_GDTR
    lidtl %cs:RT_IDTR
    movl %cr0, %ecx
    orb $1, %cl
    movl %ecx, %cr0
    ljmpl *%cs:RT_PROTECTED

    .code32
enter_protected:
    movl $SELECTOR_DATA32, %ecx
    movl %ecx, %ds
    movl %ecx, %es
    movl %ecx, %fs
    movl %ecx, %gs
    movl %ecx, %ss
    addl %ebx, %edi
    jmp *%edi

enter_core:
    movzwl real_sp(%ebx), %esp      /* a stack that needs no A20 */
    addl %ebx, %esp
    pushl %eax
    call a20_on
    popl %eax
    je 1f
    movl RT_CORE_STACK(%ebx), %esp
    pushl %ebx
    call *RT_CORE(%ebx)
    popl %ebx
    movzwl real_sp(%ebx), %esp
    addl %ebx, %esp
    jmp 2f
1:  movl $CORE_FAILED, %eax
    movb $STATUS_CONTROLLER, FRAME_EAX + 1(%edx)
2:  pushl %eax
    call a20_restore
    popl %eax
    movl $core_return, %esi
    /* fall through */

/* Goes on at SI in real mode, with DS = SS = CS and the stack of core_call. */
to_real:
    movl $SELECTOR_DATA16, %ecx     /* 4 GiB limits stay: "big real" */
    movl %ecx, %ds
    movl %ecx, %es
    movl %ecx, %fs
    movl %ecx, %gs
    movl %ecx, %ss
    ljmp $SELECTOR_CODE16, $1f
    .code16
1:  movl %cr0, %ecx
    andb $0xfe, %cl
    movl %ecx, %cr0
    ljmp *%cs:RT_REAL
enter_real:
    movw %cs, %cx
    movw %cx, %ds
    movw %cx, %ss
    movzwl real_sp, %esp
    lgdtl RT_GDT_REAL
    lidtl RT_IDT_REAL
    xorw %cx, %cx
    movw %cx, %es
    movw %cx, %fs
    movw %cx, %gs
    jmp *%si

core_return:
    ret

/* ----------------------------------------------------- the core calls out */

    .code32
/* void call_bios(uint32_t base): RT_TARGET with RT_REGS, or an idle window. */
call_bios:
    pushl %ebp
    pushl %ebx
    pushl %esi
    pushl %edi
    movl %eax, %ebx
    movl %esp, core_esp(%ebx)
    movl $call_real, %esi
    jmp to_real

    .code16
call_real:
    cmpl $0, RT_TARGET
    je idle_window
    movl RT_REGS + REGS_EAX, %eax
    movl RT_REGS + REGS_EBX, %ebx
    movl RT_REGS + REGS_ECX, %ecx
    movl RT_REGS + REGS_EDX, %edx
    movl RT_REGS + REGS_ESI, %esi
    movl RT_REGS + REGS_EDI, %edi
    movl RT_REGS + REGS_EBP, %ebp
    movw RT_REGS + REGS_ES, %es
    pushw RT_REGS + REGS_FLAGS
    movw RT_REGS + REGS_DS, %ds
    lcall *%cs:RT_TARGET            /* with the flags: as INT does */
    cli
    pushfw
    pushw %ds
    pushw %cs
    popw %ds
    popw RT_REGS + REGS_DS
    popw RT_REGS + REGS_FLAGS
    movw %es, RT_REGS + REGS_ES
    movl %eax, RT_REGS + REGS_EAX
    movl %ebx, RT_REGS + REGS_EBX
    movl %ecx, RT_REGS + REGS_ECX
    movl %edx, RT_REGS + REGS_EDX
    movl %esi, RT_REGS + REGS_ESI
    movl %edi, RT_REGS + REGS_EDI
    movl %ebp, RT_REGS + REGS_EBP
    jmp 1f
idle_window:
    sti
    nop
    nop
    cli
1:  cld
    movl $bios_done, %edi
    jmp to_protected

    .code32
bios_done:
    movl core_esp(%ebx), %esp
    popl %edi
    popl %esi
    popl %ebx
    popl %ebp
    ret

/* -------------------------------------------------------------------- A20 */

/* ZF: the address line is off, 1 MiB further up lies the same byte. */
a20_test:
    movl a20_probe(%ebx), %eax
    incl %eax
    movl %eax, a20_probe(%ebx)
    cmpl %eax, a20_probe + 0x100000(%ebx)
    jne 1f
    notl %eax                       /* equal by chance? */
    movl %eax, a20_probe(%ebx)
    cmpl %eax, a20_probe + 0x100000(%ebx)
1:  ret

/* Remembers what had to be switched on in a20_was_off. */
a20_on:
    movb $0, a20_was_off(%ebx)
    call a20_test
    jne 3f
    movb $PORT_FAST_A20, a20_was_off(%ebx)
    inb $PORT_FAST_A20, %al
    orb $FAST_A20, %al
    andb $~FAST_RESET, %al
    outb %al, $PORT_FAST_A20
    call a20_wait
    jne 3f
    movb $KBC_COMMAND, a20_was_off(%ebx)
    movb $KBC_A20_ON, %al
    call kbc_output_port
    call a20_wait
3:  ret

/* ZF: still off after a while. */
a20_wait:
    movl $0x10000, %ecx
1:  call a20_test
    loope 1b
    ret

a20_restore:
    movb a20_was_off(%ebx), %al
    cmpb $PORT_FAST_A20, %al
    jne 1f
    inb $PORT_FAST_A20, %al
    andb $~(FAST_A20 | FAST_RESET), %al
    outb %al, $PORT_FAST_A20
    ret
1:  cmpb $KBC_COMMAND, %al
    jne 2f
    movb $KBC_A20_OFF, %al
    call kbc_output_port
2:  ret

/* AL: value of the keyboard controller's output port. */
kbc_output_port:
    movb %al, %ah
    call kbc_wait
    movb $KBC_WRITE_OUTPUT, %al
    outb %al, $KBC_COMMAND
    call kbc_wait
    movb %ah, %al
    outb %al, $KBC_DATA
    /* fall through */
kbc_wait:
    movl $0x10000, %ecx
1:  inb $KBC_COMMAND, %al
    testb $KBC_FULL, %al
    loopnz 1b
    ret

/* -------------------------------------------------------------- variables */

    .balign 4
function:
    .long 0
result:
    .long 0
caller_eax:
    .long 0
caller_esp:
    .long 0
core_esp:
    .long 0
a20_probe:
    .long 0
caller_ss:
    .word 0
real_sp:
    .word 0
back:
    .word 0
a20_was_off:
    .byte 0
    .balign 16
runtime_end:
    .set code_limit, RT_CODE_END    /* mkrom checks it */

    .section .note.GNU-stack, "", @progbits
