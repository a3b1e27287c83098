/*
 * Reads, writes and verifies a LUN of a real target through the core.
 *
 *   iscsi-real [OPTIONS] TARGET LUN PORTAL [PORTAL]
 *
 * Prints "Name=Value" lines on the way and at the end; the exit status is 0
 * only if all went well and every byte read was the byte written.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <getopt.h>
#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "env.h"
#include "transport.h"

#define REQUESTS_MAX    6       /* under way at once */
#define REGION_SECTORS  16384   /* of the disk, at its end */
#define REQUEST_SECTORS 700     /* longer than a burst, and odd */

enum { TEST_UNIT_READY = 0x00, RESERVE6 = 0x16, RELEASE6 = 0x17 };

struct slot {
    struct iscsi_disk_request request;
    uint8_t buffer[REQUEST_SECTORS * ISCSI_SECTOR_SIZE];
    bool used;
};

static struct {
    struct iscsi_config config;
    unsigned long requests;     /* as many at least, */
    unsigned long mebibytes;    /* and as much */
    unsigned long idle_ms;      /* polled, and answering pings */
    unsigned long sleep_ms;     /* not polled, as a ROM is between calls */
    unsigned long pause_ms;     /* between requests */
    unsigned seed;
    uint64_t sector;            /* to be read, and nothing else */
    bool read;
    bool reserve;
    bool verbose;
} options = { .requests = 0, .seed = 1 };

static struct transport transport = { .fd = -1, .wake = -1 };
static struct iscsi_disk *disk;
static uint64_t session_memory[ISCSI_SESSION_SIZE / 8];
static uint64_t disk_memory[ISCSI_DISK_SIZE / 8];
static uint8_t model[REGION_SECTORS * ISCSI_SECTOR_SIZE];
static struct slot slots[REQUESTS_MAX];
static unsigned long wrong_bytes;

#define NAME_ROW(name)              #name,
#define ERROR_ROW(name, group, text) #name,

static const char *const error_names[] = { ISCSI_ERROR_LIST(ERROR_ROW) };

static void print_event(void *user, enum iscsi_event event, uint32_t a,
                        uint32_t b)
{
    static const char *const names[] = { ISCSI_EVENT_LIST(NAME_ROW) };

    if (options.verbose) {
        printf("# %llu %s 0x%x 0x%x\n", (unsigned long long)transport_now(),
               names[event], a, b);
    }
}

static void print_result(enum iscsi_error error)
{
    struct iscsi_info info;
    struct iscsi_disk_info disk_info;

    iscsi_get_info(transport.session, &info);
    iscsi_disk_get_info(disk, &disk_info);
    printf("Error=%s\nText=%s\n", error_names[error],
           iscsi_error_text(error));
    printf("Class=%u\nDetail=%u\n", info.login_class, info.login_detail);
    printf("Relogins=%u\nRedirects=%u\nPortal=%u\n", info.relogins,
           info.redirects, info.portal);
    printf("HeaderDigest=%d\nDataDigest=%d\nAuthenticated=%d\n",
           info.header_digest, info.data_digest, info.authenticated);
    printf("InitialR2T=%d\nImmediateData=%d\nSegment=%u\nBurst=%u\n",
           info.initial_r2t, info.immediate_data, info.max_send_data,
           info.max_burst);
    printf("BlockSize=%u\nSectors=%llu\nWrongBytes=%lu\n",
           disk_info.block_size, (unsigned long long)disk_info.sectors,
           wrong_bytes);
}

/* Runs until a request is done or @until; NULL: none was. */
static struct iscsi_disk_request *run_until(uint64_t until)
{
    struct iscsi_disk_request *done;
    uint64_t deadline;

    do {
        done = iscsi_disk_reap(disk, transport_now());
        if (done) {
            return done;
        }
        deadline = iscsi_disk_deadline(disk);
        transport_run(&transport, deadline < until ? deadline : until);
        done = iscsi_disk_reap(disk, transport_now());
    } while (!done && transport_now() < until);
    return done;
}

