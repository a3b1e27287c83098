/*
 * iSCSI initiator (RFC 7143) that does no input or output of its own.
 *
 * The embedder owns the memory, the TCP connection and the clock.  It asks
 * iscsi_want() what the session needs, moves bytes through two windows that
 * are lent and taken back, and passes the time in; commands come back through
 * iscsi_reap(), or requests for 512-byte sectors through iscsi_disk_reap().
 * Nothing calls back into the core, and no window outlives the next call.
 *
 *     for (;;) {
 *         switch (iscsi_want(s, &address)) { connect, close or go on }
 *         while ((p = iscsi_tx_window(s, &n)) && (n = send(p, n)) > 0) {
 *             iscsi_tx_commit(s, n, now);
 *         }
 *         while ((p = iscsi_rx_window(s, &n)) && (n = recv(p, n)) > 0) {
 *             iscsi_rx_commit(s, n, now);
 *         }
 *         while ((request = iscsi_disk_reap(disk, now)) != NULL) { done }
 *         wait for the connection, at most until iscsi_disk_deadline(disk);
 *     }
 *
 * Times are milliseconds of any monotonic clock.  One session has one
 * connection, error recovery level 0, and at most ISCSI_MAX_COMMANDS commands
 * at a time.  Functions are not to be called from two threads at once.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef ISCSI_CORE_ISCSI_H
#define ISCSI_CORE_ISCSI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ISCSI_NEVER        UINT64_MAX
#define ISCSI_SESSION_SIZE 17408    /* bytes of memory for iscsi_init() */
#define ISCSI_DISK_SIZE    7168     /* bytes of memory for iscsi_disk_init() */
#define ISCSI_MAX_COMMANDS 16
#define ISCSI_MAX_PORTALS  2
#define ISCSI_NAME_MAX     223      /* RFC 7143 4.2.7.1 */
#define ISCSI_HOST_MAX     255
#define ISCSI_SENSE_MAX    96
#define ISCSI_SECTOR_SIZE  512

/* What went wrong, in the words a user sees. */
enum iscsi_group {
    ISCSI_GROUP_NONE, ISCSI_GROUP_CONFIG, ISCSI_GROUP_CONNECT,
    ISCSI_GROUP_LOGIN, ISCSI_GROUP_AUTH, ISCSI_GROUP_TARGET,
    ISCSI_GROUP_LUN, ISCSI_GROUP_NOT_READY, ISCSI_GROUP_PROTOCOL,
    ISCSI_GROUP_TIMEOUT, ISCSI_GROUP_IO,
};

/* X(name, group, text): every outcome that a call or a request can have. */
#define ISCSI_ERROR_LIST(X) \
    X(OK, NONE, "success") \
    X(E_BUSY, NONE, "all command slots are in use") \
    X(E_STATE, NONE, "not possible in this state") \
    X(E_CANCELLED, NONE, "withdrawn by the caller") \
    X(E_CONFIG, CONFIG, "configuration value not usable") \
    X(E_CONNECT, CONNECT, "no connection to the target") \
    X(E_CLOSED, CONNECT, "connection closed by the target") \
    X(E_CONNECT_TIMEOUT, CONNECT, "no answer to the connection attempt") \
    X(E_LOGIN_REFUSED, LOGIN, "login refused") \
    X(E_LOGIN_UNAVAILABLE, LOGIN, "target cannot serve the login now") \
    X(E_NEGOTIATION, LOGIN, "login parameters not agreed") \
    X(E_REDIRECT, LOGIN, "login redirected too often or to nowhere") \
    X(E_AUTH, AUTH, "authentication failed") \
    X(E_TARGET_AUTH, AUTH, "target failed to authenticate itself") \
    X(E_TARGET_NOT_FOUND, TARGET, "target not found") \
    X(E_TARGET_REMOVED, TARGET, "target removed") \
    X(E_LOGIN_TIMEOUT, TIMEOUT, "login took too long") \
    X(E_COMMAND_TIMEOUT, TIMEOUT, "command took too long") \
    X(E_NOP_TIMEOUT, TIMEOUT, "target did not answer a ping") \
    X(E_PROTOCOL_LOGIN, PROTOCOL, "login response out of order") \
    X(E_PROTOCOL_TEXT, PROTOCOL, "malformed text") \
    X(E_PROTOCOL_OPCODE, PROTOCOL, "unexpected PDU") \
    X(E_PROTOCOL_LENGTH, PROTOCOL, "PDU longer than agreed") \
    X(E_PROTOCOL_TASK, PROTOCOL, "answer to no command") \
    X(E_PROTOCOL_STATSN, PROTOCOL, "status sequence broken") \
    X(E_PROTOCOL_DATA, PROTOCOL, "data outside its command") \
    X(E_PROTOCOL_R2T, PROTOCOL, "request for data that is not there") \
    X(E_PROTOCOL_STATUS, PROTOCOL, "contradictory status") \
    X(E_FLOOD, PROTOCOL, "PDUs without progress") \
    X(E_DIGEST, PROTOCOL, "digest mismatch") \
    X(E_REJECTED, PROTOCOL, "target rejected a PDU") \
    X(E_TARGET_FAILURE, IO, "target failed internally") \
    X(E_NO_LUN, LUN, "no such LUN") \
    X(E_NOT_DISK, LUN, "LUN is not a disk") \
    X(E_CAPACITY, LUN, "capacity or block size not usable") \
    X(E_CHANGED, LUN, "LUN is no longer the same disk") \
    X(E_NOT_READY, NOT_READY, "LUN not ready") \
    X(E_RESERVED, NOT_READY, "LUN reserved by another initiator") \
    X(E_WRITE_PROTECTED, IO, "LUN is write-protected") \
    X(E_MEDIUM, IO, "medium error") \
    X(E_RANGE, IO, "sector outside the disk") \
    X(E_SCSI, IO, "SCSI command failed")

