/*
 * The management link on a chardev.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_ILO_EV_LINK_QDEV_H
#define HW_ILO_EV_LINK_QDEV_H

#include "chardev/char-fe.h"
#include "link.h"

typedef struct IloLinkQdev {
    CharBackend chr;                /* property "chardev"; may be absent */
    guint watch;                    /* waits until @chr takes more, or 0 */
    IloLink link;
} IloLinkQdev;

/* From here on the daemon is answered; @smif must outlive it. */
void ilo_link_qdev_realize(IloLinkQdev *qdev, IloSmif *smif,
                           const IloListener *listener);

void ilo_link_qdev_unrealize(IloLinkQdev *qdev);

#endif
