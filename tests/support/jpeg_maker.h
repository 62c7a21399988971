/* A small JPEG with whatever Exif a test wants. */
#ifndef CM_TESTS_JPEG_MAKER_H
#define CM_TESTS_JPEG_MAKER_H

#include <stdbool.h>
#include <stddef.h>

typedef struct jpeg_wish {
    bool        little;       /* byte order of the Exif block */
    bool        exif, gps;
    unsigned    lat[3][2], lon[3][2]; /* degrees, minutes, seconds as fractions */
    char        lat_ref, lon_ref;     /* 0: left out */
    const char *taken, *offset; /* "2024:05:01 09:30:00", "+01:00"; NULL: left out */
    unsigned    orientation;  /* 0: left out */
    unsigned    error[2];     /* horizontal positioning error as a fraction; {0, 0}: left out */
} jpeg_wish;

/* A red dot of eight by eight with comment "secret-comment", XMP, and "secret-trailer" behind its end. Gives the length; out [4096]. */
size_t jpeg_make(const jpeg_wish *wish, unsigned char *out);

#endif
