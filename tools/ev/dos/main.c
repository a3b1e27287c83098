/*
 * ev.com: ev under DOS, in the server itself.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "dos.h"
#include "rom/mailbox.h"
#include "tools/ev/console.h"
#include "tools/ev/ev.h"
#include "tools/ev/ilo.h"

#define TAIL_MAX 126
#define WORDS_MAX (TAIL_MAX / 2 + 1)

static uint8_t packet[ILO_PACKET_MAX];

static bool open_mailbox(struct ev_place *place, bool change)
{
    if (mailbox_find()) {
        return true;
    }
    say(CONSOLE_ERROR, "ev: no iLO (PCI device 0e11:b204) is in this "
        "machine; run ev in the server that is to boot, or use hpibootcfg "
        "over the network\n");
    return false;
}

static void close_mailbox(struct ev_place *place)
{
    memset(packet, 0, sizeof(packet));
    __asm__ volatile("" : : : "memory");
}

static struct ilo_place mailbox = {
    .place = {
        .name = "iLO",
        .open = open_mailbox,
        .read = ilo_place_read,
        .write = ilo_place_write,
        .close = close_mailbox,
    },
    .ilo = {
        .exchange = mailbox_exchange,
        .packet = packet,
    },
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\0';
}

/* Cuts the command line into words; returns how many. */
static int split(char *tail, size_t length, const char **words)
{
    int count = 0;
    size_t i;

    for (i = 0; i < length; i++) {
        if (is_blank(tail[i])) {
            tail[i] = '\0';
        } else if (i == 0 || tail[i - 1] == '\0') {
            words[count++] = tail + i;
        }
    }
    tail[length] = '\0';
    return count;
}

int dos_main(void)
{
    const struct ev_places places = { .ilo = &mailbox.place };
    static const char *words[WORDS_MAX];
    static char tail[TAIL_MAX + 1];
    size_t length = MIN(psp_tail[0], TAIL_MAX);

    memcpy(tail, psp_tail + 1, length);
    return ev_run(&places, split(tail, length, words), words);
}
