/*
 * A release of a fictional town by the sea, rich enough to draw: river, streets, 20 wards (zero, withheld and five classes), cells, outlines of
 * places, heat with bands, facts, caveats, sources. The same bytes at every call. Coordinates lie in the North Sea (UTM 31 N).
 */
#ifndef CM_TESTS_SUPPORT_RELEASE_FIXTURE_H
#define CM_TESTS_SUPPORT_RELEASE_FIXTURE_H

#include "castmap/release.h"

/* Fails the test when it cannot be made. Release with castmap_release_free(). */
castmap_release *fixture_release(castmap_context *ctx, castmap_audience audience);

#endif
