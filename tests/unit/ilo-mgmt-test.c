/*
 * Parts of the management daemon that wait: the link against a peer that
 * follows a script, changes of EVs, hashes.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib/gstdio.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "changes.h"
#include "kdf.h"
#include "link.h"
#include "qemu/bswap.h"
#include "unit.h"

#define DEADLINE_MS 60000

static char *folder, *path;
static struct link *client;
static int listener = -1, peer = -1;
static unsigned events, ups, downs, replies, failures;
static uint32_t last_value, last_error;
static size_t last_size;

/*
 * The peer
 */

static void take_event(void *opaque, uint16_t event, uint32_t value,
                       const uint8_t *packet, size_t size)
{
    events++;
    last_value = value;
}

static void take_change(void *opaque, bool up)
{
    *(up ? &ups : &downs) += 1;
}

static void take_reply(void *opaque, const uint8_t *reply, size_t size)
{
    replies++;
    if (reply) {
        last_error = link_error(reply);
        last_size = size;
    } else {
        failures++;
    }
}

/* Runs the main loop until *@count is @want, or too late. */
static bool wait_for(const unsigned *count, unsigned want)
{
    gint64 end = g_get_monotonic_time() + DEADLINE_MS * 1000;

    while (*count < want && g_get_monotonic_time() < end) {
        g_main_context_iteration(NULL, FALSE);
    }
    return *count == want;
}

static void listen_now(void)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };

    g_unlink(path);
    listener = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
    g_strlcpy(address.sun_path, path, sizeof(address.sun_path));
    CU_ASSERT_EQUAL_FATAL(bind(listener, (struct sockaddr *)&address,
                               sizeof(address)), 0);
    CU_ASSERT_EQUAL_FATAL(listen(listener, 1), 0);
}

static void start(void)
{
    folder = g_dir_make_tmp("ncsim-test-XXXXXX", NULL);
    path = g_build_filename(folder, "link", NULL);
    events = ups = downs = replies = failures = 0;
    client = NULL;
}

static void stop(void)
{
    if (client) {
        link_free(client);
    }
    close(peer);
    close(listener);
    g_unlink(path);
    g_rmdir(folder);
    g_free(path);
    g_free(folder);
    peer = listener = -1;
}

/* One whole packet from the client, while its main loop runs. */
static size_t hear(uint8_t *packet)
{
    uint8_t length[4];
    size_t got = 0, size;
    gint64 end = g_get_monotonic_time() + DEADLINE_MS * 1000;

    while (recv(peer, length, 4, MSG_PEEK | MSG_DONTWAIT) < 4) {
        g_main_context_iteration(NULL, FALSE);
        CU_ASSERT_FATAL(g_get_monotonic_time() < end);
    }
    recv(peer, length, 4, 0);
    size = ldl_le_p(length);
    while (got < size) {
        ssize_t part = recv(peer, packet + got, size - got, MSG_DONTWAIT);

        got += part > 0 ? part : 0;
        g_main_context_iteration(NULL, FALSE);
        CU_ASSERT_FATAL(g_get_monotonic_time() < end);
    }
    CU_ASSERT_EQUAL((size_t)lduw_le_p(packet + SMIF_SIZE), size);
    return size;
}

static void say(const uint8_t *packet, size_t size)
{
    uint8_t length[4];

    stl_le_p(length, size);
    CU_ASSERT_EQUAL(send(peer, length, 4, 0), 4);
    CU_ASSERT_EQUAL(send(peer, packet, size, 0), (ssize_t)size);
}

/* Answers @request with an error word and @size - 12 bytes more. */
static void answer(const uint8_t *request, uint32_t error,
                   const uint8_t *fields, size_t size)
{
    uint8_t reply[ILO_LINK_PACKET_MAX] = { 0 };

    memcpy(reply, request, SMIF_HEADER_SIZE);
    stw_le_p(reply + SMIF_SIZE, size);
    stw_le_p(reply + SMIF_COMMAND,
             lduw_le_p(request + SMIF_COMMAND) | SMIF_REPLY);
    stl_le_p(reply + SMIF_REPLY_ERROR, error);
    if (fields) {
        memcpy(reply + 12, fields, size - 12);
    }
    say(reply, size);
}

static void say_event(uint16_t event, uint32_t value)
{
    uint8_t packet[12] = { 0 };

    stw_le_p(packet + SMIF_SIZE, sizeof(packet));
    stw_le_p(packet + SMIF_SEQUENCE, ILO_LINK_EVENT_SEQUENCE);
    stw_le_p(packet + SMIF_COMMAND, event);
    stl_le_p(packet + ILO_EVENT_FIELD, value);
    say(packet, sizeof(packet));
}

