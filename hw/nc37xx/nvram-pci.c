/*
 * HP NC37xx network adapter: content of the NVRAM, and the boot ROM in it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/datadir.h"
#include "qemu/error-report.h"
#include "qapi/error.h"
#include "hw/pci/pci.h"
#include "nc37xx-pci.h"
#include "nvram.h"

#define DEFAULT_BOOTROM "nc37xx-iscsi.rom"

static bool bootrom_load(Nc37xxPciState *s, char **content, size_t *size,
                         Error **errp)
{
    const char *name = s->bootrom ?: DEFAULT_BOOTROM;
    g_autofree char *path = NULL;
    g_autoptr(GError) error = NULL;

    if (!*name) {
        return true;
    }
    path = qemu_find_file(QEMU_FILE_TYPE_BIOS, name);
    if (!path) {
        error_setg(errp, "boot ROM '%s' not found", name);
        error_append_hint(errp, "Name another with bootrom=FILE, or none "
                          "with bootrom= (empty).\n");
        return false;
    }
    if (!g_file_get_contents(path, content, size, &error)) {
        error_setg(errp, "boot ROM: %s", error->message);
        return false;
    }
    return true;
}

/* Without serial= the address serves: it is as unique. */
static char *serial_number(const Nc37xxPciState *s)
{
    const uint8_t *mac = s->conf.macaddr.a;

    return s->serial ? g_strdup(s->serial) :
           g_strdup_printf("%02X%02X%02X%02X%02X%02X", mac[0], mac[1],
                           mac[2], mac[3], mac[4], mac[5]);
}

bool nc37xx_nvram_fill(Nc37xxPciState *s, Error **errp)
{
    const Nc37xxModel *model = s->nc.model;
    g_autofree char *serial = serial_number(s);
    g_autofree char *rom = NULL;
    size_t rom_size = 0;
    NvramContent content;

    if (!bootrom_load(s, &rom, &rom_size, errp)) {
        return false;
    }
    if (rom && !PCI_DEVICE(s)->rom_bar) {
        error_setg(errp, "rombar=0, but the adapter's boot ROM is in its "
                   "NVRAM");
        error_append_hint(errp, "Use bootrom= (empty) for none.\n");
        return false;
    }
    content = (NvramContent) {
        .mac = s->conf.macaddr.a,
        .serial = serial,
        .part_number = s->part_number ?: model->part_number,
        .rom = (const uint8_t *)rom,
        .rom_size = rom_size,
    };
    switch (nvram_build(s->nc.nvram, model, &content)) {
    case NVRAM_OK:
        return true;
    case NVRAM_ROM_TOO_LARGE:
        error_setg(errp, "boot ROM of %zu bytes is too large: %u fit",
                   rom_size, NC37XX_EXP_ROM_BYTES);
        return false;
    case NVRAM_ROM_NOT_PCI:
        error_setg(errp, "boot ROM is no PCI expansion ROM");
        return false;
    }
    return false;
}

/* An image that was written to the NVRAM shows after the next reset. */
void nc37xx_rom_refresh(Nc37xxPciState *s)
{
    uint8_t *to;
    bool damaged;

    if (!memory_region_size(&s->rom)) {
        return;                 /* romfile= took its place */
    }
    to = memory_region_get_ram_ptr(&s->rom);
    nvram_rom_read(s->nc.nvram, s->nc.model, to, &damaged);
    memory_region_set_dirty(&s->rom, 0, NC37XX_EXP_ROM_BYTES);
    if (damaged) {
        warn_report_once("%s: the NVRAM's directory is damaged, there is no "
                         "boot ROM", s->name);
    }
}

bool nc37xx_rom_register(Nc37xxPciState *s, Error **errp)
{
    PCIDevice *d = PCI_DEVICE(s);

    if ((d->romfile && *d->romfile) || !d->rom_bar) {
        return true;
    }
    if (!memory_region_init_rom(&s->rom, OBJECT(s), "nc37xx.rom",
                                NC37XX_EXP_ROM_BYTES, errp)) {
        return false;
    }
    pci_register_bar(d, PCI_ROM_SLOT, 0, &s->rom);
    return true;
}
