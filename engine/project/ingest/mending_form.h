/*
 * project/ingest/mending_form.h - how a batch was read: what rows that were set aside need to be taken apart, and read again.
 */
#ifndef CM_PROJECT_INGEST_MENDING_FORM_H
#define CM_PROJECT_INGEST_MENDING_FORM_H

#include "castmap/project.h"
#include "project/ingest/mending_cells.h"

#include <json-c/json.h>

/* Columns of a file that can be mended. */
#define CM_MENDING_COLUMNS 500

/* What the batch's run keeps: *parameters is released by json_object_put(), *sha256 by free(). CASTMAP_E_NOT_FOUND. */
CASTMAP_NODISCARD castmap_status cm_mending_batch(castmap_context *ctx, castmap_project *project, int64_t batch, json_object **parameters, char **sha256);
/* form->columns is owned then. CASTMAP_E_UNSUPPORTED: an older castmap kept no columns. */
CASTMAP_NODISCARD castmap_status cm_mending_form_of(castmap_context *ctx, json_object *parameters, int64_t batch, cm_mending_form *form);

#endif
