/*
 * runs/track_collect.h - the fixes of one file on their way into a cm_track_set, every one accounted for.
 */
#ifndef CM_RUNS_TRACK_COLLECT_H
#define CM_RUNS_TRACK_COLLECT_H

#include "castmap/track_sets.h"
#include "io/csv_reader.h"
#include "project/ingest/source_key.h"
#include "project/ingest/when.h"
#include "project/track_table.h"
#include "runs/text_numbers.h"

typedef enum cm_fix_flaw {
    CM_FIX_BAD_ROW,
    CM_FIX_NO_POSITION,
    CM_FIX_BAD_POSITION,
    CM_FIX_NULL_ISLAND,
    CM_FIX_BAD_TIME,
    CM_FIX_FLAWS
} cm_fix_flaw;

typedef struct cm_collected_fix {
    int32_t  lon, lat;
    int64_t  time_s;
    uint32_t recording, piece;
    int32_t  person;
} cm_collected_fix;

typedef struct cm_track_collect {
    const unsigned char *key;   /* borrowed [CM_SOURCE_KEY] of the project */
    const char       *person;   /* borrowed; who it is where a fix does not say; NULL: unknown */
    const cm_zone    *zone;     /* borrowed */
    cm_date_order     order;
    cm_collected_fix *fix;      /* owned */
    size_t            count, capacity, read, untimed;
    cm_text_numbers   recordings, people;
    size_t            flaw[CM_FIX_FLAWS];
    int64_t           first[CM_FIX_FLAWS]; /* row or number of the first */
} cm_track_collect;

void cm_track_collect_clear(cm_track_collect *collect);

/* One fix as it is written. recording tells recordings of the file apart; time_is_number: seconds or milliseconds since 1970. */
typedef struct cm_fix_text {
    int64_t      row;
    cm_csv_field lon, lat, time, person, recording;
    uint32_t     piece;
    bool         time_is_number;
} cm_fix_text;

/* -1 when out of memory. */
int cm_track_collect_fix(cm_track_collect *collect, const cm_fix_text *text);
void cm_track_collect_refuse(cm_track_collect *collect, cm_fix_flaw flaw, int64_t row);
/* Code and words of a flaw; static. */
const char *cm_fix_flaw_code(cm_fix_flaw flaw);
const char *cm_fix_flaw_words(cm_fix_flaw flaw);

/* Sorted into tracks; name, format and digest are the caller's to fill. Nothing of the collection is needed afterwards. */
CASTMAP_NODISCARD castmap_status cm_track_collect_finish(castmap_context *ctx, cm_track_collect *collect, cm_track_set *out);

/* Read a file by its content; one without tracks gives no fixes. *format: "GPX", "KML", "KMZ", "TCX", "GeoJSON", "CSV"; guesses are added to the summary. */
CASTMAP_NODISCARD castmap_status cm_track_file_read(castmap_context *ctx, const char *path, const castmap_tracks_add_options *options,
                                                    cm_track_collect *collect, castmap_tracks_add_summary *summary, const char **format);

#endif
