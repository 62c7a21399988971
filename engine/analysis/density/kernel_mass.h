/*
 * analysis/density/kernel_mass.h - how much of a kernel's mass lies inside a region.
 */
#ifndef CM_ANALYSIS_DENSITY_KERNEL_MASS_H
#define CM_ANALYSIS_DENSITY_KERNEL_MASS_H

#include "castmap/density.h"

typedef struct cm_kernel_mass cm_kernel_mass;

/* The region is the union of the features [first, first + count), which must not overlap. It is borrowed. */
CASTMAP_NODISCARD castmap_status cm_kernel_mass_new(castmap_context *ctx, const castmap_polygons *region, size_t first,
                                                    size_t count, cm_kernel_mass **out);
void cm_kernel_mass_free(cm_kernel_mass *mass);

/* Mass inside the region of a kernel whose centre is (x, y): 0..1; `inside`: whether the region holds the centre (its border too). Safe from several threads. */
double cm_kernel_mass_at(const cm_kernel_mass *mass, castmap_kernel kernel, double radius_m, double x, double y, bool inside);

/* Owen's T(h, a) = 1/(2 pi) int_0^a exp(-h^2 (1 + x^2) / 2) / (1 + x^2) dx, for h >= 0. */
double cm_owen_t(double h, double a);

/* Distance from (x, y) to the border; infinite if there is none. */
double cm_kernel_mass_border_m(const cm_kernel_mass *mass, double x, double y);

/* Extent of the region: west, south, east, north. */
void cm_kernel_mass_extent(const cm_kernel_mass *mass, double extent[4]);

#endif
