/*
 * project/batch_table.h - CONTRACT: imports and their quarantine.
 */
#ifndef CM_PROJECT_BATCH_TABLE_H
#define CM_PROJECT_BATCH_TABLE_H

#include "castmap/project.h"

typedef struct cm_batch {
    const char *file;     /* base name */
    const char *format;   /* "KoboToolbox CSV" */
    const char *sha256;   /* hexadecimal; may be set at the end */
    const char *mapping;  /* JSON: the guesses as used */
    size_t read, accepted, duplicate, quarantined;
    bool   movements;     /* its rows are movements: what was accepted is in the flow layer of its run */
} cm_batch;

/* In place of the table: those of observations. A batch of movements belongs to a run of that kind. */
#define CM_IMPORT_BATCH "(SELECT * FROM batch WHERE run NOT IN (SELECT number FROM run WHERE kind = 'flows'))"

/* Begin a batch of run `run_number`; *batch_id is out. Finish writes the counts; a batch without finish is rolled back with the run. */
CASTMAP_NODISCARD castmap_status cm_batch_begin(castmap_context *ctx, castmap_project *project, int64_t run_number,
                                                const cm_batch *batch, int64_t *batch_id);
CASTMAP_NODISCARD castmap_status cm_batch_finish(castmap_context *ctx, castmap_project *project, int64_t batch_id,
                                                 const cm_batch *batch);

/* Keep a refused row: verbatim text (any bytes), a stable code, the field's name, the reason in plain words. */
CASTMAP_NODISCARD castmap_status cm_quarantine_add(castmap_context *ctx, castmap_project *project, int64_t batch_id,
                                                   int64_t row, const char *code, const char *field, const char *reason,
                                                   const char *text, size_t length);

/* The same row with another text and reason. */
CASTMAP_NODISCARD castmap_status cm_quarantine_change(castmap_context *ctx, castmap_project *project, int64_t id, const char *code,
                                                      const char *field, const char *reason, const char *text, size_t length);

/* Keep a warning about an accepted row or the file (row 0). */
CASTMAP_NODISCARD castmap_status cm_batch_note(castmap_context *ctx, castmap_project *project, int64_t batch_id,
                                               const char *code, const char *text, size_t count);

#endif
