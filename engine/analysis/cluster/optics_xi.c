/*
 * analysis/cluster/optics_xi.c - clusters as valleys of the reachability plot, by the steepness of their edges.
 *
 * A point is steep down when the next reachability is lower by the share xi, steep up when it is higher by it. Runs of steep points that go
 * on in one direction, broken by no more than min_points flat ones, are steep areas; a valley lies between a steep down and a steep up area
 * whose ends reach the same height. Valleys nest; a point belongs to the smallest valley that holds it.
 *
 * Source: M. Ankerst, M. Breunig, H.-P. Kriegel, J. Sander (1999), "OPTICS: ordering points to identify the clustering structure", SIGMOD,
 * figure 19; E. Schubert, M. Gertz (2018), "Improving the cluster structure extracted from OPTICS plots", LWDA: points at the end of a
 * valley whose predecessor lies outside of it are left off.
 */
#include "castmap/cluster.h"

#include "analysis/cluster/label_numbers.h"
#include "base/fail.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct steep_down {
    size_t start, end;
    double between; /* highest reachability between its end and the present place */
} steep_down;

typedef struct valley {
    size_t start, end; /* inclusive */
} valley;

typedef struct xi_run {
    const castmap_optics_order *order;
    size_t   n, min_points;
    double   xi, floor_m, smallest;
    double  *reach;    /* owned [n + 1], the last INFINITY */
    size_t  *place_of; /* owned [n] point -> place in the order */
    steep_down *down;  /* owned */
    size_t   n_down, down_capacity;
    valley  *valleys;  /* owned */
    size_t   n_valleys, valley_capacity;
} xi_run;

static bool is_steep_up(const xi_run *r, size_t i)
{
    return r->reach[i] <= r->reach[i + 1] * (1.0 - r->xi) && isfinite(r->reach[i]);
}

static bool is_steep_down(const xi_run *r, size_t i)
{
    return r->reach[i] * (1.0 - r->xi) >= r->reach[i + 1] && isfinite(r->reach[i + 1]);
}

static bool goes_up(const xi_run *r, size_t i)
{
    return r->reach[i] < r->reach[i + 1];
}

static bool goes_down(const xi_run *r, size_t i)
{
    return r->reach[i] > r->reach[i + 1];
}

typedef bool slope_fn(const xi_run *r, size_t i);

/* The last steep point of the area that begins at `start`. */
static size_t extend(const xi_run *r, slope_fn *steep, slope_fn *against, size_t start)
{
    size_t end = start, flat = 0;

    for (size_t i = start; i < r->n; i++) {
        if (steep(r, i)) {
            flat = 0;
            end = i;
        } else if (against(r, i) || ++flat > r->min_points) {
            break;
        }
    }
    return end;
}

/* Steep downs from whose height the plot has risen in between can begin no valley any more. */
static void filter(xi_run *r, double between)
{
    size_t kept = 0;

    for (size_t k = 0; k < r->n_down; k++) {
        if (!isfinite(between) || between > r->reach[r->down[k].start] * (1.0 - r->xi))
            continue;
        r->down[kept] = r->down[k];
        r->down[kept].between = fmax(r->down[kept].between, between);
        kept++;
    }
    r->n_down = kept;
}

/* Leave off points at the end whose predecessor is outside. False when nothing is left. */
static bool correct_end(const xi_run *r, size_t *start, size_t *end)
{
    while (*start < *end) {
        if (r->reach[*start] > r->reach[*end])
            return true;
        const uint32_t from = r->order->predecessor[*end];
        const size_t at = from == CASTMAP_NO_PREDECESSOR ? SIZE_MAX : r->place_of[from];
        if (at >= *start && at < *end)
            return true;
        (*end)--;
    }
    return false;
}

static int add_valley(xi_run *r, const steep_down *down, size_t up_start, size_t up_end)
{
    const double after = r->reach[up_end + 1], height = r->reach[down->start], complement = 1.0 - r->xi;
    size_t start = down->start, end = up_end;

    if (after * complement < down->between)
        return 0;
    if (height * complement >= after) { /* the left edge is higher: begin where it has come down to the right one */
        while (start < down->end && r->reach[start + 1] > after)
            start++;
    } else if (after * complement >= height) { /* the right edge is higher: end where it rises above the left one */
        while (end > up_start && r->reach[end - 1] > height)
            end--;
    }
    if (!correct_end(r, &start, &end))
        return 0;
    if ((double)(end - start + 1) < r->smallest || start > down->end || end < up_start)
        return 0;
    if (cm_grow(&r->valleys, &r->valley_capacity, r->n_valleys + 1, sizeof *r->valleys) != 0)
        return -1;
    r->valleys[r->n_valleys++] = (valley){start, end};
    return 0;
}