enum iscsi_error {
#define ISCSI_ERROR_ENUM(name, group, text) ISCSI_##name,
    ISCSI_ERROR_LIST(ISCSI_ERROR_ENUM)
#undef ISCSI_ERROR_ENUM
    ISCSI_ERROR_COUNT
};

/* X(name): events for traces; what @a and @b hold. */
#define ISCSI_EVENT_LIST(X) \
    X(CONNECT)      /* attempt, portal */ \
    X(LOGIN_SENT)   /* CSG and NSG flags, text bytes */ \
    X(LOGIN_STATUS) /* class << 8 | detail, flags */ \
    X(AUTHENTICATED) /* 1: the target too, 0 */ \
    X(LOGGED_IN)    /* TSIH, relogins so far */ \
    X(REDIRECTED)   /* 1: permanently, redirects so far */ \
    X(CONNECTION_LOST) /* enum iscsi_error, commands to replay */ \
    X(FAILED)       /* enum iscsi_error, class << 8 | detail */ \
    X(PDU_SENT)     /* opcode, ITT */ \
    X(PDU_RECEIVED) /* opcode, ITT */ \
    X(ASYNC)        /* event, Parameter3 */ \
    X(REJECT)       /* reason, opcode of the rejected PDU */ \
    X(COMMAND_DONE) /* enum iscsi_error, SCSI status */ \
    X(MANAGEMENT)   /* task management function, ITT concerned */ \
    X(COMMAND_RETRY) /* SCSI status, sense key << 16 | ASC << 8 | ASCQ */ \
    X(DISK_READY)   /* log2 of the block size, low 32 bits of block count */ \
    X(DISK_CHECKED) /* enum iscsi_error, relogins so far */

enum iscsi_event {
#define ISCSI_EVENT_ENUM(name) ISCSI_EVENT_##name,
    ISCSI_EVENT_LIST(ISCSI_EVENT_ENUM)
#undef ISCSI_EVENT_ENUM
    ISCSI_EVENT_COUNT
};

struct iscsi_slice {
    const void *data;
    size_t length;
};

/* What the embedder gives.  None of these may call the core. */
struct iscsi_env {
    void *user;
    /* Random bytes; NULL: mutual CHAP is refused. */
    void (*random)(void *user, void *bytes, size_t length);
    /* MD5 over @count slices; NULL: CHAP is refused. */
    void (*md5)(void *user, const struct iscsi_slice *slices, size_t count,
                uint8_t digest[16]);
    /* May be NULL. */
    void (*event)(void *user, enum iscsi_event event, uint32_t a, uint32_t b);
    /* Each PDU's basic header segment, 48 bytes; may be NULL. */
    void (*pdu)(void *user, bool sent, const uint8_t *header);
    /* As iscsi_crc32c(), but fast; NULL: that one, which is small. */
    uint32_t (*crc32c)(uint32_t crc, const void *bytes, size_t length);
};

