/*
 * io/exif.h - where and when a JPEG photo was taken, and the photo without what it tells besides its picture.
 */
#ifndef CM_IO_EXIF_H
#define CM_IO_EXIF_H

#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct cm_exif {
    bool        found;      /* there is an Exif block */
    bool        located;
    double      lon, lat;   /* degrees, WGS 84 */
    double      accuracy_m, altitude_m; /* NaN: not said */
    char        taken[20];  /* "2024-05-01 09:30:00", of the camera's clock; "" */
    char        offset[8];  /* "+01:00" of that clock; "" */
    char        gps_time[24]; /* "2024-05-01T08:30:00Z", of the satellites; "" */
    unsigned    orientation; /* 1..8 */
    const char *fault;      /* why the place cannot be used; NULL: no fault. A constant */
} cm_exif;

/* False: not a JPEG, or its segments are damaged. Entries that point outside the block, or make no sense, are as if absent. */
bool cm_exif_read(const unsigned char *jpeg, size_t length, cm_exif *out);

/*
 * The picture alone: Exif (place, time, camera, owner, thumbnail), XMP, IPTC, comments, colour profiles, whatever follows the end, all left out; the orientation stays, in a block
 * made here. False: not a whole JPEG, or out of memory (out->failed).
 */
bool cm_jpeg_strip(const unsigned char *jpeg, size_t length, cm_text *out);

#endif
