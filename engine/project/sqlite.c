/*
 * project/sqlite.c - the connection and its prepared queries.
 *
 * Triggers and views never run on our connection: every index is kept by explicit statements, so nothing that somebody wrote into the
 * schema of a file is ever executed. The triggers that QGIS and SpatiaLite expect are in the file all the same, for programs that edit it.
 */
#include "project/sqlite.h"

#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/memory.h"
#include "project/lock_holder.h"

#define DEFAULT_PATIENCE_S 10.0
#define STEPS_BETWEEN_CHECKS 20000

struct cm_db {
    sqlite3         *handle;  /* owned */
    castmap_context *ctx;     /* borrowed: of the call at work, for cancelling */
    char            *path;    /* owned */
    double           patience_s, waiting_since;
    unsigned         depth;
    void            *kept;    /* owned: outlives the handle */
    void           (*release)(void *);
};

struct cm_query {
    cm_db        *db;         /* borrowed */
    sqlite3_stmt *statement;  /* owned */
    int           bind_error; /* first one since the last step */
};

static castmap_status fail_busy(castmap_context *ctx, const cm_db *db)
{
    const long pid = cm_lock_holder(db->path);
    castmap_status status;

    if (pid)
        status = cm_fail(ctx, CASTMAP_E_BUSY, "another process (%ld) is at work on the project", pid);
    else
        status = cm_fail(ctx, CASTMAP_E_BUSY, "another process is at work on the project");
    cm_fail_hint(ctx, "wait until it has finished, then try again; nothing was changed");
    return status;
}

castmap_status cm_db_fail(castmap_context *ctx, cm_db *db, int code, const char *doing)
{
    const char *words = sqlite3_errmsg(db->handle);
    castmap_status status;

    switch (code & 0xff) {
    case SQLITE_OK:
    case SQLITE_ROW:
    case SQLITE_DONE:
        return CASTMAP_OK;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        if (cm_cancelled(ctx))
            return cm_fail_cancelled(ctx);
        return fail_busy(ctx, db);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_FORMAT:
        status = cm_fail(ctx, CASTMAP_E_PROJECT, "the project file is damaged (%s)", words);
        cm_fail_hint(ctx, "restore the newest backup; keep the damaged file");
        return status;
    case SQLITE_FULL:
        status = cm_fail(ctx, CASTMAP_E_IO, "the disk is full; the project is as it was before");
        cm_fail_hint(ctx, "make room beside the project file, then run the command again");
        return status;
    case SQLITE_NOMEM:
        return cm_fail_memory(ctx);
    case SQLITE_INTERRUPT:
        return cm_fail_cancelled(ctx);
    case SQLITE_READONLY:
        status = cm_fail(ctx, CASTMAP_E_IO, "the project file cannot be written (%s)", words);
        cm_fail_hint(ctx, "check the permissions of the file and of its folder");
        return status;
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_AUTH:
    case SQLITE_PROTOCOL:
    case SQLITE_NOLFS:
        return cm_fail(ctx, CASTMAP_E_IO, "%s (%s)", doing, words);
    default:
        return cm_fail(ctx, CASTMAP_E_INTERNAL, "%s (%s, code %d)", doing, words, code);
    }
}

static int wait_for_lock(void *payload, int count)
{
    cm_db *db = payload;

    if (count == 0)
        db->waiting_since = cm_clock();
    if (cm_cancelled(db->ctx) || cm_clock() - db->waiting_since > db->patience_s)
        return 0;
    sqlite3_sleep(count < 10 ? 2 : 20);
    return 1;
}

static int stop_when_cancelled(void *payload)
{
    const cm_db *db = payload;

    return cm_cancelled(db->ctx);
}

/* Bounds of what a schema or a statement may ask for; our own stay far below them. Attached: an image of rows (sqlite_rows.h) and the target of a backup. */
static const int LIMITS[][2] = {
    {SQLITE_LIMIT_LENGTH, 1 << 30},    {SQLITE_LIMIT_SQL_LENGTH, 200000}, {SQLITE_LIMIT_COLUMN, 200},
    {SQLITE_LIMIT_EXPR_DEPTH, 100},    {SQLITE_LIMIT_COMPOUND_SELECT, 20}, {SQLITE_LIMIT_VDBE_OP, 250000},
    {SQLITE_LIMIT_FUNCTION_ARG, 127},  {SQLITE_LIMIT_ATTACHED, 2},        {SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 1000},
    {SQLITE_LIMIT_VARIABLE_NUMBER, 64}, {SQLITE_LIMIT_TRIGGER_DEPTH, 4},  {SQLITE_LIMIT_WORKER_THREADS, 0},
};

