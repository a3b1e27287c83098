/*
 * The client of the management link.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <errno.h>
#include <glib-unix.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "link.h"
#include "qemu/bswap.h"

#define RETRY_MS 100            /* a server that starts is soon asked for */
#define WATCH_MS 500
#define REPLY_SECONDS 5
#define CALLS_MAX 64            /* under way; connections have one each */

struct call {
    uint16_t sequence;
    uint16_t command;
    gint64 asked;               /* monotonic us */
    link_reply *reply;
    void *opaque;
};

struct link {
    char *path;
    link_event *event;
    link_change *change;
    void *opaque;
    int fd;                     /* -1: not connected */
    bool ready;                 /* it has answered our hello */
    enum link_power power;
    uint16_t sequence;
    GQueue calls;               /* of struct call, oldest first */
    GByteArray *out;
    uint8_t in[ILO_LINK_LENGTH_SIZE + ILO_LINK_PACKET_MAX];
    size_t in_length;
    guint in_watch, out_watch, timer;
};

static void set_timer(struct link *link);

size_t link_request(uint8_t *packet, uint8_t service, uint16_t command,
                    size_t size)
{
    memset(packet, 0, size);
    stw_le_p(packet + SMIF_COMMAND, command);
    packet[SMIF_SERVICE] = service;
    return size;
}

uint32_t link_error(const uint8_t *reply)
{
    return ldl_le_p(reply + SMIF_REPLY_ERROR);
}

bool link_settled(const struct link *link)
{
    return link->ready || !link->calls.length;
}

enum link_power link_power(const struct link *link)
{
    return link->ready ? link->power : LINK_POWER_UNKNOWN;
}

/*
 * Sending
 */

static void end_watch(guint *watch)
{
    if (*watch) {
        g_source_remove(*watch);
        *watch = 0;
    }
}

/* Whoever still waits for a reply is told that there is none. */
static void lose(struct link *link)
{
    bool was_ready = link->ready;
    struct call *call;

    if (link->fd >= 0) {
        close(link->fd);
    }
    link->fd = -1;
    link->ready = false;
    link->in_length = 0;
    g_byte_array_set_size(link->out, 0);
    end_watch(&link->in_watch);
    end_watch(&link->out_watch);
    set_timer(link);
    if (was_ready) {
        link->change(link->opaque, false);
    }
    while ((call = g_queue_pop_head(&link->calls))) {
        call->reply(call->opaque, NULL, 0);
        g_free(call);
    }
}

static gboolean flush(int fd, GIOCondition condition, gpointer opaque)
{
    struct link *link = opaque;

    while (link->out->len > 0) {
        ssize_t sent = send(fd, link->out->data, link->out->len,
                            MSG_NOSIGNAL | MSG_DONTWAIT);

        if (sent < 0 && errno == EAGAIN) {
            return G_SOURCE_CONTINUE;
        }
        if (sent <= 0) {
            /* The reading side sees the end of it. */
            break;
        }
        g_byte_array_remove_range(link->out, 0, sent);
    }
    link->out_watch = 0;
    return G_SOURCE_REMOVE;
}

static void submit(struct link *link, uint8_t *packet, size_t size,
                   link_reply *reply, void *opaque)
{
    struct call *call = g_new0(struct call, 1);
    uint8_t length[ILO_LINK_LENGTH_SIZE];

    call->sequence = link->sequence;
    call->command = lduw_le_p(packet + SMIF_COMMAND);
    call->asked = g_get_monotonic_time();
    call->reply = reply;
    call->opaque = opaque;
    g_queue_push_tail(&link->calls, call);
    /* Never that of events. */
    link->sequence = (link->sequence + 1) % ILO_LINK_EVENT_SEQUENCE;
    stl_le_p(length, size);
    stw_le_p(packet + SMIF_SIZE, size);
    stw_le_p(packet + SMIF_SEQUENCE, call->sequence);
    g_byte_array_append(link->out, length, sizeof(length));
    g_byte_array_append(link->out, packet, size);
    if (!link->out_watch) {
        link->out_watch = g_unix_fd_add_full(G_PRIORITY_HIGH, link->fd,
                                             G_IO_OUT, flush, link, NULL);
    }
}

void link_call(struct link *link, uint8_t *packet, size_t size,
               link_reply *reply, void *opaque)
{
    if (!link->ready || g_queue_get_length(&link->calls) >= CALLS_MAX) {
        reply(opaque, NULL, 0);
        return;
    }
    submit(link, packet, size, reply, opaque);
}

/*
 * Receiving
 */

static void take_event(struct link *link, const uint8_t *packet, size_t size)
{
    uint16_t event = lduw_le_p(packet + SMIF_COMMAND);
    uint32_t value = size >= ILO_EVENT_FIELD + 4 ?
                     (uint32_t)ldl_le_p(packet + ILO_EVENT_FIELD) : 0;

    if (event == ILO_EVENT_POWER) {
        link->power = value == ILO_POWER_IS_ON ? LINK_POWER_ON :
                                                 LINK_POWER_OFF;
    }
    link->event(link->opaque, event, value, packet, size);
}

/* False when it is not the reply that is due. */
static bool take_reply(struct link *link, const uint8_t *packet, size_t size)
{
    struct call *call = g_queue_peek_head(&link->calls);
    uint16_t command = lduw_le_p(packet + SMIF_COMMAND);

    if (!call || lduw_le_p(packet + SMIF_SEQUENCE) != call->sequence ||
        (command != (call->command | SMIF_REPLY) &&
         command != SMIF_COMMAND_UNKNOWN) ||
        size < SMIF_REPLY_ERROR + 4) {
        return false;
    }
    g_queue_pop_head(&link->calls);
    call->reply(call->opaque, packet, size);
    g_free(call);
    return true;
}

