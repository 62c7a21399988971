/*
 * analysis/cluster/hdbscan.c - HDBSCAN*: clusters of differing density.
 *
 *   1. collapse       stacked points to places with weight
 *   2. core distances and the spanning tree of mutual reachability                     in parallel (mutual_tree.c)
 *   3. build          the tree of merges, by ascending distance
 *   4. condense       from the top: which groups of at least min_cluster_size part, which places drop out where
 *   5. select         clusters by excess of mass, or the leaves
 *   6. hand out       labels, membership and outlier scores to the points
 *
 * Merges at the same distance are one event (step 4 looks through them), so the result does not depend on the order of equal
 * edges. Sizes and stabilities are whole numbers in small units: their sums do not depend on any order either.
 */
#include "castmap/cluster.h"

#include "analysis/cluster/label_numbers.h"
#include "analysis/cluster/mutual_tree.h"
#include "analysis/cluster/places.h"
#include "base/disjoint_set.h"
#include "base/fail.h"
#include "base/memory.h"
#include "base/sort.h"
#include "space/index/kd_tree.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LEAF_POINTS 12
#define DENSITY_UNITS 0x1p60 /* of the highest density there can be, 1 / accuracy */
#define SIZE_SLACK 1e-5      /* of min_cluster_size: three thirds make one */

__extension__ typedef __int128 mass; /* size in units times density in units */

/* A place (below n) or a merge (n and above) in the tree of merges. */
typedef struct merge {
    uint32_t left, right;
    double   distance_m;
    uint64_t size; /* in units */
} merge;

typedef struct candidate {
    uint32_t parent;
    double   birth; /* density, 1/m */
    double   peak;  /* highest density of a place in it or below it */
    uint64_t size;
    mass     stability;
    mass     below; /* best that its children amount to */
    bool     divided, selected;
    uint32_t chosen; /* itself or the selected cluster above it; NONE */
} candidate;

#define NONE UINT32_MAX
#define HEED 65536u /* turns between two looks at the context */

typedef struct hdbscan {
    const castmap_points          *points;  /* borrowed */
    const castmap_hdbscan_options *options; /* borrowed */
    cm_places       places;  /* owned */
    size_t          n;       /* places */
    double         *core;    /* owned [n] */
    cm_mutual_edge *edge;    /* owned [n - 1] */
    merge          *merges;  /* owned [n - 1], number n + i */
    double          size_unit; /* units in a weight of 1 */
    uint64_t       *size;    /* owned [n], of places, in units */
    uint64_t        min_size;
    candidate      *clusters; /* owned */
    size_t          n_candidates, room;
    size_t          n_left;    /* places that dropped out so far */
    uint32_t       *left_from; /* owned [n]: candidate that the place dropped out of */
    double         *left_at;   /* owned [n]: density at which it did */
    uint32_t       *stack, *parts; /* owned [2n] each, scratch */
} hdbscan;

static double density_at(const hdbscan *run, double distance_m)
{
    return 1.0 / fmax(distance_m, run->options->accuracy_m);
}

static mass in_units(const hdbscan *run, double density)
{
    return (mass)(density * run->options->accuracy_m * DENSITY_UNITS);
}

static uint64_t size_of(const hdbscan *run, uint32_t node)
{
    return node < run->n ? run->size[node] : run->merges[node - run->n].size;
}

static void measure_sizes(hdbscan *run)
{
    int exponent = 20;

    if (run->places.total > 0.0 && ilogb(run->places.total) > 38)
        exponent = 58 - ilogb(run->places.total);
    run->size_unit = ldexp(1.0, exponent);
    for (size_t i = 0; i < run->n; i++)
        run->size[i] = (uint64_t)(run->places.weight[i] * run->size_unit + 0.5);
    const double wanted = run->options->min_cluster_size > 0.0 ? run->options->min_cluster_size : run->options->min_points;
    run->min_size = (uint64_t)fmin(ceil(wanted * (1.0 - SIZE_SLACK) * run->size_unit), 0x1p62);
    if (run->min_size == 0)
        run->min_size = 1;
}

