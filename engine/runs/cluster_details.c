/*
 * runs/cluster_details.c - what each place is made of, and where it lies in degrees.
 *
 *   1. group_members   members of each place together, in order of their index
 *   2. count_members   categories and grades of each place
 *   3. measure_spread  longest hop and ellipse of each place
 *   4. place_shapes    centres and hulls in degrees
 */
#include "runs/cluster_run.h"

#include "base/fail.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct members {
    size_t   *start; /* owned [k + 1] */
    uint32_t *index; /* owned [start[k]] rows of the points, place by place */
} members;

static void members_clear(members *m)
{
    free(m->start);
    free(m->index);
}

static castmap_status group_members(castmap_context *ctx, const cm_cluster_layer *layer, members *out)
{
    const size_t k = layer->shapes.count;

    out->start = cm_alloc_zero(k + 1, sizeof *out->start);
    out->index = cm_alloc(layer->n, sizeof *out->index);
    if (!out->start || !out->index)
        return cm_fail_memory(ctx);
    for (size_t i = 0; i < layer->n; i++) {
        if (layer->label[i] != CASTMAP_NOISE)
            out->start[layer->label[i] + 1]++;
    }
    for (size_t c = 0; c < k; c++)
        out->start[c + 1] += out->start[c];
    /* Filling moves the starts on by one place; they are moved back after. */
    for (size_t i = 0; i < layer->n; i++) {
        if (layer->label[i] != CASTMAP_NOISE)
            out->index[out->start[layer->label[i]]++] = (uint32_t)i;
    }
    for (size_t c = k; c > 0; c--)
        out->start[c] = out->start[c - 1];
    out->start[0] = 0;
    return CASTMAP_OK;
}

static int most_first(const void *a, const void *b)
{
    const castmap_category_count *p = a, *q = b;

    if (p->count != q->count)
        return p->count < q->count ? 1 : -1;
    return strcmp(p->name, q->name);
}

/* `tally` is [n_categories], all 0, and is left so. */
static castmap_status count_categories(castmap_context *ctx, const cm_observation_set *set, const uint32_t *index, size_t n,
                                       size_t *tally, castmap_place_detail *d)
{
    size_t kinds = 0;
    castmap_status status = CASTMAP_OK;

    for (size_t i = 0; i < n; i++) {
        const int32_t category = set->category[index[i]];
        if (category >= 0 && tally[category]++ == 0)
            kinds++;
    }
    d->categories = cm_alloc_zero(kinds, sizeof *d->categories);
    if (!d->categories)
        status = cm_fail_memory(ctx);
    for (size_t i = 0; i < n; i++) {
        const int32_t category = set->category[index[i]];
        if (category < 0 || tally[category] == 0)
            continue;
        if (!status) {
            castmap_category_count *one = &d->categories[d->n_categories];
            *one = (castmap_category_count){cm_copy_text(set->category_name[category]), tally[category]};
            if (one->name)
                d->n_categories++;
            else
                status = cm_fail_memory(ctx);
        }
        tally[category] = 0;
    }
    if (!status)
        qsort(d->categories, d->n_categories, sizeof *d->categories, most_first);
    return status;
}

static void count_grades(const cm_observation_set *set, const uint32_t *index, size_t n, castmap_place_detail *d)
{
    for (size_t i = 0; i < n; i++) {
        const unsigned source = set->source_grade[index[i]];
        const char information = set->information_grade[index[i]];
        if (source >= 1 && source <= 3)
            d->source_grade[source - 1]++;
        if (information >= 'A' && information <= 'E')
            d->information_grade[information - 'A']++;
    }
}

static double worst_outlier(const double *outlier, const uint32_t *index, size_t n)
{
    double worst = outlier ? 0.0 : (double)NAN;

    for (size_t i = 0; outlier && i < n; i++)
        worst = fmax(worst, outlier[index[i]]);
    return worst;
}

/* The last moment at which any of them may have been: of a record known to its month, the last of that month. */
static int64_t last_moment(const cm_observation_set *set, const uint32_t *index, size_t n, int64_t last_s)
{
    for (size_t i = 0; i < n; i++) {
        const int64_t from_s = set->from_s[index[i]], to_s = set->to_s[index[i]];
        if (from_s != INT64_MIN && to_s > from_s && to_s - 1 > last_s)
            last_s = to_s - 1;
    }
    return last_s;
}

