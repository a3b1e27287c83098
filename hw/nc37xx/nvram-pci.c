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

/* As the factory does; serial=, part= and bootrom= are for this only. */
static bool nvram_make(Nc37xxPciState *s, Error **errp)
{
    const Nc37xxModel *model = s->nc.model;
    g_autofree char *serial = serial_number(s);
    g_autofree char *rom = NULL;
    size_t rom_size = 0;
    NvramContent content;

    if (!bootrom_load(s, &rom, &rom_size, errp)) {
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

/* The address that the guest sees is the one in the NVRAM. */
static void mac_adopt(Nc37xxPciState *s)
{
    static const MACAddr none;
    MACAddr *mac = &s->conf.macaddr;
    uint8_t kept[6];

    if (!nvram_mac(s->nc.nvram, kept)) {
        return;                 /* it will be reported as damaged */
    }
    if (memcmp(mac, &none, sizeof(none)) && memcmp(mac->a, kept, 6)) {
        warn_report("%s: mac=%02x:%02x:%02x:%02x:%02x:%02x has no effect: the "
                    "NVRAM holds %02x:%02x:%02x:%02x:%02x:%02x", s->name,
                    mac->a[0], mac->a[1], mac->a[2], mac->a[3], mac->a[4],
                    mac->a[5], kept[0], kept[1], kept[2], kept[3], kept[4],
                    kept[5]);
    }
    memcpy(mac->a, kept, sizeof(kept));
}

static bool rom_is_shown(Nc37xxPciState *s, Error **errp)
{
    g_autofree uint8_t *rom = g_malloc(NC37XX_EXP_ROM_BYTES);

    if (!PCI_DEVICE(s)->rom_bar &&
        nvram_rom_read(s->nc.nvram, s->nc.model, rom)) {
        error_setg(errp, "rombar=0, but the adapter's boot ROM is in its "
                   "NVRAM: use bootrom= (empty) for none");
        return false;
    }
    return true;
}

/* An image that is there is taken as it is; an empty one is made. */
bool nc37xx_nvram_fill(Nc37xxPciState *s, Error **errp)
{
    uint32_t size = s->nc.model->nvm_size;
    bool made = true;

    if (s->drive) {
        if (!nc37xx_flash_open(s, errp)) {
            return false;
        }
        made = nvram_blank(s->nc.nvram, size);
    }
    if (!made) {
        mac_adopt(s);
    }
    qemu_macaddr_default_if_unset(&s->conf.macaddr);
    s->first_mac = s->conf.macaddr;
    if (made && (!nvram_make(s, errp) || !nc37xx_flash_format(s, errp))) {
        return false;
    }
    return rom_is_shown(s, errp);
}

static const struct {
    unsigned damage;
    const char *what;
    const char *consequence;
} damages[] = {
    { NVRAM_DAMAGED_BOOTSTRAP, "bootstrap header", "drivers find no adapter" },
    { NVRAM_DAMAGED_MANUFACTURING, "manufacturing block",
      "drivers find no adapter" },
    { NVRAM_DAMAGED_FEATURE, "feature block", "there is no boot ROM" },
    { NVRAM_DAMAGED_DIRECTORY, "directory", "there is no boot ROM" },
};

/* Said when it is found, not at each reset. */
static void damage_report(Nc37xxPciState *s)
{
    unsigned damage = nvram_damage(s->nc.nvram, s->nc.model);
    size_t i;

    for (i = 0; i < ARRAY_SIZE(damages); i++) {
        if (damage & ~s->damage & damages[i].damage) {
            warn_report("%s: NVRAM: the %s is damaged, %s; fill the image "
                        "with zeroes to have it made anew", s->name,
                        damages[i].what, damages[i].consequence);
        }
    }
    s->damage = damage;
}

/* An image that was written to the NVRAM shows after the next reset. */
void nc37xx_nvram_reset(Nc37xxPciState *s)
{
    damage_report(s);
    if (!memory_region_size(&s->rom)) {
        return;                 /* romfile= took its place */
    }
    nvram_rom_read(s->nc.nvram, s->nc.model,
                   memory_region_get_ram_ptr(&s->rom));
    memory_region_set_dirty(&s->rom, 0, NC37XX_EXP_ROM_BYTES);
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
