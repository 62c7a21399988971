/*
 * io/csv_split.h - cutting one row out of a buffer into fields; a part of io/csv_reader.c.
 */
#ifndef CM_IO_CSV_SPLIT_H
#define CM_IO_CSV_SPLIT_H

#include "io/csv_reader.h"

/* What of the text is in memory. */
typedef struct cm_csv_window {
    const char   *name;       /* of the file, for messages */
    char         *buffer;
    size_t        start, end; /* of what is not yet read */
    bool          input_end;  /* nothing comes after `end` */
    int64_t       line;       /* physical, of buffer[start] */
    char          separator;
    cm_csv_field *field;      /* [CM_CSV_COLUMN_LIMIT + 1] out */
    char         *unquoted;   /* as large as the buffer: fields whose doubled quotes were made single */
} cm_csv_window;

/* One row as it lies in the buffer. */
typedef struct cm_csv_stretch {
    size_t begin, end; /* end: of the text, without the line end */
    size_t next;       /* begin of the next row */
    size_t lines;      /* line feeds in it, its own included */
    bool   ended;      /* a line end was found */
} cm_csv_stretch;

/* Word a refusal of the file; field 0: the row. */
CASTMAP_NODISCARD castmap_status cm_csv_refuse(castmap_context *ctx, const cm_csv_window *w, castmap_status status,
                                               int64_t line, size_t field, const char *what, const char *hint);

/* The end of a line that begins at `from`; false: not in the buffer, and more may come. */
bool cm_csv_line_end(const cm_csv_window *w, size_t from, cm_csv_stretch *row);
/* Split a row without quotes, whose end is known. */
CASTMAP_NODISCARD castmap_status cm_csv_split_plain(castmap_context *ctx, const cm_csv_window *w, const cm_csv_stretch *at,
                                                    cm_csv_row *row);
/* Split a row that holds quotes and find its end. After a fault the row ends with its line. *cut: the buffer ended before the row did. */
CASTMAP_NODISCARD castmap_status cm_csv_split_quoted(castmap_context *ctx, const cm_csv_window *w, cm_csv_stretch *at,
                                                     cm_csv_row *row, bool *cut);

#endif
