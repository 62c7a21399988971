/*
 * analysis/cluster/cell_pairs.c - the distance tests between cells.
 *
 * The test is dx * dx + dy * dy <= eps * eps in doubles, everywhere the same.
 */
#include "analysis/cluster/cell_pairs.h"

#include "base/memory.h"
#include "base/vectors.h"
#include "space/index/kd_tree.h"

#include <math.h>
#include <stdlib.h>

#define FEW_PAIRS 1024u    /* tried one by one */
#define BRUTE_PAIRS 65536u /* tried one by one when only points that face the other group are left */

CM_WIDE_VECTORS uint32_t cm_count_within(const double *restrict x, const double *restrict y, uint32_t n, double px,
                                         double py, double eps2)
{
    int64_t found = 0; /* as wide as a coordinate, so that a vector of one matches a vector of the other */

    for (uint32_t i = 0; i < n; i++) {
        double dx = x[i] - px, dy = y[i] - py;
        found += dx * dx + dy * dy <= eps2 ? 1 : 0;
    }
    return (uint32_t)found;
}

double cm_weight_within(const double *x, const double *y, const double *weight, uint32_t n, double px, double py,
                        double eps2)
{
    double sum = 0.0;

    for (uint32_t i = 0; i < n; i++) {
        double dx = x[i] - px, dy = y[i] - py;
        sum += dx * dx + dy * dy <= eps2 ? weight[i] : 0.0;
    }
    return sum;
}

/* Eight minima side by side, so that one comparison need not wait for the one before. */
CM_WIDE_VECTORS double cm_nearest_within(const double *restrict x, const double *restrict y, uint32_t n, double px,
                                         double py)
{
    double least[8], best = (double)INFINITY;
    uint32_t i = 0;

    if (n >= 8) {
        for (unsigned lane = 0; lane < 8; lane++)
            least[lane] = (double)INFINITY;
        for (; i + 8 <= n; i += 8) {
            for (unsigned lane = 0; lane < 8; lane++) {
                double dx = x[i + lane] - px, dy = y[i + lane] - py, d2 = dx * dx + dy * dy;
                least[lane] = d2 < least[lane] ? d2 : least[lane];
            }
        }
        for (unsigned lane = 0; lane < 8; lane++)
            best = least[lane] < best ? least[lane] : best;
    }
    for (; i < n; i++) {
        double dx = x[i] - px, dy = y[i] - py, d2 = dx * dx + dy * dy;
        best = d2 < best ? d2 : best;
    }
    return best;
}

static bool any_within(const double *x, const double *y, uint32_t n, double px, double py, double eps2)
{
    for (uint32_t i = 0; i < n; i++) {
        double dx = x[i] - px, dy = y[i] - py;
        if (dx * dx + dy * dy <= eps2)
            return true;
    }
    return false;
}

static bool brute(const cm_group *a, const cm_group *b, double eps2)
{
    for (uint32_t i = 0; i < a->count; i++) {
        if (any_within(b->x, b->y, b->count, a->x[i], a->y[i], eps2))
            return true;
    }
    return false;
}

typedef struct box {
    double min_x, min_y, max_x, max_y;
} box;

static box box_of(const cm_group *g)
{
    box b = {INFINITY, INFINITY, -INFINITY, -INFINITY};

    for (uint32_t i = 0; i < g->count; i++) {
        b.min_x = g->x[i] < b.min_x ? g->x[i] : b.min_x;
        b.max_x = g->x[i] > b.max_x ? g->x[i] : b.max_x;
        b.min_y = g->y[i] < b.min_y ? g->y[i] : b.min_y;
        b.max_y = g->y[i] > b.max_y ? g->y[i] : b.max_y;
    }
    return b;
}

/* Rounded no less monotonically than the distance itself, so a point beyond the box's reach has no partner in it. */
static double box_distance2(const box *b, double x, double y)
{
    double dx = x < b->min_x ? b->min_x - x : x > b->max_x ? x - b->max_x : 0.0;
    double dy = y < b->min_y ? b->min_y - y : y > b->max_y ? y - b->max_y : 0.0;

    return dx * dx + dy * dy;
}

