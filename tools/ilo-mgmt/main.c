/*
 * ilo-mgmt: the network side of the server's iLO.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <errno.h>
#include <glib-unix.h>
#include <netdb.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "changes.h"
#include "drop.h"
#include "qemu/bswap.h"
#include "server.h"

enum {
    EXIT_OK = 0,
    EXIT_USAGE = 2,
    EXIT_ENVIRONMENT = 3,
};

struct options {
    char *listen, *link, *state, *certificate, *key, *run_as, *audit;
    char *delays;
    char **names;
    int idle, iterations;
    gboolean version;
};

static gboolean complain(const char *what, const char *why)
{
    g_printerr("ilo-mgmt: %s: %s\n", what, why);
    return FALSE;
}

/*
 * Events of the server
 */

/* What the server has put into a log; whoever writes it out escapes it. */
static void log_event(struct journal *journal, const uint8_t *packet,
                      size_t size)
{
    size_t length;

    if (size < SMIF_LOG_TEXT) {
        return;
    }
    length = lduw_le_p(packet + SMIF_LOG_LENGTH);
    if (length <= size - SMIF_LOG_TEXT) {
        journal_add(journal, packet[SMIF_LOG_TYPE] == SMIF_LOG_IML ?
                    JOURNAL_SERVER : JOURNAL_ILO, "%.*s", (int)length,
                    (const char *)packet + SMIF_LOG_TEXT);
    }
}

static void server_event(void *opaque, uint16_t event, uint32_t value,
                         const uint8_t *packet, size_t size)
{
    struct server *server = opaque;
    struct journal *journal = &server->journal;

    switch (event) {
    case ILO_EVENT_POWER:
        journal_add(journal, JOURNAL_SERVER, "Server power is %s",
                    value == ILO_POWER_IS_ON ? "on" : "off");
        break;
    case ILO_EVENT_RESET:
        journal_add(journal, JOURNAL_SERVER, "Server reset");
        break;
    case ILO_EVENT_STAGE:
        /* Failures are e0 and a group (docs/specs/ilo-ev.rst). */
        if (value >= 0xe0 && value < 0xff) {
            journal_add(journal, JOURNAL_SERVER,
                        "iSCSI boot failed: POST stage 0x%x", value);
        }
        break;
    case ILO_EVENT_LOG:
        log_event(journal, packet, size);
        break;
    default:
        break;
    }
}

static void link_changed(void *opaque, bool up)
{
    struct server *server = opaque;

    journal_add(&server->journal, JOURNAL_ILO, "Server %s",
                up ? "found" : "lost");
}

/*
 * Options
 */

static gboolean parse_delays(const char *text, unsigned *seconds)
{
    char **words = g_strsplit(text, ",", 0);
    gboolean fine = g_strv_length(words) == DELAY_STEPS;
    guint64 number;

    for (unsigned i = 0; i < DELAY_STEPS && fine; i++) {
        fine = g_ascii_string_to_unsigned(words[i], 10, 1, 3600, &number,
                                          NULL);
        seconds[i] = number;
    }
    g_strfreev(words);
    return fine;
}

static gboolean judge(const struct options *options, unsigned *delays)
{
    if (!options->link || !options->state) {
        return complain("usage", "--link SOCKET and --state FOLDER are "
                        "needed; see --help");
    }
    if (!options->certificate != !options->key) {
        return complain("usage", "--certificate and --key go together");
    }
    if (options->idle < 1 || options->idle > 300) {
        return complain("--idle", "1 to 300 seconds");
    }
    if (options->iterations < KDF_ITERATIONS_MIN ||
        options->iterations > KDF_ITERATIONS_MAX) {
        return complain("--iterations", "1000 to 10000000");
    }
    if (!parse_delays(options->delays, delays)) {
        return complain("--delays", "three numbers of seconds, like 5,10,60");
    }
    return TRUE;
}

/* ADDRESS:PORT; the address of IPv6 in brackets. */
static gboolean split_address(const char *text, char **host, char **port)
{
    const char *colon = strrchr(text, ':');
    size_t length;

    if (!colon || colon == text || !colon[1]) {
        return FALSE;
    }
    length = colon - text;
    if (text[0] == '[' && text[length - 1] == ']') {
        *host = g_strndup(text + 1, length - 2);
    } else {
        *host = g_strndup(text, length);
    }
    *port = g_strdup(colon + 1);
    return TRUE;
}

