/*
 * project/migrate.c - bringing a project of an older castmap forward: a backup, then every step in one transaction.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/fail.h"
#include "project/project_file.h"
#include "project/project_path.h"
#include "project/schema.h"

castmap_status castmap_project_migrate(castmap_context *ctx, const char *path, castmap_migration *out)
{
    castmap_project *project = NULL;
    castmap_migration done = {0, CM_SCHEMA_VERSION, ""};
    char *real = NULL;

    cm_fail_clear(ctx);
    castmap_status status = cm_project_real_path(ctx, path, &real);
    if (!status)
        status = cm_project_open_old(ctx, real, &done.from, &project);
    if (status || done.from == done.to)
        goto done;
    const int length = snprintf(done.backup, sizeof done.backup, "%s.schema-%d.backup", real, done.from);
    if (length < 0 || (size_t)length >= sizeof done.backup) {
        status = cm_fail(ctx, CASTMAP_E_ARGUMENT, "the project's path is too long for a backup beside it");
        goto done;
    }
    cm_progress(ctx, "backing up", 0.0);
    status = castmap_project_backup(ctx, project, done.backup);
    if (status)
        goto done;
    cm_progress(ctx, "bringing forward", 0.5);
    status = cm_schema_upgrade(ctx, project->db, done.from);
    if (!status)
        status = cm_schema_check(ctx, project->db);

done:
    castmap_project_close(project);
    free(real);
    if (!status)
        *out = done;
    return status;
}
