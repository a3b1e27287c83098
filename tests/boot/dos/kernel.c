/*
 * A mini-DOS for .COM programs in tests: as much of INT 21h as they use.
 *
 * It runs AUTOEXEC.BAT: a line is "NAME WORDS <FILE", "small" before it gives
 * the program less than 64 KiB, "reboot" ends it all.  What a program writes
 * to handles 1 and 2 goes to the ports 0x4e1 and 0x4e2, OUTPUT_END behind it;
 * what the kernel has to say goes to COM1.
 *
 * The archive is a directory of ARCHIVE_FILES, and their bytes:
 *     0   u32: sectors of the archive
 *     16  entries: name[12], u32 offset in the archive, u32 bytes
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "kernel.h"

#define ARCHIVE 0x20000u
#define ARCHIVE_LBA 64
#define ARCHIVE_FILES 50
#define ENTRY_SIZE 20
#define NAME_SIZE 12

#define PROGRAM 0x10000u
#define PROGRAM_MAX 0xfe00u
#define PSP_TAIL 0x80
#define TAIL_MAX 126
#define STACK_SMALL 0x8000
#define STACK 0xfffe

#define COM1 0x3f8
#define OUTPUT_PORT 0x4e0           /* handle 1 is at the next port */
#define OUTPUT_END 0x1e
#define KEYBOARD_CONTROLLER 0x64
#define PULSE_RESET 0xfe

#define ERROR_FUNCTION 1
#define ERROR_HANDLE 6

struct file {
    uint32_t at;                    /* linear */
    uint32_t left;
};

static struct file input;           /* of the program that runs */

