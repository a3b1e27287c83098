/*
 * The chip and the computer round it, saved and restored.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "io/channel-buffer.h"
#include "qemu/error-report.h"
#include "monitor/monitor.h"
#include "../migration/qemu-file.h"
#include "../migration/savevm.h"
#include "nc37xx-vmstate.h"
#include "vmstate-stream.h"

/* What QEMU says of thousands of streams, in place of its stub. */
int error_vprintf(const char *format, va_list arguments)
{
    return 0;
}

int error_vprintf_unless_qmp(const char *format, va_list arguments)
{
    return 0;
}

/* The same numbers in each run: a failure comes back. */
uint32_t draw(uint32_t *state, uint32_t below)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return (uint64_t)*state * below >> 32;
}

Stream stream_save(void)
{
    QIOChannelBuffer *channel = qio_channel_buffer_new(1 << 20);
    QEMUFile *f = qemu_file_new_output(QIO_CHANNEL(channel));
    Stream stream;

    CU_ASSERT_EQUAL_FATAL(vmstate_save_state(f, &nc37xx_vmstate_chip,
                                             &card.nc, NULL), 0);
    qemu_put_byte(f, QEMU_VM_EOF);      /* what comes next is looked at */
    CU_ASSERT_EQUAL_FATAL(qemu_fflush(f), 0);
    stream.size = channel->usage;
    stream.bytes = g_memdup2(channel->data, stream.size);
    qemu_fclose(f);
    object_unref(OBJECT(channel));
    return stream;
}

bool stream_load(const uint8_t *bytes, size_t size)
{
    QIOChannelBuffer *channel = qio_channel_buffer_new(size + 1);
    QEMUFile *f = qemu_file_new_input(QIO_CHANNEL(channel));
    int error;

    memcpy(channel->data, bytes, size);
    channel->usage = size;
    error = vmstate_load_state(f, &nc37xx_vmstate_chip, &card.nc, 1);
    qemu_fclose(f);
    object_unref(OBJECT(channel));
    return !error;
}

void chip_forget(void)
{
    memset(&card.nc.carrier, 0xa5, sizeof(card.nc) -
           offsetof(Nc37xx, carrier));
}

Leaf leaves[LEAVES_MAX];
unsigned leaf_count;

static size_t find(const VMStateDescription *vmsd, size_t at)
{
    const unsigned known = VMS_SINGLE | VMS_ARRAY | VMS_STRUCT | VMS_BUFFER;
    const VMStateField *field;
    unsigned i, count;

    for (field = vmsd->fields; field->name; field++) {
        CU_ASSERT_EQUAL_FATAL(field->flags & ~known, 0);
        count = field->flags & VMS_ARRAY ? field->num : 1;
        if (field->flags & VMS_STRUCT) {
            for (i = 0; i < count; i++) {
                at = find(field->vmsd, at);
            }
            continue;
        }
        CU_ASSERT_TRUE_FATAL(leaf_count < LEAVES_MAX);
        leaves[leaf_count++] = (Leaf) { field->name, at,
                                        field->size * count };
        at += field->size * count;
    }
    return at;
}

size_t leaves_find(void)
{
    leaf_count = 0;
    return find(&nc37xx_vmstate_chip, 0);
}

/* Everything behind the chip. */
#define COMPUTER offsetof(struct card, memory)
QEMU_BUILD_BUG_ON(COMPUTER < sizeof(Nc37xx));

struct card *computer_save(void)
{
    card_sent_forget();
    return g_memdup2(&card, sizeof(card));
}

void computer_restore(const struct card *computer)
{
    card_sent_forget();
    memcpy((uint8_t *)&card + COMPUTER, (const uint8_t *)computer + COMPUTER,
           sizeof(card) - COMPUTER);
}
