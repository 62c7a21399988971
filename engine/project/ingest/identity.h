/*
 * project/ingest/identity.h - the stable id of a record: its own, or its content and its ordinal among equal rows of the file.
 *
 * Content is what was understood (position to 1e-7 degree, time span, category, text, source, grades, persons), in Unicode NFC, so that the
 * same event from two exports of one collection is one record, and spelling in another normal form is no difference.
 */
#ifndef CM_PROJECT_INGEST_IDENTITY_H
#define CM_PROJECT_INGEST_IDENTITY_H

#include "project/observation_table.h"

/* BLAKE2b of the content; 0, or -1 when out of memory. */
int cm_content_hash(cm_observation *observation);

/* The content id, of the record's own id or else the content hash. Equal records of one file are numbered by the writer. */
void cm_content_identify(cm_observation *observation);

#endif