static void greet(uint32_t error)
{
    static const uint8_t fields[12] = { 1, 0, 0, 0, ILO_POWER_IS_ON };
    uint8_t packet[ILO_LINK_PACKET_MAX];
    gint64 end = g_get_monotonic_time() + DEADLINE_MS * 1000;

    while ((peer = accept(listener, NULL, NULL)) < 0) {
        g_main_context_iteration(NULL, FALSE);
        CU_ASSERT_FATAL(g_get_monotonic_time() < end);
    }
    CU_ASSERT_EQUAL(hear(packet), ILO_LINK_HELLO_SIZE);
    CU_ASSERT_EQUAL(packet[SMIF_SERVICE], SMIF_SERVICE_MANAGEMENT);
    CU_ASSERT_EQUAL(lduw_le_p(packet + SMIF_COMMAND), ILO_LINK_HELLO);
    CU_ASSERT_EQUAL(ldl_le_p(packet + ILO_LINK_HELLO_VERSION), 1);
    answer(packet, error, fields, ILO_LINK_HELLO_REPLY_SIZE);
}

static void connect_link(void)
{
    listen_now();
    client = link_new(path, take_event, take_change, NULL);
    greet(SMIF_OK);
    CU_ASSERT(wait_for(&ups, 1));
}

static void call(void)
{
    uint8_t packet[SMIF_HEADER_SIZE];

    link_request(packet, SMIF_SERVICE_SMIF, SMIF_EV_STATUS, sizeof(packet));
    link_call(client, packet, sizeof(packet), take_reply, NULL);
}

/*
 * The link
 */

static void link_is_up_when_the_device_has_answered_hello(void)
{
    start();
    listen_now();
    client = link_new(path, take_event, take_change, NULL);
    CU_ASSERT_EQUAL(link_power(client), LINK_POWER_UNKNOWN);
    call();
    CU_ASSERT_EQUAL(failures, 1);
    greet(SMIF_OK);
    CU_ASSERT(wait_for(&ups, 1));
    CU_ASSERT_EQUAL(link_power(client), LINK_POWER_ON);
    stop();
}

static void replies_come_in_order_and_events_between_them(void)
{
    uint8_t first[ILO_LINK_PACKET_MAX], second[ILO_LINK_PACKET_MAX];

    start();
    connect_link();
    call();
    call();
    hear(first);
    hear(second);
    CU_ASSERT_NOT_EQUAL(lduw_le_p(first + SMIF_SEQUENCE),
                        lduw_le_p(second + SMIF_SEQUENCE));
    say_event(ILO_EVENT_POWER, ILO_POWER_IS_OFF);
    answer(first, SMIF_ERROR, NULL, 12);
    CU_ASSERT(wait_for(&replies, 1));
    CU_ASSERT_EQUAL(last_error, SMIF_ERROR);
    CU_ASSERT_EQUAL(events, 1);
    CU_ASSERT_EQUAL(link_power(client), LINK_POWER_OFF);
    answer(second, SMIF_OK, NULL, 16);
    CU_ASSERT(wait_for(&replies, 2));
    CU_ASSERT_EQUAL(last_size, 16);
    stop();
}

static void lost_link_fails_what_waits_and_is_made_anew(void)
{
    uint8_t packet[ILO_LINK_PACKET_MAX];

    start();
    connect_link();
    call();
    hear(packet);
    close(peer);
    CU_ASSERT(wait_for(&failures, 1));
    CU_ASSERT_EQUAL(downs, 1);
    CU_ASSERT_EQUAL(link_power(client), LINK_POWER_UNKNOWN);
    greet(SMIF_OK);
    CU_ASSERT(wait_for(&ups, 2));
    stop();
}

static void device_that_does_not_answer_is_given_up(void)
{
    uint8_t packet[ILO_LINK_PACKET_MAX];

    start();
    connect_link();
    call();
    hear(packet);
    CU_ASSERT(wait_for(&failures, 1));
    stop();
}

static void device_of_another_version_is_not_used(void)
{
    start();
    listen_now();
    client = link_new(path, take_event, take_change, NULL);
    g_log_set_always_fatal(G_LOG_FATAL_MASK);
    greet(ILO_LINK_WRONG_VERSION);
    for (unsigned i = 0; i < 100; i++) {
        g_main_context_iteration(NULL, FALSE);
    }
    call();
    CU_ASSERT_EQUAL(failures, 1);
    CU_ASSERT_EQUAL(ups, 0);
    stop();
}

