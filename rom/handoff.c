/*
 * The handoff block: configured values and what was really used, for the
 * operating system (docs/specs/handoff.rst).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include <stdarg.h>

#include "qemu/osdep.h"
#include "connect.h"
#include "ev-core/ev.h"
#include "format.h"
#include "handoff.h"

#define SECTOR_SIZE 512
#define VALUE_MAX 32                /* the longest is 20 digits */

struct value {
    char text[VALUE_MAX];
    size_t length;
};

static void put(void *opaque, char c)
{
    struct value *value = opaque;

    if (value->length < VALUE_MAX) {
        value->text[value->length++] = c;
    }
}

static void add(struct ev_writer *writer, const char *name,
                const char *text, ...)
{
    struct value value = { .length = 0 };
    va_list args;

    va_start(args, text);
    format(put, &value, text, args);
    va_end(args);
    ev_writer_add(writer, name,
                  (struct ev_slice) { value.text, value.length });
}

static void add_hex(struct ev_writer *writer, const char *name,
                    const uint8_t *bytes, size_t count)
{
    static const char digits[] = "0123456789abcdef";
    struct value value = { .length = 0 };
    size_t i;

    for (i = 0; i < count; i++) {
        put(&value, digits[bytes[i] >> 4]);
        put(&value, digits[bytes[i] & 15]);
    }
    ev_writer_add(writer, name,
                  (struct ev_slice) { value.text, value.length });
}

/* @number /= 10 without 64-bit division; returns the last digit. */
static char last_digit(uint64_t *number)
{
    uint64_t quotient = 0;
    uint32_t rest = 0;
    int shift;

    for (shift = 48; shift >= 0; shift -= 16) {
        rest = rest << 16 | (uint16_t)(*number >> shift);
        quotient |= (uint64_t)(rest / 10) << shift;
        rest %= 10;
    }
    *number = quotient;
    return '0' + rest;
}

static void add_decimal(struct ev_writer *writer, const char *name,
                        uint64_t number)
{
    char text[VALUE_MAX];
    char *start = text + sizeof(text);

    do {
        *--start = last_digit(&number);
    } while (number);
    ev_writer_add(writer, name,
                  (struct ev_slice) { start, text + sizeof(text) - start });
}

/* The LUN's own blocks; block sizes are powers of two from 512. */
static uint64_t blocks(const struct connect_facts *facts)
{
    uint64_t count = facts->sectors;
    uint32_t size;

    for (size = SECTOR_SIZE; size < facts->block_size; size *= 2) {
        count >>= 1;
    }
    return count;
}

size_t handoff_build(uint8_t *block, size_t room, struct ev_slice configured,
                     const struct connect_facts *facts)
{
    struct ev_writer writer;

    ev_writer_init(&writer, block, room);
    ev_writer_add_configured(&writer, configured);
    add(&writer, "Active.TargetIP", "%I", facts->target_ip);
    add(&writer, "Active.TargetPort", "%u", facts->target_port);
    add(&writer, "Active.InitiatorMAC", "%M", facts->mac);
    add(&writer, "Active.PCI", "%02x:%02x.%u", pci_bus(facts->bdf),
        pci_device(facts->bdf), pci_function(facts->bdf));
    add(&writer, "Active.Gateway", "%I", facts->gateway);
    add_hex(&writer, "Active.ISID", facts->isid, sizeof(facts->isid));
    add(&writer, "Active.TPGT", "%u", facts->tpgt);
    add_hex(&writer, "Active.LUN", facts->lun, sizeof(facts->lun));
    add(&writer, "Active.BlockSize", "%u", facts->block_size);
    add_decimal(&writer, "Active.Blocks", blocks(facts));
    ev_writer_add_string(&writer, "Active.RomVersion", ROM_VERSION);
    return ev_writer_seal(&writer, ENVELOPE_MAGIC_HANDOFF);
}
