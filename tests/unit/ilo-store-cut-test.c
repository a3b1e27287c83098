/*
 * The store of EVs under every power cut that a drive may make of a change.
 *
 * A change is recorded as the writes and flushes that it asks for.  Then the
 * power is cut before, in the middle of, and after each of them: of what was
 * written since the last flush any sectors are on the medium, in any order,
 * and the sector that was being written is whole, torn at any byte, or noise.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdio.h>
#include <string.h>

#include "qemu/osdep.h"
#include "ev-store.h"
#include "unit.h"

#define CASES (sizeof(cases) / sizeof(cases[0]))
#define SECTOR 512
#define OPERATIONS_MAX 16
#define SUBSETS_BITS 9              /* so many sectors: every subset */
#define DRAWS 200                   /* else so many of them */

struct operation {
    bool is_flush;
    uint32_t offset, size;
    uint8_t data[EV_SLOT_SIZE];
};

static uint8_t view[EV_DRIVE_SIZE];         /* what the store reads */
static struct operation operations[OPERATIONS_MAX];
static unsigned count;
static bool recording;
static EvStore store;
static uint32_t random_state;

static uint32_t next_random(uint32_t below)
{
    return unit_random(&random_state, below);
}

/*
 * The drive while it has power
 */

static void no_event(void *opaque, IloEvent event, uint32_t a, uint32_t b)
{
}

static bool drive_read(void *opaque, uint32_t offset, void *buffer,
                       uint32_t size)
{
    memcpy(buffer, view + offset, size);
    return true;
}

static bool drive_write(void *opaque, uint32_t offset, const void *buffer,
                        uint32_t size)
{
    struct operation *o = &operations[count];

    CU_ASSERT_FATAL(size <= sizeof(o->data) &&
                    offset <= EV_DRIVE_SIZE - size);
    memcpy(view + offset, buffer, size);
    if (recording) {
        CU_ASSERT_FATAL(++count < OPERATIONS_MAX);
        o->is_flush = false;
        o->offset = offset;
        o->size = size;
        memcpy(o->data, buffer, size);
    }
    return true;
}

static void record(void)
{
    recording = true;
    count = 0;
}

static bool drive_flush(void *opaque)
{
    if (recording) {
        operations[count++].is_flush = true;
        CU_ASSERT_FATAL(count < OPERATIONS_MAX);
    }
    return true;
}

static const EvStoreOps ops = { drive_read, drive_write, drive_flush };

static EvLoad power_on(const uint8_t medium[EV_DRIVE_SIZE])
{
    const IloListener listener = { no_event, NULL };

    memcpy(view, medium, sizeof(view));
    recording = false;
    ev_store_init(&store, &ops, NULL, &listener);
    return ev_store_load(&store);
}

/*
 * The medium after a cut
 */

/* A piece of a write: what of it is in one sector. */
struct piece {
    const struct operation *operation;
    uint32_t from, size;            /* in its data */
};

struct cut {
    uint8_t before[EV_DRIVE_SIZE];  /* flushed, so it is there */
    struct piece pieces[2 * EV_SLOT_SIZE / SECTOR + 4];
    unsigned pieces_used;           /* of what may be there, in order */
};

static struct cut cut;
static uint8_t medium[EV_DRIVE_SIZE];

static void add_pieces(const struct operation *o)
{
    for (uint32_t from = 0; from < o->size;) {
        uint32_t room = SECTOR - (o->offset + from) % SECTOR;
        uint32_t size = MIN(room, o->size - from);

        cut.pieces[cut.pieces_used++] = (struct piece) { o, from, size };
        from += size;
    }
}

static void put(const struct piece *piece, uint32_t size)
{
    memcpy(medium + piece->operation->offset + piece->from,
           piece->operation->data + piece->from, size);
}

/* The power goes while operation @at is under way. */
static void prepare(const uint8_t *start, unsigned at)
{
    memcpy(cut.before, start, sizeof(cut.before));
    cut.pieces_used = 0;
    for (unsigned i = 0; i < at; i++) {
        const struct operation *o = &operations[i];

        if (o->is_flush) {
            memcpy(medium, cut.before, sizeof(medium));
            for (unsigned j = 0; j < cut.pieces_used; j++) {
                put(&cut.pieces[j], cut.pieces[j].size);
            }
            memcpy(cut.before, medium, sizeof(medium));
            cut.pieces_used = 0;
        } else {
            add_pieces(o);
        }
    }
    if (at < count && !operations[at].is_flush) {
        add_pieces(&operations[at]);
    }
}