/* Takes the first whole packet of what was read: 1, none: 0, bad: -1. */
static int take_packet(struct link *link)
{
    uint8_t packet[ILO_LINK_PACKET_MAX];
    uint32_t size;
    size_t used;
    bool fine;

    if (link->in_length < ILO_LINK_LENGTH_SIZE) {
        return 0;
    }
    size = ldl_le_p(link->in);
    if (size < SMIF_HEADER_SIZE || size > ILO_LINK_PACKET_MAX) {
        return -1;
    }
    used = ILO_LINK_LENGTH_SIZE + size;
    if (link->in_length < used) {
        return 0;
    }
    memcpy(packet, link->in + ILO_LINK_LENGTH_SIZE, size);
    link->in_length -= used;
    memmove(link->in, link->in + used, link->in_length);
    if ((uint32_t)lduw_le_p(packet + SMIF_SIZE) != size) {
        return -1;
    }
    if (lduw_le_p(packet + SMIF_SEQUENCE) == ILO_LINK_EVENT_SEQUENCE) {
        take_event(link, packet, size);
        fine = true;
    } else {
        fine = take_reply(link, packet, size);
    }
    /* A callback may have found the link lost. */
    return fine && link->fd >= 0 ? 1 : -1;
}

static gboolean readable(int fd, GIOCondition condition, gpointer opaque)
{
    struct link *link = opaque;
    ssize_t got = recv(fd, link->in + link->in_length,
                       sizeof(link->in) - link->in_length, MSG_DONTWAIT);
    int taken = 1;

    if (got < 0 && errno == EAGAIN) {
        return G_SOURCE_CONTINUE;
    }
    if (got > 0) {
        link->in_length += got;
        while (taken > 0) {
            taken = take_packet(link);
        }
    }
    if (got <= 0 || taken < 0) {
        if (link->fd >= 0) {
            g_message("the link to the server is lost%s",
                      got > 0 ? ": it said what is no packet" : "");
        }
        link->in_watch = 0;
        lose(link);
        return G_SOURCE_REMOVE;
    }
    return G_SOURCE_CONTINUE;
}

/*
 * Connecting
 */

static void greeted(void *opaque, const uint8_t *reply, size_t size)
{
    struct link *link = opaque;

    if (!reply) {
        return;
    }
    if (link_error(reply) != SMIF_OK || size < ILO_LINK_HELLO_REPLY_SIZE) {
        g_warning("the server's iLO does not speak version %d of the link",
                  ILO_LINK_VERSION);
        return;
    }
    link->ready = true;
    link->power = ldl_le_p(reply + ILO_LINK_HELLO_REPLY_POWER) ==
                  ILO_POWER_IS_ON ? LINK_POWER_ON : LINK_POWER_OFF;
    g_message("the server is there, its power is %s",
              link->power == LINK_POWER_ON ? "on" : "off");
    link->change(link->opaque, true);
}

static void connect_now(struct link *link)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    uint8_t packet[ILO_LINK_HELLO_SIZE];

    /* Its length was judged by link_new(). */
    memcpy(address.sun_path, link->path, strlen(link->path));
    link->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (link->fd < 0 || connect(link->fd, (struct sockaddr *)&address,
                                sizeof(address)) < 0) {
        lose(link);
        return;
    }
    link->in_watch = g_unix_fd_add_full(G_PRIORITY_HIGH, link->fd,
                                        G_IO_IN | G_IO_HUP, readable, link,
                                        NULL);
    link_request(packet, SMIF_SERVICE_MANAGEMENT, ILO_LINK_HELLO,
                 sizeof(packet));
    stl_le_p(packet + ILO_LINK_HELLO_VERSION, ILO_LINK_VERSION);
    submit(link, packet, sizeof(packet), greeted, link);
}

/* Connects, or sees that the oldest request was answered in time. */
static gboolean tick(gpointer opaque)
{
    struct link *link = opaque;
    struct call *oldest = g_queue_peek_head(&link->calls);

    link->timer = 0;
    if (link->fd < 0) {
        connect_now(link);
    } else if (oldest && g_get_monotonic_time() - oldest->asked >
                         REPLY_SECONDS * G_USEC_PER_SEC) {
        g_message("the server's iLO has not answered for %d s",
                  REPLY_SECONDS);
        lose(link);
    }
    set_timer(link);
    return G_SOURCE_REMOVE;
}

static void set_timer(struct link *link)
{
    end_watch(&link->timer);
    link->timer = g_timeout_add(link->fd < 0 ? RETRY_MS : WATCH_MS, tick,
                                link);
}

struct link *link_new(const char *path, link_event *event,
                      link_change *change, void *opaque)
{
    struct link *link;
    struct sockaddr_un address;

    if (strlen(path) >= sizeof(address.sun_path)) {
        return NULL;
    }
    link = g_new0(struct link, 1);
    link->path = g_strdup(path);
    link->event = event;
    link->change = change;
    link->opaque = opaque;
    link->fd = -1;
    link->out = g_byte_array_new();
    g_queue_init(&link->calls);
    connect_now(link);
    set_timer(link);
    return link;
}

void link_free(struct link *link)
{
    g_queue_clear_full(&link->calls, g_free);
    link->ready = false;
    lose(link);
    end_watch(&link->timer);
    g_byte_array_free(link->out, TRUE);
    g_free(link->path);
    g_free(link);
}
