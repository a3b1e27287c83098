/*
 * Boot configuration: the text that people write (evinput), the variables in
 * it, and the block into which it is packed for iLO and for the handoff.
 *
 * Sans-IO and freestanding: needs mem* of its surroundings and nothing else;
 * the caller owns all memory.  Linked into the option ROM, the ev tools and
 * the tests.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef EV_CORE_EV_H
#define EV_CORE_EV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ncsim/envelope.h"
#include "ncsim/smif.h"

/* A piece of somebody else's text; not terminated. */
struct ev_slice {
    const char *start;
    size_t length;
};

/*
 * Variables
 */

/* In the order of the vendor's sample file, which is that of a block. */
enum ev_variable_id {
    EV_TARGET_NAME,
    EV_TARGET_IP,
    EV_INITIATOR_NAME,
    EV_INITIATOR_IP,
    EV_INITIATOR_NETMASK,
    EV_INITIATOR_ROUTE,
    EV_TARGET_PORT,
    EV_TARGET_IP2,
    EV_TARGET_PORT2,
    EV_LAA,
    EV_VLAN,
    EV_LUN,
    EV_FORCE_BOOT,
    EV_DATA_DIGEST,
    EV_HEADER_DIGEST,
    EV_AUTH_METHOD,
    EV_CHAP_USERNAME,
    EV_CHAP_SECRET,
    EV_CHAP_MSECRET,
    EV_VARIABLES,
    EV_NO_VARIABLE = EV_VARIABLES,
};

enum ev_kind {
    EV_KIND_ISCSI_NAME,     /* iqn., eui. or naa. name, min..max bytes */
    EV_KIND_ADDRESS,        /* IPv4 address of a host, dotted decimal */
    EV_KIND_NETMASK,        /* IPv4 netmask, leading ones only */
    EV_KIND_ROUTE,          /* like EV_KIND_ADDRESS, or 0.0.0.0: none */
    EV_KIND_NUMBER,         /* decimal, min..max */
    EV_KIND_VLAN,           /* decimal, min..max, or Disabled */
    EV_KIND_MAC,            /* 12 hex digits, not multicast */
    EV_KIND_FORCE_BOOT,     /* True TRUE true 1; all else is false */
    EV_KIND_BOOLEAN,        /* True TRUE true 1 False FALSE false 0 */
    EV_KIND_AUTH,           /* None CHAP MutualCHAP */
    EV_KIND_TEXT,           /* printable ASCII, min..max bytes */
    EV_KIND_SECRET,         /* text or 0x and hex digits, min..max bytes */
};

struct ev_variable {
    char name[20];          /* case sensitive */
    uint8_t kind;           /* enum ev_kind */
    bool required;
    bool secret;            /* never shown */
    uint16_t min, max;      /* of the value or of its length, by kind */
    char fallback[14];      /* what holds when it is absent */
};

/* The one table of variables, indexed by enum ev_variable_id. */
extern const struct ev_variable ev_variables[EV_VARIABLES];

/* The variable of exactly this name, or EV_NO_VARIABLE. */
enum ev_variable_id ev_variable_find(struct ev_slice name);

/*
 * Problems: errors and warnings as data
 */

