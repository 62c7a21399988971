/*
 * runs/track_reading.h - what the readers of recorded tracks share.
 */
#ifndef CM_RUNS_TRACK_READING_H
#define CM_RUNS_TRACK_READING_H

#include "io/record_stream.h"
#include "project/ingest/columns.h"
#include "runs/track_collect.h"

enum { FIX_TRACK, FIX_PERSON, FIX_TIME, FIX_LON, FIX_LAT, FIX_PIECE, FIX_ROLES };

typedef struct cm_track_reading {
    castmap_context                  *ctx;
    const castmap_tracks_add_options *options;
    cm_track_collect                 *collect;
    castmap_tracks_add_summary       *summary;
    const char                       *file;
} cm_track_reading;

const char *cm_fix_role_name(int role); /* "track", ...; static */
/* The columns of a table or layer: by name, or as --map says; CM_NO_COLUMN where there is none. */
CASTMAP_NODISCARD castmap_status cm_fix_columns(cm_track_reading *r, const cm_columns *columns, int column[FIX_ROLES]);
/* What was recognised, told once. */
CASTMAP_NODISCARD castmap_status cm_track_guess(cm_track_reading *r, const char *what, const char *value, const char *why);
CASTMAP_NODISCARD castmap_status cm_track_take(cm_track_reading *r, const cm_fix_text *text);

/* track_layer.c: the lines of a layer. Each feature is a recording, unless a column says which; each of its lines a piece. */
CASTMAP_NODISCARD castmap_status cm_track_layer_read(cm_track_reading *r, cm_record_stream *stream);

#endif