enum iscsi_digest { ISCSI_DIGEST_NONE, ISCSI_DIGEST_CRC32C };

/*
 * The session's configuration.  The structure is copied by iscsi_init(); what
 * it points to must live as long as the session.  Fill it with
 * iscsi_config_defaults() first.
 */
struct iscsi_config {
    const char *initiator_name;
    const char *target_name;    /* NULL for a discovery session */
    /* "host[:port]", "[v6][:port]"; tried in turn; NULL: not there. */
    const char *portals[ISCSI_MAX_PORTALS];
    uint8_t isid[6];            /* keep it over restarts: RFC 7143 10.1.1 */
    const char *chap_user;      /* NULL: log in without authentication */
    const uint8_t *chap_secret;
    uint16_t chap_secret_length;
    const char *mutual_user;    /* NULL: any name, if there is a secret */
    const uint8_t *mutual_secret;
    uint16_t mutual_secret_length;
    uint8_t header_digest;      /* enum iscsi_digest: the preferred one */
    uint8_t data_digest;
    bool discovery;             /* asks for targets, and takes no commands */
    bool strict;                /* end the connection on harmless slips too */
    bool initial_r2t;           /* false: offer unsolicited data */
    bool immediate_data;
    uint8_t max_commands;       /* 1..ISCSI_MAX_COMMANDS on the wire */
    uint8_t max_r2t;            /* 1..4 outstanding R2Ts a command */
    uint8_t max_redirects;
    uint32_t max_recv_data;     /* MaxRecvDataSegmentLength, 512..2^24-1 */
    uint32_t max_burst;
    uint32_t first_burst;
    uint32_t connect_ms;        /* one connection attempt */
    uint32_t login_ms;          /* one login */
    uint32_t start_ms;          /* iscsi_start() to full feature phase */
    uint32_t recovery_ms;       /* connection lost to full feature phase */
    uint32_t command_ms;        /* one attempt at a command */
    uint32_t retry_ms;          /* disk: busy or becoming ready */
    uint32_t nop_idle_ms;       /* ping after this silence; 0: never */
    uint32_t nop_ms;            /* answer to a ping */
    uint32_t stall_ms;          /* probe when an answer's bytes stay away; 0 */
};

/* A SCSI command.  The caller's before iscsi_submit() and after reaping. */
enum iscsi_direction { ISCSI_NO_DATA, ISCSI_READ, ISCSI_WRITE };

struct iscsi_command {
    uint8_t cdb[16];
    uint8_t lun[8];
    uint8_t direction;
    uint8_t *buffer;            /* data lands in it or is sent out of it */
    uint32_t length;
    void *user;
    /* Valid after reaping.  Data of a status other than GOOD is not data. */
    enum iscsi_error error;     /* OK: @status is the target's */
    uint8_t status;
    uint8_t sense_length;
    uint8_t sense[ISCSI_SENSE_MAX];
    uint32_t transferred;       /* bytes at the start of @buffer */
    uint32_t overflow;          /* bytes the target had beyond @length */
    struct iscsi_command *next; /* the core's */
};

struct iscsi_address {
    char host[ISCSI_HOST_MAX + 1];  /* a literal address without brackets */
    uint16_t port;
    bool v6;
};

enum iscsi_want {
    ISCSI_WANT_NOTHING,     /* not started, logged out or failed */
    ISCSI_WANT_CONNECT,     /* a connection; none is up */
    ISCSI_WANT_WAIT,        /* bytes moved, and time */
    ISCSI_WANT_CLOSE,       /* the connection or the attempt given up */
};

enum iscsi_state {
    ISCSI_OFF, ISCSI_CONNECTING, ISCSI_LOGIN, ISCSI_FULL_FEATURE,
    ISCSI_LOGOUT, ISCSI_CLOSING, ISCSI_BACKOFF, ISCSI_FAILED,
};

struct iscsi_info {
    enum iscsi_state state;
    enum iscsi_error last_error;    /* why it failed, or was lost last */
    uint8_t login_class;            /* of the last login that was refused */
    uint8_t login_detail;
    uint8_t portal;                 /* index of the portal in use */
    bool authenticated;
    uint16_t tsih;
    uint16_t tpgt;                  /* TargetPortalGroupTag, 0 if not told */
    uint32_t relogins;
    uint32_t redirects;
    uint32_t max_send_data;         /* the target's MaxRecvDataSegmentLength */
    uint32_t max_burst;
    uint32_t first_burst;
    bool initial_r2t;
    bool immediate_data;
    bool header_digest;
    bool data_digest;
    struct iscsi_address peer;      /* after redirection */
};

