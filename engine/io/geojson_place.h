/*
 * io/geojson_place.h - where a GeoJSON feature is.
 */
#ifndef CM_IO_GEOJSON_PLACE_H
#define CM_IO_GEOJSON_PLACE_H

#include "io/geojson_reader.h"
#include "io/json_scan.h"

/* The first fault of a feature stays. Both texts are constants. */
void cm_geojson_fault(cm_geojson_feature *feature, const char *code, const char *reason);
/* The geometry that begins at the scan, which was skipped over well before: lon, lat and decimals, or a fault. lines: those have a place too, their two ends. */
void cm_geojson_read_geometry(cm_json_scan scan, bool lines, cm_geojson_feature *feature);

#endif
