/*
 * io/geopackage_screen.c - the schema of a GeoPackage, judged before anything in it may run.
 *
 * Runs in the worker process. sqlite3.h stands here besides project/sqlite.c because this connection has nothing in common with a project's: no file, no
 * extension, no writing, and it ends with the child.
 */
#include "io/geopackage_screen.h"

#include "base/text.h"

#include <ctype.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define STEPS_A_TICK 100000
#define TICKS 3000 /* times the steps: seconds, not minutes */

typedef struct screen {
    char  *fault;
    size_t size;
    int    ticks;
} screen;

static int tick(void *payload)
{
    screen *s = payload;

    return ++s->ticks > TICKS;
}

static castmap_status refuse(screen *s, const char *kind, const char *name, const char *why)
{
    char shown[80];

    cm_escape_display(name, strlen(name), shown, sizeof shown);
    snprintf(s->fault, s->size, "%s \"%s\" %s", kind, shown, why);
    return CASTMAP_E_INPUT;
}

/* SQL in lower case with single spaces, cut to the buffer, for looking at. Comments and quoted texts stay. */
static void normalise(const char *sql, char *out, size_t size)
{
    size_t n = 0;

    for (const char *c = sql; *c && n + 1 < size; c++) {
        if (isspace((unsigned char)*c)) {
            if (n > 0 && out[n - 1] != ' ')
                out[n++] = ' ';
        } else {
            out[n++] = (char)tolower((unsigned char)*c);
        }
    }
    out[n] = '\0';
}

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

static castmap_status judge_virtual(screen *s, const char *name, const char *sql)
{
    const char *using = strstr(sql, " using ");
    char module[40] = "?", lower[256];

    /* The name and comments are the sender's to choose and may hold " using rtree(" themselves. */
    normalise(name, lower, sizeof lower);
    if (strstr(lower, "using") || strstr(sql, "/*") || strstr(sql, "--"))
        return refuse(s, "table", name, "is defined in a way that hides its module");
    if (using) {
        using += 7;
        const size_t n = strspn(using, "abcdefghijklmnopqrstuvwxyz0123456789_");
        if (n == 5 && begins(using, "rtree") && begins(name, "rtree_"))
            return CASTMAP_OK;
        snprintf(module, sizeof module, "%.*s", (int)(n < 30 ? n : 30), using);
    }
    snprintf(s->fault, s->size, "table \"");
    const size_t used = strlen(s->fault);
    cm_escape_display(name, strlen(name), s->fault + used, s->size - used > 80 ? 80 : s->size - used);
    const size_t more = strlen(s->fault);
    snprintf(s->fault + more, s->size - more, "\" runs the module %s, which may read other files", module);
    return CASTMAP_E_INPUT;
}

static castmap_status judge_trigger(screen *s, const char *name, const char *sql)
{
    static const char *const STANDARD[] = {"rtree_", "trigger_insert_feature_count_", "trigger_delete_feature_count_", "gpkg_",
                                           "feature_count_"};
    static const char *const NEVER[] = {"instead of", "load_extension", "readfile", "writefile", "edit(", "eval(", "attach ",
                                        "pragma ", "fts", "recursive"};
    bool standard = false;

    for (size_t i = 0; i < sizeof STANDARD / sizeof *STANDARD; i++)
        standard = standard || begins(name, STANDARD[i]);
    for (size_t i = 0; i < sizeof NEVER / sizeof *NEVER; i++)
        standard = standard && !strstr(sql, NEVER[i]);
    return standard ? CASTMAP_OK : refuse(s, "trigger", name, "is not one of the format's own");
}

