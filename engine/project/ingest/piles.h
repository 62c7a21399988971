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
/* A pile: more than a twentieth of at least twenty records on one position. */
#define CM_PILE_SHARE 20
#define CM_PILE_ROWS 20

/* The piles, at most CM_PILE_SHARE of them, as pairs of longitude and latitude, in order of these. How many. */
size_t cm_piles_list(const cm_piles *piles, double place[CM_PILE_SHARE][2]);

size_t cm_piles_largest(const cm_piles *piles);
void cm_piles_clear(cm_piles *piles);

#endif
