/*
 * The guest's end of the network benchmark: one TCP connection to the host,
 * which says what to do on it and holds the watch.
 *
 * usage: traffic ADDRESS PORT
 *
 * A command is 64 bytes, text padded with NULs:
 *
 *   send BYTES               sends so many
 *   receive BYTES            takes so many, answers with one byte
 *   exchange N ASK ANSWER    N times sends ASK bytes and takes ANSWER
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define COMMAND_SIZE 64

static char buffer[256 * 1024];

static void die(const char *what)
{
    perror(what);
    exit(1);
}

static int connect_to(const char *address, const char *port)
{
    struct sockaddr_in to = { .sin_family = AF_INET };
    int at_once = 1;
    int s = socket(AF_INET, SOCK_STREAM, 0);

    to.sin_port = htons(atoi(port));
    if (s < 0 || !inet_aton(address, &to.sin_addr) ||
        connect(s, (struct sockaddr *)&to, sizeof(to)) ||
        setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &at_once, sizeof(at_once))) {
        die("connect");
    }
    return s;
}

static void send_bytes(int s, unsigned long long size)
{
    ssize_t done;

    for (; size; size -= done) {
        done = send(s, buffer, size < sizeof(buffer) ? size : sizeof(buffer),
                    0);
        if (done <= 0) {
            die("send");
        }
    }
}

/* MSG_TRUNC drops the data unread: the guest's copying is not measured. */
static void receive_bytes(int s, unsigned long long size)
{
    ssize_t done;

    for (; size; size -= done) {
        done = recv(s, buffer, size < sizeof(buffer) ? size : sizeof(buffer),
                    MSG_TRUNC);
        if (done <= 0) {
            die("receive");
        }
    }
}

static void exchange(int s, unsigned count, unsigned ask, unsigned answer)
{
    while (count--) {
        send_bytes(s, ask);
        receive_bytes(s, answer);
    }
}

static void obey(int s, const char *command)
{
    unsigned long long size;
    unsigned count, ask, answer;

    if (sscanf(command, "send %llu", &size) == 1) {
        send_bytes(s, size);
    } else if (sscanf(command, "receive %llu", &size) == 1) {
        receive_bytes(s, size);
        send_bytes(s, 1);
    } else if (sscanf(command, "exchange %u %u %u", &count, &ask,
                      &answer) == 3) {
        exchange(s, count, ask, answer);
    } else {
        fprintf(stderr, "traffic: unknown command '%s'\n", command);
        exit(1);
    }
}

/* False when the host has hung up. */
static bool take_command(int s, char *command)
{
    ssize_t got = recv(s, command, COMMAND_SIZE, MSG_WAITALL);

    if (got != 0 && got != COMMAND_SIZE) {
        die("command");
    }
    return got != 0;
}

int main(int argc, char **argv)
{
    char command[COMMAND_SIZE + 1] = "";
    int s;

    if (argc != 3) {
        fprintf(stderr, "usage: traffic ADDRESS PORT\n");
        return 2;
    }
    s = connect_to(argv[1], argv[2]);
    while (take_command(s, command)) {
        obey(s, command);
    }
    return 0;
}
