/*
 * Fault injection: the properties of the device.
 *
 * For each fault NAME, fault-NAME and fault-NAME-at say when it strikes; the
 * list "faults" tells the whole catalogue and what has been injected.  All of
 * them can be set at any time.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "nc37xx-pci.h"
#include "visit-qdev.h"

static Nc37xxFaultState *state_of(Object *obj, void *fault)
{
    return &NC37XX(obj)->nc.faults.faults[(uintptr_t)fault];
}

static void refuse(const char *name, uint64_t value, uint64_t least,
                   uint64_t most, Error **errp)
{
    error_setg(errp, "%s=%" PRIu64 " is out of range: it can be %" PRIu64
               " to %" PRIu64, name, value, least, most);
}

static void ppm_get(Object *obj, Visitor *v, const char *name, void *opaque,
                    Error **errp)
{
    uint32_t value = state_of(obj, opaque)->ppm;

    visit_type_uint32(v, name, &value, errp);
}

static void ppm_set(Object *obj, Visitor *v, const char *name, void *opaque,
                    Error **errp)
{
    uint64_t value;

    if (visit_type_uint64(v, name, &value, errp) &&
        !nc37xx_fault_set_ppm(&NC37XX(obj)->nc, (uintptr_t)opaque, value)) {
        refuse(name, value, 0, NC37XX_FAULT_ALWAYS, errp);
    }
}

static void at_get(Object *obj, Visitor *v, const char *name, void *opaque,
                   Error **errp)
{
    uint32_t value = state_of(obj, opaque)->at;

    visit_type_uint32(v, name, &value, errp);
}

static void at_set(Object *obj, Visitor *v, const char *name, void *opaque,
                   Error **errp)
{
    uint64_t value;

    if (visit_type_uint64(v, name, &value, errp) &&
        !nc37xx_fault_set_at(&NC37XX(obj)->nc, (uintptr_t)opaque, value)) {
        refuse(name, value, 0, UINT32_MAX, errp);
    }
}

static void parameter_get(Object *obj, Visitor *v, const char *name,
                          void *opaque, Error **errp)
{
    uint64_t value = NC37XX(obj)->nc.faults.parameters[(uintptr_t)opaque];

    visit_type_uint64(v, name, &value, errp);
}

static void parameter_set(Object *obj, Visitor *v, const char *name,
                          void *opaque, Error **errp)
{
    uintptr_t parameter = (uintptr_t)opaque;
    uint64_t value;

    if (visit_type_uint64(v, name, &value, errp) &&
        !nc37xx_fault_set_parameter(&NC37XX(obj)->nc, parameter, value)) {
        refuse(name, value, nc37xx_fault_parameter_rows[parameter].least,
               nc37xx_fault_parameter_rows[parameter].most, errp);
    }
}

/* The catalogue */

static bool visit_fault(Visitor *v, const Nc37xxFaultRow *row,
                        const Nc37xxFaultState *state, Error **errp)
{
    bool good;

    if (!visit_start_struct(v, NULL, NULL, 0, errp)) {
        return false;
    }
    good = nc37xx_visit_text(v, "name", row->name, errp) &&
           nc37xx_visit_text(v, "opportunity", row->opportunity, errp) &&
           nc37xx_visit_text(v, "what", row->what, errp) &&
           nc37xx_visit_text(v, "event", row->event_name, errp) &&
           nc37xx_visit_text(v, "counter", row->counter, errp) &&
           nc37xx_visit_number(v, "ppm", state->ppm, errp) &&
           nc37xx_visit_number(v, "at", state->at, errp) &&
           nc37xx_visit_number(v, "seen", state->seen, errp) &&
           nc37xx_visit_number(v, "injected", state->injected, errp);
    return nc37xx_visit_end(v, good, errp);
}

