/*
 * release/disclosure/buildings_file.h - residential buildings out of a CSV with the columns lon, lat (and others, such as dwellings).
 *
 * What counts is distinct coordinates: sixty flats under one roof are one building. Plain numbers, no quotes.
 */
#ifndef CM_RELEASE_DISCLOSURE_BUILDINGS_FILE_H
#define CM_RELEASE_DISCLOSURE_BUILDINGS_FILE_H

#include "castmap/context.h"

#include <stddef.h>

/* *lon, *lat are owned by the caller. CASTMAP_E_INPUT names the line that is no building. */
CASTMAP_NODISCARD castmap_status cm_buildings_read(castmap_context *ctx, const char *path, double **lon, double **lat,
                                                   size_t *count);

#endif
