/*
 * An EV drive image in a file, while no machine uses it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TOOLS_EV_IMAGE_H
#define TOOLS_EV_IMAGE_H

#include "qemu/osdep.h"
#include "hw/ilo-ev/ev-store.h"

struct image {
    const char *path;
    int fd;
    EvStore store;
};

/*
 * Opens an image for reading and loads it.  Returns false after telling the
 * user why it cannot be used.
 */
bool image_open(struct image *image, const char *path);

/*
 * As image_open(), for changes: makes a blank image, readable by its owner
 * only, where there is none, and takes QEMU's image lock, so that it is
 * refused while a machine uses it.
 */
bool image_open_for_change(struct image *image, const char *path);

void image_close(struct image *image);

#endif
