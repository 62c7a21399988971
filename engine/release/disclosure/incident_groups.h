/*
 * release/disclosure/incident_groups.h - repeats of one report counted once.
 *
 * Records of one source, of one category, at one place are one incident group: thirty reports of a house by one neighbour are one.
 * "At one place" means within 50 m, or within the accuracy of the less exact record, at most 250 m; and it carries over (A near B and B near C make
 * one group), so that the order of rows has no say. Records without a source are taken for one source's when their place is their own;
 * where the place is a point that many records share by design (snapped, a postcode, an area), nothing says so and each counts.
 */
#ifndef CM_RELEASE_DISCLOSURE_INCIDENT_GROUPS_H
#define CM_RELEASE_DISCLOSURE_INCIDENT_GROUPS_H

#include "castmap/context.h"

#include <stddef.h>
#include <stdint.h>

#define CM_SAME_PLACE_M 50.0
#define CM_SAME_PLACE_LARGEST_M 250.0

/* When something was noticed, as far as it is known: a day, or only a month. */
#define CM_WHEN_KEY_NONE INT64_MAX
int64_t cm_when_key_day(int64_t days);     /* days since 1970-01-01 */
int64_t cm_when_key_month(int64_t month);  /* months since year 0 */
int cm_when_key_is_day(int64_t key);

/* One record that may be counted. */
typedef struct cm_report {
    double  x, y;         /* metres, working CRS */
    double  accuracy_m;   /* NaN: not known */
    int64_t when;         /* cm_when_key_...; CM_WHEN_KEY_NONE */
    int32_t source;       /* -1: not recorded */
    int32_t category;     /* -1: none */
    int32_t place;        /* of clusters: label, or -1 */
    bool    shared_place; /* its coordinates stand for a street, postcode or area */
} cm_report;

/* One group: the place, time and cluster of its earliest record (ties: west, then south). */
typedef struct cm_incident {
    double  x, y;
    int64_t when;
    int32_t source;
    int32_t place;
} cm_incident;

/* merge false: every record is a group of its own (only tests ask for that). incidents is out, owned by the caller, in order of their first record. */
CASTMAP_NODISCARD castmap_status cm_incidents_make(castmap_context *ctx, const cm_report *reports, size_t n, bool merge,
                                                   cm_incident **incidents, size_t *n_incidents);

#endif