/* Kruskal over the sorted edges: each makes a merge of the two trees that its ends are in. */
static castmap_status build(castmap_context *ctx, hdbscan *run)
{
    const size_t n = run->n;
    uint64_t *key = cm_alloc(n, sizeof *key);
    uint32_t *order = cm_alloc(n, sizeof *order), *node = cm_alloc(n, sizeof *node);
    cm_disjoint_set sets = {0};
    castmap_status status;

    if (!key || !order || !node || cm_disjoint_set_init(&sets, n) != 0) {
        status = cm_fail_memory(ctx);
        goto done;
    }
    status = cm_heed(ctx, "building the hierarchy", 0.0);
    if (status)
        goto done;
    for (size_t e = 0; e + 1 < n; e++) {
        run->edge[e].distance_m = fmax(run->edge[e].distance_m, run->options->accuracy_m);
        key[e] = cm_order_double(run->edge[e].distance_m);
        order[e] = (uint32_t)e;
    }
    status = cm_heed(ctx, "building the hierarchy", 0.0);
    if (!status)
        status = cm_sort_u64(ctx, key, order, n - 1);
    if (!status)
        status = cm_heed(ctx, "building the hierarchy", 0.0);
    if (status)
        goto done;
    for (size_t i = 0; i < n; i++)
        node[i] = (uint32_t)i;
    for (size_t e = 0; e + 1 < n; e++) {
        if (e % HEED == HEED - 1)
            status = cm_heed(ctx, "building the hierarchy", 0.5 * (double)e / (double)n);
        if (status)
            goto done;
        const cm_mutual_edge *edge = &run->edge[order[e]];
        const uint32_t a = cm_disjoint_set_find(&sets, edge->a), b = cm_disjoint_set_find(&sets, edge->b);
        merge *m = &run->merges[e];
        *m = (merge){node[a], node[b], edge->distance_m, size_of(run, node[a]) + size_of(run, node[b])};
        cm_disjoint_set_unite(&sets, a, b);
        node[cm_disjoint_set_find(&sets, a)] = (uint32_t)(n + e);
    }

done:
    free(key);
    free(order);
    free(node);
    cm_disjoint_set_clear(&sets);
    return status;
}

static castmap_status add_candidate(castmap_context *ctx, hdbscan *run, uint32_t parent, double birth, uint64_t size,
                                    uint32_t *number)
{
    if (cm_grow(&run->clusters, &run->room, run->n_candidates + 1, sizeof *run->clusters) != 0)
        return cm_fail_memory(ctx);
    *number = (uint32_t)run->n_candidates++;
    run->clusters[*number] = (candidate){.parent = parent, .birth = birth, .size = size, .chosen = NONE};
    return CASTMAP_OK;
}

/* All places below a node leave the cluster at this density. */
static void drop(hdbscan *run, uint32_t node, uint32_t cluster, double density, uint32_t *stack)
{
    size_t depth = 0;

    run->clusters[cluster].stability +=
        (mass)size_of(run, node) * (in_units(run, density) - in_units(run, run->clusters[cluster].birth));
    stack[depth++] = node;
    while (depth) {
        const uint32_t at = stack[--depth];
        if (at < run->n) {
            run->left_from[at] = cluster;
            run->left_at[at] = density;
            run->n_left++;
            continue;
        }
        stack[depth++] = run->merges[at - run->n].left;
        stack[depth++] = run->merges[at - run->n].right;
    }
}

