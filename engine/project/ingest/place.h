/*
 * project/ingest/place.h - the position of a record as people and devices write it.
 */
#ifndef CM_PROJECT_INGEST_PLACE_H
#define CM_PROJECT_INGEST_PLACE_H

#include "project/ingest/flaw.h"

#include <stdbool.h>
#include <stddef.h>

typedef enum cm_place_kind { CM_PLACE_DEGREES, CM_PLACE_METRES, CM_PLACE_GRID_GB } cm_place_kind;

typedef struct cm_place {
    cm_place_kind kind;
    double a, b;       /* longitude, latitude; or easting, northing */
    int    decimals;   /* of the finer of the two as written; 9 where that says nothing */
    double accuracy_m; /* NaN: not said */
    double altitude_m; /* NaN: not said */
} cm_place;

/* A plain decimal number with surrounding spaces, optionally with U+2212 for minus; exponents are fine, nan, inf and hex are not. */
bool cm_place_number(const char *text, size_t length, double *value, int *decimals, cm_flaw *flaw);

/* Latitude and longitude: decimal degrees, or degrees-minutes-seconds with degree sign or hemisphere letter. */
bool cm_place_degrees(const char *lat, size_t lat_length, const char *lon, size_t lon_length, cm_place *out, cm_flaw *flaw);
/* Easting and northing, metres. */
bool cm_place_metres(const char *x, size_t x_length, const char *y, size_t y_length, cm_place *out, cm_flaw *flaw);
/* One cell: "lat lon [altitude [accuracy]]" as form tools write it, "lat, lon", a pair of DMS, or a British grid reference. */
bool cm_place_cell(const char *text, size_t length, cm_place *out, cm_flaw *flaw);

/* Finite, in range, not the placeholder 0,0. */
bool cm_place_check_degrees(double lon, double lat, cm_flaw *flaw);

#endif
