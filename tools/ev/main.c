/*
 * ev under Linux: in the server itself, and on the host of a virtual one.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "ev.h"
#include "hpilo.h"
#include "image.h"

int main(int argc, char **argv)
{
    const struct ev_places places = {
        .ilo = hpilo_place,
        .image = image_place,
    };
    int first = argc > 0 ? 1 : 0;

    return ev_run(&places, argc - first, (const char *const *)argv + first);
}
