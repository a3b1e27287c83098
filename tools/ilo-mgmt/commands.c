/*
 * The table of commands, and how their arguments are judged.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "base64.h"
#include "commands.h"

#define DEVICE "DEVICE"

const char *const ribcl_privilege_names[RIBCL_PRIVILEGES] = {
    "ADMIN_PRIV", "REMOTE_CONS_PRIV", "RESET_SERVER_PRIV",
    "VIRTUAL_MEDIA_PRIV", "CONFIG_ILO_PRIV",
};

const char *const ribcl_block_names[RIBCL_BLOCKS] = {
    [RIBCL_USER_INFO] = "USER_INFO",
    [RIBCL_RIB_INFO] = "RIB_INFO",
    [RIBCL_SERVER_INFO] = "SERVER_INFO",
    [RIBCL_DIR_INFO] = "DIR_INFO",
    [RIBCL_RACK_INFO] = "RACK_INFO",
    [RIBCL_SSO_INFO] = "SSO_INFO",
};

static const char *const boot_names[] = {
    [ILO_BOOT_NONE] = "NORMAL",
    [ILO_BOOT_FLOPPY] = "FLOPPY",
    [ILO_BOOT_CDROM] = "CDROM",
    [ILO_BOOT_DISK] = "HDD",
    [ILO_BOOT_NETWORK] = "NETWORK",
};

const char *ribcl_boot_name(uint8_t boot_class)
{
    return boot_class <= ILO_BOOT_NETWORK ? boot_names[boot_class] : "NORMAL";
}

bool ribcl_is_boot_ev(const char *name)
{
    static const char prefix[] = "CQTISC";
    size_t length = sizeof(prefix) - 1;

    return ribcl_length(name) >= length && memcmp(name, prefix, length) == 0;
}

/*
 * Fields
 */

void ribcl_request_init(struct ribcl_request *request,
                        const struct ribcl_command *command, const char *who)
{
    memset(request, 0, sizeof(*request));
    request->command = command;
    request->who = who;
}

static uint16_t store(struct ribcl_request *request, const char *text)
{
    uint16_t at = request->used;
    size_t size = ribcl_length(text) + 1;

    memcpy(request->text + at, text, size);
    request->used += size;
    return at;
}

bool ribcl_request_add(struct ribcl_request *request, const char *name,
                       const char *value)
{
    size_t size = ribcl_length(name) + ribcl_length(value) + 2;
    unsigned i = request->fields;

    if (i == RIBCL_FIELDS_MAX || size > RIBCL_TAG_MAX - request->used) {
        return false;
    }
    request->field[i].name = store(request, name);
    request->field[i].value = store(request, value);
    request->fields++;
    return true;
}

const char *ribcl_request_find(const struct ribcl_request *request,
                               const char *name)
{
    for (unsigned i = 0; i < request->fields; i++) {
        if (ribcl_same(request->text + request->field[i].name, name)) {
            return request->text + request->field[i].value;
        }
    }
    return NULL;
}

/*
 * Judges
 */

static enum ribcl_status refuse(const char **detail, const char *sentence)
{
    *detail = sentence;
    return RIBCL_SYNTAX;
}

/* Copies printable ASCII; false when it is absent, too long or other. */
static bool copy_text(char *to, size_t max, const char *value)
{
    size_t length = value ? ribcl_length(value) : max + 1;

    if (length > max) {
        return false;
    }
    for (size_t i = 0; i < length; i++) {
        if (value[i] < ' ' || value[i] > '~') {
            return false;
        }
    }
    memcpy(to, value, length + 1);
    return true;
}

static bool is_any_of(const char *value, const char *const *words)
{
    for (; *words; words++) {
        if (ribcl_same_word(value, *words)) {
            return true;
        }
    }
    return false;
}

/* Yes and No in all the ways in which clients write them. */
static bool read_choice(const char *value, bool *yes)
{
    static const char *const yeses[] = { "yes", "y", "on", "true", NULL };
    static const char *const noes[] = { "no", "n", "off", "false", NULL };

    if (!value) {
        return false;
    }
    *yes = is_any_of(value, yeses);
    return *yes || is_any_of(value, noes);
}

static enum ribcl_status judge_none(const struct ribcl_request *request,
                                    struct ribcl_act *act,
                                    const char **detail)
{
    return RIBCL_OK;
}

