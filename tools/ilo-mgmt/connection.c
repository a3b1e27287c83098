/*
 * A client's connection.
 *
 * It is always in one of few places: shaking hands, taking input, waiting
 * for somebody else (busy), sending, or going.  advance() does what can be
 * done now, and asks the main loop for the one thing it has to wait for.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <errno.h>
#include <glib-unix.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "acts.h"
#include "connection.h"
#include "http.h"
#include "login.h"

#define INPUT_MAX 65536         /* bytes a client may say in all */
#define PIECE 4096
#define STEPS_AT_ONCE 64        /* before others have their turn */
#define LINGER_SECONDS 2
#define LINGER_MAX (4 * INPUT_MAX)      /* bytes that are thrown away */

enum mode {
    MODE_UNKNOWN,               /* the first byte tells */
    MODE_RAW,
    MODE_HTTP_HEAD,
    MODE_HTTP_BODY,
};

struct connection {
    struct server *server;
    int fd;
    gnutls_session_t tls;
    guint watch;
    gint64 began, active;       /* server_now() */
    bool shaken;                /* hands: TLS is up */
    bool busy;                  /* an act, a commit or a login is under way */
    bool known;                 /* somebody has logged in */
    bool inside;                /* advance() is running */
    bool ending;                /* nothing is read any more */
    bool said_bye;              /* waits for the client's end */
    bool dead;                  /* to be freed by advance() */
    bool resets_ilo;            /* at its end */
    enum mode mode;
    size_t input;               /* bytes so far */
    size_t body_left;
    char in[PIECE];
    size_t in_length, in_used;
    GString *out;
    size_t sent;
    char source[64];
    uint8_t address[DELAY_SOURCE_SIZE];
    struct ribcl_writer writer;
    struct http_head head;
    struct ribcl_scanner scanner;
    struct ribcl_session session;
    char answer[RIBCL_ANSWER_MAX];
};

static void advance(struct connection *connection);

struct server *connection_server(struct connection *connection)
{
    return connection->server;
}

struct ribcl_session *connection_session(struct connection *connection)
{
    return &connection->session;
}

void connection_audit(struct connection *connection, const char *what,
                      const char *result)
{
    journal_audit(&connection->server->journal, connection->source,
                  connection->session.login, what, result);
}

void connection_resets_ilo(struct connection *connection)
{
    connection->resets_ilo = true;
}

/* Nobody is left who could be told how it went. */
static void reset_done(void *opaque, const uint8_t *reply, size_t size)
{
}

static void reset_ilo(struct link *link)
{
    uint8_t packet[SMIF_HEADER_SIZE];

    link_request(packet, SMIF_SERVICE_MANAGEMENT, ILO_LINK_RESET,
                 sizeof(packet));
    link_call(link, packet, sizeof(packet), reset_done, NULL);
}

void connection_free(struct connection *connection)
{
    struct server *server = connection->server;

    if (connection->resets_ilo && server->link) {
        reset_ilo(server->link);
    }
    server->connections = g_list_remove(server->connections, connection);
    if (connection->watch) {
        g_source_remove(connection->watch);
    }
    gnutls_deinit(connection->tls);
    close(connection->fd);
    g_string_free(connection->out, TRUE);
    explicit_bzero(connection, sizeof(*connection));
    g_free(connection);
}

/*
 * Waiting
 */

static gboolean ready(int fd, GIOCondition condition, gpointer opaque)
{
    struct connection *connection = opaque;

    connection->watch = 0;
    advance(connection);
    return G_SOURCE_REMOVE;
}

static void wait_for(struct connection *connection, GIOCondition condition)
{
    connection->watch = g_unix_fd_add(connection->fd, condition, ready,
                                      connection);
}

static void wait_for_tls(struct connection *connection)
{
    wait_for(connection, gnutls_record_get_direction(connection->tls) ?
                         G_IO_OUT : G_IO_IN);
}

/*
 * Output
 */

/* Hands over what was written of the answer to one item. */
static void send_answer(struct connection *connection)
{
    char line[HTTP_CHUNK_LINE];
    size_t length = connection->writer.length;

    if (length > 0 && connection->mode == MODE_HTTP_BODY) {
        g_string_append_len(connection->out, line,
                            http_chunk_line(line, length));
    }
    g_string_append_len(connection->out, connection->answer, length);
    if (length > 0 && connection->mode == MODE_HTTP_BODY) {
        g_string_append(connection->out, "\r\n");
    }
    connection_drop(connection);
}

/* Sends what there is, and then closes. */
static void finish(struct connection *connection)
{
    if (connection->mode == MODE_HTTP_BODY) {
        g_string_append(connection->out, http_last_chunk);
    }
    connection->ending = true;
}

/* True when all is sent; else it waits, or is dead. */
static bool flush(struct connection *connection)
{
    GString *out = connection->out;

    while (connection->sent < out->len) {
        ssize_t sent = gnutls_record_send(connection->tls,
                                          out->str + connection->sent,
                                          out->len - connection->sent);

        if (sent == GNUTLS_E_AGAIN || sent == GNUTLS_E_INTERRUPTED) {
            wait_for(connection, G_IO_OUT);
            return false;
        }
        if (sent < 0) {
            connection->dead = true;
            return false;
        }
        connection->sent += sent;
        connection->active = server_now();
    }
    g_string_truncate(out, 0);
    connection->sent = 0;
    return true;
}

