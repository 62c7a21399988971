/*
 * project/street_table.h - street networks as packed columns: coordinates in whole millimetres, as differences.
 */
#ifndef CM_PROJECT_STREET_TABLE_H
#define CM_PROJECT_STREET_TABLE_H

#include "castmap/streets.h"

typedef struct cm_street_origin {
    const char *format, *sha256;
    size_t      parts;
    double      total_m;
} cm_street_origin;

/* Everything of `streets` but `street`, which is made when they are loaded. *id is out. */
CASTMAP_NODISCARD castmap_status cm_streets_store(castmap_context *ctx, castmap_project *project, int64_t run, const castmap_streets *streets,
                                                  const cm_street_origin *origin, int64_t *id);

#endif
