/*
 * project/ingest/prepare.h - records into observations, a chunk at a time: checked, placed, timed, identified; or refused with a reason.
 *
 * Runs beside the thread that stores the chunk before, with a context of its own.
 */
#ifndef CM_PROJECT_INGEST_PREPARE_H
#define CM_PROJECT_INGEST_PREPARE_H

#include "base/text.h"
#include "project/ingest/arena.h"
#include "project/ingest/categories.h"
#include "project/ingest/identity.h"
#include "project/ingest/piles.h"
#include "project/ingest/place.h"
#include "project/ingest/profile.h"
#include "project/ingest/source.h"
#include "project/ingest/when.h"
#include "project/place_index.h"
#include "space/geodesy/projection.h"

#define CM_CHUNK_ROWS 8192
#define CM_CHUNK_BYTES ((size_t)8 << 20) /* of verbatim text, whichever comes first */

typedef struct cm_prepared {
    cm_observation o;       /* texts in the chunk's arena */
    const char *code;       /* not NULL: refused */
    const char *general;    /* reason of the code, a constant */
    const char *reason;     /* of this row; may be the same */
    const char *field;      /* name of the column, or "" */
    const char *text;       /* verbatim, where refused or where the record has an id of its own */
    size_t      length;
    double      x, y;       /* while the place is still in metres */
    bool        metres;
    unsigned    grid;       /* 0: of the file's system; 1: of Great Britain; 2: of Ireland */
} cm_prepared;

typedef struct cm_chunk {
    cm_prepared *row; /* owned [CM_CHUNK_ROWS] */
    size_t       n;
    cm_arena     texts;
    double       fraction; /* of the file that was read with it */
    bool         last;
} cm_chunk;

typedef enum cm_note {
    CM_NOTE_GAP, CM_NOTE_OVERLAP, CM_NOTE_NO_TIME, CM_NOTE_NO_GRADE, CM_NOTE_PERSONAL, CM_NOTE_DECEPTIVE, CM_NOTE_COARSE,
    CM_NOTE_ACCURACY, CM_NOTE_ALTITUDE, CM_NOTE_ODD_DATE, CM_NOTE_LEGACY, CM_NOTE_FAR, CM_NOTE_POSTCODE, CM_NOTE_ENDED, CM_NOTE_PLACE_NAME,
    CM_NOTE_LINK, CM_NOTE_BY_WEEKDAY, CM_NOTE_UNDATED, CM_NOTE_COUNT
} cm_note;

typedef struct cm_preparer {
    castmap_context    *ctx;        /* own, borrowed from the importer for the preparing thread */
    const char         *file;
    cm_source           source;
    const cm_columns   *columns;
    const cm_mapping   *mapping;
    const int          *keep;       /* columns kept as they are */
    size_t              n_keep;
    cm_categories      *categories;
    const cm_zone      *zone;
    cm_date_order       order;
    unsigned            year;  /* of dates that do not say theirs; 0: none was given */
    bool                legacy_grades, keep_odd_dates, keep_far;
    int64_t             today_s;
    cm_projection      *metres;     /* of x and y columns; NULL: none */
    cm_projection      *grid[2];    /* of Great Britain and Ireland; owned by the preparer, made at the first grid reference */
    cm_projection      *working;    /* of the project; NULL while it has none */
    bool                geometry;   /* places come from the format */
    const cm_place_index *places;   /* postcodes and names; NULL: none */
    bool               *table_used; /* owned [tables of places] */
    double              extent[4];  /* of the project: west, south, east, north; west > east: nothing is there yet */
    cm_piles            piles;
    size_t              read;
    int64_t             row_now;    /* of the record in hand, for messages */
    bool                reference;  /* the middle of the first chunk is known: */
    double              middle_lon, middle_lat, reach_m;
    size_t              note[CM_NOTE_COUNT];
    int64_t             note_row[CM_NOTE_COUNT]; /* first */
    cm_text             kept;       /* scratch: JSON of kept columns */
} cm_preparer;

void cm_preparer_clear(cm_preparer *preparer);

/* Fill a chunk with the next records. E_INPUT, E_LIMIT: the file is refused. */
CASTMAP_NODISCARD castmap_status cm_prepare_chunk(cm_preparer *preparer, cm_chunk *chunk);

/* place_chunk.c: metres to degrees, the area of the project, swapped axes. */
CASTMAP_NODISCARD castmap_status cm_place_chunk(cm_preparer *preparer, cm_chunk *chunk);

/*
 * place_lookup.c: a short plus code or words into a position. *ended: the month in which the postcode was terminated, or 0. The reason of a refusal may stand
 * in `detail`.
 */
bool cm_place_lookup(cm_preparer *preparer, const char *text, size_t length, cm_place *place, uint32_t *ended, cm_flaw *flaw, char detail[160]);

void cm_prepared_refuse(cm_prepared *row, const char *code, const char *general, const char *field);
void cm_preparer_note(cm_preparer *preparer, cm_note note, int64_t row);

#endif
