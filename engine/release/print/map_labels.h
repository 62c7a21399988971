/*
 * release/print/map_labels.h - names on a map that do not run over one another.
 */
#ifndef CM_RELEASE_PRINT_MAP_LABELS_H
#define CM_RELEASE_PRINT_MAP_LABELS_H

#include "release/print/map_view.h"

typedef struct cm_label_box {
    double left, top, right, bottom; /* mm on the sheet */
} cm_label_box;

/* The boxes that are taken. */
typedef struct cm_label_board {
    cm_label_box *box; /* owned */
    size_t count, capacity;
} cm_label_board;

#define CM_LABEL_BOARD_INIT {NULL, 0, 0}
void cm_label_board_clear(cm_label_board *board);

/* Draw the labels of a layer, largest features first, each where it meets no box; boxes that were used are added. A layer without
 * label_field or label points has none. */
CASTMAP_NODISCARD castmap_status cm_labels_draw(castmap_context *ctx, cm_canvas *canvas, const cm_map_view *view,
                                                const cm_layer *layer, cm_label_board *board);

#endif
