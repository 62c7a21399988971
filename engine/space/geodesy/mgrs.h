/*
 * space/geodesy/mgrs.h - references of the Military Grid Reference System, as phones and walkers' apps show them.
 */
#ifndef CM_SPACE_GEODESY_MGRS_H
#define CM_SPACE_GEODESY_MGRS_H

#include <stdbool.h>
#include <stddef.h>

/* A square of a UTM zone of WGS 84. */
typedef struct cm_mgrs_square {
    int    zone;
    bool   south;
    double easting_m, northing_m; /* of the south-west corner */
    double side_m;
    double lon, lat;              /* of the middle, degrees */
} cm_mgrs_square;

typedef enum cm_mgrs_answer {
    CM_MGRS_FINE,
    CM_MGRS_NOT_ONE,
    CM_MGRS_ODD,       /* an odd number of digits */
    CM_MGRS_NO_SQUARE, /* no such zone, band or square, or the square lies outside the zone and band that are named */
    CM_MGRS_POLAR      /* of the polar systems beyond 84 N and 80 S, which are not read */
} cm_mgrs_answer;

/* "30U XC 99315 10161", "30uxc9931510161": 2 to 10 digits, any spaces. *out is set by CM_MGRS_FINE only. */
cm_mgrs_answer cm_mgrs_parse(const char *text, size_t length, cm_mgrs_square *out);

#endif