/*    constant                  meaning; which members of ev_problem tell */
#define EV_PROBLEMS(X)                                                        \
    X(EV_OK,                    "no error")                                   \
    X(EV_BLOCK_SHORT,           "block shorter than its header")              \
    X(EV_BLOCK_MAGIC,           "not a block of this kind")                   \
    X(EV_BLOCK_VERSION,         "version or header length not known")         \
    X(EV_BLOCK_LENGTH,          "text length is not that of the block")       \
    X(EV_BLOCK_CRC,             "checksum does not match")                    \
    X(EV_BLOCK_TOO_LARGE,       "text does not fit into an EV")               \
    X(EV_LINE_NO_EQUALS,        "line without '='; variable: the one before") \
    X(EV_LINE_NO_NAME,          "line begins with '='")                       \
    X(EV_LINE_CHARACTER,        "byte that is not printable ASCII")           \
    X(EV_NAME_UNKNOWN,          "no such variable")                           \
    X(EV_NAME_CASE,             "right but for its case; variable")           \
    X(EV_NAME_REPEATED,         "given before; other_line")                   \
    X(EV_NAME_DOUBLED,          "value begins with its own name and '='")     \
    X(EV_NAME_MISSING,          "required variable is missing")               \
    X(EV_VALUE_REFUSED,         "value is not one that the variable takes")   \
    X(EV_VALUE_LENGTH,          "value too short or too long")                \
    X(EV_SECRET_MASKED,         "secret of asterisks only")                   \
    X(EV_SECRET_LENGTH,         "secret too short or too long")               \
    X(EV_SECRET_HEX,            "0x not followed by pairs of hex digits")     \
    X(EV_SECRETS_EQUAL,         "CHAPMSecret is CHAPSecret; other_line")      \
    X(EV_CHAP_INCOMPLETE,       "AuthMethod needs it; other_line")            \
    X(EV_WARNING_NAME_FORM,     "name not formed as RFC 7143 4.2.7 says")     \
    X(EV_WARNING_SECRET_LONG,   "secret longer than many targets take")       \
    X(EV_WARNING_FORCE_BOOT,    "unusual word, counts as False")              \
    X(EV_WARNING_ROUTE,         "gateway outside the initiator's network")    \
    X(EV_WARNING_NO_ROUTE,      "portal in another network, no gateway")      \
    X(EV_WARNING_PORT_ALONE,    "TargetPort2 without TargetIP2")

#define EV_PROBLEM_ENUM(constant, meaning) constant,
enum ev_error {
    EV_PROBLEMS(EV_PROBLEM_ENUM)
    EV_ERRORS,
    EV_WARNING_FIRST = EV_WARNING_NAME_FORM,
};
#undef EV_PROBLEM_ENUM

/*
 * One problem.  The slices point into the text that was judged and live as
 * long as it does.  The value of a secret is never in @value.
 */
struct ev_problem {
    enum ev_error error;
    enum ev_variable_id variable;
    unsigned line;              /* from 1; 0: no line is to blame */
    unsigned other_line;        /* a second line that matters, or 0 */
    struct ev_slice name;       /* as written, or the variable's name */
    struct ev_slice value;      /* as written; empty when secret or absent */
};

#define EV_PROBLEMS_MAX 32

struct ev_problems {
    unsigned errors;            /* found; may exceed what is listed */
    unsigned warnings;
    unsigned listed;
    struct ev_problem list[EV_PROBLEMS_MAX];
};

/*
 * Writes the problem as one sentence without line end: line, name, value and
 * what is allowed.  The text is cut to @room bytes including its terminator.
 * Returns its length.
 */
size_t ev_problem_text(const struct ev_problem *problem, char *buffer,
                       size_t room);

/*
 * Lines
 */

struct ev_line {
    enum ev_error error;        /* EV_OK, or an EV_LINE_* error */
    unsigned number;            /* from 1 */
    struct ev_slice name;       /* blanks around both are cut off */
    struct ev_slice value;      /* the whole line when there is no '=' */
};

struct ev_reader {
    const char *next;
    const char *end;
    unsigned number;
};

/*
 * Reads Name=Value text line by line.  Lines end with LF or CR LF; empty
 * lines and lines that begin with '#' are skipped, a byte order mark at the
 * start too; a DOS end-of-file byte (1Ah) ends the text.  The text must
 * outlive the reader.
 */
void ev_reader_init(struct ev_reader *reader, const char *text, size_t length);

/* The next line, false at the end.  Goes on behind a line with an error. */
bool ev_reader_next(struct ev_reader *reader, struct ev_line *line);

/* The value of the first line with this name; false when there is none. */
bool ev_find(const char *text, size_t length, const char *name,
             struct ev_slice *value);

/*
 * Configuration
 */

#define EV_ISCSI_NAME_MAX 223       /* bytes, RFC 7143 4.2.7.1 */
#define EV_USERNAME_MAX 255
#define EV_SECRET_MIN 12
#define EV_SECRET_MAX 255
#define EV_PORTALS 2

enum ev_auth {
    EV_AUTH_NONE,
    EV_AUTH_CHAP,
    EV_AUTH_MUTUAL_CHAP,
};

struct ev_portal {
    uint8_t address[4];         /* network order */
    uint16_t port;
};

