/*
 * A boot program that loads UNDI, makes each call and reports what came back.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
    .set PROGRAM_SECTORS, 24

#include "bios.inc"

begin:
    movw $(PROGRAM_SECTORS - 1), %cx
    call load_rest
    jnc main
    jmp halt

    .org 510
    .word 0xaa55

#include "undi.inc"

#include "calls.inc"

rows:
    ROW "isr-before-start", 0x14, isr_next, 16
    ROW "start-undi", 0x00, start_block, 12
    ROW "startup", 0x01, plain, 2
    ROW "open-before-initialize", 0x06, open, 6
    ROW "initialize", 0x03, plain, 2
    ROW "information", 0x0c, reply, 52
    ROW "nic-type", 0x12, reply, 17
    ROW "interface", 0x13, reply, 42
    ROW "group-address", 0x11, group, 12
    ROW "group-address-of-none", 0x11, no_group, 12
    ROW "station-of-a-group", 0x0a, station_group, 2
    ROW "station", 0x0a, station, 2
    ROW "information-after-station", 0x0c, reply, 52
    ROW "station-again", 0x0a, station_own, 2
    ROW "transmit-before-open", 0x08, transmit_arp, 2
    ROW "open-with-nine-groups", 0x06, open_nine, 2
    ROW "open", 0x06, open, 2
    ROW "open-twice", 0x06, open, 2
    ROW "station-while-open", 0x0a, station, 2
    ROW "isr-not-ours", 0x14, isr_start, 4
    ROW "isr-unknown", 0x14, isr_unknown, 2
    ROW "transmit-arp", 0x08, transmit_arp, 2
    ROW "isr-ours", 0x14, isr_start, 4, UNTIL
    ROW "isr-sent", 0x14, isr_process, 4, UNTIL+2
    ROW "isr-received", 0x14, isr_next, 16, UNTIL+3, 10, 42
    ROW "isr-done", 0x14, isr_next, 4
    ROW "transmit-in-pieces", 0x08, transmit_pieces, 2
    ROW "isr-received-again", 0x14, isr_next, 16, UNTIL+3, 10, 42
    ROW "transmit-too-long", 0x08, transmit_long, 2
    ROW "transmit-too-short", 0x08, transmit_short, 2
    ROW "transmit-nine-pieces", 0x08, transmit_nine, 2
    ROW "transmit-linear-pointer", 0x08, transmit_linear, 2
    ROW "transmit-unknown-protocol", 0x08, transmit_other, 2
    ROW "statistics", 0x0d, reply, 18
    ROW "clear-statistics", 0x0e, plain, 2
    ROW "statistics-cleared", 0x0d, reply, 18
    ROW "groups", 0x09, groups, 2
    ROW "groups-nine", 0x09, groups_nine, 2
    ROW "filter", 0x0b, filter, 2
    ROW "diagnostics", 0x0f, plain, 2
    ROW "force-interrupt", 0x10, plain, 2
    ROW "reset", 0x04, groups, 2
    ROW "transmit-after-reset", 0x08, transmit_arp, 2
    ROW "isr-received-after-reset", 0x14, isr_next, 16, UNTIL+3, 10, 42
    ROW "cached-discover", 0x71, cached_discover, 12, ONCE, 6, 300
    ROW "cached-ack", 0x71, cached_ack, 12, ONCE, 6, 300
    ROW "cached-ack-short", 0x71, cached_short, 12, ONCE, 6, 20
    ROW "cached-none", 0x71, cached_none, 2
    ROW "tftp-open", 0x20, plain, 2
    ROW "udp-open", 0x30, plain, 2
    ROW "file-api-check", 0xe6, plain, 2
    ROW "old-entry", 0x12, reply, 17, OLD_ENTRY
    ROW "unload-while-open", 0x70, plain, 2
    ROW "close", 0x07, plain, 2
    ROW "close-twice", 0x07, plain, 2
    ROW "open-again", 0x06, open, 2
    ROW "transmit-open-again", 0x08, transmit_arp, 2
    ROW "isr-received-open-again", 0x14, isr_next, 16, UNTIL+3, 10, 42
    ROW "shutdown", 0x05, plain, 2
    ROW "information-after-shutdown", 0x0c, reply, 52
    ROW "cleanup", 0x02, plain, 2
    ROW "unload", 0x70, plain, 2
    ROW "stop-undi", 0x15, plain, 2
    ROW "startup-after-stop", 0x01, plain, 2
    .byte 0

plain:
    .word 0
reply:
    .fill 64, 1, 0xee               /* none of it may be left */
