/*
 * The image as the BIOS sees it: PCI and PnP headers, and the 16-bit code of
 * the init, BCV and BEV vectors.  Init installs the run-time segment in base
 * memory and the core in permanent memory, then shrinks the image to this
 * file's size.  scripts/mkrom appends run-time segment, core and relocations.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "layout.h"
#include "undi-segment.h"

#define ROM_SIZE_BYTE 2
#define ROM_CHECKSUM 6
#define ROM_UNDI_ID 0x16
#define ROM_POINTERS 0x18

#define VENDOR 0x14e4               /* Broadcom */
#define DEVICE_5706 0x164a
#define DEVICE_5708 0x164c
#define DEVICE_5706S 0x16aa
#define DEVICE_5708S 0x16ac

#define PMM_SIGNATURE 0x4d4d5024    /* "$PMM" */
#define PMM_ALLOCATE 0
#define PMM_FIND 1
#define PMM_FREE 2
#define PMM_FLAGS 0x000e            /* extended, aligned, permanent */

#define BAD_UNDI_DRIVER 0xc6        /* PXE status */

/*
 * Result of init (PnP 1.0A 3.3): a boot device is attached, and with iSCSI it
 * is one of INT 13h.
 */
#ifdef ROM_PXE
#define INIT_ATTACHED 0x0020
#else
#define INIT_ATTACHED 0x0120
#endif
#define INIT_NOTHING 0x0000

    .code16
    .section .text, "ax"
    .globl entry, image_size, image_checksum, pci_data, pnp_bev
#ifndef ROM_PXE
    .globl pnp_bcv
#endif
    .globl image_end, runtime_offset, runtime_length
    .globl undi_id, undi_id_end
    .globl core_offset, core_length, core_memory
    .globl relocations_offset, relocations_count

entry:
    .byte 0x55, 0xaa
    .org ROM_SIZE_BYTE
image_size:
    .byte 0                         /* units of 512, by mkrom; shrinks */
    .byte 0xe9                      /* jmp init */
    .word init - (. + 2)
    .org ROM_CHECKSUM
image_checksum:
    .byte 0
    .org ROM_UNDI_ID
    .word undi_id
    .org ROM_POINTERS
    .word pci_data
    .word pnp_first

    .balign 4
pci_data:
    .ascii "PCIR"
    .word VENDOR, DEVICE_5708
    .word device_list - pci_data
    .word pci_data_end - pci_data
    .byte 3                         /* revision: PCI firmware 3.0 */
    .byte 0, 0, 2                   /* Ethernet controller */
    .word 0                         /* image length, by mkrom */
    .word 1                         /* revision level of the code */
    .byte 0                         /* code for PC-AT compatibles */
    .byte 0x80                      /* last image */
    .word 0                         /* run-time size, by mkrom */
    .word 0, 0                      /* no configuration utility, no CLP */
pci_data_end:
device_list:
    .word DEVICE_5706, DEVICE_5708, DEVICE_5706S, DEVICE_5708S, 0

/*
 * Two PnP headers, because a header with both vectors loses its BCV: the disk
 * first, so that the boot index of the adapter moves the disk.  The PXE ROM
 * has no disk.
 */
    .balign 16
pnp_first:
#ifndef ROM_PXE
pnp_bcv:
    .ascii "$PnP"
    .byte 1, 2                      /* version, length in 16 bytes */
    .word pnp_bev
    .byte 0, 0                      /* checksum by mkrom */
    .long 0
    .word manufacturer
    .word disk_name
    .byte 1, 0, 0                   /* mass storage */
    .byte 0xe4                      /* DDIM, shadow, cache, boot device */
    .word bcv
    .word 0
    .word 0                         /* no BEV in this header */
    .word 0
    .word 0

    .balign 16
#endif
pnp_bev:
    .ascii "$PnP"
    .byte 1, 2
    .word 0
    .byte 0, 0
    .long 0
    .word manufacturer
    .word network_name
    .byte 2, 0, 0                   /* network */
    .byte 0xf4                      /* the same, and only when chosen */
    .word 0
    .word 0
    .word bev
    .word 0
    .word 0

/* PXE 2.1, 3.2.4: where network boot programs find a driver. */
    .balign 4
undi_id:
    .ascii "UNDI"
    .byte undi_id_end - undi_id
    .byte 0                         /* checksum by mkrom */
    .byte 0                         /* revision of this structure */
    .byte 0, 1, 2                   /* PXE 2.1.0 */
    .word undi_loader
    .word UNDI_STACK_SIZE
    .word UNDI_DATA_SIZE
    .word UNDI_CODE_SIZE
    .ascii "PCIR"
