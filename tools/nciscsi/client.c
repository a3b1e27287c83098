/*
 * One session with a target, and the disk behind it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "client.h"
#include "env.h"
#include "trace.h"

#define LOGOUT_MS   3000
/* As long as a read from a disk that has to be woken up may take. */
#define COMMAND_MS  30000
/* Somebody waits for the answer. */
#define START_MS    10000
#define RECEIVE_MAX (256 * 1024)

static int signals = -1;    /* readable when one of them came */

void client_catch_signals(void)
{
    sigset_t caught;

    sigemptyset(&caught);
    sigaddset(&caught, SIGINT);
    sigaddset(&caught, SIGTERM);
    sigprocmask(SIG_BLOCK, &caught, NULL);
    signals = signalfd(-1, &caught, SFD_CLOEXEC | SFD_NONBLOCK);
}

bool client_interrupted(const struct client *client)
{
    return client->transport.woken;
}

/* From now on another signal is needed. */
static void forget_signals(struct client *client)
{
    struct signalfd_siginfo signal;

    while (read(signals, &signal, sizeof(signal)) > 0) {
        continue;
    }
    client->transport.woken = false;
}

enum exit_status client_status(enum iscsi_error error)
{
    static const uint8_t statuses[] = {
        [ISCSI_GROUP_NONE] = EXIT_OK,
        [ISCSI_GROUP_CONFIG] = EXIT_USAGE,
        [ISCSI_GROUP_CONNECT] = EXIT_CONNECT,
        [ISCSI_GROUP_LOGIN] = EXIT_LOGIN,
        [ISCSI_GROUP_AUTH] = EXIT_AUTH,
        [ISCSI_GROUP_TARGET] = EXIT_TARGET,
        [ISCSI_GROUP_LUN] = EXIT_LUN,
        [ISCSI_GROUP_NOT_READY] = EXIT_NOT_READY,
        [ISCSI_GROUP_PROTOCOL] = EXIT_PROTOCOL,
        [ISCSI_GROUP_TIMEOUT] = EXIT_TIMEOUT,
        [ISCSI_GROUP_IO] = EXIT_IO,
    };

    return error != ISCSI_OK && statuses[iscsi_error_group(error)] == EXIT_OK
        ? EXIT_IO : statuses[iscsi_error_group(error)];
}

static void print_sense(uint8_t key, uint8_t asc, uint8_t ascq)
{
    if (key || asc) {
        fprintf(stderr, " (sense %x/%02x/%02x)", key, asc, ascq);
    }
}

enum exit_status
client_complain_of_request(const struct client *client, const char *what,
                           enum iscsi_error error,
                           const struct iscsi_disk_request *request)
{
    struct iscsi_disk_info disk = { };
    struct iscsi_info info = { };

    if (client_interrupted(client)) {
        fprintf(stderr, "nciscsi: %s: interrupted\n", what);
        return EXIT_INTERRUPTED;
    }
    if (client->transport.session) {
        iscsi_get_info(client->transport.session, &info);
    }
    if (client->disk) {
        iscsi_disk_get_info(client->disk, &disk);
    }
    fprintf(stderr, "nciscsi: %s: %s", what, iscsi_error_text(error));
    if (info.login_class) {
        fprintf(stderr, " (status class %u, detail %u)", info.login_class,
                info.login_detail);
    }
    if (request) {
        print_sense(request->sense_key, request->asc, request->ascq);
    } else {
        print_sense(disk.sense_key, disk.asc, disk.ascq);
    }
    fprintf(stderr, "\n");
    return client_status(error);
}

enum exit_status client_complain(const struct client *client,
                                 const char *what, enum iscsi_error error)
{
    return client_complain_of_request(client, what, error, NULL);
}

void client_wait(struct client *client)
{
    uint64_t deadline = client->disk ? iscsi_disk_deadline(client->disk)
                                     : ISCSI_NEVER;

    transport_run(&client->transport, deadline);
    if (!client->disk) {
        iscsi_tick(client->transport.session, transport_now());
    }
}

bool client_wait_for_file(struct client *client, int fd, short events)
{
    struct pollfd fds[2] = {
        { .fd = fd, .events = events }, { .fd = signals, .events = POLLIN },
    };

    poll(fds, 2, -1);
    client->transport.woken |= fds[1].revents != 0;
    return !client_interrupted(client);
}

/* Without a disk nobody else turns the session's clock. */
static enum iscsi_state session_state(const struct client *client,
                                      enum iscsi_error *error)
{
    struct iscsi_info info;

    iscsi_get_info(client->transport.session, &info);
    *error = info.last_error;
    return info.state;
}

