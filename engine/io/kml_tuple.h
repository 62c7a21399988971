/*
 * io/kml_tuple.h - numbers of KML coordinates, in the parsing process.
 */
#ifndef CM_IO_KML_TUPLE_H
#define CM_IO_KML_TUPLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct cm_kml_tuple {
    double   x, y;     /* longitude, latitude */
    bool     height;   /* it has one that is not 0 */
    uint32_t decimals; /* of the finest number of all tuples so far */
} cm_kml_tuple;

/* A decimal number; *decimals grows to how many it has behind its point. */
bool cm_kml_number(const char *text, size_t length, double *out, uint32_t *decimals);
/* The next "lon,lat" or "lon,lat,height" from *at on. 1: it is there; 0: nothing follows; -1: no such tuple. */
int cm_kml_tuple_next(const char **at, cm_kml_tuple *tuple);

#endif
