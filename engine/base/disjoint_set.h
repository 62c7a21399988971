/*
 * base/disjoint_set.h - sets of 0..n-1 that can be united (union by smaller root, path halving).
 */
#ifndef CM_BASE_DISJOINT_SET_H
#define CM_BASE_DISJOINT_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct cm_disjoint_set {
    uint32_t *parent; /* owned [n] */
    size_t    count;
} cm_disjoint_set;

int cm_disjoint_set_init(cm_disjoint_set *set, size_t n); /* 0, or -1 when out of memory */
void cm_disjoint_set_clear(cm_disjoint_set *set);
uint32_t cm_disjoint_set_find(cm_disjoint_set *set, uint32_t item);
bool cm_disjoint_set_unite(cm_disjoint_set *set, uint32_t a, uint32_t b); /* false: were one already. The smaller root stays */

#endif
