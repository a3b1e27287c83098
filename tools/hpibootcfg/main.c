/*
 * hpibootcfg: writes a boot configuration to a server by way of its iLO.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hpibootcfg.h"

#define DEFAULT_PORT "443"
#define DEFAULT_SECONDS 60
#define PASSWORD_MAX 255

static const char usage[] =
    "usage: hpibootcfg -i INPUT -s ILO -u USER -p PASSWORD [OPTION...]\n"
    "\n"
    "  -i INPUT       file of boot path variables (evinput)\n"
    "  -s ILO         address or name of the server's iLO, maybe with :PORT\n"
    "  -u USER        iLO user with CONFIG_ILO_PRIV\n"
    "  -p PASSWORD    their password; - reads it from standard input\n"
    "All four are needed.\n"
    "\n"
    "  --password-file FILE    the password is its first line, in place of "
    "-p\n"
    "  --adapter N             configure adapter 1 (default) or 2\n"
    "  --cafile FILE           trust what these certificates (PEM) vouch for\n"
    "  --fingerprint sha256:HEX\n"
    "                          trust exactly this certificate\n"
    "  --known FILE            certificates met before, one remembered for\n"
    "                          each iLO at the first contact\n"
    "                          (~/.config/ncsim/known-ilos)\n"
    "  --insecure              trust any certificate\n"
    "  --timeout SECONDS       give up after so long (60)\n"
    "  --help, --version\n"
    "\n"
    "exit status: 0 written and read back, 1 bad configuration or refused,\n"
    "2 wrong usage, 3 no file, no iLO or no trust, 4 too late\n";

enum {
    OPTION_PASSWORD_FILE = 256,
    OPTION_ADAPTER,
    OPTION_CAFILE,
    OPTION_FINGERPRINT,
    OPTION_KNOWN,
    OPTION_INSECURE,
    OPTION_TIMEOUT,
    OPTION_VERSION,
};

static const struct option long_options[] = {
    { "password-file", required_argument, NULL, OPTION_PASSWORD_FILE },
    { "adapter", required_argument, NULL, OPTION_ADAPTER },
    { "cafile", required_argument, NULL, OPTION_CAFILE },
    { "fingerprint", required_argument, NULL, OPTION_FINGERPRINT },
    { "known", required_argument, NULL, OPTION_KNOWN },
    { "insecure", no_argument, NULL, OPTION_INSECURE },
    { "timeout", required_argument, NULL, OPTION_TIMEOUT },
    { "help", no_argument, NULL, 'h' },
    { "version", no_argument, NULL, OPTION_VERSION },
    { NULL, 0, NULL, 0 }
};

int complain(int status, const char *format, ...)
{
    va_list arguments;

    fputs("hpibootcfg: ", stderr);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    return status;
}

static int misused(const char *what)
{
    return complain(EXIT_USAGE, "%s\n\n%s", what, usage);
}

static int read_password(FILE *file, const char *name,
                         struct options *options)
{
    char line[PASSWORD_MAX + 2];

    if (!file || !fgets(line, sizeof(line), file)) {
        return complain(EXIT_ENVIRONMENT, "%s: %s", name,
                        !file || ferror(file) ? strerror(errno) :
                                                "holds no password");
    }
    line[strcspn(line, "\r\n")] = '\0';
    g_free(options->password);
    options->password = g_strdup(line);
    explicit_bzero(line, sizeof(line));
    return EXIT_OK;
}

static int read_password_file(const char *name, struct options *options)
{
    FILE *file = fopen(name, "re");
    int status = read_password(file, name, options);

    if (file) {
        fclose(file);
    }
    return status;
}

/* Takes the password out of what ps shows, as soon as it can. */
static int take_password(char *argument, struct options *options)
{
    if (strcmp(argument, "-") == 0) {
        return read_password(stdin, "standard input", options);
    }
    g_free(options->password);
    options->password = g_strdup(argument);
    memset(argument, '*', strlen(argument));
    return EXIT_OK;
}

static int take_number(const char *text, unsigned *number)
{
    guint64 value;

    if (!g_ascii_string_to_unsigned(text, 10, 1, 3600, &value, NULL)) {
        return misused("the time-out is 1 to 3600 seconds");
    }
    *number = value;
    return EXIT_OK;
}

