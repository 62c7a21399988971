/*
 * analysis/cluster/mutual_tree.c - core distances and the spanning tree of mutual reachability.
 *
 * Each round, every component looks for its nearest edge to another one. Three things keep that short:
 *   - a point whose core distance (or what an earlier round proved) is no less than the best of its component is left out;
 *   - a search ends at the first edge as short as the point's own core distance, for none can be shorter;
 *   - parts of the tree that lie in the point's own component, or beyond the component's best, are not entered.
 * What a search found stays true until its other end joins the component; distances only grow from round to round.
 *
 * Sources: W. March, P. Ram, A. Gray (2010), "Fast Euclidean minimum spanning tree", KDD, pp. 603-612; L. McInnes, J. Healy
 * (2017), "Accelerated hierarchical density based clustering", ICDM workshops, pp. 33-42. Everything is in squared metres
 * until the end; the edges of a Delaunay triangulation would not suffice for min_points above 2.
 */
#include "analysis/cluster/mutual_tree.h"

#include "base/disjoint_set.h"
#include "base/fail.h"
#include "base/memory.h"
#include "base/parallel.h"

#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define HEED 65536u /* turns between two looks at the context */
#define STACK 128
#define NONE UINT32_MAX
#define MIXED UINT32_MAX /* a node whose points lie in several components */
#define GRAIN 512
#define SUM_SLACK 1e-9

static double node_distance2(const cm_kd_node *node, double x, double y)
{
    double dx = x < node->min_x ? node->min_x - x : x > node->max_x ? x - node->max_x : 0.0;
    double dy = y < node->min_y ? node->min_y - y : y > node->max_y ? y - node->max_y : 0.0;

    return dx * dx + dy * dy;
}

typedef struct waiting {
    uint32_t node;
    double   d2;
} waiting;

/* Both children on the stack, the nearer on top. */
static size_t push_children(const cm_kd_tree *tree, const cm_kd_node *node, double x, double y, double bound2, waiting *stack,
                            size_t depth)
{
    waiting a = {node->left, node_distance2(&tree->node[node->left], x, y)};
    waiting b = {node->right, node_distance2(&tree->node[node->right], x, y)};

    if (b.d2 < a.d2) {
        waiting kept = a;
        a = b;
        b = kept;
    }
    if (b.d2 < bound2)
        stack[depth++] = b;
    if (a.d2 < bound2)
        stack[depth++] = a;
    return depth;
}

/* --- core distances --- */

/* The nearest points so far, no more of them than their weight needs. */
typedef struct nearest {
    double *d2, *weight;
    size_t  count, room_d2, room_weight;
    double  total;
} nearest;

typedef struct core_run {
    const cm_kd_tree *tree;
    double            enough;
    double           *core;    /* by place */
    nearest          *nearest; /* one for each worker */
} core_run;

static int nearest_add(nearest *list, double d2, double weight, double enough)
{
    size_t at = list->count;

    if (cm_grow(&list->d2, &list->room_d2, at + 1, sizeof *list->d2) != 0 ||
        cm_grow(&list->weight, &list->room_weight, at + 1, sizeof *list->weight) != 0)
        return -1;
    for (; at > 0 && list->d2[at - 1] > d2; at--) {
        list->d2[at] = list->d2[at - 1];
        list->weight[at] = list->weight[at - 1];
    }
    list->d2[at] = d2;
    list->weight[at] = weight;
    list->count++;
    list->total += weight;
    while (list->count > 1 && list->total - list->weight[list->count - 1] >= enough)
        list->total -= list->weight[--list->count];
    return 0;
}

