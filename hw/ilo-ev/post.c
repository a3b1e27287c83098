/*
 * Port 80h: finds the framed stages of a boot among the noise.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "ncsim/post_codes.h"
#include "post.h"

void ilo_post_reset(IloPost *post)
{
    memset(post, 0, sizeof(*post));
}

/*
 * Looks at every three bytes in a row, also at those of a frame just found,
 * so that no foreign bytes before a frame can hide it.
 */
bool ilo_post_byte(IloPost *post, uint8_t byte)
{
    uint8_t frame = post->before[0];
    uint8_t code = post->before[1];
    uint8_t check = POST_CHECK(code);

    post->before[0] = code;
    post->before[1] = byte;
    if (frame != POST_FRAME || byte != check) {
        return false;
    }
    post->stages[post->count++ % ILO_POST_STAGES_KEPT] = code;
    return true;
}

uint8_t ilo_post_last(const IloPost *post)
{
    return post->stages[(post->count - 1) % ILO_POST_STAGES_KEPT];
}

const char *ilo_post_name(uint8_t code)
{
#define POST_CASE(value, constant, name) case value: return name;
    switch (code) {
    POST_STAGES(POST_CASE)
    }
#undef POST_CASE
    if (code >= POST_FAILOVER && code <= POST_FAILOVER_LAST) {
        return "failover";
    }
    if (code >= POST_FAIL && code <= POST_FAIL_LAST) {
        return "fail";
    }
    return "unknown";
}