static bool visit_parameter(Visitor *v, const Nc37xxFaultParameterRow *row,
                            uint64_t value, Error **errp)
{
    bool good;

    if (!visit_start_struct(v, NULL, NULL, 0, errp)) {
        return false;
    }
    good = nc37xx_visit_text(v, "name", row->name, errp) &&
           nc37xx_visit_text(v, "what", row->what, errp) &&
           nc37xx_visit_number(v, "least", row->least, errp) &&
           nc37xx_visit_number(v, "most", row->most, errp) &&
           nc37xx_visit_number(v, "preset", row->preset, errp) &&
           nc37xx_visit_number(v, "value", value, errp);
    return nc37xx_visit_end(v, good, errp);
}

static bool visit_faults(Visitor *v, const Nc37xxFaultSet *set, Error **errp)
{
    bool good = true;
    unsigned i;

    if (!visit_start_list(v, "faults", NULL, 0, errp)) {
        return false;
    }
    for (i = 0; good && i < NC37XX_FAULT_COUNT; i++) {
        good = visit_fault(v, &nc37xx_fault_rows[i], &set->faults[i], errp);
    }
    visit_end_list(v, NULL);
    return good;
}

static bool visit_parameters(Visitor *v, const Nc37xxFaultSet *set,
                             Error **errp)
{
    bool good = true;
    unsigned i;

    if (!visit_start_list(v, "parameters", NULL, 0, errp)) {
        return false;
    }
    for (i = 0; good && i < NC37XX_FAULT_PARAMETER_COUNT; i++) {
        good = visit_parameter(v, &nc37xx_fault_parameter_rows[i],
                               set->parameters[i], errp);
    }
    visit_end_list(v, NULL);
    return good;
}

static void faults_get(Object *obj, Visitor *v, const char *name,
                       void *opaque, Error **errp)
{
    const Nc37xxFaultSet *set = &NC37XX(obj)->nc.faults;

    if (visit_start_struct(v, name, NULL, 0, errp)) {
        nc37xx_visit_end(v, visit_faults(v, set, errp) &&
                         visit_parameters(v, set, errp), errp);
    }
}

static void fault_add(ObjectClass *klass, uintptr_t fault)
{
    const Nc37xxFaultRow *row = &nc37xx_fault_rows[fault];
    g_autofree char *ppm = g_strdup_printf("fault-%s", row->name);
    g_autofree char *at = g_strdup_printf("fault-%s-at", row->name);
    g_autofree char *ppm_text =
        g_strdup_printf("Of a million %s, for so many (0..%u): %s",
                        row->opportunity, NC37XX_FAULT_ALWAYS, row->what);
    g_autofree char *at_text =
        g_strdup_printf("Of the %s, for the n-th from now (0: none): %s",
                        row->opportunity, row->what);

    object_class_property_add(klass, ppm, "uint32", ppm_get, ppm_set, NULL,
                              (void *)fault);
    object_class_property_set_description(klass, ppm, ppm_text);
    object_class_property_add(klass, at, "uint32", at_get, at_set, NULL,
                              (void *)fault);
    object_class_property_set_description(klass, at, at_text);
}

static void parameter_add(ObjectClass *klass, uintptr_t parameter)
{
    const Nc37xxFaultParameterRow *row =
        &nc37xx_fault_parameter_rows[parameter];
    g_autofree char *name = g_strdup_printf("fault-%s", row->name);
    g_autofree char *text =
        g_strdup_printf("Faults: %s (%" PRIu64 "..%" PRIu64 ", %" PRIu64
                        " when not set)", row->what, row->least, row->most,
                        row->preset);

    object_class_property_add(klass, name, "uint64", parameter_get,
                              parameter_set, NULL, (void *)parameter);
    object_class_property_set_description(klass, name, text);
}

void nc37xx_fault_properties_add(ObjectClass *klass)
{
    uintptr_t i;

    for (i = 0; i < NC37XX_FAULT_COUNT; i++) {
        fault_add(klass, i);
    }
    for (i = 0; i < NC37XX_FAULT_PARAMETER_COUNT; i++) {
        parameter_add(klass, i);
    }
    object_class_property_add(klass, "faults", "struct", faults_get,
                              NULL, NULL, NULL);
    object_class_property_set_description(
        klass, "faults", "Read only: the faults that can be injected, and "
        "how often each was");
}
