/*
 * ilo-ev for qtests: its registers, SMIF exchanges, and machines with a
 * drive of their own.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TESTS_LIBILO_EV_H
#define TESTS_LIBILO_EV_H

#include "libqtest.h"
#include "libqos/pci.h"
#include "libqos/qgraph.h"
#include "ncsim/ilo_mailbox.h"
#include "ncsim/smif.h"

/* Where the device sits in machines that ilo_ev_boot() starts. */
#define ILO_EV_SLOT 5

typedef struct QIloEv {
    QOSGraphObject obj;
    QPCIDevice dev;
    QPCIBar bar;
} QIloEv;

/* A machine of a test's own. */
typedef struct IloEvMachine {
    QTestState *qts;
    QPCIBus *bus;
    QIloEv ilo;
} IloEvMachine;

/*
 * Starts a PC with an ilo-ev; @device_options follow "ilo-ev" and @options
 * are further words of the command line.  Either may be empty.
 */
IloEvMachine *ilo_ev_boot(const char *device_options, const char *options);
void ilo_ev_shut_down(IloEvMachine *machine);

/* Finds the device, maps its ports and enables I/O decoding. */
void ilo_ev_enable(QIloEv *ilo);

/* A register of ncsim/ilo_mailbox.h, 32 bits. */
uint32_t ilo_ev_read(QIloEv *ilo, uint32_t port);
void ilo_ev_write(QIloEv *ilo, uint32_t port, uint32_t value);

/* As a client of the mailbox does it: reset, packet, submit, reply. */
size_t ilo_ev_exchange(QIloEv *ilo, const uint8_t *packet, size_t size,
                       uint8_t reply[ILO_PACKET_MAX]);

/* Returns the error word of the reply. */
uint32_t ilo_ev_set(QIloEv *ilo, const char *name, const char *value);

/* The value as a string to free, or NULL when there is no such EV. */
char *ilo_ev_get(QIloEv *ilo, const char *name);

uint32_t ilo_ev_post_state(QIloEv *ilo);

/* Writes a stage to port 80h, as the boot ROM does. */
void write_stage(QTestState *qts, uint8_t code);

/* A header of @size bytes' packet; the payload is zero. */
void ilo_ev_begin(uint8_t *packet, uint16_t command, size_t size);

/* A packet that has nothing but its header, by the mailbox; its error. */
uint32_t ilo_ev_command(QIloEv *ilo, uint16_t command,
                        uint8_t reply[ILO_PACKET_MAX]);

/* A test: its name is a sentence. */
typedef struct IloEvTest {
    const char *sentence;
    void (*run)(void *obj, void *data, QGuestAllocator *alloc);
} IloEvTest;

void ilo_ev_add_tests(const IloEvTest *tests, size_t count);

#endif
