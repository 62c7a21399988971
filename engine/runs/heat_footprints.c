/*
 * runs/heat_footprints.c - records that are known only to an area, spread over it.
 *
 * A record known to a ward belongs to the ward's area; one known to a postcode, or less exactly than a street, to the circle of its accuracy.
 * Records of one area, or of one circle, share a footprint. Put on their middle they would make a hot spot where nothing happened. Where a map ends at
 * the border of the study area, a record whose middle lies inside is taken to have happened inside: its circle ends there too, and none of it is lost.
 */
#include "runs/heat_run.h"

#include "base/fail.h"
#include "base/memory.h"
#include "space/geometry/convex_clip.h"

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

/* A regular polygon of the same area as the circle, counter-clockwise. */
static void corners_of(const cm_vague *v, double x[CORNERS], double y[CORNERS])
{
    const double corner = v->radius_m * sqrt(2.0 * PI / (CORNERS * sin(2.0 * PI / CORNERS)));

    for (int k = 0; k < CORNERS; k++) {
        const double angle = 2.0 * PI * (double)k / CORNERS;
        x[k] = v->x + corner * cos(angle);
        y[k] = v->y + corner * sin(angle);
    }
}

static int copy_ring(cm_polygon_set *out, const double x[CORNERS], const double y[CORNERS])
{
    int failed = cm_polygon_set_feature(out) || cm_polygon_set_part(out) || cm_polygon_set_ring(out);

    for (int k = 0; k <= CORNERS && !failed; k++)
        failed = cm_polygon_set_vertex(out, x[k % CORNERS], y[k % CORNERS]);
    return failed;
}

int cm_heat_add_vague(cm_heat_spread *spread, const cm_run_points *points, size_t i, int32_t area, double weight)
{
    const cm_observation_set *set = &points->set;
    const bool whole_area = set->precision[i] == CM_PLACE_AREA && area != CASTMAP_NO_AREA;
    const double radius = isfinite(set->accuracy_m[i]) && set->accuracy_m[i] > 0.0 ? set->accuracy_m[i] : ROUGH_M;
    const int64_t time_s = set->from_s[i] == INT64_MIN ? INT64_MIN : set->from_s[i] + (set->to_s[i] - set->from_s[i]) / 2;

    if (cm_grow(&spread->record, &spread->capacity, spread->count + 1, sizeof *spread->record) != 0)
        return -1;
    spread->record[spread->count++] = whole_area ? (cm_vague){area, 0.0, 0.0, 0.0, weight, time_s}
                                                 : (cm_vague){CASTMAP_NO_AREA, points->x[i], points->y[i], radius, weight, time_s};
    return 0;
}

/* The last two only so that sums do not depend on the order of the rows. */
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
    if (a->weight != b->weight)
        return a->weight < b->weight ? -1 : 1;
    return (a->time_s > b->time_s) - (a->time_s < b->time_s);
}

static bool same_place(const cm_vague *a, const cm_vague *b)
{
    return a->area == b->area && a->x == b->x && a->y == b->y && a->radius_m == b->radius_m;
}

/* The circle, or the part of it that lies in the study area where nothing is shown outside. */
static int add_circle(const cm_heat_run *run, const cm_vague *v, const castmap_polygons *areas, cm_polygon_set *out)
{
    double x[CORNERS], y[CORNERS];

    corners_of(v, x, y);
    return run->within ? cm_convex_clip(areas, x, y, CORNERS, out) : copy_ring(out, x, y);
}

castmap_status cm_heat_make_footprints(cm_heat_run *run, cm_heat_spread *spread)
{
    const castmap_polygons areas = cm_projected_areas_view(&run->areas);
    castmap_status status = CASTMAP_OK;

    spread->weight = cm_alloc(spread->count, sizeof *spread->weight);
    spread->footprint_of = cm_alloc(spread->count, sizeof *spread->footprint_of);
    if (!spread->weight || !spread->footprint_of)
        return cm_fail_memory(run->ctx);
    if (spread->count > 0)
        qsort(spread->record, spread->count, sizeof *spread->record, compare);
    for (size_t i = 0; i < spread->count && !status; i++) {
        const cm_vague *v = &spread->record[i];
        if (i == 0 || !same_place(v, v - 1)) {
            if (v->area == CASTMAP_NO_AREA ? add_circle(run, v, &areas, &spread->footprint)
                                           : copy_area(&spread->footprint, &areas, (size_t)v->area))
                status = cm_fail_memory(run->ctx);
            if (!status)
                spread->weight[spread->footprint.count - 1] = 0.0;
        }
        if (!status) {
            spread->footprint_of[i] = spread->footprint.count - 1;
            spread->weight[spread->footprint.count - 1] += v->weight;
        }
    }
    return status;
}

double cm_heat_spread_share(const cm_heat_spread *spread, const cm_heat_points *counted)
{
    double spread_weight = 0.0, all = 0.0;

    for (size_t i = 0; i < spread->count; i++)
        spread_weight += spread->record[i].weight;
    for (size_t i = 0; i < counted->count; i++)
        all += counted->weight ? counted->weight[i] : 1.0;
    all += spread_weight;
    return all > 0.0 ? spread_weight / all : 0.0;
}

castmap_spread cm_heat_spread_view(const cm_heat_spread *spread)
{
    return (castmap_spread){cm_polygon_set_view(&spread->footprint), spread->weight};
}

void cm_heat_spread_clear(cm_heat_spread *spread)
{
    free(spread->record);
    free(spread->footprint_of);
    free(spread->weight);
    cm_polygon_set_clear(&spread->footprint);
    *spread = (cm_heat_spread){0};
}