static castmap_status harden(castmap_context *ctx, cm_db *db)
{
    static const int SWITCHES[][2] = {
        {SQLITE_DBCONFIG_DEFENSIVE, 1},      {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0}, {SQLITE_DBCONFIG_ENABLE_TRIGGER, 0},
        {SQLITE_DBCONFIG_ENABLE_VIEW, 0},    {SQLITE_DBCONFIG_DQS_DML, 0},        {SQLITE_DBCONFIG_DQS_DDL, 0},
        {SQLITE_DBCONFIG_ENABLE_FKEY, 1},    {SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0},
    };

    for (size_t i = 0; i < sizeof SWITCHES / sizeof *SWITCHES; i++) {
        int now = -1;
        int code = sqlite3_db_config(db->handle, SWITCHES[i][0], SWITCHES[i][1], &now);
        if (code != SQLITE_OK || now != SWITCHES[i][1])
            return cm_fail(ctx, CASTMAP_E_UNSUPPORTED, "this SQLite (%s) lacks a safety switch castmap needs",
                           sqlite3_libversion());
    }
    for (size_t i = 0; i < sizeof LIMITS / sizeof *LIMITS; i++)
        sqlite3_limit(db->handle, LIMITS[i][0], LIMITS[i][1]);
    sqlite3_busy_handler(db->handle, wait_for_lock, db);
    sqlite3_progress_handler(db->handle, STEPS_BETWEEN_CHECKS, stop_when_cancelled, db);
    return cm_db_exec(ctx, db, "PRAGMA cell_size_check=ON; PRAGMA mmap_size=0; PRAGMA temp_store=MEMORY");
}

castmap_status cm_db_open(castmap_context *ctx, const char *path, cm_db_mode mode, cm_db **out)
{
    cm_db *db = cm_alloc_zero(1, sizeof *db);
    castmap_status status;
    int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_EXRESCODE;

    if (!db || !(db->path = cm_copy_text(path))) {
        free(db);
        return cm_fail_memory(ctx);
    }
    db->ctx = ctx;
    db->patience_s = DEFAULT_PATIENCE_S;
    if (mode == CM_DB_MEMORY)
        flags |= SQLITE_OPEN_MEMORY | SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    else if (mode == CM_DB_READ)
        flags |= access(path, W_OK) == 0 ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY;
    else
        flags |= SQLITE_OPEN_READWRITE; /* a new file was made by the caller, with its mode */

    /* "unix" by name: a default VFS set by someone else in the process has no say. */
    int code = sqlite3_open_v2(mode == CM_DB_MEMORY ? ":memory:" : path, &db->handle, flags,
                               mode == CM_DB_MEMORY ? NULL : "unix");
    if (code != SQLITE_OK) {
        status = db->handle ? cm_db_fail(ctx, db, code, "cannot open the project file") : cm_fail_memory(ctx);
        goto failed;
    }
    status = harden(ctx, db);
    if (status)
        goto failed;
    *out = db;
    return CASTMAP_OK;

failed:
    cm_db_close(db);
    return status;
}

void cm_db_close(cm_db *db)
{
    if (!db)
        return;
    if (db->handle) /* none when there was no memory to open it */
        sqlite3_progress_handler(db->handle, 0, NULL, NULL);
    if (db->depth)
        sqlite3_exec(db->handle, "ROLLBACK", NULL, NULL, NULL);
    sqlite3_close_v2(db->handle);
    if (db->kept)
        db->release(db->kept);
    free(db->path);
    free(db);
}

void cm_db_patience(cm_db *db, double seconds)
{
    db->patience_s = seconds;
}

castmap_status cm_db_settle(castmap_context *ctx, cm_db *db)
{
    /* TRUNCATE and not WAL: see docs/decisions/2026-11-23-project-file.md. The cache bounds what an import holds in memory. */
    return cm_db_exec(ctx, db,
                      "PRAGMA journal_mode=TRUNCATE; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;"
                      "PRAGMA foreign_keys=ON; PRAGMA cache_size=-32768");
}

