/* release/disclosure/published_months.c */
#include "release/disclosure/published_months.h"

#include "base/fail.h"
#include "base/memory.h"
#include "base/time_text.h"
#include "release/disclosure/lattice.h"

#include <json-c/json.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void cm_published_months_clear(cm_published_months *months)
{
    free(months->month);
    *months = (cm_published_months){0};
}

static int64_t month_of_days(int64_t days)
{
    int64_t year;
    unsigned month, day;

    cm_civil_from_days(days, &year, &month, &day);
    return year * 12 + (int64_t)month - 1;
}

int64_t cm_when_key_month_of(int64_t when)
{
    return cm_when_key_is_day(when) ? month_of_days(when / 2) : (when - 1) / 2;
}

static int add_month(cm_published_months *out, size_t *room, int64_t month)
{
    if (cm_grow(&out->month, room, out->n + 1, sizeof *out->month))
        return -1;
    out->month[out->n++] = month;
    return 0;
}

/* Do these groups pass by themselves? scratch [2n], member [n]. */
static bool passes(const cm_policy *policy, const cm_incident *incidents, size_t n, bool sources_recorded, uint32_t *member, int64_t *scratch)
{
    for (size_t i = 0; i < n; i++)
        member[i] = (uint32_t)i;
    return cm_floors_pass(policy, incidents, member, n, sources_recorded, scratch);
}

/* ---- reports ---------------------------------------------------------------------------------------------------- */

typedef struct dated {
    int64_t  month;
    uint32_t report;
} dated;

static int compare_dated(const void *left, const void *right)
{
    const dated *a = left, *b = right;

    if (a->month != b->month)
        return a->month < b->month ? -1 : 1;
    return (a->report > b->report) - (a->report < b->report);
}

static int compare_cells(const void *left, const void *right)
{
    const cm_ledger_cell *a = left, *b = right;

    if (a->side_m != b->side_m)
        return a->side_m < b->side_m ? 1 : -1;
    if (a->row != b->row)
        return a->row < b->row ? -1 : 1;
    return (a->column > b->column) - (a->column < b->column);
}

static bool is_shown(const cm_report *report, const cm_ledger_cell *cell, size_t n_cells)
{
    for (double side = CM_LATTICE_SMALLEST_M; side <= CM_LATTICE_TOP_M && n_cells > 0; side *= 2.0) {
        const cm_ledger_cell key = {.side_m = side, .column = (int64_t)floor(report->x / side), .row = (int64_t)floor(report->y / side)};
        if (bsearch(&key, cell, n_cells, sizeof *cell, compare_cells))
            return true;
    }
    return false;
}

castmap_status cm_published_months_count(castmap_context *ctx, const cm_policy *policy, const cm_report *reports, const bool *wide, size_t n,
                                         bool sources_recorded, const cm_ledger_cell *cell, size_t n_cells, cm_published_months *out)
{
    cm_published_months made = {.present = true};
    dated *list = cm_alloc(n, sizeof *list);
    cm_report *own = cm_alloc(n, sizeof *own);
    uint32_t *member = cm_alloc(n, sizeof *member);
    int64_t *scratch = cm_alloc(2 * n, sizeof *scratch);
    size_t count = 0, room = 0;
    castmap_status status = list && own && member && scratch ? CASTMAP_OK : cm_fail_memory(ctx);

    for (size_t i = 0; i < n && !status; i++) {
        if (reports[i].when != CM_WHEN_KEY_NONE && !(wide && wide[i]) && is_shown(&reports[i], cell, n_cells))
            list[count++] = (dated){cm_when_key_month_of(reports[i].when), (uint32_t)i};
    }
    if (count > 1)
        qsort(list, count, sizeof *list, compare_dated);
    for (size_t begin = 0, end; begin < count && !status; begin = end) {
        cm_incident *incidents = NULL;
        size_t groups = 0;
        for (end = begin; end < count && list[end].month == list[begin].month; end++)
            own[end - begin] = reports[list[end].report];
        status = cm_incidents_make(ctx, own, end - begin, policy->merge_repeats, &incidents, &groups); /* of this month alone */
        if (!status && passes(policy, incidents, groups, sources_recorded, member, scratch) && add_month(&made, &room, list[begin].month))
            status = cm_fail_memory(ctx);
        free(incidents);
    }
    free(list);
    free(own);
    free(member);
    free(scratch);
    if (status)
        cm_published_months_clear(&made);
    else
        *out = made;
    return status;
}

/* ---- movements -------------------------------------------------------------------------------------------------- */

