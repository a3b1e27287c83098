/*
 * The audit log and the event logs.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdarg.h>
#include <string.h>

#include "journal.h"

void journal_init(struct journal *journal, FILE *audit)
{
    memset(journal, 0, sizeof(*journal));
    journal->audit = audit;
}

void journal_audit(struct journal *journal, const char *source,
                   const char *who, const char *what, const char *result)
{
    GDateTime *now;
    char *time, *shown_who, *shown_what;

    if (!journal->audit) {
        return;
    }
    now = g_date_time_new_now_utc();
    time = g_date_time_format_iso8601(now);
    shown_who = g_strescape(who, NULL);
    shown_what = g_strescape(what, NULL);
    fprintf(journal->audit, "%s source=%s user=\"%s\" action=\"%s\" "
            "result=\"%s\"\n", time, source, shown_who, shown_what, result);
    fflush(journal->audit);
    g_date_time_unref(now);
    g_free(time);
    g_free(shown_who);
    g_free(shown_what);
}

void journal_add(struct journal *journal, enum journal_log log,
                 const char *format, ...)
{
    unsigned number = journal->count[log]++;
    struct journal_event *event =
        &journal->event[log][number % JOURNAL_EVENTS];
    va_list arguments;

    event->time = g_get_real_time() / G_USEC_PER_SEC;
    va_start(arguments, format);
    g_vsnprintf(event->text, sizeof(event->text), format, arguments);
    va_end(arguments);
}

void journal_clear(struct journal *journal, enum journal_log log)
{
    journal->count[log] = 0;
}

static void write_event(const struct journal_event *event,
                        struct ribcl_writer *writer)
{
    GDateTime *then = g_date_time_new_from_unix_utc(event->time);
    char *time = g_date_time_format(then, "%m/%d/%Y %H:%M");

    ribcl_put(writer, "<EVENT");
    ribcl_put_attribute(writer, "SEVERITY", "Informational");
    ribcl_put_attribute(writer, "CLASS", "iLO");
    ribcl_put_attribute(writer, "LAST_UPDATE", time);
    ribcl_put_attribute(writer, "INITIAL_UPDATE", time);
    ribcl_put_attribute(writer, "COUNT", "1");
    ribcl_put_attribute(writer, "DESCRIPTION", event->text);
    ribcl_put(writer, "/>\r\n");
    g_free(time);
    g_date_time_unref(then);
}

void journal_write(const struct journal *journal, enum journal_log log,
                   struct ribcl_writer *writer)
{
    unsigned count = journal->count[log];
    unsigned first = count > JOURNAL_EVENTS ? count - JOURNAL_EVENTS : 0;

    ribcl_put(writer, "<EVENT_LOG");
    ribcl_put_attribute(writer, "DESCRIPTION", log == JOURNAL_ILO ?
                        "iLO Event Log" : "Integrated Management Log");
    ribcl_put(writer, ">\r\n");
    for (; first < count; first++) {
        write_event(&journal->event[log][first % JOURNAL_EVENTS], writer);
    }
    ribcl_put(writer, "</EVENT_LOG>\r\n");
}
