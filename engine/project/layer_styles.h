/*
 * project/layer_styles.h - how QGIS draws the project's tables when somebody opens the file in it.
 */
#ifndef CM_PROJECT_LAYER_STYLES_H
#define CM_PROJECT_LAYER_STYLES_H

#include "project/sqlite.h"

CASTMAP_NODISCARD castmap_status cm_layer_styles_write(castmap_context *ctx, cm_db *db);

#endif
