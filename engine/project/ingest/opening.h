/*
 * project/ingest/opening.h - a file opened, recognised and made ready to be read as records.
 */
#ifndef CM_PROJECT_INGEST_OPENING_H
#define CM_PROJECT_INGEST_OPENING_H

#include "project/ingest/prepare.h"
#include "project/ingest/recognise.h"

typedef struct cm_opening {
    cm_text_input     *input;
    cm_csv_reader     *csv;
    cm_geojson_reader *geojson;
    cm_columns         columns;
    cm_mapping         mapping;
    int               *keep;
    size_t             n_keep;
    cm_zone           *zone;
    cm_categories     *categories;
    cm_projection     *metres, *working;
    cm_guesses         guesses;
    char               format[96];
} cm_opening; /* all owned */

/* Guesses are complete on success. */
CASTMAP_NODISCARD castmap_status cm_opening_make(castmap_context *ctx, castmap_project *project,
                                                 const castmap_import_options *options, cm_opening *out);
void cm_opening_clear(cm_opening *opening);

#endif
