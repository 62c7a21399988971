/*
 * io/gdal_child.h - GDAL inside the parsing process: inputs mapped, screened and put where one driver, and no other, finds them.
 *
 * Runs in the child only. GDAL sees names under /vsimem that were chosen here, so no name, link or address inside the data opens anything else. What it complains
 * of is kept, so that a caller can tell what was wrong with the feature just read.
 */
#ifndef CM_IO_GDAL_CHILD_H
#define CM_IO_GDAL_CHILD_H

#include "io/input_parts.h"
#include "io/worker.h"

#include <gdal.h>
#include <ogr_api.h>
#include <ogr_srs_api.h>

typedef struct cm_gdal_child {
    cm_worker_pipe *pipe;
    cm_input_parts *parts;
    const char     *format; /* as people call it */
    GDALDatasetH    dataset;
    char            complaint[256]; /* of GDAL, since it was last emptied */
} cm_gdal_child;

/* Settings, the handler of complaints, the inputs mapped. 0, or -1 after a failure was sent; so below. */
int cm_gdal_child_begin(cm_gdal_child *child);
int cm_gdal_out_of_memory(cm_gdal_child *child);
/* Bytes as a file of GDAL's under that name. They are not copied. */
int cm_gdal_place(cm_gdal_child *child, const char *name, unsigned char *bytes, size_t length);

/* Screen, register the driver, place. *driver and *name are what cm_gdal_open() wants. */
int cm_gdal_take_geopackage(cm_gdal_child *child, const char **driver, const char **name);
int cm_gdal_take_shapefile(cm_gdal_child *child, const char **driver, const char **name);

/* Open with that one driver. `options` as of GDALOpenEx(); may be NULL. */
int cm_gdal_open(cm_gdal_child *child, const char *driver, const char *name, const char *const *options);
/* Refuse, and name up to twenty layers from which to choose. */
int cm_gdal_fail_layers(cm_gdal_child *child, castmap_status status, const char *what);

/* The code of a reference system: as declared, else by what PROJ recognises in an ESRI .prj. "" none, "?" without a code. */
void cm_gdal_name_crs(OGRSpatialReferenceH srs, char *code, size_t size);

#endif
