/*
 * io/csv_reader.h - strict, streaming CSV: row by row, physical line numbers, each row's bytes verbatim.
 *
 * RFC 4180 with a separator of one's choice; LF and CRLF line ends, also mixed. What makes the borders of rows doubtful refuses the file
 * (CASTMAP_E_INPUT): a quote that does not close or closes on another line in front of text, a row of several lines with a wrong number
 * of fields, a zero byte, invalid UTF-8, CR-only line ends, a last row that is cut. So do the limits (CASTMAP_E_LIMIT).
 * What is wrong within one line is told with the row, and the reader goes on at the next line.
 */
#ifndef CM_IO_CSV_READER_H
#define CM_IO_CSV_READER_H

#include "io/text_input.h"

#define CM_CSV_FIELD_LIMIT ((size_t)64 << 10)
#define CM_CSV_LINE_LIMIT ((size_t)1 << 20)
#define CM_CSV_COLUMN_LIMIT 500

typedef struct cm_csv_field {
    const char *bytes; /* not NUL-terminated; valid until the next row */
    size_t      length;
} cm_csv_field;

typedef enum cm_csv_fault {
    CM_CSV_FINE,
    CM_CSV_BLANK,       /* an empty line between rows */
    CM_CSV_TOO_FEW,
    CM_CSV_TOO_MANY,
    CM_CSV_STRAY_QUOTE, /* a quote inside an unquoted field */
    CM_CSV_AFTER_QUOTE, /* text after the closing quote */
    CM_CSV_BARE_CR      /* a carriage return that ends no line */
} cm_csv_fault;

typedef struct cm_csv_row {
    int64_t             line;     /* physical line of its first byte, from 1 */
    size_t              n_fields; /* as found; with a fault other than too many, those before it */
    const cm_csv_field *field;
    const char         *text;     /* verbatim without its line end */
    size_t              length;
    cm_csv_fault        fault;
    size_t              fault_field; /* from 1; 0: the row */
} cm_csv_row;

typedef struct cm_csv_reader cm_csv_reader;

/* input and name are borrowed. comments: lines that begin with # are passed over. */
CASTMAP_NODISCARD castmap_status cm_csv_open(castmap_context *ctx, cm_text_input *input, const char *name, bool comments,
                                             cm_csv_reader **out);
void cm_csv_close(cm_csv_reader *reader); /* NULL is fine */

/* Look at the header as `separator` would split it, without moving. E_INPUT: empty file, CR-only. */
CASTMAP_NODISCARD castmap_status cm_csv_header(castmap_context *ctx, cm_csv_reader *reader, char separator,
                                               cm_csv_row *header);
/* Settle the separator and go past the header; every row must then have `n_columns` fields. */
CASTMAP_NODISCARD castmap_status cm_csv_begin(castmap_context *ctx, cm_csv_reader *reader, char separator,
                                              size_t n_columns);
/* The next row; *more false at the end. */
CASTMAP_NODISCARD castmap_status cm_csv_next(castmap_context *ctx, cm_csv_reader *reader, cm_csv_row *row, bool *more);

size_t cm_csv_blank_tail(const cm_csv_reader *reader); /* blank lines at the end, not rows */
bool cm_csv_unended(const cm_csv_reader *reader);      /* the last row had no line end */

/* A failure came from bytes that are not valid UTF-8. */
bool cm_csv_bad_text(const cm_csv_reader *reader);

#endif
