/*
 * runs/track_metres.h - stored tracks as arrays in metres.
 */
#ifndef CM_RUNS_TRACK_METRES_H
#define CM_RUNS_TRACK_METRES_H

#include "castmap/tracks.h"
#include "project/track_table.h"
#include "space/geodesy/projection.h"

/* The tracks of several sets, one after the other. Owned. */
typedef struct cm_track_metres {
    castmap_tracks view;      /* of the arrays below */
    size_t   *start;          /* [count + 1] */
    double   *x, *y;          /* [fixes] */
    int64_t  *time_s;         /* [fixes] */
    uint32_t *person;         /* [count]; people without a name share one number, the last */
    uint32_t *recording;      /* [count] numbered through all sets */
    size_t    people, recordings; /* people: those with a name, told apart by pseudonym */
    bool      unnamed;        /* some have none */
    size_t    outside;        /* fixes that the coordinate system does not reach; left out */
} cm_track_metres;

#define CM_TRACK_METRES_INIT {.start = NULL}

/* In the working CRS, or, where there is none yet, in one that fits the tracks and is not kept. */
CASTMAP_NODISCARD castmap_status cm_track_metres_make(castmap_context *ctx, castmap_project *project, const cm_track_set *sets, size_t n,
                                                      cm_track_metres *out);
void cm_track_metres_clear(cm_track_metres *metres);

#endif
