/* space/geometry/line_set.c */
#include "space/geometry/line_set.h"

#include "base/memory.h"

#include <stdlib.h>

void cm_line_set_clear(cm_line_set *set)
{
    free(set->start);
    free(set->feature);
    free(set->x);
    free(set->y);
    *set = (cm_line_set){0};
}

int cm_line_set_line(cm_line_set *set, size_t feature)
{
    if (cm_grow(&set->start, &set->start_room, set->count + 2, sizeof *set->start) != 0 ||
        cm_grow(&set->feature, &set->feature_room, set->count + 1, sizeof *set->feature) != 0)
        return -1;
    set->start[set->count] = set->vertices;
    set->feature[set->count++] = feature;
    set->start[set->count] = set->vertices;
    return 0;
}

int cm_line_set_vertex(cm_line_set *set, double x, double y)
{
    size_t room = set->vertex_room;

    if (cm_grow(&set->x, &room, set->vertices + 1, sizeof *set->x) != 0)
        return -1;
    room = set->vertex_room;
    if (cm_grow(&set->y, &room, set->vertices + 1, sizeof *set->y) != 0)
        return -1;
    set->vertex_room = room;
    set->x[set->vertices] = x;
    set->y[set->vertices++] = y;
    set->start[set->count] = set->vertices;
    return 0;
}
