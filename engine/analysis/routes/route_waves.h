/*
 * analysis/routes/route_waves.h - both equal-split forms where the ways are too many to walk.
 */
#ifndef CM_ANALYSIS_ROUTES_ROUTE_WAVES_H
#define CM_ANALYSIS_ROUTES_ROUTE_WAVES_H

#include "analysis/routes/route_density.h"

#define CM_WAVE_STEPS 1024u /* ticks a radius for the quartic kernel; four times as many for those with a kink or a jump at the radius */

/* An equal-split form, and one radius for all: pulses that have met can no longer be told apart, so none of them can end at a radius of its own. */
bool cm_density_waves_possible(const castmap_network_density_options *options);

/* Sums of w k(d) * radius for all places, by edge and along it, into sum. Workers of the job are not used. CASTMAP_E_LIMIT (without a message): streets so short
 * against the radius that their ticks do not fit in memory. */
CASTMAP_NODISCARD castmap_status cm_density_waves(castmap_context *ctx, const cm_density_job *job, double *sum);

#endif
