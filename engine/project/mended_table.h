/*
 * project/mended_table.h - rows on their way back from quarantine, and where they came from.
 */
#ifndef CM_PROJECT_MENDED_TABLE_H
#define CM_PROJECT_MENDED_TABLE_H

#include "castmap/project.h"

#define CM_MENDING_KEY_SIZE 64

/* "q1-14-7f3a9c2e": batch, row, and a digest of these with that of the file, so that a sheet of another project is not taken for ours. */
void cm_mending_key(int64_t batch, int64_t row, const char *sha256, char out[CM_MENDING_KEY_SIZE]);

/* A key that was read. */
typedef struct cm_mending_row {
    int64_t line;       /* physical, in the sheet */
    int64_t batch, row; /* of the quarantine */
    int64_t quarantine; /* id; 0: it came back already */
} cm_mending_row;

/* Batch and row of a key, and their place in quarantine. *known false: no key of this project. */
CASTMAP_NODISCARD castmap_status cm_mending_find(castmap_context *ctx, castmap_project *project, const char *key, cm_mending_row *out,
                                                 bool *known);

/* The row leaves quarantine: `outcome` is "accepted" or "duplicate". */
CASTMAP_NODISCARD castmap_status cm_mended_leave(castmap_context *ctx, castmap_project *project, int64_t run, int64_t batch,
                                                 const cm_mending_row *row, const char *outcome);
/* The row stays with a new text and reason. *changed false: it has these already. */
CASTMAP_NODISCARD castmap_status cm_mended_stay(castmap_context *ctx, castmap_project *project, int64_t run, int64_t batch,
                                                const cm_mending_row *row, const char *code, const char *field, const char *reason,
                                                const char *text, size_t length, bool *changed);
/* The run depends on the import that the rows were set aside from, and on earlier ones that changed them. */
CASTMAP_NODISCARD castmap_status cm_mended_note_inputs(castmap_context *ctx, castmap_project *project, int64_t run, int64_t origin);
/* Quarantine as it was before the run. */
CASTMAP_NODISCARD castmap_status cm_mended_take_back(castmap_context *ctx, castmap_project *project, int64_t run);

#endif
