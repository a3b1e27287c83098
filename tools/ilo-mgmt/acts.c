/*
 * What RIBCL does to the server and to iLO itself.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "acts.h"
#include "base64.h"
#include "changes.h"
#include "mask.h"
#include "qemu/bswap.h"

#define FIRMWARE_VERSION "2.25"
#define FIRMWARE_DATE "Nov 26 2026"
#define EVS_MAX 300             /* that GET_EV_LIST shows */

static const struct ribcl_act *act_of(struct connection *connection)
{
    return &connection_session(connection)->act;
}

static struct link *link_of(struct connection *connection)
{
    return connection_server(connection)->link;
}

static void ask(struct connection *connection, uint8_t *packet, size_t size,
                link_reply *reply)
{
    link_call(link_of(connection), packet, size, reply, connection);
}

/* Answers a failure; true when there is none. */
static bool is_fine(struct connection *connection, const uint8_t *reply)
{
    if (!reply) {
        connection_acted(connection, RIBCL_NO_SERVER, NULL);
        return false;
    }
    switch (link_error(reply)) {
    case SMIF_OK:
        return true;
    case ILO_LINK_POWER_IS_OFF:
        connection_acted(connection, RIBCL_POWERED_OFF, NULL);
        return false;
    case SMIF_EV_NO_SUCH:
        connection_acted(connection, RIBCL_NO_SUCH_EV, NULL);
        return false;
    default:
        connection_acted(connection, RIBCL_NOT_DONE, NULL);
        return false;
    }
}

static void simply_done(void *opaque, const uint8_t *reply, size_t size)
{
    struct connection *connection = opaque;

    if (is_fine(connection, reply)) {
        connection_acted(connection, RIBCL_OK, NULL);
    }
}

/*
 * iLO
 */

static void get_fw_version(struct connection *connection)
{
    struct ribcl_writer *writer = connection_begin(connection);

    /* fence_ilo looks for the line end after the name. */
    ribcl_put(writer, "<GET_FW_VERSION\r\n"
              "    FIRMWARE_VERSION = \"" FIRMWARE_VERSION "\"\r\n"
              "    FIRMWARE_DATE    = \"" FIRMWARE_DATE "\"\r\n"
              "    MANAGEMENT_PROCESSOR    = \"iLO2\"\r\n"
              "    LICENSE_TYPE = \"iLO 2 Advanced\"\r\n"
              "     />\r\n");
    connection_paid(connection);
}

static enum journal_log log_of(struct connection *connection)
{
    return act_of(connection)->argument == RIBCL_RIB_INFO ? JOURNAL_ILO :
                                                            JOURNAL_SERVER;
}

static void get_event_log(struct connection *connection)
{
    journal_write(&connection_server(connection)->journal,
                  log_of(connection), connection_begin(connection));
    connection_paid(connection);
}

static void clear_event_log(struct connection *connection)
{
    struct journal *journal = &connection_server(connection)->journal;

    journal_clear(journal, log_of(connection));
    journal_add(journal, log_of(connection), "Log cleared by %s",
                connection_session(connection)->login);
    connection_acted(connection, RIBCL_OK, NULL);
}

/* Done when the client is served: until then its script goes on. */
static void reset_rib(struct connection *connection)
{
    ribcl_put(connection_begin(connection),
              "<INFORM>Integrated Lights-Out will reset at the end of the "
              "script.</INFORM>\r\n");
    connection_resets_ilo(connection);
    connection_audit(connection, "RESET_RIB", "No error");
    connection_paid(connection);
}

static void get_server_name(struct connection *connection)
{
    struct ribcl_writer *writer = connection_begin(connection);

    ribcl_put(writer, "<SERVER_NAME");
    ribcl_put_attribute(writer, "VALUE",
                        connection_server(connection)->name);
    ribcl_put(writer, "/>\r\n");
    connection_paid(connection);
}

