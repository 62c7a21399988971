/*
 * project/project_file.c - creating, opening and closing a project, and its transactions.
 *
 * A new project is built under a temporary name and renamed when it is whole, so a killed castmap_project_create leaves nothing that looks
 * like a project.
 */
#include "project/project_file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/files.h"
#include "base/memory.h"
#include "base/text.h"
#include "project/project_path.h"
#include "project/run_table.h"
#include "project/schema.h"

#define WRITER_PATIENCE_S 2.0
#define READER_PATIENCE_S 10.0
#define SMALL_FILE_BYTES (4u << 20) /* checked whole at every open: under 10 ms */
#define HEADER_BYTES 100

static castmap_status fail_file(castmap_context *ctx, const char *path, const char *message, const char *hint)
{
    castmap_status status = cm_fail(ctx, CASTMAP_E_PROJECT, "%s", message);

    cm_fail_where(ctx, "%s", path);
    cm_fail_hint(ctx, "%s", hint);
    return status;
}

static uint32_t big_endian(const unsigned char *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

/* Is it SQLite at all? Before anything is asked of the library. */
static castmap_status check_magic(castmap_context *ctx, cm_db *db, const char *path)
{
    unsigned char header[HEADER_BYTES];
    uint64_t size = 0;

    castmap_status status = cm_db_header(ctx, db, header, sizeof header, &size);
    if (status)
        return status;
    if (size < HEADER_BYTES || memcmp(header, "SQLite format 3", 16) != 0)
        return fail_file(ctx, path, "this is not a project file: it is no SQLite database",
                         "if it is a spreadsheet, use castmap import; else restore the newest backup");
    return CASTMAP_OK;
}

/* After SQLite has rolled an interrupted write back: is the file as long as it says? */
static castmap_status check_length(castmap_context *ctx, cm_db *db, const char *path)
{
    unsigned char header[HEADER_BYTES];
    uint64_t size = 0;

    castmap_status status = cm_db_header(ctx, db, header, sizeof header, &size);
    if (status)
        return status;
    const uint32_t stored = (uint32_t)header[16] << 8 | header[17];
    const uint64_t page = stored == 1 ? 65536u : stored, pages = big_endian(header + 28);
    if (page * pages > size) {
        char message[128];
        snprintf(message, sizeof message, "the project file was cut short: %" PRIu64 " of %" PRIu64 " bytes are left", size,
                 page * pages);
        return fail_file(ctx, path, message, "restore the newest backup; keep the damaged file");
    }
    if (header[18] != 1 || header[19] != 1)
        return fail_file(ctx, path, "the project file was switched to write-ahead logging by another program",
                         "run: sqlite3 FILE 'PRAGMA journal_mode=TRUNCATE', then try again");
    return CASTMAP_OK;
}

static castmap_status check_pages(castmap_context *ctx, cm_db *db, const char *path)
{
    struct stat info;
    cm_query *query = NULL;
    bool row = false, sound = false;

    if (stat(path, &info) != 0 || (uint64_t)info.st_size > SMALL_FILE_BYTES)
        return CASTMAP_OK;
    castmap_status status = cm_query_open(ctx, db, "PRAGMA quick_check(1)", &query);
    if (!status)
        status = cm_query_step(ctx, query, &row);
    if (!status && row) {
        const char *answer = cm_query_text(query, 0);
        sound = answer && strcmp(answer, "ok") == 0;
    }
    cm_query_close(query);
    if (!status && !sound)
        status = fail_file(ctx, path, "the project file is damaged (a page does not hold together)",
                           "restore the newest backup; keep the damaged file");
    return status;
}

static castmap_status project_new(castmap_context *ctx, const char *path, castmap_access access, castmap_project **out)
{
    castmap_project *project = cm_alloc_zero(1, sizeof *project);

    if (!project || !(project->path = cm_copy_text(path)) || !(project->crs = cm_copy_text(""))) {
        castmap_project_close(project);
        return cm_fail_memory(ctx);
    }
    project->access = access;
    *out = project;
    return CASTMAP_OK;
}

/* version NULL: only a project of this version will do; else its version is told. */
static castmap_status open_checked(castmap_context *ctx, const char *path, castmap_access access, int *version,
                                   castmap_project **out)
{
    castmap_project *project = NULL;
    int64_t ignored = 0;

    castmap_status status = cm_project_path_check(ctx, path);
    if (!status)
        status = cm_project_disk_check(ctx, path);
    if (!status)
        status = project_new(ctx, path, access, &project);
    if (status)
        return status;
    status = cm_db_open(ctx, path, access == CASTMAP_WRITE ? CM_DB_WRITE : CM_DB_READ, &project->db);
    if (status)
        goto done;
    cm_db_patience(project->db, access == CASTMAP_WRITE ? WRITER_PATIENCE_S : READER_PATIENCE_S);
    status = check_magic(ctx, project->db, path);
    if (status)
        goto done;
    /* The first read rolls an interrupted write back. A cut file may fail it, and is better told by its length. */
    status = cm_db_integer(ctx, project->db, "SELECT count(*) FROM sqlite_master", &ignored);
    if (status == CASTMAP_E_PROJECT) {
        cm_fail_clear(ctx);
        status = check_length(ctx, project->db, path);
        if (!status)
            status = fail_file(ctx, path, "the project file is damaged: its schema cannot be read",
                               "restore the newest backup; keep the damaged file");
    }
    if (status)
        goto done;
    status = check_length(ctx, project->db, path);
    if (status)
        goto done;
    status = version ? cm_schema_check_old(ctx, project->db, version) : cm_schema_check(ctx, project->db);
    if (status)
        goto done;
    status = check_pages(ctx, project->db, path);
    if (status)
        goto done;
    status = cm_db_settle(ctx, project->db);
    if (status)
        goto done;
    if (access == CASTMAP_WRITE) {
        /* Find out now and not after a long read that another process is writing. */
        status = cm_db_begin(ctx, project->db);
        if (status)
            goto done;
        cm_db_rollback(project->db);
    } else {
        status = cm_db_exec(ctx, project->db, "PRAGMA query_only=ON");
        if (status)
            goto done;
    }
    status = cm_project_refresh(ctx, project);
    if (status)
        goto done;
    *out = project;
    return CASTMAP_OK;

done:
    cm_fail_where(ctx, "%s", path);
    castmap_project_close(project);
    return status;
}

castmap_status castmap_project_open(castmap_context *ctx, const char *path, castmap_access access, castmap_project **out)
{
    char *real = NULL;

    cm_fail_clear(ctx);
    castmap_status status = cm_project_real_path(ctx, path, &real);
    if (!status)
        status = open_checked(ctx, real, access, NULL, out);
    free(real);
    return status;
}

castmap_status cm_project_open_old(castmap_context *ctx, const char *path, int *version, castmap_project **out)
{
    return open_checked(ctx, path, CASTMAP_WRITE, version, out);
}

/* What stands at the path already: nothing, or a project that may be replaced. */
static castmap_status make_way(castmap_context *ctx, const char *path, bool overwrite)
{
    castmap_project *old = NULL;
    struct stat info;
    char journal[4096];
    int version = 0; /* an older one may be replaced too */
    castmap_status status;

    snprintf(journal, sizeof journal, "%s-journal", path);
    if (lstat(path, &info) == 0) {
        if (!overwrite) {
            status = cm_fail(ctx, CASTMAP_E_EXISTS, "the project file exists already");
            cm_fail_where(ctx, "%s", path);
            cm_fail_hint(ctx, "choose another name, or --overwrite to begin anew");
            return status;
        }
        /* Opening it for writing proves that it is a project, that nobody works on it, and clears its journal. */
        status = open_checked(ctx, path, CASTMAP_WRITE, &version, &old);
        castmap_project_close(old);
        if (!status && unlink(journal) != 0 && errno != ENOENT)
            status = cm_fail_errno(ctx, "cannot remove", journal, errno);
        return status;
    }
    /* A journal without its database would be rolled into ours. */
    if (stat(journal, &info) == 0 && info.st_size > 0) {
        status = cm_fail(ctx, CASTMAP_E_EXISTS, "the unfinished journal of another project lies here");
        cm_fail_where(ctx, "%s", journal);
        cm_fail_hint(ctx, "put its project back beside it, or move it away");
        return status;
    }
    return CASTMAP_OK;
}

static castmap_status fill_new(castmap_context *ctx, castmap_project *project, const char *path,
                               const castmap_project_options *options)
{
    const char *name = cm_base_name(path);
    char title[256];
    size_t length = strlen(name);
    const size_t suffix = strlen(CASTMAP_PROJECT_SUFFIX);

    if (length > suffix && strcmp(name + length - suffix, CASTMAP_PROJECT_SUFFIX) == 0)
        length -= suffix;
    snprintf(title, sizeof title, "%.*s", (int)(length < 255 ? length : 255), name);
    castmap_status status = cm_db_begin(ctx, project->db);
    if (status)
        return status;
    status = cm_setting_set(ctx, project, "title", options->title ? options->title : title);
    if (!status)
        status = cm_setting_set(ctx, project, "time_zone", options->time_zone ? options->time_zone : "UTC");
    if (!status && options->crs)
        status = cm_project_crs_set(ctx, project, options->crs, options->crs, "given when the project was made", 0.0 / 0.0);
    if (!status)
        status = cm_db_commit(ctx, project->db);
    if (status)
        cm_db_rollback(project->db);
    return status;
}

static castmap_status build(castmap_context *ctx, const char *temporary, const char *path,
                            const castmap_project_options *options)
{
    castmap_project *project = NULL;

    castmap_status status = project_new(ctx, temporary, CASTMAP_WRITE, &project);
    if (!status)
        status = cm_db_open(ctx, temporary, CM_DB_CREATE, &project->db);
    if (!status)
        status = cm_db_settle(ctx, project->db);
    if (!status)
        status = cm_schema_make(ctx, project->db);
    if (!status)
        status = fill_new(ctx, project, path, options);
    castmap_project_close(project);
    return status;
}

castmap_status castmap_project_create(castmap_context *ctx, const char *path, const castmap_project_options *options,
                                      castmap_project **out)
{
    char *real = NULL;
    cm_text name = CM_TEXT_INIT;
    castmap_status status;

    cm_fail_clear(ctx);
    if (options->version != CASTMAP_PROJECT_OPTIONS_VERSION)
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "project options of an unknown version");
    status = cm_project_real_path(ctx, path, &real);
    if (status)
        return status;
    status = cm_project_disk_check(ctx, real);
    if (!status)
        status = make_way(ctx, real, options->overwrite);
    if (status)
        goto done;
    cm_text_addf(&name, "%s.new-%ld", real, (long)getpid());
    if (name.failed) {
        status = cm_fail_memory(ctx);
        goto done;
    }
    const int fd = open(name.bytes, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) {
        status = cm_fail_errno(ctx, "cannot make", name.bytes, errno);
        goto done;
    }
    close(fd); /* before SQLite opens it, so no lock can be lost */
    status = build(ctx, name.bytes, real, options);
    if (!status && renameat2(AT_FDCWD, name.bytes, AT_FDCWD, real, options->overwrite ? 0 : RENAME_NOREPLACE) != 0 &&
        (errno != EINVAL || rename(name.bytes, real) != 0))
        status = cm_fail_errno(ctx, "cannot make", real, errno);
    if (status) {
        unlink(name.bytes);
        cm_text_add(&name, "-journal");
        if (!name.failed)
            unlink(name.bytes);
        goto done;
    }
    cm_text_add(&name, "-journal"); /* TRUNCATE leaves it, empty */
    if (!name.failed)
        unlink(name.bytes);
    status = open_checked(ctx, real, CASTMAP_WRITE, NULL, out);

done:
    cm_text_clear(&name);
    free(real);
    return status;
}

