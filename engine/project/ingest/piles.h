/*
 * project/ingest/piles.h - records that share one position to the last decimal: a default that nobody moved.
 */
#ifndef CM_PROJECT_INGEST_PILES_H
#define CM_PROJECT_INGEST_PILES_H

#include <stddef.h>
#include <stdint.h>

/* Exact while a file has at most 65,536 positions; then rare ones are forgotten, which cannot touch one above a twentieth of the rows. */
typedef struct cm_piles {
    uint64_t *key;   /* owned; 0: free */
    uint32_t *count; /* owned */
    size_t    used, capacity, total, largest;
} cm_piles;

int cm_piles_add(cm_piles *piles, double lon, double lat); /* 0, or -1 when out of memory */
size_t cm_piles_largest(const cm_piles *piles);
void cm_piles_clear(cm_piles *piles);

#endif
