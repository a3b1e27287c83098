/*
 * EVs in an EV drive image: a file, while no machine uses it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TOOLS_EV_IMAGE_H
#define TOOLS_EV_IMAGE_H

#include "place.h"

/*
 * The place for the image @path; there is one at a time.  Opened for change it
 * is made blank, readable by its owner only, where there is none, and locked
 * as QEMU locks it, so that it is refused while a machine uses it.
 */
struct ev_place *image_place(const char *path);

#endif
