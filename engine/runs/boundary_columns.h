/*
 * runs/boundary_columns.h - which columns of a boundary layer hold the code, the name and the parent's code; what level and year that tells.
 */
#ifndef CM_RUNS_BOUNDARY_COLUMNS_H
#define CM_RUNS_BOUNDARY_COLUMNS_H

#include "castmap/boundaries.h"
#include "io/gdal_vector.h"

#define CM_NO_COLUMN SIZE_MAX

typedef struct cm_boundary_columns {
    size_t      code, name, parent; /* indexes into the layer's fields; CM_NO_COLUMN: none */
    const char *level;              /* "ward", ...; static; "area" where nothing tells */
    char        vintage[8];         /* "2013", or "" */
    char        country[4];         /* "GB", "IE", ... where all codes declare one, or "" */
} cm_boundary_columns;

/* Columns named in the options are taken as they are (CASTMAP_E_NOT_FOUND names those there are); the others are recognised by name, and where several codes stand
 * side by side, by which is unique to each feature. CASTMAP_E_INPUT: no code column. */
CASTMAP_NODISCARD castmap_status cm_boundary_columns_find(castmap_context *ctx, const cm_vector_layer *layer,
                                                          const castmap_boundaries_options *options,
                                                          cm_boundary_columns *out);

#endif
