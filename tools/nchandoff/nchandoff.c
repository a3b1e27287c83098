/*
 * nchandoff: prints what the boot ROM left in the adapter for the operating
 * system, as Name=Value lines.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "adapters.h"

/* Exit codes of the project's tools. */
enum {
    EXIT_OK = 0,
    EXIT_FAILED = 1,            /* no adapter holds a good block */
    EXIT_USAGE = 2,
    EXIT_ENVIRONMENT = 3,       /* no adapter, or no way to reach it */
};

static const char usage[] =
    "usage: nchandoff [--secrets] [--force] [--pci FOLDER]\n"
    "Prints what the boot ROM left in the adapter, as Name=Value lines,\n"
    "then Adapter.PCI and Adapter.Interface of the adapter that holds it.\n"
    "  --secrets      print secrets, which are masked otherwise\n"
    "  --force        read although the interface is up: its driver and\n"
    "                 nchandoff may then disturb each other\n"
    "  --pci FOLDER   PCI functions in sysfs (/sys/bus/pci/devices)\n"
    "Run it when bnx2 is bound and before its interface is up.\n";

struct arguments {
    bool secrets;
    bool force;
    const char *pci;
};

/* Ends the program when the command line is not understood. */
static struct arguments parse_arguments(int argc, char **argv)
{
    static const struct option options[] = {
        { "secrets", no_argument, NULL, 's' },
        { "force", no_argument, NULL, 'f' },
        { "pci", required_argument, NULL, 'p' },
        { "help", no_argument, NULL, 'h' },
        { NULL, 0, NULL, 0 },
    };
    struct arguments arguments = { .pci = "/sys/bus/pci/devices" };
    int option;

    while ((option = getopt_long(argc, argv, "h", options, NULL)) != -1) {
        switch (option) {
        case 's':
            arguments.secrets = true;
            break;
        case 'f':
            arguments.force = true;
            break;
        case 'p':
            arguments.pci = optarg;
            break;
        case 'h':
            fputs(usage, stdout);
            exit(EXIT_OK);
        default:
            fputs(usage, stderr);
            exit(EXIT_USAGE);
        }
    }
    if (optind < argc) {
        fprintf(stderr, "nchandoff: '%s' is not expected\n%s", argv[optind],
                usage);
        exit(EXIT_USAGE);
    }
    return arguments;
}

static void print_text(struct ev_slice text, bool secrets)
{
    struct ev_reader reader;
    struct ev_line line;

    ev_reader_init(&reader, text.start, text.length);
    while (ev_reader_next(&reader, &line)) {
        bool masked = !secrets && handoff_is_secret(line.name);

        printf("%.*s=%.*s\n", (int)line.name.length, line.name.start,
               masked ? 8 : (int)line.value.length,
               masked ? EV_MASK : line.value.start);
    }
}

/* Whether the window is ours to use; says why when it is not. */
static bool may_read(const struct adapter *adapter, bool force)
{
    if (adapter->interface[0] == '\0') {
        fprintf(stderr, "nchandoff: %s: no driver is bound; load bnx2 "
                "first\n", adapter->address);
        return false;
    }
    if (adapter->up && !force) {
        fprintf(stderr, "nchandoff: %s: its interface %s is up; set it down "
                "first, or use --force\n", adapter->address,
                adapter->interface);
        return false;
    }
    return true;
}

/* Reads one adapter and prints its block.  Returns an exit code. */
static int try_adapter(const struct adapter *adapter,
                       const struct arguments *arguments)
{
    static uint8_t block[HANDOFF_SIZE_MAX];
    struct config_space config;
    enum handoff_error error;
    struct ev_slice text;
    int file;

    if (!may_read(adapter, arguments->force)) {
        return EXIT_ENVIRONMENT;
    }
    if (!adapter_open(adapter, &file, &config)) {
        fprintf(stderr, "nchandoff: %s/config: %s\n", adapter->folder,
                strerror(errno));
        return EXIT_ENVIRONMENT;
    }
    error = handoff_read(&config, block, &text);
    close(file);
    if (error != HANDOFF_OK) {
        fprintf(stderr, "nchandoff: %s: %s\n", adapter->address,
                handoff_error_text(error));
        return error == HANDOFF_ACCESS ? EXIT_ENVIRONMENT : EXIT_FAILED;
    }
    print_text(text, arguments->secrets);
    printf("Adapter.PCI=%s\nAdapter.Interface=%s\n", adapter->address,
           adapter->interface);
    return EXIT_OK;
}

int main(int argc, char **argv)
{
    static struct adapter list[ADAPTERS_MAX];
    struct arguments arguments = parse_arguments(argc, argv);
    int count, code, worst = EXIT_FAILED;

    count = adapters_find(arguments.pci, list);
    if (count <= 0) {
        fprintf(stderr, "nchandoff: %s: %s\n", arguments.pci,
                count < 0 ? strerror(errno) :
                "no BCM5706 or BCM5708 adapter is there");
        return EXIT_ENVIRONMENT;
    }
    for (int i = 0; i < count; i++) {
        code = try_adapter(&list[i], &arguments);
        if (code == EXIT_OK) {
            return fflush(stdout) == 0 ? EXIT_OK : EXIT_ENVIRONMENT;
        }
        worst = code > worst ? code : worst;
    }
    return worst;
}