static void set_server_name(struct connection *connection)
{
    bool saved = server_save_name(connection_server(connection),
                                  act_of(connection)->text);

    connection_acted(connection, saved ? RIBCL_OK : RIBCL_NOT_SAVED, NULL);
}

/*
 * Power
 */

static void get_power(struct connection *connection)
{
    enum link_power power = link_power(link_of(connection));
    struct ribcl_writer *writer;

    if (power == LINK_POWER_UNKNOWN) {
        connection_acted(connection, RIBCL_NO_SERVER, NULL);
        return;
    }
    writer = connection_begin(connection);
    ribcl_put(writer, "<GET_HOST_POWER\r\n    HOST_POWER=\"");
    ribcl_put(writer, power == LINK_POWER_ON ? "ON" : "OFF");
    ribcl_put(writer, "\"\r\n    />\r\n");
    connection_paid(connection);
}

static void do_power(struct connection *connection, uint32_t what)
{
    uint8_t packet[ILO_LINK_POWER_SIZE];

    link_request(packet, SMIF_SERVICE_MANAGEMENT, ILO_LINK_POWER,
                 sizeof(packet));
    stl_le_p(packet + ILO_LINK_POWER_ACT, what);
    ask(connection, packet, sizeof(packet), simply_done);
}

static void set_power(struct connection *connection)
{
    do_power(connection, act_of(connection)->argument);
}

static void toggle_power(struct connection *connection)
{
    bool on = link_power(link_of(connection)) == LINK_POWER_ON;

    do_power(connection, on ? ILO_POWER_HOLD : ILO_POWER_ON);
}

/*
 * Boot order
 */

static void order_known(void *opaque, const uint8_t *reply, size_t size)
{
    struct connection *connection = opaque;
    struct ribcl_writer *writer;

    if (!is_fine(connection, reply)) {
        return;
    }
    if (size < ILO_LINK_BOOT_ORDER_REPLY_SIZE) {
        connection_acted(connection, RIBCL_NOT_DONE, NULL);
        return;
    }
    writer = connection_begin(connection);
    ribcl_put(writer, "<PERSISTENT_BOOT>\r\n");
    for (unsigned i = 0; i < ILO_LINK_BOOT_ORDER_COUNT; i++) {
        uint8_t class = reply[ILO_LINK_BOOT_ORDER_REPLY_CLASSES + i];

        if (class == ILO_BOOT_NONE) {
            break;
        }
        ribcl_put(writer, "<");
        ribcl_put(writer, ribcl_boot_name(class));
        ribcl_put(writer, " value=\"");
        ribcl_put_number(writer, i + 1);
        ribcl_put(writer, "\"/>\r\n");
    }
    ribcl_put(writer, "</PERSISTENT_BOOT>\r\n");
    connection_paid(connection);
}

static void boot_order(struct connection *connection, link_reply *reply)
{
    uint8_t packet[ILO_LINK_BOOT_ORDER_SIZE];

    link_request(packet, SMIF_SERVICE_MANAGEMENT, ILO_LINK_BOOT_ORDER,
                 sizeof(packet));
    /* All zero when only asked for. */
    memcpy(packet + ILO_LINK_BOOT_ORDER_CLASSES, act_of(connection)->classes,
           ILO_LINK_BOOT_ORDER_COUNT);
    ask(connection, packet, sizeof(packet), reply);
}

static void get_boot_order(struct connection *connection)
{
    boot_order(connection, order_known);
}

static void set_boot_order(struct connection *connection)
{
    boot_order(connection, simply_done);
}

