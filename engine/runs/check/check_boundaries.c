/*
 * runs/check/check_boundaries.c - the newest set of every level: outlines that cross themselves, areas that cover the same ground.
 *
 * Generalised outlines leave slivers along every border. An overlap is told where it covers more than a thousandth of the smaller area and more than
 * a hectare.
 */
#include "runs/check/findings.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "base/text.h"
#include "castmap/areas.h"
#include "project/run_table.h"
#include "runs/projected_areas.h"
#include "space/geometry/geos.h"

#define SHARE 0.001
#define HECTARE_KM2 0.01

typedef struct extent {
    double west, south, east, north;
    size_t area;
} extent;

static extent extent_of(const castmap_polygons *p, size_t area)
{
    extent e = {INFINITY, INFINITY, -INFINITY, -INFINITY, area};
    const size_t first = p->vertex_start[p->ring_start[p->part_start[area]]], end = p->vertex_start[p->ring_start[p->part_start[area + 1]]];

    for (size_t i = first; i < end; i++) {
        e.west = fmin(e.west, p->x[i]);
        e.east = fmax(e.east, p->x[i]);
        e.south = fmin(e.south, p->y[i]);
        e.north = fmax(e.north, p->y[i]);
    }
    return e;
}

static int by_west(const void *a, const void *b)
{
    const extent *x = a, *y = b;
    const int order = (x->west > y->west) - (x->west < y->west);

    return order ? order : (x->area > y->area) - (x->area < y->area);
}

static void area_name(const cm_boundary_set *set, size_t i, char out[64])
{
    cm_escape_display(set->code[i], strlen(set->code[i]), out, 64);
}

static castmap_status check_pair(cm_check *check, const cm_boundary_set *set, const castmap_polygons *p, const double *km2, size_t a, size_t b)
{
    char first[64], second[64];
    double common = 0;
    castmap_status status = cm_geos_overlap_km2(check->ctx, p, a, p, b, &common);

    if (status || common < HECTARE_KM2 || common < SHARE * fmin(km2[a], km2[b]))
        return status;
    area_name(set, a < b ? a : b, first);
    area_name(set, a < b ? b : a, second);
    return cm_found(check, CM_RULE_AREA_OVERLAP, 1, "%s %s and %s", set->level, first, second);
}

/* Neighbours by their boxes, in order from the west. */
static castmap_status check_overlaps(cm_check *check, const cm_boundary_set *set, const castmap_polygons *p, const bool *valid)
{
    extent *list = cm_alloc(p->count, sizeof *list);
    double *km2 = cm_alloc(p->count, sizeof *km2);
    castmap_status status = list && km2 ? CASTMAP_OK : cm_fail_memory(check->ctx);

    if (!status) {
        castmap_polygons_area_km2(p, km2);
        for (size_t i = 0; i < p->count; i++)
            list[i] = extent_of(p, i);
        qsort(list, p->count, sizeof *list, by_west);
    }
    for (size_t i = 0; !status && i < p->count; i++) {
        if (cm_cancelled(check->ctx))
            status = cm_fail_cancelled(check->ctx);
        for (size_t k = i + 1; !status && k < p->count && list[k].west < list[i].east; k++) {
            if (list[k].south < list[i].north && list[k].north > list[i].south && valid[list[i].area] && valid[list[k].area])
                status = check_pair(check, set, p, km2, list[i].area, list[k].area);
        }
    }
    free(list);
    free(km2);
    return status;
}

static castmap_status check_outlines(cm_check *check, const cm_boundary_set *set, const castmap_polygons *p, bool *valid)
{
    castmap_status status = CASTMAP_OK;
    char name[64];

    for (size_t i = 0; i < p->count && !status; i++) {
        area_name(set, i, name);
        status = cm_geos_is_valid(check->ctx, p, i, &valid[i]);
        if (!status && !valid[i])
            status = cm_found(check, CM_RULE_AREA_INVALID, 1, "%s %s", set->level, name);
        if (!status && set->repaired[i])
            status = cm_found(check, CM_RULE_AREA_REPAIRED, 1, "%s %s", set->level, name);
    }
    return status;
}

static castmap_status check_level(cm_check *check, const char *level, const cm_projection *projection)
{
    cm_projected_areas areas = {0};
    char words[200];
    castmap_status status = cm_projected_areas_load(check->ctx, check->project, level, projection, &areas);

    if (status == CASTMAP_E_PROJECT) {
        snprintf(words, sizeof words, "%s", castmap_message(check->ctx));
        cm_fail_clear(check->ctx);
        check->wanted[CM_RULE_STORE] = true;
        return cm_found(check, CM_RULE_STORE, 1, "%s", words);
    }
    if (status == CASTMAP_E_DATA) { /* nothing can be measured there; which is worth knowing */
        cm_fail_clear(check->ctx);
        return cm_found(check, CM_RULE_CRS, 1, "level %s", level);
    }
    if (status)
        return status;
    const castmap_polygons p = cm_projected_areas_view(&areas);
    bool *valid = cm_alloc_zero(p.count + 1, sizeof *valid);
    status = valid ? check_outlines(check, &areas.set, &p, valid) : cm_fail_memory(check->ctx);
    if (!status && check->wanted[CM_RULE_AREA_OVERLAP])
        status = check_overlaps(check, &areas.set, &p, valid);
    free(valid);
    cm_projected_areas_clear(&areas);
    return status;
}

castmap_status cm_check_boundaries(cm_check *check)
{
    cm_projection *projection = NULL;
    cm_query *query = NULL;
    bool row = true;
    castmap_status status;

    if (!*cm_project_crs(check->project) ||
        !(check->wanted[CM_RULE_CRS] || check->wanted[CM_RULE_AREA_INVALID] || check->wanted[CM_RULE_AREA_OVERLAP] || check->wanted[CM_RULE_AREA_REPAIRED]))
        return CASTMAP_OK;
    status = cm_projection_new(check->ctx, cm_project_crs(check->project), false, &projection);
    if (!status)
        status = cm_query_open(check->ctx, check->project->db, "SELECT DISTINCT level FROM boundary ORDER BY level", &query);
    while (!status) {
        char *level = NULL;
        status = cm_query_step(check->ctx, query, &row);
        if (status || !row)
            break;
        status = cm_query_copy(check->ctx, query, 0, &level);
        if (!status)
            status = check_level(check, level, projection);
        free(level);
    }
    cm_query_close(query);
    cm_projection_free(projection);
    return status;
}
