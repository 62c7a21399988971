/*
 * project/term_table.c - a hash of texts in one block of memory. Neighbouring rows mostly repeat a text, so the one a column had last is
 * tried first.
 */
#include "project/term_table.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"

static uint64_t hash_text(const char *text, size_t *length)
{
    uint64_t hash = 1469598103934665603u; /* FNV-1a; only a place in the table hangs on it */
    size_t n = 0;

    for (; text[n]; n++)
        hash = (hash ^ (unsigned char)text[n]) * 1099511628211u;
    *length = n;
    return hash ^ hash >> 29;
}

static size_t slot_of(const cm_term_table *table, const char *text, uint64_t hash)
{
    const uint32_t mark = (uint32_t)(hash >> 32);
    size_t at = (size_t)hash & (table->slots - 1);

    while (table->slot[at] &&
           (table->mark[at] != mark || strcmp(table->bytes + table->offset[table->slot[at] - 1], text) != 0))
        at = (at + 1) & (table->slots - 1);
    return at;
}

static void take_slot(cm_term_table *table, size_t entry, uint64_t hash)
{
    const size_t at = slot_of(table, table->bytes + table->offset[entry], hash);

    table->slot[at] = (uint32_t)(entry + 1);
    table->mark[at] = (uint32_t)(hash >> 32);
}

static int grow_slots(cm_term_table *table)
{
    size_t length;

    if (table->slots && (table->count + 1) * 4 <= table->slots * 3)
        return 0;
    const size_t slots = table->slots ? table->slots * 2 : 256;
    uint32_t *slot = cm_alloc_zero(slots, sizeof *slot), *mark = cm_alloc(slots, sizeof *mark);
    if (!slot || !mark) {
        free(slot);
        free(mark);
        return -1;
    }
    free(table->slot);
    free(table->mark);
    table->slot = slot;
    table->mark = mark;
    table->slots = slots;
    for (size_t i = 0; i < table->count; i++)
        take_slot(table, i, hash_text(table->bytes + table->offset[i], &length));
    return 0;
}

static int remember(cm_term_table *table, const char *text, int64_t id)
{
    size_t length;
    const uint64_t hash = hash_text(text, &length);

    if (table->count >= UINT32_MAX - 1 ||
        cm_grow(&table->offset, &table->capacity, table->count + 1, sizeof *table->offset) != 0 ||
        cm_grow(&table->id, &table->id_capacity, table->count + 1, sizeof *table->id) != 0 ||
        cm_grow(&table->bytes, &table->bytes_capacity, table->bytes_used + length + 1, 1) != 0 || grow_slots(table) != 0)
        return -1;
    memcpy(table->bytes + table->bytes_used, text, length + 1);
    table->offset[table->count] = table->bytes_used;
    table->id[table->count] = id;
    table->bytes_used += length + 1;
    take_slot(table, table->count++, hash);
    return 0;
}

castmap_status cm_term_table_open(castmap_context *ctx, cm_db *db, const char *select, const char *insert, size_t limit,
                                  cm_term_table *out)
{
    cm_term_table table = {.db = db, .limit = limit};
    cm_query *query = NULL;
    bool row = true;

    castmap_status status = cm_query_open(ctx, db, select, &query);
    while (!status && table.count < limit) {
        status = cm_query_step(ctx, query, &row);
        if (status || !row)
            break;
        const char *text = cm_query_text(query, 1);
        if (text && remember(&table, text, cm_query_integer(query, 0)) != 0)
            status = cm_fail_memory(ctx);
    }
    cm_query_close(query);
    if (!status && grow_slots(&table) != 0)
        status = cm_fail_memory(ctx);
    if (!status)
        status = cm_query_open(ctx, db, insert, &table.add);
    if (status) {
        cm_term_table_close(&table);
        return status;
    }
    *out = table;
    return CASTMAP_OK;
}

void cm_term_table_close(cm_term_table *table)
{
    cm_query_close(table->add);
    free(table->bytes);
    free(table->offset);
    free(table->id);
    free(table->slot);
    free(table->mark);
    *table = (cm_term_table)CM_TERM_TABLE_INIT;
}

castmap_status cm_term_table_id(castmap_context *ctx, cm_term_table *table, const char *text, cm_term_hint *hint, int64_t *id)
{
    size_t length;

    if (hint->entry && strcmp(table->bytes + table->offset[hint->entry - 1], text) == 0) {
        *id = table->id[hint->entry - 1];
        return CASTMAP_OK;
    }
    const size_t at = slot_of(table, text, hash_text(text, &length));
    if (table->slot[at]) {
        hint->entry = table->slot[at];
        *id = table->id[hint->entry - 1];
        return CASTMAP_OK;
    }
    if (table->count >= table->limit) {
        *id = 0;
        return CASTMAP_OK;
    }
    cm_query_bind_text(table->add, 1, text);
    castmap_status status = cm_query_run(ctx, table->add);
    if (status)
        return status;
    *id = cm_db_last_id(table->db);
    if (remember(table, text, *id) != 0)
        return cm_fail_memory(ctx);
    hint->entry = table->count;
    return CASTMAP_OK;
}