static void once_known(void *opaque, const uint8_t *reply, size_t size)
{
    struct connection *connection = opaque;
    struct ribcl_writer *writer;
    uint32_t class;

    if (!is_fine(connection, reply)) {
        return;
    }
    class = size < ILO_LINK_BOOT_ONCE_REPLY_SIZE ? ILO_BOOT_ASK :
            (uint32_t)ldl_le_p(reply + ILO_LINK_BOOT_ONCE_REPLY_CLASS);
    if (class > ILO_BOOT_NETWORK) {
        connection_acted(connection, RIBCL_NOT_DONE, NULL);
        return;
    }
    writer = connection_begin(connection);
    ribcl_put(writer, "<GET_ONE_TIME_BOOT>\r\n<BOOT_TYPE");
    ribcl_put_attribute(writer, "DEVICE", ribcl_boot_name(class));
    ribcl_put(writer, "/>\r\n</GET_ONE_TIME_BOOT>\r\n");
    connection_paid(connection);
}

static void boot_once(struct connection *connection, uint32_t class,
                      link_reply *reply)
{
    uint8_t packet[ILO_LINK_BOOT_ONCE_SIZE];

    link_request(packet, SMIF_SERVICE_MANAGEMENT, ILO_LINK_BOOT_ONCE,
                 sizeof(packet));
    stl_le_p(packet + ILO_LINK_BOOT_ONCE_CLASS, class);
    ask(connection, packet, sizeof(packet), reply);
}

static void get_boot_once(struct connection *connection)
{
    boot_once(connection, ILO_BOOT_ASK, once_known);
}

static void set_boot_once(struct connection *connection)
{
    boot_once(connection, act_of(connection)->argument, simply_done);
}

/*
 * EVs
 */

static void show_ev(struct connection *connection, const uint8_t *value,
                    size_t size)
{
    const char *name = act_of(connection)->ev_name;
    char text[BASE64_LENGTH(EV_DATA_MAX) + 1];
    uint8_t shown[EV_DATA_MAX];
    struct ribcl_writer *writer;

    size = mask_value(name, value, size, shown);
    if (size == 0) {
        connection_acted(connection, RIBCL_EV_HIDDEN, NULL);
        return;
    }
    base64_encode(shown, size, text);
    writer = connection_begin(connection);
    ribcl_put(writer, "<GET_EV");
    ribcl_put_attribute(writer, "NAME", name);
    ribcl_put_attribute(writer, "VALUE", text);
    ribcl_put(writer, "/>\r\n");
    connection_paid(connection);
}

/* Bytes of data in an EV that was read; SIZE_MAX when it is no reply. */
static size_t ev_length(const uint8_t *reply, size_t size)
{
    size_t length = size >= SMIF_EV_REPLY_DATA ?
                    (size_t)lduw_le_p(reply + SMIF_EV_REPLY_LENGTH) :
                    SIZE_MAX;

    return length <= EV_DATA_MAX && size == SMIF_EV_REPLY_DATA + length ?
           length : SIZE_MAX;
}

static void ev_known(void *opaque, const uint8_t *reply, size_t size)
{
    struct connection *connection = opaque;
    size_t length;

    if (!is_fine(connection, reply)) {
        return;
    }
    length = ev_length(reply, size);
    if (length == SIZE_MAX) {
        connection_acted(connection, RIBCL_NOT_DONE, NULL);
    } else {
        show_ev(connection, reply + SMIF_EV_REPLY_DATA, length);
    }
}

static void get_ev(struct connection *connection)
{
    const char *name = act_of(connection)->ev_name;
    uint8_t packet[SMIF_EV_GET_SIZE];

    link_request(packet, SMIF_SERVICE_SMIF, SMIF_EV_BY_NAME, sizeof(packet));
    memcpy(packet + SMIF_EV_GET_NAME, name, strlen(name));
    ask(connection, packet, sizeof(packet), ev_known);
}

static void ask_next_ev(struct connection *connection);

