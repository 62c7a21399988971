/*
 * runs/source_crs.h - which coordinate system the numbers of a file are in.
 */
#ifndef CM_RUNS_SOURCE_CRS_H
#define CM_RUNS_SOURCE_CRS_H

#include "castmap/project.h"
#include "io/gdal_vector.h"
#include "space/geodesy/projection.h"

/* given: by the user, may be NULL. A guess is only made where the format fixes it. crs [64] and *out (owned by the caller) are the result.
 * CASTMAP_E_INPUT: the file does not say, or says otherwise. */
CASTMAP_NODISCARD castmap_status cm_source_crs(castmap_context *ctx, const cm_vector_layer *layer, const char *given, char crs[64],
                                               cm_projection **out);

/* Make a choice the project's working CRS, with the operation that leads to it. Inside the run that decides it. */
CASTMAP_NODISCARD castmap_status cm_crs_keep(castmap_context *ctx, castmap_project *project, const cm_crs_choice *choice);

#endif