/* Those pieces reach the medium whose bit is set in @subset, which wraps. */
static void cut_to_subset(uint32_t subset)
{
    memcpy(medium, cut.before, sizeof(medium));
    for (unsigned i = 0; i < cut.pieces_used; i++) {
        if (subset >> i % 32 & 1) {
            put(&cut.pieces[i], cut.pieces[i].size);
        }
    }
}

static void spoil_sector(const struct piece *piece)
{
    uint32_t at = (piece->operation->offset + piece->from) / SECTOR * SECTOR;

    for (unsigned i = 0; i < SECTOR; i++) {
        medium[at + i] = next_random(256);
    }
}

/*
 * What has to be there
 */

static EvRecords old, new;
static unsigned judged;

static bool holds(const EvRecords *records)
{
    return store.records.used == records->used &&
           store.records.count == records->count &&
           memcmp(store.records.payload, records->payload,
                  records->used) == 0;
}

/* The old or the new, whole, and the next change works. */
static void judge(bool done)
{
    static uint8_t after[EV_DRIVE_SIZE];
    EvLoad loaded = power_on(medium);
    EvRecord next;

    CU_ASSERT_FATAL(loaded == EV_LOAD_OK ||
                    (old.used == 0 && !done));
    CU_ASSERT_FATAL(holds(&new) || (!done && holds(&old)));
    CU_ASSERT_EQUAL_FATAL(ev_store_delete(&store, "FILL"), EV_CHANGE_OK);
    CU_ASSERT_EQUAL_FATAL(ev_store_set(&store, "NEXT", "n", 1),
                          EV_CHANGE_OK);
    memcpy(after, view, sizeof(after));
    CU_ASSERT_EQUAL_FATAL(power_on(after), EV_LOAD_OK);
    CU_ASSERT_FATAL(ev_store_find(&store, "NEXT", &next));
    judged++;
}

static void every_subset(bool done)
{
    bool all = cut.pieces_used <= SUBSETS_BITS;
    uint32_t subsets = all ? 1u << cut.pieces_used : DRAWS;

    for (uint32_t i = 0; i < subsets; i++) {
        /* None and all are always among them. */
        cut_to_subset(all || i < 1 ? i : i == 1 ? UINT32_MAX :
                      next_random(UINT32_MAX));
        judge(done);
    }
}

/* One sector is torn, or noise; those before it are there. */
static void every_tear(bool done)
{
    for (unsigned i = 0; i < cut.pieces_used; i += 1 + i / 8) {
        const struct piece *torn = &cut.pieces[i];

        for (uint32_t size = 0; size < torn->size;
             size += cut.pieces_used > 4 ? 61 : 1) {
            cut_to_subset(0);
            for (unsigned j = 0; j < i; j++) {
                put(&cut.pieces[j], cut.pieces[j].size);
            }
            put(torn, size);
            judge(done);
        }
        cut_to_subset(next_random(UINT32_MAX));
        spoil_sector(torn);
        judge(done);
    }
}

static void every_cut_of(const uint8_t *start)
{
    for (unsigned at = 0; at <= count; at++) {
        prepare(start, at);
        every_subset(at == count);
        every_tear(at == count);
    }
}

/*
 * Changes
 */

static EvChange first_value(void)
{
    return ev_store_set(&store, "CQTISCSI", "a new value", 11);
}

static EvChange shorter_value(void)
{
    return ev_store_set(&store, "CQTISCSI", "s", 1);
}

static EvChange largest_value(void)
{
    static char value[EV_DATA_MAX];

    memset(value, 'v', sizeof(value));
    return ev_store_set(&store, "CQTISCSI", value, sizeof(value));
}

static EvChange delete_one(void)
{
    return ev_store_delete(&store, "CQTISCSI");
}

static EvChange delete_all(void)
{
    return ev_store_delete_all(&store);
}

static EvChange batch_of_three(void)
{
    const IloListener listener = { no_event, NULL };
    static EvBatch batch;

    ev_batch_clear(&batch);
    ev_batch_set(&batch, "CQTISCSI", "one", 3, &listener);
    ev_batch_set(&batch, "CQHORD", "", 0, &listener);
    ev_batch_set(&batch, "CQTISCS2", "three", 5, &listener);
    return ev_store_apply(&store, &batch);
}

static EvChange settle_a_snapshot(void)
{
    store.records.payload[EV_RECORD_DATA] ^= 1;
    return ev_store_settle(&store);
}

