/*
 * project/ingest/source_key.h - the key from which pseudonyms of people are made.
 */
#ifndef CM_PROJECT_INGEST_SOURCE_KEY_H
#define CM_PROJECT_INGEST_SOURCE_KEY_H

#include "castmap/project.h"

#define CM_SOURCE_KEY 32

/*
 * The project's key, made when it is first asked for. It never leaves the project: without it nobody can try a list of names or telephone numbers against the
 * pseudonyms. In a project that is only read, or on a dry run that is rolled back, a new one serves for once.
 */
CASTMAP_NODISCARD castmap_status cm_source_key(castmap_context *ctx, castmap_project *project, unsigned char key[CM_SOURCE_KEY]);

#endif
