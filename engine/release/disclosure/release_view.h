/*
 * release/disclosure/release_view.h - CONTRACT: what a release holds, as products read it.
 *
 * Products see features with allow-listed fields, styles and words; never a project, never an observation outside the internal audience.
 * Only release/disclosure/ fills one in (release_build.h).
 */
#ifndef CM_RELEASE_DISCLOSURE_RELEASE_VIEW_H
#define CM_RELEASE_DISCLOSURE_RELEASE_VIEW_H

#include "castmap/density.h"
#include "castmap/release.h"

#include <stdint.h>

typedef enum cm_field_type { CM_FIELD_INTEGER, CM_FIELD_REAL, CM_FIELD_TEXT } cm_field_type;

/* One column of a layer. Values are [layer->count]; exactly one of the arrays is set. */
typedef struct cm_field {
    char         *name;        /* a-z_, for files: "count", "rate_per_1000" */
    char         *title;       /* for people: "Observations" */
    char         *description; /* one sentence: what it is, unit, what null means */
    char         *unit;        /* "per km2"; "" */
    cm_field_type type;
    int           digits;      /* decimals of a real when shown or written */
    int64_t      *integer;     /* INT64_MIN: null (withheld or not available) */
    double       *real;        /* NaN: null */
    char        **text;        /* NULL: null */
    char         *pool;        /* where texts that repeat are kept together; NULL: each is owned by itself */
} cm_field;

/* One class of a legend, lowest first. */
typedef struct cm_class {
    double   lower, upper;   /* NaN where the class is not numeric */
    char    *label;          /* "10 to 24" */
    uint32_t rgba;           /* 0xRRGGBBAA */
    bool     hatched;        /* "not shown" areas are hatched */
    double   stroke_mm;      /* width of a line of this class; 0: that of the layer */
} cm_class;

typedef enum cm_shape { CM_SHAPE_POINT, CM_SHAPE_LINE, CM_SHAPE_POLYGON } cm_shape;

/* How a layer is drawn, in every product alike. */
typedef struct cm_style {
    char    *legend_title;   /* "Observations per km2" */
    int      class_field;    /* field (integer) that holds the class index 0..n_classes-1 of each feature; -1: one symbol */
    size_t   n_classes;
    cm_class *classes;
    uint32_t stroke_rgba;    /* 0: none */
    double   stroke_mm;
    bool     dashed;
    bool     arrows;         /* lines have a direction, from their first vertex to their last, and stand apart from what they cross */
    uint32_t fill_rgba;      /* single symbol fill; 0: none */
    double   size_mm;        /* points */
    int      label_field;    /* text field drawn as a label; -1: none */
    double   min_label_mm;   /* do not label features smaller than this on paper */
} cm_style;

typedef struct cm_layer {
    char    *name;         /* "areas", "places", "heat", "cells", "observations", "boundaries"; backdrop: "water", "streets", ... */
    char    *title;        /* for people */
    char    *description;  /* what it shows, how it was made, what null means */
    cm_shape shape;
    size_t   count;
    /* polygons: as castmap_polygons. lines: part = line, one ring a part (not closed). points: feature i is vertex i, starts NULL. */
    size_t  *part_start, *ring_start, *vertex_start;
    size_t   n_vertices;
    double  *x, *y;        /* working CRS, metres */
    double  *lon, *lat;    /* degrees */
    double  *label_x, *label_y; /* [count] working CRS, or NULL */
    size_t   n_fields;
    cm_field *fields;
    cm_style style;
    bool     visible;      /* shown when a map opens */
} cm_layer;

/* The heat surface. */
typedef struct cm_surface {
    castmap_grid grid;
    double      *values;   /* in `unit`, internal only; NULL for partner and public. NaN: no data */
    bool         has_blank;/* some values are NaN: outside the study area, under a mask, not defined */
    uint8_t     *classes;  /* [columns*rows] 0: below the first class or not shown; 1..n */
    size_t       n_breaks;
    double      *breaks;   /* lower edges of classes 1..n */
    cm_style     style;    /* classes[0..n-1] are classes 1..n */
    char        *title, *description, *unit;
    double       radius_m, sigma_m; /* 0 where it is made of cells */
} cm_surface;

/* A number with its words, for the report and the page: "Observations counted", "2,431". */
typedef struct cm_fact {
    char *title, *value, *note;
} cm_fact;

struct castmap_release {
    castmap_audience audience;
    int64_t  number;               /* of the ledger; 0: dry run */
    char    *title;                /* of the project */
    char    *subtitle;             /* period and audience in words */
    char    *audience_mark;        /* "INTERNAL - do not pass on", ... printed on every product */
    int64_t  from_s, to_s;         /* of the data shown */
    char    *data_dates;           /* "Observations from 1 July 2024 to 30 June 2026" */
    char    *coverage;             /* partner, public: "months covered: September 2021 (1 of 12)"; NULL: not said */
    size_t   n_sources;            /* source and licence lines of boundaries, records, backdrop */
    char   **sources;
    size_t   n_caveats;
    char   **caveats;              /* plain sentences */
    size_t   n_methods;
    char   **methods;              /* one sentence a step: what was done with which parameters */
    size_t   n_facts;
    cm_fact *facts;
    char    *crs;                  /* working CRS */
    char    *crs_name, *crs_wkt;
    int      crs_epsg;             /* 0: none */
    double   west, south, east, north;         /* map extent, metres: of the boundaries, or of those areas that hold what is shown */
    double   west_deg, south_deg, east_deg, north_deg;
    size_t   n_layers;
    cm_layer *layers;              /* data layers, drawn in this order */
    size_t   n_backdrop;
    cm_layer *backdrop;            /* under the data: water, green, streets, boundaries of other areas, place names */
    bool     has_surface;
    cm_surface surface;
    castmap_suppressed suppressed;
    char    *provenance;           /* JSON object for internal and partner products: method parameters and versions, no digests of raw inputs */
};

/* By name; NULL if absent. */
const cm_layer *cm_release_layer(const castmap_release *release, const char *name);
const cm_field *cm_layer_field(const cm_layer *layer, const char *name);

#endif