static int listen_on(const char *text)
{
    struct addrinfo hints = { .ai_socktype = SOCK_STREAM,
                              .ai_flags = AI_PASSIVE | AI_NUMERICHOST |
                                          AI_NUMERICSERV };
    struct addrinfo *found = NULL;
    char *host = NULL, *port = NULL;
    int fd = -1, on = 1;

    if (!split_address(text, &host, &port) ||
        getaddrinfo(host, port, &hints, &found) != 0) {
        complain(text, "is not ADDRESS:PORT in numbers");
    } else {
        fd = socket(found->ai_family,
                    SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
        if (fd < 0 || bind(fd, found->ai_addr, found->ai_addrlen) < 0 ||
            listen(fd, SOMAXCONN) < 0) {
            complain(text, g_strerror(errno));
            if (fd >= 0) {
                close(fd);
            }
            fd = -1;
        }
        freeaddrinfo(found);
    }
    g_free(host);
    g_free(port);
    return fd;
}

static void say_where(const struct server *server)
{
    struct sockaddr_storage address;
    socklen_t size = sizeof(address);
    char host[NI_MAXHOST] = "", port[NI_MAXSERV] = "";

    getsockname(server->listener, (struct sockaddr *)&address, &size);
    getnameinfo((struct sockaddr *)&address, size, host, sizeof(host), port,
                sizeof(port), NI_NUMERICHOST | NI_NUMERICSERV);
    g_print("ilo-mgmt: listening on %s%s%s:%s, certificate %s\n",
            strchr(host, ':') ? "[" : "", host, strchr(host, ':') ? "]" : "",
            port, server->tls.fingerprint);
    /* Whoever waits for this line may wait at a pipe. */
    fflush(stdout);
}

/*
 * Start and end
 */

static gboolean open_state(const char *path)
{
    struct stat st;

    if (mkdir(path, 0700) < 0 && errno != EEXIST) {
        return complain(path, g_strerror(errno));
    }
    if (stat(path, &st) < 0 || !S_ISDIR(st.st_mode)) {
        return complain(path, "is no folder");
    }
    if (st.st_mode & 022) {
        return complain(path, "others may write to it; chmod 700 it");
    }
    return TRUE;
}

static FILE *open_audit(const char *path)
{
    FILE *file;
    mode_t old = umask(0077);

    file = path ? fopen(path, "ae") : stderr;
    umask(old);
    if (!file) {
        complain(path, g_strerror(errno));
    }
    return file;
}

static gboolean open_users(struct server *server,
                           const struct options *options)
{
    char *path = g_build_filename(options->state, "users", NULL);
    char *first = NULL;
    gboolean opened = users_open(&server->users, path, options->iterations,
                                 &first);

    if (opened && first) {
        g_print("ilo-mgmt: the password of the first user is in %s; "
                "remove the file when you have changed it\n", first);
    }
    g_free(first);
    g_free(path);
    return opened;
}

/* What needs no rights but the user's own. */
static gboolean open_all(struct server *server,
                         const struct options *options)
{
    static char *default_names[] = { "ilo", "localhost", "127.0.0.1", "::1",
                                     NULL };
    FILE *audit = open_audit(options->audit);

    if (!audit) {
        return FALSE;
    }
    journal_init(&server->journal, audit);
    if (!tls_init(&server->tls, options->certificate, options->key,
                  options->state,
                  options->names ? options->names : default_names) ||
        !open_users(server, options)) {
        return FALSE;
    }
    server->name_path = g_build_filename(options->state, "server-name", NULL);
    server_load_name(server);
    server->kdf = kdf_new();
    server->link = link_new(options->link, server_event, link_changed,
                            server);
    if (!server->link) {
        return complain(options->link, "the path is too long for a socket");
    }
    server->changes = changes_new(server->link);
    return TRUE;
}

/* Whoever might call a connection back goes first. */
static void close_all(struct server *server)
{
    kdf_free(server->kdf);
    link_free(server->link);
    server->link = NULL;        /* nobody is asked any more */
    changes_free(server->changes);
    server_stop(server);
    users_close(&server->users);
    tls_close(&server->tls);
    close(server->listener);
    g_free(server->name_path);
}

static gboolean end(gpointer over)
{
    *(bool *)over = true;
    return G_SOURCE_CONTINUE;
}

/* A server that is there already is known before anybody can ask for it. */
static void serve(struct server *server)
{
    bool over = false;
    guint terminate = g_unix_signal_add(SIGTERM, end, &over);
    guint interrupt = g_unix_signal_add(SIGINT, end, &over);

    while (!over && !link_settled(server->link)) {
        g_main_context_iteration(NULL, TRUE);
    }
    server_start(server);
    say_where(server);
    while (!over) {
        g_main_context_iteration(NULL, TRUE);
    }
    g_source_remove(terminate);
    g_source_remove(interrupt);
}

static int run(const struct options *options, const unsigned *delays)
{
    static struct server server;

    signal(SIGPIPE, SIG_IGN);
    if (!open_state(options->state)) {
        return EXIT_ENVIRONMENT;
    }
    /* The port may be one that only root can have. */
    server.listener = listen_on(options->listen);
    if (server.listener < 0 ||
        !drop_privileges(options->run_as, options->state) ||
        !open_all(&server, options)) {
        return EXIT_ENVIRONMENT;
    }
    server.idle_seconds = options->idle;
    delay_init(&server.delay, delays);
    serve(&server);
    close_all(&server);
    return EXIT_OK;
}

static gboolean parse(int *argc, char ***argv, struct options *options)
{
    const GOptionEntry entries[] = {
        { "link", 0, 0, G_OPTION_ARG_FILENAME, &options->link,
          "the management socket of the server's ilo-ev device", "SOCKET" },
        { "state", 0, 0, G_OPTION_ARG_FILENAME, &options->state,
          "folder of users, key and certificate", "FOLDER" },
        { "listen", 0, 0, G_OPTION_ARG_STRING, &options->listen,
          "where to listen (127.0.0.1:0, a free port)", "ADDRESS:PORT" },
        { "certificate", 0, 0, G_OPTION_ARG_FILENAME, &options->certificate,
          "PEM file, in place of an own certificate", "FILE" },
        { "key", 0, 0, G_OPTION_ARG_FILENAME, &options->key,
          "PEM file of its key", "FILE" },
        { "name", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options->names,
          "name or address for the own certificate; may be repeated",
          "NAME" },
        { "run-as", 0, 0, G_OPTION_ARG_STRING, &options->run_as,
          "user to become when started by root (the owner of FOLDER)",
          "USER" },
        { "audit", 0, 0, G_OPTION_ARG_FILENAME, &options->audit,
          "append the audit log to this file (standard error)", "FILE" },
        { "delays", 0, 0, G_OPTION_ARG_STRING, &options->delays,
          "seconds after failed logins (5,10,60)", "A,B,C" },
        { "idle", 0, 0, G_OPTION_ARG_INT, &options->idle,
          "end connections that are idle (30)", "SECONDS" },
        { "iterations", 0, 0, G_OPTION_ARG_INT, &options->iterations,
          "of PBKDF2, for new passwords (600000)", "N" },
        { "version", 0, 0, G_OPTION_ARG_NONE, &options->version,
          "print the version and end", NULL },
        { NULL }
    };
    GOptionContext *context = g_option_context_new(NULL);
    GError *error = NULL;
    gboolean fine;

    g_option_context_set_summary(context, "Serves RIBCL over TLS for the "
                                 "server whose iLO is at SOCKET.");
    g_option_context_add_main_entries(context, entries, NULL);
    fine = g_option_context_parse(context, argc, argv, &error);
    g_option_context_free(context);
    if (!fine) {
        complain("usage", error->message);
        g_error_free(error);
    } else if (*argc > 1) {
        fine = complain((*argv)[1], "is no option; see --help");
    }
    return fine;
}

static void set_defaults(struct options *options)
{
    if (!options->listen) {
        options->listen = g_strdup("127.0.0.1:0");
    }
    if (!options->delays) {
        options->delays = g_strdup("5,10,60");
    }
}

static void free_options(struct options *options)
{
    g_free(options->listen);
    g_free(options->link);
    g_free(options->state);
    g_free(options->certificate);
    g_free(options->key);
    g_free(options->run_as);
    g_free(options->audit);
    g_free(options->delays);
    g_strfreev(options->names);
}

int main(int argc, char **argv)
{
    struct options options = {
        .idle = SERVER_IDLE_SECONDS,
        .iterations = KDF_ITERATIONS,
    };
    unsigned delays[DELAY_STEPS] = DELAY_DEFAULT;

    int status = EXIT_USAGE;

    if (parse(&argc, &argv, &options)) {
        set_defaults(&options);
        if (options.version) {
            g_print("ilo-mgmt (ncsim) " NCSIM_VERSION "\n");
            status = EXIT_OK;
        } else if (judge(&options, delays)) {
            status = run(&options, delays);
        }
    }
    free_options(&options);
    return status;
}
