/*
 * space/geodesy/utm.h - UTM of WGS 84 to degrees, zone by zone, without a handle for each of the 120 systems.
 *
 * For texts that name their own zone (MGRS, "30U 530047 5680422"); analyses project with projection.h.
 */
#ifndef CM_SPACE_GEODESY_UTM_H
#define CM_SPACE_GEODESY_UTM_H

#include <stdbool.h>

/* zone 1..60; northing with the false 10,000 km in the south. True to a micrometre within 10 degrees of the central meridian. */
void cm_utm_to_degrees(int zone, bool south, double easting_m, double northing_m, double *lon, double *lat);

/* Longitude of the central meridian, degrees. */
double cm_utm_meridian(int zone);

#endif