/*
 * The session
 */

static void settle(struct connection *connection, enum ribcl_need need)
{
    connection->busy = false;
    send_answer(connection);
    if (need == RIBCL_FINISHED) {
        finish(connection);
    }
    if (!connection->inside) {
        advance(connection);
    }
}

struct ribcl_writer *connection_begin(struct connection *connection)
{
    ribcl_begin(&connection->writer, RIBCL_OK, NULL);
    return &connection->writer;
}

struct ribcl_writer *connection_writer(struct connection *connection)
{
    return &connection->writer;
}

void connection_drop(struct connection *connection)
{
    ribcl_writer_init(&connection->writer, connection->answer,
                      RIBCL_ANSWER_MAX);
}

void connection_paid(struct connection *connection)
{
    ribcl_end(&connection->writer);
    if (connection->writer.full) {
        /* Half a document helps nobody. */
        connection_drop(connection);
        connection_acted(connection, RIBCL_NOT_DONE, NULL);
        return;
    }
    ribcl_session_paid(&connection->session);
    settle(connection, RIBCL_GO_ON);
}

void connection_acted(struct connection *connection,
                      enum ribcl_status status, const char *detail)
{
    if (connection->session.need == RIBCL_NEED_COMMIT) {
        connection_audit(connection, "EV changes",
                         ribcl_status_text(status));
    } else {
        connection_audit(connection, connection->session.command,
                         ribcl_status_text(status));
    }
    ribcl_session_acted(&connection->session, status, detail,
                        &connection->writer);
    settle(connection, RIBCL_GO_ON);
}

static void logged_in(void *opaque, enum ribcl_status status,
                      const char *detail, uint8_t privileges)
{
    struct connection *connection = opaque;

    connection->known |= status == RIBCL_OK;
    settle(connection, ribcl_session_login(&connection->session, status,
                                           detail, privileges,
                                           &connection->writer));
}

static void ask_login(struct connection *connection)
{
    struct login_attempt attempt = {
        .login = connection->session.asked_login,
        .password = connection->session.asked_password,
        .source = connection->source,
        .address = connection->address,
    };

    login_try(connection->server, &attempt, logged_in, connection);
    ribcl_scanner_wipe(&connection->scanner);
}

/* Privileges that were taken away do not last until the next login. */
static void refresh_privileges(struct connection *connection)
{
    struct user *user = users_find(&connection->server->users,
                                   connection->session.login);

    connection->session.privileges &= user ? user->privileges : 0;
}

static void take_item(struct connection *connection, enum ribcl_item item)
{
    enum ribcl_need need;

    refresh_privileges(connection);
    need = ribcl_session_take(&connection->session, item,
                              &connection->scanner, &connection->writer);
    switch (need) {
    case RIBCL_NEED_LOGIN:
        connection->busy = true;
        ask_login(connection);
        break;
    case RIBCL_NEED_ACT:
        connection->busy = true;
        act_start(connection);
        break;
    case RIBCL_NEED_COMMIT:
        connection->busy = true;
        act_commit(connection);
        break;
    default:
        settle(connection, need);
        break;
    }
}

/*
 * Input
 */

static void take_ribcl(struct connection *connection, size_t length)
{
    const char *bytes = connection->in + connection->in_used;
    size_t used;
    enum ribcl_item item = ribcl_scan(&connection->scanner, bytes, length,
                                      &used);

    connection->in_used += used;
    if (connection->mode == MODE_HTTP_BODY) {
        connection->body_left -= used;
    }
    if (item != RIBCL_MORE) {
        take_item(connection, item);
    }
}

static void take_head(struct connection *connection, size_t length)
{
    const char *bytes = connection->in + connection->in_used;
    size_t used;
    enum http_result result = http_head_read(&connection->head, bytes, length,
                                             &used);

    connection->in_used += used;
    if (result == HTTP_RIBCL) {
        connection->mode = MODE_HTTP_BODY;
        connection->body_left = connection->head.body;
        g_string_append(connection->out, http_ok);
    } else if (result != HTTP_MORE) {
        g_string_append(connection->out, http_refusal(result));
        finish(connection);
    }
}

static void tell_mode(struct connection *connection)
{
    char first = connection->in[connection->in_used];

    if (first == '\0' || g_ascii_isspace(first)) {
        connection->in_used++;
    } else {
        connection->mode = first == '<' ? MODE_RAW : MODE_HTTP_HEAD;
    }
}

/* Takes some of the input that there is. */
static void take_input(struct connection *connection)
{
    size_t length = connection->in_length - connection->in_used;

    switch (connection->mode) {
    case MODE_UNKNOWN:
        tell_mode(connection);
        break;
    case MODE_RAW:
        take_ribcl(connection, length);
        break;
    case MODE_HTTP_HEAD:
        take_head(connection, length);
        break;
    case MODE_HTTP_BODY:
        take_ribcl(connection, MIN(length, connection->body_left));
        break;
    }
}

