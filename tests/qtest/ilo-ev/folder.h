/*
 * ilo-ev: the files of a test, and machines that use them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TESTS_ILO_EV_FOLDER_H
#define TESTS_ILO_EV_FOLDER_H

#include "libilo-ev.h"

typedef struct Folder {
    char *path;
    char *drive;        /* of EVs, blank at first */
    char *events;
    char *stream;       /* of a migration */
} Folder;

/* A folder with a blank drive in it. */
Folder *folder_new(void);
void folder_free(Folder *folder);

void write_file(const char *path, const char *data, size_t size);
char *read_file(const char *path, size_t *size);

/* A machine with its EVs on the drive; @options follow those of -drive. */
IloEvMachine *boot_with_drive(Folder *folder, const char *options);
IloEvMachine *boot_with_events(Folder *folder);

/*
 * A machine whose mailbox had half of a packet of SMIF_POST_STATE, sequence
 * 7777h, and whose POST port had one stage, POST_INT13, and half of the next:
 * do both go on?
 */
void expect_halves_go_on(IloEvMachine *machine);

/* Does the machine hold this value?  NULL: no such EV. */
void expect_ev(IloEvMachine *machine, const char *name, const char *value);

/* A machine with one EV in each slot's generation: "old", then "new". */
void furnish(Folder *folder);
void damage_slot(Folder *folder, unsigned slot);

/*
 * Starts QEMU where it must refuse to start, with further @devices, and
 * returns what it says.
 */
char *refused_start(const char *drive, const char *devices);

/* A migration to a file and out of it; does the latter work? */
void save(IloEvMachine *machine, Folder *folder);
bool restore(IloEvMachine *machine, Folder *folder);

#endif
