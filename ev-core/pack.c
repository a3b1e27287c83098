/*
 * Packs a valid text into a block.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "ev-internal.h"

size_t ev_pack(const char *text, size_t length, uint8_t block[EV_DATA_MAX],
               struct ev_problems *problems)
{
    static const struct ev_problem too_large = {
        .error = EV_BLOCK_TOO_LARGE,
        .variable = EV_NO_VARIABLE,
    };
    struct ev_boot_config config;
    struct ev_values values;
    struct ev_writer writer;
    uint8_t packed[EV_DATA_MAX];
    size_t size;

    if (!ev_parse_values(text, length, EV_UNKNOWN_REFUSED, &config, &values,
                         problems)) {
        return 0;
    }
    ev_writer_init(&writer, packed, sizeof(packed));
    for (unsigned i = 0; i < EV_VARIABLES; i++) {
        if (values.value[i].length > 0) {
            ev_writer_add(&writer, ev_variables[i].name, values.value[i]);
        }
    }
    size = ev_writer_seal(&writer, ENVELOPE_MAGIC_BOOT);
    if (size == 0) {
        ev_problem_add(problems, &too_large);
        return 0;
    }
    memcpy(block, packed, size);
    return size;
}