/* True when there is input, or its end; else it waits, or is dead. */
static bool receive(struct connection *connection)
{
    ssize_t got = gnutls_record_recv(connection->tls, connection->in, PIECE);

    connection->in_used = connection->in_length = 0;
    if (got == GNUTLS_E_AGAIN || got == GNUTLS_E_INTERRUPTED) {
        wait_for_tls(connection);
        return false;
    }
    if (got <= 0) {
        connection->dead = true;
        return false;
    }
    connection->in_length = got;
    connection->input += got;
    connection->active = server_now();
    if (connection->input > INPUT_MAX) {
        connection_audit(connection, "connection", "too much input");
        ribcl_answer(&connection->writer, RIBCL_SYNTAX,
                     "A connection takes 65536 bytes.");
        send_answer(connection);
        connection->in_length = 0;
        finish(connection);
    }
    return true;
}

static bool shake_hands(struct connection *connection)
{
    int error;

    if (connection->shaken) {
        return true;
    }
    do {
        error = gnutls_handshake(connection->tls);
    } while (error == GNUTLS_E_INTERRUPTED ||
             error == GNUTLS_E_WARNING_ALERT_RECEIVED);
    if (error == GNUTLS_E_AGAIN) {
        wait_for_tls(connection);
        return false;
    }
    if (error < 0) {
        connection_audit(connection, "TLS", gnutls_strerror(error));
        gnutls_alert_send_appropriate(connection->tls, error);
        connection->dead = true;
        return false;
    }
    connection->shaken = true;
    return true;
}

/*
 * What the client still says is thrown away until it closes: an answer must
 * not be lost to a reset.
 */
static void leave(struct connection *connection)
{
    char rest[PIECE];
    ssize_t got;

    if (!connection->said_bye) {
        connection->said_bye = true;
        gnutls_bye(connection->tls, GNUTLS_SHUT_WR);
        shutdown(connection->fd, SHUT_WR);
        connection->active = server_now();
    }
    got = recv(connection->fd, rest, sizeof(rest), MSG_DONTWAIT);
    connection->input += got > 0 ? got : 0;
    if ((got > 0 && connection->input < LINGER_MAX) ||
        (got < 0 && errno == EAGAIN)) {
        wait_for(connection, G_IO_IN);
    } else {
        connection->dead = true;
    }
}

static bool at_end_of_body(const struct connection *connection)
{
    return connection->mode == MODE_HTTP_BODY && connection->body_left == 0;
}

static void step(struct connection *connection)
{
    if (!shake_hands(connection) || !flush(connection)) {
        return;
    }
    if (connection->ending) {
        leave(connection);
    } else if (at_end_of_body(connection)) {
        finish(connection);
    } else if (connection->in_used < connection->in_length) {
        take_input(connection);
    } else {
        receive(connection);
    }
}

/* Goes on until there is something to wait for. */
static void advance(struct connection *connection)
{
    unsigned steps = 0;

    if (connection->watch) {
        return;
    }
    connection->inside = true;
    while (!connection->dead && !connection->busy && !connection->watch) {
        if (steps++ < STEPS_AT_ONCE) {
            step(connection);
        } else {
            wait_for(connection, G_IO_OUT);
        }
    }
    connection->inside = false;
    if (connection->dead) {
        connection_free(connection);
    }
}

void connection_tick(struct connection *connection)
{
    gint64 now = server_now(), idle = connection->server->idle_seconds;
    bool late = now - connection->active > idle ||
        now - connection->began > SERVER_LIFE_SECONDS ||
        (!connection->known && now - connection->began > idle);

    /* Whoever works for it will call it back. */
    if (connection->busy) {
        return;
    }
    if (connection->said_bye) {
        late = now - connection->active > LINGER_SECONDS;
    }
    if (late) {
        if (!connection->said_bye) {
            connection_audit(connection, "connection", "too slow");
        }
        connection_free(connection);
    }
}

struct connection *connection_new(struct server *server, int fd,
                                  const char *source,
                                  const uint8_t address[DELAY_SOURCE_SIZE])
{
    gnutls_session_t tls = tls_accept(&server->tls, fd);
    struct connection *connection;

    if (!tls) {
        close(fd);
        return NULL;
    }
    connection = g_new0(struct connection, 1);
    connection->server = server;
    connection->fd = fd;
    connection->tls = tls;
    connection->began = connection->active = server_now();
    connection->out = g_string_new(NULL);
    g_strlcpy(connection->source, source, sizeof(connection->source));
    memcpy(connection->address, address, DELAY_SOURCE_SIZE);
    http_head_init(&connection->head);
    ribcl_scanner_init(&connection->scanner);
    ribcl_session_init(&connection->session);
    ribcl_writer_init(&connection->writer, connection->answer,
                      RIBCL_ANSWER_MAX);
    server->connections = g_list_prepend(server->connections, connection);
    wait_for(connection, G_IO_IN);
    return connection;
}
