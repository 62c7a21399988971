/*
 * project/listing.h - what a query gives, as an array of structs: the lists of what a project holds.
 */
#ifndef CM_PROJECT_LISTING_H
#define CM_PROJECT_LISTING_H

#include "castmap/project.h"
#include "project/sqlite.h"

/* Fill an item, which is all zero, from the row in hand. What it takes is freed with the list, also after a failure. */
typedef castmap_status cm_listing_row(castmap_context *ctx, cm_query *query, void *item);

/* *items [*n] of `size` bytes each: owned by the caller, whatever the status; NULL where there are none. */
CASTMAP_NODISCARD castmap_status cm_listing(castmap_context *ctx, castmap_project *project, const char *sql, size_t size, cm_listing_row *row, void **items,
                                            size_t *n);

#endif