undi_id_end:

manufacturer:
    .asciz "ncsim"
#ifndef ROM_PXE
disk_name:
    .asciz "HP NC37xx iSCSI disk"
#endif
network_name:
#ifdef ROM_PXE
    .asciz "HP NC37xx PXE"
#else
    .asciz "HP NC37xx iSCSI (boot now)"
#endif

/* Filled in by mkrom: where the other parts lie, all offsets from entry. */
    .balign 4
runtime_offset:
    .long 0
runtime_length:
    .long 0
core_offset:
    .long 0
core_length:
    .long 0
core_memory:                        /* length with .bss */
    .long 0
relocations_offset:                 /* steps from one to the next: a byte, or
                                       0 and a u16 */
    .long 0
relocations_count:
    .long 0

/* Filled in by init, while this area is still writable. */
adapter:                            /* bus << 8 | device << 3 | function */
    .word 0
runtime_segment:                    /* 0: not installed */
    .word 0
pmm:
    .long 0
block:                              /* linear address */
    .long 0
block_length:
    .long 0
image_base:                         /* linear address of entry */
    .long 0
saved_gdt:
    .skip 6
    .balign 8
gdt:
    .quad 0
    .quad 0x00cf9b000000ffff        /* SELECTOR_CODE32 */
    .quad 0x00cf93000000ffff        /* SELECTOR_DATA32 */
    .quad 0x00009b000000ffff        /* SELECTOR_CODE16, base by init */
    .quad 0x008f93000000ffff        /* SELECTOR_DATA16 */
gdtr:
    .word GDT_SIZE - 1
    .long gdt
flat_pointer:
    .long flat32
    .word SELECTOR_CODE32
real_pointer:
    .word flat_done
    .word 0

no_memory:
    .asciz "NC37xx: Error 1: No memory for the boot ROM\r\n"
other_rom:
    .asciz "NC37xx: Error 2: Another version of this ROM is active\r\n"
no_base_memory:
    .asciz "NC37xx: Error 91: Not enough base memory\r\n"

/* ---------------------------------------------------------------- vectors */

/* AX: bus, device, function; ES:DI: "$PnP" on a Plug and Play BIOS. */
init:
    pushal
    pushw %ds
    pushw %es
    cld
    movw %cs, %bx
    movw %bx, %ds
    movw %ax, adapter
    call has_pnp
    pushw %ax
    call install
    popw %ax
    cmpw $0, runtime_segment
    je 1f
    pushw %ax
    movw $CORE_INIT, %ax
    call call_core
    popw %ax
#ifndef ROM_PXE
    testb %al, %al                  /* nobody else will call our BCV */
    jnz 1f
    movw $CORE_BCV, %ax
    call call_core
#endif
1:  call shrink
    cmpw $0, runtime_segment
    popw %es
    popw %ds
    popal
    je 2f
    movw $INIT_ATTACHED, %ax
    lret
2:  movw $INIT_NOTHING, %ax
    lret

#ifndef ROM_PXE
/* AX is 0 in some BIOSes and a bit mask in others: not looked at. */
bcv:
    pushal
    movw $CORE_BCV, %ax
    call call_core
    popal
    lret
#endif

/* Returns only when there is nothing to boot. */
bev:
    pushal
    movw $CORE_BEV, %ax
    call call_core
    popal
    lret

/* Far call with a pointer to the parameters on the stack; PXE 2.1, 3.2.5. */
undi_loader:
    pushw %bp
    movw %sp, %bp                   /* bp, ip, cs, pointer */
    pushl %ebx
    pushl %ecx
    movl 6(%bp), %ebx
    movw %cs, %cx
    movw $CORE_UNDI_LOAD, %ax
    cmpw $0, %cs:runtime_segment
    je 1f
    call enter_core                 /* AX is 0 or 1 */
    jmp 2f
1:  pushw %es
    lesw 6(%bp), %bx
    movw $BAD_UNDI_DRIVER, %es:(%bx)
    popw %es
    movw $1, %ax
2:  popl %ecx
    popl %ebx
    popw %bp
    lret

/* AX: function.  Nothing happens when nothing is installed. */
call_core:
    cmpw $0, %cs:runtime_segment
    je 1f
    movzwl %cs:adapter, %ebx
    movw %cs, %cx
    /* fall through */

