/*
 * space/index/kd_tree.c - a k-d tree over points of the plane.
 *
 * Source: J. L. Bentley (1975), "Multidimensional binary search trees used for associative searching",
 * Communications of the ACM 18(9), pp. 509-517; the tight boxes make searches stop early in gaps.
 */
#include "space/index/kd_tree.h"

#include "base/fail.h"
#include "base/memory.h"

#include <stdlib.h>

#define MANY 8192u /* points of a node; fewer are divided without a look at the context */

typedef struct kd_maker {
    castmap_context *ctx;   /* NULL: a small tree, by a worker */
    const char      *stage;
    const double *x, *y, *weight; /* borrowed */
    cm_kd_tree   *tree;
    uint32_t      leaf;
} kd_maker;

static bool before(const double *value, uint32_t a, uint32_t b)
{
    return value[a] < value[b] || (value[a] == value[b] && a < b);
}

static void swap(uint32_t *a, uint32_t *b)
{
    uint32_t kept = *a;

    *a = *b;
    *b = kept;
}

/* Median of three, of medians of three where there is much to divide: sorted and sawtooth input stay quick. */
static uint32_t middle_of(const double *value, uint32_t a, uint32_t b, uint32_t c)
{
    if (before(value, b, a))
        swap(&a, &b);
    if (before(value, c, b))
        b = before(value, c, a) ? a : c;
    return b;
}

static uint32_t choose_pivot(const double *value, const uint32_t *item, size_t n)
{
    if (n < 40)
        return middle_of(value, item[0], item[n / 2], item[n - 1]);
    const size_t step = n / 9;
    return middle_of(value, middle_of(value, item[0], item[step], item[2 * step]),
                     middle_of(value, item[3 * step], item[n / 2], item[5 * step]),
                     middle_of(value, item[6 * step], item[7 * step], item[n - 1]));
}

/* Quickselect after Hoare: afterwards the k first items by (value, number) stand before the others. */
static void select_first(const double *value, uint32_t *item, size_t n, size_t k)
{
    size_t first = 0, last = n - 1; /* item k is within */

    while (first < last) {
        const uint32_t pivot = choose_pivot(value, item + first, last - first + 1);
        size_t low = first, high = last;
        while (low <= high) {
            while (before(value, item[low], pivot))
                low++;
            while (before(value, pivot, item[high]))
                high--;
            if (low > high)
                break;
            swap(&item[low], &item[high]);
            low++;
            if (high == 0)
                break;
            high--;
        }
        if (k <= high)
            last = high;
        else if (k >= low)
            first = low;
        else
            return;
    }
}

static void measure(const kd_maker *m, cm_kd_node *node)
{
    const uint32_t *item = m->tree->item;
    uint32_t at = item[node->begin];

    node->min_x = node->max_x = m->x[at];
    node->min_y = node->max_y = m->y[at];
    node->weight = 0.0;
    for (uint32_t i = node->begin; i < node->end; i++) {
        at = item[i];
        node->min_x = m->x[at] < node->min_x ? m->x[at] : node->min_x;
        node->max_x = m->x[at] > node->max_x ? m->x[at] : node->max_x;
        node->min_y = m->y[at] < node->min_y ? m->y[at] : node->min_y;
        node->max_y = m->y[at] > node->max_y ? m->y[at] : node->max_y;
        node->weight += m->weight ? m->weight[at] : 1.0;
    }
}

/* Recursion is as deep as the tree: log2 of the number of points. */
static castmap_status divide(kd_maker *m, uint32_t number)
{
    cm_kd_node *node = &m->tree->node[number];
    castmap_status status = CASTMAP_OK;

    if (m->ctx && node->end - node->begin > MANY)
        status = cm_heed(m->ctx, m->stage, (double)node->begin / (double)m->tree->count);
    if (status)
        return status;
    measure(m, node);
    const double width = node->max_x - node->min_x, height = node->max_y - node->min_y;
    const uint32_t n = node->end - node->begin;
    if (n <= m->leaf || (width == 0.0 && height == 0.0))
        return CASTMAP_OK;
    select_first(width >= height ? m->x : m->y, m->tree->item + node->begin, n, n / 2);
    const uint32_t middle = node->begin + n / 2;
    node->left = (uint32_t)m->tree->nodes++;
    node->right = (uint32_t)m->tree->nodes++;
    m->tree->node[node->left] = (cm_kd_node){.begin = node->begin, .end = middle};
    m->tree->node[node->right] = (cm_kd_node){.begin = middle, .end = node->end};
    status = divide(m, node->left);
    return status ? status : divide(m, node->right);
}