/* The groups that a merge and those at the same distance below it brought together; gives their number. */
static size_t parts_of(const hdbscan *run, uint32_t node, uint32_t *parts)
{
    const double distance = run->merges[node - run->n].distance_m;
    size_t done = 0, waiting = 0;

    /* parts [0, done) are final; those still to be looked through wait at the end of the array */
    uint32_t *end = parts + 2 * run->n;
    end[-(ptrdiff_t)++waiting] = node;
    while (waiting) {
        const uint32_t at = end[-(ptrdiff_t)waiting--];
        if (at < run->n || run->merges[at - run->n].distance_m < distance) {
            parts[done++] = at;
            continue;
        }
        end[-(ptrdiff_t)++waiting] = run->merges[at - run->n].left;
        end[-(ptrdiff_t)++waiting] = run->merges[at - run->n].right;
    }
    return done;
}

/* Does a group stay together when the event at this density is over? A heavy place whose own core distance is as long falls
 * apart with it, as its records would one by one. */
static bool lasts(const hdbscan *run, uint32_t part, double density)
{
    return size_of(run, part) >= run->min_size && (part >= run->n || density_at(run, run->core[part]) > density);
}

typedef struct descent {
    uint32_t node, cluster;
} descent;

/* One event in the life of a cluster: its group falls apart. */
static castmap_status fall_apart(castmap_context *ctx, hdbscan *run, descent here, descent *todo, size_t *n_todo)
{
    castmap_status status = CASTMAP_OK;
    size_t large = 0;

    if (here.node < run->n) { /* a single heavy place lasts to its core distance */
        drop(run, here.node, here.cluster, density_at(run, run->core[here.node]), run->stack);
        return CASTMAP_OK;
    }
    const double density = density_at(run, run->merges[here.node - run->n].distance_m);
    const size_t n_parts = parts_of(run, here.node, run->parts);
    for (size_t i = 0; i < n_parts; i++)
        large += lasts(run, run->parts[i], density);
    for (size_t i = 0; i < n_parts && !status; i++) {
        const uint32_t part = run->parts[i];
        const uint64_t size = size_of(run, part);
        uint32_t cluster = here.cluster;
        if (!lasts(run, part, density)) {
            drop(run, part, here.cluster, density, run->stack);
            continue;
        }
        if (large > 1) {
            run->clusters[here.cluster].divided = true;
            run->clusters[here.cluster].stability +=
                (mass)size * (in_units(run, density) - in_units(run, run->clusters[here.cluster].birth));
            status = add_candidate(ctx, run, here.cluster, density, size, &cluster);
        }
        todo[(*n_todo)++] = (descent){part, cluster};
    }
    return status;
}

static castmap_status condense(castmap_context *ctx, hdbscan *run)
{
    const uint32_t root = (uint32_t)(run->n == 1 ? 0 : 2 * run->n - 2);
    descent *todo = cm_alloc(run->n + 1, sizeof *todo);
    size_t n_todo = 0, turns = 0;
    uint32_t cluster = 0;
    castmap_status status = todo ? CASTMAP_OK : cm_fail_memory(ctx);

    if (!status)
        status = add_candidate(ctx, run, NONE, 0.0, size_of(run, root), &cluster);
    if (!status)
        todo[n_todo++] = (descent){root, cluster};
    while (!status && n_todo) {
        if (++turns % 4096 == 0)
            status = cm_heed(ctx, "building the hierarchy", 0.5 + 0.5 * (double)run->n_left / (double)run->n);
        if (!status)
            status = fall_apart(ctx, run, todo[--n_todo], todo, &n_todo);
    }
    free(todo);
    return status;
}

