/*
 * runs/remarks.h - remarks about a result, in plain words.
 */
#ifndef CM_RUNS_REMARKS_H
#define CM_RUNS_REMARKS_H

#include "castmap/runs.h"

/* Append one remark; code is short and stable. 0, or -1 when out of memory. */
int cm_remark_add(castmap_remark **remarks, size_t *count, const char *code, const char *format, ...)
    CASTMAP_PRINTF(4, 5);
void cm_remarks_clear(castmap_remark *remarks, size_t count);

/* A length for people: "250 m", "1.2 km"; out [32]. */
void cm_length_words(double metres, char out[32]);
/* The nearest figure of the series 1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8 (times a power of ten). */
double cm_sayable(double value);

#endif
