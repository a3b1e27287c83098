/*
 * HP NC37xx network adapter: properties of what is at the other end of the
 * cable.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "nc37xx-pci.h"

static bool speed_set(Nc37xxPciState *s, Error **errp)
{
    static const uint16_t speeds[] = { 10, 100, 1000, 2500 };
    size_t i;

    for (i = 0; i < ARRAY_SIZE(speeds); i++) {
        if (s->link_speed == speeds[i]) {
            s->nc.partner.speed = speeds[i];
            return true;
        }
    }
    error_setg(errp, "link-speed=%u: there is 10, 100, 1000 and 2500",
               s->link_speed);
    return false;
}

static bool pause_set(Nc37xxPciState *s, Error **errp)
{
    static const struct {
        const char *name;
        bool pause, asym_pause;
    } choices[] = {
        { "both", true, true },
        { "symmetric", true, false },
        { "asymmetric", false, true },
        { "none", false, false },
    };
    size_t i;

    for (i = 0; i < ARRAY_SIZE(choices); i++) {
        if (!s->link_pause || g_str_equal(s->link_pause, choices[i].name)) {
            s->nc.partner.pause = choices[i].pause;
            s->nc.partner.asym_pause = choices[i].asym_pause;
            return true;
        }
    }
    error_setg(errp, "link-pause=%s: there is both, symmetric, asymmetric "
               "and none", s->link_pause);
    return false;
}

bool nc37xx_partner_set(Nc37xxPciState *s, Error **errp)
{
    s->nc.partner.half_duplex = s->link_half_duplex;
    s->nc.partner.forced = !s->link_autoneg;
    return speed_set(s, errp) && pause_set(s, errp);
}
