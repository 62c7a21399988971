/*
 * project/repair_table.c - changes to stored observations, and the record of them.
 *
 * The check sum of a batch is a sum over its rows (observation_check.h), so a change subtracts the row as it was and adds it as it is. Content ids
 * stay: they say what was imported, so that importing the file again still brings nothing new.
 */
#include "project/repair_table.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "base/fail.h"
#include "base/memory.h"
#include "base/time_text.h"
#include "project/observation_check.h"
#include "project/project_file.h"

static const char *const FIELD[] = {"place", "accuracy", "category", "duplicate"};

typedef struct stored {
    cm_checked_row row;
    int64_t        batch;
    char          *category; /* owned */
} stored;

static castmap_status read_stored(castmap_context *ctx, cm_db *db, int64_t id, stored *out)
{
    cm_query *query = NULL;
    bool row = false;

    castmap_status status = cm_query_open(
        ctx, db, "SELECT o.batch, o.lon, o.lat, o.accuracy_m, o.from_s, o.to_s, o.place, o.time_known, o.source_grade, o.information_grade,"
        " o.handling, c.name, s.name FROM observation AS o LEFT JOIN category AS c ON c.id = o.category"
        " LEFT JOIN source AS s ON s.id = o.source WHERE o.id = ?", &query);
    if (!status) {
        cm_query_bind_integer(query, 1, id);
        status = cm_query_step(ctx, query, &row);
    }
    if (!status && !row)
        status = cm_fail(ctx, CASTMAP_E_NOT_FOUND, "there is no observation %" PRId64, id);
    if (!status) {
        const char *information = cm_query_text(query, 9), *handling = cm_query_text(query, 10);
        out->batch = cm_query_integer(query, 0);
        out->row = (cm_checked_row){
            .id = id, .lon = cm_query_real(query, 1), .lat = cm_query_real(query, 2), .accuracy_m = cm_query_real(query, 3),
            .from_s = cm_query_is_null(query, 4) ? CM_TIME_UNKNOWN : cm_query_integer(query, 4),
            .to_s = cm_query_is_null(query, 5) ? CM_TIME_UNKNOWN : cm_query_integer(query, 5), .place = (unsigned)cm_query_integer(query, 6),
            .when = (unsigned)cm_query_integer(query, 7), .source_grade = (unsigned)cm_query_integer(query, 8),
            .information_grade = information ? information[0] : '\0', .handling = handling ? handling[0] : '\0',
            .category = cm_check_text(cm_query_text(query, 11)), .source = cm_check_text(cm_query_text(query, 12))};
        status = cm_query_copy(ctx, query, 11, &out->category);
    }
    cm_query_close(query);
    return status;
}

/* In C: a sum beyond 63 bits would become a real number in SQL. */
static castmap_status move_checksum(castmap_context *ctx, cm_db *db, int64_t batch, uint64_t by)
{
    cm_query *query = NULL;
    bool row = false;
    uint64_t sum = 0;

    castmap_status status = cm_query_open(ctx, db, "SELECT checksum FROM batch WHERE id = ?", &query);
    if (!status) {
        cm_query_bind_integer(query, 1, batch);
        status = cm_query_step(ctx, query, &row);
    }
    if (!status && row)
        sum = (uint64_t)cm_query_integer(query, 0) + by;
    cm_query_close(query);
    query = NULL;
    if (!status)
        status = cm_query_open(ctx, db, "UPDATE batch SET checksum = ? WHERE id = ?", &query);
    if (!status) {
        cm_query_bind_integer(query, 1, (int64_t)sum);
        cm_query_bind_integer(query, 2, batch);
        status = cm_query_run(ctx, query);
    }
    cm_query_close(query);
    return status;
}

/* The number of a category, made if there is none of that name. */
static castmap_status category_id(castmap_context *ctx, cm_db *db, const char *name, int64_t *id)
{
    cm_query *query = NULL;
    bool row = false;

    castmap_status status = cm_query_open(ctx, db, "SELECT id FROM category WHERE name = ?", &query);
    if (!status) {
        cm_query_bind_text(query, 1, name);
        status = cm_query_step(ctx, query, &row);
    }
    if (!status && row)
        *id = cm_query_integer(query, 0);
    cm_query_close(query);
    query = NULL;
    if (status || row)
        return status;
    status = cm_query_open(ctx, db, "INSERT INTO category (name) VALUES (?)", &query);
    if (!status) {
        cm_query_bind_text(query, 1, name);
        status = cm_query_run(ctx, query);
        *id = cm_db_last_id(db);
    }
    cm_query_close(query);
    return status;
}

