/*
 * project/schema.c - making the schema, and knowing it again.
 *
 * The fingerprint is a digest of every object's type, name, table and text. The digests of schemas made with known versions of SpatiaLite
 * are listed, so that an ordinary open costs one scan of the schema; for any other the schema is made anew in memory with the
 * SpatiaLite at hand and compared object by object, which also tells what differs.
 */
#include "project/schema.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/digest.h"
#include "base/fail.h"
#include "base/text.h"
#include "project/layer_styles.h"
#include "project/migrations.h"
#include "project/spatialite.h"

#define MAX_OBJECTS 1000

#define MOST_FAMILIES 16

typedef struct migration {
    int                version;
    const char        *name;
    const char *const *family[MOST_FAMILIES]; /* lists of statements, one a family of tables; ends with NULL */
} migration;

static const migration MIGRATIONS[] = {
    {1, "first schema", {CM_MIGRATION_1}},
    {2, "methods, places, recipes", {CM_MIGRATION_2_CLUSTERS, CM_MIGRATION_2_HEAT, CM_MIGRATION_2_PLACES, CM_MIGRATION_2_INGEST}},
    {3, "streets, tracks, flows, mending", {CM_MIGRATION_3_CHECK, CM_MIGRATION_3_FLOWS, CM_MIGRATION_3_STREETS, CM_MIGRATION_3_ROUTES,
                                         CM_MIGRATION_3_TRACKS}},
    {4, "slices, weights, tracks to be released", {CM_MIGRATION_4_ALONG, CM_MIGRATION_4_ROUTES, CM_MIGRATION_4_TRACKS}},
};

/* Schemas as made with these versions of SpatiaLite. */
static const char *const KNOWN_FINGERPRINTS[] = {
    "7d353e62abbc522d2f1d3dd448701ebe09a4065b5f9abf7e323e141ebf194a21", /* version 1, SpatiaLite 5.0.1 */
    "a184d8711c91320b421e53d010a725d97eae3457cda2409c69d72c0a25865087", /* version 2, SpatiaLite 5.0.1 */
    "8dfa87c40f30ccf726ee280fe59ab9ab743d28a5620d0cc0effbd57b0fdf42c8", /* version 3, SpatiaLite 5.0.1 */
    "4f47352aa641b83ae5e46ce8298c2a5921951e9f7c7738a686286d04889eacc0", /* version 4, SpatiaLite 5.0.1 */
};

/* sqlite_stat tables are not listed as ours: an ANALYZE made elsewhere steers the planner, so it counts as an alteration. */
#define SELECT_SCHEMA \
    "SELECT type, name, tbl_name, coalesce(sql, '') FROM sqlite_master ORDER BY type, name, tbl_name"

static void migration_checksum(const migration *step, char hex[33])
{
    unsigned char digest[16];
    cm_blake2b_stream hash;

    cm_blake2b_init(&hash, sizeof digest);
    for (size_t i = 0; i < MOST_FAMILIES && step->family[i]; i++) {
        for (const char *const *sql = step->family[i]; *sql; sql++)
            cm_blake2b_add(&hash, *sql, strlen(*sql) + 1);
    }
    cm_blake2b_final(&hash, digest);
    cm_hex(digest, sizeof digest, hex);
}

static castmap_status apply(castmap_context *ctx, cm_db *db, const migration *step)
{
    cm_query *query = NULL;
    char checksum[33];
    castmap_status status = CASTMAP_OK;

    for (size_t i = 0; i < MOST_FAMILIES && step->family[i] && !status; i++) {
        for (const char *const *sql = step->family[i]; *sql && !status; sql++)
            status = cm_db_exec(ctx, db, *sql);
    }
    if (!status)
        status = cm_query_open(ctx, db, "INSERT INTO schema_migration VALUES (?, ?, ?)", &query);
    if (!status) {
        migration_checksum(step, checksum);
        cm_query_bind_integer(query, 1, step->version);
        cm_query_bind_text(query, 2, step->name);
        cm_query_bind_text(query, 3, checksum);
        status = cm_query_run(ctx, query);
    }
    cm_query_close(query);
    return status;
}

