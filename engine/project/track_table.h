/*
 * project/track_table.h - recorded tracks of a project: the fixes of one file as packed columns.
 */
#ifndef CM_PROJECT_TRACK_TABLE_H
#define CM_PROJECT_TRACK_TABLE_H

#include "castmap/project.h"

#define CM_TRACK_DEGREE 10000000 /* units of lon and lat in a degree */
#define CM_TRACK_FIXES_MOST ((size_t)1 << 28)
#define CM_NO_PERSON (-1)

/* The tracks of one file. Release with cm_track_set_clear(); all arrays owned. */
typedef struct cm_track_set {
    int64_t  id, run;
    char    *name, *format, *sha256;
    size_t   n_tracks, n_fixes, n_people;
    int64_t *start;      /* [n_tracks + 1] */
    int64_t *recording;  /* [n_tracks] which recording of the file each is a piece of, ascending from 0 */
    int64_t *person;     /* [n_tracks] of pseudonym; CM_NO_PERSON: the file does not say */
    char   **pseudonym;  /* [n_people] hexadecimal, the same for a person in all files of the project */
    int32_t *lon, *lat;  /* [n_fixes] WGS 84, 1e-7 degree */
    int64_t *time_s;     /* [n_fixes] UTC; INT64_MIN: unknown */
} cm_track_set;

#define CM_TRACK_SET_INIT {0}
void cm_track_set_clear(cm_track_set *set);

/* *id is out. Times beyond 2^52 s are the caller's to refuse. */
CASTMAP_NODISCARD castmap_status cm_track_set_store(castmap_context *ctx, castmap_project *project, int64_t run, const cm_track_set *set,
                                                    int64_t *id);
/* Set `id`, or all of them, oldest first, for 0. CASTMAP_E_NOT_FOUND: there is none. Release each and free() the list. */
CASTMAP_NODISCARD castmap_status cm_track_sets_load(castmap_context *ctx, castmap_project *project, int64_t id, cm_track_set **sets, size_t *n);
/* A set made from the same bytes; *id 0: none. */
CASTMAP_NODISCARD castmap_status cm_track_set_find(castmap_context *ctx, castmap_project *project, const char *sha256, int64_t *id);

#endif
