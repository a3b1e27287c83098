/*
 * The state of the chip under the names of the data sheet, for people.
 * Looking changes nothing.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_NC37XX_INSPECT_H
#define HW_NC37XX_INSPECT_H

#include "nc37xx.h"

/* Tables that names.py makes out of nc37xx_regs.h. */

typedef struct Nc37xxRegisterName {
    const char *name;
    uint32_t address;           /* GRC */
    uint16_t first;             /* of its fields in nc37xx_fields[] */
    uint16_t fields;
} Nc37xxRegisterName;

typedef struct Nc37xxFieldName {
    const char *name;
    uint8_t shift, length;
} Nc37xxFieldName;

typedef struct Nc37xxName {
    const char *name;
    uint32_t number;            /* offset or register number */
} Nc37xxName;

extern const Nc37xxRegisterName nc37xx_registers[];
extern const Nc37xxFieldName nc37xx_fields[];
extern const Nc37xxName nc37xx_counters[];
extern const Nc37xxName nc37xx_phy_registers[];
extern const size_t nc37xx_register_count, nc37xx_field_count;
extern const size_t nc37xx_counter_count, nc37xx_phy_register_count;

/*
 * What the driver would read, but for registers through which it reaches
 * others: of those, what was written last.
 */
uint32_t nc37xx_register_peek(Nc37xx *nc, const Nc37xxRegisterName *which);
uint32_t nc37xx_field_peek(uint32_t value, const Nc37xxFieldName *which);
uint16_t nc37xx_phy_peek(Nc37xx *nc, const Nc37xxName *which);
uint64_t nc37xx_counter_peek(const Nc37xx *nc, const Nc37xxName *which);

typedef struct Nc37xxRingView {
    const char *name;
    bool armed;
    uint64_t page;              /* address of the page in use */
    uint32_t page_bytes;        /* 0: of a size that is not supported */
    uint16_t consumer;          /* next descriptor to be used */
    uint16_t producer;          /* as the driver last said */
    uint16_t waiting;           /* slots between both, links included */
} Nc37xxRingView;

#define NC37XX_RINGS 3
/* Ring @n, 0 to NC37XX_RINGS - 1. */
void nc37xx_ring_peek(const Nc37xx *nc, unsigned n, Nc37xxRingView *view);

typedef struct Nc37xxLinkView {
    bool carrier;               /* the backend is connected */
    bool up;                    /* as the driver sees it */
    const char *state;          /* down, negotiating, held, up */
    unsigned speed;             /* Mbit/s, 0 without a link */
    bool full_duplex;
    bool loopback;
    bool paused;                /* by the partner */
    bool partner_paused;        /* by us */
} Nc37xxLinkView;

void nc37xx_link_peek(const Nc37xx *nc, Nc37xxLinkView *view);

#endif