static enum ribcl_status judge_power(const struct ribcl_request *request,
                                     struct ribcl_act *act,
                                     const char **detail)
{
    bool on;

    if (!read_choice(ribcl_request_find(request, "HOST_POWER"), &on)) {
        return refuse(detail, "HOST_POWER is Yes or No.");
    }
    act->argument = on ? ILO_POWER_ON : ILO_POWER_OFF;
    return RIBCL_OK;
}

static enum ribcl_status judge_hold(const struct ribcl_request *request,
                                    struct ribcl_act *act,
                                    const char **detail)
{
    const char *toggle = ribcl_request_find(request, "TOGGLE");
    bool yes = false;

    if (toggle && !read_choice(toggle, &yes)) {
        return refuse(detail, "TOGGLE is Yes or No.");
    }
    if (yes) {
        act->kind = RIBCL_ACT_TOGGLE_POWER;
    }
    return RIBCL_OK;
}

static enum ribcl_status judge_server_name(const struct ribcl_request *request,
                                           struct ribcl_act *act,
                                           const char **detail)
{
    if (!copy_text(act->text, RIBCL_SERVER_NAME_MAX,
                   ribcl_request_find(request, "VALUE"))) {
        return refuse(detail, "VALUE is at most 49 printable characters.");
    }
    return RIBCL_OK;
}

/* ILO_BOOT_NETWORK + 1 when there is no such class. */
static uint8_t find_class(const char *name)
{
    uint8_t class = 0;

    while (class <= ILO_BOOT_NETWORK &&
           !ribcl_same_word(name, boot_names[class])) {
        class++;
    }
    return class;
}

static enum ribcl_status judge_boot_once(const struct ribcl_request *request,
                                         struct ribcl_act *act,
                                         const char **detail)
{
    const char *value = ribcl_request_find(request, "VALUE");

    act->argument = value ? find_class(value) : ILO_BOOT_NETWORK + 1;
    return act->argument > ILO_BOOT_NETWORK ?
           refuse(detail, "VALUE is NORMAL, FLOPPY, CDROM, HDD or NETWORK.") :
           RIBCL_OK;
}

static bool has_class(const struct ribcl_act *act, uint8_t class)
{
    for (unsigned i = 0; i < RIBCL_BOOT_CLASSES; i++) {
        if (act->classes[i] == class) {
            return true;
        }
    }
    return false;
}

static enum ribcl_status judge_boot_order(const struct ribcl_request *request,
                                          struct ribcl_act *act,
                                          const char **detail)
{
    unsigned count = 0;

    for (unsigned i = 0; i < request->fields; i++) {
        const char *value = request->text + request->field[i].value;
        uint8_t class = find_class(value);

        if (!ribcl_same(request->text + request->field[i].name, DEVICE)) {
            continue;
        }
        if (class == ILO_BOOT_NONE || class > ILO_BOOT_NETWORK ||
            has_class(act, class)) {
            return refuse(detail, "Each DEVICE is another of FLOPPY, CDROM, "
                          "HDD and NETWORK.");
        }
        /* There are no more than fit, as none comes twice. */
        act->classes[count++] = class;
    }
    return count > 0 ? RIBCL_OK : refuse(detail, "There is no DEVICE.");
}

static bool copy_ev_name(char *to, const struct ribcl_request *request)
{
    return copy_text(to, EV_NAME_SIZE - 1,
                     ribcl_request_find(request, "NAME")) && *to;
}

static const char ev_name_rule[] = "NAME is 1 to 31 printable characters.";

static enum ribcl_status judge_get_ev(const struct ribcl_request *request,
                                      struct ribcl_act *act,
                                      const char **detail)
{
    if (!copy_ev_name(act->ev_name, request)) {
        return refuse(detail, ev_name_rule);
    }
    if (ribcl_is_boot_ev(act->ev_name)) {
        act->privileges |= RIBCL_CONFIG_ILO;
    }
    return RIBCL_OK;
}

static enum ribcl_status judge_set_ev(const struct ribcl_request *request,
                                      struct ribcl_act *act,
                                      const char **detail)
{
    const char *value = ribcl_request_find(request, "VALUE");
    struct ribcl_change *change = act->change;

    if (!copy_ev_name(change->name, request)) {
        return refuse(detail, ev_name_rule);
    }
    if (!value || !base64_decode(value, change->data, EV_DATA_MAX,
                                 &change->length) ||
        change->length == 0) {
        return refuse(detail, "VALUE is 1 to 3966 bytes in base64.");
    }
    return RIBCL_OK;
}

