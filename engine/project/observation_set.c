/*
 * project/observation_set.c - accepted observations as arrays, checked against what the batches say of all of them.
 */
#include "project/observation_table.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "base/time_text.h"
#include "base/text.h"
#include "base/utf8.h"
#include "project/batch_table.h"
#include "project/observation_check.h"
#include "project/project_file.h"

#define MAX_NAMES (1 << 24)

/* Names of one lookup table in order of name, and where each id went. */
typedef struct names {
    char    **name;       /* owned [count] */
    size_t    count, capacity;
    int32_t  *index_of;   /* owned [limit], by id; -1 none */
    int64_t   limit;
    uint64_t *check;      /* owned [count] */
    bool     *wanted;     /* owned [count]; NULL: all */
} names;

static void names_clear(names *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->name[i]);
    free(list->name);
    free(list->index_of);
    free(list->check);
    free(list->wanted);
    *list = (names){0};
}

static castmap_status load_names(castmap_context *ctx, cm_db *db, const char *table, names *out)
{
    cm_query *query = NULL;
    bool row = true;
    char sql[96];
    int64_t largest = 0;

    snprintf(sql, sizeof sql, "SELECT coalesce(max(id), 0) FROM %s", table);
    castmap_status status = cm_db_integer(ctx, db, sql, &largest);
    if (!status && (largest < 0 || largest >= MAX_NAMES))
        status = cm_fail(ctx, CASTMAP_E_PROJECT, "the table %s of the project is damaged", table);
    if (status)
        return status;
    out->limit = largest + 1;
    out->index_of = cm_alloc((size_t)out->limit, sizeof *out->index_of);
    out->check = cm_alloc((size_t)out->limit, sizeof *out->check);
    if (!out->index_of || !out->check)
        return cm_fail_memory(ctx);
    memset(out->index_of, 0xff, (size_t)out->limit * sizeof *out->index_of);
    snprintf(sql, sizeof sql, "SELECT id, name FROM %s ORDER BY name", table);
    status = cm_query_open(ctx, db, sql, &query);
    while (!status) {
        status = cm_query_step(ctx, query, &row);
        if (status || !row)
            break;
        const int64_t id = cm_query_integer(query, 0);
        if (id < 0 || id >= out->limit || out->count >= (size_t)out->limit) {
            status = cm_fail(ctx, CASTMAP_E_PROJECT, "the table %s of the project is damaged", table);
            break;
        }
        if (cm_grow(&out->name, &out->capacity, out->count + 1, sizeof *out->name) != 0) {
            status = cm_fail_memory(ctx);
            break;
        }
        out->name[out->count] = NULL;
        status = cm_query_copy(ctx, query, 1, &out->name[out->count]);
        out->index_of[id] = (int32_t)out->count;
        out->check[out->count] = cm_check_text(out->name[out->count]);
        out->count++;
    }
    cm_query_close(query);
    return status;
}

/* Mark the names of a comma-separated list, whatever their case. */
static castmap_status choose(castmap_context *ctx, names *list, const char *wanted)
{
    castmap_status status = CASTMAP_OK;

    list->wanted = cm_alloc_zero(list->count, sizeof *list->wanted);
    if (!list->wanted)
        return cm_fail_memory(ctx);
    while (wanted && !status) {
        const char *comma = strchr(wanted, ',');
        const size_t length = comma ? (size_t)(comma - wanted) : strlen(wanted);
        char *key = cm_utf8_key(wanted, length);
        bool found = false;
        if (!key)
            return cm_fail(ctx, CASTMAP_E_ARGUMENT, "a category is not valid UTF-8");
        for (size_t i = 0; i < list->count; i++) {
            char *other = cm_utf8_key(list->name[i], strlen(list->name[i]));
            if (other && strcmp(other, key) == 0)
                found = list->wanted[i] = true;
            free(other);
        }
        if (!found && *key) {
            char shown[80];
            cm_escape_display(wanted, length, shown, sizeof shown);
            status = cm_fail(ctx, CASTMAP_E_NOT_FOUND, "no observation has the category \"%s\"", shown);
            cm_fail_hint(ctx, "castmap list shows the categories there are");
        }
        free(key);
        wanted = comma ? comma + 1 : NULL;
    }
    return status;
}

static castmap_status allocate(castmap_context *ctx, cm_observation_set *set, size_t n)
{
    set->id = cm_alloc(n, sizeof *set->id);
    set->lon = cm_alloc(n, sizeof *set->lon);
    set->lat = cm_alloc(n, sizeof *set->lat);
    set->accuracy_m = cm_alloc(n, sizeof *set->accuracy_m);
    set->precision = cm_alloc(n, sizeof *set->precision);
    set->from_s = cm_alloc(n, sizeof *set->from_s);
    set->to_s = cm_alloc(n, sizeof *set->to_s);
    set->when = cm_alloc(n, sizeof *set->when);
    set->category = cm_alloc(n, sizeof *set->category);
    set->source = cm_alloc(n, sizeof *set->source);
    set->source_grade = cm_alloc(n, sizeof *set->source_grade);
    set->information_grade = cm_alloc(n, sizeof *set->information_grade);
    set->handling = cm_alloc(n, sizeof *set->handling);
    if (!set->id || !set->lon || !set->lat || !set->accuracy_m || !set->precision || !set->from_s || !set->to_s ||
        !set->when || !set->category || !set->source || !set->source_grade || !set->information_grade || !set->handling)
        return cm_fail_memory(ctx);
    return CASTMAP_OK;
}

