/*
 * UNDI: the table of its commands, and those that change its state.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"

#include "boot.h"
#include "clock.h"
#include "debug.h"
#include "idle.h"
#include "linear.h"
#include "runtime.h"
#include "undi.h"

#define ADDRESS_SIZE 6
#define LINK_MS 4000                /* of INITIALIZE's media test */
#define PARAMETERS_MAX 192          /* bytes of the largest block */

struct undi undi;

void *undi_memory(struct pxe_pointer pointer)
{
    return linear(linear_of(pointer.segment, pointer.offset));
}

/*
 * The adapter at rest, running, open
 */

static uint16_t start_undi(void *block)
{
    struct pxe_start_undi *start = block;
    struct rom_failure failure;

    if (boot_serves_disk()) {
        return PXE_UNDI_INVALID_STATE;
    }
    if (bnx_attach(&undi.nic, start->ax, &failure) != ROM_OK) {
        return PXE_DEVICE_NOT_SUPPORTED;
    }
    undi.bdf = start->ax;
    memcpy(undi.nic.mac, undi.nic.burned_in_mac, ADDRESS_SIZE);
    undi.state = UNDI_STARTED;
    return PXE_SUCCESS;
}

static uint16_t stop_undi(void *block)
{
    undi.state = UNDI_LOADED;
    return PXE_SUCCESS;
}

/* There is nothing to be prepared or cleaned up beyond the state. */
static uint16_t nothing_to_do(void *block)
{
    return PXE_SUCCESS;
}

static bool wait_for_link(void)
{
    uint32_t started = clock_ms();

    while (!bnx_link_poll(&undi.nic)) {
        if (clock_ms() - started >= LINK_MS) {
            return false;
        }
        idle();
    }
    return true;
}

/* The filter is UNDI's, and not the base code's any more. */
static void set_filter(const struct bnx_filter *filter)
{
    undi.base_listens = false;
    bnx_set_filter(&undi.nic, filter);
}

static void receive_nothing(void)
{
    static const struct bnx_filter nothing;

    set_filter(&nothing);
}

static uint16_t start_adapter(void)
{
    struct rom_failure failure;

    if (bnx_start(&undi.nic, undi.nic.mac, 0, &failure) != ROM_OK) {
        return PXE_UNDI_CANNOT_INITIALIZE_NIC;
    }
    undi.sent = undi.sent_told = 0;
    memset(&undi.count, 0, sizeof(undi.count));
    memset(&undi.forgotten, 0, sizeof(undi.forgotten));
    receive_nothing();
    return PXE_SUCCESS;
}

static uint16_t initialize(void *block)
{
    uint16_t status;

    memcpy(undi.nic.mac, undi.nic.burned_in_mac, ADDRESS_SIZE);
    status = start_adapter();
    if (status == PXE_SUCCESS && !wait_for_link()) {
        bnx_stop(&undi.nic);
        status = PXE_UNDI_MEDIATEST_FAILED;
    }
    if (status == PXE_SUCCESS) {
        undi.state = UNDI_INITIALIZED;
    }
    return status;
}

static uint16_t shutdown(void *block)
{
    bnx_stop(&undi.nic);
    undi.state = UNDI_STARTED;
    return PXE_SUCCESS;
}

/* Frames of an earlier client are not for the next one. */
static void drop_frames(void)
{
    struct bnx_frame frame;
    unsigned frames;

    for (frames = 0; frames < BNX_RX_BUFFERS; frames++) {
        if (!bnx_receive(&undi.nic, &frame)) {
            break;
        }
        bnx_return(&undi.nic, frame.buffer);
    }
    bnx_flush(&undi.nic);
}

/*
 * Addresses
 */

static bool set_groups(struct bnx_filter *filter,
                       const struct pxe_multicast *groups)
{
    unsigned i;

    filter->multicast = false;
    memset(filter->hash, 0, sizeof(filter->hash));
    if (groups->count > PXE_MULTICAST_MAX) {
        return false;
    }
    for (i = 0; i < groups->count; i++) {
        bnx_filter_add_group(filter, groups->address[i].bytes);
    }
    return true;
}

static void set_kinds(struct bnx_filter *filter, uint8_t kinds)
{
    filter->directed = kinds & PXE_FILTER_DIRECTED;
    filter->broadcast = kinds & PXE_FILTER_BROADCAST;
    filter->promiscuous = kinds & PXE_FILTER_PROMISCUOUS;
}