/* SpatiaLite's functions report failure as a result of 0, not as an error: see that the columns and indexes are there. */
static castmap_status verify(castmap_context *ctx, cm_db *db, int version)
{
    static const char MAKE_INDEX[] = "SELECT CreateSpatialIndex(";
    int64_t columns = 0, want = 0;

    for (size_t i = 0; i < sizeof MIGRATIONS / sizeof *MIGRATIONS && MIGRATIONS[i].version <= version; i++) {
        for (size_t k = 0; k < MOST_FAMILIES && MIGRATIONS[i].family[k]; k++) {
            for (const char *const *sql = MIGRATIONS[i].family[k]; *sql; sql++)
                want += strncmp(*sql, MAKE_INDEX, sizeof MAKE_INDEX - 1) == 0;
        }
    }
    castmap_status status = cm_db_integer(ctx, db, "SELECT count(*) FROM geometry_columns WHERE spatial_index_enabled = 1",
                                          &columns);
    if (!status && columns != want)
        status = cm_fail(ctx, CASTMAP_E_UNSUPPORTED, "SpatiaLite %s did not make the geometry columns",
                         cm_spatialite_version());
    return status;
}

/* The steps after version `from` up to `to`, and the number that tells. Inside a transaction, with a trusted schema. */
static castmap_status apply_steps(castmap_context *ctx, cm_db *db, int from, int to)
{
    char sql[96];
    castmap_status status = CASTMAP_OK;

    for (size_t i = 0; i < sizeof MIGRATIONS / sizeof *MIGRATIONS && !status; i++) {
        if (MIGRATIONS[i].version > from && MIGRATIONS[i].version <= to)
            status = apply(ctx, db, &MIGRATIONS[i]);
    }
    if (!status)
        status = verify(ctx, db, to);
    if (!status)
        status = cm_layer_styles_write(ctx, db);
    snprintf(sql, sizeof sql, "PRAGMA application_id=%d; PRAGMA user_version=%d", CM_APPLICATION_ID, to);
    if (!status)
        status = cm_db_exec(ctx, db, sql);
    /* The clock must not make two equal projects differ. */
    if (!status)
        status = cm_db_exec(ctx, db, "UPDATE spatialite_history SET timestamp = '1970-01-01T00:00:00.000Z';"
                                     "UPDATE geometry_columns_time SET last_insert = '0000-01-01T00:00:00.000Z',"
                                     " last_update = '0000-01-01T00:00:00.000Z', last_delete = '0000-01-01T00:00:00.000Z'");
    return status;
}

static castmap_status make_version(castmap_context *ctx, cm_db *db, int version)
{

    castmap_status status = cm_db_trust(ctx, db, true);
    if (status)
        return status;
    status = cm_spatialite_load(ctx, db);
    if (status)
        return status;
    status = cm_db_begin(ctx, db);
    if (status)
        return status;
    status = cm_db_exec(ctx, db, "SELECT InitSpatialMetadata(0,'WGS84')");
    if (!status)
        status = apply_steps(ctx, db, 0, version);
    if (!status)
        status = cm_db_commit(ctx, db);
    if (status)
        cm_db_rollback(db);
    else
        status = cm_db_trust(ctx, db, false);
    return status;
}

castmap_status cm_schema_make(castmap_context *ctx, cm_db *db)
{
    return make_version(ctx, db, CM_SCHEMA_VERSION);
}

castmap_status cm_schema_upgrade(castmap_context *ctx, cm_db *db, int from)
{
    castmap_status status = cm_db_trust(ctx, db, true);

    if (!status)
        status = cm_spatialite_load(ctx, db);
    if (!status)
        status = cm_db_begin(ctx, db);
    if (status)
        return status;
    status = apply_steps(ctx, db, from, CM_SCHEMA_VERSION);
    if (!status)
        status = cm_db_commit(ctx, db);
    if (status)
        cm_db_rollback(db);
    const castmap_status guarded = cm_db_trust(ctx, db, false);
    return status ? status : guarded;
}