/* Each is a length, and what follows it. */
static void what_is_no_packet_ends_the_link(void)
{
    static const uint8_t wrong[][16] = {
        { 7, 0, 0, 0, 7, 0 },                   /* shorter than a header */
        { 1, 16, 0, 0 },                        /* longer than a packet */
        { 0xff, 0xff, 0xff, 0xff },
        { 12, 0, 0, 0, 11, 0, 0xff, 0xff },     /* two sizes */
        { 12, 0, 0, 0, 12, 0, 9, 0, 1, 0 },     /* no such request */
    };

    for (unsigned i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        start();
        connect_link();
        CU_ASSERT_EQUAL(send(peer, wrong[i], 16, 0), 16);
        CU_ASSERT(wait_for(&downs, 1));
        stop();
    }
}

/*
 * Changes of EVs
 */

static struct ribcl_change two[2];
static unsigned dones;
static enum ribcl_status done_status;

static void take_done(void *opaque, enum ribcl_status status)
{
    dones++;
    done_status = status;
}

static struct changes *begin_changes(void)
{
    struct changes *changes = changes_new(client);

    dones = 0;
    memset(two, 0, sizeof(two));
    strcpy(two[0].name, "CQHORD");
    two[0].length = 3;
    memcpy(two[0].data, "abc", 3);
    strcpy(two[1].name, "CQTHPS");
    two[1].remove = true;
    changes_submit(changes, two, 2, take_done, NULL);
    return changes;
}

/* Hears one request, which has to be this, and answers it. */
static void step(uint8_t service, uint16_t command, uint32_t error)
{
    uint8_t packet[ILO_LINK_PACKET_MAX];

    hear(packet);
    CU_ASSERT_EQUAL(packet[SMIF_SERVICE], service);
    CU_ASSERT_EQUAL(lduw_le_p(packet + SMIF_COMMAND), command);
    answer(packet, error, NULL, 12);
}

static void answer_ev(const char *data)
{
    uint8_t packet[ILO_LINK_PACKET_MAX], fields[64] = "CQHORD";

    hear(packet);
    CU_ASSERT_EQUAL(lduw_le_p(packet + SMIF_COMMAND), SMIF_EV_BY_NAME);
    stw_le_p(fields + 32, strlen(data));
    memcpy(fields + 34, data, strlen(data));
    answer(packet, SMIF_OK, fields, SMIF_EV_REPLY_DATA + strlen(data));
}

static void changes_are_committed_together_and_read_back(void)
{
    struct changes *changes;

    start();
    connect_link();
    changes = begin_changes();
    step(0x80, ILO_LINK_EV_BEGIN, SMIF_OK);
    step(0, SMIF_EV_SET, SMIF_OK);
    step(0, SMIF_EV_SET, SMIF_OK);
    step(0x80, ILO_LINK_EV_COMMIT, SMIF_OK);
    answer_ev("abc");
    CU_ASSERT_EQUAL(dones, 0);
    step(0, SMIF_EV_BY_NAME, SMIF_EV_NO_SUCH);
    CU_ASSERT(wait_for(&dones, 1));
    CU_ASSERT_EQUAL(done_status, RIBCL_OK);
    changes_free(changes);
    stop();
}

static void change_that_fails_aborts_all(void)
{
    static const uint8_t little[12] = { 10 }, much[12] = { 0, 0, 1 };
    uint8_t packet[ILO_LINK_PACKET_MAX];

    for (unsigned full = 0; full < 2; full++) {
        struct changes *changes;

        start();
        connect_link();
        changes = begin_changes();
        step(0x80, ILO_LINK_EV_BEGIN, SMIF_OK);
        step(0, SMIF_EV_SET, SMIF_ERROR);
        step(0x80, ILO_LINK_EV_ABORT, SMIF_OK);
        hear(packet);
        CU_ASSERT_EQUAL(lduw_le_p(packet + SMIF_COMMAND), SMIF_EV_STATUS);
        answer(packet, SMIF_OK, full ? little : much, SMIF_EV_STATUS_SIZE);
        CU_ASSERT(wait_for(&dones, 1));
        CU_ASSERT_EQUAL(done_status, full ? RIBCL_EV_FULL : RIBCL_EV_FAILED);
        changes_free(changes);
        stop();
    }
}

static void value_that_reads_back_differently_is_told(void)
{
    struct changes *changes;

    start();
    connect_link();
    changes = begin_changes();
    step(0x80, ILO_LINK_EV_BEGIN, SMIF_OK);
    step(0, SMIF_EV_SET, SMIF_OK);
    step(0, SMIF_EV_SET, SMIF_OK);
    step(0x80, ILO_LINK_EV_COMMIT, SMIF_OK);
    answer_ev("abd");
    CU_ASSERT(wait_for(&dones, 1));
    CU_ASSERT_EQUAL(done_status, RIBCL_EV_DIFFERS);
    changes_free(changes);
    stop();
}