static enum ribcl_status judge_delete_ev(const struct ribcl_request *request,
                                         struct ribcl_act *act,
                                         const char **detail)
{
    if (!copy_ev_name(act->change->name, request)) {
        return refuse(detail, ev_name_rule);
    }
    act->change->remove = true;
    return RIBCL_OK;
}

static enum ribcl_status judge_login(const struct ribcl_request *request,
                                     struct ribcl_act *act,
                                     const char **detail)
{
    if (!copy_text(act->login, RIBCL_NAME_MAX,
                   ribcl_request_find(request, "USER_LOGIN")) ||
        !act->login[0]) {
        return refuse(detail,
                      "USER_LOGIN is 1 to 39 printable characters.");
    }
    return RIBCL_OK;
}

/* Users may see themselves. */
static enum ribcl_status judge_get_user(const struct ribcl_request *request,
                                        struct ribcl_act *act,
                                        const char **detail)
{
    enum ribcl_status status = judge_login(request, act, detail);

    if (status == RIBCL_OK && ribcl_same(act->login, request->who)) {
        act->privileges = 0;
    }
    return status;
}

static enum ribcl_status judge_password(const struct ribcl_request *request,
                                        struct ribcl_act *act,
                                        const char **detail)
{
    const char *password = ribcl_request_find(request, "PASSWORD");
    size_t length = password ? ribcl_length(password) : 0;

    if (!password) {
        return RIBCL_OK;
    }
    if (length < RIBCL_PASSWORD_MIN || length > RIBCL_NAME_MAX) {
        return RIBCL_PASSWORD_LENGTH;
    }
    memcpy(act->password, password, length + 1);
    act->has_password = true;
    return RIBCL_OK;
}

static enum ribcl_status judge_changes(const struct ribcl_request *request,
                                       struct ribcl_act *act,
                                       const char **detail)
{
    const char *name = ribcl_request_find(request, "USER_NAME");

    for (unsigned i = 0; i < RIBCL_PRIVILEGES; i++) {
        const char *value = ribcl_request_find(request,
                                               ribcl_privilege_names[i]);
        bool yes;

        if (value && !read_choice(value, &yes)) {
            return refuse(detail, "A privilege is Yes or No.");
        }
        if (value) {
            *(yes ? &act->set : &act->clear) |= 1 << i;
        }
    }
    act->has_name = name;
    if (name && !copy_text(act->name, RIBCL_NAME_MAX, name)) {
        return refuse(detail,
                      "USER_NAME is at most 39 printable characters.");
    }
    return judge_password(request, act, detail);
}

static enum ribcl_status judge_add_user(const struct ribcl_request *request,
                                        struct ribcl_act *act,
                                        const char **detail)
{
    enum ribcl_status status = judge_login(request, act, detail);

    if (status == RIBCL_OK) {
        status = judge_changes(request, act, detail);
    }
    if (status == RIBCL_OK && !act->has_password) {
        return RIBCL_PASSWORD_LENGTH;
    }
    return status;
}

/* Users may change their own password. */
static enum ribcl_status judge_mod_user(const struct ribcl_request *request,
                                        struct ribcl_act *act,
                                        const char **detail)
{
    enum ribcl_status status = judge_login(request, act, detail);

    if (status == RIBCL_OK) {
        status = judge_changes(request, act, detail);
    }
    if (status == RIBCL_OK && !act->set && !act->clear && !act->has_name &&
        ribcl_same(act->login, request->who)) {
        act->privileges = 0;
    }
    return status;
}

/*
 * The table
 */

