/*
 * Port 80h: finds the framed stages of a boot among the noise.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_ILO_EV_POST_H
#define HW_ILO_EV_POST_H

#define ILO_POST_STAGES_KEPT 16

typedef struct IloPost {
    uint8_t before[2];              /* the last two bytes, newest last */
    uint32_t count;                 /* stages seen, runs free */
    uint8_t stages[ILO_POST_STAGES_KEPT];   /* stage n at n modulo size */
} IloPost;

/* Forgets the boot that was; for reset. */
void ilo_post_reset(IloPost *post);

/* Takes a byte written to port 80h; true when it completes a stage. */
bool ilo_post_byte(IloPost *post, uint8_t byte);

/* The code of the last stage, 0 before the first. */
uint8_t ilo_post_last(const IloPost *post);

/* The name of a stage code in contract with the ROM; never NULL. */
const char *ilo_post_name(uint8_t code);

#endif
