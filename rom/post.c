/*
 * Framed progress codes on port 80h (ncsim/post_codes.h).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "io.h"
#include "post.h"

void post_stage(uint8_t code)
{
    outb(POST_PORT, POST_FRAME);
    outb(POST_PORT, code);
    outb(POST_PORT, POST_CHECK(code));
}
