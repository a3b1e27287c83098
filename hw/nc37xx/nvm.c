/*
 * NVM: access to the flash, one word at a time.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "nc37xx-core.h"

/* All but access to the content. */
#define NVM_OTHER_COMMANDS                                                   \
    (R_NVM_COMMAND_WREN_MASK | R_NVM_COMMAND_WRDI_MASK |                     \
     R_NVM_COMMAND_EWSR_MASK | R_NVM_COMMAND_WRSR_MASK |                     \
     R_NVM_COMMAND_RD_ID_MASK | R_NVM_COMMAND_RD_STATUS_MASK)

/*
 * Parts with pages of 264 bytes are addressed by page and byte, others by
 * byte.  False if there is no such word.
 */
static bool word_offset(const Nc37xx *nc, uint32_t address, uint32_t *offset)
{
    const Nc37xxModel *model = nc->model;
    uint32_t byte = address & ~3u;

    if (model->nvm_page_shift) {
        byte &= (1u << model->nvm_page_shift) - 1;
        if (byte >= model->nvm_page) {
            return false;
        }
        byte += (address >> model->nvm_page_shift) * model->nvm_page;
    }
    *offset = byte;
    return byte < model->nvm_size;
}

static bool write_allowed(const Nc37xx *nc)
{
    return REG_FIELD(nc, NVM_ACCESS_ENABLE, WR_EN) &&
           REG_FIELD(nc, MISC_CFG, NVM_WR_EN) == MISC_CFG_NVM_WR_EN_PCI &&
           (nc->model->nvm_buffered || nc->nvm_writable);
}

/* These bytes are in the part's buffer, not yet in its cells. */
static void buffer_add(Nc37xx *nc, uint32_t offset, uint32_t size)
{
    if (nc->nvm_buffer_first == nc->nvm_buffer_end) {
        nc->nvm_buffer_first = offset;
        nc->nvm_buffer_end = offset;
    }
    nc->nvm_buffer_first = MIN(nc->nvm_buffer_first, offset);
    nc->nvm_buffer_end = MAX(nc->nvm_buffer_end, offset + size);
}

/*
 * A part begins to program when it is deselected: after the last word, and
 * when a reset or another command comes before that.
 */
void nc37xx_nvm_flush(Nc37xx *nc)
{
    uint32_t first = nc->nvm_buffer_first;
    uint32_t size = nc->nvm_buffer_end - first;

    nc->nvm_buffer_first = nc->nvm_buffer_end = 0;
    if (size && !nc->ops->nvm_store(nc, first, size)) {
        EVENT(nc, nvm_refused, first, size);
    }
}

static void page_erase(Nc37xx *nc, uint32_t offset)
{
    uint32_t page = nc->model->nvm_page;

    offset -= offset % page;
    memset(nc->nvram + offset, 0xff, page);
    nc->nvm_writable = false;
    EVENT(nc, nvm_erase, offset, page);
    buffer_add(nc, offset, page);
    nc37xx_nvm_flush(nc);
}

/* A part that does not erase by itself can only turn ones into zeroes. */
static void word_program(Nc37xx *nc, uint32_t offset, bool last)
{
    uint32_t value = REG(nc, NVM_WRITE);

    if (!nc->model->nvm_buffered) {
        value &= (uint32_t)ldl_be_p(nc->nvram + offset);
        nc->nvm_writable = !last;
    }
    stl_be_p(nc->nvram + offset, value);
    EVENT(nc, nvm_write, offset, value);
    buffer_add(nc, offset, 4);
    if (last) {
        nc37xx_nvm_flush(nc);
    }
}

