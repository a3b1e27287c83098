/*
 * RIBCL is a subset of XML: tags with quoted attributes, an XML declaration,
 * comments.  This reads it byte by byte, whatever the pieces it comes in.
 *
 * Pure: no allocation, no input or output, nothing but mem*.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ILO_MGMT_SCAN_H
#define ILO_MGMT_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Declared here because freestanding C has no string.h. */
void *memcpy(void *dst, const void *src, size_t n);
void *memmove(void *dst, const void *src, size_t n);
void *memset(void *dst, int c, size_t n);
int memcmp(const void *a, const void *b, size_t n);

#define RIBCL_TAG_MAX 8192              /* bytes between < and > */
#define RIBCL_ATTRIBUTES_MAX 16

/* What is wrong with a text, and what people read about it. */
#define RIBCL_FAULTS(X)                                                       \
    X(RIBCL_FAULT_NONE, "no fault")                                           \
    X(RIBCL_FAULT_LONG, "a tag is longer than 8192 bytes")                    \
    X(RIBCL_FAULT_ATTRIBUTES, "a tag has more than 16 attributes")            \
    X(RIBCL_FAULT_REPEATED, "a tag has an attribute twice")                   \
    X(RIBCL_FAULT_DECLARATION, "document types and CDATA are not read")       \
    X(RIBCL_FAULT_CHARACTER, "a tag has a byte that is not printable")        \
    X(RIBCL_FAULT_FORM, "a tag is not NAME ATTRIBUTE=\"value\" ...")

#define RIBCL_FAULT_ENUM(constant, text) constant,
enum ribcl_fault {
    RIBCL_FAULTS(RIBCL_FAULT_ENUM)
    RIBCL_FAULT_COUNT,
};
#undef RIBCL_FAULT_ENUM

enum ribcl_item {
    RIBCL_MORE,                 /* all bytes are used, none ends an item */
    RIBCL_HEADER,               /* <?xml ...?> */
    RIBCL_OPEN,                 /* <NAME ...> */
    RIBCL_EMPTY,                /* <NAME .../> */
    RIBCL_CLOSE,                /* </NAME> */
    RIBCL_BAD,                  /* see fault; nothing more is read */
};

/* Names are in upper case; values have their five entities replaced. */
struct ribcl_attribute {
    const char *name;
    const char *value;
};

struct ribcl_tag {
    const char *name;
    unsigned attributes;
    struct ribcl_attribute attribute[RIBCL_ATTRIBUTES_MAX];
};

struct ribcl_scanner {
    enum ribcl_fault fault;
    uint8_t state;
    char quote;                 /* the one that is open */
    uint8_t dashes;             /* at the end of a comment, so far */
    size_t length;              /* of text */
    struct ribcl_tag tag;       /* points into text */
    char text[RIBCL_TAG_MAX + 1];
};

void ribcl_scanner_init(struct ribcl_scanner *scanner);

/*
 * Reads up to @length bytes, as far as the end of the next item, and sets
 * *@used to how many it took.  The item's tag is in @scanner and holds until
 * the next call; those of RIBCL_OPEN, _EMPTY and _CLOSE have a name, and
 * RIBCL_CLOSE has no attributes.  Text between tags, comments and NUL bytes
 * are passed over.  Inside quotes everything printable is allowed: hpilo
 * does not escape passwords.
 */
enum ribcl_item ribcl_scan(struct ribcl_scanner *scanner, const char *bytes,
                           size_t length, size_t *used);

/* Overwrites what the scanner holds of the last tag: it may be a password. */
void ribcl_scanner_wipe(struct ribcl_scanner *scanner);

/* The value of the tag's attribute @name (upper case), or NULL. */
const char *ribcl_attribute(const struct ribcl_tag *tag, const char *name);

/* Are two C strings the same?  And if case does not matter? */
bool ribcl_same(const char *a, const char *b);
bool ribcl_same_word(const char *a, const char *b);
size_t ribcl_length(const char *string);

/* A sentence about a fault. */
const char *ribcl_fault_text(enum ribcl_fault fault);

#endif
