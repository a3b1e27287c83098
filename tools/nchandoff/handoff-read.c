/*
 * Reads the handoff block out of an adapter's scratch pad.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "hw/net/nc37xx_regs.h"
#include "qemu/bswap.h"

#include "handoff-read.h"

static bool grc_read(const struct config_space *config, uint32_t address,
                     uint32_t *value)
{
    return config->write(config->opaque, A_PCICFG_REG_WINDOW_ADDRESS,
                         address) &&
           config->read(config->opaque, A_PCICFG_REG_WINDOW, value);
}

/* GRC address of shared memory; without a header where a 5706 has it. */
static bool find_shared_memory(const struct config_space *config,
                               uint32_t *base)
{
    uint32_t signature;

    if (!grc_read(config, NC37XX_SHM_HEADER + SHM_HEADER_SIGNATURE,
                  &signature)) {
        return false;
    }
    if ((signature & 0xffff0000) == NC37XX_SHM_HEADER_SIGNATURE) {
        return grc_read(config, NC37XX_SHM_HEADER + SHM_HEADER_ADDR_0, base);
    }
    *base = NC37XX_SHM_BASE_5706;
    return true;
}

static enum handoff_error find_block(const struct config_space *config,
                                     uint32_t *address, uint32_t *length)
{
    uint32_t base, magic;
    uint8_t characters[4];

    if (!find_shared_memory(config, &base) ||
        !grc_read(config, base + HANDOFF_SHM_MAGIC, &magic) ||
        !grc_read(config, base + HANDOFF_SHM_ADDRESS, address) ||
        !grc_read(config, base + HANDOFF_SHM_LENGTH, length)) {
        return HANDOFF_ACCESS;
    }
    stl_le_p(characters, magic);
    if (memcmp(characters, ENVELOPE_MAGIC_HANDOFF, sizeof(characters)) != 0) {
        return HANDOFF_NONE;
    }
    if (*address % 4 != 0 || *address < HANDOFF_GRC_FIRST ||
        *address > HANDOFF_GRC_LAST ||
        *length > HANDOFF_GRC_LAST + 1 - *address) {
        return HANDOFF_POINTER;
    }
    return HANDOFF_OK;
}

static bool copy_block(const struct config_space *config, uint32_t address,
                       uint32_t length, uint8_t block[HANDOFF_SIZE_MAX])
{
    uint32_t word;

    for (uint32_t at = 0; at < length; at += 4) {
        if (!grc_read(config, address + at, &word)) {
            return false;
        }
        stl_le_p(block + at, word);
    }
    return true;
}

static enum handoff_error read_block(const struct config_space *config,
                                     uint8_t block[HANDOFF_SIZE_MAX],
                                     struct ev_slice *text)
{
    enum handoff_error error;
    uint32_t address, length;

    error = find_block(config, &address, &length);
    if (error != HANDOFF_OK) {
        return error;
    }
    if (!copy_block(config, address, length, block)) {
        return HANDOFF_ACCESS;
    }
    if (ev_block_open(block, length, ENVELOPE_MAGIC_HANDOFF,
                      text) != EV_OK) {
        return HANDOFF_BLOCK;
    }
    return handoff_text_is_strict(*text) ? HANDOFF_OK : HANDOFF_TEXT;
}

static bool is_letter(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static bool name_is_strict(struct ev_slice name)
{
    if (name.length == 0 || !is_letter(name.start[0])) {
        return false;
    }
    for (size_t i = 1; i < name.length; i++) {
        char c = name.start[i];

        if (!is_letter(c) && !(c >= '0' && c <= '9') && c != '.') {
            return false;
        }
    }
    return true;
}

/* One line without its end; the value may contain '=' again. */
static bool line_is_strict(struct ev_slice line)
{
    struct ev_slice name = { line.start, 0 };

    for (size_t i = 0; i < line.length; i++) {
        if (line.start[i] < ' ' || line.start[i] > '~') {
            return false;
        }
    }
    while (name.length < line.length && name.start[name.length] != '=') {
        name.length++;
    }
    return name.length < line.length && name_is_strict(name);
}

bool handoff_text_is_strict(struct ev_slice text)
{
    struct ev_slice line = { text.start, 0 };

    for (size_t i = 0; i < text.length; i++) {
        if (text.start[i] != '\n') {
            line.length++;
            continue;
        }
        if (!line_is_strict(line)) {
            return false;
        }
        line.start = text.start + i + 1;
        line.length = 0;
    }
    return line.length == 0;
}

bool handoff_is_secret(struct ev_slice name)
{
    enum ev_variable_id id = ev_variable_find(name);

    return id != EV_NO_VARIABLE && ev_variables[id].secret;
}

const char *handoff_error_text(enum handoff_error error)
{
#define HANDOFF_ERROR_ROW(constant, text) [constant] = text,
    static const char *const texts[HANDOFF_ERRORS] = {
        HANDOFF_ERRORS_LIST(HANDOFF_ERROR_ROW)
    };
#undef HANDOFF_ERROR_ROW

    return texts[error];
}

enum handoff_error handoff_read(const struct config_space *config,
                                uint8_t block[HANDOFF_SIZE_MAX],
                                struct ev_slice *text)
{
    enum handoff_error error;
    uint32_t window;

    if (!config->read(config->opaque, A_PCICFG_REG_WINDOW_ADDRESS, &window)) {
        return HANDOFF_ACCESS;
    }
    error = read_block(config, block, text);
    if (!config->write(config->opaque, A_PCICFG_REG_WINDOW_ADDRESS, window)) {
        return HANDOFF_ACCESS;
    }
    return error;
}