/* Waits for what begins until it has ended. */
static enum iscsi_error open_disk(struct iscsi_disk_info *info)
{
    iscsi_disk_open(disk, transport_now());
    do {
        run_until(transport_now() + 50);
        iscsi_disk_get_info(disk, info);
    } while (info->state == ISCSI_DISK_OPENING);
    return info->error;
}

static enum iscsi_error run_one(struct iscsi_disk_request *request)
{
    enum iscsi_error error = iscsi_disk_submit(disk, request,
                                               transport_now());

    while (error == ISCSI_OK && !run_until(ISCSI_NEVER)) {
        continue;
    }
    return error != ISCSI_OK ? error : request->error;
}

/* Fills the region, so that every byte of it is known. */
static enum iscsi_error fill(uint64_t base)
{
    struct iscsi_disk_request request = {
        .operation = ISCSI_DISK_WRITE, .sector = base,
        .count = REGION_SECTORS, .buffer = model,
    };
    size_t i;

    for (i = 0; i < sizeof(model); i++) {
        model[i] = random();
    }
    return run_one(&request);
}

static bool overlaps(uint64_t sector, uint32_t count)
{
    unsigned i;

    for (i = 0; i < REQUESTS_MAX; i++) {
        if (slots[i].used &&
            sector < slots[i].request.sector + slots[i].request.count &&
            slots[i].request.sector < sector + count) {
            return true;
        }
    }
    return false;
}

static enum iscsi_error start_random(struct slot *slot, uint64_t base)
{
    uint32_t count = 1 + random() % REQUEST_SECTORS;
    uint64_t sector = base + random() % (REGION_SECTORS - count);
    bool write = random() & 1;
    size_t i;

    if (overlaps(sector, count)) {
        return ISCSI_OK;
    }
    for (i = 0; i < count * ISCSI_SECTOR_SIZE; i++) {
        slot->buffer[i] = write ? random() : 0xa5;
    }
    slot->used = true;
    slot->request = (struct iscsi_disk_request) {
        .operation = write ? ISCSI_DISK_WRITE : ISCSI_DISK_READ,
        .sector = sector, .count = count, .buffer = slot->buffer,
        .user = slot,
    };
    return iscsi_disk_submit(disk, &slot->request, transport_now());
}

static enum iscsi_error finish_random(struct iscsi_disk_request *request,
                                      uint64_t base)
{
    struct slot *slot = request->user;
    uint8_t *known = model +
                     (request->sector - base) * ISCSI_SECTOR_SIZE;
    size_t i, length = request->count * ISCSI_SECTOR_SIZE;

    slot->used = false;
    if (request->error != ISCSI_OK) {
        return request->error;
    }
    for (i = 0; i < length; i++) {
        if (request->operation == ISCSI_DISK_WRITE) {
            known[i] = slot->buffer[i];
        } else {
            wrong_bytes += known[i] != slot->buffer[i];
        }
    }
    return ISCSI_OK;
}

static enum iscsi_error random_io(uint64_t base)
{
    enum iscsi_error error = ISCSI_OK;
    struct iscsi_disk_request *done;
    unsigned long finished = 0;
    uint64_t next = 0, sectors = 0;
    unsigned i;

    while ((finished < options.requests ||
            sectors < (uint64_t)options.mebibytes << 11) &&
           error == ISCSI_OK) {
        for (i = 0; i < REQUESTS_MAX && error == ISCSI_OK; i++) {
            if (!slots[i].used && transport_now() >= next) {
                error = start_random(&slots[i], base);
                next = transport_now() + options.pause_ms;
            }
        }
        done = run_until(options.pause_ms ? next : ISCSI_NEVER);
        if (done && error == ISCSI_OK) {
            error = finish_random(done, base);
            finished++;
            sectors += done->count;
        }
    }
    while (error == ISCSI_OK && overlaps(0, UINT32_MAX)) {
        error = finish_random(run_until(ISCSI_NEVER), base);
    }
    return error;
}

