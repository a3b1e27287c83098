/*
 * The session and its one connection, as the core's files see it.
 *
 * session.c  states, clock, commands; the public interface
 * recovery.c connection attempts, portals, redirection, recovery
 * login.c    login phase
 * conn.c     what is sent next; PDUs received
 * task.c     SCSI commands: data, R2T, responses
 * manage.c   task management
 * discover.c targets of a discovery session
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef ISCSI_CORE_SESSION_H
#define ISCSI_CORE_SESSION_H

#include "chap.h"
#include "iscsi.h"
#include "keys.h"
#include "pdu.h"

#define TEXT_IN_SIZE        10240   /* login text of one negotiation step */
#define TEXT_OUT_SIZE       2048
#define LOGIN_DATA_MAX      8192    /* default MaxRecvDataSegmentLength */
#define LOGIN_ROUNDS_MAX    16
#define R2T_MAX             4
#define REPLAYS_MAX         4       /* of one command */
#define FRUITLESS_MAX       8       /* relogins without a command done */
#define EMPTY_DATA_MAX      64      /* Data-In PDUs of no bytes in a command */
#define IDLE_PDUS_MAX       1000    /* PDUs without progress in a second */
#define WAIT_MAX_MS         30000   /* of what a target may ask us to wait */
#define LOGOUT_MS           2000
#define DISCOVERY_ROUNDS_MAX 4096   /* text responses, of 8 KiB each */

/* ITTs of what is not a task; tasks have their slot in the low byte. */
#define LOGIN_TAG           0xfffffff0u
#define NOP_TAG             0xfffffff1u
#define LOGOUT_TAG          0xfffffff2u
#define TEXT_TAG            0xfffffff3u
#define MANAGE_TAG          0xfffffff4u
#define PROBE_TAG           0xffffffe0u     /* and the seven behind it */

enum task_state {
    TASK_FREE,
    TASK_QUEUED,    /* to be sent, also after a reconnection */
    TASK_ACTIVE,    /* sent */
    TASK_ANSWERED,  /* done, but for a Data-Out that is still being sent */
    TASK_AGAIN,     /* to be sent again, once that Data-Out is out */
};

struct iscsi_burst {
    uint8_t lun[8];
    uint32_t ttt;
    uint32_t offset;
    uint32_t left;
    uint32_t data_sn;
};

struct iscsi_task {
    struct iscsi_command *command;
    uint64_t deadline;
    uint32_t order;             /* of submission */
    uint32_t itt;
    uint32_t cmd_sn;
    uint32_t received;          /* bytes of Data-In, in order */
    uint32_t asked;             /* bytes sent unasked or asked for by R2T */
    uint32_t sent;              /* bytes of @asked that are sent */
    uint32_t data_sn;           /* next expected DataSN */
    uint32_t r2t_sn;            /* next expected R2TSN */
    uint8_t state;
    uint8_t replays;
    uint8_t empty;              /* Data-In PDUs without data */
    uint8_t bursts;             /* in use, oldest first */
    bool probe;                 /* not replayed, and sent while held */
    struct iscsi_burst burst[R2T_MAX + 1];  /* and the unsolicited one */
};

/* The exchange of text that SendTargets begins. */
enum discovery_state {
    DISCOVERY_NONE,
    DISCOVERY_DUE,      /* a request is to be sent */
    DISCOVERY_ASKED,
    DISCOVERY_READY,    /* pairs may be fetched */
    DISCOVERY_DONE,
    DISCOVERY_LOST,     /* with its connection */
};

struct iscsi_text_exchange {
    uint8_t state;
    bool last;                  /* nothing follows what is here */
    uint32_t rounds;
    uint32_t ttt;
    uint8_t lun[8];
    uint32_t next;              /* pair to fetch, in text_in */
    uint32_t whole;             /* end of the pairs that are whole */
    uint64_t end;               /* deadline of the response */
};

/* A task management function. */
enum management_state { MANAGEMENT_NONE, MANAGEMENT_DUE, MANAGEMENT_ASKED };

struct iscsi_management {
    uint8_t state;
    uint8_t function;
    uint8_t lun[8];
    uint32_t itt;               /* of the task that began it */
    uint32_t cmd_sn;
    uint64_t end;               /* deadline of the response */
};

/* What becomes of the session when the connection is down. */
enum verdict { VERDICT_RETRY, VERDICT_FAIL, VERDICT_OFF };

struct iscsi_session {
    struct iscsi_config config;
    struct iscsi_env env;
    enum iscsi_state state;
    enum verdict verdict;
    enum iscsi_error last_error;
    uint8_t login_class;
    uint8_t login_detail;
    bool tcp_up;
    bool was_up;                /* full feature phase reached before */
    bool recovering;            /* a session was lost since */
    bool authenticated;
    bool guarded;               /* hold commands after a relogin */
    bool hold;
    bool logout_asked;          /* by the caller */

