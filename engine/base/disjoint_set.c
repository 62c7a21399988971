/*
 * base/disjoint_set.c - union by smaller root with path halving (R. Tarjan, J. van Leeuwen 1984).
 */
#include "base/disjoint_set.h"

#include "base/memory.h"

#include <stdlib.h>

int cm_disjoint_set_init(cm_disjoint_set *set, size_t n)
{
    set->parent = cm_alloc(n, sizeof *set->parent);
    set->count = set->parent ? n : 0;
    for (size_t i = 0; i < set->count; i++)
        set->parent[i] = (uint32_t)i;
    return set->parent ? 0 : -1;
}

void cm_disjoint_set_clear(cm_disjoint_set *set)
{
    free(set->parent);
    set->parent = NULL;
    set->count = 0;
}

uint32_t cm_disjoint_set_find(cm_disjoint_set *set, uint32_t item)
{
    uint32_t *parent = set->parent;

    while (parent[item] != item) {
        parent[item] = parent[parent[item]];
        item = parent[item];
    }
    return item;
}

bool cm_disjoint_set_unite(cm_disjoint_set *set, uint32_t a, uint32_t b)
{
    a = cm_disjoint_set_find(set, a);
    b = cm_disjoint_set_find(set, b);
    if (a == b)
        return false;
    if (a < b)
        set->parent[b] = a;
    else
        set->parent[a] = b;
    return true;
}
