/*
 * runs/projected_areas.h - a boundary set in the working CRS.
 */
#ifndef CM_RUNS_PROJECTED_AREAS_H
#define CM_RUNS_PROJECTED_AREAS_H

#include "project/boundary_table.h"
#include "space/geodesy/projection.h"

typedef struct cm_projected_areas {
    cm_boundary_set set;   /* owned; degrees */
    double *x, *y;         /* owned [set.shape.vertices], metres */
} cm_projected_areas;

/* level NULL: the newest set. The projection is borrowed for the call. */
CASTMAP_NODISCARD castmap_status cm_projected_areas_load(castmap_context *ctx, castmap_project *project, const char *level,
                                                         const cm_projection *projection, cm_projected_areas *out);
void cm_projected_areas_clear(cm_projected_areas *areas);
/* Borrowed view in metres. */
castmap_polygons cm_projected_areas_view(const cm_projected_areas *areas);

#endif
