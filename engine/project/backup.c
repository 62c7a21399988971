/*
 * project/backup.c - a consistent copy while the project may be in use.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/text.h"
#include "project/project_file.h"
#include "project/project_path.h"

static castmap_status copy_to(castmap_context *ctx, castmap_project *project, const char *path)
{
    cm_query *query = NULL;

    /* VACUUM counts as a write although it changes the copy alone. */
    castmap_status status = cm_db_exec(ctx, project->db, "PRAGMA query_only=OFF");
    if (!status)
        status = cm_query_open(ctx, project->db, "VACUUM INTO ?", &query);
    if (!status) {
        cm_query_bind_text(query, 1, path);
        status = cm_query_run(ctx, query);
    }
    cm_query_close(query);
    if (project->access == CASTMAP_READ) {
        const castmap_status guarded = cm_db_exec(ctx, project->db, "PRAGMA query_only=ON");
        status = status ? status : guarded;
    }
    return status;
}

/* The copy is synced before it gets its name: a backup that vanishes with the power is none. */
static castmap_status sync_file(castmap_context *ctx, const char *path)
{
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

    if (fd < 0)
        return cm_fail_errno(ctx, "cannot read", path, errno);
    const int failed = fsync(fd) != 0 ? errno : 0;
    close(fd);
    return failed ? cm_fail_errno(ctx, "cannot write", path, failed) : CASTMAP_OK;
}

castmap_status castmap_project_backup(castmap_context *ctx, castmap_project *project, const char *path)
{
    char *real = NULL;
    cm_text temporary = CM_TEXT_INIT;
    struct stat info;

    cm_fail_clear(ctx);
    castmap_status status = cm_project_real_path(ctx, path, &real);
    if (status)
        return status;
    if (lstat(real, &info) == 0) {
        status = cm_fail(ctx, CASTMAP_E_EXISTS, "the backup's file exists already");
        cm_fail_where(ctx, "%s", path);
        cm_fail_hint(ctx, "choose another name; a backup never replaces a file");
        free(real);
        return status;
    }
    cm_text_addf(&temporary, "%s.new-%ld", real, (long)getpid());
    const int fd = temporary.failed ? -1 : open(temporary.bytes, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
    if (fd < 0) {
        status = temporary.failed ? cm_fail_memory(ctx) : cm_fail_errno(ctx, "cannot make", path, errno);
        goto done;
    }
    close(fd); /* VACUUM INTO accepts an empty file, and so keeps its mode */
    status = copy_to(ctx, project, temporary.bytes);
    if (!status)
        status = sync_file(ctx, temporary.bytes);
    if (!status && renameat2(AT_FDCWD, temporary.bytes, AT_FDCWD, real, RENAME_NOREPLACE) != 0)
        status = cm_fail_errno(ctx, "cannot make", path, errno);
    if (status)
        unlink(temporary.bytes);

done:
    cm_text_clear(&temporary);
    free(real);
    return status;
}
