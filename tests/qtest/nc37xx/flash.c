/*
 * NC37xx adapters: the drive that keeps the NVRAM.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include <glib/gstdio.h>
#include "qemu/bswap.h"
#include "qemu/module.h"
#include "qobject/qdict.h"
#include "libqos/pci-pc.h"
#include "standard-headers/linux/pci_regs.h"
#include "libnc37xx.h"

#define MAC "00:17:08:0a:0b:0c"
#define MAC_LOWER 0x080a0b0c
#define MAC_WORD (NVRAM_MANUFACTURING + 0x30)
#define SPARE_WORD (NVRAM_IMAGES + 0x8000)

/*
 * The image, and machines that have it in turn
 */

typedef struct Image {
    char *path;
    uint8_t *bytes;             /* from image_read() on */
    size_t size;
} Image;

static Image *image_new(uint8_t fill, size_t size)
{
    Image *image = g_new0(Image, 1);
    int fd = g_file_open_tmp("nc37xx-XXXXXX.nvram", &image->path, NULL);

    g_assert_cmpint(fd, >=, 0);
    close(fd);
    image->size = size;
    image->bytes = g_malloc(size);
    memset(image->bytes, fill, size);
    g_assert_true(g_file_set_contents(image->path, (char *)image->bytes, size,
                                      NULL));
    return image;
}

static void image_read(Image *image)
{
    gsize size;

    g_free(image->bytes);
    g_assert_true(g_file_get_contents(image->path, (char **)&image->bytes,
                                      &size, NULL));
    g_assert_cmpuint(size, ==, image->size);
}

static void image_write(Image *image)
{
    g_assert_true(g_file_set_contents(image->path, (char *)image->bytes,
                                      image->size, NULL));
}

static uint32_t image_word(Image *image, uint32_t offset)
{
    image_read(image);
    return ldl_be_p(image->bytes + offset);
}

static void image_free(Image *image)
{
    g_unlink(image->path);
    g_free(image->path);
    g_free(image->bytes);
    g_free(image);
}

/*
 * A machine that has the adapter and the image.  @how is for the block
 * device, @with for the adapter, @more for QEMU.
 */
static QNc37xx *machine_new(QNc37xx *nc, const Image *image, const char *how,
                            const char *with, const char *more)
{
    QNc37xx *machine = g_memdup2(nc, sizeof(*nc));

    machine->qts = qtest_initf("-M pc -nodefaults -blockdev driver=raw,"
                               "node-name=nv,%sfilename=%s -device %s,id="
                               NC37XX_ID ",addr=4,nvram=nv,%s %s", how,
                               image->path, nc->facts->type, with, more);
    machine->dev.bus = qpci_new_pc(machine->qts, NULL);
    return machine;
}

static QNc37xx *machine_start(QNc37xx *nc, const Image *image,
                              const char *how, const char *with)
{
    QNc37xx *machine = machine_new(nc, image, how, with, "");

    qpci_device_enable(&machine->dev);
    machine->bar = qpci_iomap(&machine->dev, 0, NULL);
    return machine;
}

static void machine_end(QNc37xx *machine)
{
    qpci_free_pc(machine->dev.bus);
    qtest_quit(machine->qts);
    g_free(machine);
}

#define PLAIN "file.driver=file,file."
#define READ_ONLY "read-only=on,file.driver=file,file."
/* The n-th kind of access fails with this error, once or always. */
#define BROKEN(event, error, once)                                           \
    "file.driver=blkdebug,file.inject-error.0.event=" event                  \
    ",file.inject-error.0.errno=" error                                      \
    ",file.inject-error.0.once=" once                                        \
    ",file.image.driver=file,file.image."

/* One that was made by an adapter with MAC, and no machine has any more. */
static Image *image_made(QNc37xx *nc)
{
    Image *image = image_new(0, nc->facts->nvm_size);

    machine_end(machine_start(nc, image, PLAIN, "bootrom=,mac=" MAC));
    return image;
}

