/*
 * runs/check/check_places.c - places that cannot be, or claim to be better known than they are.
 *
 * Where records belong is the box of the newest boundary set; without one, the box of the middle nine tenths of the records, widened.
 */
#include "runs/check/findings.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "castmap/areas.h"
#include "project/boundary_table.h"
#include "project/ingest/piles.h"
#include "project/run_table.h"
#include "runs/projected_areas.h"
#include "runs/run_points.h"

#define ENOUGH_RECORDS 20
#define NULL_DEGREES 1e-4
#define SAME_DEGREES 0.5e-7
#define IMPOSSIBLE_M 1e5 /* wider than any county: no accuracy of a place */
#define WIDE_M 500.0

typedef struct box {
    double west, south, east, north;
} box;

static bool inside(const box *b, double lon, double lat)
{
    return lon >= b->west && lon <= b->east && lat >= b->south && lat <= b->north;
}

static int by_value(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* From the 5th to the 95th of a hundred, widened on both sides by `times` its width, and half a degree. */
static castmap_status middle(castmap_context *ctx, const double *value, size_t n, double times, double *low, double *high)
{
    double *sorted = cm_alloc(n, sizeof *sorted);

    if (!sorted)
        return cm_fail_memory(ctx);
    memcpy(sorted, value, n * sizeof *sorted);
    qsort(sorted, n, sizeof *sorted, by_value);
    const double a = sorted[n / 20], b = sorted[n - 1 - n / 20];
    *low = a - times * (b - a) - 0.5;
    *high = b + times * (b - a) + 0.5;
    free(sorted);
    return CASTMAP_OK;
}

static castmap_status box_of_areas(cm_check *check, box *out, bool *there)
{
    cm_boundary_set areas = CM_BOUNDARY_SET_INIT;
    castmap_status status = cm_boundary_load(check->ctx, check->project, NULL, &areas);

    *there = !status && areas.shape.vertices > 0;
    if (status == CASTMAP_E_NOT_FOUND || status == CASTMAP_E_PROJECT) { /* a damaged set is told by the rules of areas */
        cm_fail_clear(check->ctx);
        return CASTMAP_OK;
    }
    *out = (box){INFINITY, INFINITY, -INFINITY, -INFINITY};
    for (size_t i = 0; !status && i < areas.shape.vertices; i++) {
        out->west = fmin(out->west, areas.shape.x[i]);
        out->east = fmax(out->east, areas.shape.x[i]);
        out->south = fmin(out->south, areas.shape.y[i]);
        out->north = fmax(out->north, areas.shape.y[i]);
    }
    cm_boundary_set_clear(&areas);
    return status;
}

/* Out of place, and in place when latitude and longitude are exchanged. */
static bool is_swapped(const box *home, double lon, double lat)
{
    return !inside(home, lon, lat) && fabs(lon) <= 90 && inside(home, lat, lon);
}

static castmap_status check_home(cm_check *check, bool *areas)
{
    const cm_observation_set *set = &check->set;
    box home = {0}, wide = {0};
    castmap_status status = box_of_areas(check, &home, areas);

    if (!status && !*areas) {
        if (set->count < ENOUGH_RECORDS)
            return CASTMAP_OK;
        status = middle(check->ctx, set->lon, set->count, 1, &home.west, &home.east);
        if (!status)
            status = middle(check->ctx, set->lat, set->count, 1, &home.south, &home.north);
        if (!status)
            status = middle(check->ctx, set->lon, set->count, 3, &wide.west, &wide.east);
        if (!status)
            status = middle(check->ctx, set->lat, set->count, 3, &wide.south, &wide.north);
    }
    for (size_t i = 0; i < set->count && !status; i++) {
        if (is_swapped(&home, set->lon[i], set->lat[i]))
            status = cm_found_observation(check, CM_RULE_SWAPPED, set->id[i], NULL);
        else if (!*areas && !inside(&wide, set->lon[i], set->lat[i]))
            status = cm_found_observation(check, CM_RULE_FAR, set->id[i], NULL);
    }
    return status;
}

static castmap_status check_inside(cm_check *check)
{
    castmap_filter all = CASTMAP_FILTER_INIT;
    cm_run_points points = {0};
    cm_projected_areas areas = {0};
    castmap_area_locator *locator = NULL;
    int32_t *area = NULL;
    castmap_status status = cm_run_points_load(check->ctx, check->project, &all, &points);

    if (!status)
        status = cm_projected_areas_load(check->ctx, check->project, NULL, points.projection, &areas);
    if (!status && !(area = cm_alloc(points.set.count, sizeof *area)))
        status = cm_fail_memory(check->ctx);
    if (!status) {
        const castmap_polygons shapes = cm_projected_areas_view(&areas);
        const castmap_points view = cm_run_points_view(&points);
        status = castmap_area_locator_new(check->ctx, &shapes, NULL, &locator);
        if (!status)
            status = castmap_area_locate(check->ctx, locator, &view, area);
    }
    for (size_t i = 0; !status && i < points.set.count; i++) {
        if (area[i] == CASTMAP_NO_AREA)
            status = cm_found_observation(check, CM_RULE_OUTSIDE, points.set.id[i], NULL);
    }
    if (!status && points.outside)
        status = cm_found_detail(check, CM_RULE_OUTSIDE, "%zu more lie beyond the working coordinate system", points.outside);
    if (status == CASTMAP_E_NOT_FOUND || status == CASTMAP_E_DATA || status == CASTMAP_E_PROJECT) { /* told by the rules of areas */
        cm_fail_clear(check->ctx);
        status = CASTMAP_OK;
    }
    castmap_area_locator_free(locator);
    cm_projected_areas_clear(&areas);
    cm_run_points_clear(&points);
    free(area);
    return status;
}

static castmap_status check_piles(cm_check *check)
{
    const cm_observation_set *set = &check->set;
    const cm_change doubt = {.field = CM_REPAIR_PLACE, .place = CM_PLACE_UNKNOWN};
    double place[CM_PILE_SHARE][2];
    cm_piles piles = {0};
    castmap_status status = CASTMAP_OK;

    for (size_t i = 0; i < set->count && !status; i++)
        status = cm_piles_add(&piles, set->lon[i], set->lat[i]) == 0 ? CASTMAP_OK : cm_fail_memory(check->ctx);
    const size_t n = status ? 0 : cm_piles_list(&piles, place);
    for (size_t i = 0; n && i < set->count && !status; i++) {
        for (size_t k = 0; k < n && set->precision[i] == CM_PLACE_EXACT; k++) {
            if (fabs(set->lon[i] - place[k][0]) > SAME_DEGREES || fabs(set->lat[i] - place[k][1]) > SAME_DEGREES)
                continue;
            status = cm_found_observation(check, CM_RULE_PILE, set->id[i], &doubt);
            break;
        }
    }
    cm_piles_clear(&piles);
    return status;
}

static castmap_status check_record(cm_check *check, size_t i)
{
    const cm_observation_set *set = &check->set;
    const cm_change unknown = {.field = CM_REPAIR_ACCURACY, .accuracy_m = NAN};
    const cm_change area = {.field = CM_REPAIR_PLACE, .place = CM_PLACE_AREA};
    const double accuracy = set->accuracy_m[i]; /* NaN: not known, and below and above nothing */
    castmap_status status = CASTMAP_OK;

    if (fabs(set->lon[i]) < NULL_DEGREES && fabs(set->lat[i]) < NULL_DEGREES)
        status = cm_found_observation(check, CM_RULE_NULL_ISLAND, set->id[i], NULL);
    if (!status && (accuracy <= 0 || accuracy > IMPOSSIBLE_M))
        status = cm_found_observation(check, CM_RULE_ACCURACY, set->id[i], &unknown);
    else if (!status && accuracy >= WIDE_M && set->precision[i] == CM_PLACE_EXACT)
        status = cm_found_observation(check, CM_RULE_CLASS, set->id[i], &area);
    if (!status && set->precision[i] == CM_PLACE_UNKNOWN)
        status = cm_found_observation(check, CM_RULE_UNKNOWN_PLACE, set->id[i], NULL);
    return status;
}

/* Street files of data.police.uk that were read as something else: known by the columns that the import kept. */
static castmap_status check_publisher(cm_check *check)
{
    static const char SELECT[] =
        "SELECT o.id FROM observation AS o WHERE o.place <> 5 AND o.batch IN (SELECT b.id FROM batch AS b JOIN run AS r ON r.number = b.run"
        " WHERE (SELECT count(DISTINCT lower(replace(value, ' ', ''))) FROM json_each(r.parameters, '$.columns') WHERE"
        " lower(replace(value, ' ', '')) IN ('month', 'longitude', 'latitude', 'location', 'lsoacode', 'crimetype')) = 6) ORDER BY o.id";
    const cm_change snapped = {.field = CM_REPAIR_PLACE, .place = CM_PLACE_SNAPPED};
    cm_query *query = NULL;
    int64_t *ids = NULL;
    size_t n = 0, capacity = 0;
    bool row = true;
    castmap_status status = cm_query_open(check->ctx, check->project->db, SELECT, &query);

    while (!status) {
        status = cm_query_step(check->ctx, query, &row);
        if (status || !row)
            break;
        if (cm_grow(&ids, &capacity, n + 1, sizeof *ids) != 0)
            status = cm_fail_memory(check->ctx);
        else
            ids[n++] = cm_query_integer(query, 0);
    }
    cm_query_close(query);
    for (size_t i = 0; i < n && !status; i++)
        status = cm_found_observation(check, CM_RULE_SNAPPED, ids[i], &snapped);
    free(ids);
    return status;
}

castmap_status cm_check_places(cm_check *check)
{
    bool areas = false;
    castmap_status status = CASTMAP_OK;

    for (size_t i = 0; i < check->set.count && !status; i++)
        status = check_record(check, i);
    if (!status && check->set.count && (check->wanted[CM_RULE_SWAPPED] || check->wanted[CM_RULE_FAR] || check->wanted[CM_RULE_OUTSIDE]))
        status = check_home(check, &areas);
    if (!status && areas && check->wanted[CM_RULE_OUTSIDE] && *cm_project_crs(check->project))
        status = check_inside(check);
    /* What a publisher moved is told once, not as a pile too: the later repair of a place stands. */
    if (!status && check->wanted[CM_RULE_PILE])
        status = check_piles(check);
    if (!status && check->wanted[CM_RULE_SNAPPED])
        status = check_publisher(check);
    return status;
}
