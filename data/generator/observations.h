/* What the group noticed: planted patterns over a background that follows where people live. */
#ifndef SAMPLE_OBSERVATIONS_H
#define SAMPLE_OBSERVATIONS_H

#include "houses.h"

#define CATEGORY_COUNT 10
#define REPORTER_COUNT 60

typedef enum pattern_id {
    PATTERN_NONE,
    PATTERN_ROUTE,
    PATTERN_NIGHT,
    PATTERN_RISING,
    PATTERN_BORDER,
    PATTERN_RIVERSIDE,
    PATTERN_TERRACES,
    PATTERN_MARKET,
    PATTERN_REPEATED,
    PATTERN_COUNT,
} pattern_id;

typedef struct observation {
    pattern_id  pattern;
    spot        place;
    int         altitude, accuracy; /* tenths of a metre */
    int         category;
    int64_t     seen, opened, closed, submitted; /* UTC seconds */
    int         reporter;           /* 1 .. REPORTER_COUNT */
    int         source_grade;       /* 1 .. 3 */
    char        information_grade;  /* A .. E */
    bool        restricted;         /* handling C */
    const char *conditions;
    int         how_many;           /* 0: not said */
    const char *note;               /* "" if none */
} observation;

typedef struct observations {
    observation *list;
    int          count, room;
} observations;

extern const char *const CATEGORY_CODES[CATEGORY_COUNT];
extern const char *const CATEGORY_LABELS[CATEGORY_COUNT];
extern const char *const CATEGORY_ALIASES[CATEGORY_COUNT];
extern const char *const PATTERN_NAMES[PATTERN_COUNT];

/* In order of submission. */
observations observations_draw(const plan *p, const network *n, const wards *w, const houses *h);
const char  *note_for(int category, int draw);

#endif