/* The list is written as it comes; its head stands in the writer. */
static void next_ev_known(void *opaque, const uint8_t *reply, size_t size)
{
    struct connection *connection = opaque;
    struct ribcl_session *session = connection_session(connection);
    struct ribcl_writer *writer = connection_writer(connection);
    char name[EV_NAME_SIZE + 1] = "";
    size_t length;

    if (!reply) {
        connection_drop(connection);
        connection_acted(connection, RIBCL_NO_SERVER, NULL);
        return;
    }
    length = ev_length(reply, size);
    if (link_error(reply) != SMIF_OK || length == SIZE_MAX ||
        session->act.listed == EVS_MAX) {
        ribcl_put(writer, "</GET_EV_LIST>\r\n");
        connection_paid(connection);
        return;
    }
    memcpy(name, reply + SMIF_EV_REPLY_NAME, EV_NAME_SIZE);
    ribcl_put(writer, "<EV");
    ribcl_put_attribute(writer, "NAME", name);
    ribcl_put(writer, " SIZE=\"");
    ribcl_put_number(writer, length);
    ribcl_put(writer, "\"/>\r\n");
    session->act.listed++;
    ask_next_ev(connection);
}

static void ask_next_ev(struct connection *connection)
{
    uint8_t packet[SMIF_EV_INDEX_SIZE];

    link_request(packet, SMIF_SERVICE_SMIF, SMIF_EV_BY_INDEX, sizeof(packet));
    stw_le_p(packet + SMIF_EV_INDEX, act_of(connection)->listed);
    ask(connection, packet, sizeof(packet), next_ev_known);
}

static void get_ev_list(struct connection *connection)
{
    ribcl_put(connection_begin(connection), "<GET_EV_LIST>\r\n");
    ask_next_ev(connection);
}

static void committed(void *opaque, enum ribcl_status status)
{
    struct connection *connection = opaque;
    struct ribcl_session *session = connection_session(connection);

    for (unsigned i = 0; i < session->changes && status == RIBCL_OK; i++) {
        const struct ribcl_change *change = &session->change[i];

        journal_add(&connection_server(connection)->journal, JOURNAL_ILO,
                    "EV %s %s by %s", change->name,
                    change->remove ? "deleted" : "set", session->login);
        connection_audit(connection, change->name,
                         change->remove ? "deleted" : "set");
    }
    connection_acted(connection, status, NULL);
}

void act_commit(struct connection *connection)
{
    struct ribcl_session *session = connection_session(connection);
    char detail[512];

    for (unsigned i = 0; i < session->changes; i++) {
        const struct ribcl_change *change = &session->change[i];

        if (!change->remove && !mask_may_write(change->name, change->data,
                                               change->length, detail,
                                               sizeof(detail))) {
            connection_acted(connection, RIBCL_EV_INVALID, detail);
            return;
        }
    }
    changes_submit(connection_server(connection)->changes, session->change,
                   session->changes, committed, connection);
}

/* What is not here is about users. */
static void (*const acts[])(struct connection *connection) = {
    [RIBCL_ACT_GET_FW_VERSION] = get_fw_version,
    [RIBCL_ACT_GET_EVENT_LOG] = get_event_log,
    [RIBCL_ACT_CLEAR_EVENT_LOG] = clear_event_log,
    [RIBCL_ACT_RESET_RIB] = reset_rib,
    [RIBCL_ACT_GET_POWER] = get_power,
    [RIBCL_ACT_POWER] = set_power,
    [RIBCL_ACT_TOGGLE_POWER] = toggle_power,
    [RIBCL_ACT_GET_SERVER_NAME] = get_server_name,
    [RIBCL_ACT_SERVER_NAME] = set_server_name,
    [RIBCL_ACT_GET_BOOT_ORDER] = get_boot_order,
    [RIBCL_ACT_BOOT_ORDER] = set_boot_order,
    [RIBCL_ACT_GET_BOOT_ONCE] = get_boot_once,
    [RIBCL_ACT_BOOT_ONCE] = set_boot_once,
    [RIBCL_ACT_GET_EV] = get_ev,
    [RIBCL_ACT_GET_EV_LIST] = get_ev_list,
};

void act_start(struct connection *connection)
{
    enum ribcl_act_kind kind = act_of(connection)->kind;

    if (kind < G_N_ELEMENTS(acts) && acts[kind]) {
        acts[kind](connection);
    } else {
        act_on_users(connection);
    }
}
