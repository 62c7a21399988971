/*
 * project/place_table.h - postcodes and gazetteers of a project: whole tables, packed, each in one row.
 */
#ifndef CM_PROJECT_PLACE_TABLE_H
#define CM_PROJECT_PLACE_TABLE_H

#include "castmap/project.h"

#define CM_PLACE_DEGREE 10000000 /* units of lon and lat in a degree */
#define CM_PLACE_MOST ((size_t)16 << 20) /* entries of one table */

typedef enum cm_place_set_kind { CM_PLACE_POSTCODES, CM_PLACE_NAMES } cm_place_set_kind;

/* One table as it was brought in. Release with cm_place_set_clear(); all arrays owned. */
typedef struct cm_place_set {
    int64_t           id, run;
    cm_place_set_kind kind;
    char     *name, *format, *source, *licence, *vintage, *sha256;
    size_t    count;      /* entries */
    int32_t  *lon, *lat;  /* [count] WGS 84, 1e-7 degree */
    uint32_t *accuracy_m; /* [count] */
    /* Postcodes, in order of their keys: */
    uint64_t *key;        /* [count] postcode.h, each once */
    uint32_t *ended;      /* [count] the month it was terminated, year * 100 + month; 0: in use */
    /* Names: */
    size_t    n_names;
    uint32_t *place;      /* [n_names] entry of each name, in order of (name, entry) */
    size_t    name_bytes; /* of name_text */
    char     *name_text;  /* names as cm_utf8_key() makes them, in order, each with its NUL */
    size_t    area_bytes;
    char     *area_text;  /* [count] where the entry lies, in words, each with its NUL */
} cm_place_set;

#define CM_PLACE_SET_INIT {0}
void cm_place_set_clear(cm_place_set *set);

CASTMAP_NODISCARD castmap_status cm_place_set_store(castmap_context *ctx, castmap_project *project, int64_t run, const cm_place_set *set,
                                                    int64_t *id);
/* All tables, newest first; *sets is owned by the caller, each set too. */
CASTMAP_NODISCARD castmap_status cm_place_sets_load(castmap_context *ctx, castmap_project *project, cm_place_set **sets, size_t *n);

/* How many tables there are. */
CASTMAP_NODISCARD castmap_status cm_place_sets_count(castmap_context *ctx, castmap_project *project, size_t *n);

#endif
