/*
 * What the cores of ilo-ev have to tell: each event is a trace event
 * ilo_ev_NAME, with two numbers.  From ILO_EVENT_REFUSED_FIRST on it was the
 * guest that did something wrong, from ILO_EVENT_DRIVE_FIRST on the drive.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_ILO_EV_EVENTS_H
#define HW_ILO_EV_EVENTS_H

/*    name                  a, b */
#define ILO_EVENTS(X)                                                         \
    X(mailbox_reset)        /* 0, 0 */                                        \
    X(mailbox_reply)        /* bytes, 0 */                                    \
    X(smif_command)         /* command, plane */                              \
    X(smif_error)           /* command, error */                              \
    X(store_commit)         /* slot, bytes of payload */                      \
    X(post_stage)           /* code, number of stages so far */               \
    /* refused */                                                             \
    X(mailbox_overflow)     /* bytes held, bytes that came */                 \
    X(mailbox_read_only)    /* port, value */                                 \
    X(mailbox_no_port)      /* port, size */                                  \
    X(mailbox_no_control)   /* value, 0 */                                    \
    X(mailbox_bad_length)   /* LENGTH, bytes written */                       \
    X(mailbox_no_packet)    /* STATUS, 0 */                                   \
    X(smif_bad_packet)      /* size in header, bytes there */                 \
    X(smif_unknown)         /* command, plane */                              \
    X(smif_wrong_plane)     /* command, plane */                              \
    X(smif_bad_size)        /* command, size */                               \
    X(smif_bad_name)        /* command, error */                              \
    X(store_full)           /* bytes needed, bytes there */                   \
    /* drive */                                                               \
    X(store_not_written)    /* slot, step of the commit that failed */        \
    X(store_not_read)       /* slot, 0 */                                     \
    X(store_damaged)        /* slot, 0 */

#define ILO_EVENT_ENUM(name) ILO_EVENT_ ## name,
typedef enum IloEvent {
    ILO_EVENTS(ILO_EVENT_ENUM)
    ILO_EVENT_COUNT,
    ILO_EVENT_REFUSED_FIRST = ILO_EVENT_mailbox_overflow,
    ILO_EVENT_DRIVE_FIRST = ILO_EVENT_store_not_written,
} IloEvent;
#undef ILO_EVENT_ENUM

/* Where the cores report to; @report must not call back into them. */
typedef struct IloListener {
    void (*report)(void *opaque, IloEvent event, uint32_t a, uint32_t b);
    void *opaque;
} IloListener;

static inline void ilo_report(const IloListener *listener, IloEvent event,
                              uint32_t a, uint32_t b)
{
    if (listener->report) {
        listener->report(listener->opaque, event, a, b);
    }
}

#endif
