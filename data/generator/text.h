/* Text and files: numbers written from whole numbers only, so no locale and no rounding comes in. */
#ifndef SAMPLE_TEXT_H
#define SAMPLE_TEXT_H

#include "plane.h"

#include <stdio.h>

char *text_copy(const char *text);
const char *text_degrees(int64_t millionths, char out[32]); /* -4.050000 */
const char *text_tenths(int tenths, char out[64]);          /* 12.5 */
FILE *text_open(const char *file);                          /* ends the program if it cannot */
void  text_close(FILE *out, const char *file);

/* GeoJSON (RFC 7946) with one feature a line. */
typedef struct features {
    FILE       *out;
    const char *file;
    int         count;
    bool        first; /* no property written yet */
} features;

features features_open(const char *file);
void features_begin(features *f);                                /* then properties, then one geometry */
void features_text(features *f, const char *name, const char *value); /* NULL writes null */
void features_number(features *f, const char *name, int64_t value);
void features_polygon(features *f, const path *ring);
void features_line(features *f, const path *line);
void features_point(features *f, vec at);
void features_close(features *f);

#endif
