/*
 * io/gdal_osm.h - an OpenStreetMap extract for GDAL: which tags of a way become fields, and how.
 *
 * The fields of the layer "lines" are, in this order: osm_id, name, highway, ref, oneway, junction, layer, bridge, tunnel, access, foot, service, footway, area.
 */
#ifndef CM_IO_GDAL_OSM_H
#define CM_IO_GDAL_OSM_H

#include "io/gdal_child.h"

#define CM_OSM_HIGHWAY 2 /* place of that field */

/* Register the driver, place the file and its list of tags. 0, or -1 after a failure was sent. */
int cm_osm_take(cm_gdal_child *child, const char **driver, const char **name, const char *const **options);

#endif
