/*
 * runs/time_slices.h - a period cut into slices, and how an observation counts in each.
 *
 * A slice looks through a kernel 3/4 (1 - u^2) in time whose half width is the length of the slice (a calendar one: at least a month or a quarter):
 * neighbouring slices share observations, so that one evening does not make a slice. At both ends the kernel reaches beyond the period, and its share
 * inside is divided out.
 */
#ifndef CM_RUNS_TIME_SLICES_H
#define CM_RUNS_TIME_SLICES_H

#include "castmap/runs.h"

#define CM_MOST_SLICES 60u

/* Slices of [from_s, to_s): by the calendar (UTC), or `equal` equal ones. from_s and to_s of each: out [CM_MOST_SLICES]. CASTMAP_E_DATA: the period is too
 * short to divide. CASTMAP_E_LIMIT: more than 60. */
CASTMAP_NODISCARD castmap_status cm_time_slices_plan(castmap_context *ctx, castmap_heat_slicing slicing, unsigned equal, int64_t from_s, int64_t to_s,
                                                     int64_t *slice_from_s, int64_t *slice_to_s, size_t *n);

typedef struct cm_time_view {
    int64_t middle_s, window_s;
    double  inside; /* share of the kernel within the period */
} cm_time_view;

cm_time_view cm_time_slice_view(castmap_heat_slicing slicing, const int64_t *slice_from_s, const int64_t *slice_to_s, size_t n, size_t i);
/* What an observation at time_s adds, per month. */
double cm_time_view_weight(const cm_time_view *view, int64_t time_s);

/* Lower edges of at most five classes, one legend for all slices. Gives how many. */
size_t cm_time_slice_breaks(double highest, double breaks[5]);

#endif
