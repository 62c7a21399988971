/* Grows the streets of the town and the villages between the roads of the plan. */
#ifndef SAMPLE_STREETS_H
#define SAMPLE_STREETS_H

#include "network.h"

network streets_grow(const plan *p);

#endif