/* Write the new value into the row; *after is the row as it is now. */
static castmap_status write_value(castmap_context *ctx, cm_db *db, const cm_change *change, cm_checked_row *after)
{
    static const char *const UPDATE[] = {"UPDATE observation SET place = ? WHERE id = ?", "UPDATE observation SET accuracy_m = ? WHERE id = ?",
                                         "UPDATE observation SET category = ? WHERE id = ?"};
    cm_query *query = NULL;
    int64_t category = 0;
    castmap_status status = CASTMAP_OK;

    if (change->field == CM_REPAIR_DUPLICATE)
        return CASTMAP_OK;
    if (change->field == CM_REPAIR_CATEGORY && change->category)
        status = category_id(ctx, db, change->category, &category);
    if (!status)
        status = cm_query_open(ctx, db, UPDATE[change->field], &query);
    if (status)
        return status;
    if (change->field == CM_REPAIR_PLACE) {
        after->place = change->place;
        cm_query_bind_integer(query, 1, change->place);
    } else if (change->field == CM_REPAIR_ACCURACY) {
        after->accuracy_m = change->accuracy_m;
        cm_query_bind_real(query, 1, change->accuracy_m);
    } else {
        after->category = cm_check_text(change->category);
        if (change->category)
            cm_query_bind_integer(query, 1, category);
        else
            cm_query_bind_null(query, 1);
    }
    cm_query_bind_integer(query, 2, after->id);
    status = cm_query_run(ctx, query);
    cm_query_close(query);
    return status;
}

static castmap_status apply(castmap_context *ctx, castmap_project *project, int64_t id, const cm_change *change, stored *before)
{
    castmap_status status = read_stored(ctx, project->db, id, before);

    if (status)
        return status;
    cm_checked_row after = before->row;
    status = write_value(ctx, project->db, change, &after);
    const uint64_t by = cm_check_row(&after) - cm_check_row(&before->row);
    return status || by == 0 ? status : move_checksum(ctx, project->db, before->batch, by);
}

/* before and after of the field, in the columns 5 and 6 of the insert. */
static void bind_values(cm_query *query, const cm_change *change, const stored *before)
{
    switch (change->field) {
    case CM_REPAIR_PLACE:
        cm_query_bind_integer(query, 5, before->row.place);
        cm_query_bind_integer(query, 6, change->place);
        break;
    case CM_REPAIR_ACCURACY:
        cm_query_bind_real(query, 5, before->row.accuracy_m);
        cm_query_bind_real(query, 6, change->accuracy_m);
        break;
    case CM_REPAIR_CATEGORY:
        cm_query_bind_text(query, 5, before->category);
        cm_query_bind_text(query, 6, change->category);
        break;
    case CM_REPAIR_DUPLICATE:
        cm_query_bind_null(query, 5);
        cm_query_bind_integer(query, 6, change->first);
        break;
    }
}

static const char INSERT[] = "INSERT INTO repair (run, rule, observation, field, before, after) VALUES (?, ?, ?, ?, ?, ?)";

castmap_status cm_repair_observation(castmap_context *ctx, castmap_project *project, int64_t run, const char *rule, int64_t id,
                                     const cm_change *change)
{
    stored before = {0};
    cm_query *query = NULL;
    castmap_status status = apply(ctx, project, id, change, &before);

    if (!status)
        status = cm_query_open(ctx, project->db, INSERT, &query);
    if (!status) {
        cm_query_bind_integer(query, 1, run);
        cm_query_bind_text(query, 2, rule);
        cm_query_bind_integer(query, 3, id);
        cm_query_bind_text(query, 4, FIELD[change->field]);
        bind_values(query, change, &before);
        status = cm_query_run(ctx, query);
    }
    cm_query_close(query);
    free(before.category);
    return status;
}