static void configure(struct iscsi_config *c, const struct url *url,
                      const struct settings *settings)
{
    iscsi_config_defaults(c);
    c->initiator_name = settings->initiator;
    c->discovery = settings->discovery;
    c->target_name = c->discovery ? NULL : url->target;
    c->portals[0] = url->portal;
    /* A qualifier of the initiator's own, at random: RFC 7143 10.1.1. */
    host_random(NULL, c->isid, sizeof(c->isid));
    c->isid[0] = 0x80;
    c->strict = settings->strict;
    c->chap_user = url->user;
    c->chap_secret = (const uint8_t *)url->secret;
    c->chap_secret_length = url->secret ? strlen(url->secret) : 0;
    c->mutual_user = url->target_user;
    c->mutual_secret = (const uint8_t *)url->target_secret;
    c->mutual_secret_length = url->target_secret ?
                              strlen(url->target_secret) : 0;
    c->header_digest = url->header_digest;
    c->data_digest = url->data_digest;
    c->max_recv_data = RECEIVE_MAX;
    c->max_commands = ISCSI_MAX_COMMANDS;
    c->command_ms = COMMAND_MS;
    c->start_ms = START_MS;
}

enum exit_status client_open(struct client *client, struct url *url,
                             const struct settings *settings)
{
    const struct iscsi_env env = {
        .random = host_random, .md5 = host_md5, .crc32c = host_crc32c,
        .pdu = settings->trace ? trace_pdu : NULL,
    };
    struct iscsi_config config;
    enum iscsi_error error;

    *client = (struct client) { .transport = { .fd = -1, .wake = signals },
                                .url = url };
    configure(&config, url, settings);
    error = iscsi_init(client->session_memory, sizeof(client->session_memory),
                       &config, &env, &client->transport.session);
    if (error != ISCSI_OK) {
        fprintf(stderr, "nciscsi: %s: not usable: look at the initiator's "
                "and the target's name, the portal, and whether there is a "
                "secret for each user and both differ\n", url->portal);
        return EXIT_USAGE;
    }
    iscsi_start(client->transport.session, transport_now());
    while (!client_interrupted(client)) {
        switch (session_state(client, &error)) {
        case ISCSI_FULL_FEATURE:
            return EXIT_OK;
        case ISCSI_FAILED:
            return client_complain(client, url->portal, error);
        default:
            client_wait(client);
        }
    }
    return client_complain(client, url->portal, ISCSI_E_CANCELLED);
}

enum exit_status client_open_disk(struct client *client,
                                  struct iscsi_disk_info *info)
{
    enum iscsi_error error = iscsi_disk_init(
        client->disk_memory, sizeof(client->disk_memory),
        client->transport.session, client->url->lun, &client->disk);

    if (error == ISCSI_OK) {
        error = iscsi_disk_open(client->disk, transport_now());
    }
    while (error == ISCSI_OK && !client_interrupted(client)) {
        iscsi_disk_reap(client->disk, transport_now());
        iscsi_disk_get_info(client->disk, info);
        if (info->state == ISCSI_DISK_READY) {
            return EXIT_OK;
        }
        if (info->state == ISCSI_DISK_FAILED) {
            error = info->error;
        } else {
            client_wait(client);
        }
    }
    return client_complain(client, "LUN", error);
}

struct iscsi_disk_request *client_reap(struct client *client)
{
    struct iscsi_disk_request *done = NULL;

    while (!client_interrupted(client) &&
           !(done = iscsi_disk_reap(client->disk, transport_now()))) {
        client_wait(client);
    }
    return done;
}

enum iscsi_error client_command(struct client *client,
                                struct iscsi_command *command)
{
    struct iscsi_session *session = client->transport.session;
    enum iscsi_error error = iscsi_submit(session, command, transport_now());

    while (error == ISCSI_OK && !iscsi_reap(session)) {
        if (client_interrupted(client)) {
            iscsi_abort(session, command, transport_now());
            return ISCSI_E_CANCELLED;
        }
        client_wait(client);
    }
    return error == ISCSI_OK ? command->error : error;
}

static void log_out(struct client *client)
{
    uint64_t end = transport_now() + LOGOUT_MS;

    /* A second signal does not wait for the answer. */
    forget_signals(client);
    iscsi_logout(client->transport.session, transport_now());
    while (iscsi_want(client->transport.session, NULL) !=
           ISCSI_WANT_NOTHING && transport_now() < end &&
           !client_interrupted(client)) {
        transport_run(&client->transport, end);
        iscsi_tick(client->transport.session, transport_now());
    }
}

void client_close(struct client *client)
{
    enum iscsi_error error;

    if (client->transport.session &&
        session_state(client, &error) == ISCSI_FULL_FEATURE) {
        log_out(client);
    }
    if (client->transport.fd >= 0) {
        close(client->transport.fd);
    }
    url_free(client->url);
}