    /* Connection attempts. */
    uint64_t polled;            /* when the clock was last seen */
    uint64_t budget_end;        /* full feature phase by then, or fail */
    uint64_t state_end;         /* deadline of the state */
    uint32_t attempts;          /* since the budget began */
    uint32_t wait_ms;           /* before the next attempt */
    uint8_t portal;
    uint8_t portals_refused;    /* bit set: login failed for good */
    uint8_t redirects;          /* since the budget began */
    uint8_t fruitless;
    bool redirected;            /* @peer stands for this attempt */
    bool moved;                 /* @peer stands for good */
    uint32_t redirects_total;
    uint32_t relogins;
    struct iscsi_address peer;

    /* Login. */
    struct iscsi_keys keys;
    struct iscsi_chap chap;
    uint8_t stage;              /* CSG */
    uint8_t next_stage;         /* NSG asked for, or CSG: none */
    uint8_t rounds;
    bool login_due;             /* a request is to be sent */
    bool joining;               /* the last response goes on in the next */
    uint16_t tsih;
    uint32_t text_in_length;    /* joined so far */
    struct iscsi_text_writer text_out;

    /* Connection. */
    uint32_t first_cmd_sn;
    uint32_t cmd_sn;
    uint32_t max_cmd_sn;
    uint32_t exp_stat_sn;
    bool stat_sn_known;
    uint32_t max_send_data;
    uint32_t idle_pdus;
    uint64_t idle_since;
    uint64_t heard;             /* when the last PDU came */
    uint64_t ping_end;          /* ISCSI_NEVER: none under way */
    bool ping_due;
    struct {
        uint64_t moved;         /* when the last byte came or went */
        uint64_t asked;         /* when the last probe went */
        bool due;               /* the next one is to be sent */
        uint8_t sent;           /* since the last byte came */
        uint8_t out;            /* bit set: its answer is due */
        uint8_t rounds;         /* since an answer to a command moved */
    } probe;
    bool pong_due;
    uint8_t pong_lun[8];
    uint32_t pong_ttt;
    bool logout_due;
    struct iscsi_task *sending; /* whose data the sender reads */
    struct iscsi_task *receiving;
    struct iscsi_receiver receiver;
    struct iscsi_sender sender;

    struct iscsi_text_exchange discovery;

    /* Commands. */
    uint32_t next_order;
    uint32_t generation;        /* of ITTs */
    uint32_t late_generation;   /* answers up to it may be late */
    bool late_known;            /* that is: a function ended tasks */
    struct iscsi_management management;
    struct iscsi_command orphan; /* stands for one that was taken back */
    struct iscsi_command *done;
    struct iscsi_command **done_tail;
    struct iscsi_task tasks[ISCSI_MAX_COMMANDS];

    uint8_t text_in[TEXT_IN_SIZE];
    uint8_t text_out_bytes[TEXT_OUT_SIZE];
};

/* The clock is at least @ms after @now, without wrapping. */
static inline uint64_t time_after(uint64_t now, uint64_t ms)
{
    return ms < ISCSI_NEVER - now ? now + ms : ISCSI_NEVER;
}

/* a < b in serial number arithmetic, RFC 1982. */
static inline bool serial_less(uint32_t a, uint32_t b)
{
    return (int32_t)(a - b) < 0;
}

/* Something was achieved: floods are counted anew. */
static inline void session_progress(struct iscsi_session *s)
{
    s->idle_pdus = 0;
}

/* session.c */
void session_event(const struct iscsi_session *s, enum iscsi_event event,
                   uint32_t a, uint32_t b);

/* recovery.c */

/* Begins anew, with the budget of a start. */
void iscsi_recovery_start(struct iscsi_session *s, uint64_t now);
/* The next attempt, to the portal whose turn it is. */
void iscsi_recovery_connect(struct iscsi_session *s, uint64_t now);
/* The transport is down: goes where the verdict says. */
void iscsi_recovery_go_on(struct iscsi_session *s, uint64_t now);
/* The budget is used up: what went wrong last stands. */
void iscsi_recovery_give_up(struct iscsi_session *s);
/* Ends the connection because of @error; nothing more is sent. */
void iscsi_session_lost(struct iscsi_session *s, enum iscsi_error error,
                        uint64_t now);
/* The same, when @error is the target's last word on this portal. */
void iscsi_session_refused(struct iscsi_session *s, enum iscsi_error error,
                           uint64_t now);
/* The login ended in full feature phase. */
void iscsi_session_entered(struct iscsi_session *s, uint64_t now);
/* The target named @value, "host[:port][,tag]", to log in to. */
void iscsi_session_redirected(struct iscsi_session *s, const char *value,
                              size_t length, bool for_good, uint64_t now);

