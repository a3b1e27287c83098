/*
 * nciscsi read, write, verify and bench: bytes between files and a LUN.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "commands.h"
#include "stream.h"

#define BENCH_LENGTH (1024ull * 1024 * 1024)

/* A run over the LUN of an order, and the file at its other end. */
struct transfer {
    const struct order *order;
    struct client client;
    struct stream stream;
    uint64_t most;              /* bytes, when the user does not say */
    int fd;
    struct stat about;
    bool slow;                  /* no regular file */
    const char *path;           /* for complaints */
    enum exit_status status;    /* of the file's end */
    uint64_t began;             /* when the first byte was asked for */
    double cpu;
};

static bool complain_of_file(const struct transfer *t)
{
    fprintf(stderr, "nciscsi: %s: %s\n", t->path, strerror(errno));
    return false;
}

/* A pipe may let us wait, and be given up; false: that is what happened. */
static bool wait_for_file(struct transfer *t, short events)
{
    if (!t->slow || client_wait_for_file(&t->client, t->fd, events)) {
        return true;
    }
    t->status = client_complain(&t->client, t->path, ISCSI_E_CANCELLED);
    return false;
}

static ssize_t file_fill(void *user, uint8_t *bytes, size_t size)
{
    struct transfer *t = user;
    size_t done = 0;
    ssize_t got;

    while (done < size) {
        if (!wait_for_file(t, POLLIN)) {
            return -1;
        }
        got = read(t->fd, bytes + done, size - done);
        if (got < 0 && errno != EINTR) {
            complain_of_file(t);
            return -1;
        }
        if (got == 0) {
            break;
        }
        done += got > 0 ? got : 0;
    }
    return done;
}

static bool file_take(void *user, const uint8_t *bytes, size_t size)
{
    struct transfer *t = user;
    ssize_t put;

    while (size) {
        if (!wait_for_file(t, POLLOUT)) {
            return false;
        }
        put = write(t->fd, bytes, t->slow ? MIN(size, PIPE_BUF) : size);
        if (put < 0 && errno != EINTR) {
            return complain_of_file(t);
        }
        if (put > 0) {
            bytes += put;
            size -= put;
        }
    }
    return true;
}

/* Compares with the file; the first byte that differs ends it. */
static bool file_compare(void *user, const uint8_t *bytes, size_t size)
{
    struct transfer *t = user;
    g_autofree uint8_t *wanted = g_malloc(size);
    ssize_t got = file_fill(t, wanted, size);
    size_t i = 0;

    if (got < 0) {
        return false;
    }
    while (i < (size_t)got && bytes[i] == wanted[i]) {
        i++;
    }
    if (i == size) {
        return true;
    }
    if (i == (size_t)got) {
        fprintf(stderr, "nciscsi: %s: shorter than it was\n", t->path);
        return false;
    }
    fprintf(stderr, "nciscsi: byte %llu is %02x on the LUN and %02x in %s\n",
            (unsigned long long)(t->stream.offset + t->stream.done + i),
            bytes[i], wanted[i], t->path);
    t->status = EXIT_DIFFERENT;
    return false;
}

static bool open_file(struct transfer *t, const char *path, bool output)
{
    t->path = path;
    if (strcmp(path, "-") == 0) {
        t->fd = dup(output ? STDOUT_FILENO : STDIN_FILENO);
    } else {
        t->fd = open(path, output ? O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC
                                  : O_RDONLY | O_CLOEXEC, 0666);
    }
    if (t->fd < 0 || fstat(t->fd, &t->about) < 0) {
        return complain_of_file(t);
    }
    t->slow = !S_ISREG(t->about.st_mode);
    return true;
}

/* Bytes of the input, where that can be known. */
static uint64_t input_length(const struct transfer *t)
{
    return t->slow ? UINT64_MAX : (uint64_t)t->about.st_size;
}

/* What is asked for has to be on the disk. */
static bool fits(struct transfer *t, const struct iscsi_disk_info *disk)
{
    uint64_t size = disk->sectors * ISCSI_SECTOR_SIZE;
    struct stream *s = &t->stream;

    if (s->offset <= size && s->length == UINT64_MAX && !s->fill) {
        s->length = MIN(size - s->offset, t->most);
    }
    if (s->offset <= size &&
        (s->length == UINT64_MAX || s->length <= size - s->offset)) {
        return true;
    }
    fprintf(stderr, "nciscsi: LUN: %llu bytes from byte %llu on: it has %llu "
            "bytes\n", (unsigned long long)s->length,
            (unsigned long long)s->offset, (unsigned long long)size);
    return false;
}

