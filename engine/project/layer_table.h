/*
 * project/layer_table.h - CONTRACT: what the analyses produced. A layer belongs to one run; the newest of its name is the one that is used.
 */
#ifndef CM_PROJECT_LAYER_TABLE_H
#define CM_PROJECT_LAYER_TABLE_H

#include "castmap/cluster.h"
#include "castmap/density.h"
#include "castmap/project.h"
#include "castmap/runs.h"

/* Clusters. Hulls in metres of the working CRS as the method gave them; the store adds degrees for QGIS itself from hull_lon/lat. */
typedef struct cm_cluster_layer {
    int64_t  run_number;
    char    *name;            /* owned */
    double   eps_m;
    uint32_t min_points;
    size_t   n;               /* observations looked at */
    int64_t *observation;     /* owned [n] ids */
    int32_t *label;           /* owned [n] 0..k-1 or CASTMAP_NOISE */
    bool    *is_core;         /* owned [n] */
    castmap_cluster_shapes shapes; /* owned */
    double  *lon, *lat;       /* owned [k] centres, degrees */
    double  *hull_lon, *hull_lat; /* owned, parallel to shapes.hull_x/y, degrees */
    castmap_cluster_method method;
    int64_t  window_s;        /* st-dbscan */
    double   xi;              /* optics */
    castmap_hdbscan_selection selection;
    castmap_outline outline;
    bool     crimestat_ellipse;
    double   study_km2;       /* nnh */
    size_t   imprecise, untimed; /* left out */
    castmap_place_detail *detail; /* owned [k]; NULL: a layer of the first schema */
    size_t  *outline_start;   /* owned [k + 1]; NULL: the hulls are the outlines. Rings not repeated, counter-clockwise */
    double  *outline_x, *outline_y, *outline_lon, *outline_lat; /* owned [outline_start[k]] */
    double  *membership, *outlier; /* owned [n]; NULL unless the method gives them */
} cm_cluster_layer;
CASTMAP_NODISCARD castmap_status cm_cluster_layer_store(castmap_context *ctx, castmap_project *project, const cm_cluster_layer *layer);
CASTMAP_NODISCARD castmap_status cm_cluster_layer_load(castmap_context *ctx, castmap_project *project, const char *name,
                                                       cm_cluster_layer *out); /* name NULL: the newest */
void cm_cluster_layer_clear(cm_cluster_layer *layer);

/* Counts by area. Row i is area i of the boundary set (sorted by code). */
typedef struct cm_area_layer {
    int64_t  run_number;
    char    *name, *level;    /* owned */
    int64_t  boundary_id;
    double   per, confidence;
    size_t   placed, unplaced;
    size_t   count;
    int64_t *events;          /* owned [count] */
    double  *area_km2, *density, *rate, *lower, *upper; /* owned [count]; NaN where not defined */
    int32_t *class_number;    /* owned [count] */
    size_t   n_breaks; double *breaks; /* owned */
    size_t   n;               /* observations looked at */
    int64_t *observation;     /* owned [n] */
    int32_t *area;            /* owned [n], index or CASTMAP_NO_AREA */
} cm_area_layer;
CASTMAP_NODISCARD castmap_status cm_area_layer_store(castmap_context *ctx, castmap_project *project, const cm_area_layer *layer);
CASTMAP_NODISCARD castmap_status cm_area_layer_load(castmap_context *ctx, castmap_project *project, const char *level, cm_area_layer *out);
void cm_area_layer_clear(cm_area_layer *layer);

/* A heat surface with its bands. */
typedef struct cm_heat_layer {
    int64_t  run_number;
    char    *name;            /* owned */
    castmap_kernel kernel;
    double   radius_m, sigma_m;
    castmap_grid grid;
    size_t   observations;
    double  *values;          /* owned [columns*rows], in `unit`; NaN: no data */
    size_t   n_breaks; double *breaks; /* owned, ascending lower edges */
    castmap_bands bands;      /* owned, metres */
    double  *band_lon, *band_lat; /* owned, parallel to bands.x/y, degrees */
    int      kind;            /* castmap_heat_kind */
    char    *legend, *unit;   /* owned; "Observations per km2", "per km2" */
    char    *note;            /* owned; a sentence on the method, or "" */
    size_t   spread;          /* records that were spread over the area they are known to */
    size_t   n_slices;        /* surfaces of parts of a period, or of a change the change to each period from the one before; per km2 and month */
    int64_t *slice_from_s, *slice_to_s; /* owned [n_slices] */
    double  *slice_values;    /* owned [n_slices * columns * rows] */
    size_t   n_slice_breaks;
    double   slice_breaks[7]; /* one legend for all; of a change its 7 edges */
    double  *p_value;         /* owned [columns*rows] or NULL: of a comparison */
} cm_heat_layer;
CASTMAP_NODISCARD castmap_status cm_heat_layer_store(castmap_context *ctx, castmap_project *project, const cm_heat_layer *layer);
CASTMAP_NODISCARD castmap_status cm_heat_layer_load(castmap_context *ctx, castmap_project *project, const char *name, cm_heat_layer *out);
void cm_heat_layer_clear(cm_heat_layer *layer);

#endif
