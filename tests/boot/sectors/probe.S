/*
 * A boot program that works on its disk through INT 13h as an operating
 * system's loader would, only without mercy: rounds of one long read, a
 * counter that is read, raised and written back, and a journal record.  In
 * the middle it waits for a key, so that the test can do harm meanwhile.
 *
 *   ROUNDS          rounds in all, a key is awaited half way
 *   SECTORS         of a long read, up to 127
 *   READ_LBA        where the long reads begin
 *   COUNTER_LBA     sector whose first word is the counter
 *   JOURNAL_LBA     first of ROUNDS sectors to be written
 *
 * Words of a good sector: LBA * FACTOR + index, the journal's inverted.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
    .set FACTOR, 0x9e3779b1
    .set PROGRAM_SECTORS, 4
    .set WORDS, 128                 /* 32-bit words of a sector */
    .set LONG_BUFFER, 0x2000        /* segments */
    .set SHORT_BUFFER, 0x1000
    .set TICKS, 0x046c              /* of the BIOS, 18.2 a second */

#include "bios.inc"

begin:
    movw $(PROGRAM_SECTORS - 1), %cx
    call load_rest
    jnc main
    movw $text_unread, %si
    call put_string
    jmp halt

text_unread:
    .asciz "probe: program unreadable\n"

    .org 510
    .word 0xaa55

main:
    cli
    movw $text_start, %si
    call put_string
    movb drive, %al
    call put_hex8
    movw $text_disks, %si
    call put_string
    movb 0x475, %al
    call put_hex8
    call put_line_end
    sti

    movw $0, round
1:  cmpw $(ROUNDS / 2), round
    jne 2f
    call await_key
2:  call long_read
    call raise_counter
    call write_journal
    incw round
    cmpw $ROUNDS, round
    jb 1b

    cli
    movw $text_done, %si
    call put_string
    movw errors, %ax
    call put_hex16
    movw $text_longest, %si
    call put_string
    movw longest, %ax
    call put_hex16
    call put_line_end
    jmp halt

put_line_end:
    movb $'\n', %al
    jmp put_char

await_key:
    cli
    movw $text_waiting, %si
    call put_string
    sti
    movb $0, %ah
    int $0x16
    cli
    movw $text_going_on, %si
    call put_string
    sti
    ret

/* transfer with its time taken and its error reported; carry on error. */
timed:
    pushl TICKS
    call transfer
    popl %edi
    pushfw
    pushw %ax
    movl TICKS, %eax
    subl %edi, %eax
    cmpw longest, %ax
    jbe 1f
    movw %ax, longest
1:  popw %ax
    popfw
    jnc 2f
    incw errors
    cli
    pushw %ax
    movw $text_error, %si
    call put_string
    popw %ax
    call put_hex16
    movw $text_round, %si
    call put_string
    movw round, %ax
    call put_hex16
    call put_line_end
    sti
    stc
2:  ret

long_read:
    movzwl round, %edx
    imull $SECTORS, %edx
    addl $READ_LBA, %edx
    movw $SECTORS, %cx
    movw $LONG_BUFFER, %bx
    movb $0x42, %ah
    call timed
    jc 3f
    movw $LONG_BUFFER, %ax
    movw %ax, %es
    xorw %di, %di
    movw $SECTORS, %cx
1:  imull $FACTOR, %edx, %eax
    pushw %cx
    movw $WORDS, %cx
2:  scasl
    jne 4f
    incl %eax
    loop 2b
    popw %cx
    incl %edx
    loop 1b
3:  pushw $0
    popw %es
    ret
4:  popw %cx
    incw errors
    cli
    movw $text_wrong, %si
    call put_string
    movl %edx, %eax
    call put_hex32
    call put_line_end
    sti
    jmp 3b

raise_counter:
    movl $COUNTER_LBA, %edx
    movw $1, %cx
    movw $SHORT_BUFFER, %bx
    movb $0x42, %ah
    call timed
    jc 1f
    movw $SHORT_BUFFER, %ax
    movw %ax, %es
    incl %es:0
    pushw $0
    popw %es
    movw $1, %cx
    movb $0x43, %ah
    call timed
1:  ret

write_journal:
    movzwl round, %edx
    addl $JOURNAL_LBA, %edx
    movw $SHORT_BUFFER, %ax
    movw %ax, %es
    xorw %di, %di
    imull $FACTOR, %edx, %eax
    movw $WORDS, %cx
1:  notl %eax
    stosl
    notl %eax
    incl %eax
    loop 1b
    movw $1, %cx
    movw $SHORT_BUFFER, %bx
    movb $0x43, %ah
    jmp timed

round:      .word 0
errors:     .word 0
longest:    .word 0

text_start:     .asciz "probe: drive "
text_disks:     .asciz " disks "
text_waiting:   .asciz "probe: waiting\n"
text_going_on:  .asciz "probe: going on\n"
text_error:     .asciz "probe: error "
text_round:     .asciz " in round "
text_wrong:     .asciz "probe: wrong data at "
text_done:      .asciz "probe: done, errors "
text_longest:   .asciz " longest "

    .org 512 * PROGRAM_SECTORS
