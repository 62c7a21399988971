/*
 * runs/boundary_areas.h - the state of one call of castmap_boundaries_add(), and its middle: features of a layer to areas of a set.
 */
#ifndef CM_RUNS_BOUNDARY_AREAS_H
#define CM_RUNS_BOUNDARY_AREAS_H

#include "castmap/boundaries.h"
#include "io/gdal_vector.h"
#include "project/boundary_table.h"
#include "runs/boundary_columns.h"
#include "runs/population_table.h"
#include "space/geodesy/projection.h"

typedef struct cm_note_list {
    castmap_area_note *note; /* owned */
    size_t             count, capacity;
} cm_note_list;

typedef struct cm_adding {
    castmap_context                 *ctx;
    castmap_project                 *project;
    const castmap_boundaries_options *options;
    cm_vector_layer                  layer;
    cm_boundary_columns              columns;
    char                             source_crs[64];
    cm_projection                   *source; /* owned; of the file's coordinates */
    cm_boundary_set                  set;
    cm_population_table              people;
    cm_note_list                     repaired, refused, unjoined, left_over;
    cm_crs_choice                    choice;
    bool                             decides_crs;
    double                           population;
    size_t                           with_population;
} cm_adding;

/* Keep what was said of an area. code and name may be NULL. */
CASTMAP_NODISCARD castmap_status cm_boundary_note(castmap_context *ctx, cm_note_list *list, const char *code, const char *name,
                                                  const char *format, ...) CASTMAP_PRINTF(5, 6);
void cm_boundary_notes_clear(castmap_area_note *note, size_t count);

/* From layer and columns to set: settles the file's coordinate system, makes one area of each code, repairs outlines, brings them to degrees. Fills source_crs,
 * source, set, repaired and refused. CASTMAP_E_INPUT: nothing can be used, or the coordinate system is not known. */
CASTMAP_NODISCARD castmap_status cm_boundary_areas_make(cm_adding *adding);

#endif
