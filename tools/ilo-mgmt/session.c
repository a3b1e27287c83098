/*
 * The levels of a RIBCL document.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "session.h"

void ribcl_session_init(struct ribcl_session *session)
{
    memset(session, 0, sizeof(*session));
}

/* The name of what is not understood, cut short. */
static enum ribcl_need answer_syntax(struct ribcl_session *session,
                                     const char *near,
                                     struct ribcl_writer *writer)
{
    char text[96] = "Syntax error: Line #0: syntax error near \"";
    size_t length = ribcl_length(text);

    for (size_t i = 0; near[i] && i < 32; i++) {
        text[length++] = near[i];
    }
    text[length++] = '"';
    text[length] = '\0';
    session->failed = true;
    ribcl_answer(writer, RIBCL_SYNTAX, text);
    return RIBCL_GO_ON;
}

static enum ribcl_need answer_ok(struct ribcl_writer *writer)
{
    ribcl_answer(writer, RIBCL_OK, NULL);
    return RIBCL_GO_ON;
}

static void copy_name(char *to, size_t room, const char *name)
{
    size_t length = ribcl_length(name);

    length = length < room ? length : room - 1;
    memcpy(to, name, length);
    to[length] = '\0';
}

/*
 * Commands
 */

static enum ribcl_need refuse(struct ribcl_session *session,
                              enum ribcl_status status, const char *detail,
                              struct ribcl_writer *writer)
{
    session->failed = true;
    ribcl_answer(writer, status, detail);
    return RIBCL_GO_ON;
}

/* The command and its children are whole. */
static enum ribcl_need run(struct ribcl_session *session,
                           struct ribcl_writer *writer)
{
    const struct ribcl_command *command = session->request.command;
    const char *detail = NULL;
    enum ribcl_status status;

    if (command->write && !session->write) {
        return refuse(session, RIBCL_READ_ONLY, NULL, writer);
    }
    if (command->write && session->failed) {
        return refuse(session, RIBCL_DISCARDED, NULL, writer);
    }
    status = ribcl_judge(&session->request, &session->act,
                         &session->change[session->changes], &detail);
    if (status == RIBCL_OK &&
        (session->act.privileges & ~session->privileges)) {
        status = RIBCL_NO_PRIVILEGE;
    }
    if (status == RIBCL_OK && session->act.kind == RIBCL_ACT_CHANGE_EV &&
        session->changes == RIBCL_CHANGES_MAX) {
        status = RIBCL_EV_TOO_MANY;
    }
    if (status != RIBCL_OK) {
        return refuse(session, status, detail, writer);
    }
    if (session->act.kind == RIBCL_ACT_CHANGE_EV) {
        session->changes++;
        return RIBCL_GO_ON;
    }
    session->need = RIBCL_NEED_ACT;
    return RIBCL_NEED_ACT;
}

/* Text that may be of use to somebody else does not stay. */
static void forget(struct ribcl_session *session)
{
    memset(&session->request, 0, sizeof(session->request));
    memset(session->act.password, 0, sizeof(session->act.password));
}

static enum ribcl_need begin_command(struct ribcl_session *session,
                                     enum ribcl_item item,
                                     const struct ribcl_tag *tag,
                                     struct ribcl_writer *writer)
{
    const struct ribcl_command *command =
        ribcl_command_find(session->block, tag->name);

    copy_name(session->command, sizeof(session->command), tag->name);
    ribcl_request_init(&session->request, command, session->login);
    session->depth = 0;
    if (item == RIBCL_OPEN) {
        session->level = RIBCL_IN_COMMAND;
    }
    if (!command) {
        return answer_syntax(session, tag->name, writer);
    }
    for (unsigned i = 0; i < tag->attributes; i++) {
        /* As many as a tag can have do fit. */
        ribcl_request_add(&session->request, tag->attribute[i].name,
                          tag->attribute[i].value);
    }
    return item == RIBCL_EMPTY ? run(session, writer) : RIBCL_GO_ON;
}

