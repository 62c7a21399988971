/*
 * analysis/areas/polygon_area.c - areas of polygons in the plane.
 */
#include "castmap/areas.h"

#include <math.h>

/* Shoelace formula about the ring's first vertex, so that large coordinates do not swallow small areas. */
static double ring_area(const castmap_polygons *areas, size_t ring)
{
    const size_t first = areas->vertex_start[ring], end = areas->vertex_start[ring + 1];
    double twice = 0.0;

    for (size_t v = first; v + 1 < end; v++) {
        const double ax = areas->x[v] - areas->x[first], ay = areas->y[v] - areas->y[first];
        const double bx = areas->x[v + 1] - areas->x[first], by = areas->y[v + 1] - areas->y[first];
        twice += ax * by - bx * ay;
    }
    return fabs(twice) / 2.0;
}

void castmap_polygons_area_km2(const castmap_polygons *areas, double *area_km2)
{
    for (size_t f = 0; f < areas->count; f++) {
        double sum = 0.0;
        for (size_t part = areas->part_start[f]; part < areas->part_start[f + 1]; part++) {
            for (size_t ring = areas->ring_start[part]; ring < areas->ring_start[part + 1]; ring++)
                sum += ring == areas->ring_start[part] ? ring_area(areas, ring) : -ring_area(areas, ring);
        }
        area_km2[f] = sum / 1e6;
    }
}
