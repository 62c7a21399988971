/*
 * runs/study_area.h - the ground over which chance is reckoned: the union of a boundary set, never the box round the data.
 */
#ifndef CM_RUNS_STUDY_AREA_H
#define CM_RUNS_STUDY_AREA_H

#include "runs/run_points.h"

/*
 * The size of the union of the areas of `level` (NULL: the newest set) in the working CRS, km2. Points outside of it are left out and counted.
 * CASTMAP_E_NOT_FOUND: no such set, or no point is inside.
 */
CASTMAP_NODISCARD castmap_status cm_study_area(castmap_context *ctx, castmap_project *project, const char *level, cm_run_points *points,
                                               double *km2, size_t *outside);

#endif