struct iscsi_session;

/* The text and the group of @error; static. */
const char *iscsi_error_text(enum iscsi_error error);
enum iscsi_group iscsi_error_group(enum iscsi_error error);

/* Values that suit a boot ROM; names, portals and ISID stay empty. */
void iscsi_config_defaults(struct iscsi_config *config);

/*
 * Makes a session in @memory (ISCSI_SESSION_SIZE bytes, aligned for a
 * uint64_t).  Returns OK and the session in *@session, or E_CONFIG.
 */
enum iscsi_error iscsi_init(void *memory, size_t size,
                            const struct iscsi_config *config,
                            const struct iscsi_env *env,
                            struct iscsi_session **session);

/*
 * Starts connecting, at first or after the session failed or was logged out.
 * E_STATE when it is up or on its way.
 */
enum iscsi_error iscsi_start(struct iscsi_session *session, uint64_t now);

/*
 * What the transport has to do; *@address is set for WANT_CONNECT, and may be
 * NULL.  Only a query: CONNECT stands until iscsi_tcp_up() or _down(), CLOSE
 * until iscsi_tcp_down().
 */
enum iscsi_want iscsi_want(const struct iscsi_session *session,
                           struct iscsi_address *address);

/* The connection is up. */
void iscsi_tcp_up(struct iscsi_session *session, uint64_t now);

/*
 * The attempt failed or the connection is gone, whoever ended it.  Bytes of
 * the old connection must not be passed in afterwards.
 */
void iscsi_tcp_down(struct iscsi_session *session, uint64_t now);

/*
 * Where the next received bytes belong, *@length of them; NULL: none are
 * wanted.  After receiving @length (> 0, at most the window), commit them.
 */
uint8_t *iscsi_rx_window(struct iscsi_session *session, size_t *length);
void iscsi_rx_commit(struct iscsi_session *session, size_t length,
                     uint64_t now);

/* The next bytes to send; NULL: none now.  Commit what was sent. */
const uint8_t *iscsi_tx_window(struct iscsi_session *session, size_t *length);
void iscsi_tx_commit(struct iscsi_session *session, size_t length,
                     uint64_t now);

/*
 * Copies @length received bytes in, for an embedder that has them in buffers
 * of its own.  Returns how many were wanted; fewer only when the connection is
 * to be closed.
 */
size_t iscsi_rx(struct iscsi_session *session, const void *bytes,
                size_t length, uint64_t now);

/* Absolute time of the next iscsi_tick(), or ISCSI_NEVER. */
uint64_t iscsi_deadline(const struct iscsi_session *session);
void iscsi_tick(struct iscsi_session *session, uint64_t now);

/*
 * Submits @command; it is the core's until iscsi_reap() returns it.  Commands
 * start in this order, also when they are replayed after a reconnection.
 * E_BUSY: no slot; E_CONFIG: a direction without buffer; else the error for
 * which the session failed.
 */
enum iscsi_error iscsi_submit(struct iscsi_session *session,
                              struct iscsi_command *command, uint64_t now);
struct iscsi_command *iscsi_reap(struct iscsi_session *session);

/*
 * Takes @command back unfinished; its buffer is not touched again and it is
 * not reaped.  If it is on the wire, the target is asked to abort it; of a
 * write, or of a second command meanwhile, that costs the connection, and the
 * other commands are replayed.
 */
void iscsi_abort(struct iscsi_session *session, struct iscsi_command *command,
                 uint64_t now);

/*
 * Logs out when all commands are done; ends in ISCSI_OFF.  E_STATE when there
 * is no session.
 */
enum iscsi_error iscsi_logout(struct iscsi_session *session, uint64_t now);

/* What iscsi_discover_next() has. */
enum iscsi_found {
    ISCSI_FOUND_NOTHING,    /* yet: bytes are to be moved */
    ISCSI_FOUND_TARGET,     /* the name of a target */
    ISCSI_FOUND_PORTAL,     /* "host[:port],group" of the target named last */
    ISCSI_FOUND_END,
    ISCSI_FOUND_FAILURE,    /* iscsi_get_info() tells which */
};

