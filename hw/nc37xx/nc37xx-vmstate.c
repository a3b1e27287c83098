/*
 * The chip's state in a migration stream.  It knows of no device, so that a
 * test can save and load a chip alone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "migration/qemu-file-types.h"
#include "nc37xx-vmstate.h"

/* A value that the chip cannot have ends the migration, not the process. */
static int chip_post_load(void *opaque, int version_id)
{
    return nc37xx_loaded(opaque) ? 0 : -EINVAL;
}

/*
 * Arrays of 32-bit words, which are most of the stream, in one piece: word by
 * word they would take longer than all the rest of a machine.
 */
static int words_get(QEMUFile *f, void *at, size_t size,
                     const VMStateField *field)
{
    uint32_t *words = at;
    size_t i;

    if (qemu_get_buffer(f, at, size) != size) {
        return -EIO;
    }
    for (i = 0; i < size / 4; i++) {
        le32_to_cpus(&words[i]);
    }
    return 0;
}

static int words_put(QEMUFile *f, void *at, size_t size,
                     const VMStateField *field, JSONWriter *vmdesc)
{
    const uint32_t *words = at;
    uint32_t word;
    size_t i;

    for (i = 0; i < size / 4; i++) {
        word = cpu_to_le32(words[i]);
        qemu_put_buffer(f, (const uint8_t *)&word, sizeof(word));
    }
    return 0;
}

static const VMStateInfo info_words = {
    .name = "little-endian words",
    .get = words_get,
    .put = words_put,
};

#define VMSTATE_WORDS(field, state, count)                                   \
    {                                                                        \
        .name = stringify(field),                                            \
        .size = (count) * 4,                                                 \
        .info = &info_words,                                                 \
        .flags = VMS_SINGLE,                                                 \
        .offset = vmstate_offset_array(state, field, uint32_t, count),       \
    }

static const VMStateDescription vmstate_cpu = {
    .name = "nc37xx/cpu",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_WORDS(regs, Nc37xxCpu, NC37XX_CPU_REG_WORDS),
        VMSTATE_WORDS(scratch, Nc37xxCpu, NC37XX_SCRATCH_WORDS),
        VMSTATE_END_OF_LIST()
    },
};

static const VMStateDescription vmstate_ring = {
    .name = "nc37xx/ring",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT64(at.page, BdRing),
        VMSTATE_UINT16(at.index, BdRing),
        VMSTATE_BOOL(armed, BdRing),
        VMSTATE_END_OF_LIST()
    },
};

static const VMStateDescription vmstate_phy = {
    .name = "nc37xx/phy",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT16_ARRAY(regs, Nc37xxPhy, PHY_REGS),
        VMSTATE_UINT16_ARRAY(aux, Nc37xxPhy, NC37XX_AUX_SHADOWS),
        VMSTATE_UINT16_ARRAY(shadow, Nc37xxPhy, NC37XX_SHADOWS),
        VMSTATE_UINT8(link, Nc37xxPhy),
        VMSTATE_UINT8(mode, Nc37xxPhy),
        VMSTATE_BOOL(link_lost, Nc37xxPhy),
        VMSTATE_UINT16_ARRAY(expansion, Nc37xxPhy, NC37XX_PHY_EXPANSIONS),
        VMSTATE_UINT16_2DARRAY(blocks, Nc37xxPhy, NC37XX_PHY_BLOCKS,
                               PHY_5708S_BANKED_END - PHY_5708S_BANKED),
        VMSTATE_END_OF_LIST()
    },
};

static const VMStateDescription vmstate_fault = {
    .name = "nc37xx/fault",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT32(ppm, Nc37xxFaultState),
        VMSTATE_UINT32(at, Nc37xxFaultState),
        VMSTATE_UINT64(seen, Nc37xxFaultState),
        VMSTATE_UINT64(injected, Nc37xxFaultState),
        VMSTATE_END_OF_LIST()
    },
};

static const VMStateDescription vmstate_held_frame = {
    .name = "nc37xx/held-frame",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT64(due, Nc37xxHeld),
        VMSTATE_UINT64(order, Nc37xxHeld),
        VMSTATE_UINT16(size, Nc37xxHeld),
        VMSTATE_UINT8(state, Nc37xxHeld),
        VMSTATE_BOOL(transmit, Nc37xxHeld),
        VMSTATE_BOOL(behind_next, Nc37xxHeld),
        VMSTATE_BOOL(bad_fcs, Nc37xxHeld),
        VMSTATE_UINT8_ARRAY(frame, Nc37xxHeld, NC37XX_FRAME_MAX),
        VMSTATE_END_OF_LIST()
    },
};