/*
 * Tests
 */

static void is_made(QNc37xx *nc, uint8_t blank)
{
    Image *image = image_new(blank, nc->facts->nvm_size);
    QNc37xx *machine;

    machine = machine_start(nc, image, PLAIN,
                            "bootrom=,serial=FIRST,mac=" MAC);
    g_assert_cmphex(nc37xx_shm_read(machine, SHM_MAC_LOWER), ==, MAC_LOWER);
    machine_end(machine);
    g_assert_cmphex(image_word(image, NVRAM_MAGIC), ==, NVRAM_MAGIC_VALUE);
    g_assert_cmphex(image_word(image, MAC_WORD), ==, MAC_LOWER);
    machine = machine_start(nc, image, PLAIN, "bootrom=,serial=SECOND");
    g_assert_cmphex(nc37xx_shm_read(machine, SHM_MAC_LOWER), ==, MAC_LOWER);
    machine_end(machine);
    image_free(image);
}

static void zeroes(QNc37xx *nc)
{
    is_made(nc, 0x00);
}

static void ones(QNc37xx *nc)
{
    is_made(nc, 0xff);
}

static void second_serial(QNc37xx *nc)
{
    Image *image = image_made(nc);
    g_autofree uint8_t *before = NULL;

    image_read(image);
    before = g_memdup2(image->bytes, image->size);
    machine_end(machine_start(nc, image, PLAIN,
                              "bootrom=no-such-file.rom,serial=X,part=Y"));
    image_read(image);
    g_assert_cmpmem(before, image->size, image->bytes, image->size);
    image_free(image);
}

static void power_cycle(QNc37xx *nc)
{
    Image *image = image_made(nc);
    QNc37xx *machine = machine_start(nc, image, PLAIN, "bootrom=");

    nc37xx_nvm_unlock(machine, true);
    nc37xx_nvm_write(machine, SPARE_WORD, 0x12345678);
    g_assert_cmphex(image_word(image, SPARE_WORD), ==, 0x12345678);
    nc37xx_nvm_write(machine, SPARE_WORD + 0x1000, 0x9abcdef0);
    g_assert_cmphex(image_word(image, SPARE_WORD + 0x1000), ==, 0x9abcdef0);
    machine_end(machine);
    machine = machine_start(nc, image, PLAIN, "bootrom=");
    g_assert_cmphex(nc37xx_nvm_read(machine, SPARE_WORD), ==, 0x12345678);
    g_assert_cmphex(nc37xx_nvm_read(machine, SPARE_WORD + 0x1000), ==,
                    0x9abcdef0);
    machine_end(machine);
    image_free(image);
}

static void product_data(QNc37xx *nc)
{
    Image *image = image_made(nc);
    QNc37xx *machine = machine_start(nc, image, PLAIN, "bootrom=");
    const uint16_t last = NVRAM_VPD_SIZE - 4;

    qpci_config_writel(&machine->dev, NC37XX_CAP_VPD + 4, 0x11223344);
    qpci_config_writew(&machine->dev, NC37XX_CAP_VPD + PCI_VPD_ADDR,
                       last | PCI_VPD_ADDR_F);
    g_assert_cmphex(image_word(image, NVRAM_VPD + last), ==, 0x11223344);
    machine_end(machine);
    image_free(image);
}

