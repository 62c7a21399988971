/*
 * analysis/cluster/cluster_spread.c - the longest hop and the ellipse of each cluster.
 *
 * The longest hop is the longest edge of the minimum spanning tree of the members. The tree under mutual reachability with core distances of 0
 * is just that. Members are taken in order of their place and sums are taken from the first of them, so that neither the order of rows nor
 * threads matter.
 */
#include "castmap/cluster.h"

#include "analysis/cluster/mutual_tree.h"
#include "base/fail.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LEAF_POINTS 16u
#define PI 3.14159265358979323846

/* Members of the clusters one after the other. */
typedef struct members {
    size_t *start;  /* owned [clusters + 1] */
    double *x, *y;  /* owned [start[clusters]] */
} members;

static void members_clear(members *m)
{
    free(m->start);
    free(m->x);
    free(m->y);
}

static castmap_status gather(castmap_context *ctx, const castmap_points *points, const int32_t *labels, size_t k, members *m)
{
    m->start = cm_alloc_zero(k + 2, sizeof *m->start);
    m->x = cm_alloc(points->count, sizeof *m->x);
    m->y = cm_alloc(points->count, sizeof *m->y);
    if (!m->start || !m->x || !m->y)
        return cm_fail_memory(ctx);
    for (size_t i = 0; i < points->count; i++) {
        if (labels[i] < CASTMAP_NOISE || labels[i] >= (int64_t)k)
            return cm_fail(ctx, CASTMAP_E_ARGUMENT, "label %d is beyond the number of clusters", (int)labels[i]);
        if (labels[i] != CASTMAP_NOISE)
            m->start[labels[i] + 2]++;
    }
    for (size_t c = 2; c < k + 2; c++)
        m->start[c] += m->start[c - 1];
    for (size_t i = 0; i < points->count; i++) {
        if (labels[i] == CASTMAP_NOISE)
            continue;
        const size_t at = m->start[labels[i] + 1]++;
        m->x[at] = points->x[i];
        m->y[at] = points->y[i];
    }
    return CASTMAP_OK;
}

static castmap_status longest_hop(castmap_context *ctx, const cm_places *places, double *out)
{
    const size_t n = places->count;
    cm_kd_tree tree = {0};
    double *core = cm_alloc_zero(n, sizeof *core);
    cm_mutual_edge *edge = cm_alloc(n, sizeof *edge);
    castmap_status status = CASTMAP_OK;

    *out = 0.0;
    if (!core || !edge || cm_kd_tree_make(places->x, places->y, NULL, n, LEAF_POINTS, &tree) != 0)
        status = cm_fail_memory(ctx);
    if (!status && n > 1)
        status = cm_mutual_tree(ctx, &tree, core, edge);
    for (size_t i = 0; !status && i + 1 < n; i++)
        *out = fmax(*out, edge[i].distance_m);
    cm_kd_tree_clear(&tree);
    free(core);
    free(edge);
    return status;
}

/* Half axes from the sums of squares and products about the mean: the roots of the symmetric two by two matrix. */
static void ellipse_of(const cm_places *places, castmap_ellipse_form form, double probability, castmap_cluster_spread *out)
{
    const double n = places->total;
    double sx = 0.0, sy = 0.0, xx = 0.0, xy = 0.0, yy = 0.0;

    out->major_m = out->minor_m = out->bearing_deg = (double)NAN;
    if (n < 3.0)
        return;
    for (size_t i = 0; i < places->count; i++) {
        sx += places->weight[i] * (places->x[i] - places->x[0]);
        sy += places->weight[i] * (places->y[i] - places->y[0]);
    }
    for (size_t i = 0; i < places->count; i++) {
        const double dx = places->x[i] - places->x[0] - sx / n, dy = places->y[i] - places->y[0] - sy / n;
        xx += places->weight[i] * dx * dx;
        xy += places->weight[i] * dx * dy;
        yy += places->weight[i] * dy * dy;
    }
    const double middle = (xx + yy) / 2.0, half = hypot((xx - yy) / 2.0, xy);
    const double scale = form == CASTMAP_ELLIPSE_CRIMESTAT ? 2.0 / (n - 2.0) : -2.0 * log1p(-probability) / (n - 1.0);
    out->major_m = sqrt(scale * (middle + half));
    out->minor_m = sqrt(scale * fmax(middle - half, 0.0));
    if (half <= 1e-12 * middle)
        return;
    /* The long axis points along (cos t, sin t) with t from east; a bearing counts from north, clockwise. */
    const double bearing = 90.0 - 0.5 * atan2(2.0 * xy, xx - yy) * 180.0 / PI;
    out->bearing_deg = fmod(bearing + 180.0, 180.0);
}

static castmap_status describe(castmap_context *ctx, const members *m, size_t k, castmap_ellipse_form form, double probability,
                               castmap_cluster_spread *spread)
{
    for (size_t c = 0; c < k; c++) {
        const castmap_points view = {.count = m->start[c + 1] - m->start[c], .x = m->x + m->start[c], .y = m->y + m->start[c]};
        cm_places places = {0};
        spread[c] = (castmap_cluster_spread){0.0, (double)NAN, (double)NAN, (double)NAN};
        if (view.count == 0)
            continue;
        if (cm_cancelled(ctx))
            return cm_fail_cancelled(ctx);
        castmap_status status = cm_places_make(ctx, &view, &places);
        if (!status)
            status = longest_hop(ctx, &places, &spread[c].longest_hop_m);
        if (!status)
            ellipse_of(&places, form, probability, &spread[c]);
        cm_places_clear(&places);
        if (status)
            return status;
    }
    return CASTMAP_OK;
}

castmap_status castmap_cluster_spread_make(castmap_context *ctx, const castmap_points *points, const int32_t *labels,
                                           size_t n_clusters, castmap_ellipse_form form, double probability,
                                           castmap_cluster_spread *spread)
{
    castmap_cluster_spread *made = NULL;
    members m = {0};
    castmap_status status;

    cm_fail_clear(ctx);
    if (form == CASTMAP_ELLIPSE_COVARIANCE && !(probability > 0.0 && probability < 1.0))
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "the probability of an ellipse lies between 0 and 1");
    made = cm_alloc(n_clusters, sizeof *made);
    if (!made)
        return cm_fail_memory(ctx);
    status = gather(ctx, points, labels, n_clusters, &m);
    if (!status)
        status = describe(ctx, &m, n_clusters, form, probability, made);
    if (!status)
        memcpy(spread, made, n_clusters * sizeof *spread);
    free(made);
    members_clear(&m);
    return status;
}
