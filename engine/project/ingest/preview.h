/*
 * project/ingest/preview.h - the first rows of a file as they were understood, for a person to look at.
 */
#ifndef CM_PROJECT_INGEST_PREVIEW_H
#define CM_PROJECT_INGEST_PREVIEW_H

#include "project/ingest/account.h"

/* Keep the row while fewer than `most` are kept. Private texts are kept as their lengths only. 0, or -1 when out of memory. */
int cm_preview_add(cm_account *account, size_t most, const cm_observation *o, bool duplicate);
void cm_preview_clear(castmap_import_summary *summary);

#endif
