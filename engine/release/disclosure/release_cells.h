/*
 * release/disclosure/release_cells.h - the layers of a partner or public release, from published cells and borders alone.
 */
#ifndef CM_RELEASE_DISCLOSURE_RELEASE_CELLS_H
#define CM_RELEASE_DISCLOSURE_RELEASE_CELLS_H

#include "release/disclosure/published.h"
#include "release/disclosure/release_inputs.h"

/* How cells and areas lie to one another. */
typedef struct cm_cell_areas {
    int32_t *area;       /* owned [cells]: the area that holds most of the cell, or CASTMAP_NO_AREA */
    bool    *inside;     /* owned [cells]: touches an area */
    double  *own_km2;    /* owned [areas]: of the area, covered by cells that belong to it */
    double  *cells_km2;  /* owned [areas]: of those cells, whole */
} cm_cell_areas;

void cm_cell_areas_clear(cm_cell_areas *areas);
CASTMAP_NODISCARD castmap_status cm_cell_areas_make(castmap_context *ctx, const cm_published *published,
                                                    const castmap_polygons *borders, cm_cell_areas *out);

/* Published count of each area: the sum of its cells where they stand for it (cover half of it, and lie to two thirds in it), else INT64_MIN. out [areas]. */
void cm_area_counts(const cm_published *published, const cm_cell_areas *areas, const double *area_km2, size_t n,
                    int64_t *out);

/* inputs->observations is not looked at. */
CASTMAP_NODISCARD castmap_status cm_release_cells(castmap_context *ctx, const cm_release_inputs *inputs,
                                                  const cm_published *published, const cm_cell_areas *areas,
                                                  cm_release_build *build, castmap_suppressed *stats);

#endif
