/*
 * project/migration_3_check.c - tables of the third schema: repairs with what was there before, and rows that came back from quarantine.
 */
#include "project/migrations.h"

#include <stddef.h>

const char *const CM_MIGRATION_3_CHECK[] = {
    /* before, after: of a category its name; of a place its class; of an accuracy metres or null; of a duplicate the number of the first. */
    "CREATE TABLE repair (id INTEGER PRIMARY KEY, run INTEGER NOT NULL REFERENCES run (number), rule TEXT NOT NULL,"
    " observation INTEGER, field TEXT NOT NULL, before, after)",
    "CREATE INDEX repair_observation ON repair (observation)",
    /* A refused row of an earlier batch as it was before the run; outcome 'accepted' or 'duplicate': it left quarantine; 'refused': it is still
     * there, with a new text and reason. `mended`: the batch that it went into. */
    "CREATE TABLE mended (id INTEGER PRIMARY KEY, run INTEGER NOT NULL REFERENCES run (number), mended INTEGER NOT NULL,"
    " outcome TEXT NOT NULL, quarantine INTEGER NOT NULL, batch INTEGER NOT NULL REFERENCES batch (id), row INTEGER NOT NULL,"
    " code TEXT NOT NULL, field TEXT NOT NULL, reason TEXT NOT NULL, text BLOB NOT NULL)",
    "CREATE INDEX mended_batch ON mended (batch, row)",
    NULL,
};
