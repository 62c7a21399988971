/*
 * space/index/area_locator_cell.c - what becomes of a cell that borders touch: a leaf, or a split into smaller cells.
 *
 * Areas that come after one which holds the whole cell can never be the answer in it: they and their edges are dropped, at every
 * depth. So where areas overlap, cells keep only what can still decide.
 */
#include "space/index/area_locator.h"

#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LEAF_EDGES 6u /* different edges that a leaf may have before it is split */
#define MAX_DEPTH 8u

int cm_locator_compare(const void *left, const void *right)
{
    const cm_locator_segment *a = left, *b = right;

    if (a->ax != b->ax)
        return a->ax < b->ax ? -1 : 1;
    if (a->ay != b->ay)
        return a->ay < b->ay ? -1 : 1;
    if (a->bx != b->bx)
        return a->bx < b->bx ? -1 : 1;
    if (a->by != b->by)
        return a->by < b->by ? -1 : 1;
    return (a->rank > b->rank) - (a->rank < b->rank);
}

static bool same_place(const cm_locator_segment *a, const cm_locator_segment *b)
{
    return a->ax == b->ax && a->ay == b->ay && a->bx == b->bx && a->by == b->by;
}

bool cm_locator_columns(const cm_locator_segment *s, double west, double bottom, double top, double per_m, double pad_m,
                        double *first, double *last)
{
    const double low = bottom - pad_m, high = top + pad_m;
    const double min_y = fmin(s->ay, s->by), max_y = fmax(s->ay, s->by);

    if (max_y < low || min_y > high)
        return false;
    double min_x = s->ax, max_x = s->bx;
    if (min_y < low || max_y > high) {
        /* Cut at the padded row. The pad is larger than the rounding of y, so the part inside the row itself is never cut; the rounding
         * of x is covered by the pad added below, and by keeping within the segment. */
        const double slope = (s->bx - s->ax) / (s->by - s->ay);
        const double at_low = s->ax + (low - s->ay) * slope, at_high = s->ax + (high - s->ay) * slope;
        const double cut_min = fmin(at_low, at_high), cut_max = fmax(at_low, at_high);
        if (min_y < low && max_y > high) {
            min_x = fmax(min_x, cut_min);
            max_x = fmin(max_x, cut_max);
        } else {
            const double at = min_y < low ? at_low : at_high;
            const bool keeps_a = min_y < low ? s->ay > s->by : s->ay < s->by;
            if (keeps_a)
                max_x = fmin(max_x, at);
            else
                min_x = fmax(min_x, at);
        }
        if (!(min_x <= max_x)) { /* rounding of a nearly level segment */
            min_x = s->ax;
            max_x = s->bx;
        }
    }
    *first = floor((min_x - pad_m - west) * per_m);
    *last = floor((max_x + pad_m - west) * per_m);
    return true;
}

