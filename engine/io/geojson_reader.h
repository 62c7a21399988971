/*
 * io/geojson_reader.h - point features, or lines by their two ends, of a GeoJSON FeatureCollection (RFC 7946), one after the other, strictly.
 *
 * The text is copied whole (at most CM_GEOJSON_LIMIT bytes, see text_map.h), and its structure is checked before the first feature is given out: what
 * is no JSON, or no FeatureCollection, or has anything after its end, is refused with the byte. What is wrong with one feature is told with
 * it. Properties become columns in order of appearance; nested values and numbers keep their JSON text, so no number is rounded.
 */
#ifndef CM_IO_GEOJSON_READER_H
#define CM_IO_GEOJSON_READER_H

#include "io/csv_reader.h"

#define CM_GEOJSON_LIMIT ((uint64_t)4 << 30)

typedef struct cm_geojson_feature {
    int64_t             number; /* from 1 */
    const cm_csv_field *field;  /* one for each column; absent and null are empty; valid until the next */
    const char         *text;   /* verbatim */
    size_t              length;
    const char         *fault_code, *fault_reason; /* NULL: none. Constants */
    double              lon, lat; /* of a line: where it begins */
    int                 decimals; /* of the finer coordinate as written */
    bool                line;     /* it is a line, and ends at: */
    double              end_lon, end_lat;
} cm_geojson_feature;

typedef struct cm_geojson_reader cm_geojson_reader;

/*
 * Features one after the other, a line each (newline-delimited GeoJSON; RFC 8142 with record separators), are read too, but not under a name that ends in .geojson: that
 * promises one document, so it is told and refused. `name` is borrowed.
 */
CASTMAP_NODISCARD castmap_status cm_geojson_open(castmap_context *ctx, cm_text_input *input, const char *name,
                                                 cm_geojson_reader **out);
/* Lines are places too, told by their two ends; else they are refused. Before the first feature. */
void cm_geojson_take_lines(cm_geojson_reader *reader);
bool cm_geojson_is_sequence(const cm_geojson_reader *reader);
void cm_geojson_close(cm_geojson_reader *reader); /* NULL is fine */
const cm_csv_field *cm_geojson_columns(const cm_geojson_reader *reader, size_t *n);
CASTMAP_NODISCARD castmap_status cm_geojson_next(castmap_context *ctx, cm_geojson_reader *reader, cm_geojson_feature *feature,
                                                 bool *more);

#endif
