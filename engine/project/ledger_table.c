/*
 * project/ledger_table.c - what has been released, each entry chained to the one before by a digest, so that an entry that was changed or
 * taken out of the middle is noticed.
 */
#include "project/ledger_table.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/fail.h"
#include "base/memory.h"
#include "project/packed_array.h"
#include "project/project_file.h"

#define CHAIN_BYTES 32
#define CELL_NUMBERS 4
#define MAX_CELLS (1 << 28)

static void add_text(cm_blake2b_stream *hash, const char *text)
{
    cm_blake2b_add(hash, text ? text : "", text ? strlen(text) + 1 : 1);
}

/* Chain value of an entry: over the one before and everything in it. */
static void chain(const unsigned char before[CHAIN_BYTES], const cm_ledger_entry *entry, const int64_t *cells,
                  unsigned char out[CHAIN_BYTES])
{
    const int64_t numbers[] = {entry->number, entry->audience, entry->from_s, entry->to_s, (int64_t)entry->n_cells,
                               entry->recipient != NULL};
    cm_blake2b_stream hash;

    cm_blake2b_init(&hash, CHAIN_BYTES);
    cm_blake2b_add(&hash, before, CHAIN_BYTES);
    cm_blake2b_add(&hash, numbers, sizeof numbers);
    add_text(&hash, entry->recipient);
    add_text(&hash, entry->parameters);
    add_text(&hash, entry->digest);
    cm_blake2b_add(&hash, cells, entry->n_cells * CELL_NUMBERS * sizeof *cells);
    cm_blake2b_final(&hash, out);
}

/* Columns one after the other: neighbours differ little, so they pack well. The side is kept by its bits. */
static int64_t *flatten(const cm_ledger_entry *entry)
{
    const size_t n = entry->n_cells;
    int64_t *flat = cm_alloc(n, CELL_NUMBERS * sizeof *flat);

    for (size_t i = 0; flat && i < n; i++) {
        flat[i] = entry->cells[i].column;
        flat[n + i] = entry->cells[i].row;
        memcpy(&flat[2 * n + i], &entry->cells[i].side_m, sizeof(double));
        flat[3 * n + i] = entry->cells[i].published;
    }
    return flat;
}

static castmap_status last_chain(castmap_context *ctx, castmap_project *project, unsigned char out[CHAIN_BYTES],
                                 int64_t *next)
{
    cm_query *query = NULL;
    bool row = false;
    size_t length = 0;

    memset(out, 0, CHAIN_BYTES);
    *next = 1;
    castmap_status status = cm_query_open(ctx, project->db, "SELECT number, chain FROM ledger ORDER BY number DESC LIMIT 1",
                                          &query);
    if (!status)
        status = cm_query_step(ctx, query, &row);
    if (!status && row) {
        const unsigned char *bytes = cm_query_blob(query, 1, &length);
        *next = cm_query_integer(query, 0) + 1;
        if (!bytes || length != CHAIN_BYTES)
            status = cm_fail(ctx, CASTMAP_E_PROJECT, "the record of releases is damaged");
        else
            memcpy(out, bytes, CHAIN_BYTES);
    }
    cm_query_close(query);
    return status;
}

castmap_status cm_ledger_append(castmap_context *ctx, castmap_project *project, cm_ledger_entry *entry)
{
    unsigned char before[CHAIN_BYTES], made[CHAIN_BYTES];
    cm_packed cells = CM_PACKED_INIT;
    cm_query *query = NULL;
    int64_t number = 0;

    castmap_status status = cm_project_writable(ctx, project);
    if (!status)
        status = last_chain(ctx, project, before, &number);
    if (status)
        return status;
    int64_t *flat = flatten(entry);
    if (!flat)
        return cm_fail_memory(ctx);
    cm_ledger_entry numbered = *entry;
    numbered.number = number;
    chain(before, &numbered, flat, made);
    status = cm_pack_integers(ctx, flat, entry->n_cells * CELL_NUMBERS, &cells);
    free(flat);
    if (!status)
        status = cm_query_open(ctx, project->db, "INSERT INTO ledger (number, audience, recipient, from_s, to_s, parameters,"
                               " digest, n_cells, cells, chain) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", &query);
    if (!status) {
        cm_query_bind_integer(query, 1, number);
        cm_query_bind_integer(query, 2, entry->audience);
        cm_query_bind_text(query, 3, entry->recipient);
        cm_query_bind_integer(query, 4, entry->from_s);
        cm_query_bind_integer(query, 5, entry->to_s);
        cm_query_bind_text(query, 6, entry->parameters ? entry->parameters : "");
        cm_query_bind_text(query, 7, entry->digest ? entry->digest : "");
        cm_query_bind_integer(query, 8, (int64_t)entry->n_cells);
        cm_query_bind_blob(query, 9, cells.bytes, cells.length);
        cm_query_bind_blob(query, 10, made, sizeof made);
        status = cm_query_run(ctx, query);
    }
    cm_query_close(query);
    cm_packed_clear(&cells);
    if (!status)
        entry->number = number;
    return status;
}

