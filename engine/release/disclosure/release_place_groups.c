/*
 * release/disclosure/release_place_groups.c - larger groups that places form (nearest neighbour clustering), exact, for the group itself.
 */
#include "release/disclosure/release_places.h"

#include "base/fail.h"
#include "base/memory.h"
#include "release/style/palette.h"
#include "runs/place_groups.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define LEAST_CIRCLE_M 50.0

static void fill(const cm_place_groups *groups, cm_release_build *build, cm_layer *layer)
{
    cm_field *order = cm_build_field(build, layer, CM_FIELD_INTEGER, "order", "Order", "2: of places; 3: of groups of order 2; and so on", "", 0);
    cm_field *number = cm_build_field(build, layer, CM_FIELD_INTEGER, "number", "Group", "Number within its order", "", 0);
    cm_field *within = cm_build_field(build, layer, CM_FIELD_INTEGER, "within", "Within group",
                                      "Number of the group of the next order that holds it; null: none", "", 0);
    cm_field *places = cm_build_field(build, layer, CM_FIELD_INTEGER, "places", "Places", "Places in the group", "", 0);
    cm_field *count = cm_build_field(build, layer, CM_FIELD_INTEGER, "count", "Observations", "Observations in those places", "", 0);
    cm_field *near = cm_build_field(build, layer, CM_FIELD_REAL, "within_m", "How near",
                                    "The centres that form it lie within this distance of a middle one", "m", 0);
    cm_field *across = cm_build_field(build, layer, CM_FIELD_REAL, "across_m", "Across", "Largest distance between two of its observations", "m", 0);
    cm_field *area = cm_build_field(build, layer, CM_FIELD_REAL, "area_km2", "Area", "Of the convex outline round all its observations", "km2", 4);
    cm_field *label = cm_build_field(build, layer, CM_FIELD_TEXT, "label", "Label", "Number as printed on the map", "", 0);

    for (size_t g = 0; g < groups->count && label && !build->failed; g++) {
        const castmap_place_group *group = &groups->group[g];
        char words[64];
        snprintf(words, sizeof words, "Group %d", group->number);
        if (group->order > 2)
            snprintf(words, sizeof words, "Group %d (order %zu)", group->number, group->order);
        cm_field_set_integer(order, g, (int64_t)group->order);
        cm_field_set_integer(number, g, group->number);
        if (group->within)
            cm_field_set_integer(within, g, group->within);
        cm_field_set_integer(places, g, (int64_t)group->places);
        cm_field_set_integer(count, g, (int64_t)group->count);
        cm_field_set_real(near, g, group->threshold_m);
        cm_field_set_real(across, g, group->diameter_m);
        cm_field_set_real(area, g, group->area_km2);
        cm_field_set_text(build, label, g, words);
    }
}

static castmap_status add_layer(castmap_context *ctx, const cm_release_inputs *in, const cm_place_groups *groups, cm_release_build *build)
{
    cm_polygon_set set = CM_POLYGON_SET_INIT;
    double *top = cm_alloc(groups->count, sizeof *top); /* names stand over a group, not among the numbers of its places */
    castmap_status status = top ? CASTMAP_OK : cm_fail_memory(ctx);

    for (size_t g = 0; g < groups->count && !status; g++) {
        const size_t from = groups->hull_start[g];
        if (cm_release_ring(&set, groups->hull_x + from, groups->hull_y + from, groups->hull_start[g + 1] - from, groups->group[g].area_km2,
                            groups->x[g], groups->y[g], fmax(groups->group[g].radius_m, LEAST_CIRCLE_M)))
            status = cm_fail_memory(ctx);
        top[g] = groups->y[g];
        for (size_t v = from; v < groups->hull_start[g + 1]; v++)
            top[g] = fmax(top[g], groups->hull_y[v]);
    }
    if (!status) {
        cm_layer *layer = cm_build_layer(build, "groups", "Groups of places",
                                         "Places whose centres lie nearer to one another than by chance, and groups of such groups.",
                                         CM_SHAPE_POLYGON, groups->count);
        const castmap_polygons view = cm_polygon_set_view(&set);
        status = cm_release_shapes(ctx, in, build, layer, &view);
        fill(groups, build, layer);
        cm_build_label_points(build, layer, groups->x, top);
        cm_build_outline(layer, CM_COLOUR_PLACE, 0.4, true);
        cm_build_label(layer, "label", 0.0);
        cm_build_fact_count(build, "Groups of places", (int64_t)groups->count, "");
    }
    cm_polygon_set_clear(&set);
    free(top);
    return status;
}

castmap_status cm_release_place_groups(castmap_context *ctx, const cm_release_inputs *in, const cm_cluster_layer *clusters,
                                       cm_release_build *build, int32_t **of_place)
{
    cm_place_groups groups = {0};
    castmap_status status = cm_place_groups_make(ctx, clusters, &groups);

    if (!status && groups.count > 0)
        status = add_layer(ctx, in, &groups, build);
    if (!status) {
        *of_place = groups.of_place;
        groups.of_place = NULL;
    }
    cm_place_groups_clear(&groups);
    return status;
}
