/*
 * runs/study_area.c - areas that overlap or leave slivers count once: their union is measured, not their sum.
 */
#include "runs/study_area.h"

#include "base/fail.h"
#include "base/memory.h"
#include "castmap/areas.h"
#include "runs/projected_areas.h"
#include "space/geometry/geos.h"

#include <stdlib.h>

static castmap_status measure(castmap_context *ctx, const castmap_polygons *areas, double *km2)
{
    cm_polygon_set whole = CM_POLYGON_SET_INIT;
    size_t *feature = cm_alloc(areas->count, sizeof *feature);
    castmap_status status;

    if (!feature)
        return cm_fail_memory(ctx);
    for (size_t i = 0; i < areas->count; i++)
        feature[i] = i;
    status = cm_geos_union(ctx, areas, feature, areas->count, &whole);
    if (!status) {
        const castmap_polygons view = cm_polygon_set_view(&whole);
        castmap_polygons_area_km2(&view, km2);
    }
    free(feature);
    cm_polygon_set_clear(&whole);
    return status;
}

static castmap_status keep_inside(castmap_context *ctx, const castmap_polygons *areas, cm_run_points *points, size_t *outside)
{
    const castmap_points view = cm_run_points_view(points);
    castmap_area_locator *locator = NULL;
    int32_t *area = cm_alloc(view.count, sizeof *area);
    bool *keep = cm_alloc(view.count, sizeof *keep);
    castmap_status status = area && keep ? CASTMAP_OK : cm_fail_memory(ctx);

    if (!status)
        status = castmap_area_locator_new(ctx, areas, NULL, &locator);
    if (!status)
        status = castmap_area_locate(ctx, locator, &view, area);
    for (size_t i = 0; i < view.count && !status; i++) {
        keep[i] = area[i] != CASTMAP_NO_AREA;
        *outside += !keep[i];
    }
    if (!status)
        cm_run_points_keep(points, keep);
    castmap_area_locator_free(locator);
    free(area);
    free(keep);
    return status;
}

castmap_status cm_study_area(castmap_context *ctx, castmap_project *project, const char *level, cm_run_points *points, double *km2,
                             size_t *outside)
{
    cm_projected_areas areas = {0};
    castmap_status status = cm_projected_areas_load(ctx, project, level, points->projection, &areas);

    if (status == CASTMAP_E_NOT_FOUND) {
        if (!level) {
            cm_fail_clear(ctx);
            status = cm_fail(ctx, CASTMAP_E_NOT_FOUND, "there is no study area: the project has no boundaries");
        }
        cm_fail_hint(ctx, level ? "castmap boundaries list shows the levels there are"
                                : "bring areas in with castmap boundaries add FILE, or give a fixed radius");
    }
    if (!status) {
        const castmap_polygons view = cm_projected_areas_view(&areas);
        status = measure(ctx, &view, km2);
        if (!status)
            status = keep_inside(ctx, &view, points, outside);
    }
    cm_projected_areas_clear(&areas);
    if (!status && points->set.count == 0) {
        status = cm_fail(ctx, CASTMAP_E_NOT_FOUND, "no observation lies in the study area");
        cm_fail_hint(ctx, "castmap boundaries list shows the levels there are");
    }
    return status;
}
