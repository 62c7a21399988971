/*
 * space/geodesy/plus_code.h - plus codes (Open Location Code), full and short.
 */
#ifndef CM_SPACE_GEODESY_PLUS_CODE_H
#define CM_SPACE_GEODESY_PLUS_CODE_H

#include <stdbool.h>
#include <stddef.h>

#define CM_PLUS_CODE_MOST 15 /* digits that mean something; more are passed over */
#define CM_PLUS_CODE_SIZE 20

typedef enum cm_plus_code_kind { CM_PLUS_CODE_NONE, CM_PLUS_CODE_FULL, CM_PLUS_CODE_SHORT } cm_plus_code_kind;

/* A box in degrees. */
typedef struct cm_plus_area {
    double south, west, north, east;
    size_t digits;
} cm_plus_area;

/* Is the text, without spaces around it, a code? In either case of letters. */
cm_plus_code_kind cm_plus_code_kind_of(const char *text, size_t length);

/* The box of a full code. False: it is none. */
bool cm_plus_code_decode(const char *text, size_t length, cm_plus_area *out);
/* The box of a short code that is nearest to a reference place; of a full code its own. False: it is none. */
bool cm_plus_code_recover(const char *text, size_t length, double reference_lon, double reference_lat, cm_plus_area *out);
/* The code of a place: digits 2, 4, 6, 8, 10..15. */
void cm_plus_code_encode(double lon, double lat, size_t digits, char out[CM_PLUS_CODE_SIZE]);

#endif
