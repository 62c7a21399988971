/* Street networks with geometry, drives along them that are known, and distances between all nodes in the plainest way. */
#ifndef CM_TESTS_SUPPORT_DRIVE_NETWORK_H
#define CM_TESTS_SUPPORT_DRIVE_NETWORK_H

#include "castmap/tracks.h"

/* A network of straight edges; everything owned. */
typedef struct drive_network {
    castmap_network network;
} drive_network;
void drive_network_start(drive_network *n, size_t nodes, const double *x, const double *y);
/* Straight between the nodes and as long as that. */
void drive_network_edge(drive_network *n, uint32_t from, uint32_t to, castmap_way way);
void drive_network_clear(drive_network *n);

/* side * side nodes about step_m apart, moved by up to a quarter of it; of the edges between neighbours `missing` (0..1) are left out, one_way are. */
void drive_network_grid(drive_network *n, size_t side, double step_m, double missing, double one_way, uint64_t seed);

/* Shortest ways between all nodes [nodes * nodes], R. W. Floyd (1962); owned, free(). */
double *drive_all_pairs(const castmap_network *network, bool one_way);

/* A standard normal number of (seed, stream, index). */
double drive_normal(uint64_t seed, uint64_t stream, uint64_t index);

/* Drives: at every node a random street on, not back unless there is no other. */
typedef struct drives {
    castmap_tracks view;
    size_t   *start;              /* owned [count + 1] */
    double   *x, *y;              /* owned [fixes] with noise */
    int64_t  *time_s;             /* owned [fixes] */
    uint32_t *person;             /* owned [count] */
    size_t   *way_start;          /* owned [count + 1] */
    uint32_t *way;                /* owned: edges in order */
    uint32_t *edge;               /* owned [fixes] where it was in truth */
} drives;
/* `fixes` fixes a drive, every_s apart at 10 m/s, with noise of sigma_m. Directions are obeyed. */
void drives_make(drives *d, const castmap_network *network, size_t count, size_t fixes, int64_t every_s, double sigma_m, uint64_t seed);
void drives_clear(drives *d);

#endif
