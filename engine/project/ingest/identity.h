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

/* How often a key came before in this file, and a row number kept with it. 8 bytes a key, 16 more where rows are kept or keys repeat. */
typedef struct cm_occurrences {
    uint64_t *key;   /* owned [capacity] 0: free */
    int64_t  *value; /* owned [capacity]; NULL until asked for */
    size_t    count, capacity;
} cm_occurrences;

void cm_occurrences_clear(cm_occurrences *table);
/* The place of a key, added if new (*added). SIZE_MAX when out of memory. Places move when keys are added. */
size_t cm_occurrences_put(cm_occurrences *table, uint64_t key, bool with_value, bool *added);

typedef struct cm_identity {
    cm_occurrences seen;     /* fingerprints; value: the row, in files with ids of their own */
    cm_occurrences repeated; /* fingerprints that came twice; value: how often */
} cm_identity;

void cm_identity_clear(cm_identity *identity);
/* Sets content_id from record_id or content_hash. *earlier: the row of this file with the same record id, or 0. 0, or -1 when out of memory. */
int cm_identity_assign(cm_identity *identity, cm_observation *observation, int64_t *earlier);

#endif
