/*
 * analysis/cluster/k_distance.c - how far each point must look to see enough others, and where that curve turns up.
 */
#include "castmap/cluster.h"

#include "analysis/cluster/mutual_tree.h"
#include "base/fail.h"
#include "base/memory.h"
#include "base/sort.h"

#include <math.h>
#include <stdlib.h>

#define LEAF_POINTS 16u
#define TAIL 20u /* the last of so many parts of the curve is not looked at for the knee */

/* Places and their core distances, [places->count], owned by the caller. */
static castmap_status measure(castmap_context *ctx, const castmap_points *points, uint32_t k, cm_places *places, double **core)
{
    cm_kd_tree tree = {0};
    castmap_status status;

    if (k == 0)
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "k is 0");
    status = cm_places_make(ctx, points, places);
    if (status)
        return status;
    *core = cm_alloc(places->count, sizeof **core);
    if (!*core || cm_kd_tree_make(places->x, places->y, places->weight, places->count, LEAF_POINTS, &tree) != 0)
        status = cm_fail_memory(ctx);
    if (!status && places->count > 0)
        status = cm_core_distances(ctx, places, &tree, k, *core);
    cm_kd_tree_clear(&tree);
    return status;
}

castmap_status castmap_k_distances(castmap_context *ctx, const castmap_points *points, uint32_t k, double *distance_m)
{
    cm_places places = {0};
    double *core = NULL;
    castmap_status status;

    cm_fail_clear(ctx);
    status = measure(ctx, points, k, &places, &core);
    for (size_t i = 0; i < points->count && !status; i++)
        distance_m[i] = core[places.place_of[i]];
    free(core);
    cm_places_clear(&places);
    return status;
}

/* Distances in ascending order with the weight up to each, read at even steps of the share. */
static castmap_status read_curve(castmap_context *ctx, const cm_places *places, const double *core, size_t wanted, double *share, double *distance_m)
{
    uint64_t *key = cm_alloc(places->count, sizeof *key);
    uint32_t *order = cm_alloc(places->count, sizeof *order);
    castmap_status status = key && order ? CASTMAP_OK : cm_fail_memory(ctx);
    double passed = 0.0;

    for (uint32_t i = 0; i < places->count && !status; i++) {
        key[i] = cm_order_double(core[i]);
        order[i] = i;
    }
    if (!status)
        status = cm_sort_u64(ctx, key, order, places->count);
    for (size_t i = 0, at = 0; i < wanted && !status; i++) {
        share[i] = wanted > 1 ? (double)i / (double)(wanted - 1) : 1.0;
        while (at + 1 < places->count && passed + places->weight[order[at]] < share[i] * places->total)
            passed += places->weight[order[at++]];
        distance_m[i] = core[order[at]];
    }
    free(key);
    free(order);
    return status;
}

castmap_status castmap_k_distance_curve(castmap_context *ctx, const castmap_points *points, uint32_t k, size_t room, double *share,
                                        double *distance_m, size_t *n)
{
    const size_t wanted = points->count < room ? points->count : room;
    cm_places places = {0};
    double *core = NULL;
    castmap_status status;

    cm_fail_clear(ctx);
    status = measure(ctx, points, k, &places, &core);
    if (!status && !(places.total >= (double)k))
        status = cm_fail(ctx, CASTMAP_E_DATA, "all points together are fewer than %u", k);
    if (!status)
        status = read_curve(ctx, &places, core, wanted, share, distance_m);
    if (!status)
        *n = wanted;
    free(core);
    cm_places_clear(&places);
    return status;
}

double castmap_curve_knee(const double *share, const double *distance_m, size_t n)
{
    const size_t end = n - n / TAIL;
    double best = 0.0, knee = (double)NAN;

    if (end < 3 || !(distance_m[end - 1] > distance_m[0]))
        return knee;
    const double rise = distance_m[end - 1] - distance_m[0], run = share[end - 1] - share[0];
    for (size_t i = 1; i + 1 < end; i++) {
        const double below = (share[i] - share[0]) / run - (distance_m[i] - distance_m[0]) / rise;
        if (below > best) {
            best = below;
            knee = distance_m[i];
        }
    }
    return knee > 0.0 ? knee : (double)NAN;
}