/* Reads the whole region in one request and compares it. */
static enum iscsi_error read_back(uint64_t base)
{
    static uint8_t again[sizeof(model)];
    struct iscsi_disk_request request = {
        .operation = ISCSI_DISK_READ, .sector = base,
        .count = REGION_SECTORS, .buffer = again,
    };
    enum iscsi_error error = run_one(&request);
    size_t i;

    for (i = 0; i < sizeof(again) && error == ISCSI_OK; i++) {
        wrong_bytes += again[i] != model[i];
    }
    return error;
}

/* One command of six bytes, which moves no data. */
static enum iscsi_error run_command(uint8_t opcode, const uint8_t lun[8])
{
    struct iscsi_command command = { .cdb = { opcode } };
    struct iscsi_command *done;
    enum iscsi_error error;

    memcpy(command.lun, lun, sizeof(command.lun));
    error = iscsi_submit(transport.session, &command, transport_now());
    if (error != ISCSI_OK) {
        return error;
    }
    while (!(done = iscsi_reap(transport.session))) {
        transport_run(&transport, iscsi_deadline(transport.session));
    }
    return done->error != ISCSI_OK ? done->error
         : done->status ? ISCSI_E_SCSI : ISCSI_OK;
}

/* Reserves the unit until standard input ends. */
static enum iscsi_error reserve(const uint8_t lun[8])
{
    enum iscsi_error error;

    run_command(TEST_UNIT_READY, lun);  /* to unit attention */
    error = run_command(RESERVE6, lun);
    if (error == ISCSI_OK) {
        printf("Started=1\n");
        while (getchar() != EOF) {
            continue;
        }
        error = run_command(RELEASE6, lun);
    }
    return error;
}

static enum iscsi_error exercise(void)
{
    struct iscsi_disk_info info;
    struct iscsi_disk_request flush = { .operation = ISCSI_DISK_FLUSH };
    struct iscsi_disk_request only = {
        .operation = ISCSI_DISK_READ, .sector = options.sector, .count = 1,
        .buffer = slots[0].buffer,
    };
    enum iscsi_error error = open_disk(&info);
    uint64_t base, idle_end;

    if (error == ISCSI_OK && options.read) {
        return run_one(&only);
    }
    if (error != ISCSI_OK || options.requests + options.mebibytes == 0) {
        return error;
    }
    base = info.sectors - REGION_SECTORS;
    error = fill(base);
    printf("Started=1\n");
    idle_end = transport_now() + options.idle_ms;
    while (transport_now() < idle_end) {
        run_until(idle_end);
    }
    g_usleep(options.sleep_ms * 1000);
    if (error == ISCSI_OK) {
        error = random_io(base);
    }
    if (error == ISCSI_OK) {
        error = run_one(&flush);
    }
    return error == ISCSI_OK ? read_back(base) : error;
}

static void log_out(void)
{
    uint64_t until = transport_now() + 5000;

    iscsi_logout(transport.session, transport_now());
    while (iscsi_want(transport.session, NULL) != ISCSI_WANT_NOTHING &&
           transport_now() < until) {
        run_until(transport_now() + 100);
    }
}

static unsigned long number(const char *text)
{
    return g_ascii_strtoull(text, NULL, 0);
}

/* Cuts "user%secret" in two, in place. */
static void parse_secret(char *text, const char **user,
                         const uint8_t **secret, uint16_t *length)
{
    char *percent = strchr(text, '%');

    if (!percent) {
        fprintf(stderr, "iscsi-real: %s: want user%%secret\n", text);
        exit(2);
    }
    *percent = '\0';
    *user = text;
    *secret = (const uint8_t *)percent + 1;
    *length = strlen(percent + 1);
}

