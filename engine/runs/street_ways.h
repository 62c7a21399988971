/*
 * runs/street_ways.h - what a feature of a file of streets says: its name, whom it serves, on which level it lies, in which direction it is open.
 *
 * Known layouts: the tags of OpenStreetMap (extracts, and GeoJSON or GeoPackage made of them), Geofabrik's Shapefiles, OS Open Roads; and any file with a column
 * of names.
 */
#ifndef CM_RUNS_STREET_WAYS_H
#define CM_RUNS_STREET_WAYS_H

#include "castmap/streets.h"
#include "io/gdal_vector.h"

#define CM_NO_FIELD SIZE_MAX

typedef enum cm_street_field {
    CM_STREET_NAME, CM_STREET_REF, CM_STREET_CLASS, CM_STREET_ONEWAY, CM_STREET_JUNCTION, CM_STREET_LAYER, CM_STREET_BRIDGE, CM_STREET_TUNNEL,
    CM_STREET_STRUCTURE, CM_STREET_ACCESS, CM_STREET_FOOT, CM_STREET_SERVICE, CM_STREET_FOOTWAY, CM_STREET_AREA, CM_STREET_FIELDS
} cm_street_field;

typedef struct cm_street_fields {
    size_t column[CM_STREET_FIELDS]; /* or CM_NO_FIELD */
} cm_street_fields;

/* Recognise; name and class as given by the user, NULL: recognised. CASTMAP_E_ARGUMENT: no such column. */
CASTMAP_NODISCARD castmap_status cm_street_fields_find(castmap_context *ctx, const cm_vector_layer *layer, const char *name, const char *class_column,
                                                       cm_street_fields *out);

/* The value, or NULL where there is none. */
const char *cm_street_value(const cm_street_fields *fields, const cm_vector_feature *feature, cm_street_field field);

bool cm_street_is_used(const cm_street_fields *fields, const cm_vector_feature *feature, castmap_street_use use);
int8_t cm_street_level(const cm_street_fields *fields, const cm_vector_feature *feature);
castmap_way cm_street_way(const cm_street_fields *fields, const cm_vector_feature *feature);

#endif
