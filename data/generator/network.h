/* The street network while it grows: lines of pieces between shared vertices. A line that is added is
 * joined to every line it meets, so that in the end "shares a vertex" means "is connected". */
#ifndef SAMPLE_NETWORK_H
#define SAMPLE_NETWORK_H

#include "plan.h"

typedef struct piece {
    int  from, to; /* vertices */
    int  line;
    int  next;     /* piece of the same line, or -1 */
    int  last;     /* the one before, or -1 */
    bool alive;
} piece;

typedef struct line {
    kind        kind;
    const char *name;
    bool        bus;
    int         first; /* piece */
} line;

/* Between two junctions or ends. */
typedef struct edge {
    int         from, to; /* vertices */
    int         line;
    kind        kind;
    const char *name;
    bool        bus, alive;
    path        path;
} edge;

typedef struct bucket {
    int *items;
    int  count, room;
} bucket;

typedef struct network {
    vec    *at;      /* of each vertex */
    int    *uses;    /* lines that pass or end at it */
    int     vertex_count, vertex_room, uses_room;
    piece  *pieces;
    int     piece_count, piece_room;
    line   *lines;
    int     line_count, line_room;
    edge   *edges;
    int     edge_count, edge_room;
    bucket *cells;   /* pieces by place */
    char  **names;   /* those made for this network; the others are constants */
    int     name_count, name_room;
} network;

typedef struct near {
    int *items;
    int  count, room;
} near;

void network_start(network *n);
void network_free(network *n);
/* Joined to all it meets; a railway is joined to nothing. Returns the line. */
int  network_add(network *n, const path *p, kind what, const char *name, bool bus);
/* Takes over a name made on the heap. */
const char *network_keep_name(network *n, char *name);
/* Live pieces whose cell touches the square of this half side; some lie outside it. */
void network_near(const network *n, vec at, double reach, near *found);
double network_street_distance(const network *n, vec at, int except_line);
/* First crossing of a..b with a live piece; false if none. */
bool network_crossing(const network *n, vec a, vec b, int skip_vertex, int skip_line, int *piece_index, double *share);

/* Cut the lines at junctions into edges, then tidy: no stubs, no slivers, one connected whole. */
void network_finish(network *n);

#endif