/* The part programs when it is deselected, not word by word. */
static void half_a_page(QNc37xx *nc)
{
    const uint32_t command = R_NVM_COMMAND_WR_MASK |
                             R_NVM_COMMAND_FIRST_MASK;
    Image *image = image_made(nc);
    QNc37xx *machine = machine_start(nc, image, PLAIN, "bootrom=");

    nc37xx_nvm_unlock(machine, true);
    nc37xx_nvm_access(machine, R_NVM_COMMAND_WREN_MASK, 0, 0);
    nc37xx_nvm_access(machine, command, 0x10000, 0x12345678);
    g_assert_cmphex(nc37xx_read(machine, A_NVM_ADDR), ==, 0x10004);
    image_read(image);
    g_assert_null(memmem(image->bytes, image->size, "\x12\x34\x56\x78", 4));
    qtest_system_reset(machine->qts);
    image_read(image);
    g_assert_nonnull(memmem(image->bytes, image->size, "\x12\x34\x56\x78",
                            4));
    machine_end(machine);
    image_free(image);
}

static void expect_network(QNc37xx *machine, const char *said)
{
    g_autofree char *got = qtest_hmp(machine->qts, "info network");

    g_assert_nonnull(strstr(got, said));
}

static void other_mac(QNc37xx *nc)
{
    Image *image = image_made(nc);
    QNc37xx *machine = machine_start(nc, image, PLAIN,
                                     "bootrom=,mac=52:54:00:11:22:33");

    g_assert_cmphex(nc37xx_shm_read(machine, SHM_MAC_LOWER), ==, MAC_LOWER);
    expect_network(machine, MAC);
    machine_end(machine);
    image_free(image);
}

/* CRC-32, as the blocks have it at their end. */
static uint32_t crc32(const uint8_t *data, size_t size)
{
    uint32_t crc = ~0u;

    for (size_t i = 0; i < size * 8; i++) {
        uint32_t feedback = (crc ^ data[i / 8] >> i % 8) & 1;

        crc = crc >> 1 ^ (feedback ? 0xedb88320 : 0);
    }
    return ~crc;
}

static void image_seal(Image *image, uint32_t first, uint32_t end)
{
    stl_le_p(image->bytes + end, crc32(image->bytes + first, end - first));
    image_write(image);
}

static void written_mac(QNc37xx *nc)
{
    Image *image = image_made(nc);
    QNc37xx *machine = machine_start(nc, image, PLAIN, "bootrom=");
    uint8_t block[NVRAM_BLOCK_SIZE];

    nc37xx_nvm_unlock(machine, true);
    nc37xx_nvm_write(machine, MAC_WORD, 0x08aabbcc);
    nc37xx_nvm_bytes(machine, NVRAM_MANUFACTURING, block, sizeof(block));
    nc37xx_nvm_write(machine, NVRAM_MANUFACTURING + NVRAM_BLOCK_CRC,
                     bswap32(crc32(block, NVRAM_BLOCK_CRC)));
    expect_network(machine, MAC);
    nc37xx_core_reset(machine);
    expect_network(machine, "00:17:08:aa:bb:cc");
    machine_end(machine);
    machine = machine_start(nc, image, PLAIN, "bootrom=");
    expect_network(machine, "00:17:08:aa:bb:cc");
    machine_end(machine);
    image_free(image);
}

static void damaged_board(QNc37xx *nc)
{
    Image *image = image_made(nc);
    QNc37xx *machine;

    image_read(image);
    image->bytes[MAC_WORD] ^= 1;
    image_write(image);
    machine = machine_start(nc, image, PLAIN, "bootrom=");
    nc37xx_expect_alive(machine);
    g_assert_cmphex(nc37xx_shm_read(machine, SHM_DEV_INFO_SIGNATURE) &
                    0xffffff00, !=, SHM_DEV_INFO_SIGNATURE_VALUE);
    g_assert_cmphex(nc37xx_nvm_read(machine, NVRAM_MAGIC), ==,
                    NVRAM_MAGIC_VALUE);
    machine_end(machine);
    image_free(image);
}

