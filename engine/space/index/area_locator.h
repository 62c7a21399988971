/*
 * space/index/area_locator.h - the shape of an area locator, shared by its builder and its question.
 *
 * A grid of square cells lies over the areas. A cell that no border touches holds its answer. Any other cell is a leaf, which keeps its
 * few edges and the areas that hold its centre, or is cut into 4, 8 or 16 by as many cells of the same kind. A row of the first
 * grid, with all that hangs under it, is a strip: strips are built side by side and never look at one another.
 *
 * Whether a point lies in an area follows from the centre of its leaf: going from the centre up or down to the height of the point, then
 * sideways to the point, each edge crossed turns inside into outside. All points are thought moved by (e, e^2), e smaller than
 * any number, so that no way meets a vertex and no point of a way lies on an edge; with exact orientations there is no case left over.
 */
#ifndef CM_SPACE_INDEX_AREA_LOCATOR_H
#define CM_SPACE_INDEX_AREA_LOCATOR_H

#include "castmap/areas.h"
#include "space/geometry/orientation.h"

#include <stdbool.h>

/* What a cell says: an area + 1, 0 for none, or one of these with a number under it. */
#define CM_LOCATOR_LEAF UINT32_C(0x40000000)
#define CM_LOCATOR_SPLIT UINT32_C(0x80000000)
#define CM_LOCATOR_NUMBER UINT32_C(0x3fffffff)
#define CM_LOCATOR_GROUP 32u /* areas told apart by one leaf */

typedef struct cm_locator_edge {
    double   ax, ay, bx, by;
    uint32_t flips;   /* areas of the leaf that change when it is crossed: bit k is member k */
    uint32_t touches; /* areas of the leaf whose border it is */
} cm_locator_edge;

typedef struct cm_locator_leaf {
    uint32_t first_edge, n_edges;
    uint32_t first_member; /* areas in order of rank, at most CM_LOCATOR_GROUP */
    uint32_t inside;       /* bit k: member k holds the centre */
    int32_t  cover;        /* area that holds the whole cell and comes after the members; or CASTMAP_NO_AREA */
    uint32_t next;         /* leaf with the members that come after these, as number + 1; 0: none */
} cm_locator_leaf;

typedef struct cm_locator_strip {
    uint32_t        *codes; /* owned; of a split cell: logarithm of the side, then the cells row by row */
    cm_locator_leaf *leaves;
    cm_locator_edge *edges;
    int32_t         *members;
    size_t           n_codes, n_leaves, n_edges, n_members;
    size_t           code_room, leaf_room, edge_room, member_room;
} cm_locator_strip;

struct castmap_area_locator {
    double            west, south; /* corner of cell 0 */
    double            cell_m, per_m; /* side of a cell and its inverse */
    size_t            columns, rows;
    uint32_t         *codes;       /* owned [rows * columns] */
    cm_locator_strip *strips;      /* owned [rows] */
};

/* On which side of the edge the moved point lies, 1 or -1. a and b differ. */
static inline int cm_locator_side(double ax, double ay, double bx, double by, double x, double y)
{
    const int side = cm_orientation(ax, ay, bx, by, x, y);

    if (side != 0)
        return side;
    if (ay != by) /* moving by e to the right decides */
        return by > ay ? -1 : 1;
    return bx > ax ? 1 : -1; /* level: moving by e^2 upwards does */
}

/* Whether the way from (rx, ry) to (px, py), first along y and then along x, crosses the edge an odd number of times. */
static inline bool cm_locator_crosses(double ax, double ay, double bx, double by, double rx, double ry, double px,
                                      double py)
{
    const bool along_y = (ax <= rx) != (bx <= rx), along_x = (ay <= py) != (by <= py);

    if (!along_y && !along_x)
        return false;
    const int corner = cm_locator_side(ax, ay, bx, by, rx, py);
    bool odd = false;
    if (along_y)
        odd = cm_locator_side(ax, ay, bx, by, rx, ry) != corner;
    if (along_x)
        odd ^= cm_locator_side(ax, ay, bx, by, px, py) != corner;
    return odd;
}

CASTMAP_NODISCARD castmap_status cm_locator_build(castmap_context *ctx, const castmap_polygons *areas,
                                                  const uint32_t *rank, castmap_area_locator *locator);

/* One cell on its way to becoming an answer, a leaf or a split; see area_locator_cell.c. */
typedef struct cm_locator_segment {
    double   ax, ay, bx, by; /* a comes before b: by x, then y */
    uint32_t rank;
} cm_locator_segment;

typedef struct cm_locator_cell {
    double              x, y, side_m; /* south-west corner */
    unsigned            depth;
    cm_locator_segment *segments;     /* that touch it or nearly so, in their order */
    size_t              n_segments;
    uint32_t           *ranks;        /* of the areas they bound, ascending, no two the same */
    bool               *inside;       /* whether the area holds the centre of the cell */
    size_t              n_ranks;
    uint32_t            cover;        /* lowest rank of an area that holds the whole cell; UINT32_MAX: none */
} cm_locator_cell;

int cm_locator_compare(const void *a, const void *b); /* order of segments: by place, then rank */

/* Code of the cell; what hangs under it is appended to the strip. area_of [count]: rank -> area. slack_m: rounding of coordinates. */
CASTMAP_NODISCARD castmap_status cm_locator_cell_make(cm_locator_strip *strip, cm_locator_cell *cell,
                                                      const uint32_t *area_of, double slack_m, uint32_t *code);

/* Columns of a row of cells that a segment touches or nearly touches, unclamped in `first` and `last`; false: it misses the row. */
bool cm_locator_columns(const cm_locator_segment *s, double west, double bottom, double top, double per_m, double pad_m,
                        double *first, double *last);

#endif