/*
 * For the disk: after each relogin commands are held back until released, and
 * only probes are sent.  A probe fails with the connection it was sent over.
 */
void iscsi_session_guard(struct iscsi_session *s);
void iscsi_session_hold(struct iscsi_session *s);
void iscsi_session_release(struct iscsi_session *s, uint64_t now);
enum iscsi_error iscsi_session_probe(struct iscsi_session *s,
                                     struct iscsi_command *command,
                                     uint64_t now);

/* config.c: can a session be made of it? */
bool iscsi_config_valid(const struct iscsi_config *config,
                        const struct iscsi_env *env);

/* address.c: "host[:port]", "[v6][:port]"; a ",tag" is passed over. */
bool iscsi_address_parse(const char *text, size_t length,
                         struct iscsi_address *address);

/* login.c */
void iscsi_login_start(struct iscsi_session *s);
void iscsi_login_send(struct iscsi_session *s);
enum iscsi_error iscsi_login_header(struct iscsi_session *s);
void iscsi_login_received(struct iscsi_session *s, uint64_t now);

/* conn.c */
void iscsi_conn_init(struct iscsi_session *s);
/* Starts the next PDU that is due, if the sender is idle. */
void iscsi_conn_send(struct iscsi_session *s, uint64_t now);
void iscsi_conn_received(struct iscsi_session *s,
                         enum receiver_event event, uint64_t now);
/* The request header with the numbers every request carries. */
uint8_t *iscsi_conn_header(struct iscsi_session *s, uint8_t opcode,
                           uint8_t flags, uint32_t itt);
/* Checks the StatSN of a PDU that takes one. */
bool iscsi_conn_stat_sn(struct iscsi_session *s);

/* discover.c */
bool iscsi_discover_send(struct iscsi_session *s);
enum iscsi_error iscsi_discover_header(struct iscsi_session *s);
enum iscsi_error iscsi_discover_received(struct iscsi_session *s);

/* manage.c */
bool iscsi_manage_send(struct iscsi_session *s);
enum iscsi_error iscsi_manage_response(struct iscsi_session *s);
/* Asks the target to abort @task.  None is under way. */
void iscsi_manage_abort(struct iscsi_session *s, struct iscsi_task *task,
                        uint64_t now);
/* One is under way. */
void iscsi_manage_tick(struct iscsi_session *s, uint64_t now);

/* probe.c */
/* Bytes came or went. */
void iscsi_probe_moved(struct iscsi_session *s, bool received, uint64_t now);
/* When an answer has been missing for so long that it is asked after. */
uint64_t iscsi_probe_deadline(const struct iscsi_session *s);
void iscsi_probe_tick(struct iscsi_session *s, uint64_t now);
bool iscsi_probe_send(struct iscsi_session *s);
/* Whether @itt is that of a probe that is out; then it is answered. */
bool iscsi_probe_answered(struct iscsi_session *s, uint32_t itt);

/* task.c */
bool iscsi_task_send_data(struct iscsi_session *s);
bool iscsi_task_send_command(struct iscsi_session *s);
/* The PDU of s->sending went out. */
void iscsi_task_sent(struct iscsi_session *s);
enum iscsi_error iscsi_task_data_in_header(struct iscsi_session *s);
enum iscsi_error iscsi_task_data_in(struct iscsi_session *s);
enum iscsi_error iscsi_task_response_header(struct iscsi_session *s);
enum iscsi_error iscsi_task_response(struct iscsi_session *s);
enum iscsi_error iscsi_task_r2t(struct iscsi_session *s);
struct iscsi_task *iscsi_task_find(struct iscsi_session *s, uint32_t itt);
unsigned iscsi_task_count(const struct iscsi_session *s,
                          enum task_state state);
/* Finishes @task with @error; its command goes to the reaper. */
void iscsi_task_finish(struct iscsi_session *s, struct iscsi_task *task,
                       enum iscsi_error error);
/* The connection is gone: tasks are to be sent again, or have failed. */
void iscsi_task_requeue(struct iscsi_session *s, enum iscsi_error error);
/* The session has failed, and all its tasks with it. */
void iscsi_task_fail_all(struct iscsi_session *s, enum iscsi_error error);
/* The target has forgotten @task: it is sent again, or fails with @error. */
void iscsi_task_again(struct iscsi_session *s, struct iscsi_task *task,
                      enum iscsi_error error);
/* The caller takes the command of @task back; false: that is not possible. */
bool iscsi_task_orphan(struct iscsi_session *s, struct iscsi_task *task);
/* May @task be sent now? */
bool iscsi_task_may_start(const struct iscsi_session *s,
                          const struct iscsi_task *task);

#endif
