/*
 * ilo-ev: the management daemon's side of the link, for tests.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "qemu/sockets.h"
#include "daemon.h"

#define RECEIVE_SECONDS 60

int connect_to(const char *path)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    struct timeval limit = { .tv_sec = RECEIVE_SECONDS };
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    g_assert_cmpint(fd, >=, 0);
    g_assert_cmpuint(strlen(path), <, sizeof(address.sun_path));
    memcpy(address.sun_path, path, strlen(path));
    g_assert_cmpint(connect(fd, (struct sockaddr *)&address,
                            sizeof(address)), ==, 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
    return fd;
}

void daemon_hello(Daemon *daemon)
{
    g_assert_cmpuint(daemon_manage(daemon, ILO_LINK_HELLO,
                                   ILO_LINK_HELLO_SIZE, ILO_LINK_VERSION),
                     ==, SMIF_OK);
}

Daemon *daemon_new(const char *device_options, const char *options)
{
    Daemon *daemon = g_new0(Daemon, 1);
    g_autofree char *line = NULL;
    g_autofree char *device = g_strdup_printf("chardev=link%s%s",
                                              *device_options ? "," : "",
                                              device_options);

    daemon->folder = folder_new();
    line = g_strdup_printf(
        "-no-shutdown -chardev socket,id=link,path=%s,server=on,wait=off "
        "-drive if=none,id=ev,format=raw,file=%s %s", daemon->folder->events,
        daemon->folder->drive, options);
    daemon->machine = ilo_ev_boot(device, line);
    daemon->fd = connect_to(daemon->folder->events);
    daemon_hello(daemon);
    return daemon;
}

void daemon_free(Daemon *daemon)
{
    close(daemon->fd);
    ilo_ev_shut_down(daemon->machine);
    folder_free(daemon->folder);
    g_free(daemon);
}

void daemon_reconnect(Daemon *daemon)
{
    close(daemon->fd);
    daemon->fd = connect_to(daemon->folder->events);
}

void daemon_send(Daemon *daemon, const uint8_t *packet, size_t size)
{
    uint8_t message[ILO_LINK_LENGTH_SIZE + ILO_LINK_PACKET_MAX];

    stl_le_p(message, size);
    memcpy(message + ILO_LINK_LENGTH_SIZE, packet, size);
    size += ILO_LINK_LENGTH_SIZE;
    g_assert_cmpint(qemu_write_full(daemon->fd, message, size), ==, size);
}

static bool read_all(int fd, uint8_t *to, size_t size)
{
    while (size > 0) {
        ssize_t n = read(fd, to, size);

        if (n <= 0) {
            return false;
        }
        to += n;
        size -= n;
    }
    return true;
}

bool daemon_receive(Daemon *daemon)
{
    uint8_t bytes[ILO_LINK_LENGTH_SIZE];
    uint32_t length;

    if (!read_all(daemon->fd, bytes, sizeof(bytes))) {
        return false;
    }
    length = ldl_le_p(bytes);
    g_assert_cmpuint(length, >=, SMIF_HEADER_SIZE);
    g_assert_cmpuint(length, <=, ILO_LINK_PACKET_MAX);
    g_assert_true(read_all(daemon->fd, daemon->packet, length));
    g_assert_cmpuint(lduw_le_p(daemon->packet + SMIF_SIZE), ==, length);
    return true;
}

static bool is_event(const Daemon *daemon)
{
    return lduw_le_p(daemon->packet + SMIF_SEQUENCE) ==
           ILO_LINK_EVENT_SEQUENCE;
}

void daemon_expect(Daemon *daemon, uint16_t event)
{
    do {
        g_assert_true(daemon_receive(daemon));
    } while (!is_event(daemon) ||
             lduw_le_p(daemon->packet + SMIF_COMMAND) != event);
}

uint32_t daemon_ask(Daemon *daemon, uint8_t *packet, size_t size)
{
    daemon->sequence = (daemon->sequence + 1) & 0x7fff;
    stw_le_p(packet + SMIF_SEQUENCE, daemon->sequence);
    daemon_send(daemon, packet, size);
    do {
        g_assert_true(daemon_receive(daemon));
    } while (is_event(daemon));
    g_assert_cmpuint(lduw_le_p(daemon->packet + SMIF_SEQUENCE), ==,
                     daemon->sequence);
    return ldl_le_p(daemon->packet + SMIF_REPLY_ERROR);
}

uint32_t daemon_manage(Daemon *daemon, uint16_t command, size_t size,
                       uint32_t field)
{
    uint8_t packet[12];

    ilo_ev_begin(packet, command, size);
    packet[SMIF_SERVICE] = SMIF_SERVICE_MANAGEMENT;
    if (size == sizeof(packet)) {
        stl_le_p(packet + SMIF_HEADER_SIZE, field);
    }
    return daemon_ask(daemon, packet, size);
}

uint32_t daemon_set(Daemon *daemon, const char *name, const char *value)
{
    uint8_t packet[ILO_PACKET_MAX];
    size_t length = strlen(value);

    ilo_ev_begin(packet, SMIF_EV_SET, SMIF_EV_SET_DATA + length);
    packet[SMIF_EV_SET_FLAGS] = SMIF_EV_FLAG_SET;
    memcpy(packet + SMIF_EV_SET_NAME, name, strlen(name));
    stw_le_p(packet + SMIF_EV_SET_LENGTH, length);
    memcpy(packet + SMIF_EV_SET_DATA, value, length);
    return daemon_ask(daemon, packet, SMIF_EV_SET_DATA + length);
}