static castmap_status add_leaf(cm_locator_strip *strip, const cm_locator_cell *cell, const uint32_t *area_of,
                               uint32_t *code)
{
    uint32_t first_leaf = 0;

    for (size_t begin = 0; begin < cell->n_ranks; begin += CM_LOCATOR_GROUP) {
        const size_t left = cell->n_ranks - begin, members = left < CM_LOCATOR_GROUP ? left : CM_LOCATOR_GROUP;
        const uint32_t low = cell->ranks[begin], high = cell->ranks[begin + members - 1];

        if (cm_grow(&strip->leaves, &strip->leaf_room, strip->n_leaves + 1, sizeof *strip->leaves) ||
            cm_grow(&strip->members, &strip->member_room, strip->n_members + members, sizeof *strip->members) ||
            cm_grow(&strip->edges, &strip->edge_room, strip->n_edges + cell->n_segments, sizeof *strip->edges))
            return CASTMAP_E_NOMEM;
        if (strip->n_edges > UINT32_MAX - cell->n_segments || strip->n_leaves >= CM_LOCATOR_NUMBER ||
            strip->n_members > UINT32_MAX - members)
            return CASTMAP_E_LIMIT;
        cm_locator_leaf leaf = {.first_edge = (uint32_t)strip->n_edges, .first_member = (uint32_t)strip->n_members};
        for (size_t k = 0; k < members; k++) {
            strip->members[strip->n_members++] = (int32_t)area_of[cell->ranks[begin + k]];
            leaf.inside |= (uint32_t)cell->inside[begin + k] << k;
        }
        const cm_locator_segment *before = NULL;
        for (size_t i = 0; i < cell->n_segments; i++) {
            const cm_locator_segment *s = &cell->segments[i];
            if (s->rank < low || s->rank > high)
                continue;
            if (!before || !same_place(before, s))
                strip->edges[strip->n_edges++] = (cm_locator_edge){s->ax, s->ay, s->bx, s->by, 0, 0};
            before = s;
            size_t k = 0;
            while (cell->ranks[begin + k] != s->rank)
                k++;
            strip->edges[strip->n_edges - 1].flips ^= UINT32_C(1) << k;
            strip->edges[strip->n_edges - 1].touches |= UINT32_C(1) << k;
        }
        leaf.n_edges = (uint32_t)(strip->n_edges - leaf.first_edge);
        leaf.cover = cell->cover == UINT32_MAX ? CASTMAP_NO_AREA : (int32_t)area_of[cell->cover];
        if (begin == 0)
            first_leaf = (uint32_t)strip->n_leaves;
        else
            strip->leaves[strip->n_leaves - 1].next = (uint32_t)strip->n_leaves + 1;
        strip->leaves[strip->n_leaves++] = leaf;
    }
    *code = CM_LOCATOR_LEAF | first_leaf;
    return CASTMAP_OK;
}

/* Forget the areas that come after the cover, and count the different edges that remain. */
static size_t drop_hidden(cm_locator_cell *cell)
{
    size_t kept = 0, different = 0;

    while (cell->n_ranks > 0 && cell->ranks[cell->n_ranks - 1] > cell->cover)
        cell->n_ranks--;
    for (size_t i = 0; i < cell->n_segments; i++) {
        if (cell->segments[i].rank > cell->cover)
            continue;
        different += kept == 0 || !same_place(&cell->segments[kept - 1], &cell->segments[i]);
        cell->segments[kept++] = cell->segments[i];
    }
    cell->n_segments = kept;
    return different;
}

/* Scratch of one split. */
typedef struct split {
    double              *first, *last; /* [n_segments] columns in this row */
    cm_locator_segment  *segments;     /* [n_segments] of one small cell */
    uint32_t            *ranks;        /* [n_ranks] */
    bool                *now, *inside; /* [n_ranks] at the present centre; of the small cell's areas */
    bool                *bounds;       /* [n_ranks] whether it has an edge in the small cell */
} split;

