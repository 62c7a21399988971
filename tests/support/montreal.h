/*
 * Streets and bicycle accidents of Montreal, from the shared data, built into a network as spNetwork built it: ends of lines rounded to 0.1 m are nodes, events
 * within 5 m are joined and go to the nearest line.
 */
#ifndef CM_TESTS_SUPPORT_MONTREAL_H
#define CM_TESTS_SUPPORT_MONTREAL_H

#include "castmap/routes.h"

#define MONTREAL_LINES 2945
#define MONTREAL_EVENTS 347
#define MONTREAL_PIECES 3163 /* of 200 m, 50 m at least */

typedef struct montreal {
    castmap_network network;
    size_t   starts[MONTREAL_LINES + 1];
    uint32_t from[MONTREAL_LINES], to[MONTREAL_LINES];
    double   length[MONTREAL_LINES], node_x[2 * MONTREAL_LINES], node_y[2 * MONTREAL_LINES];
    double  *x, *y; /* owned */
    uint32_t edge[MONTREAL_EVENTS];
    double   at[MONTREAL_EVENTS], weight[MONTREAL_EVENTS];
    castmap_network_events events;
} montreal;

/* Files of another content end the program. `m` is all zero. */
void montreal_read(montreal *m, const char *lines_path, const char *points_path);
void montreal_free(montreal *m); /* and what it stands in */

#endif
