/*
 * runs/movement_table.h - a table of movements, opened: its reader, its columns, and what its geometry says.
 */
#ifndef CM_RUNS_MOVEMENT_TABLE_H
#define CM_RUNS_MOVEMENT_TABLE_H

#include "castmap/movements.h"
#include "project/ingest/opening.h"
#include "project/ingest/source.h"
#include "project/ingest/when.h"
#include "runs/movement_columns.h"

typedef struct cm_movement_table {
    const char            *file;       /* its name; borrowed from the options */
    castmap_import_options reading;    /* as the readers of all tables take them */
    cm_opening             opening;    /* owned */
    cm_source              source;     /* over the opening */
    cm_movement_columns    columns;
    bool                   placed;     /* records have a geometry */
    cm_projection         *metres;     /* owned; of columns of eastings and northings; NULL: there are none */
    cm_date_order          order;
} cm_movement_table;

/*
 * Any table that observations come from: CSV, XLSX, ODS, GeoJSON, GeoPackage, Shapefile, FlatGeobuf, packed or from standard input. words: only what is said in words
 * counts. CASTMAP_E_INPUT: no column and no geometry says where movements began and ended, or of which coordinate system eastings are.
 */
CASTMAP_NODISCARD castmap_status cm_movement_table_open(castmap_context *ctx, castmap_project *project, const castmap_flows_run_options *options,
                                                        bool words, cm_movement_table *out);
void cm_movement_table_close(cm_movement_table *table);

#endif