static void array_access(Nc37xx *nc, uint32_t command)
{
    uint32_t address = REG_FIELD(nc, NVM_ADDR, ADDRESS);
    bool last = FIELD_EX32(command, NVM_COMMAND, LAST);
    bool erase = FIELD_EX32(command, NVM_COMMAND, ERASE);
    bool write = erase || FIELD_EX32(command, NVM_COMMAND, WR);
    uint32_t offset;

    if (FIELD_EX32(command, NVM_COMMAND, FIRST)) {
        nc37xx_nvm_flush(nc);
    }
    if (!word_offset(nc, address, &offset)) {
        EVENT(nc, nvm_outside, address, command);
        REG(nc, NVM_READ) = 0xffffffff;
    } else if (!write) {
        REG(nc, NVM_READ) =
            nc37xx_fault_nvram(nc, offset, ldl_be_p(nc->nvram + offset));
    } else if (!write_allowed(nc)) {
        EVENT(nc, nvm_protected, address, command);
    } else if (erase) {
        page_erase(nc, offset);
    } else {
        word_program(nc, offset, last);
    }
    if (!last) {
        REG(nc, NVM_ADDR) = FIELD_DP32(0, NVM_ADDR, ADDRESS, address + 4);
    }
}

static void execute(Nc37xx *nc, uint32_t command)
{
    if (!(command & NVM_OTHER_COMMANDS)) {
        array_access(nc, command);
        return;
    }
    nc37xx_nvm_flush(nc);
    if (FIELD_EX32(command, NVM_COMMAND, WREN)) {
        nc->nvm_writable = true;
    } else if (FIELD_EX32(command, NVM_COMMAND, WRDI)) {
        nc->nvm_writable = false;
    } else {
        REG(nc, NVM_READ) = 0;          /* status: ready, not protected */
    }
}

/* T7: DONE is there at once, and stays until 1 is written to it. */
static void command_written(Nc37xx *nc, uint32_t value, uint32_t old)
{
    bool done = FIELD_EX32(old, NVM_COMMAND, DONE) &&
                !FIELD_EX32(value, NVM_COMMAND, DONE);

    if (FIELD_EX32(value, NVM_COMMAND, DOIT)) {
        execute(nc, value);
        done = true;
    }
    value = FIELD_DP32(value, NVM_COMMAND, DOIT, 0);
    REG(nc, NVM_COMMAND) = FIELD_DP32(value, NVM_COMMAND, DONE, done);
}

/* The flash is never contended: who asks gets it. */
static void sw_arb_written(Nc37xx *nc, uint32_t value, uint32_t old)
{
    uint32_t holders = FIELD_EX32(old, NVM_SW_ARB, REQUESTED);

    holders |= FIELD_EX32(value, NVM_SW_ARB, REQ_SET);
    holders &= ~FIELD_EX32(value, NVM_SW_ARB, REQ_CLR);
    EVENT(nc, nvm_lock, holders, value);
    value = FIELD_DP32(0, NVM_SW_ARB, REQUESTED, holders);
    REG(nc, NVM_SW_ARB) = FIELD_DP32(value, NVM_SW_ARB, GRANTED, holders);
}

static const RegDesc nvm_rows[] = {
    { A_NVM_COMMAND, .written = command_written },
    { A_NVM_STATUS, .ro = 0xffffffff },
    { A_NVM_ADDR, .ro = ~(uint32_t)R_NVM_ADDR_ADDRESS_MASK },
    { A_NVM_READ, .ro = 0xffffffff },
    { A_NVM_SW_ARB, .written = sw_arb_written },
};

const RegBlock nc37xx_nvm_block = { nvm_rows, ARRAY_SIZE(nvm_rows) };

uint32_t nc37xx_vpd_read(Nc37xx *nc, uint16_t address)
{
    uint32_t offset = NVRAM_VPD + address;

    return address < NVRAM_VPD_SIZE ?
           nc37xx_fault_nvram(nc, offset, ldl_be_p(nc->nvram + offset)) : 0;
}

void nc37xx_vpd_write(Nc37xx *nc, uint16_t address, uint32_t value)
{
    if (address < NVRAM_VPD_SIZE) {
        nc37xx_nvm_flush(nc);
        stl_be_p(nc->nvram + NVRAM_VPD + address, value);
        EVENT(nc, nvm_write, NVRAM_VPD + address, value);
        buffer_add(nc, NVRAM_VPD + address, 4);
        nc37xx_nvm_flush(nc);
    } else {
        EVENT(nc, vpd_outside, address, value);
    }
}