static enum ribcl_need take_child(struct ribcl_session *session,
                                  enum ribcl_item item,
                                  const struct ribcl_tag *tag,
                                  struct ribcl_writer *writer)
{
    const char *value = ribcl_attribute(tag, "VALUE");

    if (session->level + session->depth >= RIBCL_DEPTH_MAX) {
        answer_syntax(session, tag->name, writer);
        return RIBCL_FINISHED;
    }
    if (item == RIBCL_OPEN) {
        session->depth++;
    }
    if (session->request.command &&
        !ribcl_request_add(&session->request, tag->name,
                           value ? value : "")) {
        answer_syntax(session, tag->name, writer);
        return RIBCL_FINISHED;
    }
    return RIBCL_GO_ON;
}

static enum ribcl_need end_command(struct ribcl_session *session,
                                   const struct ribcl_tag *tag,
                                   struct ribcl_writer *writer)
{
    if (session->depth > 0) {
        session->depth--;
        return RIBCL_GO_ON;
    }
    if (!ribcl_same(tag->name, session->command)) {
        answer_syntax(session, tag->name, writer);
        return RIBCL_FINISHED;
    }
    session->level = RIBCL_IN_BLOCK;
    return session->request.command ? run(session, writer) : RIBCL_GO_ON;
}

/*
 * Blocks and logins
 */

static enum ribcl_need begin_block(struct ribcl_session *session,
                                   enum ribcl_item item,
                                   const struct ribcl_tag *tag,
                                   struct ribcl_writer *writer)
{
    const char *mode = ribcl_attribute(tag, "MODE");
    unsigned block = 0;

    while (block < RIBCL_BLOCKS &&
           !ribcl_same(tag->name, ribcl_block_names[block])) {
        block++;
    }
    session->write = mode && ribcl_same_word(mode, "write");
    if (block == RIBCL_BLOCKS ||
        (mode && !session->write && !ribcl_same_word(mode, "read"))) {
        return answer_syntax(session, tag->name, writer);
    }
    session->block = block;
    session->failed = false;
    session->changes = 0;
    session->level = item == RIBCL_OPEN ? RIBCL_IN_BLOCK : RIBCL_IN_LOGIN;
    return answer_ok(writer);
}

static enum ribcl_need end_block(struct ribcl_session *session,
                                 struct ribcl_writer *writer)
{
    session->level = RIBCL_IN_LOGIN;
    if (session->changes == 0) {
        return RIBCL_GO_ON;
    }
    if (session->failed) {
        ribcl_session_acted(session, RIBCL_DISCARDED, NULL, writer);
        return RIBCL_GO_ON;
    }
    session->need = RIBCL_NEED_COMMIT;
    return RIBCL_NEED_COMMIT;
}

static enum ribcl_need begin_login(struct ribcl_session *session,
                                   enum ribcl_item item,
                                   const struct ribcl_tag *tag,
                                   struct ribcl_writer *writer)
{
    session->asked_login = ribcl_attribute(tag, "USER_LOGIN");
    session->asked_password = ribcl_attribute(tag, "PASSWORD");
    if (!ribcl_same(tag->name, "LOGIN") || item != RIBCL_OPEN ||
        !session->asked_login || !session->asked_password) {
        return answer_syntax(session, tag->name, writer);
    }
    /* Who it is to be; no privileges come with it yet. */
    copy_name(session->login, sizeof(session->login), session->asked_login);
    session->need = RIBCL_NEED_LOGIN;
    return RIBCL_NEED_LOGIN;
}

static enum ribcl_need begin_ribcl(struct ribcl_session *session,
                                   enum ribcl_item item,
                                   const struct ribcl_tag *tag,
                                   struct ribcl_writer *writer)
{
    if (ribcl_same(tag->name, "LOCFG")) {
        return RIBCL_GO_ON;             /* openhpi says it, iLO ignores it */
    }
    if (!ribcl_same(tag->name, "RIBCL")) {
        return answer_syntax(session, tag->name, writer);
    }
    answer_ok(writer);
    session->level = RIBCL_IN_RIBCL;
    return item == RIBCL_OPEN ? RIBCL_GO_ON : RIBCL_FINISHED;
}