/* The run-time segment switches stack and mode. */
enter_core:
    pushw %cs
    pushw $1f
    pushw %cs:runtime_segment
    pushw $RT_CODE
    lret
1:  ret

/* ---------------------------------------------------------------- install */

/* AL: 1 when ES:DI or the F segment has a Plug and Play structure. */
has_pnp:
    pushw %es
    cmpl $0x506e5024, %es:(%di)     /* "$PnP" */
    je 2f
    movw $0xf000, %cx
1:  movw %cx, %es
    cmpl $0x506e5024, %es:0
    je 2f
    incw %cx
    jnz 1b
    xorb %al, %al
    popw %es
    ret
2:  movb $1, %al
    popw %es
    ret

/* Takes memory, or finds what an earlier instance of this ROM installed. */
install:
    movzwl %bx, %eax                /* bases of this image */
    shll $4, %eax
    movl %eax, image_base
    addl %eax, gdtr + 2
    addl %eax, flat_pointer
    movw %ax, gdt + SELECTOR_CODE16 + 2
    rorl $16, %eax
    movb %al, gdt + SELECTOR_CODE16 + 4
    movw %cs, real_pointer + 2
    call find_pmm
    movw $no_memory, %si
    jc print

    pushl $BLOCK_HANDLE
    pushw $PMM_FIND
    lcall *pmm
    addw $6, %sp
    call pmm_result
    jc install_first

    movl $read_block, %ebx           /* a second adapter joins the first */
    call flat_call
    movw $other_rom, %si
    cmpl $0, %eax
    je print
    movw %ax, runtime_segment
    ret

install_first:
    movl $BLOCK_SIZE, %ecx
    call allocate
    jnc 1f
    movl $BLOCK_SIZE_SMALL, %ecx
    call allocate
    movw $no_memory, %si
    jc print
1:  call take_base_memory
    jc no_room
    call copy_runtime
    movzwl runtime_segment, %edx
    movl $copy_core, %ebx
    jmp flat_call
no_room:
    pushl block
    pushw $PMM_FREE
    lcall *pmm
    addw $6, %sp
    movw $no_base_memory, %si
    /* fall through */

/* SI: text. */
print:
    lodsb
    testb %al, %al
    jz 1f
    movb $0x0e, %ah
    movw $7, %bx
    int $0x10
    jmp print
1:  ret

/* Finds the entry of the BIOS's POST memory manager.  CF: there is none. */
find_pmm:
    movw $0xe000, %bx
1:  movw %bx, %es
    movl %es:0, %eax                /* not compared: the text would be here, */
    subl $PMM_SIGNATURE + 1, %eax   /* where others look for it */
    incl %eax
    jnz 3f
    movzbw %es:5, %cx
    xorw %si, %si
    xorb %ah, %ah
2:  addb %es:(%si), %ah
    incw %si
    loop 2b
    testb %ah, %ah
    jnz 3f
    movl %es:7, %eax
    movl %eax, pmm
    clc
    ret
3:  incw %bx
    jnz 1b
    stc
    ret

/* ECX: bytes.  CF: not to be had; else the block is noted. */
allocate:
    movl %ecx, block_length
    pushw $PMM_FLAGS
    pushl $BLOCK_HANDLE
    shrl $4, %ecx
    pushl %ecx
    pushw $PMM_ALLOCATE
    lcall *pmm
    addw $12, %sp
    /* fall through */

/* DX:AX, the address a PMM function returned.  CF: it is none. */
pmm_result:
    cld
    pushw %cs
    popw %ds
    pushw %dx
    pushw %ax
    popl %eax
    movl %eax, block
    incl %eax
    cmpl $2, %eax                   /* was 0xffffffff or 0 */
    ret

/* CF: base memory would fall below 512 KiB, where no iBFT may lie. */
take_base_memory:
    movw $BDA_SEGMENT, %ax
    movw %ax, %es
    movw %es:BDA_BASE_MEMORY, %ax
    subw $RT_SIZE_KIB, %ax
    jc 1f
    cmpw $512, %ax
    jb 1f
    movw %ax, %es:BDA_BASE_MEMORY
    shlw $6, %ax
    movw %ax, runtime_segment
    clc
1:  ret

copy_runtime:
    movw runtime_segment, %es
    xorw %di, %di                   /* all of it, the iBFT's place too */
    movw $RT_SIZE / 4, %cx
    xorl %eax, %eax
    rep stosl
    movw runtime_offset, %si
    xorw %di, %di
    movw runtime_length, %cx
    rep movsb
    ret