static castmap_status find_core(const core_run *run, nearest *list, uint32_t point)
{
    const cm_kd_tree *tree = run->tree;
    const double x = tree->x[point], y = tree->y[point];
    waiting stack[STACK];
    size_t depth = 0;
    double bound2 = (double)INFINITY;

    list->count = 0;
    list->total = 0.0;
    stack[depth++] = (waiting){0, 0.0};
    while (depth) {
        const waiting next = stack[--depth];
        const cm_kd_node *node = &tree->node[next.node];
        if (next.d2 >= bound2)
            continue;
        if (node->left) {
            depth = push_children(tree, node, x, y, bound2, stack, depth);
            continue;
        }
        for (uint32_t i = node->begin; i < node->end; i++) {
            const double dx = tree->x[i] - x, dy = tree->y[i] - y, d2 = dx * dx + dy * dy;
            if (d2 >= bound2 || tree->weight[i] == 0.0)
                continue;
            if (nearest_add(list, d2, tree->weight[i], run->enough) != 0)
                return CASTMAP_E_NOMEM;
            if (list->total >= run->enough)
                bound2 = list->d2[list->count - 1];
        }
    }
    run->core[tree->item[point]] = sqrt(bound2);
    return CASTMAP_OK;
}

static castmap_status find_cores(size_t begin, size_t end, unsigned worker, void *job)
{
    const core_run *run = job;
    castmap_status status = CASTMAP_OK;

    for (size_t i = begin; i < end && !status; i++)
        status = find_core(run, &run->nearest[worker], (uint32_t)i);
    return status;
}

castmap_status cm_core_distances(castmap_context *ctx, const cm_places *places, const cm_kd_tree *tree, double min_points,
                                 double *core)
{
    const unsigned workers = castmap_threads(ctx);
    core_run run = {tree, min_points * (1.0 - SUM_SLACK), core, cm_alloc_zero(workers, sizeof(nearest))};
    castmap_status status;

    if (!run.nearest)
        return cm_fail_memory(ctx);
    status = cm_parallel_workers(ctx, "measuring density", places->count, GRAIN, find_cores, &run);
    if (status == CASTMAP_E_NOMEM)
        status = cm_fail_memory(ctx);
    for (unsigned i = 0; i < workers; i++) {
        free(run.nearest[i].d2);
        free(run.nearest[i].weight);
    }
    free(run.nearest);
    return status;
}

/* --- the spanning tree --- */

typedef struct boruvka {
    const cm_kd_tree *tree;
    double           *core2;      /* owned [n], all by tree order */
    double           *bound2;     /* owned [n]: no edge out of the component is shorter than this */
    uint32_t         *candidate;  /* owned [n]: other end of the edge of that length, or NONE */
    uint32_t         *component;  /* owned [n]: a representative */
    uint32_t         *node_component; /* owned [nodes] */
    double           *node_core2; /* owned [nodes]: least core2 within */
    _Atomic uint64_t *best2;      /* owned [n], by component: bits of the shortest edge known (doubles >= 0 sort as bits) */
    uint32_t         *winner;     /* owned [n], by component: the point at this end of it */
    cm_disjoint_set   sets;       /* owned */
} boruvka;