/* The member nearest to a place; the first of equals. */
static uint32_t nearest_to(const cm_group *g, double x, double y)
{
    double best = INFINITY;
    uint32_t found = 0;

    for (uint32_t i = 0; i < g->count; i++) {
        double dx = g->x[i] - x, dy = g->y[i] - y;
        double d2 = dx * dx + dy * dy;
        if (d2 < best) {
            best = d2;
            found = i;
        }
    }
    return found;
}

/* Walk from member to nearest member of the other side: in dense data the first or second step is within reach. */
static bool walk_finds(const cm_group *a, const cm_group *b, const box *around_b, double eps2)
{
    uint32_t i, j = nearest_to(b, 0.5 * (around_b->min_x + around_b->max_x), 0.5 * (around_b->min_y + around_b->max_y));

    for (int step = 0; step < 3; step++) {
        i = nearest_to(a, b->x[j], b->y[j]);
        j = nearest_to(b, a->x[i], a->y[i]);
        double dx = b->x[j] - a->x[i], dy = b->y[j] - a->y[i];
        if (dx * dx + dy * dy <= eps2)
            return true;
    }
    return false;
}

/* Copy the members that could reach the box. */
static castmap_status keep_facing(const cm_group *g, const box *other, double eps2, double **x, double **y, size_t *room_x,
                                  size_t *room_y, size_t at, uint32_t *kept)
{
    if (cm_grow(x, room_x, at + g->count, sizeof **x) != 0 || cm_grow(y, room_y, at + g->count, sizeof **y) != 0)
        return CASTMAP_E_NOMEM;
    *kept = 0;
    for (uint32_t i = 0; i < g->count; i++) {
        if (box_distance2(other, g->x[i], g->y[i]) > eps2)
            continue;
        (*x)[at + *kept] = g->x[i];
        (*y)[at + *kept] = g->y[i];
        (*kept)++;
    }
    return CASTMAP_OK;
}

static castmap_status search_tree(const cm_group *few, const cm_group *many, double eps2, bool *within)
{
    cm_kd_tree tree = {0};

    if (cm_kd_tree_make(many->x, many->y, NULL, many->count, 16, &tree) != 0)
        return CASTMAP_E_NOMEM;
    *within = false;
    for (uint32_t i = 0; i < few->count && !*within; i++)
        *within = cm_kd_tree_any_within(&tree, few->x[i], few->y[i], eps2);
    cm_kd_tree_clear(&tree);
    return CASTMAP_OK;
}

castmap_status cm_groups_within(const cm_group *a, const cm_group *b, double eps2, cm_pair_bench *bench, bool *within)
{
    castmap_status status;
    uint32_t kept_a, kept_b;

    if ((uint64_t)a->count * b->count <= FEW_PAIRS) {
        *within = brute(a, b, eps2);
        return CASTMAP_OK;
    }
    const box around_b = box_of(b);
    *within = walk_finds(a, b, &around_b, eps2);
    if (*within)
        return CASTMAP_OK;
    status = keep_facing(a, &around_b, eps2, &bench->x, &bench->y, &bench->room_x, &bench->room_y, 0, &kept_a);
    if (status || kept_a == 0)
        return status;
    cm_group facing_a = {bench->x, bench->y, kept_a};
    const box around_a = box_of(&facing_a);
    status = keep_facing(b, &around_a, eps2, &bench->x, &bench->y, &bench->room_x, &bench->room_y, kept_a, &kept_b);
    if (status || kept_b == 0)
        return status;
    facing_a = (cm_group){bench->x, bench->y, kept_a}; /* the arrays may have moved */
    const cm_group facing_b = {bench->x + kept_a, bench->y + kept_a, kept_b};
    if ((uint64_t)kept_a * kept_b <= BRUTE_PAIRS) {
        *within = brute(&facing_a, &facing_b, eps2);
        return CASTMAP_OK;
    }
    return kept_a < kept_b ? search_tree(&facing_a, &facing_b, eps2, within)
                           : search_tree(&facing_b, &facing_a, eps2, within);
}

void cm_pair_bench_clear(cm_pair_bench *bench)
{
    free(bench->x);
    free(bench->y);
    *bench = (cm_pair_bench){0};
}