castmap_status cm_schema_fingerprint(castmap_context *ctx, cm_db *db, char hex[65])
{
    cm_query *query = NULL;
    cm_blake2b_stream hash;
    unsigned char digest[32];
    bool row = true;

    castmap_status status = cm_query_open(ctx, db, SELECT_SCHEMA, &query);
    cm_blake2b_init(&hash, sizeof digest);
    while (!status) {
        status = cm_query_step(ctx, query, &row);
        if (status || !row)
            break;
        for (int i = 0; i < 4; i++) {
            const char *text = cm_query_text(query, i);
            cm_blake2b_add(&hash, text ? text : "", text ? strlen(text) + 1 : 1);
        }
    }
    cm_query_close(query);
    if (status)
        return status;
    cm_blake2b_final(&hash, digest);
    cm_hex(digest, sizeof digest, hex);
    return CASTMAP_OK;
}

static castmap_status fail_altered(castmap_context *ctx, const char *how, cm_query *object)
{
    char type[32], name[128];
    const char *raw_type = cm_query_text(object, 0), *raw_name = cm_query_text(object, 1);

    cm_escape_display(raw_type ? raw_type : "", raw_type ? strlen(raw_type) : 0, type, sizeof type);
    cm_escape_display(raw_name ? raw_name : "", raw_name ? strlen(raw_name) : 0, name, sizeof name);
    castmap_status status = cm_fail(ctx, CASTMAP_E_PROJECT, "the project's schema was altered: %s \"%s\" %s", type, name,
                                    how);
    cm_fail_hint(ctx, "nothing in it was executed; restore a backup, or ask whoever sent the file");
    return status;
}

static int compare_objects(cm_query *a, cm_query *b)
{
    int order = 0;

    for (int i = 0; i < 3 && order == 0; i++) {
        const char *left = cm_query_text(a, i), *right = cm_query_text(b, i);
        order = strcmp(left ? left : "", right ? right : "");
    }
    return order;
}

/* Walk both sorted schemas together until they differ. */
static castmap_status compare(castmap_context *ctx, cm_db *db, cm_db *reference)
{
    cm_query *have = NULL, *want = NULL;
    bool have_row = false, want_row = false;

    castmap_status status = cm_query_open(ctx, db, SELECT_SCHEMA, &have);
    if (!status)
        status = cm_query_open(ctx, reference, SELECT_SCHEMA, &want);
    while (!status) {
        status = cm_query_step(ctx, have, &have_row);
        if (!status)
            status = cm_query_step(ctx, want, &want_row);
        if (status || (!have_row && !want_row))
            break;
        const int order = !have_row ? 1 : !want_row ? -1 : compare_objects(have, want);
        if (order < 0)
            status = fail_altered(ctx, "is not castmap's", have);
        else if (order > 0)
            status = fail_altered(ctx, "is missing", want);
        else if (strcmp(cm_query_text(have, 3), cm_query_text(want, 3)) != 0)
            status = fail_altered(ctx, "has another definition", have);
    }
    cm_query_close(have);
    cm_query_close(want);
    return status;
}