static void random_image(QNc37xx *nc)
{
    GRand *random = g_rand_new_with_seed(1);
    Image *image = image_new(0, nc->facts->nvm_size);
    QNc37xx *machine;

    for (size_t i = 0; i < image->size; i++) {
        image->bytes[i] = g_rand_int(random);
    }
    image_write(image);
    machine = machine_start(nc, image, PLAIN, "bootrom=");
    nc37xx_expect_alive(machine);
    for (uint32_t at = 0; at < image->size; at += 0x3fc) {
        g_assert_cmphex(nc37xx_nvm_read(machine, at & ~3u), ==,
                        (uint32_t)ldl_be_p(image->bytes + (at & ~3u)));
    }
    machine_end(machine);
    image_free(image);
    g_rand_free(random);
}

/* An entry that leads out of the part, under a CRC that is right. */
static void wild_directory(QNc37xx *nc)
{
    Image *image = image_made(nc);
    QNc37xx *machine;

    image_read(image);
    stl_be_p(image->bytes + NVRAM_DIRECTORY + NVRAM_ENTRY_ATTRIBUTE,
             NVRAM_TYPE_ISCSI_BOOT << NVRAM_TYPE_SHIFT | 0x1000);
    stl_be_p(image->bytes + NVRAM_DIRECTORY + NVRAM_ENTRY_OFFSET,
             image->size - 4);
    image_seal(image, NVRAM_DIRECTORY, NVRAM_DIRECTORY_CRC);
    machine = machine_start(nc, image, PLAIN, "bootrom=");
    g_assert_cmphex(nc37xx_shm_read(machine, SHM_MAC_LOWER), ==, MAC_LOWER);
    machine_end(machine);
    image_free(image);
}

/* Neither the guest nor QEMU is stopped by a write that fails. */
static void expect_write_refused(QNc37xx *machine, Image *image)
{
    uint32_t before = nc37xx_nvm_read(machine, SPARE_WORD);

    nc37xx_nvm_unlock(machine, true);
    nc37xx_nvm_write(machine, SPARE_WORD, ~before);
    g_assert_cmphex(nc37xx_nvm_read(machine, SPARE_WORD), ==, before);
    g_assert_cmphex(image_word(image, SPARE_WORD), ==, before);
    qtest_system_reset(machine->qts);
    qpci_device_enable(&machine->dev);
    qpci_config_writel(&machine->dev, PCI_BASE_ADDRESS_0, machine->bar.addr);
    g_assert_cmphex(nc37xx_shm_read(machine, SHM_MAC_LOWER), ==, MAC_LOWER);
}

static void read_only(QNc37xx *nc)
{
    Image *image = image_made(nc);
    QNc37xx *machine = machine_start(nc, image, READ_ONLY, "bootrom=");

    expect_write_refused(machine, image);
    machine_end(machine);
    image_free(image);
}

static void write_error(QNc37xx *nc)
{
    static const char *const drives[] = {
        BROKEN("write_aio", "5", "off"),          /* I/O error */
        BROKEN("write_aio", "28", "off"),         /* no space left */
    };

    for (size_t i = 0; i < ARRAY_SIZE(drives); i++) {
        Image *image = image_made(nc);
        QNc37xx *machine = machine_start(nc, image, drives[i], "bootrom=");

        expect_write_refused(machine, image);
        machine_end(machine);
        image_free(image);
    }
}

static void passing_error(QNc37xx *nc)
{
    Image *image = image_made(nc);
    QNc37xx *machine = machine_start(nc, image,
                                     BROKEN("write_aio", "28", "on"),
                                     "bootrom=");
    uint32_t value = 0x12345678;

    nc37xx_nvm_unlock(machine, true);
    /* Erasing, which comes first on parts that need it, is what fails. */
    nc37xx_nvm_write(machine, SPARE_WORD, 0);
    nc37xx_nvm_write(machine, SPARE_WORD, value);
    g_assert_cmphex(nc37xx_nvm_read(machine, SPARE_WORD), ==, value);
    g_assert_cmphex(image_word(image, SPARE_WORD), ==, value);
    machine_end(machine);
    image_free(image);
}

/*
 * What is refused at the start
 */

