/* Wards and councils as the faces of one drawing of borders, so that neighbours share every vertex. */
#ifndef SAMPLE_WARDS_H
#define SAMPLE_WARDS_H

#include "plan.h"

typedef struct ward {
    const char *code, *name;
    int         council; /* 0 the town, 1 the vale */
    path        ring;    /* counter-clockwise, open */
    int         people;
} ward;

typedef struct wards {
    ward *list;
    int   count;
    path  council[2];    /* rings */
    path *borders;       /* every border line once */
    int   border_count, border_room;
} wards;

extern const char *const COUNCIL_CODES[2];
extern const char *const COUNCIL_NAMES[2];

wards  wards_draw(const plan *p);
void   wards_free(wards *w);
int    wards_at(const wards *w, vec at);              /* -1: in none */
double wards_border_distance(const wards *w, vec at);

#endif