static size_t find_rank(const cm_locator_cell *cell, uint32_t rank)
{
    size_t low = 0, high = cell->n_ranks;

    while (high - low > 1) {
        const size_t middle = (low + high) / 2;
        if (cell->ranks[middle] <= rank)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static void walk(const cm_locator_cell *cell, bool *inside, double rx, double ry, double px, double py)
{
    for (size_t i = 0; i < cell->n_segments; i++) {
        const cm_locator_segment *s = &cell->segments[i];
        if (cm_locator_crosses(s->ax, s->ay, s->bx, s->by, rx, ry, px, py))
            inside[find_rank(cell, s->rank)] ^= true;
    }
}

static void fill_small_cell(const cm_locator_cell *cell, split *work, double column, cm_locator_cell *small)
{
    small->segments = work->segments;
    small->ranks = work->ranks;
    small->inside = work->inside;
    small->n_segments = small->n_ranks = 0;
    small->cover = cell->cover;
    memset(work->bounds, 0, cell->n_ranks * sizeof *work->bounds);
    for (size_t i = 0; i < cell->n_segments; i++) {
        if (!(work->first[i] <= column && work->last[i] >= column))
            continue;
        small->segments[small->n_segments++] = cell->segments[i];
        work->bounds[find_rank(cell, cell->segments[i].rank)] = true;
    }
    for (size_t k = 0; k < cell->n_ranks; k++) {
        if (work->bounds[k]) {
            small->ranks[small->n_ranks] = cell->ranks[k];
            small->inside[small->n_ranks++] = work->now[k];
        } else if (work->now[k]) {
            small->cover = cell->ranks[k]; /* lower than any cover: others were dropped */
            break;                         /* later areas are hidden by it */
        }
    }
}

static castmap_status split_cell(cm_locator_strip *strip, const cm_locator_cell *cell, unsigned log_side, split *work,
                                 const uint32_t *area_of, double slack_m, uint32_t *code)
{
    const size_t side = (size_t)1 << log_side, at = strip->n_codes;
    const double side_m = cell->side_m / (double)side, pad_m = slack_m + 1e-7 * side_m;

    if (at + side * side + 1 > CM_LOCATOR_NUMBER)
        return CASTMAP_E_LIMIT;
    if (cm_grow(&strip->codes, &strip->code_room, at + side * side + 1, sizeof *strip->codes))
        return CASTMAP_E_NOMEM;
    strip->n_codes = at + side * side + 1;
    strip->codes[at] = log_side;
    for (size_t j = 0; j < side; j++) {
        const double south = cell->y + (double)j * side_m, y = south + 0.5 * side_m;
        double from_x = cell->x + 0.5 * cell->side_m, from_y = cell->y + 0.5 * cell->side_m;

        for (size_t i = 0; i < cell->n_segments; i++) {
            if (!cm_locator_columns(&cell->segments[i], cell->x, south, south + side_m, 1.0 / side_m, pad_m,
                                    &work->first[i], &work->last[i]))
                work->first[i] = (double)side + 1.0; /* no column */
        }
        memcpy(work->now, cell->inside, cell->n_ranks * sizeof *work->now);
        for (size_t i = 0; i < side; i++) {
            const double west = cell->x + (double)i * side_m, x = west + 0.5 * side_m;
            cm_locator_cell small = {.x = west, .y = south, .side_m = side_m, .depth = cell->depth + 1};
            uint32_t small_code;

            walk(cell, work->now, from_x, from_y, x, y);
            from_x = x;
            from_y = y;
            fill_small_cell(cell, work, (double)i, &small);
            castmap_status status = cm_locator_cell_make(strip, &small, area_of, slack_m, &small_code);
            if (status)
                return status;
            strip->codes[at + 1 + j * side + i] = small_code;
        }
    }
    *code = CM_LOCATOR_SPLIT | (uint32_t)at;
    return CASTMAP_OK;
}

castmap_status cm_locator_cell_make(cm_locator_strip *strip, cm_locator_cell *cell, const uint32_t *area_of,
                                    double slack_m, uint32_t *code)
{
    const size_t different = drop_hidden(cell);

    if (different == 0) {
        *code = cell->cover == UINT32_MAX ? 0 : area_of[cell->cover] + 1;
        return CASTMAP_OK;
    }
    const unsigned log_side = different <= 32 ? 2 : different <= 256 ? 3 : 4;
    if (different <= LEAF_EDGES || cell->depth >= MAX_DEPTH || cell->side_m / 16.0 < 64.0 * slack_m)
        return add_leaf(strip, cell, area_of, code);

    const size_t n = cell->n_segments, m = cell->n_ranks;
    split work = {cm_alloc(n, sizeof(double)),   cm_alloc(n, sizeof(double)), cm_alloc(n, sizeof(cm_locator_segment)),
                  cm_alloc(m, sizeof(uint32_t)), cm_alloc(m, sizeof(bool)),   cm_alloc(m, sizeof(bool)),
                  cm_alloc(m, sizeof(bool))};
    castmap_status status = CASTMAP_E_NOMEM;
    if (work.first && work.last && work.segments && work.ranks && work.now && work.inside && work.bounds)
        status = split_cell(strip, cell, log_side, &work, area_of, slack_m, code);
    free(work.first);
    free(work.last);
    free(work.segments);
    free(work.ranks);
    free(work.now);
    free(work.inside);
    free(work.bounds);
    return status;
}
