/*
 * runs/along_points.c - observations on the project's streets.
 */
#include "runs/along_points.h"

#include "base/fail.h"
#include "base/memory.h"
#include "runs/cluster_run.h"
#include "runs/remarks.h"

#include <math.h>
#include <stdlib.h>

void cm_along_points_clear(cm_along_points *points)
{
    castmap_streets_clear(&points->streets);
    cm_run_points_clear(&points->points);
    free(points->edge);
    free(points->along_m);
    *points = (cm_along_points){0};
}

/* Records known too roughly, and those on no street, go. */
static castmap_status snap(castmap_context *ctx, double snap_m, cm_along_points *p)
{
    const size_t n = p->points.set.count;
    bool *keep = cm_alloc(n, sizeof *keep);
    size_t kept = 0;
    castmap_status status;

    p->edge = cm_alloc(n, sizeof *p->edge);
    p->along_m = cm_alloc(n, sizeof *p->along_m);
    if (!p->edge || !p->along_m || !keep) {
        free(keep);
        return cm_fail_memory(ctx);
    }
    status = castmap_network_snap(ctx, &p->streets.network, n, p->points.x, p->points.y, snap_m, p->edge, p->along_m, NULL);
    for (size_t i = 0; i < n && !status; i++) {
        const bool exact = cm_place_known_to(p->points.set.accuracy_m[i], p->points.set.precision[i]) <= snap_m;
        keep[i] = exact && p->edge[i] != CASTMAP_NO_EDGE;
        p->inexact += !exact;
        p->off_streets += exact && !keep[i];
        if (!keep[i])
            continue;
        p->edge[kept] = p->edge[i];
        p->along_m[kept++] = p->along_m[i];
    }
    if (!status)
        cm_run_points_keep(&p->points, keep);
    free(keep);
    return status;
}

castmap_status cm_along_points_load(castmap_context *ctx, castmap_project *project, const castmap_filter *filter, double snap_m,
                                    cm_along_points *out)
{
    cm_along_points p = {0};
    castmap_status status;

    if (!(snap_m > 0.0) || !isfinite(snap_m))
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "the distance within which an observation belongs to a street must be above 0");
    status = castmap_streets_load(ctx, project, 0, &p.streets);
    if (status)
        return status;
    status = cm_run_points_load(ctx, project, filter, &p.points);
    if (status == CASTMAP_E_NOT_FOUND) {
        cm_fail_clear(ctx);
        status = CASTMAP_OK;
    }
    if (!status)
        status = snap(ctx, snap_m, &p);
    if (status)
        cm_along_points_clear(&p);
    else
        *out = p;
    return status;
}

int cm_along_remark_left_out(size_t inexact, size_t off_streets, double snap_m, castmap_remark **remarks, size_t *count)
{
    char length[32];
    int failed = 0;

    cm_length_words(snap_m, length);
    if (inexact > 0)
        failed |= cm_remark_add(remarks, count, "left-out-inexact", "%zu %s known less exactly than %s: which street is theirs cannot be said",
                                inexact, inexact == 1 ? "observation is" : "observations are", length);
    if (off_streets > 0)
        failed |= cm_remark_add(remarks, count, "left-out-off-streets", "%zu %s farther than %s from every street", off_streets,
                                off_streets == 1 ? "observation lies" : "observations lie", length);
    return failed;
}
