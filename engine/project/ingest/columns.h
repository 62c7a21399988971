/*
 * project/ingest/columns.h - the header of a file, and which column plays which part.
 */
#ifndef CM_PROJECT_INGEST_COLUMNS_H
#define CM_PROJECT_INGEST_COLUMNS_H

#include "castmap/context.h"
#include "io/csv_reader.h"

typedef enum cm_role {
    CM_ROLE_LAT,
    CM_ROLE_LON,
    CM_ROLE_X,
    CM_ROLE_Y,
    CM_ROLE_POSITION, /* one cell: geopoint, pair, grid reference, code, link */
    CM_ROLE_POSTCODE, /* where there are no coordinates: looked up in the tables of the project */
    CM_ROLE_PLACE,    /* a name, likewise */
    CM_ROLE_ALTITUDE,
    CM_ROLE_ACCURACY,
    CM_ROLE_TIME,
    CM_ROLE_CLOCK, /* time of day beside a date column */
    CM_ROLE_TO,    /* end of an interval that begins at TIME */
    CM_ROLE_WRITTEN, /* when the record was written: of times that are told by it ("Tuesday night") */
    CM_ROLE_CATEGORY,
    CM_ROLE_TEXT,
    CM_ROLE_ID,
    CM_ROLE_SOURCE,
    CM_ROLE_SOURCE_GRADE,
    CM_ROLE_INFORMATION_GRADE,
    CM_ROLE_HANDLING,
    CM_ROLE_CONDITIONS,
    CM_ROLE_GRADE, /* the three in one code */
    CM_ROLE_PERSONS,
    CM_ROLE_COUNT
} cm_role;

#define CM_NO_COLUMN (-1)

/* Name used by --map ("lat"), and in words ("latitude"). */
const char *cm_role_name(cm_role role);
const char *cm_role_words(cm_role role);
bool cm_role_named(const char *name, size_t length, cm_role *out);

typedef struct cm_columns {
    size_t n;
    char **name; /* owned [n] trimmed */
    char **key;  /* owned [n] lower-case letters and digits only, other bytes above ASCII kept */
    char **leaf; /* owned [n] the key of what follows the last '/': a question without its group */
} cm_columns;

/* E_INPUT: two columns have one name (by case or spaces too). */
CASTMAP_NODISCARD castmap_status cm_columns_init(castmap_context *ctx, const char *file, const cm_csv_field *field, size_t n,
                                                 cm_columns *out);
void cm_columns_clear(cm_columns *columns);

int cm_column_named(const cm_columns *columns, const char *name); /* by name as written, else by key; CM_NO_COLUMN */
int cm_column_keyed(const cm_columns *columns, const char *key);  /* by key, else by leaf */

struct cm_profile;

typedef struct cm_mapping {
    const struct cm_profile *profile;
    int column[CM_ROLE_COUNT];       /* CM_NO_COLUMN: none */
    const char *why[CM_ROLE_COUNT];  /* "column name", "given", ... constants */
    int otherwise[CM_ROLE_COUNT];    /* the column that is read where the first one is empty; CM_NO_COLUMN: none */
    const char *zone;                /* of local times of this file; NULL: the project's */
    size_t other_places;             /* further position questions that are not used */
    const char *metres_by_name;      /* the coordinate system that the names of the x and y columns say; NULL: none */
    bool links;                      /* places are in links of maps within texts, or nowhere */
} cm_mapping;

void cm_mapping_init(cm_mapping *mapping);
void cm_mapping_set(cm_mapping *mapping, cm_role role, int column, const char *why); /* keeps an earlier choice */

/*
 * The first two columns whose names are one stem around two endings, "where-Latitude" and "where-Longitude": case does not matter, and the
 * stem's last part begins with `prefix` ("_" for KoboToolbox; "" for none). *stem_at, *stem_length: in the latitude's name. How many pairs.
 */
size_t cm_columns_pair(const cm_columns *columns, const char *prefix, const char *lat_ending, const char *lon_ending, int *lat,
                       int *lon);
/* The column named as that of `of` with `old_ending` replaced by `new_ending`; with drop_prefix also without `prefix` before its last part. */
int cm_columns_sibling(const cm_columns *columns, int of, const char *prefix, bool drop_prefix, const char *old_ending,
                       const char *new_ending);

#endif
