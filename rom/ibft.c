/*
 * The iSCSI boot firmware table (iBFT 1.03): tells the operating system in
 * the standard form what the ROM did.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "connect.h"
#include "ev-core/ev.h"
#include "ibft.h"

/* Table header; its signature is never a literal: the kernel scans for it. */
#define TABLE_LENGTH 4
#define TABLE_REVISION 8
#define TABLE_CHECKSUM 9
#define TABLE_OEM_ID 10
#define TABLE_OEM_TABLE_ID 16
#define TABLE_SIZE 48

/* What every structure begins with. */
#define STRUCT_ID 0
#define STRUCT_VERSION 1
#define STRUCT_LENGTH 2
#define STRUCT_INDEX 4
#define STRUCT_FLAGS 5
#define FLAG_VALID 0x01
#define FLAG_BOOT_SELECTED 0x02

enum { ID_CONTROL = 1, ID_INITIATOR, ID_NIC, ID_TARGET };

#define CONTROL_INITIATOR 8
#define CONTROL_NIC 10
#define CONTROL_TARGET 12
#define CONTROL_SIZE 0x12

#define INITIATOR_NAME 70
#define INITIATOR_SIZE 0x4a

#define NIC_IP 6
#define NIC_PREFIX 22
#define NIC_ORIGIN 23
#define NIC_GATEWAY 24
#define NIC_VLAN 88
#define NIC_MAC 90
#define NIC_BDF 96
#define NIC_SIZE 0x66
#define ORIGIN_MANUAL 1

#define TARGET_IP 6
#define TARGET_PORT 22
#define TARGET_LUN 24
#define TARGET_CHAP_TYPE 32
#define TARGET_NIC 33
#define TARGET_NAME 34
#define TARGET_CHAP_NAME 38
#define TARGET_CHAP_SECRET 42
#define TARGET_REVERSE_SECRET 50
#define TARGET_SIZE 0x36
enum { CHAP_NONE, CHAP_ONE_WAY, CHAP_MUTUAL };

#define ALIGNMENT 8

/* The table under construction; @used runs past @room when it is too long. */
struct builder {
    uint8_t *table;
    size_t room;
    size_t used;
};

static void reserve(struct builder *b, size_t size)
{
    b->used = (b->used + size + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
}

/* Offset of a new structure, 0 when there is no room for it. */
static size_t add_struct(struct builder *b, uint8_t id, uint16_t size,
                         uint8_t flags)
{
    size_t at = b->used;

    reserve(b, size);
    if (b->used > b->room) {
        return 0;
    }
    b->table[at + STRUCT_ID] = id;
    b->table[at + STRUCT_VERSION] = 1;
    stw_le_p(b->table + at + STRUCT_LENGTH, size);
    b->table[at + STRUCT_FLAGS] = flags;
    return at;
}

/* Appends @text and describes it at offset @at: length, offset. */
static void add_text(struct builder *b, size_t at, const void *text,
                     size_t length)
{
    size_t start = b->used;

    if (!length) {
        return;
    }
    reserve(b, length + 1);
    if (b->used > b->room) {
        return;
    }
    memcpy(b->table + start, text, length);
    stw_le_p(b->table + at, length);
    stw_le_p(b->table + at + 2, start);
}

static void add_string(struct builder *b, size_t at, const char *text)
{
    size_t length = 0;

    while (text[length]) {
        length++;
    }
    add_text(b, at, text, length);
}

/* IPv4 is written as ::ffff:a.b.c.d; 0.0.0.0 as :: (not given). */
static void put_address(uint8_t *to, const uint8_t ip[4])
{
    if (ldl_be_p(ip)) {
        stw_be_p(to + 10, 0xffff);
        memcpy(to + 12, ip, 4);
    }
}

static uint8_t prefix_length(const uint8_t netmask[4])
{
    uint32_t mask = ldl_be_p(netmask);
    uint8_t bits = 0;

    while (mask) {
        bits++;
        mask <<= 1;
    }
    return bits;
}

static void put_nic(uint8_t *nic, const struct connect_facts *facts)
{
    put_address(nic + NIC_IP, facts->initiator_ip);
    nic[NIC_PREFIX] = prefix_length(facts->netmask);
    nic[NIC_ORIGIN] = ORIGIN_MANUAL;
    put_address(nic + NIC_GATEWAY, facts->gateway);
    stw_le_p(nic + NIC_VLAN, facts->vlan);
    memcpy(nic + NIC_MAC, facts->mac, 6);
    stw_le_p(nic + NIC_BDF, facts->bdf);
}

static void put_target(uint8_t *target, const struct ev_boot_config *config,
                       const struct connect_facts *facts)
{
    static const uint8_t chap_types[] = {
        [EV_AUTH_NONE] = CHAP_NONE,
        [EV_AUTH_CHAP] = CHAP_ONE_WAY,
        [EV_AUTH_MUTUAL_CHAP] = CHAP_MUTUAL,
    };

    put_address(target + TARGET_IP, facts->target_ip);
    stw_le_p(target + TARGET_PORT, facts->target_port);
    memcpy(target + TARGET_LUN, facts->lun, 8);
    target[TARGET_CHAP_TYPE] = chap_types[config->auth];
    target[TARGET_NIC] = 0;
}

static void put_header(struct builder *b)
{
    uint8_t sum = 0;
    size_t i;

    b->table[0] = 'i';
    b->table[1] = 'B';
    b->table[2] = 'F';
    b->table[3] = 'T';
    stl_le_p(b->table + TABLE_LENGTH, b->used);
    b->table[TABLE_REVISION] = 1;
    memcpy(b->table + TABLE_OEM_ID, "NCSIM ", 6);
    memcpy(b->table + TABLE_OEM_TABLE_ID, "NC37xx  ", 8);
    for (i = 0; i < b->used; i++) {
        sum += b->table[i];
    }
    b->table[TABLE_CHECKSUM] = -sum;
}

size_t ibft_build(uint8_t *table, size_t room,
                  const struct ev_boot_config *config,
                  const struct connect_facts *facts)
{
    const uint8_t flags = FLAG_VALID | FLAG_BOOT_SELECTED;
    struct builder b = { table, room, TABLE_SIZE };
    size_t control, initiator, nic, target;

    memset(table, 0, room);
    control = add_struct(&b, ID_CONTROL, CONTROL_SIZE, 0);
    initiator = add_struct(&b, ID_INITIATOR, INITIATOR_SIZE, flags);
    nic = add_struct(&b, ID_NIC, NIC_SIZE, flags);
    target = add_struct(&b, ID_TARGET, TARGET_SIZE, flags);
    if (!target) {
        return 0;
    }
    stw_le_p(table + control + CONTROL_INITIATOR, initiator);
    stw_le_p(table + control + CONTROL_NIC, nic);
    stw_le_p(table + control + CONTROL_TARGET, target);
    add_string(&b, initiator + INITIATOR_NAME, config->initiator_name);
    put_nic(table + nic, facts);
    put_target(table + target, config, facts);
    add_string(&b, target + TARGET_NAME, config->target_name);
    add_string(&b, target + TARGET_CHAP_NAME, config->chap_username);
    add_text(&b, target + TARGET_CHAP_SECRET, config->chap_secret.bytes,
             config->chap_secret.length);
    add_text(&b, target + TARGET_REVERSE_SECRET, config->chap_msecret.bytes,
             config->chap_msecret.length);
    if (b.used > room) {
        return 0;
    }
    put_header(&b);
    return b.used;
}
