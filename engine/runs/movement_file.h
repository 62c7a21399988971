/*
 * runs/movement_file.h - a table of movements, row by row, every one accounted for.
 */
#ifndef CM_RUNS_MOVEMENT_FILE_H
#define CM_RUNS_MOVEMENT_FILE_H

#include "castmap/movements.h"
#include "runs/movement_places.h"
#include "runs/movement_row.h"

/*
 * What the rows say, those taken only. A row of two ends is one movement; a row of several stops is one from each to the next. Persons, sources and journeys are numbered
 * from 0 in the order of their words; -1: not said.
 */
typedef struct cm_movements {
    size_t    read, taken, duplicate, quarantined; /* rows; read is the sum of the others */
    size_t    count, within;  /* movements; of those in one area */
    uint32_t *from, *to;      /* owned [count] */
    int64_t  *when_s;         /* owned [count] middle of the time it may have been; CM_TIME_UNKNOWN */
    int64_t  *span_s;         /* owned [count] how long that time is; CM_WHEN_SPAN_UNKNOWN */
    int32_t  *person, *source, *journey; /* owned [count] */
    int64_t  *order;          /* owned [count] the number of the leg; INT64_MIN */
    int32_t  *persons;        /* owned [count] how many moved; 1 where it does not say */
    int32_t  *grade;          /* owned [count] source * 65536 + information * 256 + handling, 0 for what is not said */
    size_t    room;           /* of these */
    size_t    n_persons, n_sources, n_journeys, n_undated;
    bool      has_persons;    /* a column says how many moved */
    size_t    n_reasons;
    castmap_reason_count *reasons; /* owned; of rows in quarantine, most first, then by code */
    size_t    n_guesses;
    castmap_guess *guesses;   /* owned */
    char      format[96];     /* "movements CSV" */
    char      sha256[65];
} cm_movements;

/*
 * Read and place. batch_id: rows that are refused are kept verbatim in its quarantine; 0: they are only counted. CASTMAP_E_INPUT: not a table of movements, or one whose rows
 * cannot be told apart, or `strict` and a row is refused.
 */
CASTMAP_NODISCARD castmap_status cm_movements_read(castmap_context *ctx, castmap_project *project, const castmap_flows_run_options *options,
                                                   cm_movement_places *places, int64_t batch_id, cm_movements *out);
void cm_movements_clear(cm_movements *movements);

void cm_reasons_clear(castmap_reason_count *reasons, size_t n);
void cm_guesses_free(castmap_guess *guesses, size_t n);

#endif