/* NAME, NAME:PORT, ADDRESS, ADDRESS:PORT, [ADDRESS6]:PORT or ADDRESS6. */
static int take_server(struct options *options)
{
    const char *text = options->server, *end = strchr(text, ']');
    const char *colon = strrchr(text, ':');

    if (text[0] == '[' && end) {
        options->host = g_strndup(text + 1, end - text - 1);
        colon = end[1] == ':' ? end + 1 : NULL;
    } else if (colon && strchr(text, ':') == colon) {
        options->host = g_strndup(text, colon - text);
    } else {
        options->host = g_strdup(text);
        colon = NULL;
    }
    options->port = g_strdup(colon ? colon + 1 : DEFAULT_PORT);
    return options->host[0] && options->port[0] ? EXIT_OK :
           misused("-s is an address or a name, maybe with :PORT");
}

static int take(int option, struct options *options)
{
    switch (option) {
    case 'i':
        options->input = optarg;
        return EXIT_OK;
    case 's':
        options->server = optarg;
        return EXIT_OK;
    case 'u':
        options->user = optarg;
        return EXIT_OK;
    case 'p':
        return take_password(optarg, options);
    case OPTION_PASSWORD_FILE:
        return read_password_file(optarg, options);
    case OPTION_ADAPTER:
        options->ev_name = strcmp(optarg, "1") == 0 ? EV_BOOT_ADAPTER_1 :
                           strcmp(optarg, "2") == 0 ? EV_BOOT_ADAPTER_2 :
                                                      NULL;
        return options->ev_name ? EXIT_OK : misused("the adapter is 1 or 2");
    case OPTION_CAFILE:
        options->ca_file = optarg;
        return EXIT_OK;
    case OPTION_FINGERPRINT:
        options->fingerprint = optarg;
        return EXIT_OK;
    case OPTION_KNOWN:
        g_free(options->known);
        options->known = g_strdup(optarg);
        return EXIT_OK;
    case OPTION_INSECURE:
        options->insecure = TRUE;
        return EXIT_OK;
    case OPTION_TIMEOUT:
        return take_number(optarg, &options->seconds);
    default:
        return misused("see below");
    }
}

/* -1: go on; else the exit status. */
static int parse(int argc, char **argv, struct options *options)
{
    int option, status;

    while ((option = getopt_long(argc, argv, "i:s:u:p:h", long_options,
                                 NULL)) != -1) {
        if (option == 'h') {
            fputs(usage, stdout);
            return EXIT_OK;
        }
        if (option == OPTION_VERSION) {
            puts("hpibootcfg (ncsim) " NCSIM_VERSION);
            return EXIT_OK;
        }
        status = take(option, options);
        if (status != EXIT_OK) {
            return status;
        }
    }
    if (optind < argc) {
        return misused("there are only options");
    }
    if (!options->input || !options->server || !options->user ||
        !options->password) {
        return misused("-i, -s, -u and -p are all needed");
    }
    if (options->insecure + !!options->ca_file + !!options->fingerprint > 1) {
        return misused("--cafile, --fingerprint and --insecure exclude each "
                       "other");
    }
    status = take_server(options);
    return status == EXIT_OK ? -1 : status;
}

static int run(const struct options *options)
{
    static struct block block, read;
    int status = configuration_read(options, &block);
    char *difference;

    if (status == EXIT_OK) {
        status = ilo_write(options, &block, &read);
    }
    if (status == EXIT_OK) {
        difference = configuration_differs(&block, &read);
        if (difference) {
            status = complain(EXIT_FAILED, "%s: written, but %s; do not boot "
                              "with it", options->server, difference);
            g_free(difference);
        }
    }
    if (status == EXIT_OK) {
        printf("hpibootcfg: %s: %s written and read back, %zu bytes; "
               "power-cycle or reset the server to boot with it\n",
               options->server, options->ev_name, block.size);
        if (fflush(stdout) == EOF) {
            status = complain(EXIT_FAILED, "standard output: %s",
                              strerror(errno));
        }
    }
    explicit_bzero(&block, sizeof(block));
    return status;
}

int main(int argc, char **argv)
{
    struct options options = {
        .ev_name = EV_BOOT_ADAPTER_1,
        .seconds = DEFAULT_SECONDS,
    };
    int status;

    options.known = g_build_filename(g_get_user_config_dir(), "ncsim",
                                     "known-ilos", NULL);
    status = parse(argc, argv, &options);
    if (status < 0) {
        status = run(&options);
    }
    if (options.password) {
        explicit_bzero(options.password, strlen(options.password));
    }
    g_free(options.password);
    g_free(options.host);
    g_free(options.port);
    g_free(options.known);
    return status;
}
