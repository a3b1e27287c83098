/*
 * nciscsi: an iSCSI initiator for the command line.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "secret.h"

#define INITIATOR "iqn.2026-01.org.ncsim:nciscsi"

/* What an option or a command wants. */
enum need {
    NEED_OFFSET = 1, NEED_LENGTH = 2, NEED_INPUT = 4, NEED_OUTPUT = 8,
    NEED_TARGET = 16, NEED_LUN = 32,
};

static const struct command_row {
    const char *name;
    const char *what;
    unsigned needs;             /* has to be there */
    unsigned takes;             /* may be there */
    enum exit_status (*run)(const struct order *order);
} command_rows[] = {
    { "info", "URL                what was agreed, and what disk it is",
      NEED_TARGET | NEED_LUN, 0, command_info },
    { "luns", "URL                the logical units of the target",
      NEED_TARGET, 0, command_luns },
    { "read", "URL --output FILE  bytes of the LUN to a file",
      NEED_TARGET | NEED_LUN | NEED_OUTPUT, NEED_OFFSET | NEED_LENGTH,
      command_read },
    { "write", "URL --input FILE  bytes of a file to the LUN",
      NEED_TARGET | NEED_LUN | NEED_INPUT, NEED_OFFSET | NEED_LENGTH,
      command_write },
    { "verify", "URL --input FILE compares the LUN with a file",
      NEED_TARGET | NEED_LUN | NEED_INPUT, NEED_OFFSET | NEED_LENGTH,
      command_verify },
    { "bench", "URL               how fast the LUN is read, up to 1 GiB",
      NEED_TARGET | NEED_LUN, NEED_OFFSET | NEED_LENGTH, command_bench },
    { "discover", "HOST[:PORT]    the targets of a portal", 0, 0,
      command_discover },
};

enum letter {
    OPTION_OFFSET = 1, OPTION_LENGTH, OPTION_INPUT, OPTION_OUTPUT,
    OPTION_INITIATOR, OPTION_STRICT, OPTION_TRACE, OPTION_SECRET,
    OPTION_TARGET_SECRET, OPTION_NO_PROGRESS, OPTION_HELP, OPTION_VERSION,
};

static const struct option option_rows[] = {
    { "offset", required_argument, NULL, OPTION_OFFSET },
    { "length", required_argument, NULL, OPTION_LENGTH },
    { "input", required_argument, NULL, OPTION_INPUT },
    { "output", required_argument, NULL, OPTION_OUTPUT },
    { "initiator", required_argument, NULL, OPTION_INITIATOR },
    { "strict", no_argument, NULL, OPTION_STRICT },
    { "trace", no_argument, NULL, OPTION_TRACE },
    { "secret-file", required_argument, NULL, OPTION_SECRET },
    { "target-secret-file", required_argument, NULL, OPTION_TARGET_SECRET },
    { "no-progress", no_argument, NULL, OPTION_NO_PROGRESS },
    { "help", no_argument, NULL, OPTION_HELP },
    { "version", no_argument, NULL, OPTION_VERSION },
    { }
};

static const char usage_text[] =
    "\nURL: iscsi://[USER[%SECRET]@]HOST[:PORT]/TARGET/LUN[?OPTION&...]\n"
    "  target_user=, target_password=   the target proves itself by these\n"
    "  header_digest=crc32c, data_digest=crc32c\n"
    "\n"
    "  --offset BYTES, --length BYTES   K, M, G and T stand for powers of 1024\n"
    "  --input FILE, --output FILE      - is standard input or output\n"
    "  --initiator IQN                  (" INITIATOR ")\n"
    "  --secret-file FILE               its first line is the SECRET\n"
    "  --target-secret-file FILE        and that of the target\n"
    "  --strict                         slips of the target that do no harm\n"
    "                                   end the connection too\n"
    "  --trace                          each PDU in words\n"
    "  --no-progress                    no bar on the terminal\n"
    "\n"
    "LIBISCSI_CHAP_USERNAME, LIBISCSI_CHAP_PASSWORD,\n"
    "LIBISCSI_CHAP_TARGET_USERNAME and LIBISCSI_CHAP_TARGET_PASSWORD in the\n"
    "environment stand for what the URL leaves out.\n"
    "\n"
    "Exit status:\n";

static void print_help(void)
{
    static const struct {
        int status;
        const char *text;
    } statuses[] = {
#define EXIT_ROW(name, status, text) { status, text },
        EXIT_LIST(EXIT_ROW)
#undef EXIT_ROW
    };
    size_t i;

    printf("usage: nciscsi COMMAND ... [OPTION...]\n\n");
    for (i = 0; i < G_N_ELEMENTS(command_rows); i++) {
        printf("  %s %s\n", command_rows[i].name, command_rows[i].what);
    }
    fputs(usage_text, stdout);
    for (i = 0; i < G_N_ELEMENTS(statuses); i++) {
        printf("  %3d  %s\n", statuses[i].status, statuses[i].text);
    }
}

/* Complains in a sentence, and says where help is. */
__attribute__((format(printf, 1, 2)))
static bool refuse(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    fprintf(stderr, "nciscsi: ");
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fprintf(stderr, "; see nciscsi --help\n");
    return false;
}