static void expect_refused(QNc37xx *nc, const Image *image, const char *how,
                           int rombar, const char *said)
{
    g_autofree char *drive = g_strdup_printf("driver=raw,node-name=bad,%s"
                                             "filename=%s", how,
                                             image->path);
    QTestState *qts = qtest_initf("-M pc -nodefaults -blockdev %s", drive);
    g_autoptr(QDict) response = qtest_qmp(qts,
        "{'execute': 'device_add', 'arguments': {'driver': %s, 'id': 'bad',"
        " 'nvram': 'bad', 'bootrom': '', 'rombar': %d}}", nc->facts->type,
        rombar);
    const char *got;

    g_assert_true(qdict_haskey(response, "error"));
    got = qdict_get_str(qdict_get_qdict(response, "error"), "desc");
    if (!strstr(got, said)) {
        g_test_message("said: %s", got);
        g_test_fail();
    }
    qtest_quit(qts);
}

static void wrong_size(QNc37xx *nc)
{
    g_autofree char *wanted = g_strdup_printf("has %u: make",
                                              nc->facts->nvm_size);
    Image *image = image_new(0, 131072);

    expect_refused(nc, image, PLAIN, 1, "131072 bytes");
    expect_refused(nc, image, PLAIN, 1, wanted);
    image_free(image);
    image = image_new(0, nc->facts->nvm_size + 512);
    expect_refused(nc, image, PLAIN, 1, wanted);
    image_free(image);
}

static void unreadable(QNc37xx *nc)
{
    Image *image = image_made(nc);

    expect_refused(nc, image, BROKEN("read_aio", "5", "off"), 1,
                   "cannot read the nvram drive: Input/output error");
    image_free(image);
}

static void cannot_be_made(QNc37xx *nc)
{
    Image *image = image_new(0, nc->facts->nvm_size);

    expect_refused(nc, image, READ_ONLY, 1, "cannot make an NVRAM image in "
                   "the empty nvram drive: Read-only file system");
    expect_refused(nc, image, BROKEN("write_aio", "28", "off"), 1,
                   "empty nvram drive: No space left on device");
    image_free(image);
}

static void shared_drive(QNc37xx *nc)
{
    Image *image = image_made(nc);
    QNc37xx *machine = machine_start(nc, image, PLAIN, "bootrom=");
    g_autoptr(QDict) response = qtest_qmp(machine->qts,
        "{'execute': 'device_add', 'arguments': {'driver': %s, 'id': 'bad',"
        " 'nvram': 'nv', 'bootrom': ''}}", nc->facts->type);

    g_assert_true(qdict_haskey(response, "error"));
    nc37xx_expect_alive(machine);
    machine_end(machine);
    image_free(image);
}

/*
 * Unplugging and migration
 */

static void unplugged(QNc37xx *nc)
{
    Image *image = image_made(nc);
    QNc37xx *machine = machine_start(nc, image, PLAIN, "bootrom=");

    qtest_qmp_device_del_send(machine->qts, NC37XX_ID);
    qtest_outl(machine->qts, 0xae08, 1 << 4);
    qtest_qmp_eventwait(machine->qts, "DEVICE_DELETED");
    qtest_qmp_assert_success(machine->qts, "{'execute': 'device_add', "
                             "'arguments': {'driver': %s, 'id': 'nic', "
                             "'addr': '4', 'nvram': 'nv', 'bootrom': ''}}",
                             nc->facts->type);
    expect_network(machine, MAC);
    machine_end(machine);
    image_free(image);
}

