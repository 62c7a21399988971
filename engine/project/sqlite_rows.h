/*
 * project/sqlite_rows.h - many rows appended to a table at once.
 *
 * A prepared INSERT of 25 columns costs 2.5 us a row, most of it for binding and starting over. Here the rows are laid out as the pages of a small SQLite
 * database in memory, in SQLite's documented file format (https://www.sqlite.org/fileformat2.html), and SQLite copies them from there in one statement without
 * looking into them: 0.9 us a row with the laying out. Were a SQLite not to take that short way, the same statement would do the same slowly.
 */
#ifndef CM_PROJECT_SQLITE_ROWS_H
#define CM_PROJECT_SQLITE_ROWS_H

#include "castmap/context.h"
#include "project/sqlite.h"

typedef struct cm_row_image cm_row_image;

/*
 * Rows for a table with an integer key as its first column, without triggers and foreign keys. Its constraints are not asked: the caller's values must keep
 * them. `db` is borrowed. Memory: 4 MiB, and the largest row.
 */
CASTMAP_NODISCARD castmap_status cm_row_image_new(castmap_context *ctx, cm_db *db, const char *table, cm_row_image **out);

/* One row: its key, greater than that of the row before; then every other column in its order; then the end. Values are copied. */
void cm_row_begin(cm_row_image *image, int64_t key);
void cm_row_null(cm_row_image *image);
void cm_row_integer(cm_row_image *image, int64_t value);
void cm_row_real(cm_row_image *image, double value);      /* NaN: null */
void cm_row_text(cm_row_image *image, const char *value); /* NULL: null */
void cm_row_blob(cm_row_image *image, const void *bytes, size_t length);
/* CASTMAP_E_NOMEM: also for a value that found no memory before; CASTMAP_E_INTERNAL: a key or a column is out of order. */
CASTMAP_NODISCARD castmap_status cm_row_end(castmap_context *ctx, cm_row_image *image);

/* Rows that are not in the table yet go there: before the table is read, and after the last row. Inside the caller's transaction. */
CASTMAP_NODISCARD castmap_status cm_row_image_flush(castmap_context *ctx, cm_row_image *image);
void cm_row_image_free(cm_row_image *image); /* NULL is fine; what was not flushed is dropped */

#endif
