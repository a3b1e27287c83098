/*
 * The state of the chip as properties of the device, for qom-get.
 *
 * All are read only and structured: an object whose members have the names
 * of the data sheet.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "inspect.h"
#include "nc37xx-pci.h"
#include "visit-qdev.h"

typedef bool VisitMembers(Visitor *v, Nc37xx *nc, Error **errp);

typedef struct View {
    const char *property;
    const char *description;
    VisitMembers *members;
} View;

static bool visit_fields(Visitor *v, const Nc37xxRegisterName *reg,
                         uint32_t value, Error **errp)
{
    bool good = visit_start_struct(v, "fields", NULL, 0, errp);
    const Nc37xxFieldName *field = &nc37xx_fields[reg->first];
    unsigned i;

    if (!good) {
        return false;
    }
    for (i = 0; good && i < reg->fields; i++, field++) {
        good = nc37xx_visit_number(v, field->name,
                                   nc37xx_field_peek(value, field), errp);
    }
    return nc37xx_visit_end(v, good, errp);
}

static bool visit_register(Visitor *v, Nc37xx *nc,
                           const Nc37xxRegisterName *reg, Error **errp)
{
    uint32_t value = nc37xx_register_peek(nc, reg);
    bool good;

    if (!visit_start_struct(v, reg->name, NULL, 0, errp)) {
        return false;
    }
    good = nc37xx_visit_number(v, "address", reg->address, errp) &&
           nc37xx_visit_number(v, "value", value, errp) &&
           visit_fields(v, reg, value, errp);
    return nc37xx_visit_end(v, good, errp);
}

static bool visit_registers(Visitor *v, Nc37xx *nc, Error **errp)
{
    bool good = true;
    size_t i;

    for (i = 0; good && i < nc37xx_register_count; i++) {
        good = visit_register(v, nc, &nc37xx_registers[i], errp);
    }
    return good;
}

static bool visit_phy_registers(Visitor *v, Nc37xx *nc, Error **errp)
{
    bool good = true;
    size_t i;

    for (i = 0; good && i < nc37xx_phy_register_count; i++) {
        const Nc37xxName *reg = &nc37xx_phy_registers[i];

        good = nc37xx_visit_number(v, reg->name, nc37xx_phy_peek(nc, reg),
                                   errp);
    }
    return good;
}

static bool visit_ring(Visitor *v, const Nc37xxRingView *ring, Error **errp)
{
    bool good;

    if (!visit_start_struct(v, ring->name, NULL, 0, errp)) {
        return false;
    }
    good = nc37xx_visit_bool(v, "armed", ring->armed, errp) &&
           nc37xx_visit_number(v, "page", ring->page, errp) &&
           nc37xx_visit_number(v, "page-bytes", ring->page_bytes, errp) &&
           nc37xx_visit_number(v, "consumer", ring->consumer, errp) &&
           nc37xx_visit_number(v, "producer", ring->producer, errp) &&
           nc37xx_visit_number(v, "waiting", ring->waiting, errp);
    return nc37xx_visit_end(v, good, errp);
}

static bool visit_rings(Visitor *v, Nc37xx *nc, Error **errp)
{
    Nc37xxRingView ring;
    bool good = true;
    unsigned i;

    for (i = 0; good && i < NC37XX_RINGS; i++) {
        nc37xx_ring_peek(nc, i, &ring);
        good = visit_ring(v, &ring, errp);
    }
    return good;
}

static bool visit_statistics(Visitor *v, Nc37xx *nc, Error **errp)
{
    bool good = true;
    size_t i;

    for (i = 0; good && i < nc37xx_counter_count; i++) {
        const Nc37xxName *counter = &nc37xx_counters[i];

        good = nc37xx_visit_number(v, counter->name,
                                   nc37xx_counter_peek(nc, counter), errp);
    }
    return good;
}

static bool visit_link(Visitor *v, Nc37xx *nc, Error **errp)
{
    Nc37xxLinkView link;

    nc37xx_link_peek(nc, &link);
    return nc37xx_visit_bool(v, "carrier", link.carrier, errp) &&
           nc37xx_visit_bool(v, "up", link.up, errp) &&
           nc37xx_visit_text(v, "state", link.state, errp) &&
           nc37xx_visit_number(v, "speed", link.speed, errp) &&
           nc37xx_visit_bool(v, "full-duplex", link.full_duplex, errp) &&
           nc37xx_visit_bool(v, "loopback", link.loopback, errp) &&
           nc37xx_visit_bool(v, "paused", link.paused, errp) &&
           nc37xx_visit_bool(v, "partner-paused", link.partner_paused, errp);
}

static const View views[] = {
    { "registers", "Read only: the registers, with their fields",
      visit_registers },
    { "phy-registers", "Read only: the registers of the transceiver",
      visit_phy_registers },
    { "rings", "Read only: the three descriptor rings", visit_rings },
    { "statistics", "Read only: the statistics counters", visit_statistics },
    { "link", "Read only: the link", visit_link },
};

static void view_get(Object *obj, Visitor *v, const char *name, void *opaque,
                     Error **errp)
{
    const View *view = opaque;

    /* Until then there is no configuration space to look at. */
    if (!DEVICE(obj)->realized) {
        error_setg(errp, "%s: the adapter has no power yet", name);
        return;
    }
    if (visit_start_struct(v, name, NULL, 0, errp)) {
        nc37xx_visit_end(v, view->members(v, &NC37XX(obj)->nc, errp), errp);
    }
}

void nc37xx_inspect_properties_add(ObjectClass *klass)
{
    size_t i;

    for (i = 0; i < ARRAY_SIZE(views); i++) {
        object_class_property_add(klass, views[i].property, "struct",
                                  view_get, NULL, NULL, (void *)&views[i]);
        object_class_property_set_description(klass, views[i].property,
                                              views[i].description);
    }
}
