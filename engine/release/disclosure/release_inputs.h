/*
 * release/disclosure/release_inputs.h - what a release is made of, loaded once.
 */
#ifndef CM_RELEASE_DISCLOSURE_RELEASE_INPUTS_H
#define CM_RELEASE_DISCLOSURE_RELEASE_INPUTS_H

#include "project/boundary_table.h"
#include "project/observation_table.h"
#include "release/disclosure/release_build.h"
#include "space/geodesy/projection.h"

typedef struct cm_release_inputs {
    castmap_project *project;                /* borrowed */
    const castmap_release_options *options;  /* borrowed */
    char               *title;               /* owned */
    cm_projection      *projection;          /* owned */
    cm_observation_set  observations;        /* owned */
    double             *x, *y;               /* owned [observations.count], metres */
    bool                has_boundaries;
    cm_boundary_set     boundaries;          /* owned; degrees */
    double             *border_x, *border_y; /* owned, parallel to boundaries.shape.x */
    double             *area_km2;            /* owned [boundaries.count] */
} cm_release_inputs;

CASTMAP_NODISCARD castmap_status cm_release_inputs_load(castmap_context *ctx, castmap_project *project,
                                                        const castmap_release_options *options, int64_t from_s,
                                                        int64_t to_s, cm_release_inputs *out);
void cm_release_inputs_clear(cm_release_inputs *inputs);

/* The areas in metres; a view. */
castmap_polygons cm_release_borders(const cm_release_inputs *inputs);

/* Title, mark, CRS, extent (of the boundaries; else of `west..north`), sources, backdrop: what all audiences share. */
CASTMAP_NODISCARD castmap_status cm_release_common(castmap_context *ctx, const cm_release_inputs *inputs,
                                                   cm_release_build *build);

/* Put polygons in metres into a layer, with degrees from the projection. */
CASTMAP_NODISCARD castmap_status cm_release_shapes(castmap_context *ctx, const cm_release_inputs *inputs,
                                                   cm_release_build *build, cm_layer *layer, const castmap_polygons *metres);
/* The areas as shapes of a layer, with label points, and the fields code, name, parent. */
CASTMAP_NODISCARD castmap_status cm_release_area_shapes(castmap_context *ctx, const cm_release_inputs *inputs,
                                                        cm_release_build *build, cm_layer *layer);
/* The layer "boundaries". */
CASTMAP_NODISCARD castmap_status cm_release_boundaries(castmap_context *ctx, const cm_release_inputs *inputs,
                                                       cm_release_build *build);
/* Classes of lower edges for a legend of whole counts (class 0 is zero where with_zero), or of a measure. */
void cm_release_count_classes(cm_release_build *build, cm_style *style, const double *edges, size_t n, bool with_zero,
                              int ramp);
void cm_release_range_classes(cm_release_build *build, cm_style *style, const double *edges, size_t n, bool from_zero,
                              int ramp);
/* Number of edges at or under the value. */
size_t cm_release_class_of(const double *edges, size_t n, double value);

/* backdrop_file.c: the GeoJSON files named in the options become backdrop layers. */
CASTMAP_NODISCARD castmap_status cm_release_backdrop(castmap_context *ctx, const cm_release_inputs *inputs,
                                                     cm_release_build *build);

/* release_heat.c: the layers "heat" and "tolerance" and the surface of an internal release, where a run made a heat map. */
CASTMAP_NODISCARD castmap_status cm_release_heat(castmap_context *ctx, const cm_release_inputs *inputs, cm_release_build *build);

/* release_places.c: the layers "places", "groups" and "ellipses" of an internal release, where a run made places. */
CASTMAP_NODISCARD castmap_status cm_release_places(castmap_context *ctx, const cm_release_inputs *inputs,
                                                   cm_release_build *build);

/* release_internal.c, release_cells.c */
CASTMAP_NODISCARD castmap_status cm_release_internal(castmap_context *ctx, const cm_release_inputs *inputs,
                                                     cm_release_build *build);

#endif
