/*
 * runs/heat_footprints.c - records that are known only to an area, spread over it.
 *
 * A record known to a ward belongs to the ward's area; one known to a postcode, or less exactly than a street, to the circle of its accuracy.
 * Records of one area, or of one circle, share a footprint. Put on their middle they would make a hot spot where nothing happened.
 */
#include "runs/heat_run.h"

#include "base/fail.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>

#define CORNERS 48
#define ROUGH_M 250.0 /* less exactly than this is no place on a neighbourhood map */
#define PI 3.14159265358979323846

bool cm_heat_is_vague(const cm_observation_set *set, size_t i)
{
    const bool known = isfinite(set->accuracy_m[i]) && set->accuracy_m[i] > 0.0;

    if (set->precision[i] == CM_PLACE_AREA)
        return true;
    if (set->precision[i] == CM_PLACE_POSTCODE)
        return known && set->accuracy_m[i] >= 50.0;
    return known && set->accuracy_m[i] > ROUGH_M;
}

static int copy_area(cm_polygon_set *out, const castmap_polygons *areas, size_t i)
{
    int failed = cm_polygon_set_feature(out);

    for (size_t p = areas->part_start[i]; p < areas->part_start[i + 1] && !failed; p++) {
        failed = cm_polygon_set_part(out);
        for (size_t r = areas->ring_start[p]; r < areas->ring_start[p + 1] && !failed; r++) {
            failed = cm_polygon_set_ring(out);
            for (size_t v = areas->vertex_start[r]; v < areas->vertex_start[r + 1] && !failed; v++)
                failed = cm_polygon_set_vertex(out, areas->x[v], areas->y[v]);
        }
    }
    return failed;
}

/* A regular polygon of the same area as the circle. */
static int copy_circle(cm_polygon_set *out, double x, double y, double radius)
{
    const double corner = radius * sqrt(2.0 * PI / (CORNERS * sin(2.0 * PI / CORNERS)));
    int failed = cm_polygon_set_feature(out) || cm_polygon_set_part(out) || cm_polygon_set_ring(out);

    for (int k = 0; k <= CORNERS && !failed; k++) {
        const double angle = 2.0 * PI * (double)(k % CORNERS) / CORNERS;
        failed = cm_polygon_set_vertex(out, x + corner * cos(angle), y + corner * sin(angle));
    }
    return failed;
}

int cm_heat_add_vague(cm_heat_run *run, size_t i, int32_t area, double weight)
{
    const cm_observation_set *set = &run->points.set;
    const bool whole_area = set->precision[i] == CM_PLACE_AREA && area != CASTMAP_NO_AREA;
    const double radius = isfinite(set->accuracy_m[i]) && set->accuracy_m[i] > 0.0 ? set->accuracy_m[i] : ROUGH_M;

    if (cm_grow(&run->vague, &run->vague_capacity, run->n_vague + 1, sizeof *run->vague) != 0)
        return -1;
    run->vague[run->n_vague++] = whole_area ? (cm_vague){area, 0.0, 0.0, 0.0, weight}
                                            : (cm_vague){CASTMAP_NO_AREA, run->points.x[i], run->points.y[i], radius, weight};
    return 0;
}

static int compare(const void *left, const void *right)
{
    const cm_vague *a = left, *b = right;

    if (a->area != b->area)
        return a->area < b->area ? -1 : 1;
    if (a->x != b->x)
        return a->x < b->x ? -1 : 1;
    if (a->y != b->y)
        return a->y < b->y ? -1 : 1;
    if (a->radius_m != b->radius_m)
        return a->radius_m < b->radius_m ? -1 : 1;
    return (a->weight > b->weight) - (a->weight < b->weight); /* so that sums do not depend on the order of the rows */
}

static bool same_place(const cm_vague *a, const cm_vague *b)
{
    return a->area == b->area && a->x == b->x && a->y == b->y && a->radius_m == b->radius_m;
}

castmap_status cm_heat_make_footprints(cm_heat_run *run)
{
    const castmap_polygons areas = cm_projected_areas_view(&run->areas);

    run->spread_weight = cm_alloc(run->n_vague, sizeof *run->spread_weight);
    if (!run->spread_weight)
        return cm_fail_memory(run->ctx);
    if (run->n_vague > 0)
        qsort(run->vague, run->n_vague, sizeof *run->vague, compare);
    for (size_t i = 0; i < run->n_vague; i++) {
        const cm_vague *v = &run->vague[i];
        if (i > 0 && same_place(v, v - 1)) {
            run->spread_weight[run->footprint.count - 1] += v->weight;
            continue;
        }
        const int failed = v->area != CASTMAP_NO_AREA ? copy_area(&run->footprint, &areas, (size_t)v->area)
                                                      : copy_circle(&run->footprint, v->x, v->y, v->radius_m);
        if (failed)
            return cm_fail_memory(run->ctx);
        run->spread_weight[run->footprint.count - 1] = v->weight;
    }
    return CASTMAP_OK;
}