open:
    .word 0, 0, 3, 0
    .fill 128
open_nine:
    .word 0, 0, 3, 9
    .fill 128
groups:
    .word 0, 1
    .byte 0x01, 0x00, 0x5e, 0x01, 0x02, 0x03
    .fill 122
groups_nine:
    .word 0, 9
    .fill 128
group:
    .word 0
    .byte 239, 129, 2, 3
    .fill 16
no_group:
    .word 0
    .byte 10, 129, 2, 3
    .fill 16
station_group:
    .word 0
    .byte 0x03, 1, 2, 3, 4, 5
    .fill 10
station:
    .word 0
    .byte 0x02, 1, 2, 3, 4, 5
    .fill 10
station_own:
    .word 0
    .byte 0x00, 0x17, 0x08, 0x00, 0x00, 0x01
    .fill 10
filter:
    .word 0
    .byte 3

isr_start:
    .word 0, 1
    .fill 14
isr_process:
    .word 0, 2
    .fill 14
isr_next:
    .word 0, 3
    .fill 14
isr_unknown:
    .word 0, 9
    .fill 14

    .macro TRANSMIT protocol, flag, descriptor
    .word 0
    .byte \protocol, \flag
    .word nobody, 0, \descriptor, 0
    .fill 8
    .endm

transmit_arp:
    TRANSMIT 2, 1, whole
transmit_pieces:
    TRANSMIT 0, 0, pieces
transmit_long:
    TRANSMIT 1, 0, long_one
transmit_short:
    TRANSMIT 0, 0, short_one
transmit_nine:
    TRANSMIT 0, 0, nine
transmit_linear:
    TRANSMIT 0, 0, linear
transmit_other:
    TRANSMIT 4, 0, whole

nobody:
    .byte 0x02, 9, 9, 9, 9, 9
whole:
    .word 28, arp, 0, 0
pieces:
    .word 10, header, 0, 2
    .byte 1, 0
    .word 4, header + 10, 0
    .byte 1, 0
    .word 28, arp, 0
long_one:
    .word 1501, arp, 0, 0
short_one:
    .word 13, header, 0, 0
nine:
    .word 14, header, 0, 9
linear:
    .word 14, header, 0, 1
    .byte 0, 0
    .word 28, arp, 0

header:
    .byte 0xff, 0xff, 0xff, 0xff, 0xff, 0xff
    .byte 0x00, 0x17, 0x08, 0x00, 0x00, 0x01, 0x08, 0x06
arp:                                /* who has 10.0.2.2? */
    .byte 0, 1, 8, 0, 6, 4, 0, 1
    .byte 0x00, 0x17, 0x08, 0x00, 0x00, 0x01, 10, 0, 2, 15
    .byte 0, 0, 0, 0, 0, 0, 10, 0, 2, 2

cached_discover:
    .word 0, 1, 0, 0, 0, 0
cached_ack:
    .word 0, 2, 0, 0, 0, 0
cached_short:
    .word 0, 2, 20, buffer, 0, 0
cached_none:
    .word 0, 4, 0, 0, 0, 0
buffer:
    .fill 32

main:
    call load_undi
    jc finished
    movw $text_pxe, %si             /* the structures themselves */
    movl loader_block + 16, %eax
    movw $0x58, %cx
    call put_far
    movw $text_pxenv, %si
    movl loader_block + 20, %eax
    movw $0x2c, %cx
    call put_far
    movw loader_block + 14, %ax     /* PXENV+'s entry is at offset 0 */
    movw %ax, old_entry + 2
    jmp make_calls

text_pxe:
    .asciz "structure: block="
text_pxenv:
    .asciz "environment: block="

    .org PROGRAM_SECTORS * 512