static void migrate(QNc37xx *from, QNc37xx *to)
{
    g_autofree char *path = NULL, *uri = NULL;
    int fd = g_file_open_tmp("nc37xx-XXXXXX.stream", &path, NULL);

    g_assert_cmpint(fd, >=, 0);
    close(fd);
    uri = g_strdup_printf("file:%s", path);
    qtest_qmp_assert_success(from->qts, "{'execute': 'migrate', "
                             "'arguments': {'uri': %s}}", uri);
    g_assert_true(nc37xx_migration_done(from));
    qtest_qmp_assert_success(to->qts, "{'execute': 'migrate-incoming', "
                             "'arguments': {'uri': %s}}", uri);
    g_assert_true(nc37xx_migration_done(to));
    qtest_qmp_eventwait(to->qts, "RESUME");
    g_unlink(path);
}

/* The other machine's drive is another, and empty. */
static void migrated(QNc37xx *nc)
{
    Image *image = image_made(nc);
    Image *other = image_new(0, nc->facts->nvm_size);
    QNc37xx *from = machine_start(nc, image, PLAIN, "bootrom=");
    QNc37xx *to;

    nc37xx_nvm_unlock(from, true);
    nc37xx_nvm_write(from, SPARE_WORD, 0x12345678);
    to = machine_new(nc, other, PLAIN, "bootrom=", "-incoming defer");
    g_assert_cmphex(image_word(other, NVRAM_MAGIC), ==, 0);
    to->bar = from->bar;
    migrate(from, to);
    g_assert_cmphex(nc37xx_nvm_read(to, SPARE_WORD), ==, 0x12345678);
    expect_network(to, MAC);
    image_read(other);
    g_assert_cmphex(image_word(other, SPARE_WORD), ==, 0x12345678);
    nc37xx_nvm_unlock(to, true);
    nc37xx_nvm_write(to, SPARE_WORD + 0x1000, 0x9abcdef0);
    machine_end(to);
    machine_end(from);
    image_read(image);
    stl_be_p(image->bytes + SPARE_WORD + 0x1000, 0x9abcdef0);
    image_read(other);
    g_assert_cmphex(image_word(other, SPARE_WORD), ==, 0x12345678);
    g_assert_cmphex(image_word(image, SPARE_WORD + 0x1000), ==, 0xffffffff);
    g_assert_cmphex(image_word(other, SPARE_WORD + 0x1000), ==, 0x9abcdef0);
    g_assert_cmpmem(image->bytes, SPARE_WORD, other->bytes, SPARE_WORD);
    image_free(image);
    image_free(other);
}

static const Nc37xxCase cases[] = {
    { "an_image_of_zeroes_is_made", zeroes },
    { "an_image_of_ones_is_made", ones },
    { "an_image_that_is_there_is_left_as_it_is", second_serial },
    { "what_is_written_is_there_after_a_power_cycle", power_cycle },
    { "product_data_written_through_the_capability_reach_it", product_data },
    { "a_page_is_written_when_it_ends_or_at_a_reset", half_a_page },
    { "the_mac_address_of_the_image_counts", other_mac },
    { "a_mac_address_that_is_written_is_the_networks_too", written_mac },
    { "a_damaged_board_block_does_not_stop_the_device", damaged_board },
    { "a_random_image_does_not_stop_the_device", random_image },
    { "a_directory_that_leads_outside_does_no_harm", wild_directory },
    { "writes_to_a_read_only_drive_are_refused", read_only },
    { "writes_that_fail_are_refused", write_error },
    { "writes_work_again_when_the_drive_does", passing_error },
    { "a_drive_of_the_wrong_size_is_refused_with_both_sizes", wrong_size },
    { "a_drive_that_cannot_be_read_is_refused", unreadable },
    { "an_empty_drive_that_cannot_be_written_is_refused", cannot_be_made },
    { "two_adapters_cannot_have_the_same_drive", shared_drive },
    { "an_adapter_that_returns_finds_its_nvram", unplugged },
    { "a_migration_brings_its_nvram_to_the_drive_there", migrated },
};

static void register_tests(void)
{
    nc37xx_register_cases("flash", cases, ARRAY_SIZE(cases));
}

libqos_init(register_tests);
