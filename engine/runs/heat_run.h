/*
 * runs/heat_run.h - one heat map on its way: what its steps share.
 *
 *   heat_area.c        the mapped part, the study area, the mask, which observations are counted
 *   heat_footprints.c  records that are known only to an area
 *   heat_radius.c      how far an observation reaches
 *   heat_slices.c      parts of the period
 *   heat_series.c      changes from each period to the next
 *   heat_surface.c     the surface by its kind, its measure and its classes
 *   run_heat.c         the steps in order, and keeping the layer
 */
#ifndef CM_RUNS_HEAT_RUN_H
#define CM_RUNS_HEAT_RUN_H

#include "base/digest.h"
#include "castmap/areas.h"
#include "castmap/spread.h"
#include "project/layer_table.h"
#include "runs/map_extent.h"
#include "runs/remarks.h"
#include "runs/run_points.h"

typedef struct cm_heat_points {
    size_t   count;
    double  *x, *y;  /* owned [count] */
    double  *weight; /* owned [count] or NULL: all 1 */
    int64_t *id;     /* owned [count] */
    int64_t *time_s; /* owned [count]; middle of the time it is known to, INT64_MIN: not known */
} cm_heat_points;

/* What is known of the place of a record that is spread: an area, or a circle. */
typedef struct cm_vague {
    int32_t area; /* CASTMAP_NO_AREA: the circle */
    double  x, y, radius_m, weight;
    int64_t time_s; /* as of cm_heat_points */
} cm_vague;

/* Records that are spread, and the areas they are spread over: those of one area or circle share a footprint. */
typedef struct cm_heat_spread {
    cm_vague *record;       /* owned [count]; by footprint once these are made */
    size_t    count, capacity;
    size_t   *footprint_of; /* owned [count] */
    cm_polygon_set footprint; /* metres */
    double   *weight;       /* owned [footprint.count] records of each */
} cm_heat_spread;

typedef struct cm_heat_run {
    castmap_context *ctx;
    castmap_project *project;
    const castmap_heat_run_options *options;
    cm_run_points  points;      /* all that passed the filter; of a comparison the cases, of a change the second period */
    cm_run_points  others;      /* of a comparison the controls, of a change the first period; else empty */
    cm_extent      extent;      /* observations inside it are counted */
    size_t         elsewhere;   /* observations outside the extent or the study area */
    size_t         nowhere;     /* on a position that says nothing of where they were: a default that nobody moved */
    bool           has_areas;
    cm_projected_areas areas;   /* the study area, or the newest boundaries; empty if there are none */
    bool           within;      /* nothing is shown outside the study area */
    cm_polygon_set mask;        /* metres */
    char           mask_digest[CM_SHA256_HEX]; /* of the file, "": none */
    const char    *by_rule;     /* static; how the radius was chosen, NULL: it was given */
    cm_heat_points counted, against; /* of points and of others: exact enough to be a point, and inside */
    cm_heat_spread spread, spread_against; /* of points and of others: known only to an area */
    double         series_top;  /* largest absolute change of a series, 0: none */
    cm_heat_layer  layer;
    castmap_heat_summary summary;
} cm_heat_run;

/* The records of a filter, weighed as the options say. */
CASTMAP_NODISCARD castmap_status cm_heat_load(cm_heat_run *run, const castmap_filter *filter, cm_run_points *out);
/* Borrowed views. */
castmap_points cm_heat_points_view(const cm_heat_points *points);
void cm_heat_points_clear(cm_heat_points *points);

/* The extent, the study area and the mask; sets `within`. CASTMAP_E_NOT_FOUND where an area is needed and there is none. */
CASTMAP_NODISCARD castmap_status cm_heat_find_area(cm_heat_run *run);
/* Observations inside the extent (and the study area), those known only to an area set apart. */
CASTMAP_NODISCARD castmap_status cm_heat_count_points(cm_heat_run *run);
/* What of `all` is inside: points to `out`, those known only to an area to `spread`. Both empty before. */
CASTMAP_NODISCARD castmap_status cm_heat_count_some(cm_heat_run *run, const cm_run_points *all, cm_heat_points *out, cm_heat_spread *spread);
/* Is record i known only to an area, so that it should be spread? */
bool cm_heat_is_vague(const cm_observation_set *set, size_t i);
/* Remember that record i, which lies in `area`, is to be spread. 0, or -1 when out of memory. */
int cm_heat_add_vague(cm_heat_spread *spread, const cm_run_points *points, size_t i, int32_t area, double weight);
/* The footprints of all that was remembered. Where nothing is shown outside the study area, circles end at its border. */
CASTMAP_NODISCARD castmap_status cm_heat_make_footprints(cm_heat_run *run, cm_heat_spread *spread);
/* Share of a side's weight that is spread, 0..1. */
double cm_heat_spread_share(const cm_heat_spread *spread, const cm_heat_points *counted);
castmap_spread cm_heat_spread_view(const cm_heat_spread *spread); /* borrowed */
void cm_heat_spread_clear(cm_heat_spread *spread);
CASTMAP_NODISCARD castmap_status cm_heat_choose_radius(cm_heat_run *run);
/* The radius that is taken where nobody said: by cross-validation, or by convention (*by_rule false) where records share spots. why: static. */
CASTMAP_NODISCARD castmap_status cm_heat_suggest(castmap_context *ctx, const castmap_points *points, castmap_kernel kernel,
                                                 double *radius_m, const char **why, bool *by_rule);
/* Everything that a run holds. */
void cm_heat_run_clear(cm_heat_run *run);
CASTMAP_NODISCARD castmap_status cm_heat_choose_grid(cm_heat_run *run);
CASTMAP_NODISCARD castmap_status cm_heat_make_surface(cm_heat_run *run);
/* Density per km2 of points and of what is spread, without regard to borders. */
CASTMAP_NODISCARD castmap_status cm_heat_density_of(cm_heat_run *run, const castmap_points *points, const cm_heat_spread *spread,
                                                    const castmap_density_options *options, double *values);
#define CM_SECONDS_A_MONTH (86400.0 * 365.2425 / 12.0)
/* The period of a filter; an open end is that of the records. False where there is none. */
bool cm_heat_period(const castmap_filter *filter, const cm_run_points *points, int64_t *from_s, int64_t *to_s);
/* heat_slices.c: which parts of the period, then their surfaces. Do nothing where none were asked for. */
CASTMAP_NODISCARD castmap_status cm_heat_plan_slices(cm_heat_run *run);
CASTMAP_NODISCARD castmap_status cm_heat_make_slices(cm_heat_run *run);
/* heat_series.c: the same for a change through several periods. Do nothing where there are not more than two. */
CASTMAP_NODISCARD castmap_status cm_heat_check_series(castmap_context *ctx, const castmap_heat_run_options *options);
CASTMAP_NODISCARD castmap_status cm_heat_plan_series(cm_heat_run *run);
CASTMAP_NODISCARD castmap_status cm_heat_make_series(cm_heat_run *run);
void cm_heat_share_classes(cm_heat_run *run); /* the layer's classes are those of the series too */
/* Edges of the classes of a change, above none: from the largest change, or as options->domain or domain_of say. */
CASTMAP_NODISCARD castmap_status cm_heat_change_steps(cm_heat_run *run, double step[3]);

#endif