static castmap_status judge(screen *s, const char *type, const char *name, const char *raw)
{
    char sql[8192];

    if (!raw)
        return strcmp(type, "index") == 0 ? CASTMAP_OK : refuse(s, type, name, "has no definition");
    if (strlen(raw) > sizeof sql - 1)
        return refuse(s, type, name, "has a definition longer than 8 kB");
    normalise(raw, sql, sizeof sql);
    if (strcmp(type, "view") == 0)
        return refuse(s, "view", name, "runs a query; only tables are read");
    if (strcmp(type, "trigger") == 0)
        return judge_trigger(s, name, sql);
    if (strcmp(type, "index") == 0) {
        const char *open = strchr(sql, '(');
        return open && strchr(open + 1, '(') ? refuse(s, "index", name, "is made of an expression") : CASTMAP_OK;
    }
    if (strcmp(type, "table") != 0)
        return refuse(s, "object", name, "is of an unknown kind");
    if (begins(sql, "create virtual"))
        return judge_virtual(s, name, sql);
    if (!begins(sql, "create table"))
        return refuse(s, "table", name, "has a definition that cannot be");
    if (strstr(sql, "generated always") || strstr(sql, " as (") || strstr(sql, " as("))
        return refuse(s, "table", name, "has a computed column");
    return CASTMAP_OK;
}

static castmap_status judge_all(screen *s, sqlite3 *db)
{
    sqlite3_stmt *rows = NULL;
    castmap_status status = CASTMAP_OK;
    int step;

    if (sqlite3_prepare_v2(db, "SELECT type, name, sql FROM sqlite_schema", -1, &rows, NULL) != SQLITE_OK) {
        snprintf(s->fault, s->size, "the GeoPackage is damaged: its table of contents cannot be read");
        return CASTMAP_E_INPUT;
    }
    while (!status && (step = sqlite3_step(rows)) == SQLITE_ROW) {
        const char *type = (const char *)sqlite3_column_text(rows, 0), *name = (const char *)sqlite3_column_text(rows, 1);
        status = judge(s, type ? type : "?", name ? name : "?", (const char *)sqlite3_column_text(rows, 2));
    }
    if (!status && step != SQLITE_DONE) {
        snprintf(s->fault, s->size, "the GeoPackage is damaged: its table of contents cannot be read");
        status = CASTMAP_E_INPUT;
    }
    sqlite3_finalize(rows);
    return status;
}

static castmap_status quick_check(screen *s, sqlite3 *db)
{
    sqlite3_stmt *check = NULL;
    bool good = sqlite3_prepare_v2(db, "PRAGMA quick_check(1)", -1, &check, NULL) == SQLITE_OK &&
                sqlite3_step(check) == SQLITE_ROW;

    good = good && strcmp((const char *)sqlite3_column_text(check, 0), "ok") == 0;
    sqlite3_finalize(check);
    if (good)
        return CASTMAP_OK;
    snprintf(s->fault, s->size, "the GeoPackage is damaged or cut off");
    return CASTMAP_E_INPUT;
}

castmap_status cm_geopackage_screen(unsigned char *bytes, size_t length, char *fault, size_t size)
{
    screen s = {fault, size, 0};
    sqlite3 *db = NULL;
    castmap_status status;

    if (length < 512 || memcmp(bytes, "SQLite format 3", 16) != 0) {
        snprintf(fault, size, "the GeoPackage is damaged or cut off");
        return CASTMAP_E_INPUT;
    }
    if (memcmp(bytes + 68, "GPKG", 4) != 0 && memcmp(bytes + 68, "GP10", 4) != 0 && memcmp(bytes + 68, "GP11", 4) != 0) {
        snprintf(fault, size, "a SQLite file that is not a GeoPackage");
        return CASTMAP_E_INPUT;
    }
    bytes[18] = bytes[19] = 1;
    if (sqlite3_open_v2(":memory:", &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_MEMORY, NULL) != SQLITE_OK) {
        sqlite3_close(db);
        return CASTMAP_E_NOMEM;
    }
    sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, NULL);
    sqlite3_progress_handler(db, STEPS_A_TICK, tick, &s);
    if (sqlite3_deserialize(db, "main", bytes, (sqlite3_int64)length, (sqlite3_int64)length, SQLITE_DESERIALIZE_READONLY) !=
        SQLITE_OK) {
        snprintf(fault, size, "the GeoPackage is damaged or cut off");
        status = CASTMAP_E_INPUT;
    } else {
        status = judge_all(&s, db);
        if (!status)
            status = quick_check(&s, db);
    }
    sqlite3_close(db);
    return status;
}