static uint16_t open_adapter(void *block)
{
    struct pxe_open *open = block;
    struct bnx_filter filter;

    set_kinds(&filter, open->filter);
    if (!set_groups(&filter, &open->multicast)) {
        return PXE_UNDI_INVALID_PARAMETER;
    }
    drop_frames();
    undi.filter = filter;
    set_filter(&undi.filter);
    undi.state = UNDI_OPEN;
    return PXE_SUCCESS;
}

static uint16_t close_adapter(void *block)
{
    receive_nothing();
    undi.state = UNDI_INITIALIZED;
    return PXE_SUCCESS;
}

/* Whatever was going on: from now on as after OPEN, if it was open. */
static uint16_t reset_adapter(void *block)
{
    struct pxe_reset *reset = block;
    struct bnx_filter filter = undi.filter;
    uint16_t status;

    if (!set_groups(&filter, &reset->multicast)) {
        return PXE_UNDI_INVALID_PARAMETER;
    }
    status = start_adapter();
    if (status != PXE_SUCCESS) {
        undi.state = UNDI_STARTED;
        return status;
    }
    undi.filter = filter;
    if (undi.state == UNDI_OPEN) {
        set_filter(&undi.filter);
    }
    return PXE_SUCCESS;
}

static uint16_t set_multicast(void *block)
{
    struct pxe_reset *request = block;
    struct bnx_filter filter = undi.filter;

    if (!set_groups(&filter, &request->multicast)) {
        return PXE_UNDI_INVALID_PARAMETER;
    }
    undi.filter = filter;
    set_filter(&undi.filter);
    return PXE_SUCCESS;
}

static uint16_t set_packet_filter(void *block)
{
    struct pxe_filter *request = block;

    set_kinds(&undi.filter, request->filter);
    set_filter(&undi.filter);
    return PXE_SUCCESS;
}

static uint16_t set_station(void *block)
{
    static const uint8_t none[ADDRESS_SIZE];
    struct pxe_station *station = block;
    const uint8_t *mac = station->address.bytes;

    if ((mac[0] & 1) || !memcmp(mac, none, ADDRESS_SIZE)) {
        return PXE_UNDI_BAD_MAC_ADDRESS;
    }
    memcpy(undi.nic.mac, mac, ADDRESS_SIZE);
    return PXE_SUCCESS;
}

static uint16_t diagnose(void *block)
{
    return bnx_link_poll(&undi.nic) ? PXE_SUCCESS : PXE_UNDI_MEDIATEST_FAILED;
}

enum rom_error undi_bring_up(pci_bdf bdf, struct rom_failure *failure)
{
    struct pxe_start_undi start = { .ax = bdf };
    uint16_t status = start_undi(&start);

    if (status == PXE_SUCCESS) {
        status = initialize(NULL);
    }
    failure->error = status == PXE_SUCCESS ? ROM_OK :
                     status == PXE_UNDI_MEDIATEST_FAILED ? ROM_LINK_DOWN :
                     ROM_NO_ADAPTER;
    failure->detail = 0;
    return failure->error;
}

/* INT 1Ah goes back to whom it was taken from, if nobody else took it. */
static uint16_t unload_stack(void *block)
{
    undi_unhook();
    return PXE_SUCCESS;
}

/*
 * The table
 */

