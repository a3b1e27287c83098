/*
 * Constants and members as output of a visitor.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_NC37XX_VISIT_QDEV_H
#define HW_NC37XX_VISIT_QDEV_H

#include "qapi/visitor.h"

/* As visit_type_...(), for values that only go out. */
bool nc37xx_visit_text(Visitor *v, const char *name, const char *text,
                       Error **errp);
bool nc37xx_visit_number(Visitor *v, const char *name, uint64_t number,
                         Error **errp);
bool nc37xx_visit_bool(Visitor *v, const char *name, bool value,
                       Error **errp);

/* Ends the struct that a getter has begun, good or not. */
bool nc37xx_visit_end(Visitor *v, bool good, Error **errp);

#endif