castmap_status cm_published_months_of_flows(castmap_context *ctx, const cm_policy *policy, const cm_flow_move *moves, size_t n, cm_published_months *out)
{
    cm_published_months made = {.present = true};
    cm_flow_move *own = cm_alloc(n, sizeof *own);
    cm_incident *incidents = cm_alloc(n, sizeof *incidents);
    uint32_t *member = cm_alloc(n, sizeof *member);
    int64_t *scratch = cm_alloc(2 * n, sizeof *scratch);
    size_t count = 0, room = 0;
    castmap_status status = own && incidents && member && scratch ? CASTMAP_OK : cm_fail_memory(ctx);

    for (size_t i = 0; i < n && !status; i++) {
        if (!moves[i].wide)
            own[count++] = (cm_flow_move){cm_when_key_month_of(moves[i].when), 0, moves[i].person, moves[i].when, moves[i].source, false};
    }
    if (count > 1)
        qsort(own, count, sizeof *own, cm_flow_compare_moves);
    for (size_t begin = 0, end; begin < count && !status; begin = end) {
        bool sources;
        for (end = begin; end < count && own[end].from == own[begin].from; end++)
            continue;
        const size_t groups = cm_flow_groups(own, begin, end, incidents, &sources);
        if (passes(policy, incidents, groups, sources, member, scratch) && add_month(&made, &room, own[begin].from))
            status = cm_fail_memory(ctx);
    }
    free(own);
    free(incidents);
    free(member);
    free(scratch);
    if (status)
        cm_published_months_clear(&made);
    else
        *out = made;
    return status;
}

/* ---- ledger ----------------------------------------------------------------------------------------------------- */

void cm_published_months_to_json(cm_json *json, const char *name, const cm_published_months *months)
{
    if (!months->present)
        return;
    cm_json_array(json, name);
    for (size_t i = 0; i < months->n; i++)
        cm_json_integer(json, NULL, months->month[i]);
    cm_json_end_array(json);
}

castmap_status cm_published_months_from_json(castmap_context *ctx, struct json_object *document, const char *name, cm_published_months *out)
{
    cm_published_months made = {.present = true};
    struct json_object *list;
    size_t room = 0;

    if (!json_object_object_get_ex(document, name, &list))
        return CASTMAP_OK;
    if (!json_object_is_type(list, json_type_array))
        return cm_fail(ctx, CASTMAP_E_PROJECT, "the months of a release in the ledger cannot be read");
    for (size_t i = 0; i < json_object_array_length(list); i++) {
        if (add_month(&made, &room, json_object_get_int64(json_object_array_get_idx(list, i)))) {
            cm_published_months_clear(&made);
            return cm_fail_memory(ctx);
        }
    }
    *out = made;
    return CASTMAP_OK;
}

/* ---- words ------------------------------------------------------------------------------------------------------ */

size_t cm_period_months(const cm_period *period)
{
    const int64_t day = 86400;

    return (size_t)(month_of_days((period->to_s - 1) / day) - month_of_days(period->from_s / day) + 1);
}

static size_t run_end(const cm_published_months *m, size_t begin)
{
    size_t end = begin + 1;

    while (end < m->n && m->month[end] == m->month[end - 1] + 1)
        end++;
    return end;
}

void cm_published_months_words(const cm_published_months *m, size_t most, char *out, size_t size)
{
    static const char *const NAMES[] = {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"};
    size_t runs = 0, run = 0, used = 0;

    out[0] = '\0';
    for (size_t i = 0; i < m->n; i = run_end(m, i))
        runs++;
    if (runs > most)
        return;
    for (size_t begin = 0, end; begin < m->n && used < size; begin = end, run++) {
        char words[80];
        end = run_end(m, begin);
        const int64_t first = m->month[begin], last = m->month[end - 1];
        const bool year_follows = end < m->n && m->month[run_end(m, end) - 1] / 12 == last / 12; /* the next piece ends in the same year and says it */
        int n = snprintf(words, sizeof words, "%s", NAMES[first % 12]);
        if (last != first && first / 12 != last / 12)
            n += snprintf(words + n, sizeof words - (size_t)n, " %lld", (long long)(first / 12));
        if (last != first)
            n += snprintf(words + n, sizeof words - (size_t)n, " to %s", NAMES[last % 12]);
        if (!year_follows)
            snprintf(words + n, sizeof words - (size_t)n, " %lld", (long long)(last / 12));
        used += (size_t)snprintf(out + used, size - used, "%s%s", run == 0 ? "" : run + 1 == runs ? " and " : ", ", words);
    }
}