static const struct option option_rows[] = {
    { "initiator", required_argument, NULL, 'i' },
    { "requests", required_argument, NULL, 'n' },
    { "mebibytes", required_argument, NULL, 'M' },
    { "reserve", no_argument, NULL, 'x' },
    { "read", required_argument, NULL, 'r' },
    { "idle", required_argument, NULL, 'w' },
    { "sleep", required_argument, NULL, 'z' },
    { "command", required_argument, NULL, 'C' },
    { "pause", required_argument, NULL, 'p' },
    { "seed", required_argument, NULL, 's' },
    { "nop-idle", required_argument, NULL, 'o' },
    { "start", required_argument, NULL, 't' },
    { "chap", required_argument, NULL, 'c' },
    { "mutual", required_argument, NULL, 'm' },
    { "digests", no_argument, NULL, 'd' },
    { "no-immediate", no_argument, NULL, 'I' },
    { "initial-r2t", no_argument, NULL, 'R' },
    { "burst", required_argument, NULL, 'b' },
    { "verbose", no_argument, NULL, 'v' },
    { }
};

static void parse_option(int letter, struct iscsi_config *c)
{
    switch (letter) {
    case 'i':
        c->initiator_name = optarg;
        break;
    case 'n':
        options.requests = number(optarg);
        break;
    case 'M':
        options.mebibytes = number(optarg);
        break;
    case 'x':
        options.reserve = true;
        break;
    case 'r':
        options.sector = number(optarg);
        options.read = true;
        break;
    case 'w':
        options.idle_ms = number(optarg);
        break;
    case 'z':
        options.sleep_ms = number(optarg);
        break;
    case 'C':
        c->command_ms = number(optarg);
        break;
    case 'p':
        options.pause_ms = number(optarg);
        break;
    case 's':
        options.seed = number(optarg);
        break;
    case 'o':
        c->nop_idle_ms = number(optarg);
        break;
    case 't':
        c->start_ms = number(optarg);
        break;
    case 'c':
        parse_secret(optarg, &c->chap_user, &c->chap_secret,
                     &c->chap_secret_length);
        break;
    case 'm':
        parse_secret(optarg, &c->mutual_user, &c->mutual_secret,
                     &c->mutual_secret_length);
        break;
    case 'd':
        c->header_digest = ISCSI_DIGEST_CRC32C;
        c->data_digest = ISCSI_DIGEST_CRC32C;
        break;
    case 'I':
        c->immediate_data = false;
        break;
    case 'R':
        c->initial_r2t = true;
        break;
    case 'b':
        c->max_burst = number(optarg);
        c->first_burst = c->max_burst / 2;
        break;
    case 'v':
        options.verbose = true;
        break;
    default:
        exit(2);
    }
}

int main(int argc, char **argv)
{
    static const uint8_t isid[6] = { 0x80, 0x12, 0x34, 0x56, 0x00, 0x01 };
    const struct iscsi_env env = {
        .random = host_random, .md5 = host_md5, .event = print_event,
        .crc32c = host_crc32c,
    };
    struct iscsi_config *c = &options.config;
    enum iscsi_error error;
    uint8_t lun[8];
    int letter;

    iscsi_config_defaults(c);
    c->initiator_name = "iqn.2024-01.test.local:initiator";
    memcpy(c->isid, isid, sizeof(isid));
    while ((letter = getopt_long(argc, argv, "", option_rows, NULL)) != -1) {
        parse_option(letter, c);
    }
    if (argc - optind < 3) {
        fprintf(stderr, "usage: iscsi-real [OPTIONS] TARGET LUN PORTAL "
                "[PORTAL]\n");
        return 2;
    }
    c->target_name = argv[optind];
    setvbuf(stdout, NULL, _IOLBF, 0);   /* others wait for lines of it */
    iscsi_lun_from_number(number(argv[optind + 1]), lun);
    c->portals[0] = argv[optind + 2];
    c->portals[1] = argv[optind + 3];
    srandom(options.seed);
    error = iscsi_init(session_memory, sizeof(session_memory), c, &env,
                       &transport.session);
    if (error == ISCSI_OK) {
        error = iscsi_disk_init(disk_memory, sizeof(disk_memory),
                                transport.session, lun, &disk);
    }
    if (error != ISCSI_OK) {
        fprintf(stderr, "iscsi-real: %s\n", iscsi_error_text(error));
        return 2;
    }
    iscsi_start(transport.session, transport_now());
    error = options.reserve ? reserve(lun) : exercise();
    log_out();
    print_result(error);
    return error != ISCSI_OK || wrong_bytes != 0;
}
