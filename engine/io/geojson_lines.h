/*
 * io/geojson_lines.h - tracks of a GeoJSON document: LineString and MultiLineString features with the times of their points.
 *
 * Times stand in properties.coordTimes, properties.times or properties.coordinateProperties.times, one a point (of several lines: one list a line). They may be texts or
 * numbers, which are seconds since 1970, or milliseconds where they are too large for that.
 */
#ifndef CM_IO_GEOJSON_LINES_H
#define CM_IO_GEOJSON_LINES_H

#include "io/csv_reader.h"
#include "io/text_input.h"

typedef struct cm_line_point {
    int64_t      feature; /* from 1 */
    size_t       line;    /* of the feature, from 0 */
    cm_csv_field lon, lat; /* as written; empty: not there */
    cm_csv_field time;    /* a text's content or a number; empty: none */
    bool         time_is_number;
    cm_csv_field person, track; /* of the properties; "" if absent. Valid until the callback returns, like the others */
} cm_line_point;

typedef castmap_status cm_line_taker(castmap_context *ctx, const cm_line_point *point, void *payload);

/* *others: features that are no lines. CASTMAP_E_INPUT: no GeoJSON; what is no JSON is refused with the byte. At most CM_GEOJSON_LIMIT bytes. */
CASTMAP_NODISCARD castmap_status cm_geojson_lines(castmap_context *ctx, cm_text_input *input, const char *name, cm_line_taker *take, void *payload,
                                                  size_t *others);

#endif
