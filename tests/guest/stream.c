/*
 * stream: sends seeded data over TCP, or takes and judges them byte by byte.
 *
 *   stream send ADDRESS PORT SEED MIB
 *   stream receive NAME PORT SEED MIB
 *
 * The receiver prints a line for every part of a MiB, and one at the end:
 *
 *   stream: NAME 3.25 MiB
 *   stream: NAME whole, longest stall 210 ms
 *   stream: NAME failed: ...
 *
 * A stall is the time between two pieces of data, by the guest's own clock.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MIB (1u << 20)
#define BLOCK (64u << 10)
#define PARTS 4u                /* lines for one MiB */
#define LINE_MAX_SIZE 160

/* Marsaglia's xorshift (2003), 64 bits. */
static uint64_t next_word(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static void fill(uint64_t *state, uint8_t *block)
{
    uint64_t word;
    size_t at;

    for (at = 0; at < BLOCK; at += sizeof(word)) {
        word = next_word(state);
        memcpy(block + at, &word, sizeof(word));
    }
}

/* One write for a line: those of several receivers do not mix. */
static void say(const char *name, const char *format, ...)
{
    char line[LINE_MAX_SIZE];
    va_list arguments;
    int used;

    used = snprintf(line, sizeof(line), "stream: %s ", name);
    va_start(arguments, format);
    used += vsnprintf(line + used, sizeof(line) - used - 1, format, arguments);
    va_end(arguments);
    line[used++] = '\n';
    if (write(STDOUT_FILENO, line, used) != used) {
        exit(1);
    }
}

static void fail(const char *name, const char *what)
{
    say(name, "failed: %s: %s", what, strerror(errno));
    exit(1);
}

static struct sockaddr_in endpoint(const char *address, const char *port)
{
    struct sockaddr_in to = {
        .sin_family = AF_INET,
        .sin_port = htons(atoi(port)),
    };

    if (inet_pton(AF_INET, address, &to.sin_addr) != 1) {
        fail(address, "not an address");
    }
    return to;
}

static void send_all(const char *address, const char *port, uint64_t seed,
                     uint64_t blocks)
{
    struct sockaddr_in to = endpoint(address, port);
    int connection = socket(AF_INET, SOCK_STREAM, 0);
    uint8_t block[BLOCK];
    ssize_t sent;
    size_t at;

    if (connect(connection, (struct sockaddr *)&to, sizeof(to)) != 0) {
        fail(address, "connect");
    }
    while (blocks--) {
        fill(&seed, block);
        for (at = 0; at < BLOCK; at += sent) {
            sent = send(connection, block + at, BLOCK - at, 0);
            if (sent <= 0) {
                fail(address, "send");
            }
        }
    }
    shutdown(connection, SHUT_WR);
    /* The end is the receiver's: nothing is lost by closing early. */
    do {
        sent = recv(connection, block, sizeof(block), 0);
    } while (sent > 0);
}

static uint64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000ull + now.tv_nsec / 1000000;
}

static int accept_one(const char *name, const char *port)
{
    struct sockaddr_in at = endpoint("0.0.0.0", port);
    int server = socket(AF_INET, SOCK_STREAM, 0);
    int connection;

    if (bind(server, (struct sockaddr *)&at, sizeof(at)) != 0 ||
        listen(server, 1) != 0) {
        fail(name, "listen");
    }
    say(name, "listening");
    connection = accept(server, NULL, NULL);
    if (connection < 0) {
        fail(name, "accept");
    }
    return connection;
}

static void judge(const char *name, const uint8_t *got, const uint8_t *wanted,
                  uint64_t offset)
{
    size_t i = 0;

    while (i < BLOCK && got[i] == wanted[i]) {
        i++;
    }
    if (i < BLOCK) {
        say(name, "failed: byte %llu is %02x, not %02x",
            (unsigned long long)offset + i, got[i], wanted[i]);
        exit(1);
    }
}

/* Fills a block from the connection; returns the longest wait for data. */
static uint64_t take_block(const char *name, int connection, uint8_t *block)
{
    uint64_t longest = 0;
    uint64_t last = now_ms();
    uint64_t now;
    ssize_t got;
    size_t at;

    for (at = 0; at < BLOCK; at += got) {
        got = recv(connection, block + at, BLOCK - at, 0);
        if (got <= 0) {
            fail(name, got ? "receive" : "the stream ends early");
        }
        now = now_ms();
        if (now - last > longest) {
            longest = now - last;
        }
        last = now;
    }
    return longest;
}

static void receive_all(const char *name, const char *port, uint64_t seed,
                        uint64_t blocks)
{
    int connection = accept_one(name, port);
    uint8_t wanted[BLOCK];
    uint8_t got[BLOCK];
    uint64_t longest = 0;
    uint64_t stall;
    uint64_t i;

    for (i = 0; i < blocks; i++) {
        fill(&seed, wanted);
        stall = take_block(name, connection, got);
        if (stall > longest) {
            longest = stall;
        }
        judge(name, got, wanted, i * BLOCK);
        if ((i + 1) % (MIB / BLOCK / PARTS) == 0) {
            say(name, "%.2f MiB", (i + 1) * (double)BLOCK / MIB);
        }
    }
    if (recv(connection, got, 1, 0) != 0) {
        fail(name, "more than the whole stream");
    }
    say(name, "whole, longest stall %llu ms", (unsigned long long)longest);
}

int main(int argc, char **argv)
{
    uint64_t seed;
    uint64_t blocks;

    if (argc != 6) {
        say("usage:",
            "send ADDRESS PORT SEED MIB | receive NAME PORT SEED MIB");
        return 2;
    }
    seed = atoll(argv[4]);
    blocks = atoll(argv[5]) * (MIB / BLOCK);
    if (strcmp(argv[1], "send") == 0) {
        send_all(argv[2], argv[3], seed, blocks);
    } else {
        receive_all(argv[2], argv[3], seed, blocks);
    }
    return 0;
}
