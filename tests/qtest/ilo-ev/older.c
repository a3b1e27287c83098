/*
 * ilo-ev: a snapshot of the device as it was first, before its subsections,
 * its channels and its interrupt pin.
 *
 * The section is built here field by field, so that a change of the layout
 * is noticed that saving and loading by the same device would hide.  Only
 * what is QEMU's own, the PCI device in front, is taken from a stream.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "qemu/module.h"
#include "hw/pci/pci_regs.h"
#include "folder.h"
#include "ncsim/post_codes.h"

#define SECTION_NAME "0000:00:05.0/ilo-ev"
#define SECTION_FOOTER 0x7e
#define PCI_VERSION_SIZE 4
#define PCI_STATE_SIZE (PCI_VERSION_SIZE + 256 + 4 * 4)
#define PAYLOAD_SIZE (65536 - 64)

/* Behind the name: instance and version. */
static size_t find_section(const GByteArray *stream, uint8_t footer[5])
{
    const uint8_t *name = memmem(stream->data, stream->len, SECTION_NAME,
                                 strlen(SECTION_NAME));

    g_assert_nonnull(name);
    g_assert_cmphex(name[-1], ==, strlen(SECTION_NAME));
    footer[0] = SECTION_FOOTER;
    memcpy(footer + 1, name - 5, 4);
    return name - stream->data + strlen(SECTION_NAME) + 8;
}

static void put_be32(GByteArray *out, uint32_t value)
{
    uint8_t bytes[4];

    stl_be_p(bytes, value);
    g_byte_array_append(out, bytes, sizeof(bytes));
}

/* @size bytes that begin with @data and are zero then. */
static void put_padded(GByteArray *out, const void *data, size_t used,
                       size_t size)
{
    guint start = out->len;

    g_byte_array_set_size(out, start + size);
    memset(out->data + start, 0, size);
    memcpy(out->data + start, data, used);
}

static size_t add_record(uint8_t *payload, const char *name,
                         const char *value)
{
    size_t length = strlen(value);

    memcpy(payload, name, strlen(name));
    stw_le_p(payload + EV_NAME_SIZE, length);
    memcpy(payload + EV_NAME_SIZE + 2, value, length);
    return EV_NAME_SIZE + 2 + length;
}

static void put_store(GByteArray *out)
{
    g_autofree uint8_t *payload = g_malloc0(PAYLOAD_SIZE);
    size_t used = add_record(payload, "CQHORD", "first");

    used += add_record(payload + used, "CQTISCSI", "second");
    put_be32(out, 0);               /* generation, 64 bits */
    put_be32(out, 7);
    put_be32(out, 1);               /* slot */
    put_be32(out, used);
    put_be32(out, 2);               /* records */
    put_padded(out, payload, used, PAYLOAD_SIZE);
}

/* One stage was seen, and half of the next. */
static void put_post(GByteArray *out)
{
    static const uint8_t before[] = { 0, POST_FRAME };
    static const uint8_t stages[] = { POST_INT13 };

    g_byte_array_append(out, before, sizeof(before));
    put_be32(out, 1);
    put_padded(out, stages, sizeof(stages), 16);
}

/* The first half of a packet. */
static void put_mailbox(GByteArray *out)
{
    static const uint8_t half[] = { 8, 0, 0x77, 0x77 };

    put_be32(out, 0);               /* status */
    put_be32(out, sizeof(half));    /* length */
    put_be32(out, sizeof(half));    /* pointer */
    put_be32(out, 0);               /* is the length given? */
    put_padded(out, half, sizeof(half), ILO_PACKET_MAX);
    put_padded(out, half, 0, ILO_PACKET_MAX);
}

/* A PCI function with one BAR and no pin. */
static void put_pci(GByteArray *out, const uint8_t *state)
{
    guint config = out->len + PCI_VERSION_SIZE;

    g_byte_array_append(out, state, PCI_STATE_SIZE);
    memset(out->data + config + PCI_BASE_ADDRESS_1, 0, 12);
    out->data[config + PCI_INTERRUPT_PIN] = 0;
}

/* The stream of @folder, with the section of ilo-ev as it once was. */
static void make_older(Folder *folder)
{
    g_autoptr(GByteArray) stream = g_byte_array_new();
    g_autoptr(GByteArray) older = g_byte_array_new();
    uint8_t footer[5];
    size_t size, section;
    char *data = read_file(folder->stream, &size);
    const uint8_t *end;

    g_byte_array_append(stream, (uint8_t *)data, size);
    g_free(data);
    section = find_section(stream, footer);
    end = memmem(stream->data + section + PCI_STATE_SIZE,
                 stream->len - section - PCI_STATE_SIZE, footer,
                 sizeof(footer));
    g_assert_nonnull(end);
    g_byte_array_append(older, stream->data, section);
    put_pci(older, stream->data + section);
    put_store(older);
    put_post(older);
    put_mailbox(older);
    g_byte_array_append(older, end, stream->data + stream->len - end);
    write_file(folder->stream, (char *)older->data, older->len);
}

static void expect_first_values(IloEvMachine *machine)
{
    uint8_t reply[ILO_PACKET_MAX];

    expect_ev(machine, "CQHORD", "first");
    expect_ev(machine, "CQTISCSI", "second");
    g_assert_cmpuint(ilo_ev_command(&machine->ilo, SMIF_STATUS, reply), ==,
                     SMIF_OK);
    g_assert_cmpuint(ldl_le_p(reply + SMIF_STATUS_LAST_EVENT), ==, 0);
}

static void test_older(void *obj, void *data, QGuestAllocator *alloc)
{
    Folder *folder = folder_new();
    IloEvMachine *machine = boot_with_drive(folder, "");

    save(machine, folder);
    ilo_ev_shut_down(machine);
    make_older(folder);

    machine = boot_with_drive(folder, " -incoming defer");
    g_assert_true(restore(machine, folder));
    expect_halves_go_on(machine);
    expect_first_values(machine);
    g_assert_cmphex(qpci_config_readb(&machine->ilo.dev, PCI_INTERRUPT_PIN),
                    ==, 1);
    g_assert_cmpuint(ilo_ev_set(&machine->ilo, "CQHORD", "third"), ==,
                     SMIF_OK);
    ilo_ev_shut_down(machine);

    machine = boot_with_drive(folder, "");
    expect_ev(machine, "CQHORD", "third");
    expect_ev(machine, "CQTISCSI", "second");
    ilo_ev_shut_down(machine);
    folder_free(folder);
}

static const IloEvTest tests[] = {
    { "snapshot_of_the_first_device_is_loaded", test_older },
};

static void register_tests(void)
{
    ilo_ev_add_tests(tests, ARRAY_SIZE(tests));
}

libqos_init(register_tests);
