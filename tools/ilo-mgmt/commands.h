/*
 * The commands of RIBCL: a row says where one may stand, who may give it, and
 * what it means.
 *
 * Pure: no allocation, no input or output, nothing but mem*.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ILO_MGMT_COMMANDS_H
#define ILO_MGMT_COMMANDS_H

#include "ncsim/ilo_link.h"
#include "reply.h"
#include "scan.h"

/* A user's five privileges. */
enum {
    RIBCL_ADMIN = 1 << 0,
    RIBCL_REMOTE_CONS = 1 << 1,
    RIBCL_RESET_SERVER = 1 << 2,
    RIBCL_VIRTUAL_MEDIA = 1 << 3,
    RIBCL_CONFIG_ILO = 1 << 4,
    RIBCL_ALL_PRIVILEGES = (1 << 5) - 1,
};

#define RIBCL_PRIVILEGES 5

/* ADMIN_PRIV and so on, by the number of their bit. */
extern const char *const ribcl_privilege_names[RIBCL_PRIVILEGES];

enum ribcl_block {
    RIBCL_USER_INFO,
    RIBCL_RIB_INFO,
    RIBCL_SERVER_INFO,
    RIBCL_DIR_INFO,             /* these three are known, and empty */
    RIBCL_RACK_INFO,
    RIBCL_SSO_INFO,
    RIBCL_BLOCKS,
};

extern const char *const ribcl_block_names[RIBCL_BLOCKS];

#define RIBCL_NAME_MAX 39               /* bytes of login, name, password */
#define RIBCL_PASSWORD_MIN 8
#define RIBCL_SERVER_NAME_MAX 49
#define RIBCL_BOOT_CLASSES 4

/* What is to be done. */
enum ribcl_act_kind {
    RIBCL_ACT_GET_FW_VERSION,
    RIBCL_ACT_GET_EVENT_LOG,            /* argument: enum ribcl_block */
    RIBCL_ACT_CLEAR_EVENT_LOG,
    RIBCL_ACT_RESET_RIB,
    RIBCL_ACT_GET_POWER,
    RIBCL_ACT_POWER,                    /* argument: ILO_POWER_* */
    RIBCL_ACT_TOGGLE_POWER,
    RIBCL_ACT_GET_SERVER_NAME,
    RIBCL_ACT_SERVER_NAME,              /* text */
    RIBCL_ACT_GET_BOOT_ORDER,
    RIBCL_ACT_BOOT_ORDER,               /* classes */
    RIBCL_ACT_GET_BOOT_ONCE,
    RIBCL_ACT_BOOT_ONCE,                /* argument: ILO_BOOT_* */
    RIBCL_ACT_GET_EV,                   /* ev_name */
    RIBCL_ACT_GET_EV_LIST,
    RIBCL_ACT_CHANGE_EV,                /* change; collected by the session */
    RIBCL_ACT_GET_ALL_USERS,
    RIBCL_ACT_GET_ALL_USER_INFO,
    RIBCL_ACT_GET_USER,                 /* login */
    RIBCL_ACT_ADD_USER,                 /* login, name, password, set */
    RIBCL_ACT_MOD_USER,                 /* login and what changes */
    RIBCL_ACT_DELETE_USER,              /* login */
};

/* A change of an EV that waits for the end of its block. */
struct ribcl_change {
    char name[EV_NAME_SIZE];
    bool remove;
    size_t length;
    uint8_t data[EV_DATA_MAX];
};

/* A command, judged.  What a kind does not use is zero. */
struct ribcl_act {
    enum ribcl_act_kind kind;
    uint8_t privileges;                 /* all of these are needed */
    uint8_t argument;
    uint8_t classes[RIBCL_BOOT_CLASSES];
    uint8_t set, clear;                 /* privileges of a user */
    bool has_name, has_password;
    char login[RIBCL_NAME_MAX + 1];
    char name[RIBCL_NAME_MAX + 1];
    char password[RIBCL_NAME_MAX + 1];
    char text[RIBCL_SERVER_NAME_MAX + 1];
    char ev_name[EV_NAME_SIZE];
    unsigned listed;                    /* EVs, by whoever lists them */
    struct ribcl_change *change;        /* whose memory is the session's */
};

/* A command as it was written: attributes, and VALUEs of child elements. */
#define RIBCL_FIELDS_MAX 16

struct ribcl_command;
struct ribcl_request {
    const struct ribcl_command *command;
    const char *who;                    /* login that asks */
    unsigned fields;
    struct {
        uint16_t name, value;           /* offsets in text */
    } field[RIBCL_FIELDS_MAX];
    size_t used;
    char text[RIBCL_TAG_MAX];
};

/* One row of the table. */
struct ribcl_command {
    const char *name;
    uint8_t block;                      /* enum ribcl_block */
    bool write;                         /* needs MODE="write" */
    uint8_t privileges;                 /* all of these are needed */
    uint8_t kind;                       /* enum ribcl_act_kind */
    uint8_t argument;
    /*
     * Judges the fields and fills @act, which has kind, argument and
     * privileges of the row.  Returns RIBCL_OK, or another status and,
     * where there is more to say, a sentence in *@detail.
     */
    enum ribcl_status (*judge)(const struct ribcl_request *request,
                               struct ribcl_act *act, const char **detail);
};

extern const struct ribcl_command ribcl_commands[];
extern const unsigned ribcl_command_count;

/* The row of this name in this block, or NULL. */
const struct ribcl_command *ribcl_command_find(enum ribcl_block block,
                                               const char *name);

void ribcl_request_init(struct ribcl_request *request,
                        const struct ribcl_command *command, const char *who);

/* False when there is no room. */
bool ribcl_request_add(struct ribcl_request *request, const char *name,
                       const char *value);

/* The first value of this name, or NULL. */
const char *ribcl_request_find(const struct ribcl_request *request,
                               const char *name);

/*
 * Fills @act from the request; @change is the memory for a change of an EV.
 * Returns as judge() does.
 */
enum ribcl_status ribcl_judge(const struct ribcl_request *request,
                              struct ribcl_act *act,
                              struct ribcl_change *change,
                              const char **detail);

/* FLOPPY, CDROM and so on for ILO_BOOT_*; NORMAL for ILO_BOOT_NONE. */
const char *ribcl_boot_name(uint8_t boot_class);

/* Is this the name of an EV that holds a boot configuration? */
bool ribcl_is_boot_ev(const char *name);

#endif