static castmap_status count_members(cm_cluster_run *run, const members *m)
{
    const cm_observation_set *set = &run->points.set;
    cm_cluster_layer *layer = &run->layer;
    size_t *tally = cm_alloc_zero(set->n_categories, sizeof *tally);
    castmap_status status = CASTMAP_OK;

    layer->detail = cm_alloc_zero(layer->shapes.count, sizeof *layer->detail);
    if (!tally || !layer->detail)
        status = cm_fail_memory(run->ctx);
    for (size_t c = 0; c < layer->shapes.count && !status; c++) {
        const uint32_t *index = m->index + m->start[c];
        const size_t n = m->start[c + 1] - m->start[c], medoid = layer->shapes.shape[c].medoid;
        castmap_place_detail *d = &layer->detail[c];
        layer->shapes.shape[c].last_s = last_moment(set, index, n, layer->shapes.shape[c].last_s);
        d->medoid_id = set->id[medoid];
        d->medoid_lon = set->lon[medoid];
        d->medoid_lat = set->lat[medoid];
        d->outlier = worst_outlier(layer->outlier, index, n);
        count_grades(set, index, n, d);
        status = count_categories(run->ctx, set, index, n, tally, d);
    }
    free(tally);
    return status;
}

static castmap_status measure_spread(cm_cluster_run *run)
{
    const castmap_points view = cm_run_points_view(&run->points);
    cm_cluster_layer *layer = &run->layer;
    const size_t k = layer->shapes.count;
    castmap_cluster_spread *spread = cm_alloc(k, sizeof *spread);
    castmap_status status;

    if (!spread)
        return cm_fail_memory(run->ctx);
    status = castmap_cluster_spread_make(run->ctx, &view, layer->label, k,
                                         layer->crimestat_ellipse ? CASTMAP_ELLIPSE_CRIMESTAT : CASTMAP_ELLIPSE_COVARIANCE,
                                         CASTMAP_ELLIPSE_PROBABILITY, spread);
    for (size_t c = 0; c < k && !status; c++) {
        castmap_place_detail *d = &layer->detail[c];
        d->longest_hop_m = spread[c].longest_hop_m;
        d->ellipse_major_m = spread[c].major_m;
        d->ellipse_minor_m = spread[c].minor_m;
        d->ellipse_bearing_deg = spread[c].bearing_deg;
    }
    free(spread);
    return status;
}

/* Centres and hulls in degrees, for the project file and for people. */
static castmap_status place_shapes(cm_cluster_run *run)
{
    cm_cluster_layer *layer = &run->layer;
    const size_t k = layer->shapes.count;
    size_t vertices = 0;
    castmap_status status = CASTMAP_OK;

    for (size_t c = 0; c < k; c++)
        vertices += layer->shapes.shape[c].hull_count;
    double *x = cm_alloc(k, sizeof *x), *y = cm_alloc(k, sizeof *y);
    layer->lon = cm_alloc(k, sizeof *layer->lon);
    layer->lat = cm_alloc(k, sizeof *layer->lat);
    layer->hull_lon = cm_alloc(vertices, sizeof *layer->hull_lon);
    layer->hull_lat = cm_alloc(vertices, sizeof *layer->hull_lat);
    if (!x || !y || !layer->lon || !layer->lat || !layer->hull_lon || !layer->hull_lat) {
        status = cm_fail_memory(run->ctx);
        goto done;
    }
    for (size_t c = 0; c < k; c++) {
        x[c] = layer->shapes.shape[c].centre_x;
        y[c] = layer->shapes.shape[c].centre_y;
    }
    status = cm_projection_inverse(run->ctx, run->points.projection, k, x, y, layer->lon, layer->lat, NULL);
    if (!status)
        status = cm_projection_inverse(run->ctx, run->points.projection, vertices, layer->shapes.hull_x,
                                       layer->shapes.hull_y, layer->hull_lon, layer->hull_lat, NULL);

done:
    free(x);
    free(y);
    return status;
}

castmap_status cm_cluster_describe(cm_cluster_run *run)
{
    members m = {0};
    castmap_status status;

    status = group_members(run->ctx, &run->layer, &m);
    if (status)
        goto done;
    status = count_members(run, &m);
    if (status)
        goto done;
    status = measure_spread(run);
    if (status)
        goto done;
    status = cm_cluster_outlines(run, m.start, m.index);
    if (status)
        goto done;
    status = place_shapes(run);

done:
    members_clear(&m);
    return status;
}
