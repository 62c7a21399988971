/*
 * release/disclosure/release_check.h - the last door: what a finished release may hold, whoever built it.
 */
#ifndef CM_RELEASE_DISCLOSURE_RELEASE_CHECK_H
#define CM_RELEASE_DISCLOSURE_RELEASE_CHECK_H

#include "release/disclosure/release_view.h"

/* lattice_m: side of the base cell. CASTMAP_E_RELEASE: a layer, field or vertex that this audience may not have; CASTMAP_E_INTERNAL: a layer without geometry. */
CASTMAP_NODISCARD castmap_status cm_release_check(castmap_context *ctx, const castmap_release *release, double lattice_m);

#endif
