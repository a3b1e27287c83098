/*
 * ev: writes and prints the iSCSI boot configuration in iLO's memory.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "ncsim/envelope.h"

static const char usage[] =
    "usage: ev -c [--adapter N] --image FILE < evinput.txt\n"
    "       ev -p [--adapter N] --image FILE\n"
    "\n"
    "  -c             write the configuration on standard input\n"
    "  -p             print the configuration, secrets masked\n"
    "  --adapter N    that of adapter 1 (default) or 2\n"
    "  --image FILE   in this EV drive image, which no machine is using;\n"
    "                 -c makes one where there is none\n"
    "  --help, --version\n"
    "\n"
    "exit status: 0 done, 1 bad configuration or not written, 2 wrong\n"
    "usage, 3 the EVs cannot be reached\n";

enum {
    OPTION_IMAGE = 256,
    OPTION_ADAPTER,
    OPTION_VERSION,
};

static const struct option options[] = {
    { "image", required_argument, NULL, OPTION_IMAGE },
    { "adapter", required_argument, NULL, OPTION_ADAPTER },
    { "help", no_argument, NULL, 'h' },
    { "version", no_argument, NULL, OPTION_VERSION },
    { NULL, 0, NULL, 0 }
};

static int misused(const char *what)
{
    fprintf(stderr, "ev: %s\n%s", what, usage);
    return EXIT_USAGE;
}

/* Flushed, so that a full disk is not taken for success. */
static int finish(int status)
{
    if (fflush(stdout) == EOF && status == EXIT_OK) {
        perror("ev: standard output");
        return EXIT_FAILED;
    }
    return status;
}

static const char *ev_name(const char *adapter)
{
    if (strcmp(adapter, "1") == 0) {
        return EV_BOOT_ADAPTER_1;
    }
    return strcmp(adapter, "2") == 0 ? EV_BOOT_ADAPTER_2 : NULL;
}

static int run(int command, const char *image, const char *name)
{
    if (!command) {
        return misused("say -c or -p");
    }
    if (!name) {
        return misused("the adapter is 1 or 2");
    }
    if (!image) {
        fprintf(stderr, "ev: this machine has no iLO that ev can reach; "
                "name a drive image with --image FILE\n");
        return EXIT_ENVIRONMENT;
    }
    return command == 'c' ? command_configure(image, name) :
                            command_print(image, name);
}

int main(int argc, char **argv)
{
    const char *image = NULL;
    const char *name = EV_BOOT_ADAPTER_1;
    int command = 0;
    int option;

    while ((option = getopt_long(argc, argv, "cph", options, NULL)) != -1) {
        switch (option) {
        case 'c':
        case 'p':
            if (command && command != option) {
                return misused("-c and -p exclude each other");
            }
            command = option;
            break;
        case 'h':
            fputs(usage, stdout);
            return finish(EXIT_OK);
        case OPTION_VERSION:
            puts("ev (ncsim) " NCSIM_VERSION);
            return finish(EXIT_OK);
        case OPTION_IMAGE:
            image = optarg;
            break;
        case OPTION_ADAPTER:
            name = ev_name(optarg);
            break;
        default:
            return misused("see below");
        }
    }
    if (optind < argc) {
        return misused("the configuration comes from standard input");
    }
    return finish(run(command, image, name));
}
