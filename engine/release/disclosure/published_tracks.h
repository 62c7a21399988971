/*
 * release/disclosure/published_tracks.h - all that a partner or public release says of recorded tracks: which named street enough people passed in which square.
 *
 * A person is one person in a square however often they passed, and speaks with the first day on which they did. A street is shown in a square of the
 * lattice, at most 2 km wide, where the people who passed it there reach every floor of a square of reports by themselves, and it is there at least as long as
 * the smallest square is wide. A square is divided for a street only when it passes in every quarter that it runs through; so what is shown of a street never
 * overlaps, and no difference of two parts isolates a third. People without a name, passes without a time and all that lies near an end or a stay are
 * in no visit (runs/track_visits.c), and so in no release. Of how many people there were only a class leaves.
 */
#ifndef CM_RELEASE_DISCLOSURE_PUBLISHED_TRACKS_H
#define CM_RELEASE_DISCLOSURE_PUBLISHED_TRACKS_H

#include "base/json_text.h"
#include "castmap/routes.h"
#include "castmap/streets.h"
#include "project/track_detail_table.h"
#include "release/disclosure/period.h"

struct json_object;

#define CM_TRACK_SQUARE_M 2000.0

typedef struct cm_published_track {
    char   *name; /* owned; of the street */
    int64_t column, row;
    double  side_m;
    int64_t people_from; /* lower end of the class of people */
} cm_published_track;

typedef struct cm_published_tracks {
    bool   present;
    char  *network; /* owned; digest of the streets */
    char  *visits;  /* owned; digest of the visits of the period */
    size_t count;
    cm_published_track *track; /* owned; by name, then squares of 2 km by row and column, then quarter by quarter */
} cm_published_tracks;

void cm_published_tracks_clear(cm_published_tracks *tracks);

/* Name of the visits of a period, for the ledger: 32 hexadecimal digits and '\0'. */
void cm_visits_name(const cm_track_detail *detail, const cm_period *period, char out[33]);

/* Classes of people: the lower end of the one that holds `people`, and its words ("5 to 9"). */
#define CM_PEOPLE_CLASSES 4
int64_t cm_people_class(size_t people);
size_t cm_people_class_number(int64_t from);
const char *cm_people_class_words(size_t number);

/*
 * lixels: as the visits were counted on. withheld: pairs of a named street and a square of 2 km with a visit in the period of which nothing is shown.
 */
CASTMAP_NODISCARD castmap_status cm_published_tracks_count(castmap_context *ctx, const cm_policy *policy, const cm_period *period,
                                                           const castmap_streets *streets, const castmap_lixels *lixels, const char *network,
                                                           const cm_track_detail *detail, cm_published_tracks *out, size_t *withheld);

/* Keep those marked [count]. */
void cm_published_tracks_keep(cm_published_tracks *tracks, const bool *keep);

/* Members of the open object of a ledger entry, and back. from_json: not present where the entry has none. CASTMAP_E_PROJECT: cannot be read. */
void cm_published_tracks_to_json(cm_json *json, const cm_published_tracks *tracks);
CASTMAP_NODISCARD castmap_status cm_published_tracks_from_json(castmap_context *ctx, struct json_object *document, cm_published_tracks *out);

#endif
