/*
 * nciscsi info and luns: what there is, in words.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "report-luns.h"

static const char *yes_no(bool value)
{
    return value ? "yes" : "no";
}

static const char *digest(bool on)
{
    return on ? "CRC32C" : "none";
}

static void print_session(const struct client *client)
{
    struct iscsi_info info;

    iscsi_get_info(client->transport.session, &info);
    printf("target:          %s\n", client->url->target);
    printf("portal:          %s%s%s:%u, group %u\n", info.peer.v6 ? "[" : "",
           info.peer.host, info.peer.v6 ? "]" : "", info.peer.port, info.tpgt);
    printf("authenticated:   %s\n", yes_no(info.authenticated));
    printf("header digest:   %s\ndata digest:     %s\n",
           digest(info.header_digest), digest(info.data_digest));
    printf("longest segment: %u bytes, burst %u, first burst %u\n",
           info.max_send_data, info.max_burst, info.first_burst);
    printf("unasked data:    immediate %s, more %s\n",
           yes_no(info.immediate_data), yes_no(!info.initial_r2t));
}

static void print_disk(const struct iscsi_disk_info *disk)
{
    printf("unit:            %s %s\n", disk->vendor, disk->product);
    printf("blocks:          %llu of %u bytes\n",
           (unsigned long long)disk->blocks, disk->block_size);
    printf("size:            %llu bytes (%.1f MiB)\n",
           (unsigned long long)disk->sectors * ISCSI_SECTOR_SIZE,
           disk->sectors / 2048.0);
}

enum exit_status command_info(const struct order *order)
{
    struct iscsi_disk_info disk;
    struct client client;
    enum exit_status status = client_open(&client, order->url,
                                          &order->settings);

    if (status == EXIT_OK) {
        print_session(&client);
        status = client_open_disk(&client, &disk);
    }
    if (status == EXIT_OK) {
        print_disk(&disk);
    }
    client_close(&client);
    return status;
}

/* What stands in a URL for this LUN. */
static void print_lun_number(const uint8_t lun[8])
{
    unsigned i;

    if ((lun[0] & 0xc0) <= 0x40 && !memcmp(lun + 2, "\0\0\0\0\0\0", 6) &&
        !(lun[0] & 0x40 ? 0 : lun[0])) {
        printf("LUN %-5u", (lun[0] & 0x3f) << 8 | lun[1]);
        return;
    }
    printf("LUN 0x");
    for (i = 0; i < 8; i++) {
        printf("%02x", lun[i]);
    }
}

static const char *unit_type(uint8_t type)
{
    static const char *const types[] = {
        [0x00] = "disk", [0x01] = "tape", [0x05] = "CD or DVD",
        [0x08] = "changer", [0x0c] = "controller", [0x0d] = "enclosure",
    };

    return type < G_N_ELEMENTS(types) && types[type] ? types[type] : "other";
}

static enum exit_status print_lun(struct client *client, const uint8_t lun[8])
{
    struct unit_facts facts;
    enum iscsi_error error = unit_inquire(client, lun, &facts);

    if (error != ISCSI_OK) {
        return client_complain(client, "INQUIRY", error);
    }
    print_lun_number(lun);
    printf("  %-10s  %s %s", unit_type(facts.type), facts.vendor,
           facts.product);
    if (facts.has_capacity) {
        printf("  %llu blocks of %u bytes", (unsigned long long)facts.blocks,
               facts.block_size);
    }
    printf("\n");
    return EXIT_OK;
}

enum exit_status command_luns(const struct order *order)
{
    struct lun_list list = { };
    struct client client;
    enum exit_status status = client_open(&client, order->url,
                                          &order->settings);
    enum iscsi_error error;
    unsigned i;

    if (status == EXIT_OK) {
        error = report_luns(&client, &list);
        if (error != ISCSI_OK) {
            status = client_complain(&client, "REPORT LUNS", error);
        }
    }
    for (i = 0; i < list.count && status == EXIT_OK; i++) {
        status = print_lun(&client, list.luns + i * 8);
    }
    g_free(list.luns);
    client_close(&client);
    return status;
}
