/*
 * What the BIOS asks of the PXE ROM: at init a banner, at its turn to boot
 * an address by DHCP and a program by TFTP.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"

#include "base.h"
#include "boot.h"
#include "console.h"
#include "error.h"
#include "idle.h"
#include "lease.h"
#include "linear.h"
#include "net.h"
#include "post.h"
#include "runtime.h"
#include "undi.h"

#define ADAPTERS_MAX 8

static pci_bdf adapters[ADAPTERS_MAX];
static unsigned adapter_count;

static bool fail(enum rom_error error, uint32_t detail)
{
    struct rom_failure failure = { error, detail };

    rom_error_print(&failure);
    post_stage(rom_error_post(error));
    return false;
}

static uint32_t init(struct call_frame *frame)
{
    pci_bdf bdf = frame->ebx;

    post_stage(POST_ROM);
    console_printf("\nHP NC37xx PXE Boot ROM " ROM_VERSION
                   "  adapter %u at %02x:%02x.%u\n", adapter_count + 1,
                   pci_bus(bdf), pci_device(bdf), pci_function(bdf));
    if (adapter_count < ADAPTERS_MAX) {
        adapters[adapter_count++] = bdf;
    }
    return CORE_DONE;
}

/*
 * The steps to a program
 */

static bool bring_up(pci_bdf bdf)
{
    static const struct ipv4_addresses none;
    struct rom_failure failure;

    if (undi_bring_up(bdf, &failure) != ROM_OK) {
        return fail(failure.error, failure.detail);
    }
    post_stage(POST_LINK);
    console_printf("Link up, %d Mb/s %s duplex\n", undi.nic.link.speed,
                   undi.nic.link.full_duplex ? "full" : "half");
    net_up(&undi.nic, &none);
    base_resume();
    return true;
}

static bool get_address(char file[DHCP_BOOT_FILE_SIZE], uint8_t server[4])
{
    enum rom_error error = lease_get();
    uint8_t ip[4], gateway[4];

    if (error != ROM_OK) {
        return fail(error, 0);
    }
    cached_boot_file(file, server);
    net_addresses(ip, gateway);
    post_stage(POST_DHCP);
    console_printf("Address %I, gateway %I\n", ip, gateway);
    return true;
}

/* Up to our own segment; the BIOS has cleared all below. */
static bool load_program(const char *file, const uint8_t server[4])
{
    uint32_t room = linear_of(runtime_segment(), 0) - BOOT_SECTOR, size;
    uint16_t status;

    console_printf("Loading %s from %I\n", file, server);
    status = base_load(server, file, linear(BOOT_SECTOR), room, &size);
    if (status != PXE_SUCCESS) {
        return fail(ROM_NO_PROGRAM, status);
    }
    post_stage(POST_PROGRAM);
    console_printf("%u bytes loaded\n", size);
    return true;
}

static bool get_program(pci_bdf bdf)
{
    char file[DHCP_BOOT_FILE_SIZE];
    uint8_t server[4];

    return bring_up(bdf) && get_address(file, server) &&
           load_program(file, server);
}

static void release(void)
{
    net_down();
    bnx_stop(&undi.nic);
    undi.state = UNDI_UNLOADED;
    post_stage(POST_RELEASED);
}

static uint32_t bev(struct call_frame *frame)
{
    uint16_t own = runtime_segment();
    bool loaded;

    idle_listen(KEYS_CONNECT);
    console_stamp(true);
    undi_install(own + RT_UNDI_CODE / 16, own + RT_UNDI_DATA / 16,
                 frame->ecx);
    loaded = get_program(frame->ebx);
    console_stamp(false);
    idle_listen(KEYS_NONE);
    if (!loaded) {
        release();
        return CORE_DONE;
    }
    undi_hook();
    return CORE_PROGRAM;
}

static uint32_t returned(struct call_frame *frame)
{
    console_printf("The network program has ended\n");
    undi_unhook();
    release();
    return CORE_DONE;
}

bool boot_serves_disk(void)
{
    return false;
}

unsigned boot_adapter_number(pci_bdf bdf)
{
    unsigned i;

    for (i = 0; i < adapter_count; i++) {
        if (adapters[i] == bdf) {
            return i;
        }
    }
    return 0;
}

uint32_t (*const boot_functions[CORE_FUNCTIONS])(struct call_frame *) = {
    [CORE_INIT] = init,
    [CORE_BEV] = bev,
    [CORE_UNDI_LOAD] = undi_load,
    [CORE_UNDI] = undi_call,
    [CORE_RETURNED] = returned,
};
