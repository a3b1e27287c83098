/*
 * What the cores of ilo-ev have to tell: each event is a trace event
 * ilo_ev_NAME, with two numbers.  From ILO_EVENT_REFUSED_FIRST on it was the
 * guest (by the link: the daemon) that did something wrong, from
 * ILO_EVENT_DRIVE_FIRST on the drive.
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
    X(smif_logged)          /* code, number of the entry */                   \
    X(secrets_locked)       /* 1: and so they are hidden, 0 */                \
    X(secrets_masked)       /* plane, bytes */                                \
    X(power_asked)          /* what was asked for, what it needs */           \
    X(link_opened)          /* 0, 0 */                                        \
    X(link_closed)          /* 1: with a change open, bytes not sent */       \
    X(link_owed)            /* kind of event, bytes not sent */               \
    X(channel_opened)       /* channel, entries to send */                    \
    X(channel_closed)       /* channel, 0 */                                  \
    X(channel_waits)        /* channel, polls for a buffer left */            \
    X(channel_restart)      /* 0, 0 */                                        \
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
    X(link_no_hello)        /* command, size */                               \
    X(link_bad_message)     /* length, bytes there */                         \
    X(channel_no_register)  /* offset, size */                                \
    X(channel_bad_doorbell) /* offset, value */                               \
    X(channel_reentered)    /* channel, value */                              \
    X(channel_bad_ccb)      /* channel, control word to send */               \
    X(channel_bad_descriptor)   /* channel, descriptor */                     \
    X(channel_bad_length)   /* channel, bytes */                              \
    X(channel_dma_failed)   /* channel, entry */                              \
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
