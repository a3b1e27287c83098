/*
 * The handlers of SMIF commands, for the table in smif.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_ILO_EV_SMIF_COMMANDS_H
#define HW_ILO_EV_SMIF_COMMANDS_H

#include "smif.h"

/* Size of a reply that has nothing but its error word. */
#define SMIF_REPLY_SIZE_MIN (SMIF_REPLY_ERROR + 4)

/* Reports @error, makes it the reply's, and returns the reply's size. */
size_t smif_fail(const IloCall *call, uint32_t error);

/* smif-ev.c */
size_t smif_ev_by_index(const IloCall *call);
size_t smif_ev_by_name(const IloCall *call);
size_t smif_ev_change(const IloCall *call);
size_t smif_ev_status(const IloCall *call);
size_t smif_ev_begin(const IloCall *call);
size_t smif_ev_commit(const IloCall *call);
size_t smif_ev_abort(const IloCall *call);

/* smif-info.c */
size_t smif_status(const IloCall *call);
size_t smif_firmware(const IloCall *call);
size_t smif_time(const IloCall *call);
size_t smif_post_state(const IloCall *call);
size_t smif_log_event(const IloCall *call);
size_t smif_lock_secrets(const IloCall *call);

/* smif-manage.c */
size_t smif_hello(const IloCall *call);
size_t smif_power(const IloCall *call);
size_t smif_boot_once(const IloCall *call);
size_t smif_boot_order(const IloCall *call);
size_t smif_reset(const IloCall *call);

#endif
