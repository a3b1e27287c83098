/*
 * UNDI: the loader, and what a client finds in base memory.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"

#include "hw/net/nc37xx_regs.h"

#include "linear.h"
#include "runtime.h"
#include "undi.h"
#include "undi-segment.h"

#define ROM_UNDI_ID_POINTER 0x16
#define VECTOR_PCI 0x1a
#define NO_CALLOUT 0xffff
#define LOW_MEMORY_END 0x0500       /* vectors and the BIOS's data */
#define BASE_MEMORY_END 0xa0000

/*
 * Structures
 */

static uint8_t sum(const void *bytes, size_t length)
{
    const uint8_t *at = bytes, *end = at + length;
    uint8_t total = 0;

    while (at < end) {
        total += *at++;
    }
    return total;
}

static struct pxe_pointer in_code(uint16_t code, uint16_t offset)
{
    return (struct pxe_pointer) { .segment = code, .offset = offset };
}

static struct pxe_segment describe(uint16_t segment, uint16_t size)
{
    return (struct pxe_segment) {
        .segment = segment,
        .base = (uint32_t)segment << 4,
        .size = size,
    };
}

static void put_structure(uint16_t code, uint16_t data, uint16_t rom)
{
    uint8_t *base = linear(linear_of(code, 0));
    struct pxe_structure structure = {
        .signature = { '!', 'P', 'X', 'E' },
        .length = sizeof(structure),
        .undi_rom_id = in_code(rom, lduw_le_p(linear(linear_of(
                                    rom, ROM_UNDI_ID_POINTER)))),
        .entry_sp = in_code(code, lduw_le_p(base + UNDI_ENTRY)),
        .entry_esp = in_code(code, lduw_le_p(base + UNDI_ENTRY)),
        .status_callout = { NO_CALLOUT, NO_CALLOUT },
        .segment_count = PXE_SEGMENTS,
        .undi_data = describe(data, UNDI_DATA_SIZE),
        .undi_code = describe(code, UNDI_CODE_SIZE),
        .undi_code_write = describe(code, UNDI_CODE_SIZE),
    };

    structure.checksum = -sum(&structure, sizeof(structure));
    memcpy(base + UNDI_STRUCTURE, &structure, sizeof(structure));
}

static void put_environment(uint16_t code, uint16_t data)
{
    struct pxe_environment environment = {
        .signature = { 'P', 'X', 'E', 'N', 'V', '+' },
        .version = PXE_VERSION,
        .length = sizeof(environment),
        .entry = in_code(code, 0),
        .undi_data_segment = data,
        .undi_data_size = UNDI_DATA_SIZE,
        .undi_code_segment = code,
        .undi_code_size = UNDI_CODE_SIZE,
        .pxe = in_code(code, UNDI_STRUCTURE),
    };

    environment.checksum = -sum(&environment, sizeof(environment));
    memcpy(linear(linear_of(code, UNDI_ENVIRONMENT)), &environment,
           sizeof(environment));
}

void undi_install(uint16_t code, uint16_t data, uint16_t rom)
{
    uint8_t *base = linear(linear_of(code, 0));

    memcpy(base, undi_segment, UNDI_CODE_SIZE);
    stw_le_p(base + UNDI_RUNTIME + 2, runtime_segment());
    put_structure(code, data, rom);
    put_environment(code, data);
    undi.code_segment = code;
    undi.data_segment = data;
    undi.rom_segment = rom;
    undi.state = UNDI_LOADED;
}

/*
 * INT 1Ah
 */

void undi_hook(void)
{
    uint8_t *base = linear(linear_of(undi.code_segment, 0));

    stl_le_p(base + UNDI_OLD_INT1A, vector_get(VECTOR_PCI));
    vector_set(VECTOR_PCI, undi.code_segment, lduw_le_p(base + UNDI_INT1A));
}

void undi_unhook(void)
{
    uint8_t *base = linear(linear_of(undi.code_segment, 0));
    uint32_t ours = (uint32_t)undi.code_segment << 16 |
                    lduw_le_p(base + UNDI_INT1A);
    uint32_t old = ldl_le_p(base + UNDI_OLD_INT1A);

    if (vector_get(VECTOR_PCI) == ours) {
        vector_set(VECTOR_PCI, old >> 16, old);
    }
}

/*
 * Loader
 */

static bool in_base_memory(uint16_t segment, uint32_t size)
{
    uint32_t start = linear_of(segment, 0);

    return start >= LOW_MEMORY_END && start + size <= BASE_MEMORY_END;
}

static uint16_t load(struct pxe_undi_loader *loader, uint16_t rom)
{
    uint16_t code = loader->undi_code_segment;
    uint16_t data = loader->undi_data_segment;

    if (undi.state > UNDI_LOADED) {
        return PXE_LOADER_UNDI_START;
    }
    if (pci_read16(loader->ax, PCI_VENDOR_ID) != NC37XX_PCI_VENDOR) {
        return PXE_DEVICE_NOT_SUPPORTED;
    }
    if (!in_base_memory(code, UNDI_CODE_SIZE) ||
        !in_base_memory(data, UNDI_DATA_SIZE)) {
        return PXE_OUT_OF_RESOURCES;
    }
    undi_install(code, data, rom);
    undi.bdf = loader->ax;
    loader->pxe = in_code(code, UNDI_STRUCTURE);
    loader->environment = in_code(code, UNDI_ENVIRONMENT);
    return PXE_SUCCESS;
}

uint32_t undi_load(struct call_frame *frame)
{
    uint8_t *parameters = linear(linear_of(frame->ebx >> 16, frame->ebx));
    struct pxe_undi_loader loader;

    memcpy(&loader, parameters, sizeof(loader));
    loader.status = load(&loader, frame->ecx);
    memcpy(parameters, &loader, sizeof(loader));
    frame->eax = loader.status == PXE_SUCCESS ? PXE_EXIT_SUCCESS :
                 PXE_EXIT_FAILURE;
    return CORE_DONE;
}
