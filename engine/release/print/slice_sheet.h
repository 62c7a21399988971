/*
 * release/print/slice_sheet.h - slices in time as small maps on one sheet.
 */
#ifndef CM_RELEASE_PRINT_SLICE_SHEET_H
#define CM_RELEASE_PRINT_SLICE_SHEET_H

#include "release/print/map_furniture.h"

/* "slices": of the heat map, "street_slices": of the density along streets, "flow_slices": of movements. Gives the layer that is there when there are any; NULL for any other word. */
const char *cm_slices_first(const char *wanted);

/* Every slice of the release with its dates, in reading order, and the legend they share. sheet->main_layer is the first slice. */
CASTMAP_NODISCARD castmap_status cm_slices_draw(cm_sheet *sheet, double width, double height);

#endif
