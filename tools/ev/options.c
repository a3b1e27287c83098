/*
 * The command line of ev.  Runs under DOS, too: no C library.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stddef.h>

#include "console.h"
#include "ncsim/envelope.h"
#include "options.h"

const char ev_usage[] =
    "usage: ev -c [--adapter N] [--image FILE] < evinput.txt\n"
    "       ev -p [--adapter N] [--image FILE]\n"
    "\n"
    "  -c             write the configuration on standard input\n"
    "  -p             print the configuration, secrets masked\n"
    "  --adapter N    that of adapter 1 (default) or 2\n"
    "  --image FILE   not in this machine's iLO but in this EV drive image,\n"
    "                 which no machine is using; -c makes one where there\n"
    "                 is none; not under DOS\n"
    "  --help, --version\n"
    "\n"
    "exit status: 0 done, 1 bad configuration or not written, 2 wrong\n"
    "usage, 3 the EVs cannot be reached\n";

struct parser {
    struct ev_options *options;
    const char *const *words;
    int left;
};

static bool misused(const char *word, const char *what)
{
    say(CONSOLE_ERROR, "ev: %s%s%s\n", word, *word ? ": " : "", what);
    console_write(CONSOLE_ERROR, ev_usage, sizeof(ev_usage) - 1);
    return false;
}

/* What follows @prefix in @word, or NULL. */
static const char *behind(const char *word, const char *prefix)
{
    while (*prefix && *word == *prefix) {
        word++;
        prefix++;
    }
    return *prefix ? NULL : word;
}

static bool is(const char *word, const char *what)
{
    const char *rest = behind(word, what);

    return rest && !*rest;
}

/* The value of --NAME VALUE or --NAME=VALUE; NULL: another word, or none. */
static const char *value_of(struct parser *p, const char *name)
{
    const char *rest = behind(*p->words, name);

    if (rest && *rest == '=') {
        return rest + 1;
    }
    if (!rest || *rest || p->left < 2) {
        return NULL;
    }
    p->words++;
    p->left--;
    return *p->words;
}

/* Whoever asks for help gets it, whatever else stands there. */
static bool is_question(char command)
{
    return command == 'h' || command == 'v';
}

static bool set_command(struct ev_options *options, char command)
{
    if (is_question(options->command)) {
        return true;
    }
    if (!is_question(command) && options->command &&
        options->command != command) {
        return misused("", "-c and -p exclude each other");
    }
    options->command = command;
    return true;
}

static bool set_adapter(struct ev_options *options, const char *adapter)
{
    if (is(adapter, "1")) {
        options->name = EV_BOOT_ADAPTER_1;
    } else if (is(adapter, "2")) {
        options->name = EV_BOOT_ADAPTER_2;
    } else {
        return misused(adapter, "the adapter is 1 or 2");
    }
    return true;
}

static bool parse_long(struct parser *p)
{
    const char *word = *p->words;
    const char *value;

    if (is(word, "--help") || is(word, "--version")) {
        return set_command(p->options, word[2]);
    }
    value = value_of(p, "--adapter");
    if (value) {
        return set_adapter(p->options, value);
    }
    value = value_of(p, "--image");
    if (value) {
        p->options->image = value;
        return true;
    }
    return misused(word, is(word, "--adapter") || is(word, "--image") ?
                   "needs a value" : "there is no such option");
}

/* -c, -p, -h, and several of them in one word. */
static bool parse_short(struct parser *p)
{
    for (const char *at = *p->words + 1; *at; at++) {
        if (*at != 'c' && *at != 'p' && *at != 'h') {
            return misused(*p->words, "there is no such option");
        }
        if (!set_command(p->options, *at)) {
            return false;
        }
    }
    return true;
}

bool options_parse(struct ev_options *options, int count,
                   const char *const *words)
{
    struct parser p = { options, words, count };

    *options = (struct ev_options) { .name = EV_BOOT_ADAPTER_1 };
    for (; p.left > 0; p.words++, p.left--) {
        const char *word = *p.words;

        if (word[0] != '-' || !word[1]) {
            return misused(word, "the configuration comes from standard "
                           "input, as in 'ev -c < evinput.txt'");
        }
        if (word[1] == '-' ? !parse_long(&p) : !parse_short(&p)) {
            return false;
        }
    }
    return options->command ? true : misused("", "say -c or -p");
}