static double cpu_seconds(void)
{
    struct timespec used;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    return used.tv_sec + used.tv_nsec / 1e9;
}

static enum exit_status run(struct transfer *t)
{
    struct iscsi_disk_info disk;
    enum exit_status status = client_open(&t->client, t->order->url,
                                          &t->order->settings);

    if (status == EXIT_OK) {
        status = client_open_disk(&t->client, &disk);
    }
    if (status == EXIT_OK && !fits(t, &disk)) {
        status = EXIT_USAGE;
    }
    /* Not before there is something to put into it: it may hold something. */
    if (status == EXIT_OK && t->stream.take == file_take &&
        !open_file(t, t->order->output, true)) {
        status = EXIT_FILE;
    }
    if (status == EXIT_OK) {
        t->stream.client = &t->client;
        t->stream.user = t;
        t->began = transport_now();
        t->cpu = cpu_seconds();
        status = stream_run(&t->stream);
    }
    client_close(&t->client);
    return status == EXIT_FILE && t->status != EXIT_OK ? t->status : status;
}

/* Nothing is left in buffers that might be lost without a word. */
static enum exit_status close_file(struct transfer *t, enum exit_status status)
{
    if (t->fd >= 0 && close(t->fd) < 0 && status == EXIT_OK) {
        complain_of_file(t);
        return EXIT_FILE;
    }
    return status;
}

static void tell_rest(const struct transfer *t, enum exit_status status,
                      const char *where)
{
    if (status != EXIT_OK && t->stream.done) {
        fprintf(stderr, "nciscsi: %llu bytes had been written to %s\n",
                (unsigned long long)t->stream.done, where);
    }
}

static struct transfer begin(const struct order *order)
{
    return (struct transfer) {
        .order = order, .most = UINT64_MAX, .fd = -1,
        .stream = { .offset = order->offset, .length = order->length,
                    .progress = order->progress },
    };
}

enum exit_status command_read(const struct order *order)
{
    struct transfer t = begin(order);
    enum exit_status status;

    t.stream.take = file_take;
    status = close_file(&t, run(&t));
    tell_rest(&t, status, order->output);
    return status;
}

enum exit_status command_write(const struct order *order)
{
    struct transfer t = begin(order);
    enum exit_status status;

    if (!open_file(&t, order->input, false)) {
        url_free(order->url);
        return EXIT_FILE;
    }
    t.stream.fill = file_fill;
    t.stream.length = MIN(order->length, input_length(&t));
    status = close_file(&t, run(&t));
    tell_rest(&t, status, "the LUN");
    return status;
}

enum exit_status command_verify(const struct order *order)
{
    struct transfer t = begin(order);

    if (!open_file(&t, order->input, false)) {
        url_free(order->url);
        return EXIT_FILE;
    }
    t.stream.length = MIN(order->length, input_length(&t));
    if (t.stream.length == UINT64_MAX) {
        fprintf(stderr, "nciscsi: %s: how long it is cannot be seen: give "
                "--length\n", t.path);
        url_free(order->url);
        close(t.fd);
        return EXIT_USAGE;
    }
    t.stream.take = file_compare;
    return close_file(&t, run(&t));
}

enum exit_status command_bench(const struct order *order)
{
    struct transfer t = begin(order);
    double mib, seconds, cpu;
    enum exit_status status;

    t.most = BENCH_LENGTH;
    status = run(&t);
    mib = t.stream.done / 1048576.0;
    seconds = (transport_now() - t.began) / 1000.0;
    cpu = cpu_seconds() - t.cpu;
    if (status == EXIT_OK && mib > 0) {
        printf("read: %.1f MiB in %.3f s\nrate: %.1f MiB/s\n"
               "CPU: %.3f s/GiB\n", mib, seconds, mib / MAX(seconds, 0.001),
               cpu / mib * 1024);
    }
    return status;
}