static castmap_status make(castmap_context *ctx, const char *stage, const double *x, const double *y, const double *weight, size_t n,
                           uint32_t leaf, cm_kd_tree *out)
{
    cm_kd_tree tree = {.count = n};
    kd_maker m = {.ctx = ctx, .stage = stage, .x = x, .y = y, .weight = weight, .tree = &tree, .leaf = leaf ? leaf : 1};
    castmap_status status = CASTMAP_OK;
    /* A node with more than `leaf` points is halved, so every leaf but a lone root holds at least (leaf + 1) / 2. */
    const size_t smallest = (m.leaf + 1) / 2;

    tree.x = cm_alloc(n, sizeof *tree.x);
    tree.y = cm_alloc(n, sizeof *tree.y);
    tree.weight = weight ? cm_alloc(n, sizeof *tree.weight) : NULL;
    tree.item = cm_alloc(n, sizeof *tree.item);
    tree.node = cm_alloc(2 * (n / smallest) + 1, sizeof *tree.node);
    if (!tree.x || !tree.y || !tree.item || !tree.node || (weight && !tree.weight)) {
        cm_kd_tree_clear(&tree);
        return CASTMAP_E_NOMEM;
    }
    for (size_t i = 0; i < n; i++)
        tree.item[i] = (uint32_t)i;
    if (n) {
        tree.nodes = 1;
        tree.node[0] = (cm_kd_node){.begin = 0, .end = (uint32_t)n};
        status = divide(&m, 0);
    }
    for (size_t i = 0; i < n && !status; i++) {
        if (ctx && i % 65536 == 65535)
            status = cm_heed(ctx, stage, 1.0);
        tree.x[i] = x[tree.item[i]];
        tree.y[i] = y[tree.item[i]];
        if (weight)
            tree.weight[i] = weight[tree.item[i]];
    }
    if (status)
        cm_kd_tree_clear(&tree);
    else
        *out = tree;
    return status;
}

int cm_kd_tree_make(const double *x, const double *y, const double *weight, size_t n, uint32_t leaf, cm_kd_tree *out)
{
    return make(NULL, NULL, x, y, weight, n, leaf, out) ? -1 : 0;
}

castmap_status cm_kd_tree_make_large(castmap_context *ctx, const char *stage, const double *x, const double *y, const double *weight,
                                     size_t n, uint32_t leaf, cm_kd_tree *out)
{
    const castmap_status status = make(ctx, stage, x, y, weight, n, leaf, out);

    return status == CASTMAP_E_NOMEM ? cm_fail_memory(ctx) : status;
}

void cm_kd_tree_clear(cm_kd_tree *tree)
{
    if (!tree)
        return;
    free(tree->x);
    free(tree->y);
    free(tree->weight);
    free(tree->item);
    free(tree->node);
    *tree = (cm_kd_tree){0};
}

/* Squared distance to the nearest point of the box. A point of the box is never nearer than this, in doubles too:
 * subtraction, product and sum round monotonically. */
static double nearest2(const cm_kd_node *node, double x, double y)
{
    double dx = x < node->min_x ? node->min_x - x : x > node->max_x ? x - node->max_x : 0.0;
    double dy = y < node->min_y ? node->min_y - y : y > node->max_y ? y - node->max_y : 0.0;

    return dx * dx + dy * dy;
}

static double farthest2(const cm_kd_node *node, double x, double y)
{
    double dx = x - node->min_x > node->max_x - x ? x - node->min_x : node->max_x - x;
    double dy = y - node->min_y > node->max_y - y ? y - node->min_y : node->max_y - y;

    return dx * dx + dy * dy;
}

#define STACK 128 /* depth is at most 32, and each level leaves one behind */

bool cm_kd_tree_any_within(const cm_kd_tree *tree, double x, double y, double r2)
{
    uint32_t stack[STACK];
    size_t depth = 0;

    if (tree->count)
        stack[depth++] = 0;
    while (depth) {
        const cm_kd_node *node = &tree->node[stack[--depth]];
        if (nearest2(node, x, y) > r2)
            continue;
        if (farthest2(node, x, y) <= r2)
            return true;
        if (node->left) {
            stack[depth++] = node->right;
            stack[depth++] = node->left;
            continue;
        }
        for (uint32_t i = node->begin; i < node->end; i++) {
            double dx = tree->x[i] - x, dy = tree->y[i] - y;
            if (dx * dx + dy * dy <= r2)
                return true;
        }
    }
    return false;
}

double cm_kd_tree_weight_within(const cm_kd_tree *tree, double x, double y, double r2, double enough)
{
    uint32_t stack[STACK];
    size_t depth = 0;
    double sum = 0.0;

    if (tree->count)
        stack[depth++] = 0;
    while (depth && sum < enough) {
        const cm_kd_node *node = &tree->node[stack[--depth]];
        if (nearest2(node, x, y) > r2)
            continue;
        if (farthest2(node, x, y) <= r2) {
            sum += node->weight;
            continue;
        }
        if (node->left) {
            stack[depth++] = node->right;
            stack[depth++] = node->left;
            continue;
        }
        for (uint32_t i = node->begin; i < node->end; i++) {
            double dx = tree->x[i] - x, dy = tree->y[i] - y;
            if (dx * dx + dy * dy <= r2)
                sum += tree->weight ? tree->weight[i] : 1.0;
        }
    }
    return sum;
}
