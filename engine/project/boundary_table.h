/*
 * project/boundary_table.h - CONTRACT: boundary sets of a project.
 */
#ifndef CM_PROJECT_BOUNDARY_TABLE_H
#define CM_PROJECT_BOUNDARY_TABLE_H

#include "castmap/project.h"
#include "space/geometry/polygon_set.h"

/* One level and vintage. Areas are sorted by code. Release with cm_boundary_set_clear(). */
typedef struct cm_boundary_set {
    int64_t id;
    char   *level, *name, *vintage, *source, *licence, *sha256; /* owned */
    size_t  count;
    char  **code, **area_name, **parent;  /* owned [count]; parent entries may be NULL */
    double *population;                   /* owned [count]; NaN unknown */
    bool   *repaired;                     /* owned [count] */
    cm_polygon_set shape;                 /* degrees, WGS 84; feature i is area i */
} cm_boundary_set;

#define CM_BOUNDARY_SET_INIT {0}
void cm_boundary_set_clear(cm_boundary_set *set);

CASTMAP_NODISCARD castmap_status cm_boundary_store(castmap_context *ctx, castmap_project *project, int64_t run_number,
                                                   const cm_boundary_set *set, int64_t *id);
/* The newest set of `level`, or the newest of all when NULL. CASTMAP_E_NOT_FOUND names the levels there are. */
CASTMAP_NODISCARD castmap_status cm_boundary_load(castmap_context *ctx, castmap_project *project, const char *level,
                                                  cm_boundary_set *out);

#endif