static bool parse_bytes(const char *name, const char *text, uint64_t *bytes)
{
    static const char suffixes[] = "KMGT";
    const char *suffix = *text ? strchr(suffixes, text[strlen(text) - 1])
                               : NULL;
    unsigned shift = suffix ? 10 * (suffix - suffixes + 1) : 0;
    g_autofree char *digits = g_strndup(text, strlen(text) - !!suffix);
    guint64 number;

    if (!g_ascii_string_to_unsigned(digits, 10, 0, INT64_MAX >> shift,
                                    &number, NULL)) {
        return refuse("--%s %s: bytes, with K, M, G or T behind them or not",
                      name, text);
    }
    *bytes = number << shift;
    return true;
}

/* What the options said, before they are held against the command. */
struct words {
    struct order order;
    unsigned given;
    char *secret;
    char *target_secret;
    bool help, version;
};

static bool take_option(struct words *w, int option)
{
    switch (option) {
    case OPTION_OFFSET:
        w->given |= NEED_OFFSET;
        return parse_bytes("offset", optarg, &w->order.offset);
    case OPTION_LENGTH:
        w->given |= NEED_LENGTH;
        return parse_bytes("length", optarg, &w->order.length);
    case OPTION_INPUT:
        w->given |= NEED_INPUT;
        w->order.input = optarg;
        return true;
    case OPTION_OUTPUT:
        w->given |= NEED_OUTPUT;
        w->order.output = optarg;
        return true;
    case OPTION_INITIATOR:
        w->order.settings.initiator = optarg;
        return true;
    case OPTION_STRICT:
        w->order.settings.strict = true;
        return true;
    case OPTION_TRACE:
        w->order.settings.trace = true;
        return true;
    case OPTION_SECRET:
        return secret_from_file(optarg, &w->secret);
    case OPTION_TARGET_SECRET:
        return secret_from_file(optarg, &w->target_secret);
    case OPTION_NO_PROGRESS:
        w->order.progress = false;
        return true;
    case OPTION_HELP:
        w->help = true;
        return true;
    case OPTION_VERSION:
        w->version = true;
        return true;
    default:
        fprintf(stderr, "nciscsi: see nciscsi --help\n");
        return false;
    }
}

static const struct command_row *find_command(const char *name)
{
    size_t i;

    for (i = 0; name && i < G_N_ELEMENTS(command_rows); i++) {
        if (strcmp(command_rows[i].name, name) == 0) {
            return &command_rows[i];
        }
    }
    return NULL;
}

static bool options_fit(const struct command_row *row, unsigned given)
{
    static const char *const names[] = {
        "--offset", "--length", "--input", "--output",
    };
    unsigned i, bit;

    for (i = 0; i < G_N_ELEMENTS(names); i++) {
        bit = 1u << i;
        if (row->needs & bit && !(given & bit)) {
            return refuse("%s needs %s", row->name, names[i]);
        }
        if (given & bit && !((row->needs | row->takes) & bit)) {
            return refuse("%s takes no %s", row->name, names[i]);
        }
    }
    return true;
}

/* The secret's place on the command line is wiped: ps shows it to all. */
static bool take_url(const struct command_row *row, struct words *w,
                     char *text)
{
    char *problem = NULL;
    struct url *url = url_parse(text, &problem);

    memset(text, '*', strlen(text));
    if (!url) {
        refuse("%s", problem);
        g_free(problem);
        return false;
    }
    if (row->needs & NEED_TARGET && !url->target) {
        refuse("%s: the URL names no target", row->name);
    } else if (row->needs & NEED_LUN && !url->has_lun) {
        refuse("%s: the URL names no LUN", row->name);
    } else {
        w->order.url = url;
        return true;
    }
    url_free(url);
    return false;
}

static char *first_of(char *first, char *second)
{
    if (first) {
        g_free(second);
        return first;
    }
    return second;
}

/* A file counts more than the URL, and that more than the environment. */
static void complete_url(struct words *w)
{
    struct url *url = w->order.url;

    url->secret = first_of(w->secret, url->secret);
    url->target_secret = first_of(w->target_secret, url->target_secret);
    value_from_environment("LIBISCSI_CHAP_USERNAME", &url->user);
    value_from_environment("LIBISCSI_CHAP_PASSWORD", &url->secret);
    value_from_environment("LIBISCSI_CHAP_TARGET_USERNAME",
                           &url->target_user);
    value_from_environment("LIBISCSI_CHAP_TARGET_PASSWORD",
                           &url->target_secret);
}

static bool parse(int argc, char **argv, struct words *w,
                  const struct command_row **row)
{
    int option;

    while ((option = getopt_long(argc, argv, "", option_rows, NULL)) != -1) {
        if (!take_option(w, option)) {
            return false;
        }
    }
    if (w->help || w->version) {
        return true;
    }
    *row = find_command(argv[optind]);
    if (!*row) {
        return argv[optind] ? refuse("there is no command '%s'", argv[optind])
                            : refuse("no command is given");
    }
    if (argc - optind != 2) {
        return refuse("%s wants one URL", (*row)->name);
    }
    if (!options_fit(*row, w->given) || !take_url(*row, w, argv[optind + 1])) {
        return false;
    }
    complete_url(w);
    return true;
}

int main(int argc, char **argv)
{
    struct words w = {
        .order = { .settings = { .initiator = INITIATOR },
                   .length = UINT64_MAX, .progress = true },
    };
    const struct command_row *row = NULL;

    if (!parse(argc, argv, &w, &row)) {
        return EXIT_USAGE;
    }
    if (w.help) {
        print_help();
    } else if (w.version) {
        printf("nciscsi %s\n", NCSIM_VERSION);
    } else {
        client_catch_signals();
        return row->run(&w.order);
    }
    return EXIT_OK;
}
