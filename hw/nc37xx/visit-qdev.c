/*
 * Constants and members as output of a visitor.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "visit-qdev.h"

bool nc37xx_visit_text(Visitor *v, const char *name, const char *text,
                       Error **errp)
{
    char *copy = (char *)text;

    return visit_type_str(v, name, &copy, errp);
}

bool nc37xx_visit_number(Visitor *v, const char *name, uint64_t number,
                         Error **errp)
{
    return visit_type_uint64(v, name, &number, errp);
}

bool nc37xx_visit_bool(Visitor *v, const char *name, bool value,
                       Error **errp)
{
    return visit_type_bool(v, name, &value, errp);
}

bool nc37xx_visit_end(Visitor *v, bool good, Error **errp)
{
    good = good && visit_check_struct(v, errp);
    visit_end_struct(v, NULL);
    return good;
}