/* What is there before: nothing, two EVs, or all there is room for. */
enum { BLANK, FURNISHED, FULL };

static void furnish(unsigned how)
{
    static const uint8_t zeroes[EV_DRIVE_SIZE];
    static char fill[EV_DATA_MAX];
    char name[EV_NAME_SIZE];

    power_on(zeroes);
    if (how == BLANK) {
        return;
    }
    ev_store_set(&store, "CQHORD", "other", 5);
    ev_store_set(&store, "CQTISCSI", "old value", 9);
    memset(fill, 'f', sizeof(fill));
    for (unsigned i = 0; how == FULL &&
         ev_store_left(&store) >= EV_RECORD_DATA + sizeof(fill); i++) {
        snprintf(name, sizeof(name), "FILL%u", i);
        ev_store_set(&store, name, fill, sizeof(fill));
    }
    if (how == FULL) {
        /* What the judge deletes, so that its own change has room. */
        ev_store_set(&store, "FILL", fill,
                     ev_store_left(&store) - EV_RECORD_DATA - 10);
    }
}

static void cut_everywhere(unsigned how, EvChange (*change)(void))
{
    static uint8_t start[EV_DRIVE_SIZE];

    furnish(how);
    memcpy(start, view, sizeof(start));
    old = store.records;
    record();
    CU_ASSERT_EQUAL_FATAL(change(), EV_CHANGE_OK);
    CU_ASSERT_EQUAL_FATAL(count, 4);
    new = store.records;
    judged = 0;
    every_cut_of(start);
    CU_ASSERT(judged > 100);
}

static void first_value_is_there_or_not(void)
{
    random_state = 1;
    cut_everywhere(BLANK, first_value);
}

static void replaced_value_is_the_old_or_the_new(void)
{
    random_state = 2;
    cut_everywhere(FURNISHED, first_value);
    cut_everywhere(FURNISHED, shorter_value);
    cut_everywhere(FURNISHED, largest_value);
}

static void deleted_value_is_there_or_gone(void)
{
    random_state = 3;
    cut_everywhere(FURNISHED, delete_one);
    cut_everywhere(FURNISHED, delete_all);
}

static void changes_of_a_batch_are_made_together(void)
{
    random_state = 4;
    cut_everywhere(FURNISHED, batch_of_three);
}

static void a_snapshot_replaces_the_drive_whole(void)
{
    random_state = 5;
    cut_everywhere(FURNISHED, settle_a_snapshot);
}

static void a_store_that_is_nearly_full_loses_nothing(void)
{
    random_state = 6;
    cut_everywhere(FULL, shorter_value);
    cut_everywhere(FULL, delete_one);
}

/* One change after the other, each cut, each upon what the last cut left. */
static void cuts_in_a_row_lose_nothing(void)
{
    static uint8_t start[EV_DRIVE_SIZE];
    char value[64];

    random_state = 7;
    furnish(FURNISHED);
    memcpy(medium, view, sizeof(medium));
    for (unsigned i = 0; i < 3000; i++) {
        CU_ASSERT_EQUAL_FATAL(power_on(medium), EV_LOAD_OK);
        CU_ASSERT_FATAL(i == 0 || holds(&old) || holds(&new));
        memcpy(start, view, sizeof(start));
        old = store.records;
        record();
        snprintf(value, sizeof(value), "%u%.*s", i, (int)next_random(40),
                 "........................................");
        CU_ASSERT_EQUAL_FATAL(ev_store_set(&store, "CQTISCSI", value,
                                           strlen(value)), EV_CHANGE_OK);
        new = store.records;
        prepare(start, next_random(count + 1));
        cut_to_subset(next_random(UINT32_MAX));
        if (cut.pieces_used && next_random(2)) {
            spoil_sector(&cut.pieces[next_random(cut.pieces_used)]);
        }
    }
}

static const struct unit_case cases[] = {
    UNIT_CASE(first_value_is_there_or_not),
    UNIT_CASE(replaced_value_is_the_old_or_the_new),
    UNIT_CASE(deleted_value_is_there_or_gone),
    UNIT_CASE(changes_of_a_batch_are_made_together),
    UNIT_CASE(a_snapshot_replaces_the_drive_whole),
    UNIT_CASE(a_store_that_is_nearly_full_loses_nothing),
    UNIT_CASE(cuts_in_a_row_lose_nothing),
};

int main(int argc, char **argv)
{
    return unit_main("ilo-store-cut", cases, CASES, argc, argv);
}