static enum ribcl_need take_begin(struct ribcl_session *session,
                                  enum ribcl_item item,
                                  const struct ribcl_tag *tag,
                                  struct ribcl_writer *writer)
{
    switch (session->level) {
    case RIBCL_AT_TOP:
        return begin_ribcl(session, item, tag, writer);
    case RIBCL_IN_RIBCL:
        return begin_login(session, item, tag, writer);
    case RIBCL_IN_LOGIN:
        return begin_block(session, item, tag, writer);
    case RIBCL_IN_BLOCK:
        return begin_command(session, item, tag, writer);
    default:
        return take_child(session, item, tag, writer);
    }
}

static enum ribcl_need take_end(struct ribcl_session *session,
                                const struct ribcl_tag *tag,
                                struct ribcl_writer *writer)
{
    switch (session->level) {
    case RIBCL_IN_COMMAND:
        return end_command(session, tag, writer);
    case RIBCL_IN_BLOCK:
        if (ribcl_same(tag->name, ribcl_block_names[session->block])) {
            return end_block(session, writer);
        }
        break;
    case RIBCL_IN_LOGIN:
        if (ribcl_same(tag->name, "LOGIN")) {
            session->level = RIBCL_IN_RIBCL;
            session->privileges = 0;
            session->login[0] = '\0';
            return RIBCL_GO_ON;
        }
        break;
    case RIBCL_IN_RIBCL:
        if (ribcl_same(tag->name, "RIBCL")) {
            return RIBCL_FINISHED;
        }
        break;
    default:
        break;
    }
    /* Whether what is open still is nobody can know. */
    answer_syntax(session, tag->name, writer);
    return RIBCL_FINISHED;
}

enum ribcl_need ribcl_session_take(struct ribcl_session *session,
                                   enum ribcl_item item,
                                   const struct ribcl_scanner *scanner,
                                   struct ribcl_writer *writer)
{
    enum ribcl_need need;

    switch (item) {
    case RIBCL_HEADER:
        /* fence_ilo waits for an answer before it says anything else. */
        return session->level == RIBCL_AT_TOP ? answer_ok(writer) :
                                                RIBCL_GO_ON;
    case RIBCL_OPEN:
    case RIBCL_EMPTY:
        need = take_begin(session, item, &scanner->tag, writer);
        break;
    case RIBCL_CLOSE:
        need = take_end(session, &scanner->tag, writer);
        break;
    case RIBCL_BAD:
        refuse(session, RIBCL_SYNTAX, ribcl_fault_text(scanner->fault),
               writer);
        return RIBCL_FINISHED;
    default:
        return RIBCL_GO_ON;
    }
    if (need == RIBCL_FINISHED) {
        forget(session);
    }
    return need;
}

enum ribcl_need ribcl_session_login(struct ribcl_session *session,
                                    enum ribcl_status status,
                                    const char *detail, uint8_t privileges,
                                    struct ribcl_writer *writer)
{
    session->need = RIBCL_GO_ON;
    if (status == RIBCL_OK) {
        session->privileges = privileges;
        session->level = RIBCL_IN_LOGIN;
    }
    session->asked_login = NULL;
    session->asked_password = NULL;
    ribcl_answer(writer, status, detail);
    return status == RIBCL_OK ? RIBCL_GO_ON : RIBCL_FINISHED;
}

void ribcl_session_paid(struct ribcl_session *session)
{
    session->need = RIBCL_GO_ON;
    forget(session);
}

void ribcl_session_acted(struct ribcl_session *session,
                         enum ribcl_status status, const char *detail,
                         struct ribcl_writer *writer)
{
    /* The changes of a block are answered only now, each for itself. */
    unsigned answers = session->need == RIBCL_NEED_ACT ? 1 : session->changes;

    for (; answers > 0; answers--) {
        ribcl_answer(writer, status, detail);
    }
    if (session->need != RIBCL_NEED_ACT) {
        session->changes = 0;
    }
    if (status != RIBCL_OK) {
        session->failed = true;
    }
    ribcl_session_paid(session);
}