void castmap_project_close(castmap_project *project)
{
    if (!project)
        return;
    cm_query_close(project->add_quarantine);
    cm_query_close(project->find_reason);
    cm_query_close(project->add_reason);
    cm_db_close(project->db);
    free(project->last_reason_text);
    free(project->read_boundary);
    free(project->path);
    free(project->crs);
    free(project);
}

const char *castmap_project_path(const castmap_project *project)
{
    return project->path;
}

castmap_status cm_project_writable(castmap_context *ctx, const castmap_project *project)
{
    if (project->access == CASTMAP_WRITE)
        return CASTMAP_OK;
    return cm_fail(ctx, CASTMAP_E_ARGUMENT, "the project was opened for reading only");
}

castmap_status cm_project_refresh(castmap_context *ctx, castmap_project *project)
{
    char *crs = NULL;

    castmap_status status = cm_setting_get(ctx, project, "crs", &crs);
    if (status)
        return status;
    if (!crs)
        crs = cm_copy_text("");
    if (!crs)
        return cm_fail_memory(ctx);
    free(project->crs);
    project->crs = crs;
    project->last_reason = 0;
    return CASTMAP_OK;
}

castmap_status cm_project_note_boundary(castmap_context *ctx, castmap_project *project, int64_t id)
{
    for (size_t i = 0; i < project->n_read_boundaries; i++) {
        if (project->read_boundary[i] == id)
            return CASTMAP_OK;
    }
    if (cm_grow(&project->read_boundary, &project->read_boundary_capacity, project->n_read_boundaries + 1,
                sizeof *project->read_boundary) != 0)
        return cm_fail_memory(ctx);
    project->read_boundary[project->n_read_boundaries++] = id;
    return CASTMAP_OK;
}

castmap_status castmap_project_begin(castmap_context *ctx, castmap_project *project)
{
    castmap_status status = cm_project_writable(ctx, project);

    return status ? status : cm_db_begin(ctx, project->db);
}

castmap_status castmap_project_commit(castmap_context *ctx, castmap_project *project)
{
    return cm_db_commit(ctx, project->db);
}

void castmap_project_rollback(castmap_project *project)
{
    castmap_context *quiet = NULL;

    cm_db_rollback(project->db);
    while (project->n_open_runs > 0 && project->open_run[project->n_open_runs - 1].depth > cm_db_depth(project->db))
        project->n_open_runs--;
    /* The cached settings may have been those of the transaction. A context of its own keeps the caller's message. */
    quiet = castmap_context_new();
    if (quiet && cm_project_refresh(quiet, project) != CASTMAP_OK)
        project->crs[0] = '\0';
    castmap_context_free(quiet);
}