static int32_t name_index(const names *list, cm_query *query, int column, bool *sound)
{
    if (cm_query_is_null(query, column))
        return -1;
    const int64_t id = cm_query_integer(query, column);
    if (id < 0 || id >= list->limit || list->index_of[id] < 0) {
        *sound = false;
        return -1;
    }
    return list->index_of[id];
}

static int64_t time_of(cm_query *query, int column)
{
    return cm_query_is_null(query, column) ? CM_TIME_UNKNOWN : cm_query_integer(query, column);
}

/* Read the row at the query into place `at`; gives its check. */
static uint64_t read_row(cm_query *query, const names *categories, const names *sources, cm_observation_set *set, size_t at,
                         bool *sound)
{
    const char *information = cm_query_text(query, 11), *handling = cm_query_text(query, 12);

    set->id[at] = cm_query_integer(query, 0);
    set->lon[at] = cm_query_real(query, 1);
    set->lat[at] = cm_query_real(query, 2);
    set->accuracy_m[at] = cm_query_real(query, 3);
    set->precision[at] = (uint8_t)cm_query_integer(query, 4);
    set->from_s[at] = time_of(query, 5);
    set->to_s[at] = time_of(query, 6);
    set->when[at] = (uint8_t)cm_query_integer(query, 7);
    set->category[at] = name_index(categories, query, 8, sound);
    set->source[at] = name_index(sources, query, 9, sound);
    set->source_grade[at] = (uint8_t)cm_query_integer(query, 10);
    set->information_grade[at] = information ? information[0] : '\0';
    set->handling[at] = handling ? handling[0] : '\0';
    if (!(fabs(set->lon[at]) <= 180.0) || !(fabs(set->lat[at]) <= 90.0))
        *sound = false;
    const cm_checked_row checked = {
        .id = set->id[at], .from_s = set->from_s[at], .to_s = set->to_s[at], .lon = set->lon[at], .lat = set->lat[at],
        .accuracy_m = set->accuracy_m[at], .place = set->precision[at], .when = set->when[at],
        .source_grade = set->source_grade[at], .information_grade = set->information_grade[at],
        .handling = set->handling[at],
        .category = set->category[at] < 0 ? 0 : categories->check[set->category[at]],
        .source = set->source[at] < 0 ? 0 : sources->check[set->source[at]]};
    return cm_check_row(&checked);
}

static bool overlaps(int64_t row_from, int64_t row_to, int64_t from_s, int64_t to_s)
{
    if (from_s == INT64_MIN && to_s == INT64_MAX)
        return true;
    if (row_from == CM_TIME_UNKNOWN)
        return false;
    return row_from < to_s && (row_to > from_s || (row_to == row_from && row_from >= from_s));
}

/* Did a GIS change the table? SpatiaLite's triggers, which never run on our connection, write the time of it. */
static castmap_status edited_elsewhere(castmap_context *ctx, cm_db *db, bool *edited)
{
    int64_t touched = 0;

    castmap_status status = cm_db_integer(
        ctx, db, "SELECT count(*) FROM geometry_columns_time WHERE f_table_name = 'observation' AND"
        " (last_insert > '0000-01-02' OR last_update > '0000-01-02' OR last_delete > '0000-01-02')", &touched);
    *edited = touched > 0;
    return status;
}

static castmap_status check_sums(castmap_context *ctx, cm_db *db, int64_t count, uint64_t checksum, bool sound)
{
    cm_query *query = NULL;
    bool row = true, edited = false;
    int64_t accepted = 0;
    uint64_t want = 0;

    castmap_status status = cm_query_open(ctx, db, "SELECT accepted, checksum FROM " CM_IMPORT_BATCH, &query);
    while (!status) {
        status = cm_query_step(ctx, query, &row);
        if (status || !row)
            break;
        accepted += cm_query_integer(query, 0);
        want += (uint64_t)cm_query_integer(query, 1);
    }
    cm_query_close(query);
    if (!status && sound && accepted == count && want == checksum)
        return CASTMAP_OK;
    if (!status)
        status = edited_elsewhere(ctx, db, &edited);
    if (status)
        return status;
    if (edited && sound) {
        cm_log(ctx, CASTMAP_LOG_WARNING, "observations were edited in another program since they were imported");
        return CASTMAP_OK;
    }
    status = cm_fail(ctx, CASTMAP_E_PROJECT,
                     "the observations are not those that were imported: the file is damaged (%" PRId64 " of %" PRId64
                     " rows, check sum %s)", count, accepted, want == checksum ? "right" : "wrong");
    cm_fail_hint(ctx, "restore the newest backup; keep the damaged file");
    return status;
}

