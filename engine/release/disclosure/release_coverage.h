/*
 * release/disclosure/release_coverage.h - what a release says of the time that its records cover.
 */
#ifndef CM_RELEASE_DISCLOSURE_RELEASE_COVERAGE_H
#define CM_RELEASE_DISCLOSURE_RELEASE_COVERAGE_H

#include "release/disclosure/published.h"
#include "release/disclosure/release_inputs.h"

/* Partner, public: subtitle, dates, coverage, a fact and the caveats, of the published months alone. */
void cm_release_coverage(const cm_published *published, const char *audience, cm_release_build *build);

/*
 * Internal: from the first to the last, as the records themselves say: observations from first_s to last_s (first_s > last_s: none has a time), movements, and recorded
 * tracks that were matched to streets. Sets the release's span, subtitle and dates.
 */
CASTMAP_NODISCARD castmap_status cm_release_span(castmap_context *ctx, const cm_release_inputs *inputs, int64_t first_s, int64_t last_s, cm_release_build *build);

#endif
