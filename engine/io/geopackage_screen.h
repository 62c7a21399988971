/*
 * io/geopackage_screen.h - is this SQLite file a GeoPackage that only holds data?
 *
 * A table may be virtual and read other files when it is listed; a view, trigger, check or generated column may run whatever functions there are. So before GDAL opens
 * the file, its schema is read by SQLite from memory, without extensions: only plain tables and indexes, R-trees and the triggers of the format pass.
 */
#ifndef CM_IO_GEOPACKAGE_SCREEN_H
#define CM_IO_GEOPACKAGE_SCREEN_H

#include "castmap/status.h"

#include <stddef.h>

/* `bytes` must be private to the caller: the marks of write-ahead logging in the header are cleared, since a log beside the file is never read. */
CASTMAP_NODISCARD castmap_status cm_geopackage_screen(unsigned char *bytes, size_t length, char *fault, size_t size);

#endif