#define READ(name, block, needs, kind, argument, judge)                       \
    { name, RIBCL_##block, false, needs, RIBCL_ACT_##kind, argument, judge }
#define WRITE(name, block, needs, kind, argument, judge)                      \
    { name, RIBCL_##block, true, needs, RIBCL_ACT_##kind, argument, judge }

const struct ribcl_command ribcl_commands[] = {
    READ("GET_FW_VERSION", RIB_INFO, 0, GET_FW_VERSION, 0, judge_none),
    READ("GET_EVENT_LOG", RIB_INFO, 0, GET_EVENT_LOG,
         RIBCL_RIB_INFO, judge_none),
    WRITE("CLEAR_EVENTLOG", RIB_INFO, RIBCL_CONFIG_ILO, CLEAR_EVENT_LOG,
          RIBCL_RIB_INFO, judge_none),
    WRITE("RESET_RIB", RIB_INFO, RIBCL_CONFIG_ILO, RESET_RIB, 0, judge_none),

    READ("GET_HOST_POWER_STATUS", SERVER_INFO, 0, GET_POWER, 0, judge_none),
    WRITE("SET_HOST_POWER", SERVER_INFO, RIBCL_RESET_SERVER, POWER, 0,
          judge_power),
    WRITE("HOLD_PWR_BTN", SERVER_INFO, RIBCL_RESET_SERVER, POWER,
          ILO_POWER_HOLD, judge_hold),
    WRITE("PRESS_PWR_BTN", SERVER_INFO, RIBCL_RESET_SERVER, POWER,
          ILO_POWER_PRESS, judge_none),
    WRITE("RESET_SERVER", SERVER_INFO, RIBCL_RESET_SERVER, POWER,
          ILO_POWER_RESET, judge_none),
    WRITE("WARM_BOOT_SERVER", SERVER_INFO, RIBCL_RESET_SERVER, POWER,
          ILO_POWER_RESET, judge_none),
    WRITE("COLD_BOOT_SERVER", SERVER_INFO, RIBCL_RESET_SERVER, POWER,
          ILO_POWER_COLD, judge_none),
    READ("GET_SERVER_NAME", SERVER_INFO, 0, GET_SERVER_NAME, 0, judge_none),
    WRITE("SERVER_NAME", SERVER_INFO, RIBCL_CONFIG_ILO, SERVER_NAME, 0,
          judge_server_name),
    READ("GET_PERSISTENT_BOOT", SERVER_INFO, 0, GET_BOOT_ORDER, 0,
         judge_none),
    WRITE("SET_PERSISTENT_BOOT", SERVER_INFO, RIBCL_CONFIG_ILO, BOOT_ORDER, 0,
          judge_boot_order),
    READ("GET_ONE_TIME_BOOT", SERVER_INFO, 0, GET_BOOT_ONCE, 0, judge_none),
    WRITE("SET_ONE_TIME_BOOT", SERVER_INFO, RIBCL_CONFIG_ILO, BOOT_ONCE, 0,
          judge_boot_once),
    READ("GET_EVENT_LOG", SERVER_INFO, 0, GET_EVENT_LOG,
         RIBCL_SERVER_INFO, judge_none),
    WRITE("CLEAR_IML", SERVER_INFO, RIBCL_CONFIG_ILO, CLEAR_EVENT_LOG,
          RIBCL_SERVER_INFO, judge_none),
    READ("GET_EV", SERVER_INFO, 0, GET_EV, 0, judge_get_ev),
    READ("GET_EV_LIST", SERVER_INFO, 0, GET_EV_LIST, 0, judge_none),
    WRITE("SET_EV", SERVER_INFO, RIBCL_CONFIG_ILO, CHANGE_EV, 0,
          judge_set_ev),
    WRITE("DELETE_EV", SERVER_INFO, RIBCL_CONFIG_ILO, CHANGE_EV, 0,
          judge_delete_ev),

    READ("GET_ALL_USERS", USER_INFO, RIBCL_ADMIN, GET_ALL_USERS, 0,
         judge_none),
    READ("GET_ALL_USER_INFO", USER_INFO, RIBCL_ADMIN, GET_ALL_USER_INFO, 0,
         judge_none),
    READ("GET_USER", USER_INFO, RIBCL_ADMIN, GET_USER, 0, judge_get_user),
    WRITE("ADD_USER", USER_INFO, RIBCL_ADMIN, ADD_USER, 0, judge_add_user),
    WRITE("MOD_USER", USER_INFO, RIBCL_ADMIN, MOD_USER, 0, judge_mod_user),
    WRITE("DELETE_USER", USER_INFO, RIBCL_ADMIN, DELETE_USER, 0,
          judge_login),
};

const unsigned ribcl_command_count =
    sizeof(ribcl_commands) / sizeof(ribcl_commands[0]);

const struct ribcl_command *ribcl_command_find(enum ribcl_block block,
                                               const char *name)
{
    for (unsigned i = 0; i < ribcl_command_count; i++) {
        if (ribcl_commands[i].block == block &&
            ribcl_same(ribcl_commands[i].name, name)) {
            return &ribcl_commands[i];
        }
    }
    return NULL;
}

enum ribcl_status ribcl_judge(const struct ribcl_request *request,
                              struct ribcl_act *act,
                              struct ribcl_change *change,
                              const char **detail)
{
    const struct ribcl_command *command = request->command;

    memset(act, 0, sizeof(*act));
    change->remove = false;
    change->length = 0;
    act->kind = command->kind;
    act->argument = command->argument;
    act->privileges = command->privileges;
    act->change = change;
    return command->judge(request, act, detail);
}
