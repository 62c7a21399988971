/*
 * project/ingest/source.h - records of a file one by one, whatever its format.
 */
#ifndef CM_PROJECT_INGEST_SOURCE_H
#define CM_PROJECT_INGEST_SOURCE_H

#include "io/chat_reader.h"
#include "io/csv_reader.h"
#include "io/geojson_reader.h"
#include "io/record_stream.h"
#include "project/ingest/flaw.h"

typedef struct cm_record {
    int64_t             row;      /* physical line, or feature number from 1 */
    const cm_csv_field *field;    /* one for each column when there is no flaw; valid until the next record */
    const char         *text;     /* verbatim */
    size_t              length;
    cm_flaw             flaw;     /* of its structure */
    char                detail[160]; /* the reason with its numbers, or "" */
    size_t              flaw_field;  /* from 1; 0: the whole record */
    bool                located;  /* the format itself gives the place: */
    bool                metres;   /* in the system of the layer, not in degrees */
    double              lon, lat; /* or easting, northing */
    bool                line;     /* it begins there and ends at: */
    double              end_lon, end_lat;
    int                 decimals;
} cm_record;

typedef struct cm_source {
    cm_csv_reader     *csv;     /* one of the four; borrowed */
    cm_geojson_reader *geojson;
    cm_record_stream  *stream;
    cm_chat_reader    *chat;
    bool               layer_metres; /* places in the system of a stream's layer are still to be projected */
    size_t             n_columns;
    cm_csv_field      *unguarded; /* borrowed [n_columns]: cells lose the apostrophe that was put before formulas; NULL: they stay */
    bool               begun, hashtags; /* the first row was looked at; it held the hashtags of HXL and was no record */
} cm_source;

CASTMAP_NODISCARD castmap_status cm_source_next(castmap_context *ctx, cm_source *source, cm_record *record, bool *more);

#endif
