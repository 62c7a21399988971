/*
 * runs/place_formats.h - the tables of places that are known, and how a row of each becomes an entry.
 */
#ifndef CM_RUNS_PLACE_FORMATS_H
#define CM_RUNS_PLACE_FORMATS_H

#include "castmap/places.h"
#include "project/ingest/columns.h"
#include "runs/place_collect.h"
#include "runs/place_rows.h"

typedef enum cm_place_field {
    CM_FIELD_POSTCODE,
    CM_FIELD_NAME,
    CM_FIELD_LAT,
    CM_FIELD_LON,
    CM_FIELD_X,
    CM_FIELD_Y,
    CM_FIELD_AREA,
    CM_FIELD_ACCURACY,
    CM_FIELD_QUALITY, /* of a postcode's position, as its publisher codes it */
    CM_FIELD_ENDED,
    CM_FIELD_COUNT
} cm_place_field;

const char *cm_place_field_name(cm_place_field field);

/* A table that was recognised. */
typedef struct cm_place_layout {
    const char       *format, *source, *licence; /* constants; NULL: not known */
    cm_place_set_kind kind;
    bool              header;                 /* the first row holds the names of the columns */
    char              separator;
    bool              quotes;
    int               column[CM_FIELD_COUNT]; /* CM_NO_COLUMN: none */
    castmap_status  (*take)(castmap_context *ctx, const struct cm_place_layout *layout, const cm_place_rows *rows, cm_place_collect *out);
} cm_place_layout;

/* What the first row says. *known false: no table of places. */
CASTMAP_NODISCARD castmap_status cm_place_layout_find(castmap_context *ctx, cm_place_rows *rows, const castmap_places_options *options,
                                                      cm_place_layout *out, bool *known);

#endif
