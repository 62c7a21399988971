/*
 * runs/movement_columns.h - which column of a table of movements plays which part.
 */
#ifndef CM_RUNS_MOVEMENT_COLUMNS_H
#define CM_RUNS_MOVEMENT_COLUMNS_H

#include "project/ingest/columns.h"

typedef enum cm_movement_role {
    CM_MOVE_FROM, /* area, place, postcode, country: one word for where it began */
    CM_MOVE_FROM_LON,
    CM_MOVE_FROM_LAT,
    CM_MOVE_FROM_X, /* easting, northing */
    CM_MOVE_FROM_Y,
    CM_MOVE_TO,
    CM_MOVE_TO_LON,
    CM_MOVE_TO_LAT,
    CM_MOVE_TO_X,
    CM_MOVE_TO_Y,
    CM_MOVE_DATE,
    CM_MOVE_JOURNEY,
    CM_MOVE_ORDER,
    CM_MOVE_PERSON,
    CM_MOVE_SOURCE,
    CM_MOVE_GRADE,
    CM_MOVE_PERSONS,
    CM_MOVE_ID, /* of the row itself: the same id and content again is a duplicate */
    CM_MOVE_ROLES
} cm_movement_role;

#define CM_MOVE_MOST_STOPS 64

typedef struct cm_movement_columns {
    int column[CM_MOVE_ROLES]; /* CM_NO_COLUMN: none */
    bool given[CM_MOVE_ROLES]; /* by the caller */
    int  stop[CM_MOVE_MOST_STOPS]; /* columns stop_1, stop_2, ... of one journey in a row */
    size_t n_stops;
    bool plain_xy;              /* eastings and northings are called x and y: degrees, unless a coordinate system is given */
} cm_movement_columns;

const char *cm_movement_role_name(cm_movement_role role); /* "from", "from_lon", ...; static */

/*
 * By the names of the columns, after what `map` [n_map] gives as FIELD=COLUMN. CASTMAP_E_ARGUMENT: no such field; CASTMAP_E_NOT_FOUND: no such
 * column. Whether both ends are there is the caller's to ask.
 */
CASTMAP_NODISCARD castmap_status cm_movement_recognise(castmap_context *ctx, const cm_columns *columns, const char *const *map, size_t n_map,
                                                       cm_movement_columns *out);
bool cm_movement_columns_end(const cm_movement_columns *columns, bool to); /* a column for where it began, or ended */
bool cm_movement_columns_whole(const cm_movement_columns *columns);        /* for both, or two stops */
int cm_movement_end_column(const cm_movement_columns *columns, bool to);   /* the first of those; CM_NO_COLUMN */

#endif