#define ISCSI_FOUND_SIZE 256

/*
 * Asks for the targets that the portal of a discovery session knows (RFC 7143
 * Appendix C).  E_STATE when there is no such session in full feature phase.
 * If the connection is lost, discovery has failed, though the session may come
 * back.
 */
enum iscsi_error iscsi_discover(struct iscsi_session *session, uint64_t now);

/*
 * Fetches the next name or address into @text, of ISCSI_FOUND_SIZE bytes.
 * Names are the target's words: they may hold anything but a NUL.
 */
enum iscsi_found iscsi_discover_next(struct iscsi_session *session,
                                     char *text);

void iscsi_get_info(const struct iscsi_session *session,
                    struct iscsi_info *info);

/* The 8 bytes of LUN @number (SAM-5 4.7): peripheral below 256, else flat. */
void iscsi_lun_from_number(uint16_t number, uint8_t lun[8]);

/*
 * A logical unit as a disk of 512-byte sectors.  Waiting until the unit is
 * ready, capacity, 4096-byte blocks, splitting, unit attention, busy, and the
 * check after a reconnection that it is still the same disk are inside.
 */
enum iscsi_disk_operation {
    ISCSI_DISK_READ, ISCSI_DISK_WRITE, ISCSI_DISK_FLUSH,
};

/* The caller's before iscsi_disk_submit() and after reaping. */
struct iscsi_disk_request {
    uint8_t operation;
    uint64_t sector;
    uint32_t count;             /* sectors; at most 2^22 */
    uint8_t *buffer;
    void *user;
    /* Valid after reaping. */
    enum iscsi_error error;
    uint32_t done;              /* sectors known to be good, from the first */
    uint8_t status;             /* SCSI status and sense of the failure */
    uint8_t sense_key;
    uint8_t asc;
    uint8_t ascq;
    /* The core's. */
    struct iscsi_disk_request *next;
    uint32_t started;           /* sectors put into commands */
    uint32_t failed;            /* first sector that is not good */
    uint8_t pieces;             /* commands under way */
};

enum iscsi_disk_state {
    ISCSI_DISK_CLOSED, ISCSI_DISK_OPENING, ISCSI_DISK_READY,
    ISCSI_DISK_CHECKING, ISCSI_DISK_FAILED,
};

struct iscsi_disk_info {
    enum iscsi_disk_state state;
    enum iscsi_error error;     /* why FAILED */
    uint32_t block_size;        /* of the target: 512..4096 */
    uint64_t blocks;
    uint64_t sectors;
    char vendor[9];             /* printable, trimmed */
    char product[17];
    uint8_t sense_key;          /* of the failure */
    uint8_t asc;
    uint8_t ascq;
};

struct iscsi_disk;

/*
 * Makes a disk for LUN @lun in @memory (ISCSI_DISK_SIZE bytes, aligned for a
 * uint64_t).  From now on only the disk reaps the session's commands.
 */
enum iscsi_error iscsi_disk_init(void *memory, size_t size,
                                 struct iscsi_session *session,
                                 const uint8_t lun[8],
                                 struct iscsi_disk **disk);

/*
 * Finds out what the LUN is, once the session is up.  Ends in READY or FAILED
 * of iscsi_disk_get_info().
 */
enum iscsi_error iscsi_disk_open(struct iscsi_disk *disk, uint64_t now);

/*
 * Submits @request; any number may wait.  E_STATE: not open; E_RANGE: outside
 * the disk; else the error for which the disk failed.
 */
enum iscsi_error iscsi_disk_submit(struct iscsi_disk *disk,
                                   struct iscsi_disk_request *request,
                                   uint64_t now);

/* Takes @request back unfinished; its buffer is not touched again. */
void iscsi_disk_cancel(struct iscsi_disk *disk,
                       struct iscsi_disk_request *request, uint64_t now);

/*
 * Lets the disk and its session go on, and returns a finished request or
 * NULL.  Call it until NULL after bytes were moved and at the deadline.
 */
struct iscsi_disk_request *iscsi_disk_reap(struct iscsi_disk *disk,
                                           uint64_t now);
uint64_t iscsi_disk_deadline(const struct iscsi_disk *disk);

void iscsi_disk_get_info(const struct iscsi_disk *disk,
                         struct iscsi_disk_info *info);

#endif