castmap_status cm_db_header(castmap_context *ctx, cm_db *db, unsigned char *bytes, size_t length, uint64_t *size)
{
    sqlite3_file *file = NULL;
    sqlite3_int64 total = 0;

    int code = sqlite3_file_control(db->handle, "main", SQLITE_FCNTL_FILE_POINTER, &file);
    if (code == SQLITE_OK && (!file || !file->pMethods))
        code = SQLITE_CANTOPEN;
    if (code == SQLITE_OK)
        code = file->pMethods->xFileSize(file, &total);
    if (code == SQLITE_OK && total > 0) {
        memset(bytes, 0, length);
        code = file->pMethods->xRead(file, bytes, (int)length, 0);
        if (code == SQLITE_IOERR_SHORT_READ)
            code = SQLITE_OK;
    }
    if (code != SQLITE_OK)
        return cm_db_fail(ctx, db, code, "cannot read the project file");
    *size = (uint64_t)total;
    return CASTMAP_OK;
}

castmap_status cm_db_trust(castmap_context *ctx, cm_db *db, bool trusted)
{
    static const int SWITCHES[] = {SQLITE_DBCONFIG_TRUSTED_SCHEMA, SQLITE_DBCONFIG_ENABLE_TRIGGER,
                                   SQLITE_DBCONFIG_ENABLE_VIEW, SQLITE_DBCONFIG_DQS_DML, SQLITE_DBCONFIG_DQS_DDL};
    for (size_t i = 0; i < sizeof SWITCHES / sizeof *SWITCHES; i++) {
        int code = sqlite3_db_config(db->handle, SWITCHES[i], trusted ? 1 : 0, NULL);
        if (code != SQLITE_OK)
            return cm_db_fail(ctx, db, code, "cannot set up the connection");
    }
    return CASTMAP_OK;
}

castmap_status cm_db_shadow_writable(castmap_context *ctx, cm_db *db, bool writable)
{
    int code = sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DEFENSIVE, writable ? 0 : 1, NULL);

    return cm_db_fail(ctx, db, code, "cannot set up the connection");
}

castmap_status cm_db_rest_checks(castmap_context *ctx, cm_db *db)
{
    return cm_db_exec(ctx, db, "PRAGMA ignore_check_constraints=ON");
}

void cm_db_resume_checks(cm_db *db)
{
    sqlite3_exec(db->handle, "PRAGMA ignore_check_constraints=OFF", NULL, NULL, NULL);
}

struct sqlite3 *cm_db_handle(cm_db *db)
{
    return db->handle;
}

void cm_db_keep(cm_db *db, void *kept, void (*release)(void *))
{
    db->kept = kept;
    db->release = release;
}

castmap_status cm_db_exec(castmap_context *ctx, cm_db *db, const char *sql)
{
    db->ctx = ctx;
    return cm_db_fail(ctx, db, sqlite3_exec(db->handle, sql, NULL, NULL, NULL), "a statement failed");
}

castmap_status cm_db_integer(castmap_context *ctx, cm_db *db, const char *sql, int64_t *out)
{
    cm_query *query = NULL;
    bool row = false;
    int64_t value = 0;

    castmap_status status = cm_query_open(ctx, db, sql, &query);
    if (!status)
        status = cm_query_step(ctx, query, &row);
    if (!status && row)
        value = cm_query_integer(query, 0);
    cm_query_close(query);
    if (!status)
        *out = value;
    return status;
}

int64_t cm_db_last_id(const cm_db *db)
{
    return sqlite3_last_insert_rowid(db->handle);
}

int64_t cm_db_changes(const cm_db *db)
{
    return sqlite3_changes64(db->handle);
}

castmap_status cm_db_begin(castmap_context *ctx, cm_db *db)
{
    char sql[32] = "BEGIN IMMEDIATE";

    if (db->depth > 0)
        snprintf(sql, sizeof sql, "SAVEPOINT level_%u", db->depth);
    castmap_status status = cm_db_exec(ctx, db, sql);
    if (!status)
        db->depth++;
    return status;
}

castmap_status cm_db_commit(castmap_context *ctx, cm_db *db)
{
    char sql[32] = "COMMIT";

    if (db->depth == 0)
        return cm_fail(ctx, CASTMAP_E_INTERNAL, "commit without begin");
    if (db->depth > 1)
        snprintf(sql, sizeof sql, "RELEASE level_%u", db->depth - 1);
    castmap_status status = cm_db_exec(ctx, db, sql);
    if (!status)
        db->depth--;
    return status;
}

void cm_db_rollback(cm_db *db)
{
    char sql[64] = "ROLLBACK";

    if (db->depth == 0)
        return;
    db->depth--;
    /* An error such as a full disk may have rolled everything back already. */
    if (sqlite3_get_autocommit(db->handle)) {
        db->depth = 0;
        return;
    }
    if (db->depth > 0)
        snprintf(sql, sizeof sql, "ROLLBACK TO level_%u; RELEASE level_%u", db->depth, db->depth);
    sqlite3_progress_handler(db->handle, 0, NULL, NULL); /* undoing is not interrupted */
    sqlite3_exec(db->handle, sql, NULL, NULL, NULL);
    sqlite3_progress_handler(db->handle, STEPS_BETWEEN_CHECKS, stop_when_cancelled, db);
}

