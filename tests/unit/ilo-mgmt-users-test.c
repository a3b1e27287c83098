/*
 * Parts of the management daemon that are done at once: users, and what the
 * network may see.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "ev-core/ev.h"
#include "mask.h"
#include "unit.h"
#include "users.h"

/*
 * Users
 */

static char *folder;
static struct users users;

static char *users_path(void)
{
    return g_build_filename(folder, "users", NULL);
}

static void start_users(char **first)
{
    char *file;

    folder = g_dir_make_tmp("ncsim-test-XXXXXX", NULL);
    file = users_path();
    CU_ASSERT_FATAL(users_open(&users, file, KDF_ITERATIONS_MIN, first));
    g_free(file);
}

static void stop_users(void)
{
    char *file = users_path();
    char *first = g_build_filename(folder, "first-password", NULL);

    users_close(&users);
    g_unlink(file);
    g_unlink(first);
    g_rmdir(folder);
    g_free(file);
    g_free(first);
    g_free(folder);
}

static void first_start_makes_one_administrator_with_a_password(void)
{
    struct user *user;
    char *first, *text, *again;
    struct stat st;

    start_users(&first);
    CU_ASSERT_PTR_NOT_NULL_FATAL(first);
    CU_ASSERT_EQUAL(stat(first, &st), 0);
    CU_ASSERT_EQUAL(st.st_mode & 0777, 0600);
    CU_ASSERT_EQUAL(stat(users.path, &st), 0);
    CU_ASSERT_EQUAL(st.st_mode & 0777, 0600);
    CU_ASSERT(g_file_get_contents(first, &text, NULL, NULL));
    CU_ASSERT_EQUAL(strlen(text), strlen("Administrator") + 18);
    user = users_find(&users, "Administrator");
    CU_ASSERT_PTR_NOT_NULL_FATAL(user);
    CU_ASSERT_EQUAL(user->privileges, RIBCL_ALL_PRIVILEGES);
    g_free(text);
    g_free(first);
    again = g_strdup(users.path);
    users_close(&users);
    CU_ASSERT(users_open(&users, again, KDF_ITERATIONS_MIN, &first));
    CU_ASSERT_PTR_NULL(first);
    CU_ASSERT_EQUAL(users.count, 1);
    g_free(again);
    stop_users();
}

static void users_survive_a_restart_whatever_they_are_called(void)
{
    struct user user = { .login = "a:b\\%\" <c>", .name = "", .privileges = 5,
                         .hash = { .iterations = 2000 } };
    struct user *found;
    char *first, *file;

    start_users(&first);
    memset(user.hash.key, 0xa5, sizeof(user.hash.key));
    CU_ASSERT_EQUAL(users_add(&users, &user), RIBCL_OK);
    file = g_strdup(users.path);
    users_close(&users);
    g_free(first);
    CU_ASSERT(users_open(&users, file, KDF_ITERATIONS_MIN, &first));
    found = users_find(&users, user.login);
    CU_ASSERT_PTR_NOT_NULL_FATAL(found);
    CU_ASSERT_EQUAL(found->privileges, 5);
    CU_ASSERT(memcmp(&found->hash, &user.hash, sizeof(user.hash)) == 0);
    g_free(file);
    stop_users();
}

static void one_administrator_is_left(void)
{
    struct user user;
    char *first;

    start_users(&first);
    g_free(first);
    CU_ASSERT_EQUAL(users_remove(&users, "Administrator"), RIBCL_LAST_ADMIN);
    user = *users_find(&users, "Administrator");
    user.privileges = RIBCL_CONFIG_ILO;
    CU_ASSERT_EQUAL(users_change(&users, &user), RIBCL_LAST_ADMIN);
    CU_ASSERT_EQUAL(users_find(&users, "Administrator")->privileges,
                    RIBCL_ALL_PRIVILEGES);
    CU_ASSERT_EQUAL(users_remove(&users, "nobody"), RIBCL_NO_USER);
    stop_users();
}

static void twelve_users_fit(void)
{
    char *first;

    start_users(&first);
    g_free(first);
    for (unsigned i = 1; i <= USERS_MAX; i++) {
        struct user user = { .hash = { .iterations = 2000 } };

        g_snprintf(user.login, sizeof(user.login), "user%u", i);
        CU_ASSERT_EQUAL(users_add(&users, &user),
                        i < USERS_MAX ? RIBCL_OK : RIBCL_USERS_FULL);
    }
    stop_users();
}

/* Each text is no file of users; complaints go nowhere. */
static void no_print(const char *text)
{
}

