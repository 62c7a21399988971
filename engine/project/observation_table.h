/*
 * project/observation_table.h - CONTRACT: observations of a project, written once and scanned as arrays.
 */
#ifndef CM_PROJECT_OBSERVATION_TABLE_H
#define CM_PROJECT_OBSERVATION_TABLE_H

#include "castmap/project.h"

#define CM_CONTENT_ID_BYTES 16

typedef enum cm_precision_class { /* how a place is known; stored as its number */
    CM_PLACE_UNKNOWN = 0, CM_PLACE_EXACT, CM_PLACE_STREET, CM_PLACE_POSTCODE, CM_PLACE_AREA, CM_PLACE_SNAPPED
} cm_precision_class;

typedef enum cm_time_precision { /* how a time is known */
    CM_WHEN_UNKNOWN = 0, CM_WHEN_INSTANT, CM_WHEN_MINUTE, CM_WHEN_HOUR, CM_WHEN_DAY, CM_WHEN_MONTH, CM_WHEN_QUARTER,
    CM_WHEN_YEAR, CM_WHEN_INTERVAL
} cm_time_precision;

/* One row on its way in. Texts are borrowed, UTF-8, NULL where absent. */
typedef struct cm_observation {
    unsigned char content_id[CM_CONTENT_ID_BYTES]; /* BLAKE2b of the record's own id; without one, the content hash, which the writer numbers where it repeats */
    unsigned char content_hash[CM_CONTENT_ID_BYTES]; /* of the content alone: same id with another hash is a conflict */
    int64_t     row;            /* physical line or feature number */
    double      lon, lat;       /* WGS 84 degrees, finite */
    double      accuracy_m;     /* NaN: not known */
    cm_precision_class precision;
    int64_t     from_s, to_s;   /* [from, to) UTC; an instant has to = from; CM_TIME_UNKNOWN both if unknown */
    cm_time_precision when;
    const char *when_text;      /* as written */
    const char *zone;           /* the zone or offset it was read in */
    const char *category, *text;
    const char *record_id;      /* the record's own unique id, or NULL */
    const char *source;         /* pseudonym; NULL: not recorded */
    int         source_grade;   /* 1..3; default 2 */
    char        information_grade; /* 'A'..'E'; default 'D' */
    char        handling;       /* 'P' or 'C'; default 'C' when grades are recorded in the file at all, else 'P' */
    const char *conditions;
    int64_t     persons;        /* -1: not said */
    const char *extra;          /* JSON object of mapped extra columns, or NULL */
} cm_observation;

typedef enum cm_stored { CM_STORED_NEW, CM_STORED_DUPLICATE, CM_STORED_CONFLICT } cm_stored;

/* Write the observations of one batch. Between _open and _finish the caller adds rows in order of the file.
 * _add is the hot path: no allocation a row. *earlier: the row of this file that had the same record id first, or 0. _finish builds the spatial index. */
typedef struct cm_observation_writer cm_observation_writer;
CASTMAP_NODISCARD castmap_status cm_observation_writer_open(castmap_context *ctx, castmap_project *project, int64_t batch_id,
                                                            cm_observation_writer **out);
CASTMAP_NODISCARD castmap_status cm_observation_writer_add(castmap_context *ctx, cm_observation_writer *writer,
                                                           const cm_observation *observation, cm_stored *stored, int64_t *earlier);
/* For speed alone: a row that will be added a few rows later. */
void cm_observation_writer_expect(const cm_observation_writer *writer, const cm_observation *observation);
/* Rows of this batch on exactly one of these n positions (lon, lat) are no longer exact but unknown: a default that nobody moved. Between the last _add and
 * _finish. */
CASTMAP_NODISCARD castmap_status cm_observation_writer_doubt(castmap_context *ctx, cm_observation_writer *writer, size_t n, const double (*place)[2]);
CASTMAP_NODISCARD castmap_status cm_observation_writer_finish(castmap_context *ctx, cm_observation_writer *writer,
                                                              double *seconds_index);
void cm_observation_writer_free(cm_observation_writer *writer); /* NULL is fine; after or without _finish */

/* Accepted observations as arrays, in order of id; those that castmap check --fix marked as repeating another are only counted. Release with
 * cm_observation_set_clear(). */
typedef struct cm_observation_set {
    size_t   count;
    size_t   repeats;      /* marked, and left out; of the period and the categories asked for */
    int64_t *id;           /* row id of the table */
    double  *lon, *lat;    /* degrees */
    double  *accuracy_m;   /* NaN: not known */
    uint8_t *precision;    /* cm_precision_class */
    int64_t *from_s, *to_s;
    uint8_t *when;         /* cm_time_precision */
    int32_t *category;     /* index into category_name; -1 none */
    int32_t *source;       /* index into source_name; -1 not recorded */
    uint8_t *source_grade; /* 1..3 */
    char    *information_grade, *handling;
    size_t   n_categories; char **category_name;
    size_t   n_sources;    char **source_name;
} cm_observation_set;

/* from_s/to_s: keep rows that overlap [from, to); pass INT64_MIN/INT64_MAX for all. category: comma-separated names or NULL. */
CASTMAP_NODISCARD castmap_status cm_observations_load(castmap_context *ctx, castmap_project *project, int64_t from_s,
                                                      int64_t to_s, const char *category, cm_observation_set *out);
void cm_observation_set_clear(cm_observation_set *set);

/*
 * The number that each of these observations (ids ascending) has in a column that the import kept. weight: out [n], NAN where it says nothing;
 * *missing of those. CASTMAP_E_DATA: a value that is no number, or below 0 (values are not repeated, the first row is named); CASTMAP_E_NOT_FOUND:
 * nobody has such a column.
 */
CASTMAP_NODISCARD castmap_status cm_observation_weights(castmap_context *ctx, castmap_project *project, const char *column, const int64_t *id,
                                                        size_t n, double *weight, size_t *missing);
/* How many persons each of these observations (ids ascending) tells of; 1 where it does not say. persons: out [n]. */
CASTMAP_NODISCARD castmap_status cm_observation_persons(castmap_context *ctx, castmap_project *project, const int64_t *id, size_t n,
                                                        double *persons);

/* One observation's texts, for internal products: text and conditions are owned by the caller. */
CASTMAP_NODISCARD castmap_status cm_observation_text(castmap_context *ctx, castmap_project *project, int64_t id, char **text,
                                                     char **record_id);

#endif