unsigned cm_db_depth(const cm_db *db)
{
    return db->depth;
}

castmap_status cm_query_open(castmap_context *ctx, cm_db *db, const char *sql, cm_query **out)
{
    cm_query *query = cm_alloc_zero(1, sizeof *query);

    if (!query)
        return cm_fail_memory(ctx);
    query->db = db;
    db->ctx = ctx;
    int code = sqlite3_prepare_v3(db->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &query->statement, NULL);
    if (code != SQLITE_OK) {
        cm_query_close(query);
        return cm_db_fail(ctx, db, code, "a query cannot be made");
    }
    *out = query;
    return CASTMAP_OK;
}

void cm_query_close(cm_query *query)
{
    if (!query)
        return;
    sqlite3_finalize(query->statement);
    free(query);
}

void cm_query_reset(cm_query *query)
{
    sqlite3_reset(query->statement);
}

static void note_bind(cm_query *query, int code)
{
    if (code != SQLITE_OK && query->bind_error == SQLITE_OK)
        query->bind_error = code;
}

void cm_query_bind_integer(cm_query *query, int index, int64_t value)
{
    note_bind(query, sqlite3_bind_int64(query->statement, index, value));
}

void cm_query_bind_real(cm_query *query, int index, double value)
{
    note_bind(query, isnan(value) ? sqlite3_bind_null(query->statement, index)
                                  : sqlite3_bind_double(query->statement, index, value));
}

void cm_query_bind_text(cm_query *query, int index, const char *value)
{
    note_bind(query, sqlite3_bind_text(query->statement, index, value, -1, SQLITE_STATIC));
}

void cm_query_bind_blob(cm_query *query, int index, const void *bytes, size_t length)
{
    note_bind(query, sqlite3_bind_blob64(query->statement, index, bytes, length, SQLITE_STATIC));
}

void cm_query_bind_null(cm_query *query, int index)
{
    note_bind(query, sqlite3_bind_null(query->statement, index));
}

castmap_status cm_query_step(castmap_context *ctx, cm_query *query, bool *row)
{
    query->db->ctx = ctx;
    int code = query->bind_error;
    query->bind_error = SQLITE_OK;
    if (code == SQLITE_OK)
        code = sqlite3_step(query->statement);
    *row = code == SQLITE_ROW;
    if (code == SQLITE_ROW)
        return CASTMAP_OK;
    if (code == SQLITE_DONE) {
        sqlite3_reset(query->statement);
        return CASTMAP_OK;
    }
    castmap_status status = cm_db_fail(ctx, query->db, code, "a query failed");
    sqlite3_reset(query->statement);
    return status;
}

castmap_status cm_query_run(castmap_context *ctx, cm_query *query)
{
    bool row = true;
    castmap_status status = CASTMAP_OK;

    while (row && !status)
        status = cm_query_step(ctx, query, &row);
    return status;
}

int64_t cm_query_integer(cm_query *query, int column)
{
    return sqlite3_column_int64(query->statement, column);
}

double cm_query_real(cm_query *query, int column)
{
    if (sqlite3_column_type(query->statement, column) == SQLITE_NULL)
        return NAN;
    return sqlite3_column_double(query->statement, column);
}

bool cm_query_is_null(cm_query *query, int column)
{
    return sqlite3_column_type(query->statement, column) == SQLITE_NULL;
}

bool cm_query_is_integer(cm_query *query, int column)
{
    return sqlite3_column_type(query->statement, column) == SQLITE_INTEGER;
}

const char *cm_query_text(cm_query *query, int column)
{
    return (const char *)sqlite3_column_text(query->statement, column);
}

const unsigned char *cm_query_blob(cm_query *query, int column, size_t *length)
{
    const void *bytes = sqlite3_column_blob(query->statement, column);

    *length = (size_t)sqlite3_column_bytes(query->statement, column);
    return bytes;
}

castmap_status cm_query_copy(castmap_context *ctx, cm_query *query, int column, char **out)
{
    if (cm_query_is_null(query, column))
        return CASTMAP_OK;
    const char *text = cm_query_text(query, column);
    char *copy = text ? cm_copy_text(text) : NULL;
    if (!copy)
        return cm_fail_memory(ctx);
    free(*out);
    *out = copy;
    return CASTMAP_OK;
}