static void blocks_of_changes_wait_for_each_other(void)
{
    struct changes *changes;
    uint8_t byte;

    start();
    connect_link();
    changes = begin_changes();
    changes_submit(changes, two, 1, take_done, NULL);
    step(0x80, ILO_LINK_EV_BEGIN, SMIF_OK);
    step(0, SMIF_EV_SET, SMIF_OK);
    step(0, SMIF_EV_SET, SMIF_OK);
    step(0x80, ILO_LINK_EV_COMMIT, SMIF_OK);
    answer_ev("abc");
    step(0, SMIF_EV_BY_NAME, SMIF_EV_NO_SUCH);
    CU_ASSERT(wait_for(&dones, 1));
    step(0x80, ILO_LINK_EV_BEGIN, SMIF_OK);
    step(0, SMIF_EV_SET, SMIF_OK);
    step(0x80, ILO_LINK_EV_COMMIT, SMIF_OK);
    answer_ev("abc");
    CU_ASSERT(wait_for(&dones, 2));
    CU_ASSERT(recv(peer, &byte, 1, MSG_DONTWAIT) < 0);
    changes_free(changes);
    stop();
}

static void changes_without_a_device_fail(void)
{
    struct changes *changes;

    start();
    client = link_new(path, take_event, take_change, NULL);
    changes = begin_changes();
    CU_ASSERT_EQUAL(dones, 1);
    CU_ASSERT_EQUAL(done_status, RIBCL_NO_SERVER);
    changes_free(changes);
    stop();
}

/*
 * Hashes
 */

static uint8_t key[KDF_KEY_SIZE];
static unsigned keys;

static void take_key(void *opaque, const uint8_t *derived)
{
    memcpy(key, derived, sizeof(key));
    keys++;
}

static void hashes_in_slices_are_those_of_gnutls(void)
{
    static const unsigned iterations[] = { 1, 2, 999, 1000, 1001, 4096 };
    static const uint8_t salt[KDF_SALT_SIZE] = "0123456789abcde";
    gnutls_datum_t password = { (unsigned char *)"sesame", 6 };
    gnutls_datum_t salted = { (unsigned char *)salt, sizeof(salt) };
    struct kdf *kdf = kdf_new();
    uint8_t want[KDF_KEY_SIZE];

    keys = 0;
    for (unsigned i = 0; i < 6; i++) {
        CU_ASSERT(kdf_submit(kdf, "sesame", salt, iterations[i], take_key,
                             NULL));
        CU_ASSERT(wait_for(&keys, i + 1));
        gnutls_pbkdf2(GNUTLS_MAC_SHA256, &password, &salted, iterations[i],
                      want, sizeof(want));
        CU_ASSERT(memcmp(key, want, sizeof(want)) == 0);
    }
    kdf_free(kdf);
}

static void hashes_that_wait_are_bounded(void)
{
    static const uint8_t salt[KDF_SALT_SIZE];
    struct kdf *kdf = kdf_new();

    for (unsigned i = 0; i < KDF_QUEUE_MAX; i++) {
        CU_ASSERT(kdf_submit(kdf, "sesame", salt, 1000000, take_key, NULL));
    }
    CU_ASSERT_FALSE(kdf_submit(kdf, "sesame", salt, 1, take_key, NULL));
    kdf_free(kdf);
}

int main(int argc, char **argv)
{
    static const struct unit_case cases[] = {
        UNIT_CASE(link_is_up_when_the_device_has_answered_hello),
        UNIT_CASE(replies_come_in_order_and_events_between_them),
        UNIT_CASE(lost_link_fails_what_waits_and_is_made_anew),
        UNIT_CASE(device_that_does_not_answer_is_given_up),
        UNIT_CASE(device_of_another_version_is_not_used),
        UNIT_CASE(what_is_no_packet_ends_the_link),
        UNIT_CASE(changes_are_committed_together_and_read_back),
        UNIT_CASE(change_that_fails_aborts_all),
        UNIT_CASE(value_that_reads_back_differently_is_told),
        UNIT_CASE(blocks_of_changes_wait_for_each_other),
        UNIT_CASE(changes_without_a_device_fail),
        UNIT_CASE(hashes_in_slices_are_those_of_gnutls),
        UNIT_CASE(hashes_that_wait_are_bounded),
    };

    return unit_main("ilo-mgmt", cases, sizeof(cases) / sizeof(cases[0]),
                     argc, argv);
}
