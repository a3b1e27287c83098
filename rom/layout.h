/*
 * What the option ROM's three programs know of each other: the image (16-bit,
 * in the ROM area), the run-time segment (base memory) and the core (32-bit,
 * permanent memory).  Read by the assembler too: only #define here.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ROM_LAYOUT_H
#define ROM_LAYOUT_H

/* Selectors of the descriptor table at the start of the run-time segment. */
#define SELECTOR_CODE32 0x08        /* flat */
#define SELECTOR_DATA32 0x10        /* flat */
#define SELECTOR_CODE16 0x18        /* base: the run-time segment */
#define SELECTOR_DATA16 0x20        /* base 0, 4 GiB limit ("big real") */
#define GDT_SIZE 0x28

/* The run-time segment: offsets of its variables. */
#define RT_GDT 0x00
#define RT_GDTR 0x28                /* limit, linear base */
#define RT_IDTR 0x30                /* limit, linear base; set by the core */
#define RT_BASE 0x38                /* u32: linear address of the segment */
#define RT_CORE 0x3c                /* u32: linear address of core_entry */
#define RT_CORE_STACK 0x40          /* u32: top of the core's stack */
#define RT_CALL_BIOS 0x44           /* u32: linear address of call_bios */
#define RT_PROTECTED 0x48           /* far pointer 16:32 to enter_protected */
#define RT_REAL 0x4e                /* far pointer 16:16 to enter_real */
#define RT_OLD_INT13 0x54           /* far pointers of who was there before */
#define RT_OLD_INT19 0x58
#define RT_INT13 0x5c               /* u16: offset of our INT 13h entry */
#define RT_INT19 0x5e               /* u16: offset of our INT 19h entry */
#define RT_DRIVE 0x60               /* u8: number our disk answers to, or 0 */
#define RT_NATURAL 0x61             /* u8: number the BIOS had free for us */
#define RT_DRIVES 0x62              /* u8: least count of drives at 40:75 */
#define RT_BUSY 0x63                /* u8: the core is at work */
#define RT_CALLER_FLAGS 0x64        /* u16: flags of who called the ROM */
#define RT_IDT_REAL 0x68            /* limit, base: restored in real mode */
#define RT_GDT_REAL 0x6e            /* limit, base: restored in real mode */
#define RT_TARGET 0x74              /* far pointer that call_bios calls */
#define RT_REGS 0x78                /* struct bios_regs of call_bios */
#define RT_REGS_SIZE 0x24
#define RT_FDPT 0xa0                /* fixed disk parameter table, 16 bytes */
#define RT_CODE 0xb0

/* ... its areas, and its size. */
#define RT_CODE_END 0x800
#define RT_IBFT 0x800               /* 16-aligned, as the iBFT must be */
#define RT_IBFT_SIZE 0x800
#define RT_STACK_TOP 0x2000
#ifdef ROM_PXE
#define RT_UNDI_DATA 0x2000         /* the PXE ROM's own UNDI: its data, ... */
#define RT_SIZE 0x3000
#else
#define RT_SIZE 0x2000
#endif
#define RT_UNDI_CODE 0x800          /* ... and its code, for it has no iBFT */
#define RT_SIZE_KIB (RT_SIZE / 1024)

/* struct bios_regs: what a BIOS call is given and gives back. */
#define REGS_EAX 0x00
#define REGS_EBX 0x04
#define REGS_ECX 0x08
#define REGS_EDX 0x0c
#define REGS_ESI 0x10
#define REGS_EDI 0x14
#define REGS_EBP 0x18
#define REGS_DS 0x1c
#define REGS_ES 0x1e
#define REGS_FLAGS 0x20

/* struct call_frame: the registers of who called the ROM, as pushed. */
#define FRAME_GS 0x00
#define FRAME_FS 0x02
#define FRAME_ES 0x04
#define FRAME_DS 0x06
#define FRAME_EDI 0x08
#define FRAME_ESI 0x0c
#define FRAME_EBP 0x10
#define FRAME_ESP 0x14
#define FRAME_EBX 0x18
#define FRAME_EDX 0x1c
#define FRAME_ECX 0x20
#define FRAME_EAX 0x24
#define FRAME_SIZE 0x28

/* What the 16-bit parts ask of the core (core_entry). */
#define CORE_INIT 0                 /* EBX: adapter's bus, device, function */
#define CORE_BCV 1                  /* EBX: the same */
#define CORE_BEV 2                  /* EBX: the same */
#define CORE_INT13 3                /* the frame is the caller's */
#define CORE_INT19 4
#define CORE_UNDI_LOAD 5            /* EBX: parameters; ECX: image's segment */
#define CORE_UNDI 6                 /* EBX, ECX, EDX: undi.h */
#define CORE_RETURNED 7             /* the program that was started */
#define CORE_FUNCTIONS 8

/* ... and what it answers. */
#define CORE_DONE 0
#define CORE_BOOT 1                 /* jump to the boot sector at 0:7C00 */
#define CORE_FAILED 2               /* INT 13h: set the carry flag */
#define CORE_PROGRAM 3              /* call the network program at 0:7C00 */

/* The permanent block: size in bytes, and what it begins with. */
#define BLOCK_SIZE 0x80000
#define BLOCK_SIZE_SMALL 0x50000
#ifdef ROM_PXE
#define BLOCK_HANDLE 0x5033434e     /* PMM handle, "NC3P": a core of its own */
#else
#define BLOCK_HANDLE 0x3733434e     /* PMM handle, "NC37" */
#endif
#define BLOCK_MAGIC 0x00
#define BLOCK_VERSION 0x04          /* of this layout */
#define BLOCK_LENGTH 0x08           /* u32, bytes */
#define BLOCK_RUNTIME 0x0c          /* u32: segment in base memory */
#define BLOCK_ENTRY 0x10            /* u32: linear address of core_entry */
#define BLOCK_STACK 0x14            /* u32: top of the core's stack */
#define BLOCK_MEMORY 0x18           /* u32: first byte past the core's bss */
#define BLOCK_HEADER_SIZE 0x20
#define BLOCK_LAYOUT_VERSION 1

#define EXCEPTIONS 32
#define EXCEPTION_HANDLER_SIZE 16

/* Where the BIOS and we agree to find things. */
#define BDA_SEGMENT 0x40
#define BDA_LINEAR 0x400
#define BDA_BASE_MEMORY 0x13        /* u16, KiB */
#define BDA_DISK_STATUS 0x74        /* u8 */
#define BDA_DRIVES 0x75             /* u8, hard disks */
#define BOOT_SECTOR 0x7c00

#endif
