/*
 * runs/country_names.h - countries by code or name.
 */
#ifndef CM_RUNS_COUNTRY_NAMES_H
#define CM_RUNS_COUNTRY_NAMES_H

#include <stddef.h>

#define CM_NO_COUNTRY (-1)

/* By its two or three letters (ISO 3166-1) or its English name, case aside: "GB", "gbr", "UK", "United Kingdom". CM_NO_COUNTRY: none. */
int cm_country_find(const char *text, size_t length);
/* Two letters, three, and the short English name. Static. */
const char *cm_country_code(int country);
const char *cm_country_long_code(int country);
const char *cm_country_name(int country);

#endif
