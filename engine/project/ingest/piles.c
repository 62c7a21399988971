/*
 * project/ingest/piles.c - counts of equal positions in bounded memory (lossy counting: G. Manku, R. Motwani 2002, VLDB, pp. 346-357).
 */
#include "project/ingest/piles.h"

#include "base/memory.h"

#include <math.h>
#include <stdlib.h>

#define CAPACITY ((size_t)1 << 17)
#define FULL ((size_t)1 << 16)

static size_t place_of(const cm_piles *piles, uint64_t key)
{
    size_t at = (size_t)(key * 0x9E3779B97F4A7C15u >> 40) & (CAPACITY - 1);

    while (piles->key[at] && piles->key[at] != key)
        at = (at + 1) & (CAPACITY - 1);
    return at;
}

/* Forget what is below a fortieth of the rows so far: at most forty stay. */
static int thin_out(cm_piles *piles)
{
    cm_piles kept = {.total = piles->total, .largest = piles->largest, .capacity = CAPACITY};

    kept.key = cm_alloc_zero(CAPACITY, sizeof *kept.key);
    kept.count = cm_alloc_zero(CAPACITY, sizeof *kept.count);
    if (!kept.key || !kept.count) {
        cm_piles_clear(&kept);
        return -1;
    }
    for (size_t i = 0; i < CAPACITY; i++) {
        if (piles->key[i] && (uint64_t)piles->count[i] * 40 >= piles->total) {
            const size_t at = place_of(&kept, piles->key[i]);
            kept.key[at] = piles->key[i];
            kept.count[at] = piles->count[i];
            kept.used++;
        }
    }
    cm_piles_clear(piles);
    *piles = kept;
    return 0;
}

int cm_piles_add(cm_piles *piles, double lon, double lat)
{
    /* 1e-7 degree: 32 bits each are enough. */
    const uint64_t key = ((uint64_t)(uint32_t)llround((lon + 180) * 1e7) << 32 | (uint32_t)llround((lat + 90) * 1e7)) + 1;

    if (!piles->key) {
        piles->key = cm_alloc_zero(CAPACITY, sizeof *piles->key);
        piles->count = cm_alloc_zero(CAPACITY, sizeof *piles->count);
        piles->capacity = CAPACITY;
        if (!piles->key || !piles->count)
            return -1;
    }
    if (piles->used >= FULL && thin_out(piles) != 0)
        return -1;
    const size_t at = place_of(piles, key);
    if (!piles->key[at]) {
        piles->key[at] = key;
        piles->used++;
    }
    piles->count[at]++;
    piles->total++;
    if (piles->count[at] > piles->largest)
        piles->largest = piles->count[at];
    return 0;
}

static int by_place(const void *a, const void *b)
{
    const double *x = a, *y = b;
    const int order = (x[0] > y[0]) - (x[0] < y[0]);

    return order ? order : (x[1] > y[1]) - (x[1] < y[1]);
}

size_t cm_piles_list(const cm_piles *piles, double place[CM_PILE_SHARE][2])
{
    size_t n = 0;

    for (size_t i = 0; piles->total >= CM_PILE_ROWS && i < piles->capacity && n < CM_PILE_SHARE; i++) {
        if (!piles->key[i] || (size_t)piles->count[i] * CM_PILE_SHARE <= piles->total)
            continue;
        const uint64_t key = piles->key[i] - 1;
        place[n][0] = (double)(uint32_t)(key >> 32) / 1e7 - 180;
        place[n++][1] = (double)(uint32_t)key / 1e7 - 90;
    }
    qsort(place, n, sizeof place[0], by_place);
    return n;
}

size_t cm_piles_largest(const cm_piles *piles)
{
    return piles->largest;
}

void cm_piles_clear(cm_piles *piles)
{
    free(piles->key);
    free(piles->count);
    *piles = (cm_piles){0};
}
