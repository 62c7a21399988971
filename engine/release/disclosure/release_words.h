/*
 * release/disclosure/release_words.h - what a partner or public release says of itself: facts, methods, caveats.
 */
#ifndef CM_RELEASE_DISCLOSURE_RELEASE_WORDS_H
#define CM_RELEASE_DISCLOSURE_RELEASE_WORDS_H

#include "release/disclosure/policy.h"
#include "release/disclosure/published.h"
#include "release/disclosure/release_build.h"

/*
 * What the release is of, to begin a sentence with: "Reports", "Movements", "Recorded tracks", "Movements and recorded tracks"; "Records" where nothing is
 * shown. Of what is shown alone: a project without reports must not be told from one whose reports are held back. Static.
 */
const char *cm_released_what(const cm_published *published);

/* Subtitle, dates and coverage (release_coverage.h), facts, methods and caveats, of what is published alone. recipient: of a partner; NULL: unnamed. */
void cm_release_words(const cm_published *published, const cm_policy *policy, const char *recipient, cm_release_build *build);

#endif