static void damaged_or_open_files_of_users_are_refused(void)
{
    static const char *const texts[] = {
        "x\n", "a:b:1f:2000:00:00\n", "a:b:ff:2000:"
        "00000000000000000000000000000000:00000000000000000000000000000000"
        "00000000000000000000000000000000\n",
        "a:b:1f:1:"
        "00000000000000000000000000000000:00000000000000000000000000000000"
        "00000000000000000000000000000000\n",
        ":b:1f:2000:"
        "00000000000000000000000000000000:00000000000000000000000000000000"
        "00000000000000000000000000000000\n",
        /* Nobody could do anything any more, nor repair it. */
        "", "\n\n", "a:b:00:2000:"
        "00000000000000000000000000000000:00000000000000000000000000000000"
        "00000000000000000000000000000000\n",
    };
    char *first, *file;
    GPrintFunc old = g_set_printerr_handler(no_print);

    start_users(&first);
    g_free(first);
    file = g_strdup(users.path);
    for (unsigned i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        users_close(&users);
        CU_ASSERT(g_file_set_contents(file, texts[i], -1, NULL));
        g_chmod(file, 0600);
        CU_ASSERT_FALSE(users_open(&users, file, 1000, &first));
    }
    users_close(&users);
    g_file_set_contents(file, "", 0, NULL);
    g_chmod(file, 0640);
    CU_ASSERT_FALSE(users_open(&users, file, 1000, &first));
    g_free(file);
    stop_users();
    g_set_printerr_handler(old);
}

/*
 * What the network sees
 */

static const char boot_text[] =
    "TargetName=iqn.2024-01.a:b\nTargetIP=10.0.0.1\n"
    "InitiatorName=iqn.2024-01.a:c\nInitiatorIP=10.0.0.2\n"
    "InitiatorNetmask=255.255.255.0\nAuthMethod=MutualCHAP\n"
    "CHAPUsername=user\nCHAPSecret=open-sesame-12\n"
    "CHAPMSecret=sesame-open-12\n";

static size_t pack(uint8_t block[EV_DATA_MAX])
{
    struct ev_problems problems = { 0 };

    return ev_pack(boot_text, strlen(boot_text), block, &problems);
}

static void secrets_of_a_boot_configuration_are_not_shown(void)
{
    static const char *const names[] = { "CQTISCSI", "CQTISCS2", "CQHORD" };
    uint8_t block[EV_DATA_MAX], shown[EV_DATA_MAX];
    struct ev_slice text, value;
    size_t size = pack(block), visible;

    for (unsigned i = 0; i < 3; i++) {
        visible = mask_value(names[i], block, size, shown);
        CU_ASSERT(visible > 0);
        CU_ASSERT_PTR_NULL(memmem(shown, visible, "sesame", 6));
        CU_ASSERT_EQUAL(ev_block_open(shown, visible, ENVELOPE_MAGIC_BOOT,
                                      &text), EV_OK);
        CU_ASSERT(ev_find(text.start, text.length, "CHAPSecret", &value));
        CU_ASSERT(value.length == 8 &&
                  memcmp(value.start, "********", 8) == 0);
        CU_ASSERT(ev_find(text.start, text.length, "TargetIP", &value));
        CU_ASSERT(memcmp(value.start, "10.0.0.1", 8) == 0);
    }
}

static void damaged_boot_configurations_show_nothing(void)
{
    uint8_t block[EV_DATA_MAX], shown[EV_DATA_MAX];
    size_t size = pack(block);

    for (size_t i = 0; i < size; i++) {
        block[i] ^= 1;
        CU_ASSERT_EQUAL(mask_value("CQTISCSI", block, size, shown), 0);
        block[i] ^= 1;
    }
    CU_ASSERT_EQUAL(mask_value("CQTISCSI", block, size - 1, shown), 0);
}

static void other_values_are_shown_and_written_as_they_are(void)
{
    uint8_t shown[EV_DATA_MAX];
    char detail[256];

    CU_ASSERT_EQUAL(mask_value("CQHORD", (const uint8_t *)"\0\1\2", 3, shown),
                    3);
    CU_ASSERT(memcmp(shown, "\0\1\2", 3) == 0);
    CU_ASSERT(mask_may_write("CQHORD", (const uint8_t *)"x", 1, detail,
                             sizeof(detail)));
}

static void only_valid_boot_configurations_are_written(void)
{
    uint8_t block[EV_DATA_MAX], shown[EV_DATA_MAX];
    char detail[256];
    size_t size = pack(block), visible;

    CU_ASSERT(mask_may_write("CQTISCSI", block, size, detail,
                             sizeof(detail)));
    visible = mask_value("CQTISCSI", block, size, shown);
    CU_ASSERT_FALSE(mask_may_write("CQTISCSI", shown, visible, detail,
                                   sizeof(detail)));
    CU_ASSERT_PTR_NOT_NULL(strstr(detail, "asterisks"));
    CU_ASSERT_FALSE(mask_may_write("CQTISCS2", (const uint8_t *)"x", 1,
                                   detail, sizeof(detail)));
}

int main(int argc, char **argv)
{
    static const struct unit_case cases[] = {
        UNIT_CASE(first_start_makes_one_administrator_with_a_password),
        UNIT_CASE(users_survive_a_restart_whatever_they_are_called),
        UNIT_CASE(one_administrator_is_left),
        UNIT_CASE(twelve_users_fit),
        UNIT_CASE(damaged_or_open_files_of_users_are_refused),
        UNIT_CASE(secrets_of_a_boot_configuration_are_not_shown),
        UNIT_CASE(damaged_boot_configurations_show_nothing),
        UNIT_CASE(other_values_are_shown_and_written_as_they_are),
        UNIT_CASE(only_valid_boot_configurations_are_written),
    };

    return unit_main("ilo-mgmt-users", cases, sizeof(cases) / sizeof(cases[0]),
                     argc, argv);
}
