/*
 * runs/run_points.c - load the accepted observations once, in the working CRS.
 */
#include "runs/run_points.h"

#include "base/fail.h"
#include "base/memory.h"
#include "project/run_table.h"
#include "runs/remarks.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void cm_run_points_clear(cm_run_points *points)
{
    cm_observation_set_clear(&points->set);
    cm_projection_free(points->projection);
    free(points->x);
    free(points->y);
    free(points->weight);
    memset(points, 0, sizeof *points);
}

castmap_points cm_run_points_view(const cm_run_points *points)
{
    return (castmap_points){.count = points->set.count,
                            .x = points->x,
                            .y = points->y,
                            .weight = points->weight,
                            .time_s = points->set.from_s,
                            .id = points->set.id};
}

static int remark_count(castmap_remark **remarks, size_t *count, const char *code, size_t n, const char *one, const char *more)
{
    return n == 0 ? 0 : cm_remark_add(remarks, count, code, "%zu %s", n, n == 1 ? one : more);
}

int cm_run_points_remark(const cm_run_points *points, castmap_remark **remarks, size_t *count)
{
    return remark_count(remarks, count, "repeats-left-out", points->set.repeats,
                        "observation is marked as repeating another one and was left out (castmap check --log).",
                        "observations are marked as repeating another one and were left out (castmap check --log).") |
           remark_count(remarks, count, "weight-missing", points->unweighed,
                        "observation has nothing in the column of weights and was left out: what it would weigh is not known.",
                        "observations have nothing in the column of weights and were left out: what they would weigh is not known.");
}

/* Move row `from` to place `to`, to <= from. */
static void move_row(cm_run_points *points, size_t to, size_t from)
{
    cm_observation_set *set = &points->set;

    points->x[to] = points->x[from];
    points->y[to] = points->y[from];
    if (points->weight)
        points->weight[to] = points->weight[from];
    set->id[to] = set->id[from];
    set->lon[to] = set->lon[from];
    set->lat[to] = set->lat[from];
    set->accuracy_m[to] = set->accuracy_m[from];
    set->precision[to] = set->precision[from];
    set->from_s[to] = set->from_s[from];
    set->to_s[to] = set->to_s[from];
    set->when[to] = set->when[from];
    set->category[to] = set->category[from];
    set->source[to] = set->source[from];
    set->source_grade[to] = set->source_grade[from];
    set->information_grade[to] = set->information_grade[from];
    set->handling[to] = set->handling[from];
}

void cm_run_points_keep(cm_run_points *points, const bool *keep)
{
    size_t kept = 0;

    for (size_t i = 0; i < points->set.count; i++) {
        if (!keep[i])
            continue;
        if (kept != i)
            move_row(points, kept, i);
        kept++;
    }
    points->set.count = kept;
}

double cm_run_points_total(const cm_run_points *points)
{
    double sum = 0.0;

    for (size_t i = 0; i < points->set.count; i++)
        sum += points->weight ? points->weight[i] : 1.0;
    return sum;
}

/* Without those whose column says nothing. */
static castmap_status keep_weighed(castmap_context *ctx, cm_run_points *points)
{
    bool *keep = cm_alloc(points->set.count, sizeof *keep);

    if (!keep)
        return cm_fail_memory(ctx);
    for (size_t i = 0; i < points->set.count; i++)
        keep[i] = !isnan(points->weight[i]);
    cm_run_points_keep(points, keep);
    free(keep);
    return CASTMAP_OK;
}

castmap_status cm_run_points_weigh(castmap_context *ctx, castmap_project *project, const char *column, bool persons, cm_run_points *points)
{
    castmap_status status;

    if (!column && !persons)
        return CASTMAP_OK;
    points->weight = cm_alloc(points->set.count, sizeof *points->weight);
    if (!points->weight)
        return cm_fail_memory(ctx);
    if (persons)
        return cm_observation_persons(ctx, project, points->set.id, points->set.count, points->weight);
    status = cm_observation_weights(ctx, project, column, points->set.id, points->set.count, points->weight, &points->unweighed);
    if (!status && points->unweighed > 0)
        status = keep_weighed(ctx, points);
    if (!status && !(cm_run_points_total(points) > 0.0)) {
        status = cm_fail(ctx, CASTMAP_E_DATA, "all observations weigh nothing by that column");
        cm_fail_where(ctx, "%s", column);
        cm_fail_hint(ctx, "choose another column, or leave --weight out: each then counts as one");
    }
    return status;
}

static void keep_usable(cm_run_points *points, const bool *reached, double accuracy_m)
{
    size_t kept = 0;

    for (size_t i = 0; i < points->set.count; i++) {
        if (points->set.accuracy_m[i] > accuracy_m) { /* false for unknown (NaN) */
            points->inexact++;
            continue;
        }
        if (!reached[i]) {
            points->outside++;
            continue;
        }
        if (kept != i)
            move_row(points, kept, i);
        kept++;
    }
    points->set.count = kept;
}

castmap_status cm_run_points_load(castmap_context *ctx, castmap_project *project, const castmap_filter *filter,
                                  cm_run_points *out)
{
    cm_run_points points = {0};
    bool *reached = NULL;
    castmap_status status;

    if (filter->from_s >= filter->to_s)
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "the period ends before it begins");
    status = cm_observations_load(ctx, project, filter->from_s, filter->to_s, filter->category, &points.set);
    if (status)
        goto done;
    const size_t n = points.set.count;
    if (n > 0) {
        points.x = cm_alloc(n, sizeof *points.x);
        points.y = cm_alloc(n, sizeof *points.y);
        reached = cm_alloc(n, sizeof *reached);
        if (!points.x || !points.y || !reached) {
            status = cm_fail_memory(ctx);
            goto done;
        }
        status = cm_projection_new(ctx, cm_project_crs(project), false, &points.projection);
        if (status)
            goto done;
        status = cm_projection_forward(ctx, points.projection, n, points.set.lon, points.set.lat, points.x, points.y,
                                       reached);
        if (status)
            goto done;
        keep_usable(&points, reached, filter->accuracy_m);
    }
    if (points.set.count == 0) {
        status = cm_fail(ctx, CASTMAP_E_NOT_FOUND, "no accepted observations match");
        cm_fail_hint(ctx, n ? "%zu were left out by the filter of accuracy or lie outside the working CRS"
                            : "bring records in with: castmap import FILE (%zu are here for this period and category)",
                     n);
        goto done;
    }
    *out = points;
    memset(&points, 0, sizeof points);

done:
    free(reached);
    cm_run_points_clear(&points);
    return status;
}
