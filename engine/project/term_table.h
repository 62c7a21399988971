/*
 * project/term_table.h - texts that repeat, kept once: categories, sources, and the terms of zones, dates and extra columns.
 */
#ifndef CM_PROJECT_TERM_TABLE_H
#define CM_PROJECT_TERM_TABLE_H

#include "project/sqlite.h"

/* One dictionary with its table, loaded when it is opened. */
typedef struct cm_term_table {
    cm_db    *db;       /* borrowed */
    cm_query *add;      /* owned: INSERT of (text) */
    size_t    limit;    /* entries after which new texts are no longer taken in */
    size_t    count, capacity, bytes_used, bytes_capacity;
    char     *bytes;    /* owned: all texts, each ended by NUL */
    size_t   *offset;   /* owned [count] into bytes */
    int64_t  *id;       /* owned [count] of the table's row */
    size_t    id_capacity;
    uint32_t *slot;     /* owned [slots]: entry + 1, 0 free */
    uint32_t *mark;     /* owned [slots]: part of the text's hash, so that most other texts are passed by unread */
    size_t    slots;
} cm_term_table;

/* Where a column of neighbouring rows was found last; all zero at first. */
typedef struct cm_term_hint {
    size_t entry; /* + 1 */
} cm_term_hint;

#define CM_TERM_TABLE_INIT {0}

/* select: `SELECT id, text`; insert: one parameter. */
CASTMAP_NODISCARD castmap_status cm_term_table_open(castmap_context *ctx, cm_db *db, const char *select, const char *insert,
                                                    size_t limit, cm_term_table *out);
void cm_term_table_close(cm_term_table *table);

/* The id of `text`, added if it is new. *id is 0 when the dictionary is full: then the caller stores the text itself. */
CASTMAP_NODISCARD castmap_status cm_term_table_id(castmap_context *ctx, cm_term_table *table, const char *text, cm_term_hint *hint,
                                                  int64_t *id);

#endif