static void outb(uint16_t port, uint8_t value)
{
    __asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static uint8_t inb(uint16_t port)
{
    uint8_t value;

    __asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}

static uint8_t peek(uint32_t linear)
{
    uint8_t value;

    __asm__ volatile("movw %w1, %%fs; movb %%fs:(%2), %0"
                     : "=q"(value) : "r"(linear >> 4), "r"(linear & 15));
    return value;
}

static void poke(uint32_t linear, uint8_t value)
{
    __asm__ volatile("movw %w1, %%fs; movb %0, %%fs:(%2)"
                     : : "q"(value), "r"(linear >> 4), "r"(linear & 15)
                     : "memory");
}

static uint32_t peek32(uint32_t linear)
{
    return peek(linear) | peek(linear + 1) << 8 | peek(linear + 2) << 16 |
           (uint32_t)peek(linear + 3) << 24;
}

static void put(char c)
{
    while (!(inb(COM1 + 5) & 0x20)) {
        /* the transmitter is not empty */
    }
    outb(COM1, c);
}

static void put_number(uint32_t number)
{
    if (number >= 10) {
        put_number(number / 10);
    }
    put('0' + number % 10);
}

/*
 * A line.  The BIOS copies its screen to COM1 at timer interrupts, and may be
 * in the middle of one of its own.
 */
static void tell(const char *text, uint32_t number)
{
    __asm__ volatile("cli");
    put('\n');
    for (; *text; text++) {
        put(*text);
    }
    put_number(number);
    put('\n');
    __asm__ volatile("sti");
}

static void halt(void)
{
    for (;;) {
        __asm__ volatile("hlt");
    }
}

static void stop(const char *text, uint32_t number)
{
    tell(text, number);
    halt();
}

static char upper(char c)
{
    return c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c;
}

/*
 * Files
 */

static void load_archive(void)
{
    uint32_t sectors = 1;

    for (uint32_t i = 0; i < sectors; i++) {
        uint8_t status = read_sector(ARCHIVE_LBA + i, ARCHIVE + i * 512);

        if (status) {
            stop("dos: the floppy cannot be read, status ", status);
        }
        sectors = peek32(ARCHIVE);
    }
}

static bool is_named(uint32_t entry, const char *name)
{
    for (unsigned i = 0; i < NAME_SIZE; i++) {
        if (peek(entry + i) != upper(*name)) {
            return false;
        }
        name += *name != '\0';
    }
    return *name == '\0';
}

static struct file open_file(const char *name)
{
    for (unsigned i = 0; i < ARCHIVE_FILES; i++) {
        uint32_t entry = ARCHIVE + 16 + i * ENTRY_SIZE;

        if (is_named(entry, name)) {
            return (struct file) {
                ARCHIVE + peek32(entry + NAME_SIZE),
                peek32(entry + NAME_SIZE + 4)
            };
        }
    }
    stop("dos: no such file, length of its name ", *name);
    return (struct file) { 0, 0 };
}

/*
 * Calls
 */

/* The buffer that a call names. */
static uint32_t buffer(void)
{
    return ((uint32_t)call_ds << 4) + (call_edx & 0xffff);
}

static void set_ax(uint32_t value)
{
    call_eax = (call_eax & 0xffff0000) | value;
}

static bool fail(uint32_t error)
{
    set_ax(error);
    return true;
}

static bool read_handle(uint32_t handle, uint32_t count)
{
    uint32_t done;

    if (handle != 0) {
        return fail(ERROR_HANDLE);
    }
    for (done = 0; done < count && input.left > 0; done++, input.left--) {
        poke(buffer() + done, peek(input.at++));
    }
    set_ax(done);
    return false;
}

static bool write_handle(uint32_t handle, uint32_t count)
{
    if (handle != 1 && handle != 2) {
        return fail(ERROR_HANDLE);
    }
    for (uint32_t i = 0; i < count; i++) {
        outb(OUTPUT_PORT + handle, peek(buffer() + i));
    }
    set_ax(count);
    return false;
}

bool dos_call(void)
{
    uint8_t function = call_eax >> 8;

    switch (function) {
    case 0x3f:
        return read_handle(call_ebx & 0xffff, call_ecx & 0xffff);
    case 0x40:
        return write_handle(call_ebx & 0xffff, call_ecx & 0xffff);
    case 0x4c:
        end_program(call_eax & 0xff);
        return false;
    default:
        tell("dos: there is no function ", function);
        return fail(ERROR_FUNCTION);
    }
}

/*
 * Commands
 */

static void load_program(struct file file, const char *tail)
{
    uint32_t at = PROGRAM + PSP_TAIL + 1;
    unsigned length;

    for (uint32_t i = 0; i < 0x100; i++) {
        poke(PROGRAM + i, 0);
    }
    poke(PROGRAM, 0xcd);            /* INT 20h */
    poke(PROGRAM + 1, 0x20);
    for (length = 0; tail[length] && length < TAIL_MAX; length++) {
        poke(at + length, tail[length]);
    }
    poke(PROGRAM + PSP_TAIL, length);
    poke(at + length, '\r');
    if (file.left > PROGRAM_MAX) {
        stop("dos: the program is too large: ", file.left);
    }
    for (uint32_t i = 0; i < file.left; i++) {
        poke(PROGRAM + 0x100 + i, peek(file.at + i));
    }
    /* Memory is never clean where a program begins. */
    for (uint32_t i = 0x100 + file.left; i < STACK; i++) {
        poke(PROGRAM + i, 0xcc);
    }
}

/* Cuts "<FILE" and the blanks before it off the line; returns the name. */
static const char *cut_input(char *line)
{
    char *end;

    while (*line && *line != '<') {
        line++;
    }
    if (!*line) {
        return line;
    }
    end = line;
    while (end[-1] == ' ') {
        end--;
    }
    *end = '\0';
    line++;
    while (*line == ' ') {
        line++;
    }
    return line;
}

/* The text behind a word that the line begins with, or NULL. */
static char *behind(char *line, const char *word)
{
    while (*word && *line == *word) {
        line++;
        word++;
    }
    return *word ? 0 : line;
}

static void execute(char *line)
{
    const char *from = cut_input(line);
    char *rest = behind(line, "small ");
    char *name = rest ? rest : line;
    char file[NAME_SIZE + 1];
    unsigned length = 0;

    while (name[length] && name[length] != ' ' && length < NAME_SIZE - 4) {
        file[length] = name[length];
        length++;
    }
    for (unsigned i = 0; i <= 4; i++) {
        file[length + i] = ".COM"[i];
    }
    input = *from ? open_file(from) : (struct file) { 0, 0 };
    load_program(open_file(file), name + length);
    tell("dos: exit ", run_program(rest ? STACK_SMALL : STACK));
    outb(OUTPUT_PORT + 1, OUTPUT_END);
    outb(OUTPUT_PORT + 2, OUTPUT_END);
}

/* The next line of a file; false at its end. */
static bool read_line(struct file *file, char *line, unsigned room)
{
    unsigned length = 0;
    char c = '\0';

    while (file->left > 0 && c != '\n') {
        c = peek(file->at++);
        file->left--;
        if (c != '\n' && c != '\r' && length + 1 < room) {
            line[length++] = c;
        }
    }
    line[length] = '\0';
    return length > 0 || c == '\n';
}

void dos_main(void)
{
    static char line[160];
    struct file batch;
    uint32_t commands = 0;

    load_archive();
    batch = open_file("AUTOEXEC.BAT");
    while (read_line(&batch, line, sizeof(line))) {
        if (behind(line, "reboot")) {
            tell("dos: reboots, commands: ", commands);
            outb(KEYBOARD_CONTROLLER, PULSE_RESET);
            halt();
        }
        execute(line);
        commands++;
    }
    stop("dos: done, commands: ", commands);
}
