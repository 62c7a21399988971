/*
 * project/ingest/mending_rows.h - verbatim rows of a table taken apart and put together.
 */
#ifndef CM_PROJECT_INGEST_MENDING_ROWS_H
#define CM_PROJECT_INGEST_MENDING_ROWS_H

#include "base/text.h"

/*
 * The fields of a row, forgiving: what is not quoted well is taken as it stands, what is too much goes into the last. cell [n] is owned, each text too. 0, or -1 when
 * out of memory.
 */
int cm_row_split(const char *text, size_t length, char separator, size_t n, char **cell);
/* One more field, quoted where it must be. */
void cm_row_join(cm_text *row, const char *cell, char separator, bool first);
/* A cell that a spreadsheet would take for a formula was written with an apostrophe before it: where it begins without. */
const char *cm_row_unguarded(const char *cell);

#endif
