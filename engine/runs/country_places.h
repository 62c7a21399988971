/*
 * runs/country_places.h - the countries in the order of their codes, each with its rough centre.
 */
#ifndef CM_RUNS_COUNTRY_PLACES_H
#define CM_RUNS_COUNTRY_PLACES_H

#include <stddef.h>
#include <stdint.h>

#define CM_NO_COUNTRY_INDEX SIZE_MAX

size_t cm_country_count(void);
int cm_country_number(size_t i); /* as of cm_country_code() and the like */
void cm_country_place(size_t i, double *lon, double *lat); /* whole degrees */
/* By two letters, as cm_country_code() gives them. */
size_t cm_country_index(const char *code);

#endif