static uint64_t bits_of(double value)
{
    uint64_t bits;

    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static double value_of(uint64_t bits)
{
    double value;

    memcpy(&value, &bits, sizeof value);
    return value;
}

static double best_of(const boruvka *run, uint32_t component)
{
    return value_of(atomic_load_explicit(&run->best2[component], memory_order_relaxed));
}

static void improve(boruvka *run, uint32_t component, double d2)
{
    uint64_t mine = bits_of(d2), seen = atomic_load_explicit(&run->best2[component], memory_order_relaxed);

    while (mine < seen && !atomic_compare_exchange_weak_explicit(&run->best2[component], &seen, mine, memory_order_relaxed,
                                                                 memory_order_relaxed))
        ;
}

/* The shortest edge from a point to another component, if it is shorter than what its component has; sets bound2, candidate. */
static void search(boruvka *run, uint32_t point)
{
    const cm_kd_tree *tree = run->tree;
    const double x = tree->x[point], y = tree->y[point], own2 = run->core2[point];
    const uint32_t component = run->component[point];
    waiting stack[STACK];
    size_t depth = 0;
    double least = best_of(run, component);
    uint32_t found = NONE;

    stack[depth++] = (waiting){0, 0.0};
    while (depth) {
        const waiting next = stack[--depth];
        const cm_kd_node *node = &tree->node[next.node];
        if (next.d2 >= least || run->node_core2[next.node] >= least || run->node_component[next.node] == component)
            continue;
        if (node->left) {
            depth = push_children(tree, node, x, y, least, stack, depth);
            continue;
        }
        for (uint32_t i = node->begin; i < node->end; i++) {
            const double dx = tree->x[i] - x, dy = tree->y[i] - y;
            double d2 = dx * dx + dy * dy;
            if (run->component[i] == component)
                continue;
            d2 = d2 > run->core2[i] ? d2 : run->core2[i];
            d2 = d2 > own2 ? d2 : own2;
            if (d2 < least) {
                least = d2;
                found = i;
            }
        }
        if (found != NONE && least <= own2)
            break; /* no edge of this point is shorter */
    }
    run->bound2[point] = least;
    run->candidate[point] = found;
    if (found != NONE)
        improve(run, component, least);
}

static castmap_status recall(size_t begin, size_t end, void *job)
{
    boruvka *run = job;

    for (size_t i = begin; i < end; i++) {
        const uint32_t other = run->candidate[i];
        if (other == NONE)
            continue;
        if (run->component[other] == run->component[i])
            run->candidate[i] = NONE;
        else
            improve(run, run->component[i], run->bound2[i]);
    }
    return CASTMAP_OK;
}

static castmap_status search_all(size_t begin, size_t end, void *job)
{
    boruvka *run = job;

    for (size_t i = begin; i < end; i++) {
        if (run->candidate[i] == NONE && run->bound2[i] < best_of(run, run->component[i]))
            search(run, (uint32_t)i);
    }
    return CASTMAP_OK;
}

static castmap_status update_components(size_t begin, size_t end, void *job)
{
    boruvka *run = job;

    for (size_t i = begin; i < end; i++) {
        uint32_t root = run->component[i];
        while (run->sets.parent[root] != root) /* only read: others walk here too */
            root = run->sets.parent[root];
        run->component[i] = root;
    }
    return CASTMAP_OK;
}

/* Children come after their parents, so backwards each node finds its children done. */
static void update_nodes(boruvka *run)
{
    for (size_t k = run->tree->nodes; k-- > 0;) {
        const cm_kd_node *node = &run->tree->node[k];
        if (node->left) {
            const uint32_t left = run->node_component[node->left], right = run->node_component[node->right];
            run->node_component[k] = left == right ? left : MIXED;
            continue;
        }
        run->node_component[k] = run->component[node->begin];
        for (uint32_t i = node->begin; i < node->end; i++) {
            if (run->component[i] != run->node_component[k])
                run->node_component[k] = MIXED;
        }
    }
}

static void find_node_cores(boruvka *run)
{
    for (size_t k = run->tree->nodes; k-- > 0;) {
        const cm_kd_node *node = &run->tree->node[k];
        run->node_core2[k] = (double)INFINITY;
        if (node->left)
            run->node_core2[k] = fmin(run->node_core2[node->left], run->node_core2[node->right]);
        for (uint32_t i = node->begin; !node->left && i < node->end; i++)
            run->node_core2[k] = fmin(run->node_core2[k], run->core2[i]);
    }
}

/* Add each component's shortest edge; of equal ones that would close a ring the last is left out. */
static castmap_status join(castmap_context *ctx, boruvka *run, cm_mutual_edge *edge, size_t *edges)
{
    const size_t n = run->tree->count;
    castmap_status status = CASTMAP_OK;

    for (size_t i = 0; i < n && !status; i++) {
        if (i % HEED == HEED - 1)
            status = cm_heed(ctx, "joining places", (double)*edges / (double)n);
        const uint32_t component = run->component[i];
        if (run->candidate[i] != NONE && run->winner[component] == NONE && run->bound2[i] == best_of(run, component))
            run->winner[component] = (uint32_t)i;
    }
    for (size_t c = 0; c < n && !status; c++) {
        if (c % HEED == HEED - 1)
            status = cm_heed(ctx, "joining places", (double)*edges / (double)n);
        const uint32_t from = run->winner[c];
        if (from == NONE)
            continue;
        const uint32_t to = run->candidate[from];
        if (cm_disjoint_set_unite(&run->sets, from, to))
            edge[(*edges)++] = (cm_mutual_edge){run->tree->item[from], run->tree->item[to], sqrt(run->bound2[from])};
        run->winner[c] = NONE;
    }
    return status;
}

static castmap_status prepare(castmap_context *ctx, boruvka *run, const double *core)
{
    const size_t n = run->tree->count, nodes = run->tree->nodes;

    run->core2 = cm_alloc(n, sizeof *run->core2);
    run->bound2 = cm_alloc(n, sizeof *run->bound2);
    run->candidate = cm_alloc(n, sizeof *run->candidate);
    run->component = cm_alloc(n, sizeof *run->component);
    run->best2 = cm_alloc(n, sizeof *run->best2);
    run->winner = cm_alloc(n, sizeof *run->winner);
    run->node_component = cm_alloc(nodes, sizeof *run->node_component);
    run->node_core2 = cm_alloc(nodes, sizeof *run->node_core2);
    if (!run->core2 || !run->bound2 || !run->candidate || !run->component || !run->best2 || !run->winner ||
        !run->node_component || !run->node_core2 || cm_disjoint_set_init(&run->sets, n) != 0)
        return cm_fail_memory(ctx);
    castmap_status status = cm_heed(ctx, "joining places", 0.0);
    for (size_t i = 0; i < n; i++) {
        const double radius = core[run->tree->item[i]];
        run->core2[i] = run->bound2[i] = radius * radius;
        run->candidate[i] = run->winner[i] = NONE;
        run->component[i] = (uint32_t)i;
    }
    if (!status)
        status = cm_heed(ctx, "joining places", 0.0);
    if (!status)
        find_node_cores(run);
    return status;
}

static castmap_status one_round(castmap_context *ctx, boruvka *run, cm_mutual_edge *edge, size_t *edges)
{
    const size_t n = run->tree->count;
    castmap_status status;

    update_nodes(run);
    status = cm_heed(ctx, "joining places", (double)*edges / (double)n);
    if (status)
        return status;
    for (size_t i = 0; i < n; i++)
        atomic_init(&run->best2[i], bits_of((double)INFINITY));
    status = cm_parallel_chunks(ctx, "joining places", n, 4 * GRAIN, recall, run);
    if (status)
        return status;
    status = cm_parallel_chunks(ctx, "joining places", n, GRAIN, search_all, run);
    if (status)
        return status;
    status = join(ctx, run, edge, edges);
    if (status)
        return status;
    return cm_parallel_chunks(ctx, "joining places", n, 4 * GRAIN, update_components, run);
}

castmap_status cm_mutual_tree(castmap_context *ctx, const cm_kd_tree *tree, const double *core, cm_mutual_edge *edge)
{
    boruvka run = {.tree = tree};
    size_t edges = 0;
    castmap_status status = prepare(ctx, &run, core);

    while (!status && edges + 1 < tree->count) {
        const size_t before = edges;
        status = one_round(ctx, &run, edge, &edges);
        if (!status && edges == before) /* squares of distances beyond all numbers */
            status = cm_fail(ctx, CASTMAP_E_DATA, "the points lie too far apart to be measured");
    }
    free(run.core2);
    free(run.bound2);
    free(run.candidate);
    free(run.component);
    free(run.node_component);
    free(run.node_core2);
    free(run.best2);
    free(run.winner);
    cm_disjoint_set_clear(&run.sets);
    return status;
}
