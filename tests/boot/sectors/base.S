/*
 * A network boot program that makes each call of the base code and reports
 * what came back.  Its server has small.txt and data.bin.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "bios.inc"

begin:
    movw $0x5650, %ax               /* INT 1Ah: where is PXENV+? */
    int $0x1a
    jc finished
    cmpw $0x564e, %ax
    jne finished
    movl %es:0x0a(%bx), %eax        /* RMEntry */
    movl %eax, old_entry
    lesw %es:0x28(%bx), %bx         /* !PXE */
    movl %es:0x10(%bx), %eax        /* EntryPointSP */
    movl %eax, entry
    movw %ds, %ax
    movw %ax, %es
    jmp make_calls

/* AX: opcode, DI: block.  Returns AX, the exit code. */
pxe_call:
    pushw $0
    pushw %di
    pushw %ax
    lcall *entry
    addw $6, %sp
    ret

entry:
    .long 0

#include "calls.inc"

    .set FAR_AWAY, 0x3000           /* segment that files are read to */

rows:
    ROW "cached-discover", 0x71, cached_discover, 12, ONCE, 6, 320
    ROW "cached-ack", 0x71, cached_ack, 12, ONCE, 6, 320
    ROW "cached-reply", 0x71, cached_reply, 12, ONCE, 6, 320
    ROW "read-closed", 0x32, read, 2
    ROW "write-closed", 0x33, write, 2
    ROW "close-closed", 0x31, plain, 2
    ROW "open", 0x30, udp_open, 2
    ROW "open-twice", 0x30, udp_open, 2
    ROW "read-nothing", 0x32, read, 2
    ROW "write", 0x33, write, 2
    ROW "read", 0x32, read, 20, PATIENTLY, 16, 9
    ROW "write-again", 0x33, write, 2
    ROW "read-too-short", 0x32, read_short, 16, PATIENTLY
    ROW "write-too-long", 0x33, write_long, 2
    ROW "write-to-nobody", 0x33, write_nobody, 2
    ROW "close", 0x31, plain, 2
    ROW "size", 0x25, size, 142
    ROW "size-of-none", 0x25, size_none, 2
    ROW "tftp-closed", 0x21, plain, 2
    ROW "tftp-read-closed", 0x22, tftp_read, 2
    ROW "tftp-open-too-small", 0x20, tftp_open_small, 2
    ROW "tftp-open-none", 0x20, tftp_open_none, 2
    ROW "tftp-open", 0x20, tftp_open, 142
    ROW "tftp-open-twice", 0x20, tftp_open, 2
    ROW "size-while-open", 0x25, size, 2
    ROW "file-while-open", 0x23, file, 2
    ROW "tftp-read-1", 0x22, tftp_read, 10, ONCE, 6, 8
    ROW "tftp-read-2", 0x22, tftp_read, 10, ONCE, 6, 8
    ROW "tftp-read-3", 0x22, tftp_read, 10, ONCE, 6, 8
    ROW "tftp-read-4", 0x22, tftp_read, 10, ONCE, 6, 8
    ROW "tftp-read-5", 0x22, tftp_read, 10, ONCE, 6, 8
    ROW "tftp-read-past-the-end", 0x22, tftp_read, 2
    ROW "tftp-close", 0x21, plain, 2
    ROW "file", 0x23, file, 134
    ROW "file-too-large", 0x23, file_large, 2
    ROW "file-none", 0x23, file_none, 2
    ROW "restart", 0x73, plain, 2
    ROW "start-base", 0x75, plain, 2
    ROW "undi-open", 0x06, undi_open, 2
    ROW "open-while-undi", 0x30, udp_open, 2
    ROW "size-while-undi", 0x25, size, 2
    ROW "undi-close", 0x07, plain, 2
    ROW "size-after-undi", 0x25, size, 142
    ROW "unload-while-up", 0x70, plain, 2
    ROW "shutdown", 0x05, plain, 2
    ROW "size-after-shutdown", 0x25, size, 2
    ROW "unload", 0x70, plain, 2
    ROW "stop-undi", 0x15, plain, 2
    .byte 0

plain:
    .word 0
cached_discover:
    .word 0, 1, 0, 0, 0, 0
cached_ack:
    .word 0, 2, 0, 0, 0, 0
cached_reply:
    .word 0, 3, 0, 0, 0, 0

    .macro NETWORK_WORD value
    .byte (\value) >> 8, (\value) & 255
    .endm

udp_open:
    .word 0
    .byte 10, 0, 2, 15
read:
    .word 0
    .fill 8
    .word 0
    NETWORK_WORD 4000
    .word 600, 0, FAR_AWAY
read_short:
    .word 0
    .fill 8
    .word 0
    NETWORK_WORD 4000
    .word 2, 0, FAR_AWAY

    .macro WRITE host, length
    .word 0
    .byte 10, 0, 2, \host, 0, 0, 0, 0
    NETWORK_WORD 4000
    NETWORK_WORD 69
    .word \length, request, 0
    .endm
write:
    WRITE 2, request_end-request
write_long:
    WRITE 2, 1473
write_nobody:
    WRITE 99, 4
request:
    .byte 0, 1
    .asciz "small.txt"
    .asciz "octet"
request_end:

    /* A file name in its field. */
    .macro NAME text
1:  .ascii "\text"
    .fill 128 - (. - 1b)
    .endm

    .macro SIZE_OF text
    .word 0
    .byte 10, 0, 2, 2, 0, 0, 0, 0
    NAME "\text"
    .long 0xeeeeeeee
    .endm
size:
    SIZE_OF "data.bin"
size_none:
    SIZE_OF "none.bin"

    .macro TFTP_OPEN text, packet
    .word 0
    .byte 10, 0, 2, 2, 0, 0, 0, 0
    NAME "\text"
    NETWORK_WORD 69
    .word \packet
    .endm
tftp_open:
    TFTP_OPEN "data.bin", 1024
tftp_open_small:
    TFTP_OPEN "data.bin", 511
tftp_open_none:
    TFTP_OPEN "none.bin", 1024
tftp_read:
    .word 0, 0, 0, 0, FAR_AWAY

    .macro FILE text, room
    .word 0
    NAME "\text"
    .long \room, FAR_AWAY << 4
    .byte 10, 0, 2, 2, 0, 0, 0, 0, 0, 0, 0, 0
    NETWORK_WORD 0
    NETWORK_WORD 69
    .word 5, 1
    .endm
file:
    FILE "data.bin", 5000
file_large:
    FILE "data.bin", 4999
file_none:
    FILE "none.bin", 5000

undi_open:
    .word 0, 0, 3, 0
    .fill 128
