/*
 * analysis/cluster/joint_sets.h - sets of cells that several workers unite at once.
 *
 * A root is the smallest member of its set; a link goes from a larger root to a smaller one and is made by compare and
 * swap, so it happens once and never forms a ring. Which links are made depends on who comes first; which items end
 * in one set does not.
 *
 * Source: R. J. Anderson, H. Woll (1991), "Wait-free parallel algorithms for the union-find problem", STOC, pp. 370-380.
 */
#ifndef CM_ANALYSIS_CLUSTER_JOINT_SETS_H
#define CM_ANALYSIS_CLUSTER_JOINT_SETS_H

#include <stdatomic.h>
#include <stdint.h>

typedef _Atomic uint32_t cm_joint_parent;

static inline uint32_t cm_joint_find(cm_joint_parent *parent, uint32_t item)
{
    for (;;) {
        uint32_t up = atomic_load_explicit(&parent[item], memory_order_relaxed);
        if (up == item)
            return item;
        uint32_t above = atomic_load_explicit(&parent[up], memory_order_relaxed);
        if (above != up) /* halve the path; losing this race to another worker does no harm */
            atomic_compare_exchange_weak_explicit(&parent[item], &up, above, memory_order_relaxed,
                                                  memory_order_relaxed);
        item = above;
    }
}

static inline void cm_joint_unite(cm_joint_parent *parent, uint32_t a, uint32_t b)
{
    for (;;) {
        a = cm_joint_find(parent, a);
        b = cm_joint_find(parent, b);
        if (a == b)
            return;
        if (a > b) {
            uint32_t kept = a;
            a = b;
            b = kept;
        }
        uint32_t expected = b;
        if (atomic_compare_exchange_strong_explicit(&parent[b], &expected, a, memory_order_relaxed,
                                                    memory_order_relaxed))
            return;
    }
}

#endif
