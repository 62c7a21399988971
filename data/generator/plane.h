/*
 * Geometry in metres east and north of the sample's origin, and the way from there to longitude and
 * latitude. Only + - * / and sqrt are used: they are exact to the last bit on every machine, so the
 * sample is the same everywhere.
 */
#ifndef SAMPLE_PLANE_H
#define SAMPLE_PLANE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct vec {
    double x, y;
} vec;

typedef struct path {
    vec *at;
    int  count, room;
} path;

/* A place as it is written to a file: millionths of a degree. */
typedef struct spot {
    int64_t lon, lat;
} spot;

void *grow(void *block, int *room, int need, size_t size); /* ends the program when memory is gone */

void path_add(path *p, vec at);
void path_append(path *p, const path *tail, bool reversed); /* a joint met twice is kept once */
void path_free(path *p);
double path_length(const path *p);
double path_area(const path *ring);                         /* positive counter-clockwise */
bool   path_contains(const path *ring, vec at);
vec    path_at(const path *p, double along, vec *direction);
double path_distance(const path *p, vec at, vec *tangent);  /* tangent of the nearest piece */
void   path_simplify(path *p, double tolerance);            /* Douglas and Peucker 1973 */

vec    vec_minus(vec a, vec b);
vec    vec_toward(vec from, vec direction, double distance);
double vec_dot(vec a, vec b);
double vec_cross(vec a, vec b);
double vec_length(vec a);
vec    vec_unit(vec a);
double distance_to_piece(vec at, vec a, vec b);

/* A centripetal Catmull-Rom curve through the controls; starts[i] is the index of control i. */
void curve_through(const vec *controls, int n, double step, path *out, int *starts);

/* A line from a to b that wanders like a field boundary. */
void wander(vec a, vec b, uint64_t subject, path *out);

/* An irregular closed shape round a centre. */
void blob(vec centre, double rx, double ry, uint64_t subject, path *out);

spot spot_of(vec at);
vec  vec_of(spot at);

#endif
