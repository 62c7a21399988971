/*
 * project/observation_weight.c - a number of each observation from a column that the import kept beside it.
 */
#include "project/observation_table.h"

#include "base/decimal.h"
#include "base/fail.h"
#include "base/memory.h"
#include "base/text.h"
#include "project/project_file.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MOST_NAMED 8

#define KEPT "CASE typeof(o.extra) WHEN 'integer' THEN (SELECT t.text FROM term AS t WHERE t.id = o.extra) ELSE o.extra END"

/* What a cell says: a number of 0 or more, nothing (NAN), or no such number (false). A comma might be a decimal or a thousand: not guessed. */
static bool number_of(const char *text, double *out)
{
    size_t length = text ? strlen(text) : 0;

    while (length > 0 && (*text == ' ' || *text == '\t')) {
        text++;
        length--;
    }
    while (length > 0 && (text[length - 1] == ' ' || text[length - 1] == '\t'))
        length--;
    *out = (double)NAN;
    return length == 0 || (cm_decimal_parse(text, length, out) && isfinite(*out) && *out >= 0.0);
}

/* Nobody has a value there: the column was not kept, or is called otherwise. */
static castmap_status no_such_column(castmap_context *ctx, castmap_project *project, const char *column)
{
    cm_text names = CM_TEXT_INIT;
    cm_query *query = NULL;
    bool row = true;

    castmap_status status = cm_query_open(ctx, project->db, "SELECT DISTINCT e.key FROM observation AS o, json_each(" KEPT ") AS e"
                                          " ORDER BY e.key LIMIT ?", &query);
    if (!status)
        cm_query_bind_integer(query, 1, MOST_NAMED);
    while (!status) {
        status = cm_query_step(ctx, query, &row);
        if (status || !row)
            break;
        cm_text_addf(&names, "%s%s", names.length ? ", " : "", cm_query_text(query, 0));
    }
    cm_query_close(query);
    if (!status) {
        status = cm_fail(ctx, CASTMAP_E_NOT_FOUND, "no record keeps a number in a column of that name");
        cm_fail_where(ctx, "%s", column);
        if (names.length && !names.failed)
            cm_fail_hint(ctx, "columns that are kept: %s", names.bytes);
        else
            cm_fail_hint(ctx, "castmap import FILE --map keep=COLUMN keeps it");
    }
    cm_text_clear(&names);
    return status;
}

static castmap_status no_weight(castmap_context *ctx, const char *column, size_t bad, const char *file, int64_t row)
{
    castmap_status status = cm_fail(ctx, CASTMAP_E_DATA, "%zu of the observations %s no number of 0 or more in that column", bad,
                                    bad == 1 ? "has" : "have");

    cm_fail_where(ctx, "%s:%" PRId64 ":%s", file ? file : "", row, column);
    cm_fail_hint(ctx, "a weight is written 2 or 2.5, never below 0; mend the file, castmap undo the import, and bring it in again");
    return status;
}

castmap_status cm_observation_weights(castmap_context *ctx, castmap_project *project, const char *column, const int64_t *id, size_t n,
                                      double *weight, size_t *missing)
{
    cm_query *query = NULL;
    char *file = NULL;
    int64_t first_row = 0;
    size_t at = 0, bad = 0, found = 0;
    bool row = true;

    castmap_status status = cm_query_open(ctx, project->db, "SELECT o.id, (SELECT e.value FROM json_each(" KEPT ") AS e WHERE e.key = ?1),"
                                          " b.file, o.row FROM observation AS o JOIN batch AS b ON b.id = o.batch"
                                          " WHERE o.extra IS NOT NULL ORDER BY o.id", &query);
    if (!status)
        cm_query_bind_text(query, 1, column);
    for (size_t i = 0; i < n; i++)
        weight[i] = (double)NAN;
    while (!status && at < n) {
        status = cm_query_step(ctx, query, &row);
        if (status || !row)
            break;
        const int64_t number = cm_query_integer(query, 0);
        while (at < n && id[at] < number)
            at++;
        if (at == n || id[at] != number || cm_query_is_null(query, 1))
            continue;
        if (!number_of(cm_query_text(query, 1), &weight[at]) && bad++ == 0) {
            first_row = cm_query_integer(query, 3);
            status = cm_query_copy(ctx, query, 2, &file);
        }
        found++;
    }
    cm_query_close(query);
    *missing = 0;
    for (size_t i = 0; i < n; i++)
        *missing += isnan(weight[i]) ? 1u : 0u;
    if (!status && bad > 0)
        status = no_weight(ctx, column, bad, file, first_row);
    else if (!status && found == 0)
        status = no_such_column(ctx, project, column);
    free(file);
    return status;
}