/* The secret itself: a 0x form is already turned into bytes. */
struct ev_secret {
    uint8_t length;             /* 0: not given, or not used */
    uint8_t bytes[EV_SECRET_MAX];
};

/* Every variable, parsed; absent ones have their default. */
struct ev_boot_config {
    char target_name[EV_ISCSI_NAME_MAX + 1];
    char initiator_name[EV_ISCSI_NAME_MAX + 1];
    struct ev_portal portal[EV_PORTALS];
    uint8_t portals;            /* 1 or 2 are given */
    uint8_t initiator_ip[4];
    uint8_t netmask[4];
    uint8_t gateway[4];         /* all zero: none */
    uint8_t laa[6];             /* all zero: the adapter's own address */
    uint16_t vlan;              /* 0: untagged */
    uint16_t lun;               /* 0..255 */
    bool force_boot;
    bool data_digest;
    bool header_digest;
    enum ev_auth auth;
    /* Empty when auth does not use them. */
    char chap_username[EV_USERNAME_MAX + 1];
    struct ev_secret chap_secret;
    struct ev_secret chap_msecret;
};

/* What to do about names that are not in the table. */
enum ev_unknown {
    EV_UNKNOWN_REFUSED,         /* tools: a typing error */
    EV_UNKNOWN_IGNORED,         /* ROM: written by newer tools */
};

/*
 * Parses and judges a whole text.  Finds all problems, not only the first,
 * and lists them by line; those without a line come last.  Returns true,
 * with @config filled, when there is no error (warnings do not count).
 * @config is all zero otherwise.
 */
bool ev_parse(const char *text, size_t length, enum ev_unknown unknown,
              struct ev_boot_config *config, struct ev_problems *problems);

/* As ev_parse(), for a packed block: EV_BLOCK_* errors come first. */
bool ev_parse_block(const void *block, size_t size, enum ev_unknown unknown,
                    struct ev_boot_config *config,
                    struct ev_problems *problems);

/*
 * The first variable that two texts of blocks do not agree on, or
 * EV_NO_VARIABLE.  A secret that is masked in @b agrees with any.
 */
enum ev_variable_id ev_first_difference(struct ev_slice a, struct ev_slice b);

/*
 * Packs a text that people wrote into a block of at most EV_DATA_MAX bytes:
 * no comments, the order of the table, values as written.  @block needs
 * EV_DATA_MAX bytes.  Returns the size of the block, or 0 with @problems
 * filled when there is any error; then @block is not written to.
 */
size_t ev_pack(const char *text, size_t length, uint8_t block[EV_DATA_MAX],
               struct ev_problems *problems);

/*
 * Blocks: the envelope of include/ncsim/envelope.h
 */

/* CRC-32 of IEEE 802.3 as zlib computes it; begin with @crc 0. */
uint32_t ev_crc32(uint32_t crc, const void *data, size_t length);

/*
 * Checks a block of exactly @size bytes and the four characters of its
 * @magic.  On EV_OK @text is its text, inside the block.
 */
enum ev_error ev_block_open(const void *block, size_t size, const char *magic,
                            struct ev_slice *text);

/* Writes a block line by line into the caller's buffer. */
struct ev_writer {
    uint8_t *block;
    size_t room;
    size_t used;
    bool full;                  /* something did not fit */
};

/* @room counts the header too. */
void ev_writer_init(struct ev_writer *writer, void *block, size_t room);

/*
 * Appends the line "name=value".  The value must be printable ASCII; a line
 * that does not fit is left out whole and makes ev_writer_seal() fail.
 */
void ev_writer_add(struct ev_writer *writer, const char *name,
                   struct ev_slice value);

/* As ev_writer_add(), with a C string. */
void ev_writer_add_string(struct ev_writer *writer, const char *name,
                          const char *value);

/*
 * Appends the configured values of a block's text, as ev_block_open() gives
 * it, under their names and in the order of the table: the first part of a
 * handoff block.  Unknown names are left out.
 */
void ev_writer_add_configured(struct ev_writer *writer, struct ev_slice text);

/*
 * Finishes the block: header with @magic, length, checksum.  Returns its
 * size in bytes, or 0 when something did not fit.
 */
size_t ev_writer_seal(struct ev_writer *writer, const char *magic);

#endif