static int find_valleys(xi_run *r)
{
    double between = 0.0;
    size_t at = 0;

    for (size_t i = 0; i < r->n; i++) {
        if (i < at || (!is_steep_up(r, i) && !is_steep_down(r, i)))
            continue;
        for (size_t k = at; k <= i; k++)
            between = fmax(between, r->reach[k]);
        filter(r, between);
        if (is_steep_down(r, i)) {
            const size_t end = extend(r, is_steep_down, goes_up, i);
            if (cm_grow(&r->down, &r->down_capacity, r->n_down + 1, sizeof *r->down) != 0)
                return -1;
            r->down[r->n_down++] = (steep_down){i, end, 0.0};
            at = end + 1;
        } else {
            const size_t end = extend(r, is_steep_up, goes_down, i);
            at = end + 1;
            for (size_t k = 0; k < r->n_down; k++) {
                if (add_valley(r, &r->down[k], i, end) != 0)
                    return -1;
            }
        }
        between = r->reach[at];
    }
    return 0;
}

static int smallest_first(const void *a, const void *b)
{
    const valley *p = a, *q = b;
    const size_t m = p->end - p->start, n = q->end - q->start;

    return m != n ? (m < n ? -1 : 1) : (p->start > q->start) - (p->start < q->start);
}

/* A valley becomes a cluster when none of its points is in a smaller one. */
static void label_valleys(xi_run *r, int32_t *label)
{
    int32_t number = 0;

    if (r->n_valleys > 0)
        qsort(r->valleys, r->n_valleys, sizeof *r->valleys, smallest_first);
    for (size_t v = 0; v < r->n_valleys; v++) {
        bool free_of = true;
        for (size_t i = r->valleys[v].start; i <= r->valleys[v].end && free_of; i++)
            free_of = label[r->order->point[i]] == CASTMAP_NOISE;
        if (!free_of)
            continue;
        for (size_t i = r->valleys[v].start; i <= r->valleys[v].end; i++)
            label[r->order->point[i]] = number;
        number++;
    }
}

castmap_status castmap_optics_xi(castmap_context *ctx, const castmap_points *points, const castmap_optics_order *order,
                                 uint32_t min_points, double xi, double accuracy_m, int32_t *labels, size_t *n_clusters)
{
    xi_run r = {.order = order, .n = order->count, .min_points = min_points, .xi = xi, .floor_m = accuracy_m, .smallest = fmax(2.0, (double)min_points)};
    int32_t *label = cm_alloc(points->count, sizeof *label);
    size_t k = 0;
    castmap_status status = CASTMAP_OK;

    cm_fail_clear(ctx);
    r.reach = cm_alloc(order->count + 1, sizeof *r.reach);
    r.place_of = cm_alloc(points->count, sizeof *r.place_of);
    if (!label || !r.reach || !r.place_of) {
        status = cm_fail_memory(ctx);
        goto done;
    }
    if (order->count != points->count || !(xi > 0.0 && xi < 1.0) || min_points == 0 || !(accuracy_m > 0.0)) {
        status = cm_fail(ctx, CASTMAP_E_ARGUMENT, "xi must lie between 0 and 1, and the order be that of these points");
        goto done;
    }
    for (size_t i = 0; i < order->count; i++) {
        r.reach[i] = fmax(order->reachability_m[i], accuracy_m); /* piles have none: their ratio would be endless */
        r.place_of[order->point[i]] = i;
        label[i] = CASTMAP_NOISE;
    }
    r.reach[order->count] = (double)INFINITY;
    if (find_valleys(&r) != 0) {
        status = cm_fail_memory(ctx);
        goto done;
    }
    label_valleys(&r, label);
    status = cm_number_labels(ctx, points, NULL, label, r.n_valleys, &k);
    if (status)
        goto done;
    if (points->count > 0)
        memcpy(labels, label, points->count * sizeof *labels);
    if (n_clusters)
        *n_clusters = k;

done:
    free(label);
    free(r.reach);
    free(r.place_of);
    free(r.down);
    free(r.valleys);
    return status;
}
