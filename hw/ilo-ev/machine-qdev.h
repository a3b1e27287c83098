/*
 * The machine that an iLO is in: power, boot order and clock, by QEMU's own
 * interfaces.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_ILO_EV_MACHINE_QDEV_H
#define HW_ILO_EV_MACHINE_QDEV_H

#include "hw/qdev-core.h"
#include "system/runstate.h"
#include "smif.h"

typedef struct IloMachine {
    VMChangeStateEntry *watcher;
    QEMUBH *start;                  /* runs the machine after its reset */
    bool start_wanted;
    bool cold_wanted;
    bool was_on;                    /* as told last */
    /* Told when the machine is switched on or off. */
    void (*switched)(void *opaque, bool is_on);
    void *opaque;
} IloMachine;

void ilo_machine_realize(IloMachine *machine, DeviceState *device,
                         void (*switched)(void *opaque, bool is_on),
                         void *opaque);
void ilo_machine_unrealize(IloMachine *machine);

/*
 * System reset.  If it is what switches the machine on, it runs afterwards;
 * a cold one is told as off and on.
 */
void ilo_machine_reset(IloMachine *machine);

/* With -no-shutdown a machine that is off is in runstate "shutdown". */
bool ilo_machine_is_on(void);

/* Does what ILO_POWER_* says, which suits the state, soon. */
void ilo_machine_power(IloMachine *machine, uint32_t act);

/* Sets the order of a machine that has one; false with a warning if not. */
bool ilo_machine_boot_order(const char *letters);

/* What "-boot order=" has asked for, or the machine's own. */
const char *ilo_machine_boot_letters(void);

/* The real-time clock of the machine, UTC. */
void ilo_machine_now(IloTime *now);

#endif