static castmap_status check_version(castmap_context *ctx, cm_db *db, bool old_too, int *found)
{
    int64_t application = 0, version = 0;

    castmap_status status = cm_db_integer(ctx, db, "PRAGMA application_id", &application);
    if (!status)
        status = cm_db_integer(ctx, db, "PRAGMA user_version", &version);
    if (status)
        return status;
    if (application != CM_APPLICATION_ID) {
        int64_t spatial = 0;
        status = cm_db_integer(ctx, db, "SELECT count(*) FROM sqlite_master WHERE name = 'geometry_columns'", &spatial);
        if (status)
            return status;
        status = cm_fail(ctx, CASTMAP_E_PROJECT, spatial ? "this is a SpatiaLite database of another program, not a castmap project"
                                                         : "this is an SQLite database of another program, not a castmap project");
        cm_fail_hint(ctx, "bring its records in with castmap import, its areas with castmap boundaries add");
        return status;
    }
    if (version > CM_SCHEMA_VERSION) {
        status = cm_fail(ctx, CASTMAP_E_PROJECT,
                         "the project was made by a newer castmap (its schema is version %" PRId64 ", this program knows %d)",
                         version, CM_SCHEMA_VERSION);
        cm_fail_hint(ctx, "install a newer castmap; the file was not touched");
        return status;
    }
    if (version < 1) {
        status = cm_fail(ctx, CASTMAP_E_PROJECT, "the project has schema version %" PRId64 ", which no castmap ever made",
                         version);
        cm_fail_hint(ctx, "restore the newest backup");
        return status;
    }
    if (version < CM_SCHEMA_VERSION && !old_too) {
        status = cm_fail(ctx, CASTMAP_E_PROJECT,
                         "the project was made by an older castmap (its schema is version %" PRId64 ", this program works on %d)",
                         version, CM_SCHEMA_VERSION);
        cm_fail_hint(ctx, "castmap migrate brings it forward, after a backup; until then the file is left alone");
        return status;
    }
    *found = (int)version;
    return CASTMAP_OK;
}

static castmap_status check_migrations(castmap_context *ctx, cm_db *db, int version)
{
    cm_query *query = NULL;
    char checksum[33];
    bool row = true;
    size_t i = 0;
    const size_t n = (size_t)version; /* they are numbered 1, 2, ... */

    castmap_status status = cm_query_open(ctx, db, "SELECT version, checksum FROM schema_migration ORDER BY version", &query);
    while (!status) {
        status = cm_query_step(ctx, query, &row);
        if (status || !row)
            break;
        if (i < n)
            migration_checksum(&MIGRATIONS[i], checksum);
        const char *stored = cm_query_text(query, 1);
        if (i >= n || cm_query_integer(query, 0) != MIGRATIONS[i].version || !stored || strcmp(stored, checksum) != 0)
            break;
        i++;
    }
    cm_query_close(query);
    if (!status && (row || i != n)) {
        status = cm_fail(ctx, CASTMAP_E_PROJECT, "the project's record of its own schema was altered");
        cm_fail_hint(ctx, "restore the newest backup");
    }
    return status;
}

bool cm_schema_is_known(const char *hex)
{
    for (size_t i = 0; i < sizeof KNOWN_FINGERPRINTS / sizeof *KNOWN_FINGERPRINTS; i++) {
        if (strcmp(hex, KNOWN_FINGERPRINTS[i]) == 0)
            return true;
    }
    return false;
}

static castmap_status check(castmap_context *ctx, cm_db *db, bool old_too, int *version)
{
    cm_db *reference = NULL;
    char hex[65];
    int64_t objects = 0;

    castmap_status status = check_version(ctx, db, old_too, version);
    if (status)
        return status;
    status = cm_db_integer(ctx, db, "SELECT count(*) FROM sqlite_master", &objects);
    if (status)
        return status;
    if (objects > MAX_OBJECTS) {
        status = cm_fail(ctx, CASTMAP_E_PROJECT, "the project's schema was altered: it has %" PRId64 " objects", objects);
        cm_fail_hint(ctx, "nothing in it was executed; restore a backup, or ask whoever sent the file");
        return status;
    }
    status = cm_schema_fingerprint(ctx, db, hex);
    if (status)
        return status;
    if (cm_schema_is_known(hex))
        return check_migrations(ctx, db, *version);
    status = cm_db_open(ctx, "reference schema", CM_DB_MEMORY, &reference);
    if (!status)
        status = make_version(ctx, reference, *version);
    if (!status)
        status = compare(ctx, db, reference);
    cm_db_close(reference);
    return status ? status : check_migrations(ctx, db, *version);
}

castmap_status cm_schema_check(castmap_context *ctx, cm_db *db)
{
    int version = 0;

    return check(ctx, db, false, &version);
}

castmap_status cm_schema_check_old(castmap_context *ctx, cm_db *db, int *version)
{
    return check(ctx, db, true, version);
}
