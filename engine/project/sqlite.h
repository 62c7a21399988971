/*
 * project/sqlite.h - SQLite, wrapped once: a hardened connection, prepared queries, transactions that nest.
 */
#ifndef CM_PROJECT_SQLITE_H
#define CM_PROJECT_SQLITE_H

#include "castmap/context.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct cm_db cm_db;
typedef struct cm_query cm_query;
struct sqlite3; /* for project/spatialite.c alone */

typedef enum cm_db_mode {
    CM_DB_CREATE, /* a new file that must not exist; mode 0600 */
    CM_DB_WRITE,
    CM_DB_READ,   /* writes nothing but what rolling back an interrupted writer needs */
    CM_DB_MEMORY  /* scratch */
} cm_db_mode;

/*
 * Open with every guard on: no extensions, no triggers, no views, untrusted schema, defensive, cells checked, no memory map,
 * temporary data in memory, low limits. Reads nothing yet. A link as the last part of the path is refused.
 */
CASTMAP_NODISCARD castmap_status cm_db_open(castmap_context *ctx, const char *path, cm_db_mode mode, cm_db **out);
void cm_db_close(cm_db *db); /* NULL is fine; rolls back */

/* Waits at most `seconds` for a lock of another process. */
void cm_db_patience(cm_db *db, double seconds);
/* The journal, durability and cache settings of a project; needs a valid database. */
CASTMAP_NODISCARD castmap_status cm_db_settle(castmap_context *ctx, cm_db *db);

/* The first `length` bytes of the file through the connection's own descriptor: another one, once closed, would drop our locks.
 * *size is that of the whole file. */
CASTMAP_NODISCARD castmap_status cm_db_header(castmap_context *ctx, cm_db *db, unsigned char *bytes, size_t length,
                                              uint64_t *size);

/* Triggers and functions of SpatiaLite may run: only while a schema is made from our own text. */
CASTMAP_NODISCARD castmap_status cm_db_trust(castmap_context *ctx, cm_db *db, bool trusted);
/* Shadow tables of the R-tree may be written: only while a packed tree is stored. */
CASTMAP_NODISCARD castmap_status cm_db_shadow_writable(castmap_context *ctx, cm_db *db, bool writable);
/* CHECK constraints rest: only while a caller that asks the same questions itself appends many rows. */
CASTMAP_NODISCARD castmap_status cm_db_rest_checks(castmap_context *ctx, cm_db *db);
void cm_db_resume_checks(cm_db *db);

struct sqlite3 *cm_db_handle(cm_db *db);
/* Hand over something that must outlive the connection: `release` is called after it is closed. One only. */
void cm_db_keep(cm_db *db, void *kept, void (*release)(void *));

/* Several statements without results. */
CASTMAP_NODISCARD castmap_status cm_db_exec(castmap_context *ctx, cm_db *db, const char *sql);
/* One integer; 0 when there is no row. */
CASTMAP_NODISCARD castmap_status cm_db_integer(castmap_context *ctx, cm_db *db, const char *sql, int64_t *out);
int64_t cm_db_last_id(const cm_db *db);
int64_t cm_db_changes(const cm_db *db);

/* The outermost level is BEGIN IMMEDIATE, inner ones are savepoints. Rollback undoes the innermost level only. */
CASTMAP_NODISCARD castmap_status cm_db_begin(castmap_context *ctx, cm_db *db);
CASTMAP_NODISCARD castmap_status cm_db_commit(castmap_context *ctx, cm_db *db);
void cm_db_rollback(cm_db *db);
unsigned cm_db_depth(const cm_db *db);

/* A prepared statement. Bound texts and blobs are borrowed until the next step that ends or cm_query_reset(). */
CASTMAP_NODISCARD castmap_status cm_query_open(castmap_context *ctx, cm_db *db, const char *sql, cm_query **out);
void cm_query_close(cm_query *query); /* NULL is fine */
void cm_query_reset(cm_query *query);

void cm_query_bind_integer(cm_query *query, int index, int64_t value);
void cm_query_bind_real(cm_query *query, int index, double value);      /* NaN: null */
void cm_query_bind_text(cm_query *query, int index, const char *value); /* NULL: null */
void cm_query_bind_blob(cm_query *query, int index, const void *bytes, size_t length); /* NULL: null */
void cm_query_bind_null(cm_query *query, int index);

/* *row: there is a row to read. After the last one the query is reset. */
CASTMAP_NODISCARD castmap_status cm_query_step(castmap_context *ctx, cm_query *query, bool *row);
/* For statements without results: step, then reset. */
CASTMAP_NODISCARD castmap_status cm_query_run(castmap_context *ctx, cm_query *query);

int64_t cm_query_integer(cm_query *query, int column);
double cm_query_real(cm_query *query, int column); /* null: NaN */
bool cm_query_is_null(cm_query *query, int column);
bool cm_query_is_integer(cm_query *query, int column);
const char *cm_query_text(cm_query *query, int column); /* borrowed until the next step; NULL for null */
const unsigned char *cm_query_blob(cm_query *query, int column, size_t *length); /* likewise */
/* Owned copy in *out; stays NULL for null. */
CASTMAP_NODISCARD castmap_status cm_query_copy(castmap_context *ctx, cm_query *query, int column, char **out);

/* The result code of SQLite as a status, its words in the context. `doing` like "cannot read". */
CASTMAP_NODISCARD castmap_status cm_db_fail(castmap_context *ctx, cm_db *db, int code, const char *doing);

#endif