static const struct pxe_command commands[] = {
    PXE_ROW(START_UNDI, LOADED, STARTED, struct pxe_start_undi, start_undi),
    PXE_ROW(STOP_UNDI, LOADED, STARTED, uint16_t, stop_undi),
    PXE_ROW(UNDI_STARTUP, STARTED, STARTED, uint16_t, nothing_to_do),
    PXE_ROW(UNDI_CLEANUP, STARTED, STARTED, uint16_t, nothing_to_do),
    PXE_ROW(UNDI_INITIALIZE, STARTED, STARTED, uint16_t, initialize),
    PXE_ROW(UNDI_RESET_ADAPTER, INITIALIZED, OPEN, struct pxe_reset,
            reset_adapter),
    PXE_ROW(UNDI_SHUTDOWN, STARTED, OPEN, uint16_t, shutdown),
    PXE_ROW(UNDI_OPEN, INITIALIZED, INITIALIZED, struct pxe_open,
            open_adapter),
    PXE_ROW(UNDI_CLOSE, OPEN, OPEN, uint16_t, close_adapter),
    PXE_ROW(UNDI_TRANSMIT, OPEN, OPEN, struct pxe_transmit, undi_transmit),
    PXE_ROW(UNDI_ISR, OPEN, OPEN, struct pxe_isr, undi_isr),
    PXE_ROW(UNDI_SET_MCAST_ADDRESS, OPEN, OPEN, struct pxe_reset,
            set_multicast),
    PXE_ROW(UNDI_SET_STATION_ADDRESS, STARTED, INITIALIZED, struct pxe_station,
            set_station),
    PXE_ROW(UNDI_SET_PACKET_FILTER, OPEN, OPEN, struct pxe_filter,
            set_packet_filter),
    PXE_ROW(UNDI_GET_INFORMATION, STARTED, OPEN, struct pxe_information,
            undi_get_information),
    PXE_ROW(UNDI_GET_STATISTICS, INITIALIZED, OPEN, struct pxe_statistics,
            undi_get_statistics),
    PXE_ROW(UNDI_CLEAR_STATISTICS, INITIALIZED, OPEN, uint16_t,
            undi_clear_statistics),
    PXE_ROW(UNDI_INITIATE_DIAGS, INITIALIZED, OPEN, uint16_t, diagnose),
    PXE_ROW(UNDI_FORCE_INTERRUPT, LOADED, OPEN, uint16_t, NULL),
    PXE_ROW(UNDI_GET_MCAST_ADDRESS, LOADED, OPEN, struct pxe_multicast_address,
            undi_get_group_address),
    PXE_ROW(UNDI_GET_NIC_TYPE, STARTED, OPEN, struct pxe_nic_type,
            undi_get_nic_type),
    PXE_ROW(UNDI_GET_IFACE_INFO, STARTED, OPEN, struct pxe_interface,
            undi_get_interface),
    PXE_ROW(GET_CACHED_INFO, LOADED, OPEN, struct pxe_cached_info,
            undi_get_cached_info),
    PXE_ROW(UNLOAD_STACK, LOADED, STARTED, uint16_t, unload_stack),
};

static const struct pxe_command *find_in(const struct pxe_command *table,
                                         unsigned count, uint16_t opcode)
{
    unsigned i;

    for (i = 0; i < count; i++) {
        if (table[i].opcode == opcode) {
            return &table[i];
        }
    }
    return NULL;
}

static const struct pxe_command *find_command(uint16_t opcode)
{
    const struct pxe_command *command = find_in(commands,
                                                ARRAY_SIZE(commands), opcode);

    return command ? command : find_in(pxe_base_commands,
                                       pxe_base_command_count, opcode);
}

/* The client's block is copied in, worked on, and copied back. */
static uint16_t execute(uint16_t opcode, uint8_t *parameters)
{
    static uint8_t block[PARAMETERS_MAX] __attribute__((aligned(8)));
    const struct pxe_command *command = find_command(opcode);
    uint16_t status;

    if (!command) {
        return PXE_BAD_FUNCTION;
    }
    if (!command->handle) {
        return PXE_UNSUPPORTED;
    }
    if (undi.state < command->least || undi.state > command->most) {
        return PXE_UNDI_INVALID_STATE;
    }
    memcpy(block, parameters, command->size);
    status = command->handle(block);
    memcpy(parameters, block, command->size);
    return status;
}

uint32_t undi_call(struct call_frame *frame)
{
    uint8_t *parameters = linear(linear_of(frame->ecx >> 16, frame->ecx));
    uint16_t opcode = frame->ebx, status = PXE_UNDI_INVALID_STATE;

    if (undi.state > UNDI_UNLOADED &&
        (uint16_t)frame->edx == undi.code_segment) {
        status = execute(opcode, parameters);
    }
    if (opcode != PXE_UNDI_ISR && opcode != PXE_UNDI_TRANSMIT) {
        debug_printf("PXE call %02x: status %02x\n", opcode, status);
    }
    stw_le_p(parameters, status);
    frame->eax = status == PXE_SUCCESS ? PXE_EXIT_SUCCESS : PXE_EXIT_FAILURE;
    return CORE_DONE;
}
