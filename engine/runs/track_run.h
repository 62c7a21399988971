/*
 * runs/track_run.h - one run over tracks, and its steps in the order in which castmap_run_tracks() takes them.
 */
#ifndef CM_RUNS_TRACK_RUN_H
#define CM_RUNS_TRACK_RUN_H

#include "castmap/streets.h"
#include "project/track_detail_table.h"
#include "project/track_layer_table.h"
#include "runs/track_metres.h"

/* A list of pieces of tracks, of fixes that were chosen from another list. Owned. */
typedef struct cm_track_pieces {
    castmap_tracks view;
    size_t   *start;
    double   *x, *y;
    int64_t  *time_s;
    uint32_t *person, *recording; /* [count] */
    size_t    count;
} cm_track_pieces;

typedef struct cm_track_run {
    castmap_context *ctx;
    castmap_project *project;
    const castmap_tracks_run_options *options; /* borrowed */
    cm_track_set    *sets;     /* owned [n_sets] */
    size_t           n_sets;
    castmap_streets  streets;  /* owned */
    cm_track_metres  metres;   /* owned */
    cm_track_pieces  clean;    /* owned */
    uint32_t        *same;     /* owned [clean.count] of castmap_tracks_identical() */
    cm_track_pieces  parts;    /* owned; without the surroundings of the ends */
    uint32_t        *part_same; /* owned [parts.count] its own number, or another: of a copy */
    castmap_stop    *stops;    /* owned [n_stops] of parts, without those of copies unless asked */
    size_t           n_stops;
    castmap_matches  matches;  /* owned */
    castmap_lixels   lixels;   /* owned */
    castmap_passes   passes;   /* owned */
    castmap_busy_stretches busy; /* owned */
    cm_track_layer   layer;    /* owned */
    cm_track_detail  detail;   /* owned */
    castmap_tracks_run_summary summary; /* owned */
} cm_track_run;

/* track_prepare.c: clean, told apart, trimmed; stops and speed of what is left. */
CASTMAP_NODISCARD castmap_status cm_track_run_prepare(cm_track_run *run);
void cm_track_pieces_clear(cm_track_pieces *pieces);

/* track_motion.c: how fast and which way busy stretches were passed; stays at one place as one stop. */
CASTMAP_NODISCARD castmap_status cm_track_run_motion(cm_track_run *run);
CASTMAP_NODISCARD castmap_status cm_track_run_stops(cm_track_run *run);

/* track_visits.c: what releases may count. */
CASTMAP_NODISCARD castmap_status cm_track_run_visits(cm_track_run *run);

/* track_words.c: the busy stretches in words, for the layer and the summary. */
CASTMAP_NODISCARD castmap_status cm_track_run_words(cm_track_run *run);

#endif