/* Observations that repeat another one, by a mark of castmap check --fix that stands; ascending. */
typedef struct repeats {
    int64_t *id; /* owned */
    size_t   n, capacity, at;
} repeats;

static castmap_status load_repeats(castmap_context *ctx, cm_db *db, repeats *out)
{
    cm_query *query = NULL;
    bool row = true;
    castmap_status status = cm_query_open(ctx, db, "SELECT DISTINCT observation FROM repair WHERE field = 'duplicate' AND observation IS NOT NULL"
                                                   " ORDER BY observation", &query);

    while (!status) {
        status = cm_query_step(ctx, query, &row);
        if (status || !row)
            break;
        if (cm_grow(&out->id, &out->capacity, out->n + 1, sizeof *out->id) != 0)
            status = cm_fail_memory(ctx);
        else
            out->id[out->n++] = cm_query_integer(query, 0);
    }
    cm_query_close(query);
    return status;
}

/* Asked in order of ids. */
static bool repeats_another(repeats *list, int64_t id)
{
    while (list->at < list->n && list->id[list->at] < id)
        list->at++;
    return list->at < list->n && list->id[list->at] == id;
}

castmap_status cm_observations_load(castmap_context *ctx, castmap_project *project, int64_t from_s, int64_t to_s,
                                    const char *category, cm_observation_set *out)
{
    cm_observation_set set = {0};
    names categories = {0}, sources = {0};
    repeats marked = {0};
    cm_query *query = NULL;
    int64_t total = 0, seen = 0;
    uint64_t checksum = 0;
    bool row = true, sound = true;

    castmap_status status = load_names(ctx, project->db, "category", &categories);
    if (!status)
        status = load_names(ctx, project->db, "source", &sources);
    if (!status && category && *category)
        status = choose(ctx, &categories, category);
    if (!status)
        status = load_repeats(ctx, project->db, &marked);
    if (!status)
        status = cm_db_integer(ctx, project->db, "SELECT count(*) FROM observation", &total);
    if (!status)
        status = allocate(ctx, &set, (size_t)total + 1);
    if (!status)
        status = cm_query_open(ctx, project->db,
                               "SELECT id, lon, lat, accuracy_m, place, from_s, to_s, time_known, category, source,"
                               " source_grade, information_grade, handling FROM observation ORDER BY id", &query);
    while (!status) {
        status = cm_query_step(ctx, query, &row);
        if (status || !row || seen == total)
            break;
        const size_t at = set.count;
        checksum += read_row(query, &categories, &sources, &set, at, &sound);
        seen++;
        const bool chosen = !categories.wanted || (set.category[at] >= 0 && categories.wanted[set.category[at]]);
        if (!chosen || !overlaps(set.from_s[at], set.to_s[at], from_s, to_s))
            continue;
        if (repeats_another(&marked, set.id[at]))
            set.repeats++;
        else
            set.count++;
    }
    cm_query_close(query);
    if (!status)
        status = check_sums(ctx, project->db, row ? seen + 1 : seen, checksum, sound);
    if (!status) {
        project->read_observations = true;
        set.n_categories = categories.count;
        set.category_name = categories.name;
        set.n_sources = sources.count;
        set.source_name = sources.name;
        categories.name = sources.name = NULL;
        categories.count = sources.count = 0;
        *out = set;
    } else {
        cm_observation_set_clear(&set);
    }
    names_clear(&categories);
    names_clear(&sources);
    free(marked.id);
    return status;
}

void cm_observation_set_clear(cm_observation_set *set)
{
    free(set->id);
    free(set->lon);
    free(set->lat);
    free(set->accuracy_m);
    free(set->precision);
    free(set->from_s);
    free(set->to_s);
    free(set->when);
    free(set->category);
    free(set->source);
    free(set->source_grade);
    free(set->information_grade);
    free(set->handling);
    for (size_t i = 0; i < set->n_categories; i++)
        free(set->category_name[i]);
    for (size_t i = 0; i < set->n_sources; i++)
        free(set->source_name[i]);
    free(set->category_name);
    free(set->source_name);
    *set = (cm_observation_set){0};
}

castmap_status cm_observation_text(castmap_context *ctx, castmap_project *project, int64_t id, char **text,
                                   char **record_id)
{
    cm_query *query = NULL;
    char *found_text = NULL, *found_id = NULL;
    bool row = false;

    castmap_status status = cm_query_open(ctx, project->db, "SELECT text, record_id FROM observation WHERE id = ?", &query);
    if (!status) {
        cm_query_bind_integer(query, 1, id);
        status = cm_query_step(ctx, query, &row);
    }
    if (!status && !row)
        status = cm_fail(ctx, CASTMAP_E_NOT_FOUND, "there is no observation %" PRId64, id);
    if (!status)
        status = cm_query_copy(ctx, query, 0, &found_text);
    if (!status)
        status = cm_query_copy(ctx, query, 1, &found_id);
    cm_query_close(query);
    if (status) {
        free(found_text);
        free(found_id);
        return status;
    }
    *text = found_text;
    *record_id = found_id;
    return CASTMAP_OK;
}
