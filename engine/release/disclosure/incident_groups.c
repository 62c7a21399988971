/*
 * release/disclosure/incident_groups.c - unite records that are repeats of one another.
 *
 *   1. sort_by_cell   records of one source and category by cells of 35 m, whose members are all within 50 m
 *   2. unite          each cell's members at once; then cells in reach, pair by pair, until one pair is near enough
 *   3. collect        the earliest record of each set speaks for it
 */
#include "release/disclosure/incident_groups.h"

#include "base/disjoint_set.h"
#include "base/fail.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define CELL_M (CM_SAME_PLACE_M * 0.7071067811865475)

int64_t cm_when_key_day(int64_t days)
{
    return days * 2;
}

int64_t cm_when_key_month(int64_t month)
{
    return month * 2 + 1;
}

int cm_when_key_is_day(int64_t key)
{
    return key % 2 == 0;
}

typedef struct item {
    int64_t  column, row;
    int32_t  source, category;
    uint32_t index;
} item;

typedef struct grouping {
    const cm_report *reports;
    item            *items;  /* owned [n]; only records that can have repeats */
    size_t           n;
    cm_disjoint_set  sets;
} grouping;

static int compare_cell(const item *a, const item *b)
{
    if (a->source != b->source)
        return a->source < b->source ? -1 : 1;
    if (a->category != b->category)
        return a->category < b->category ? -1 : 1;
    if (a->row != b->row)
        return a->row < b->row ? -1 : 1;
    return (a->column > b->column) - (a->column < b->column);
}

static int compare_items(const void *left, const void *right)
{
    const item *a = left, *b = right;
    const int order = compare_cell(a, b);

    return order ? order : (a->index > b->index) - (a->index < b->index);
}

static double reach_m(const cm_report *report)
{
    const double accuracy = isfinite(report->accuracy_m) ? report->accuracy_m : 0.0;

    return fmin(fmax(accuracy, CM_SAME_PLACE_M), CM_SAME_PLACE_LARGEST_M);
}

static bool same_place(const cm_report *a, const cm_report *b)
{
    const double dx = a->x - b->x, dy = a->y - b->y, reach = fmax(reach_m(a), reach_m(b));

    return dx * dx + dy * dy <= reach * reach;
}

/* First item not before `key` by cell. */
static size_t lower_bound(const grouping *g, const item *key)
{
    size_t low = 0, high = g->n;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (compare_cell(&g->items[middle], key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static size_t cell_end(const grouping *g, size_t begin)
{
    size_t end = begin + 1;

    while (end < g->n && compare_cell(&g->items[end], &g->items[begin]) == 0)
        end++;
    return end;
}

/* Two cells are one set as soon as one pair of their members is near enough. */
static void unite_cells(grouping *g, size_t a_begin, size_t a_end, size_t b_begin, size_t b_end)
{
    const uint32_t a_first = g->items[a_begin].index, b_first = g->items[b_begin].index;

    if (cm_disjoint_set_find(&g->sets, a_first) == cm_disjoint_set_find(&g->sets, b_first))
        return;
    for (size_t i = a_begin; i < a_end; i++) {
        for (size_t j = b_begin; j < b_end; j++) {
            if (same_place(&g->reports[g->items[i].index], &g->reports[g->items[j].index])) {
                cm_disjoint_set_unite(&g->sets, a_first, b_first);
                return;
            }
        }
    }
}

static void unite_around(grouping *g, size_t begin, size_t end)
{
    double reach = 0.0;

    for (size_t i = begin; i < end; i++) {
        reach = fmax(reach, reach_m(&g->reports[g->items[i].index]));
        cm_disjoint_set_unite(&g->sets, g->items[begin].index, g->items[i].index);
    }
    const int64_t cells = (int64_t)ceil(reach / CELL_M);
    const item *here = &g->items[begin];
    for (int64_t row = here->row - cells; row <= here->row + cells; row++) {
        item key = *here;
        key.row = row;
        key.column = here->column - cells;
        for (size_t at = lower_bound(g, &key); at < g->n;) {
            const item *there = &g->items[at];
            if (there->source != here->source || there->category != here->category || there->row != row ||
                there->column > here->column + cells)
                break;
            const size_t there_end = cell_end(g, at);
            if (at != begin)
                unite_cells(g, begin, end, at, there_end);
            at = there_end;
        }
    }
}

static bool earlier(const cm_report *a, const cm_report *b)
{
    /* A day that is known speaks before a month that may hold it. */
    const bool a_day = a->when != CM_WHEN_KEY_NONE && cm_when_key_is_day(a->when);
    const bool b_day = b->when != CM_WHEN_KEY_NONE && cm_when_key_is_day(b->when);

    if (a_day != b_day)
        return a_day;
    if (a->when != b->when)
        return a->when < b->when;
    if (a->x != b->x)
        return a->x < b->x;
    if (a->y != b->y)
        return a->y < b->y;
    return a->place > b->place;
}

static castmap_status collect(castmap_context *ctx, grouping *g, size_t n, cm_incident **out, size_t *n_out)
{
    uint32_t *spokesman = cm_alloc(n, sizeof *spokesman);
    cm_incident *incidents = cm_alloc(n, sizeof *incidents);
    size_t k = 0;

    if (!spokesman || !incidents) {
        free(spokesman);
        free(incidents);
        return cm_fail_memory(ctx);
    }
    for (size_t i = 0; i < n; i++)
        spokesman[i] = (uint32_t)i;
    for (size_t i = 0; i < n; i++) {
        const uint32_t root = cm_disjoint_set_find(&g->sets, (uint32_t)i);
        if (earlier(&g->reports[i], &g->reports[spokesman[root]]))
            spokesman[root] = (uint32_t)i;
    }
    for (size_t i = 0; i < n; i++) {
        if (cm_disjoint_set_find(&g->sets, (uint32_t)i) != i)
            continue;
        const cm_report *r = &g->reports[spokesman[i]];
        incidents[k++] = (cm_incident){r->x, r->y, r->when, r->source, r->place};
    }
    free(spokesman);
    *out = incidents;
    *n_out = k;
    return CASTMAP_OK;
}

castmap_status cm_incidents_make(castmap_context *ctx, const cm_report *reports, size_t n, bool merge,
                                 cm_incident **incidents, size_t *n_incidents)
{
    grouping g = {.reports = reports};
    castmap_status status = CASTMAP_OK;

    if (n > UINT32_MAX - 1)
        return cm_fail(ctx, CASTMAP_E_LIMIT, "more than 4,294,967,294 records in one release");
    g.items = cm_alloc(n, sizeof *g.items);
    if (!g.items || cm_disjoint_set_init(&g.sets, n)) {
        status = cm_fail_memory(ctx);
        goto done;
    }
    for (size_t i = 0; merge && i < n; i++) {
        const cm_report *r = &reports[i];
        if (r->source < 0 && r->shared_place)
            continue;
        g.items[g.n++] = (item){(int64_t)floor(r->x / CELL_M), (int64_t)floor(r->y / CELL_M), r->source, r->category,
                                (uint32_t)i};
    }
    qsort(g.items, g.n, sizeof *g.items, compare_items);
    for (size_t begin = 0; begin < g.n;) {
        const size_t end = cell_end(&g, begin);
        unite_around(&g, begin, end);
        begin = end;
        if (cm_cancelled(ctx)) {
            status = cm_fail_cancelled(ctx);
            goto done;
        }
    }
    status = collect(ctx, &g, n, incidents, n_incidents);

done:
    free(g.items);
    cm_disjoint_set_clear(&g.sets);
    return status;
}