castmap_status cm_repair_note(castmap_context *ctx, castmap_project *project, int64_t run, const char *rule, const char *field,
                              const char *after)
{
    cm_query *query = NULL;
    castmap_status status = cm_query_open(ctx, project->db, INSERT, &query);

    if (!status) {
        cm_query_bind_integer(query, 1, run);
        cm_query_bind_text(query, 2, rule);
        cm_query_bind_null(query, 3);
        cm_query_bind_text(query, 4, field);
        cm_query_bind_null(query, 5);
        cm_query_bind_text(query, 6, after);
        status = cm_query_run(ctx, query);
    }
    cm_query_close(query);
    return status;
}

/* The change that gives back what the record at the query says. */
static bool change_back(cm_query *query, cm_change *change)
{
    const char *field = cm_query_text(query, 1);

    for (int i = CM_REPAIR_PLACE; field && i <= CM_REPAIR_CATEGORY; i++) {
        if (strcmp(field, FIELD[i]) != 0)
            continue;
        *change = (cm_change){.field = (cm_repair_field)i};
        if (i == CM_REPAIR_PLACE)
            change->place = (cm_precision_class)cm_query_integer(query, 2);
        else if (i == CM_REPAIR_ACCURACY)
            change->accuracy_m = cm_query_real(query, 2);
        else
            change->category = cm_query_text(query, 2);
        return true;
    }
    return false; /* a mark or an index: nothing was changed in a row */
}

castmap_status cm_repairs_take_back(castmap_context *ctx, castmap_project *project, int64_t number)
{
    cm_query *query = NULL;
    bool row = true;
    castmap_status status = cm_query_open(ctx, project->db, "SELECT observation, field, before FROM repair WHERE run = ? ORDER BY id DESC", &query);

    if (!status)
        cm_query_bind_integer(query, 1, number);
    while (!status) {
        stored before = {0};
        cm_change change;
        status = cm_query_step(ctx, query, &row);
        if (status || !row)
            break;
        if (change_back(query, &change))
            status = apply(ctx, project, cm_query_integer(query, 0), &change, &before);
        free(before.category);
    }
    cm_query_close(query);
    return status;
}

static castmap_status copy_value(castmap_context *ctx, cm_query *query, int column, char **out)
{
    castmap_status status = cm_query_copy(ctx, query, column, out);

    if (!status && !*out && !(*out = cm_copy_text("")))
        status = cm_fail_memory(ctx);
    return status;
}

castmap_status castmap_project_repairs(castmap_context *ctx, castmap_project *project, size_t limit, castmap_repair_list *out)
{
    castmap_repair_list list = {0};
    cm_query *query = NULL;
    size_t capacity = 0;
    bool row = true;

    cm_fail_clear(ctx);
    castmap_status status = cm_query_open(
        ctx, project->db, "SELECT r.run, n.time_s, coalesce(r.observation, 0), r.rule, r.field, r.before, r.after,"
        " json_extract(n.parameters, '$.by') FROM repair AS r JOIN run AS n ON n.number = r.run ORDER BY r.id LIMIT ?", &query);
    if (!status)
        cm_query_bind_integer(query, 1, limit ? (int64_t)limit : -1);
    while (!status) {
        status = cm_query_step(ctx, query, &row);
        if (status || !row)
            break;
        if (cm_grow(&list.repair, &capacity, list.count + 1, sizeof *list.repair) != 0) {
            status = cm_fail_memory(ctx);
            break;
        }
        castmap_repair *one = &list.repair[list.count++];
        *one = (castmap_repair){.run_number = cm_query_integer(query, 0), .time_s = cm_query_integer(query, 1),
                                .observation = cm_query_integer(query, 2)};
        char **const texts[] = {&one->rule, &one->field, &one->before, &one->after, &one->by};
        for (int i = 0; i < 5 && !status; i++)
            status = copy_value(ctx, query, i + 3, texts[i]);
    }
    cm_query_close(query);
    if (status)
        castmap_repair_list_clear(&list);
    else
        *out = list;
    return status;
}

void castmap_repair_list_clear(castmap_repair_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        free(list->repair[i].rule);
        free(list->repair[i].field);
        free(list->repair[i].before);
        free(list->repair[i].after);
        free(list->repair[i].by);
    }
    free(list->repair);
    *list = (castmap_repair_list){0};
}