/* Children come after their parents. */
static castmap_status select_clusters(castmap_context *ctx, hdbscan *run)
{
    const size_t n = run->n_candidates;

    for (size_t i = 0; i < run->n; i++) {
        if (i % HEED == HEED - 1) {
            const castmap_status status = cm_heed(ctx, "choosing clusters", (double)i / (double)run->n);
            if (status)
                return status;
        }
        candidate *c = &run->clusters[run->left_from[i]];
        c->peak = fmax(c->peak, run->left_at[i]);
    }
    for (size_t k = n; k-- > 1;) {
        candidate *parent = &run->clusters[run->clusters[k].parent];
        parent->peak = fmax(parent->peak, run->clusters[k].peak);
    }
    if (run->options->selection == CASTMAP_HDBSCAN_LEAF) {
        for (size_t k = 0; k < n; k++)
            run->clusters[k].selected = !run->clusters[k].divided;
    } else {
        for (size_t k = n; k-- > 0;) {
            candidate *c = &run->clusters[k];
            c->selected = c->stability >= c->below; /* nothing lies below a leaf */
            if (k > 0)
                run->clusters[c->parent].below += c->selected ? c->stability : c->below;
        }
    }
    if (n && !run->options->allow_single_cluster)
        run->clusters[0].selected = false;
    for (size_t k = 0; k < n; k++) { /* the highest selected one takes all below it */
        candidate *c = &run->clusters[k];
        const uint32_t above = k == 0 ? NONE : run->clusters[c->parent].chosen;
        c->chosen = above != NONE ? above : c->selected ? (uint32_t)k : NONE;
    }
    return CASTMAP_OK;
}

/* Everything is made in arrays of its own, so that the run may be cancelled; what is left in the end is to copy them. */
static castmap_status hand_out(castmap_context *ctx, hdbscan *run, int32_t *labels, double *membership, double *outlier,
                               size_t *n_clusters)
{
    const size_t n = run->points->count;
    int32_t *label = cm_alloc(n, sizeof *label);
    double *member = membership ? cm_alloc(n, sizeof *member) : NULL, *out = outlier ? cm_alloc(n, sizeof *out) : NULL;
    size_t k = 0;
    castmap_status status = label && (member || !membership) && (out || !outlier) ? CASTMAP_OK : cm_fail_memory(ctx);

    for (size_t i = 0; !status && i < n; i++) {
        if (i % HEED == HEED - 1)
            status = cm_heed(ctx, "naming clusters", (double)i / (double)n);
        const uint32_t place = run->places.place_of[i];
        const candidate *last = &run->clusters[run->left_from[place]];
        label[i] = last->chosen == NONE ? CASTMAP_NOISE : (int32_t)last->chosen;
        if (member)
            member[i] = last->chosen == NONE ? 0.0 : run->left_at[place] / run->clusters[last->chosen].peak;
        if (out)
            out[i] = 1.0 - run->left_at[place] / last->peak;
    }
    if (!status)
        status = cm_number_labels(ctx, run->points, NULL, label, run->n_candidates, &k);
    if (!status) {
        memcpy(labels, label, n * sizeof *label);
        if (member)
            memcpy(membership, member, n * sizeof *member);
        if (out)
            memcpy(outlier, out, n * sizeof *out);
        if (n_clusters)
            *n_clusters = k;
    }
    free(label);
    free(member);
    free(out);
    return status;
}

/* What the tree was made of is not needed after condense(). */
static void drop_tree(hdbscan *run)
{
    free(run->core);
    free(run->edge);
    free(run->merges);
    free(run->size);
    free(run->stack);
    free(run->parts);
    run->core = NULL;
    run->edge = NULL;
    run->merges = NULL;
    run->size = NULL;
    run->stack = run->parts = NULL;
}

static castmap_status prepare(castmap_context *ctx, hdbscan *run)
{
    const size_t n = run->n;

    run->core = cm_alloc(n, sizeof *run->core);
    run->edge = cm_alloc(n, sizeof *run->edge);
    run->merges = cm_alloc(n, sizeof *run->merges);
    run->size = cm_alloc(n, sizeof *run->size);
    run->left_from = cm_alloc(n, sizeof *run->left_from);
    run->left_at = cm_alloc(n, sizeof *run->left_at);
    run->stack = cm_alloc(2 * n + 2, sizeof *run->stack);
    run->parts = cm_alloc(2 * n + 2, sizeof *run->parts);
    if (!run->core || !run->edge || !run->merges || !run->size || !run->left_from || !run->left_at || !run->stack ||
        !run->parts)
        return cm_fail_memory(ctx);
    return CASTMAP_OK;
}

