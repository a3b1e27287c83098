/*
 * The scanner of RIBCL.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "scan.h"

enum state {
    IN_TEXT,                    /* between tags */
    IN_TAG,
    IN_QUOTES,
    IN_COMMENT,
    IN_RUINS,                   /* after a fault */
};

static const char comment[] = "!--";

static char upper(char c)
{
    return c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool is_letter(char c)
{
    return (upper(c) >= 'A' && upper(c) <= 'Z') || c == '_';
}

static bool is_name(char c)
{
    return is_letter(c) || (c >= '0' && c <= '9') || c == '-' || c == ':';
}

static bool is_printable(char c)
{
    return (unsigned char)c >= ' ' && c != 0x7f;
}

size_t ribcl_length(const char *string)
{
    size_t length = 0;

    while (string[length]) {
        length++;
    }
    return length;
}

bool ribcl_same(const char *a, const char *b)
{
    size_t length = ribcl_length(a);

    return length == ribcl_length(b) && memcmp(a, b, length) == 0;
}

bool ribcl_same_word(const char *a, const char *b)
{
    while (*a && upper(*a) == upper(*b)) {
        a++;
        b++;
    }
    return !*a && !*b;
}

static const char *const fault_texts[] = {
#define RIBCL_FAULT_ROW(constant, text) [constant] = text,
    RIBCL_FAULTS(RIBCL_FAULT_ROW)
};

const char *ribcl_fault_text(enum ribcl_fault fault)
{
    return fault_texts[fault];
}

void ribcl_scanner_init(struct ribcl_scanner *scanner)
{
    memset(scanner, 0, sizeof(*scanner));
}

void ribcl_scanner_wipe(struct ribcl_scanner *scanner)
{
    /* Whole, as attributes are moved about in it. */
    memset(scanner->text, 0, sizeof(scanner->text));
    scanner->tag.attributes = 0;
}

static enum ribcl_item spoil(struct ribcl_scanner *scanner,
                             enum ribcl_fault fault)
{
    scanner->fault = fault;
    scanner->state = IN_RUINS;
    return RIBCL_BAD;
}

static bool begins(const char *string, const char *with)
{
    while (*with && *string == *with) {
        string++;
        with++;
    }
    return !*with;
}

/* Replaces the five entities in place; any other & stands for itself. */
static void replace_entities(char *value)
{
    static const struct {
        const char *text;
        char character;
    } entities[] = {
        { "&amp;", '&' }, { "&lt;", '<' }, { "&gt;", '>' },
        { "&quot;", '"' }, { "&apos;", '\'' },
    };
    char *to = value;

    while (*value) {
        size_t skip = 1;

        *to = *value;
        for (unsigned i = 0; *value == '&' && i < 5; i++) {
            if (begins(value, entities[i].text)) {
                *to = entities[i].character;
                skip = ribcl_length(entities[i].text);
                break;
            }
        }
        to++;
        value += skip;
    }
    *to = '\0';
}

static char *skip_blanks(char *at)
{
    while (is_blank(*at)) {
        at++;
    }
    return at;
}

/* Ends the name at @at and returns what follows, NULL when there is none. */
static char *take_name(char *at)
{
    if (!is_letter(*at)) {
        return NULL;
    }
    for (; is_name(*at); at++) {
        *at = upper(*at);
    }
    return at;
}

/* One ATTRIBUTE="value"; returns what follows, NULL after a fault. */
static char *take_attribute(struct ribcl_scanner *scanner, char *at)
{
    struct ribcl_tag *tag = &scanner->tag;
    char *name = at, *end = take_name(at), *value;

    at = end ? skip_blanks(end) : NULL;
    if (!at || *at != '=') {
        spoil(scanner, RIBCL_FAULT_FORM);
        return NULL;
    }
    value = skip_blanks(at + 1);
    if (*value != '"' && *value != '\'') {
        spoil(scanner, RIBCL_FAULT_FORM);
        return NULL;
    }
    *end = '\0';
    /* The scanner saw the closing quote. */
    for (at = value + 1; *at != *value; at++) {
        continue;
    }
    *at = '\0';
    value++;
    if (ribcl_attribute(tag, name)) {
        spoil(scanner, RIBCL_FAULT_REPEATED);
        return NULL;
    }
    if (tag->attributes == RIBCL_ATTRIBUTES_MAX) {
        spoil(scanner, RIBCL_FAULT_ATTRIBUTES);
        return NULL;
    }
    replace_entities(value);
    tag->attribute[tag->attributes++] =
        (struct ribcl_attribute) { name, value };
    return at + 1;
}

/* Takes a whole tag apart, in place. */
static enum ribcl_item parse_tag(struct ribcl_scanner *scanner)
{
    char *at = scanner->text, *name, *end;
    bool closes, empty;

    at[scanner->length] = '\0';
    scanner->tag.attributes = 0;
    closes = *at == '/';
    empty = *at && !closes && at[scanner->length - 1] == '/';
    name = at + closes;
    if (*at == '?') {
        scanner->tag.name = "";
        return RIBCL_HEADER;
    }
    if (empty) {
        at[scanner->length - 1] = '\0';
    }
    end = take_name(name);
    if (!end || (*end && !is_blank(*end))) {
        return spoil(scanner, RIBCL_FAULT_FORM);
    }
    at = skip_blanks(end);
    scanner->tag.name = name;
    while (*at && !closes) {
        bool apart = is_blank(at[-1]);

        at = apart ? take_attribute(scanner, at) : NULL;
        if (!at) {
            return spoil(scanner, scanner->fault ? scanner->fault
                                                 : RIBCL_FAULT_FORM);
        }
        /* A blank has to follow, which the loop looks back for. */
        at = *at ? skip_blanks(at) : at;
    }
    if (*at) {
        return spoil(scanner, RIBCL_FAULT_FORM);
    }
    *end = '\0';
    return closes ? RIBCL_CLOSE : empty ? RIBCL_EMPTY : RIBCL_OPEN;
}

static void begin_tag(struct ribcl_scanner *scanner)
{
    scanner->state = IN_TAG;
    scanner->length = 0;
    scanner->dashes = 0;
}

/* The end of a comment is its last two dashes and >. */
static void pass_over_comment(struct ribcl_scanner *scanner, char c)
{
    if (c == '>' && scanner->dashes >= 2) {
        scanner->state = IN_TEXT;
    } else {
        scanner->dashes = c != '-' ? 0 : scanner->dashes < 2 ?
                          scanner->dashes + 1 : 2;
    }
}

static bool begins_as_comment(const struct ribcl_scanner *scanner)
{
    size_t length = scanner->length < 3 ? scanner->length : 3;

    return memcmp(scanner->text, comment, length) == 0;
}

static enum ribcl_item take_in_tag(struct ribcl_scanner *scanner, char c)
{
    if (c == '>') {
        scanner->state = IN_TEXT;
        return scanner->text[0] == '!' && scanner->length > 0 ?
               spoil(scanner, RIBCL_FAULT_DECLARATION) : parse_tag(scanner);
    }
    if (c == '<') {
        return spoil(scanner, RIBCL_FAULT_FORM);
    }
    if (!is_printable(c) && !is_blank(c)) {
        return spoil(scanner, RIBCL_FAULT_CHARACTER);
    }
    if (scanner->length == RIBCL_TAG_MAX) {
        return spoil(scanner, RIBCL_FAULT_LONG);
    }
    scanner->text[scanner->length++] = c;
    if (scanner->text[0] == '!') {
        if (!begins_as_comment(scanner)) {
            return spoil(scanner, RIBCL_FAULT_DECLARATION);
        }
        scanner->state = scanner->length == 3 ? IN_COMMENT : IN_TAG;
    } else if (c == '"' || c == '\'') {
        scanner->quote = c;
        scanner->state = IN_QUOTES;
    }
    return RIBCL_MORE;
}

static enum ribcl_item take_in_quotes(struct ribcl_scanner *scanner, char c)
{
    if (!is_printable(c)) {
        return spoil(scanner, RIBCL_FAULT_CHARACTER);
    }
    if (scanner->length == RIBCL_TAG_MAX) {
        return spoil(scanner, RIBCL_FAULT_LONG);
    }
    scanner->text[scanner->length++] = c;
    if (c == scanner->quote) {
        scanner->state = IN_TAG;
    }
    return RIBCL_MORE;
}

static enum ribcl_item take(struct ribcl_scanner *scanner, char c)
{
    switch (scanner->state) {
    case IN_TEXT:
        if (c == '<') {
            begin_tag(scanner);
        }
        return RIBCL_MORE;
    case IN_TAG:
        return take_in_tag(scanner, c);
    case IN_QUOTES:
        return take_in_quotes(scanner, c);
    case IN_COMMENT:
        pass_over_comment(scanner, c);
        return RIBCL_MORE;
    default:
        return RIBCL_BAD;
    }
}

enum ribcl_item ribcl_scan(struct ribcl_scanner *scanner, const char *bytes,
                           size_t length, size_t *used)
{
    enum ribcl_item item = RIBCL_MORE;
    size_t at = 0;

    if (scanner->state == IN_RUINS) {
        *used = length;
        return RIBCL_BAD;
    }
    while (at < length && item == RIBCL_MORE) {
        item = take(scanner, bytes[at++]);
    }
    *used = at;
    return item;
}

const char *ribcl_attribute(const struct ribcl_tag *tag, const char *name)
{
    for (unsigned i = 0; i < tag->attributes; i++) {
        if (ribcl_same(tag->attribute[i].name, name)) {
            return tag->attribute[i].value;
        }
    }
    return NULL;
}
