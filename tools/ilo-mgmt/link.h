/*
 * The management link to the server's iLO device: a Unix socket that QEMU
 * serves (include/ncsim/ilo_link.h).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ILO_MGMT_LINK_H
#define ILO_MGMT_LINK_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "ncsim/ilo_link.h"

struct link;

enum link_power {
    LINK_POWER_OFF,
    LINK_POWER_ON,
    LINK_POWER_UNKNOWN,         /* no device is there */
};

/*
 * A reply, checked: long enough for its error word, and that of the request.
 * NULL when the device did not answer in time or is not there.
 */
typedef void link_reply(void *opaque, const uint8_t *reply, size_t size);

/*
 * An event of the device; @value is its field, 0 where it has none, and
 * @packet is all of it.
 */
typedef void link_event(void *opaque, uint16_t event, uint32_t value,
                        const uint8_t *packet, size_t size);

/* The device is there, or gone. */
typedef void link_change(void *opaque, bool up);

/*
 * A link that connects to the socket @path now and whenever it is lost.
 * @path is copied.  Ended by link_free(), which calls nobody back.
 */
struct link *link_new(const char *path, link_event *event,
                      link_change *change, void *opaque);
void link_free(struct link *link);

/*
 * Sends one request; its size and sequence are filled in.  Requests are
 * answered in order.  @reply is called once, maybe before this returns.
 */
void link_call(struct link *link, uint8_t *packet, size_t size,
               link_reply *reply, void *opaque);

/*
 * Whether it is known if the device is there: false only while one that we
 * have connected to may still answer our hello, which is 6 s at most.
 */
bool link_settled(const struct link *link);

enum link_power link_power(const struct link *link);

/* Begins a request of zeroes: returns @size. */
size_t link_request(uint8_t *packet, uint8_t service, uint16_t command,
                    size_t size);

/* The error word of a reply. */
uint32_t link_error(const uint8_t *reply);

#endif
