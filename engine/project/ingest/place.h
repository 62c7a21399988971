/*
 * project/ingest/place.h - the position of a record as people and devices write it.
 */
#ifndef CM_PROJECT_INGEST_PLACE_H
#define CM_PROJECT_INGEST_PLACE_H

#include "project/ingest/flaw.h"
#include "project/observation_table.h"

#include <stdbool.h>
#include <stddef.h>

typedef enum cm_place_kind {
    CM_PLACE_DEGREES,
    CM_PLACE_METRES,     /* of the coordinate system that the file is in */
    CM_PLACE_GRID_GB,    /* eastings and northings of EPSG:27700 */
    CM_PLACE_GRID_IRISH, /* of EPSG:29903 */
    CM_PLACE_SHORT_CODE, /* a plus code without its beginning: a reference place is needed */
    CM_PLACE_WORDS       /* a postcode or a name, perhaps: a table is needed */
} cm_place_kind;

typedef struct cm_place {
    cm_place_kind kind;
    double a, b;       /* longitude, latitude; or easting, northing */
    int    decimals;   /* of the finer of the two as written; 9 where that says nothing */
    double accuracy_m; /* NaN: not said */
    double altitude_m; /* NaN: not said */
    cm_precision_class precision; /* CM_PLACE_UNKNOWN: as the decimals tell */
    size_t code_length;           /* of the short code that the text begins with */
} cm_place;

/* A plain decimal number with surrounding spaces, optionally with U+2212 for minus; exponents are fine, nan, inf and hex are not. */
bool cm_place_number(const char *text, size_t length, double *value, int *decimals, cm_flaw *flaw);

/* Latitude and longitude: decimal degrees, or degrees-minutes-seconds with degree sign or hemisphere letter. */
bool cm_place_degrees(const char *lat, size_t lat_length, const char *lon, size_t lon_length, cm_place *out, cm_flaw *flaw);
/* Easting and northing, metres. */
bool cm_place_metres(const char *x, size_t x_length, const char *y, size_t y_length, cm_place *out, cm_flaw *flaw);
/* "51 30 26 N, 0 7 39 W": two angles one after the other, with degree signs or hemisphere letters. */
bool cm_place_angles(const char *text, size_t length, cm_place *out, cm_flaw *flaw);

/*
 * place_cell.c: one cell: "lat lon [altitude [accuracy]]" as form tools write it, "lat, lon", POINT(lon lat), a pair of DMS, a grid reference of
 * Great Britain or Ireland, MGRS, a plus code, a link of a map. What begins with a letter or holds none of these is CM_PLACE_WORDS.
 */
bool cm_place_cell(const char *text, size_t length, cm_place *out, cm_flaw *flaw);
/* One cell that holds "easting northing" or "easting, northing" as plain numbers. */
bool cm_place_cell_metres(const char *text, size_t length, cm_place *out, cm_flaw *flaw);
/* The position of a link of a map within any text. False with flaw->code NULL: there is none. */
bool cm_place_link(const char *text, size_t length, cm_place *out, cm_flaw *flaw);

/* How well a place is known that is certain to so many metres. */
cm_precision_class cm_place_class(double accuracy_m);

/* Finite, in range, not the placeholder 0,0. */
bool cm_place_check_degrees(double lon, double lat, cm_flaw *flaw);

#endif
