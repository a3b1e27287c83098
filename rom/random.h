/*
 * Random numbers: RDRAND where the processor has it, and the jitter of the
 * time stamp counter against the timer chip, mixed by MD5.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ROM_RANDOM_H
#define ROM_RANDOM_H

#include <stddef.h>
#include <stdint.h>

/* Fills @bytes.  Fit for CHAP challenges, TCP sequence numbers and ports. */
void random_bytes(void *bytes, size_t length);

uint32_t random_u32(void);

#endif
