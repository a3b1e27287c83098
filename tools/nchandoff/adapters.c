/*
 * Finds the adapters of this machine in Linux's sysfs.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "qemu/bswap.h"

#include "adapters.h"

#define INTERFACE_UP 1          /* IFF_UP of netdevice(7) */

static const struct {
    unsigned vendor, device;
} adapter_ids[] = {
    { 0x14e4, 0x164a },         /* BCM5706C */
    { 0x14e4, 0x164c },         /* BCM5708C */
    { 0x14e4, 0x16aa },         /* BCM5706S */
    { 0x14e4, 0x16ac },         /* BCM5708S */
};

/* The number in the file @folder/@name; false when there is none. */
static bool read_number(const char *folder, const char *name, unsigned *number)
{
    char path[PATH_MAX + 64];
    FILE *file;
    bool found;

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    file = fopen(path, "r");
    if (!file) {
        return false;
    }
    found = fscanf(file, "%i", (int *)number) == 1;
    fclose(file);
    return found;
}

static bool is_adapter(const char *folder)
{
    unsigned vendor, device;

    if (!read_number(folder, "vendor", &vendor) ||
        !read_number(folder, "device", &device)) {
        return false;
    }
    for (size_t i = 0; i < sizeof(adapter_ids) / sizeof(adapter_ids[0]); i++) {
        if (vendor == adapter_ids[i].vendor &&
            device == adapter_ids[i].device) {
            return true;
        }
    }
    return false;
}

static int visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

/* The driver's network interface, and whether it is open. */
static void find_interface(struct adapter *adapter)
{
    char folder[PATH_MAX + 8], flags_file[300];
    struct dirent **entries;
    unsigned flags;
    int count;

    snprintf(folder, sizeof(folder), "%s/net", adapter->folder);
    count = scandir(folder, &entries, visible, alphasort);
    for (int i = 0; i < count; i++) {
        if (i == 0) {
            snprintf(adapter->interface, sizeof(adapter->interface), "%.31s",
                     entries[i]->d_name);
            snprintf(flags_file, sizeof(flags_file), "%s/flags",
                     entries[i]->d_name);
            adapter->up = read_number(folder, flags_file, &flags) &&
                          (flags & INTERFACE_UP);
        }
        free(entries[i]);
    }
    if (count >= 0) {
        free(entries);
    }
}

int adapters_find(const char *pci, struct adapter list[ADAPTERS_MAX])
{
    struct dirent **entries;
    int count, found = 0;

    count = scandir(pci, &entries, visible, alphasort);
    for (int i = 0; i < count; i++) {
        struct adapter adapter = { 0 };

        snprintf(adapter.address, sizeof(adapter.address), "%.23s",
                 entries[i]->d_name);
        snprintf(adapter.folder, sizeof(adapter.folder), "%s/%s", pci,
                 entries[i]->d_name);
        free(entries[i]);
        if (found < ADAPTERS_MAX && is_adapter(adapter.folder)) {
            find_interface(&adapter);
            list[found++] = adapter;
        }
    }
    if (count >= 0) {
        free(entries);
    }
    return count < 0 ? -1 : found;
}

static bool config_read(void *opaque, unsigned offset, uint32_t *value)
{
    uint8_t bytes[4];

    if (pread(*(int *)opaque, bytes, sizeof(bytes), offset) !=
        sizeof(bytes)) {
        return false;
    }
    *value = ldl_le_p(bytes);
    return true;
}

static bool config_write(void *opaque, unsigned offset, uint32_t value)
{
    uint8_t bytes[4];

    stl_le_p(bytes, value);
    return pwrite(*(int *)opaque, bytes, sizeof(bytes), offset) ==
           sizeof(bytes);
}

bool adapter_open(const struct adapter *adapter, int *file,
                  struct config_space *config)
{
    char path[PATH_MAX + 8];

    snprintf(path, sizeof(path), "%s/config", adapter->folder);
    *file = open(path, O_RDWR | O_CLOEXEC);
    *config = (struct config_space) { file, config_read, config_write };
    return *file >= 0;
}
