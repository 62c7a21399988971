/*
 * space/index/kd_tree.h - a k-d tree over points of the plane, with tight boxes and weights at its nodes.
 *
 * Splits at the median of the longer side of the box, so its depth is log2(n / leaf) whatever the data. The order of
 * equal coordinates follows the input, so the same input gives the same tree. Small ones need no context: workers build their own.
 */
#ifndef CM_SPACE_INDEX_KD_TREE_H
#define CM_SPACE_INDEX_KD_TREE_H

#include "castmap/context.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct cm_kd_node {
    double   min_x, min_y, max_x, max_y; /* of the points in it */
    double   weight;                     /* their sum (their count without weights) */
    uint32_t begin, end;                 /* points [begin, end) */
    uint32_t left, right;                /* nodes, or 0 and 0: a leaf */
} cm_kd_node;

typedef struct cm_kd_tree {
    size_t      count, nodes;
    double     *x, *y, *weight; /* owned [count], in tree order; weight may be NULL */
    uint32_t   *item;           /* owned [count]: which input point */
    cm_kd_node *node;           /* owned [nodes]; node 0 is the root */
} cm_kd_tree;

/* 0, or -1 when out of memory; about 30 bytes a point. weight may be NULL. n <= INT32_MAX. */
int cm_kd_tree_make(const double *x, const double *y, const double *weight, size_t n, uint32_t leaf, cm_kd_tree *out);
/* The same for many points, on the caller's thread: with progress as `stage`, cancelling, and the message of a failure. */
CASTMAP_NODISCARD castmap_status cm_kd_tree_make_large(castmap_context *ctx, const char *stage, const double *x, const double *y,
                                                       const double *weight, size_t n, uint32_t leaf, cm_kd_tree *out);
void cm_kd_tree_clear(cm_kd_tree *tree);

/* Is any point within the squared distance r2 of (x, y), bounds included? */
bool cm_kd_tree_any_within(const cm_kd_tree *tree, double x, double y, double r2);

/* Sum of weights of points within the squared distance r2; stops adding once it has reached `enough`. */
double cm_kd_tree_weight_within(const cm_kd_tree *tree, double x, double y, double r2, double enough);

#endif
