/*
 * The machine that an iLO is in, by QEMU's own interfaces.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/error-report.h"
#include "qapi/error.h"
#include "hw/boards.h"
#include "machine-qdev.h"
#include "system/rtc.h"
#include "system/runstate-action.h"
#include "system/system.h"

bool ilo_machine_is_on(void)
{
    return !runstate_check(RUN_STATE_SHUTDOWN);
}

static void tell(IloMachine *machine, bool is_on)
{
    machine->was_on = is_on;
    machine->switched(machine->opaque, is_on);
}

static void state_has_changed(void *opaque, bool running, RunState state)
{
    IloMachine *machine = opaque;
    bool is_on = state != RUN_STATE_SHUTDOWN;

    if (is_on != machine->was_on) {
        tell(machine, is_on);
    }
}

/* A reset leaves a machine that was off in runstate "prelaunch". */
static void start_machine(void *opaque)
{
    if (runstate_check(RUN_STATE_PRELAUNCH)) {
        vm_start();
    }
}

void ilo_machine_power(IloMachine *machine, uint32_t act)
{
    switch (act) {
    case ILO_POWER_ON:
        machine->start_wanted = true;
        qemu_system_reset_request(SHUTDOWN_CAUSE_HOST_QMP_SYSTEM_RESET);
        break;
    case ILO_POWER_OFF:
        qemu_system_shutdown_request(SHUTDOWN_CAUSE_GUEST_SHUTDOWN);
        break;
    case ILO_POWER_PRESS:
        qemu_system_powerdown_request();
        break;
    case ILO_POWER_COLD:
        machine->cold_wanted = true;
        /* fall through */
    case ILO_POWER_RESET:
        qemu_system_reset_request(SHUTDOWN_CAUSE_HOST_QMP_SYSTEM_RESET);
        break;
    default:
        break;
    }
}

void ilo_machine_reset(IloMachine *machine)
{
    if (machine->cold_wanted) {
        machine->cold_wanted = false;
        tell(machine, false);
        tell(machine, true);
    }
    if (machine->start_wanted) {
        machine->start_wanted = false;
        qemu_bh_schedule(machine->start);
    }
}

bool ilo_machine_boot_order(const char *letters)
{
    Error *error = NULL;

    qemu_boot_set(letters, &error);
    if (error) {
        warn_reportf_err(error, "ilo-ev: boot order '%s' is not set: ",
                         letters);
        return false;
    }
    return true;
}

const char *ilo_machine_boot_letters(void)
{
    const char *letters = MACHINE(qdev_get_machine())->boot_config.order;

    return letters ? letters : "";
}

void ilo_machine_now(IloTime *now)
{
    struct tm tm;

    qemu_get_timedate(&tm, 0);
    *now = (IloTime) {
        .year = tm.tm_year + 1900,
        .month = tm.tm_mon + 1,
        .day = tm.tm_mday,
        .hour = tm.tm_hour,
        .minute = tm.tm_min,
        .second = tm.tm_sec,
    };
}

void ilo_machine_realize(IloMachine *machine, DeviceState *device,
                         void (*switched)(void *opaque, bool is_on),
                         void *opaque)
{
    machine->was_on = ilo_machine_is_on();
    machine->switched = switched;
    machine->opaque = opaque;
    machine->start = qemu_bh_new_guarded(start_machine, machine,
                                         &device->mem_reentrancy_guard);
    machine->watcher = qemu_add_vm_change_state_handler(state_has_changed,
                                                        machine);
}

void ilo_machine_unrealize(IloMachine *machine)
{
    qemu_del_vm_change_state_handler(machine->watcher);
    qemu_bh_delete(machine->start);
}
