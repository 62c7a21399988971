/*
 * space/geodesy/grid_reference.h - the lettered grid references of Great Britain and of Ireland.
 *
 * A reference names a square, not a point: the south-west corner and the side are given, and whoever wants one point takes the middle.
 */
#ifndef CM_SPACE_GEODESY_GRID_REFERENCE_H
#define CM_SPACE_GEODESY_GRID_REFERENCE_H

#include <stdbool.h>
#include <stddef.h>

typedef struct cm_grid_square {
    bool   irish;                   /* EPSG:29903 (TM75 / Irish Grid); else EPSG:27700 */
    double easting_m, northing_m;   /* of the south-west corner */
    double side_m;                  /* 100 km for no digits, 1 m for ten */
} cm_grid_square;

typedef enum cm_grid_answer {
    CM_GRID_FINE,
    CM_GRID_NOT_ONE,  /* not letters and digits as a reference has them */
    CM_GRID_ODD,      /* an odd number of digits */
    CM_GRID_NO_SQUARE /* the letters name no square of the grid */
} cm_grid_answer;

/* "TQ 300 800", "tq3000080000", "O 159 343": 2 to 10 digits in Great Britain, 4 to 10 in Ireland (fewer would also be postcodes); any spaces.
 * *out is set by CM_GRID_FINE only. */
cm_grid_answer cm_grid_reference_parse(const char *text, size_t length, cm_grid_square *out);

#endif
