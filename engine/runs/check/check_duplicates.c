/*
 * runs/check/check_duplicates.c - records that may tell of one event.
 *
 * Equal content (what was understood, by its hash) within a file is kept by the import, since two of a kind may well have happened. Where a place is no
 * map point and a time is known to the hour, that is hard to believe, and the later one can be marked. Near duplicates are looked for among times known
 * to the minute, in a window that slides along time.
 */
#include "runs/check/findings.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "base/time_text.h"

#define NEAR_M 25.0
#define NEAR_S 900
#define MOST_NEIGHBOURS 256 /* of one record in the window: a crowd of times is no sign of one event */
#define DEGREE_M 111320.0

/* id, first of the same content, and for SAME_ROW whether it can be told and is not marked yet. */
static castmap_status check_contents(cm_check *check, const char *sql, bool within)
{
    cm_query *query = NULL;
    bool row = true;
    struct pair { int64_t id, first; bool sharp; } *pairs = NULL;
    size_t n = 0, capacity = 0;
    castmap_status status = cm_query_open(check->ctx, check->project->db, sql, &query);

    while (!status) {
        status = cm_query_step(check->ctx, query, &row);
        if (status || !row)
            break;
        if (cm_grow(&pairs, &capacity, n + 1, sizeof *pairs) != 0)
            status = cm_fail_memory(check->ctx);
        else
            pairs[n++] = (struct pair){cm_query_integer(query, 0), cm_query_integer(query, 1), cm_query_integer(query, 2) != 0};
    }
    cm_query_close(query);
    for (size_t i = 0; i < n && !status; i++) {
        const cm_change mark = {.field = CM_REPAIR_DUPLICATE, .first = pairs[i].first};
        if (!within)
            status = cm_found_observation(check, CM_RULE_SAME_RECORD, pairs[i].id, NULL);
        else
            status = cm_found_observation(check, pairs[i].sharp ? CM_RULE_SAME_ROW : CM_RULE_ALIKE_ROWS, pairs[i].id, pairs[i].sharp ? &mark : NULL);
    }
    free(pairs);
    return status;
}

/* 1 to 3: an instant, a minute, an hour; 1 and 2: a place that is exact, or known to a street. */
static const char WITHIN[] =
    "SELECT o.id, f.first, o.time_known BETWEEN 1 AND 3 AND o.place IN (1, 2) FROM observation AS o JOIN"
    " (SELECT batch, content_hash, min(id) AS first FROM observation GROUP BY batch, content_hash HAVING count(*) > 1) AS f"
    " ON f.batch = o.batch AND f.content_hash = o.content_hash AND f.first <> o.id"
    " WHERE NOT EXISTS (SELECT 1 FROM repair AS r WHERE r.observation = o.id AND r.field = 'duplicate') ORDER BY o.id";
static const char ACROSS[] =
    "SELECT o.id, f.first, 0 FROM observation AS o JOIN"
    " (SELECT content_hash, min(id) AS first, min(batch) AS batch FROM observation GROUP BY content_hash HAVING min(batch) <> max(batch)) AS f"
    " ON f.content_hash = o.content_hash AND f.batch <> o.batch ORDER BY o.id";

typedef struct sharp {
    size_t  at;     /* place in the set */
    int64_t from_s;
} sharp;

static int by_time(const void *a, const void *b)
{
    const sharp *x = a, *y = b;

    if (x->from_s != y->from_s)
        return x->from_s < y->from_s ? -1 : 1;
    return (x->at > y->at) - (x->at < y->at);
}

static bool near(const cm_observation_set *set, size_t a, size_t b)
{
    const double north = (set->lat[a] - set->lat[b]) * DEGREE_M;
    const double east = (set->lon[a] - set->lon[b]) * DEGREE_M * cos(set->lat[a] * (3.14159265358979323846 / 180));

    return set->category[a] == set->category[b] && north * north + east * east <= NEAR_M * NEAR_M;
}

/* Equal in everything an analysis reads: told by the other rules. */
static bool equal(const cm_observation_set *set, size_t a, size_t b)
{
    return set->from_s[a] == set->from_s[b] && !(fabs(set->lon[a] - set->lon[b]) > 1e-9) && !(fabs(set->lat[a] - set->lat[b]) > 1e-9);
}

static castmap_status check_near(cm_check *check)
{
    const cm_observation_set *set = &check->set;
    sharp *list = cm_alloc(set->count, sizeof *list);
    bool *told = cm_alloc_zero(set->count + 1, sizeof *told);
    size_t n = 0;
    castmap_status status = list && told ? CASTMAP_OK : cm_fail_memory(check->ctx);

    for (size_t i = 0; !status && i < set->count; i++) {
        const bool minute = set->when[i] == CM_WHEN_INSTANT || set->when[i] == CM_WHEN_MINUTE;
        if (minute && set->precision[i] == CM_PLACE_EXACT)
            list[n++] = (sharp){i, set->from_s[i]};
    }
    if (!status && n > 1)
        qsort(list, n, sizeof *list, by_time);
    for (size_t i = 0; !status && i < n; i++) {
        if (i % 4096 == 0 && cm_cancelled(check->ctx))
            status = cm_fail_cancelled(check->ctx);
        for (size_t k = i + 1; k < n && k <= i + MOST_NEIGHBOURS && list[k].from_s - list[i].from_s <= NEAR_S; k++) {
            if (near(set, list[i].at, list[k].at) && !equal(set, list[i].at, list[k].at))
                told[list[i].at > list[k].at ? list[i].at : list[k].at] = true;
        }
    }
    for (size_t i = 0; !status && i < set->count; i++) {
        if (told[i])
            status = cm_found_observation(check, CM_RULE_NEAR_DUPLICATE, set->id[i], NULL);
    }
    free(list);
    free(told);
    return status;
}

/* Marks of earlier repairs, not of this one. */
static castmap_status check_marked(cm_check *check)
{
    cm_query *query = NULL;
    bool row = true;
    castmap_status status = cm_query_open(check->ctx, check->project->db, "SELECT DISTINCT observation FROM repair WHERE field = 'duplicate'"
                                          " AND observation IS NOT NULL ORDER BY observation", &query);

    while (!status) {
        status = cm_query_step(check->ctx, query, &row);
        if (status || !row)
            break;
        status = cm_found_observation(check, CM_RULE_REPEATS, cm_query_integer(query, 0), NULL);
    }
    cm_query_close(query);
    return status;
}

castmap_status cm_check_duplicates(cm_check *check)
{
    castmap_status status = check->wanted[CM_RULE_REPEATS] ? check_marked(check) : CASTMAP_OK;

    if (!status && (check->wanted[CM_RULE_SAME_ROW] || check->wanted[CM_RULE_ALIKE_ROWS]))
        status = check_contents(check, WITHIN, true);
    if (!status && check->wanted[CM_RULE_SAME_RECORD])
        status = check_contents(check, ACROSS, false);
    if (!status && check->wanted[CM_RULE_NEAR_DUPLICATE])
        status = check_near(check);
    return status;
}
