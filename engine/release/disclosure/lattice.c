/*
 * release/disclosure/lattice.c - the quadtree: sort groups along a Z-curve inside 8 km cells, then divide from the top.
 *
 * In that order each cell is one run of groups, so a floor is checked by looking at a run, and dividing is four binary searches.
 */
#include "release/disclosure/lattice.h"

#include "base/fail.h"
#include "base/memory.h"
#include "base/sort.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define ROOT_BITS 24 /* for each of row and column: +-67,000 km of 8 km cells */

typedef struct quadtree {
    const cm_policy   *policy;
    const cm_incident *incidents;
    bool      sources_recorded;
    int       levels;       /* the top cell's side is the base cell's times 2^levels */
    uint64_t *key;          /* owned [n], ascending */
    uint32_t *member;       /* owned [n], index of the group at each place of the order */
    uint64_t *building_key; /* owned [n_buildings], ascending */
    size_t    n_buildings;
    int64_t  *scratch;      /* owned [2n] */
    cm_lattice *lattice;    /* borrowed */
    size_t    capacity;
    bool      failed;
} quadtree;

void cm_lattice_clear(cm_lattice *lattice)
{
    free(lattice->cell);
    free(lattice->incident_cell);
    *lattice = (cm_lattice){0};
}

static int levels_of(double base_m)
{
    int levels = 0;

    for (double side = base_m; side < CM_LATTICE_TOP_M; side *= 2.0)
        levels++;
    return levels;
}

/* Root row and column, then two bits a level: row bit, column bit. */
static uint64_t cell_key(double x, double y, double base_m, int levels)
{
    const int64_t column = (int64_t)floor(x / base_m), row = (int64_t)floor(y / base_m);
    const int64_t width = (int64_t)1 << levels;
    const int64_t root_column = (int64_t)floor((double)column / (double)width);
    const int64_t root_row = (int64_t)floor((double)row / (double)width);
    const int64_t middle = (int64_t)1 << (ROOT_BITS - 1);
    uint64_t key = ((uint64_t)(root_row + middle) << ROOT_BITS) | (uint64_t)(root_column + middle);

    for (int level = levels - 1; level >= 0; level--) {
        const uint64_t row_bit = (uint64_t)((row - root_row * width) >> level) & 1u;
        const uint64_t column_bit = (uint64_t)((column - root_column * width) >> level) & 1u;
        key = key << 2 | row_bit << 1 | column_bit;
    }
    return key;
}

static void key_cell(uint64_t key, int depth, int64_t *column, int64_t *row)
{
    const int64_t middle = (int64_t)1 << (ROOT_BITS - 1);
    const uint64_t root = key >> (2 * depth);

    *column = (int64_t)(root & (((uint64_t)1 << ROOT_BITS) - 1)) - middle;
    *row = (int64_t)(root >> ROOT_BITS) - middle;
    for (int level = depth - 1; level >= 0; level--) {
        *row = *row * 2 + (int64_t)(key >> (2 * level + 1) & 1u);
        *column = *column * 2 + (int64_t)(key >> (2 * level) & 1u);
    }
}

static int compare_int64(const void *left, const void *right)
{
    const int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;

    return (a > b) - (a < b);
}

/* Distinct values of an array that may be sorted, and how often the commonest comes. */
static size_t distinct(int64_t *values, size_t n, size_t *most)
{
    size_t found = 0, run = 0;

    *most = 0;
    qsort(values, n, sizeof *values, compare_int64);
    for (size_t i = 0; i < n; i++) {
        run = i > 0 && values[i] == values[i - 1] ? run + 1 : 1;
        found += run == 1;
        if (run > *most)
            *most = run;
    }
    return found;
}

