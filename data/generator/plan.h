/* The plan of the valley as drawn by hand: river, roads, railway, parks, what is built on, and the
 * direction in which streets run. Everything else is grown from it. */
#ifndef SAMPLE_PLAN_H
#define SAMPLE_PLAN_H

#include "plane.h"

typedef enum kind {
    KIND_RIVER,
    KIND_STREAM,
    KIND_MAIN,
    KIND_LANE,
    KIND_RAIL,
    KIND_PATH,
    KIND_RESIDENTIAL,
} kind;

typedef enum zone { ZONE_NONE, ZONE_INNER, ZONE_SUBURB, ZONE_VILLAGE, ZONE_WORKS } zone;

typedef struct curve {
    const char *id;
    kind        kind;
    path        path;
    int         controls;
    int         start[24];  /* index in path of each control */
    const char *name[24];   /* from this control on; NULL: as before */
    bool        bus[24];    /* the piece from this control on carries route 7 */
} curve;

typedef struct green {
    const char *kind; /* park, wood or water */
    const char *name;
    path        ring;
} green;

typedef struct plan {
    curve *curves;
    int    curve_count;
    green *greens;
    int    green_count;
    path   river; /* outline */
    vec   *field; /* doubled direction of streets, on a lattice of FIELD_STEP */
} plan;

plan  plan_draw(void);
void  plan_free(plan *p);
const curve *plan_curve(const plan *p, const char *id);
int   curve_control_near(const curve *c, vec at);      /* index of the control at this place, or -1 */
double river_width(double share);                      /* at a share of its length from the source */
double plan_river_distance(const plan *p, vec at);     /* to the bank; negative in the water */
bool  plan_in_green(const plan *p, vec at);
zone  plan_zone(vec at);
vec   plan_direction(const plan *p, vec at);           /* unit vector along the longer streets */
int   plan_disc_count(void);
vec   plan_disc(int i, double *radius);

#endif