static castmap_status span_places(castmap_context *ctx, hdbscan *run)
{
    cm_kd_tree tree = {0};
    cm_span span;
    castmap_status status;

    span = cm_progress_span(ctx, 0.0, 0.2);
    status = cm_kd_tree_make_large(ctx, "sorting places", run->places.x, run->places.y, run->places.weight, run->n, LEAF_POINTS, &tree);
    cm_progress_restore(ctx, span);
    if (status)
        return status;
    span = cm_progress_span(ctx, 0.2, 0.4);
    status = cm_core_distances(ctx, &run->places, &tree, run->options->min_points, run->core);
    cm_progress_restore(ctx, span);
    if (!status) {
        span = cm_progress_span(ctx, 0.4, 0.8);
        status = cm_mutual_tree(ctx, &tree, run->core, run->edge);
        cm_progress_restore(ctx, span);
    }
    cm_kd_tree_clear(&tree);
    return status;
}

static castmap_status check(castmap_context *ctx, const castmap_hdbscan_options *options)
{
    if (options->version != CASTMAP_HDBSCAN_OPTIONS_VERSION)
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "these HDBSCAN options are of another version");
    if (options->min_points == 0)
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "min_points is 0");
    if (!(options->min_cluster_size >= 0.0) || !isfinite(options->min_cluster_size))
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "min_cluster_size is below 0 or not a number");
    if (!(options->accuracy_m > 0.0) || !isfinite(options->accuracy_m))
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "accuracy_m is not a positive length");
    return CASTMAP_OK;
}

static void all_noise(const hdbscan *run, int32_t *labels, double *membership, double *outlier, size_t *n_clusters)
{
    for (size_t i = 0; i < run->points->count; i++) {
        labels[i] = CASTMAP_NOISE;
        if (membership)
            membership[i] = 0.0;
        if (outlier)
            outlier[i] = 0.0;
    }
    if (n_clusters)
        *n_clusters = 0;
}

static void release(hdbscan *run)
{
    cm_places_clear(&run->places);
    drop_tree(run);
    free(run->clusters);
    free(run->left_from);
    free(run->left_at);
}

castmap_status castmap_hdbscan(castmap_context *ctx, const castmap_points *points, const castmap_hdbscan_options *options,
                               int32_t *labels, double *membership, double *outlier, size_t *n_clusters)
{
    hdbscan run = {.points = points, .options = options};
    castmap_status status;

    cm_fail_clear(ctx);
    status = check(ctx, options);
    if (status)
        goto done;
    status = cm_places_make(ctx, points, &run.places);
    if (status)
        goto done;
    run.n = run.places.count;
    if (run.places.total < options->min_points * (1.0 - 1e-9)) {
        all_noise(&run, labels, membership, outlier, n_clusters); /* no point is a core at any distance */
        goto done;
    }
    status = prepare(ctx, &run);
    if (status)
        goto done;
    measure_sizes(&run);
    status = span_places(ctx, &run);
    if (status)
        goto done;
    cm_span span = cm_progress_span(ctx, 0.8, 0.95);
    status = build(ctx, &run);
    if (!status)
        status = condense(ctx, &run);
    cm_progress_restore(ctx, span);
    if (status)
        goto done;
    drop_tree(&run);
    span = cm_progress_span(ctx, 0.95, 0.97);
    status = select_clusters(ctx, &run);
    cm_progress_restore(ctx, span);
    if (status)
        goto done;
    span = cm_progress_span(ctx, 0.97, 1.0);
    status = hand_out(ctx, &run, labels, membership, outlier, n_clusters);
    cm_progress_restore(ctx, span);

done:
    release(&run);
    return status;
}
