/*
 * runs/place_groups.c - the larger groups that the places of a layer form, with their outlines.
 *
 * The outline of a group is that of the corners of its places: the same as of all its observations.
 */
#include "runs/place_groups.h"

#include "base/fail.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

/* The corners of all places, and to which place each belongs. */
typedef struct corners {
    size_t   n;
    uint32_t *place; /* owned [n] */
    int32_t  *label; /* owned [n] scratch: the group */
} corners;

void cm_place_groups_clear(cm_place_groups *groups)
{
    free(groups->group);
    free(groups->x);
    free(groups->y);
    free(groups->of_place);
    free(groups->hull_start);
    free(groups->hull_x);
    free(groups->hull_y);
    memset(groups, 0, sizeof *groups);
}

static castmap_status list_corners(castmap_context *ctx, const castmap_cluster_shapes *shapes, corners *out)
{
    for (size_t c = 0; c < shapes->count; c++)
        out->n += shapes->shape[c].hull_count;
    out->place = cm_alloc(out->n, sizeof *out->place);
    out->label = cm_alloc(out->n, sizeof *out->label);
    if (!out->place || !out->label)
        return cm_fail_memory(ctx);
    for (size_t c = 0; c < shapes->count; c++) {
        for (size_t v = 0; v < shapes->shape[c].hull_count; v++)
            out->place[shapes->shape[c].hull_start + v] = (uint32_t)c;
    }
    return CASTMAP_OK;
}

static castmap_status find_groups(castmap_context *ctx, const cm_cluster_layer *layer, castmap_nnh_groups *out)
{
    const size_t k = layer->shapes.count;
    castmap_nnh_options options = CASTMAP_NNH_OPTIONS_INIT;
    double *x = cm_alloc(k, sizeof *x), *y = cm_alloc(k, sizeof *y);
    castmap_status status = x && y ? CASTMAP_OK : cm_fail_memory(ctx);

    for (size_t c = 0; c < k && !status; c++) {
        x[c] = layer->shapes.shape[c].centre_x;
        y[c] = layer->shapes.shape[c].centre_y;
    }
    options.threshold_m = layer->eps_m;
    options.area_m2 = layer->study_km2 * 1e6;
    options.min_points = layer->min_points;
    if (!status)
        status = castmap_nnh_groups_make(ctx, &options, k, x, y, out);
    free(x);
    free(y);
    return status;
}

static castmap_status make_room(castmap_context *ctx, const castmap_nnh_groups *nnh, size_t n_corners, cm_place_groups *out)
{
    size_t count = 0;

    for (size_t o = 0; o < nnh->n_levels; o++)
        count += nnh->level[o].count;
    out->group = cm_alloc_zero(count, sizeof *out->group);
    out->x = cm_alloc(count, sizeof *out->x);
    out->y = cm_alloc(count, sizeof *out->y);
    out->of_place = cm_alloc_zero(nnh->n_places, sizeof *out->of_place);
    out->hull_start = cm_alloc_zero(count + 1, sizeof *out->hull_start);
    out->hull_x = cm_alloc(n_corners * nnh->n_levels, sizeof *out->hull_x);
    out->hull_y = cm_alloc(n_corners * nnh->n_levels, sizeof *out->hull_y);
    return out->group && out->x && out->y && out->of_place && out->hull_start && out->hull_x && out->hull_y ? CASTMAP_OK : cm_fail_memory(ctx);
}

/* What the groups of one order hold, and which group of the next order holds them. */
static void count_members(const cm_cluster_layer *layer, const castmap_nnh_groups *nnh, size_t o, castmap_place_group *group)
{
    const castmap_nnh_level *level = &nnh->level[o];

    for (size_t i = 0; i < nnh->n_places; i++) {
        if (level->label[i] == CASTMAP_NOISE)
            continue;
        castmap_place_group *g = &group[level->label[i]];
        g->places++;
        g->count += layer->shapes.shape[i].count;
        g->within = o + 1 < nnh->n_levels ? level[1].label[i] + 1 : 0;
    }
}

/* The groups of one order with their outlines, from out->count on. */
static castmap_status add_order(castmap_context *ctx, const cm_cluster_layer *layer, const castmap_nnh_groups *nnh, size_t o, corners *c,
                                cm_place_groups *out)
{
    const castmap_nnh_level *level = &nnh->level[o];
    const castmap_points points = {.count = c->n, .x = layer->shapes.hull_x, .y = layer->shapes.hull_y};
    castmap_cluster_shapes shapes = CASTMAP_CLUSTER_SHAPES_INIT;
    castmap_place_group *group = out->group + out->count;

    for (size_t v = 0; v < c->n; v++)
        c->label[v] = level->label[c->place[v]];
    castmap_status status = castmap_cluster_shapes_make(ctx, &points, c->label, level->count, &shapes);
    if (status)
        return status;
    count_members(layer, nnh, o, group);
    for (size_t g = 0; g < level->count; g++, out->count++) {
        const castmap_cluster_shape *shape = &shapes.shape[g];
        const size_t at = out->hull_start[out->count];
        group[g].order = o + 2;
        group[g].number = (int32_t)g + 1;
        group[g].threshold_m = level->threshold_m;
        group[g].radius_m = shape->radius_m;
        group[g].diameter_m = shape->diameter_m;
        group[g].area_km2 = shape->hull_area_km2;
        out->x[out->count] = level->x[g];
        out->y[out->count] = level->y[g];
        memcpy(out->hull_x + at, shapes.hull_x + shape->hull_start, shape->hull_count * sizeof *out->hull_x);
        memcpy(out->hull_y + at, shapes.hull_y + shape->hull_start, shape->hull_count * sizeof *out->hull_y);
        out->hull_start[out->count + 1] = at + shape->hull_count;
    }
    castmap_cluster_shapes_clear(&shapes);
    return CASTMAP_OK;
}

castmap_status cm_place_groups_make(castmap_context *ctx, const cm_cluster_layer *layer, cm_place_groups *out)
{
    castmap_nnh_groups nnh = {0};
    cm_place_groups made = {0};
    corners c = {0};

    if (layer->method != CASTMAP_CLUSTER_NNH || layer->shapes.count == 0)
        return CASTMAP_OK;
    castmap_status status = find_groups(ctx, layer, &nnh);
    if (status || nnh.n_levels == 0)
        goto done;
    status = list_corners(ctx, &layer->shapes, &c);
    if (status)
        goto done;
    status = make_room(ctx, &nnh, c.n, &made);
    for (size_t o = 0; o < nnh.n_levels && !status; o++)
        status = add_order(ctx, layer, &nnh, o, &c, &made);
    for (size_t i = 0; i < nnh.n_places && !status; i++)
        made.of_place[i] = nnh.level[0].label[i] + 1;
    if (!status) {
        *out = made;
        memset(&made, 0, sizeof made);
    }

done:
    free(c.place);
    free(c.label);
    cm_place_groups_clear(&made);
    castmap_nnh_groups_clear(&nnh);
    return status;
}
