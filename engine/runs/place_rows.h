/*
 * runs/place_rows.h - rows of a table of places, one line each, from a file or from memory.
 *
 * Simpler and quicker than the reader of observations: these tables come from publishers, hold no line ends inside fields, and a row that is wrong is
 * counted and left out.
 */
#ifndef CM_RUNS_PLACE_ROWS_H
#define CM_RUNS_PLACE_ROWS_H

#include "io/csv_reader.h"
#include "io/text_input.h"

#define CM_PLACE_COLUMNS 256

typedef struct cm_place_rows {
    cm_text_input *input;     /* borrowed; NULL: all of it is in the buffer already */
    const char    *name;      /* of the file, for messages; borrowed */
    char          *buffer;    /* owned */
    size_t         start, end, capacity;
    bool           ended;
    char           separator;
    bool           quotes;    /* a field may stand in quotes */
    int64_t        line;      /* of the row in hand */
    size_t         n;
    cm_csv_field   field[CM_PLACE_COLUMNS]; /* of the row in hand; in the buffer, valid until the next row */
} cm_place_rows;

/* From a file... */
CASTMAP_NODISCARD castmap_status cm_place_rows_open(castmap_context *ctx, cm_text_input *input, const char *name, cm_place_rows *out);
/* ...or from bytes, which are taken over. */
void cm_place_rows_memory(char *bytes, size_t length, const char *name, cm_place_rows *out);
void cm_place_rows_close(cm_place_rows *rows);

/* The first line as it would be cut by `separator`, without moving. *more false: there is none. */
CASTMAP_NODISCARD castmap_status cm_place_rows_peek(castmap_context *ctx, cm_place_rows *rows, char separator, bool quotes, bool *more);
/* The next row, as `separator` and `quotes` say; blank lines are passed over. CASTMAP_E_LIMIT: a line of more than 1 MiB. */
CASTMAP_NODISCARD castmap_status cm_place_rows_next(castmap_context *ctx, cm_place_rows *rows, bool *more);

#endif
