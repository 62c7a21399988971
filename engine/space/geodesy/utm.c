/*
 * space/geodesy/utm.c - the inverse transverse Mercator projection by Krueger's series.
 *
 * Source: C. F. F. Karney (2011), "Transverse Mercator with an accuracy of a few nanometers", Journal of Geodesy 85(8), pp. 475-485:
 * equations 11, 15, 19 to 21, 25, 36, here to the fourth power of n (Krueger 1912), which leaves less than a micrometre.
 */
#include "space/geodesy/utm.h"

#include <math.h>

#define SEMI_MAJOR_M 6378137.0
#define FLATTENING (1 / 298.257223563)
#define SCALE 0.9996
#define FALSE_EASTING_M 500000.0
#define FALSE_NORTHING_M 10000000.0
#define DEGREES (180 / 3.14159265358979323846)
#define STEPS 5 /* Newton's; two are enough */

double cm_utm_meridian(int zone)
{
    return zone * 6 - 183;
}

/* Tangent of the latitude from that of the conformal latitude, eq. 19-21. */
static double tan_latitude(double tan_conformal)
{
    const double e2 = FLATTENING * (2 - FLATTENING), e = sqrt(e2);
    double t = tan_conformal / (1 - e2);

    for (int i = 0; i < STEPS; i++) {
        const double secant = sqrt(1 + t * t);
        const double sigma = sinh(e * atanh(e * t / secant));
        const double now = t * sqrt(1 + sigma * sigma) - sigma * secant;
        t += (tan_conformal - now) / sqrt(1 + now * now) * (1 + (1 - e2) * t * t) / ((1 - e2) * secant);
    }
    return t;
}

void cm_utm_to_degrees(int zone, bool south, double easting_m, double northing_m, double *lon, double *lat)
{
    const double n = FLATTENING / (2 - FLATTENING), n2 = n * n, n3 = n2 * n, n4 = n2 * n2;
    const double beta[4] = {n / 2 - 2 * n2 / 3 + 37 * n3 / 96 - n4 / 360, n2 / 48 + n3 / 15 - 437 * n4 / 1440,
                            17 * n3 / 480 - 37 * n4 / 840, 4397 * n4 / 161280};
    const double radius = SCALE * SEMI_MAJOR_M / (1 + n) * (1 + n2 / 4 + n4 / 64);
    const double xi = (northing_m - (south ? FALSE_NORTHING_M : 0)) / radius;
    const double eta = (easting_m - FALSE_EASTING_M) / radius;
    double a = xi, b = eta;

    for (int j = 1; j <= 4; j++) {
        a -= beta[j - 1] * sin(2 * j * xi) * cosh(2 * j * eta);
        b -= beta[j - 1] * cos(2 * j * xi) * sinh(2 * j * eta);
    }
    *lon = cm_utm_meridian(zone) + atan2(sinh(b), cos(a)) * DEGREES;
    *lat = atan(tan_latitude(sin(a) / hypot(sinh(b), cos(a)))) * DEGREES;
}