bool cm_floors_pass(const cm_policy *policy, const cm_incident *incidents, const uint32_t *member, size_t n,
                    bool sources_recorded, int64_t *scratch)
{
    size_t most, known = 0, unknown = 0;

    if (n < policy->min_groups)
        return false;
    if (sources_recorded) {
        for (size_t i = 0; i < n; i++)
            scratch[i] = incidents[member[i]].source; /* -1, all unnamed ones: taken for one source */
        if (distinct(scratch, n, &most) < policy->min_sources || most * policy->share_of > n * policy->share_over)
            return false;
    }
    for (size_t i = 0; i < n; i++) {
        const int64_t when = incidents[member[i]].when;
        unknown += when == CM_WHEN_KEY_NONE || !cm_when_key_is_day(when);
        if (when != CM_WHEN_KEY_NONE)
            scratch[known++] = when;
    }
    /* A month counts as one day; where days are not known, more groups stand in for them. */
    return distinct(scratch, known, &most) >= policy->min_days ||
           unknown >= policy->month_factor * policy->min_groups;
}

static size_t lower_bound(const uint64_t *keys, size_t low, size_t high, uint64_t key)
{
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (keys[middle] < key)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The cell of `prefix` at `level` (0: base) with groups [begin, end). */
static bool passes(quadtree *tree, uint64_t prefix, int level, size_t begin, size_t end)
{
    if (!cm_floors_pass(tree->policy, tree->incidents, tree->member + begin, end - begin, tree->sources_recorded,
                        tree->scratch))
        return false;
    if (tree->policy->min_buildings == 0)
        return true;
    const uint64_t first = prefix << (2 * level), past = (prefix + 1) << (2 * level);
    return lower_bound(tree->building_key, 0, tree->n_buildings, past) -
               lower_bound(tree->building_key, 0, tree->n_buildings, first) >= tree->policy->min_buildings;
}

static void show(quadtree *tree, uint64_t prefix, int level, size_t begin, size_t end)
{
    cm_lattice *lattice = tree->lattice;
    cm_ledger_cell cell = {.side_m = ldexp(tree->policy->base_cell_m, level),
                           .published = cm_policy_round(tree->policy, end - begin)};

    if (cm_grow(&lattice->cell, &tree->capacity, lattice->count + 1, sizeof cell)) {
        tree->failed = true;
        return;
    }
    key_cell(prefix, tree->levels - level, &cell.column, &cell.row);
    for (size_t i = begin; i < end; i++)
        lattice->incident_cell[tree->member[i]] = (int32_t)lattice->count;
    lattice->cell[lattice->count++] = cell;
    lattice->shown_groups += end - begin;
    lattice->merged += level > 0;
}

/* The cell passes. Show its quarters if each of them passes, else the cell. */
static void divide(quadtree *tree, uint64_t prefix, int level, size_t begin, size_t end)
{
    size_t border[5] = {begin, 0, 0, 0, end};
    bool quarter[4] = {false};
    size_t passed = 0;

    if (level == 0) {
        show(tree, prefix, level, begin, end);
        return;
    }
    for (uint64_t q = 1; q < 4; q++)
        border[q] = lower_bound(tree->key, border[q - 1], end, (prefix << 2 | q) << (2 * (level - 1)));
    for (uint64_t q = 0; q < 4; q++) {
        quarter[q] = passes(tree, prefix << 2 | q, level - 1, border[q], border[q + 1]);
        passed += quarter[q];
    }
    if (passed < 4 && (tree->policy->all_four_children || passed == 0)) {
        show(tree, prefix, level, begin, end);
        return;
    }
    if (passed < 4) /* the broken variant that tests look at: the parent is shown beside its quarters */
        show(tree, prefix, level, begin, end);
    for (uint64_t q = 0; q < 4; q++) {
        if (quarter[q])
            divide(tree, prefix << 2 | q, level - 1, border[q], border[q + 1]);
    }
}

static int compare_cells(const void *left, const void *right)
{
    const cm_ledger_cell *a = left, *b = right;

    if (a->side_m != b->side_m)
        return a->side_m > b->side_m ? -1 : 1;
    if (a->row != b->row)
        return a->row < b->row ? -1 : 1;
    return (a->column > b->column) - (a->column < b->column);
}

/* Sort the cells, and follow with the numbers in incident_cell. */
static castmap_status put_in_order(castmap_context *ctx, cm_lattice *lattice, size_t n)
{
    cm_ledger_cell *old = cm_alloc(lattice->count, sizeof *old);

    if (!old)
        return cm_fail_memory(ctx);
    if (lattice->count > 0) {
        memcpy(old, lattice->cell, lattice->count * sizeof *old);
        qsort(lattice->cell, lattice->count, sizeof *lattice->cell, compare_cells);
    }
    for (size_t i = 0; i < n; i++) {
        if (lattice->incident_cell[i] < 0)
            continue;
        const cm_ledger_cell *found = bsearch(&old[lattice->incident_cell[i]], lattice->cell, lattice->count,
                                              sizeof *old, compare_cells);
        lattice->incident_cell[i] = (int32_t)(found - lattice->cell);
    }
    free(old);
    return CASTMAP_OK;
}

static castmap_status sort_keys(castmap_context *ctx, quadtree *tree, size_t n, const double *x, const double *y)
{
    for (size_t i = 0; i < n; i++) {
        tree->key[i] = cell_key(tree->incidents[i].x, tree->incidents[i].y, tree->policy->base_cell_m, tree->levels);
        tree->member[i] = (uint32_t)i;
    }
    castmap_status status = cm_sort_u64(ctx, tree->key, tree->member, n);
    if (status || tree->n_buildings == 0)
        return status;
    uint32_t *payload = cm_alloc_zero(tree->n_buildings, sizeof *payload);
    if (!payload)
        return cm_fail_memory(ctx);
    for (size_t i = 0; i < tree->n_buildings; i++)
        tree->building_key[i] = cell_key(x[i], y[i], tree->policy->base_cell_m, tree->levels);
    status = cm_sort_u64(ctx, tree->building_key, payload, tree->n_buildings);
    free(payload);
    return status;
}

static void walk(quadtree *tree, size_t n)
{
    const int bits = 2 * tree->levels;

    for (size_t begin = 0; begin < n && !tree->failed;) {
        const uint64_t root = tree->key[begin] >> bits;
        const size_t end = lower_bound(tree->key, begin, n, (root + 1) << bits);
        if (passes(tree, root, tree->levels, begin, end)) {
            divide(tree, root, tree->levels, begin, end);
        } else {
            for (size_t i = begin; i < end; i++)
                tree->lattice->withheld += i == begin || tree->key[i] != tree->key[i - 1];
        }
        begin = end;
    }
}

castmap_status cm_lattice_make(castmap_context *ctx, const cm_policy *policy, const cm_incident *incidents, size_t n,
                               bool sources_recorded, const double *building_x, const double *building_y,
                               size_t n_buildings, cm_lattice *out)
{
    cm_lattice lattice = {0};
    quadtree tree = {.policy = policy, .incidents = incidents, .sources_recorded = sources_recorded,
                     .levels = levels_of(policy->base_cell_m), .n_buildings = n_buildings, .lattice = &lattice};
    castmap_status status;

    tree.key = cm_alloc(n, sizeof *tree.key);
    tree.member = cm_alloc(n, sizeof *tree.member);
    tree.building_key = cm_alloc(n_buildings, sizeof *tree.building_key);
    tree.scratch = cm_alloc(2 * n, sizeof *tree.scratch);
    lattice.incident_cell = cm_alloc(n, sizeof *lattice.incident_cell);
    if (!tree.key || !tree.member || !tree.building_key || !tree.scratch || !lattice.incident_cell) {
        status = cm_fail_memory(ctx);
        goto done;
    }
    for (size_t i = 0; i < n; i++)
        lattice.incident_cell[i] = -1;
    status = sort_keys(ctx, &tree, n, building_x, building_y);
    if (status)
        goto done;
    walk(&tree, n);
    status = tree.failed ? cm_fail_memory(ctx) : put_in_order(ctx, &lattice, n);
    if (status)
        goto done;
    *out = lattice;
    lattice = (cm_lattice){0};

done:
    free(tree.key);
    free(tree.member);
    free(tree.building_key);
    free(tree.scratch);
    cm_lattice_clear(&lattice);
    return status;
}
