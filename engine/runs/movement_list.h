/*
 * runs/movement_list.h - the list of movements as it grows.
 */
#ifndef CM_RUNS_MOVEMENT_LIST_H
#define CM_RUNS_MOVEMENT_LIST_H

#include "runs/movement_file.h"

/* What all movements of one row share. */
typedef struct cm_movement_kept {
    int64_t when_s, span_s, order;
    int32_t person, source, journey, persons, grade;
} cm_movement_kept;

/* 0, or -1 when out of memory. */
int cm_movement_list_add(cm_movements *list, uint32_t from, uint32_t to, const cm_movement_kept *row);
/* Numbers in the order of the texts, so that they do not depend on that of the rows. value [list->count]. */
CASTMAP_NODISCARD castmap_status cm_movement_list_renumber(castmap_context *ctx, const cm_movements *list, const cm_text_numbers *numbers, int32_t *value);

#endif
