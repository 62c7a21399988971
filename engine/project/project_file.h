/*
 * project/project_file.h - an open project, as the tables of this folder see it.
 */
#ifndef CM_PROJECT_PROJECT_FILE_H
#define CM_PROJECT_PROJECT_FILE_H

#include "castmap/project.h"
#include "project/sqlite.h"

#define CM_MAX_OPEN_RUNS 8

typedef struct cm_open_run {
    int64_t  number;
    unsigned depth; /* of the transaction that it began */
} cm_open_run;

struct castmap_project {
    cm_db          *db;            /* owned */
    char           *path;          /* owned */
    char           *crs;           /* owned; "" while there is none */
    castmap_access  access;
    cm_query       *add_quarantine; /* owned, kept between rows */
    cm_query       *find_reason, *add_reason; /* likewise */
    int64_t         last_reason;   /* id of the term last used as a reason */
    char           *last_reason_text; /* owned */
    int64_t         written_batch, written_rows; /* what the last writer that finished put into which batch */
    cm_open_run     open_run[CM_MAX_OPEN_RUNS];
    size_t          n_open_runs;
    /* What was read since the last run ended: the next one depends on it. */
    bool            read_observations;
    int64_t        *read_boundary; /* owned */
    size_t          n_read_boundaries, read_boundary_capacity;
};

/* Open for writing a project of this schema version or an older one, after the same checks. For migrating alone: nothing else knows old tables. */
CASTMAP_NODISCARD castmap_status cm_project_open_old(castmap_context *ctx, const char *path, int *version, castmap_project **out);

/* CASTMAP_E_ARGUMENT when the project was opened for reading. */
CASTMAP_NODISCARD castmap_status cm_project_writable(castmap_context *ctx, const castmap_project *project);

/* Read the cached settings anew: after a rollback or an undo. */
CASTMAP_NODISCARD castmap_status cm_project_refresh(castmap_context *ctx, castmap_project *project);

/* Remember that a boundary set was read. */
CASTMAP_NODISCARD castmap_status cm_project_note_boundary(castmap_context *ctx, castmap_project *project, int64_t id);

#endif