static castmap_status read_entry(castmap_context *ctx, cm_query *query, cm_ledger_entry *entry, unsigned char link[CHAIN_BYTES])
{
    int64_t *flat = NULL;
    unsigned char made[CHAIN_BYTES];
    size_t length = 0;
    const int64_t audience = cm_query_integer(query, 1);

    entry->number = cm_query_integer(query, 0);
    entry->audience = audience >= CASTMAP_INTERNAL && audience <= CASTMAP_PUBLIC ? (castmap_audience)audience
                                                                               : CASTMAP_AUDIENCE_NONE;
    entry->from_s = cm_query_integer(query, 3);
    entry->to_s = cm_query_integer(query, 4);
    castmap_status status = cm_query_copy(ctx, query, 2, &entry->recipient);
    if (!status)
        status = cm_query_copy(ctx, query, 5, &entry->parameters);
    if (!status)
        status = cm_query_copy(ctx, query, 6, &entry->digest);
    if (!status)
        status = cm_stored_count(ctx, cm_query_integer(query, 7), MAX_CELLS, &entry->n_cells);
    const size_t n = entry->n_cells;
    if (!status)
        status = cm_unpack_integers(ctx, query, 8, n * CELL_NUMBERS, &flat);
    if (!status && !(entry->cells = cm_alloc(n, sizeof *entry->cells)))
        status = cm_fail_memory(ctx);
    for (size_t i = 0; i < n && !status; i++) {
        entry->cells[i] = (cm_ledger_cell){.column = flat[i], .row = flat[n + i], .published = flat[3 * n + i]};
        memcpy(&entry->cells[i].side_m, &flat[2 * n + i], sizeof(double));
    }
    if (!status) {
        const unsigned char *stored = cm_query_blob(query, 9, &length);
        chain(link, entry, flat, made);
        if (!stored || length != CHAIN_BYTES || memcmp(stored, made, CHAIN_BYTES) != 0) {
            status = cm_fail(ctx, CASTMAP_E_PROJECT, "the record of releases was altered at entry %" PRId64, entry->number);
            cm_fail_hint(ctx, "restore the newest backup: nothing more is released from a record that cannot be trusted");
        }
        memcpy(link, made, CHAIN_BYTES);
    }
    free(flat);
    return status;
}

castmap_status cm_ledger_load(castmap_context *ctx, castmap_project *project, cm_ledger *out)
{
    cm_ledger ledger = {0};
    unsigned char link[CHAIN_BYTES] = {0};
    cm_query *query = NULL;
    size_t capacity = 0;
    bool row = true;
    int64_t ever = 0;

    castmap_status status = cm_query_open(ctx, project->db, "SELECT number, audience, recipient, from_s, to_s, parameters,"
                                          " digest, n_cells, cells, chain FROM ledger ORDER BY number", &query);
    while (!status) {
        status = cm_query_step(ctx, query, &row);
        if (status || !row)
            break;
        if (cm_grow(&ledger.entry, &capacity, ledger.count + 1, sizeof *ledger.entry) != 0) {
            status = cm_fail_memory(ctx);
            break;
        }
        ledger.entry[ledger.count] = (cm_ledger_entry){0};
        status = read_entry(ctx, query, &ledger.entry[ledger.count++], link);
    }
    cm_query_close(query);
    /* Entries cut off at the end leave the chain whole; the table's own counter remembers them. */
    if (!status)
        status = cm_db_integer(ctx, project->db, "SELECT seq FROM sqlite_sequence WHERE name = 'ledger'", &ever);
    if (!status && ever != (int64_t)ledger.count) {
        status = cm_fail(ctx, CASTMAP_E_PROJECT, "the record of releases was altered: %zu of %" PRId64 " entries are left",
                         ledger.count, ever);
        cm_fail_hint(ctx, "restore the newest backup: nothing more is released from a record that cannot be trusted");
    }
    if (status)
        cm_ledger_clear(&ledger);
    else
        *out = ledger;
    return status;
}

void cm_ledger_entry_clear(cm_ledger_entry *entry)
{
    free(entry->recipient);
    free(entry->parameters);
    free(entry->digest);
    free(entry->cells);
    *entry = (cm_ledger_entry){0};
}

void cm_ledger_clear(cm_ledger *ledger)
{
    for (size_t i = 0; i < ledger->count; i++)
        cm_ledger_entry_clear(&ledger->entry[i]);
    free(ledger->entry);
    *ledger = (cm_ledger){0};
}
