/*
 * project/undo.h - which run depends on which.
 */
#ifndef CM_PROJECT_UNDO_H
#define CM_PROJECT_UNDO_H

#include "castmap/project.h"

/* Write down what run `number` was made from: the imports that stand, if observations were read since the last run ended, and the runs of the
 * boundary sets that were read. Then forget what was read. */
CASTMAP_NODISCARD castmap_status cm_run_note_inputs(castmap_context *ctx, castmap_project *project, int64_t number);

/* Run `number` was made with the help of what run `input` brought in: it goes when that goes. */
CASTMAP_NODISCARD castmap_status cm_run_needs(castmap_context *ctx, castmap_project *project, int64_t number, int64_t input);

#endif
