/*
 * project/ingest/import_account.h - one import on its way, and the account of it at the end.
 */
#ifndef CM_PROJECT_INGEST_IMPORT_ACCOUNT_H
#define CM_PROJECT_INGEST_IMPORT_ACCOUNT_H

#include "base/parallel.h"
#include "castmap/import.h"
#include "project/ingest/account.h"
#include "project/ingest/mending.h"
#include "project/ingest/opening.h"

typedef struct cm_import {
    castmap_context              *ctx;
    castmap_project              *project;
    const castmap_import_options *options;
    const char                   *file;
    cm_opening                    opening;
    castmap_context              *side;     /* owned; of the preparing thread */
    cm_preparer                   preparer;
    cm_chunk                      chunk[2]; /* rows owned */
    cm_chunk                     *filling;  /* the one the preparing thread writes to */
    cm_observation_writer        *writer;   /* owned */
    cm_account                    account;
    int64_t                       run, batch;
    double                        west, south, east, north;
    cm_task                      *digest_task;
    bool                          digest_failed;
    bool                          suspect;  /* an earlier reading met bytes that are no UTF-8 */
    double                        seconds_store;
    cm_mending                   *mending;  /* borrowed; NULL: an ordinary file */
} cm_import;

/* What the file and its reader have to say besides rows. 0, or -1 when out of memory. */
int cm_import_file_notes(cm_import *run);
/* Counts, notes, every choice and where the records came from, into the batch and the run; finishes the run. */
CASTMAP_NODISCARD castmap_status cm_import_write_account(cm_import *run);

#endif