static bool held_needed(void *opaque)
{
    const Nc37xxFaultSet *set = opaque;

    return set->active & (FAULT_HELD_RX | FAULT_HELD_TX);
}

/* Rarely there, and 144 KiB. */
static const VMStateDescription vmstate_held = {
    .name = "nc37xx/faults/held",
    .version_id = 1,
    .minimum_version_id = 1,
    .needed = held_needed,
    .fields = (const VMStateField[]) {
        VMSTATE_STRUCT_ARRAY(held, Nc37xxFaultSet, NC37XX_HELD_FRAMES, 1,
                             vmstate_held_frame, Nc37xxHeld),
        VMSTATE_END_OF_LIST()
    },
};

/* A stream without frames says that there are none. */
static int faults_pre_load(void *opaque)
{
    Nc37xxFaultSet *set = opaque;

    QEMU_BUILD_BUG_ON(HELD_FREE != 0);
    memset(set->held, 0, sizeof(set->held));
    return 0;
}

static const VMStateDescription vmstate_faults = {
    .name = "nc37xx/faults",
    .version_id = 1,
    .minimum_version_id = 1,
    .pre_load = faults_pre_load,
    .fields = (const VMStateField[]) {
        VMSTATE_STRUCT_ARRAY(faults, Nc37xxFaultSet, NC37XX_FAULT_COUNT, 1,
                             vmstate_fault, Nc37xxFaultState),
        VMSTATE_UINT64_ARRAY(parameters, Nc37xxFaultSet,
                             NC37XX_FAULT_PARAMETER_COUNT),
        VMSTATE_BOOL(pin_stuck, Nc37xxFaultSet),
        VMSTATE_UINT64(order, Nc37xxFaultSet),
        VMSTATE_END_OF_LIST()
    },
    .subsections = (const VMStateDescription * const []) {
        &vmstate_held,
        NULL
    },
};

const VMStateDescription nc37xx_vmstate_chip = {
    .name = "nc37xx/chip",
    .version_id = 1,
    .minimum_version_id = 1,
    .post_load = chip_post_load,
    .fields = (const VMStateField[]) {
        VMSTATE_BOOL(carrier, Nc37xx),
        VMSTATE_WORDS(regs, Nc37xx, NC37XX_REGS),
        VMSTATE_WORDS(rbuf, Nc37xx, NC37XX_RBUF_WORDS),
        VMSTATE_STRUCT_ARRAY(cpus, Nc37xx, NC37XX_CPUS, 1, vmstate_cpu,
                             Nc37xxCpu),
        VMSTATE_WORDS(context, Nc37xx, NC37XX_CONTEXT_MEMORY / 4),
        VMSTATE_UINT32(attention, Nc37xx),
        VMSTATE_UINT32(attention_ack, Nc37xx),
        VMSTATE_UINT16(status_index, Nc37xx),
        VMSTATE_UINT16(status_acked, Nc37xx),
        VMSTATE_BOOL(status_armed, Nc37xx),
        VMSTATE_BOOL(statistics_armed, Nc37xx),
        VMSTATE_BOOL(interrupt_masked, Nc37xx),
        VMSTATE_BOOL(interrupt_quiet, Nc37xx),
        VMSTATE_UINT8(interrupt_forced, Nc37xx),
        VMSTATE_BOOL(intx_level, Nc37xx),
        VMSTATE_BOOL(msi_sent, Nc37xx),
        VMSTATE_UINT64_ARRAY(counters, Nc37xx, STATISTICS_SIZE / 4),
        VMSTATE_STRUCT(tx, Nc37xx, 1, vmstate_ring, BdRing),
        VMSTATE_STRUCT(rx, Nc37xx, 1, vmstate_ring, BdRing),
        VMSTATE_STRUCT(rx_pages, Nc37xx, 1, vmstate_ring, BdRing),
        VMSTATE_BOOL(rx_refused, Nc37xx),
        VMSTATE_UINT16(rx_depth, Nc37xx),
        VMSTATE_BOOL(paused, Nc37xx),
        VMSTATE_BOOL(partner_paused, Nc37xx),
        VMSTATE_STRUCT(phy, Nc37xx, 1, vmstate_phy, Nc37xxPhy),
        VMSTATE_BUFFER(nvram, Nc37xx),
        VMSTATE_BOOL(nvm_writable, Nc37xx),
        VMSTATE_STRUCT(faults, Nc37xx, 1, vmstate_faults, Nc37xxFaultSet),
        VMSTATE_END_OF_LIST()
    },
};
