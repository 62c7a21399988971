/*
 * project/run_table.h - CONTRACT: the numbered steps of a project, and its settings.
 */
#ifndef CM_PROJECT_RUN_TABLE_H
#define CM_PROJECT_RUN_TABLE_H

#include "castmap/project.h"

/* Begin a run inside the open transaction (opens one if none is open; then _finish commits it). *number is out. */
CASTMAP_NODISCARD castmap_status cm_run_begin(castmap_context *ctx, castmap_project *project, const char *kind,
                                              int64_t *number);
/* Write what it did and commit if _begin opened the transaction. parameters and provenance: JSON objects. */
CASTMAP_NODISCARD castmap_status cm_run_finish(castmap_context *ctx, castmap_project *project, int64_t number,
                                               const char *summary, const char *parameters, const char *provenance);
/* Leave a run that failed: rolls back if _begin opened the transaction. */
void cm_run_abandon(castmap_project *project, int64_t number);

/* A text among the parameters of a run; *value owned by the caller, NULL where it has none of that name. */
CASTMAP_NODISCARD castmap_status cm_run_parameter(castmap_context *ctx, castmap_project *project, int64_t number, const char *name, char **value);

/* Provenance that every run shares: versions of castmap and its libraries, seed, working CRS and PROJ operation, and a digest of the accepted
 * observations as they stand. Owned by the caller; NULL when out of memory. */
char *cm_run_provenance(castmap_context *ctx, castmap_project *project, const char *extra_members);

/* Settings, one text a key ("title", "time_zone", "crs", ...). get: *value owned by the caller, NULL if unset. */
CASTMAP_NODISCARD castmap_status cm_setting_get(castmap_context *ctx, castmap_project *project, const char *key, char **value);
CASTMAP_NODISCARD castmap_status cm_setting_set(castmap_context *ctx, castmap_project *project, const char *key,
                                                const char *value);

/* The working CRS: "" while there is none. Set once (by the first boundaries or batch), undone with that run. */
const char *cm_project_crs(const castmap_project *project);
CASTMAP_NODISCARD castmap_status cm_project_crs_set(castmap_context *ctx, castmap_project *project, const char *crs,
                                                    const char *name, const char *reason, double scale_error_ppm);

#endif
