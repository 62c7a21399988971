/* The export of the form, row by row, with the faults that are planted in it. */
#ifndef SAMPLE_ROWS_H
#define SAMPLE_ROWS_H

#include "observations.h"

enum field {
    F_START, F_END, F_TODAY, F_WHERE, F_LATITUDE, F_LONGITUDE, F_ALTITUDE, F_PRECISION, F_WHAT, F_HOW_MANY,
    F_WHEN_SEEN, F_NOTES, F_REPORTER, F_SOURCE_GRADE, F_INFORMATION_GRADE, F_HANDLING, F_CONDITIONS, F_ID, F_UUID,
    F_SUBMISSION_TIME, F_VALIDATION_STATUS, F_SYSTEM_NOTES, F_STATUS, F_SUBMITTED_BY, F_VERSION, F_TAGS, F_INDEX,
    FIELD_COUNT
};

extern const char *const FIELD_NAMES[FIELD_COUNT];

typedef enum fate { FATE_ACCEPTED, FATE_DUPLICATE, FATE_QUARANTINED } fate;

typedef struct row {
    char       *field[FIELD_COUNT];
    const char *raw;       /* written instead of the fields, if not NULL */
    int         fields;    /* how many are written; FIELD_COUNT + 2 adds two empty ones */
    fate        fate;
    const char *fault;     /* kind of fault or oddity, NULL for a plain row */
    const char *column;    /* where it is, "" for the whole row */
    const char *expect;    /* what an import should say or do */
    int         source;    /* index into the observations */
    int         record;    /* 1 is the first after the header */
    int         line;      /* physical line on which it begins; the header is line 1 */
} row;

typedef struct rows {
    row *list;
    int  count, room;
} rows;

rows rows_make(const observations *all);
void rows_free(rows *r);
void rows_write(const rows *r, const char *file);

#endif
