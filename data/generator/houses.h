/* Residential buildings along the streets, and how many people live in each ward. */
#ifndef SAMPLE_HOUSES_H
#define SAMPLE_HOUSES_H

#include "network.h"
#include "wards.h"

typedef struct house {
    vec  at;
    int  dwellings;
    int  ward;
    int  edge;  /* of the street it stands at */
} house;

typedef struct houses {
    house *list;
    int    count, room;
} houses;

houses houses_build(const plan *p, const network *n, const wards *w);
void   houses_count_people(const houses *h, wards *w);

#endif
