/*
 * tests/bench/work_sets.h - the work sets that benchmarks measure on: known content, any size, the same on every machine.
 *
 * The random stream depends on (seed, channel, index) alone, so a smaller set of points is the beginning of a larger one:
 * S0, S1 and S2 are the first 10^5, 10^6 and 10^7. All lie in the square [0, 50000]^2 (metres).
 */
#ifndef CM_TESTS_BENCH_WORK_SETS_H
#define CM_TESTS_BENCH_WORK_SETS_H

#include "castmap/points.h"
#include "castmap/polygons.h"

#include <stddef.h>
#include <stdint.h>

#define WORK_SIDE_M 50000.0

/* [0, 1), 53 bits: the finaliser of splitmix64 over seed * 2^56 + channel * 2^48 + index + 1. */
double work_unit(uint64_t seed, uint64_t channel, uint64_t index);

/* 60 % in 200 Gaussian clusters, 25 % along 400 lines, 15 % uniform; centimetres. Fills x and y [n]. */
void work_points_fill(uint64_t seed, size_t n, double *x, double *y);

/* The same as an owned view (seed 1); free with work_points_free. */
typedef struct work_points {
    castmap_points points;
    double        *x, *y; /* owned */
} work_points;
work_points work_points_new(size_t n);
void work_points_free(work_points *set);

/* n points made to hurt; free with work_points_free. */
typedef enum work_adversary {
    WORK_ONE_COORDINATE, /* all at 0, 0 */
    WORK_TWO_CELLS,      /* two waves that face each other 100.01 m apart at the nearest: each fills a cell of DBSCAN with a radius of 100 m */
    WORK_CONTINENT       /* crowds of 50 within 60 m, strewn over 4,000 km */
} work_adversary;
work_points work_adversary_new(work_adversary kind, size_t n);

/* Real points where the file of shared data is there, else none; free with work_points_free. */
work_points work_police_new(void);

/* One line of the points as a table of observations, with its line end: id,lon,lat,time,category; degrees to 7 decimals about
 * 0.1 W 51.5 N, a second of 2024, one of twelve words. Gives its length; `line` holds WORK_LINE bytes. */
#define WORK_LINE 128
#define WORK_HEADER "id,lon,lat,time,category\n"
size_t work_observation_line(const work_points *set, size_t index, char line[WORK_LINE]);
/* A CSV of n such lines with their header; the program ends when it cannot be written. */
void work_observation_file(const char *path, size_t n);

/* A coverage of nx * ny areas whose shared borders are fractal lines of 2^levels pieces; area j * nx + i, one closed
 * ring each, counter-clockwise, 4 * 2^levels + 1 vertices. 20 x 20, levels 9: 400 areas of 2,048 vertices. */
typedef struct work_areas {
    size_t  nx, ny, vertices; /* of a ring, its first repeated as its last */
    double *x, *y;            /* owned [nx * ny * vertices] */
} work_areas;
work_areas work_areas_new(size_t nx, size_t ny, unsigned levels);
void work_areas_free(work_areas *set);

/* A street grid of nx * ny nodes, 500 m apart more or less, and events on it, half of them on a hot tenth of the edges. */
typedef struct work_network {
    size_t    nodes, edges, events;
    double   *x, *y;            /* owned [nodes] */
    uint32_t *from, *to;        /* owned [edges] */
    double   *length_m;         /* owned [edges] */
    uint32_t *event_edge;       /* owned [events] */
    double   *event_offset_m;   /* owned [events] */
    double   *event_x, *event_y;
} work_network;
work_network work_network_new(size_t nx, size_t ny, size_t events);
void work_network_free(work_network *set);

/* Counts on nx * ny cells of 250 m, row by row: three bumps and noise. Owned [nx * ny], free(). */
int64_t *work_lattice_new(size_t nx, size_t ny);

/* The i-th row of a table in the form of Code-Point Open, without a header: a postcode of its own and a place in Great Britain. Gives its length. */
size_t work_postcode_line(size_t i, char line[WORK_LINE]);

#endif