/* Reserves no more than the 16-bit part, with a checksum of 0. */
shrink:
    movb $(image_end - entry + 511) / 512, image_size
    xorw %si, %si
    xorb %ah, %ah
    movw $(image_end - entry + 511) / 512 * 512, %cx
1:  lodsb
    addb %al, %ah
    loop 1b
    subb %ah, image_checksum
    ret

/* ------------------------------------------------------------- 32-bit code */

/*
 * Calls the 32-bit routine at offset EBX of this image, EDX given and EAX
 * returned, with EBP the image's linear address.  Only at init.
 */
flat_call:
    pushfl
    cli
    pushw %es
    movw %ss, %ax
    movzwl %ax, %ecx
    shll $4, %ecx                   /* linear base of the caller's stack */
    movzwl %sp, %esp
    movl image_base, %ebp
    addl %ebp, %ebx
    sgdtl saved_gdt
    lgdtl gdtr
    movl %cr0, %eax
    orb $1, %al
    movl %eax, %cr0
    ljmpl *flat_pointer
flat_done:
    movw %cs, %bx
    movw %bx, %ds
    movw %di, %ss
    lgdtl saved_gdt
    popw %es
    popfl
    ret

    .code32
flat32:
    movw $SELECTOR_DATA32, %ax
    movw %ax, %ds
    movw %ax, %es
    movl %ss, %edi                  /* the caller's SS, as a value */
    movw %ax, %ss
    addl %ecx, %esp
    pushl %ecx
    pushl %edi
    call *%ebx
    popl %edi
    popl %ecx
    subl %ecx, %esp
    movw $SELECTOR_DATA16, %bx      /* leave 4 GiB limits, as found */
    movw %bx, %ds
    movw %bx, %es
    movw %bx, %fs
    movw %bx, %gs
    movw %bx, %ss
    ljmp $SELECTOR_CODE16, $flat16
    .code16
flat16:
    movl %cr0, %ebx
    andb $0xfe, %bl
    movl %ebx, %cr0
    ljmp *%cs:real_pointer

    .code32
/* EAX: the run-time segment of an installed block, 0 when it is not ours. */
read_block:
    movl block(%ebp), %esi
    xorl %eax, %eax
    cmpl $BLOCK_HANDLE, BLOCK_MAGIC(%esi)
    jne 1f
    cmpl $BLOCK_LAYOUT_VERSION, BLOCK_VERSION(%esi)
    jne 1f
    movl BLOCK_RUNTIME(%esi), %eax
1:  ret

/*
 * Copies the core to its block, adds the block's address where the list of
 * relocations says, and tells block and run-time segment of each other.
 * EDX: the run-time segment.
 */
copy_core:
    cld
    movl block(%ebp), %ebx
    movl core_offset(%ebp), %esi
    addl %ebp, %esi
    movl %ebx, %edi
    movl core_length(%ebp), %ecx
    rep movsb
    movl core_memory(%ebp), %ecx
    subl core_length(%ebp), %ecx
    xorl %eax, %eax
    rep stosb
    movl relocations_offset(%ebp), %esi
    addl %ebp, %esi
    movl relocations_count(%ebp), %ecx
    jecxz 2f
    movl %ebx, %edi
1:  xorl %eax, %eax
    lodsb
    testb %al, %al
    jnz 3f
    lodsw
3:  addl %eax, %edi
    addl %ebx, (%edi)
    loop 1b
2:  movl block_length(%ebp), %eax
    movl %eax, BLOCK_LENGTH(%ebx)
    movl %edx, BLOCK_RUNTIME(%ebx)

    shll $4, %edx                   /* linear base of the run-time segment */
    movl %edx, RT_BASE(%edx)
    addl %edx, RT_GDTR + 2(%edx)
    addl %edx, RT_PROTECTED(%edx)
    addl %edx, RT_CALL_BIOS(%edx)
    movl %edx, %eax
    shrl $4, %eax
    movw %ax, RT_REAL + 2(%edx)
    movw %dx, RT_GDT + SELECTOR_CODE16 + 2(%edx)
    movl %edx, %eax
    shrl $16, %eax
    movb %al, RT_GDT + SELECTOR_CODE16 + 4(%edx)
    movl BLOCK_ENTRY(%ebx), %eax
    movl %eax, RT_CORE(%edx)
    movl BLOCK_STACK(%ebx), %eax
    movl %eax, RT_CORE_STACK(%edx)
    ret

    .balign 16
image_end:

    .section .note.GNU-stack, "", @progbits
