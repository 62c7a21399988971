/*
 * release/disclosure/published_streets.h - all that a partner or public release says of streets: which named street stands out in which square.
 *
 * A street is shown in a square that is shown itself and is at most 2 km wide, where the reports on that street in that square pass every floor of a square by
 * themselves, and the street is there at least as long as the smallest square is wide. Nothing is said of how many there are: the only counts are those
 * of squares. Records that stand for a street, a postcode or an area are on no street, so that a snap point cannot brand one.
 */
#ifndef CM_RELEASE_DISCLOSURE_PUBLISHED_STREETS_H
#define CM_RELEASE_DISCLOSURE_PUBLISHED_STREETS_H

#include "base/json_text.h"
#include "castmap/streets.h"
#include "project/ledger_table.h"
#include "release/disclosure/incident_groups.h"
#include "release/disclosure/policy.h"

struct json_object;

typedef struct cm_published_street {
    char   *name; /* owned */
    int64_t column, row;
    double  side_m;
} cm_published_street;

typedef struct cm_published_streets {
    bool   present;
    char  *network; /* owned; digest of the streets: two networks could cut a street in two ways */
    size_t count;
    cm_published_street *street; /* owned; by name, then side, column, row */
} cm_published_streets;

void cm_published_streets_clear(cm_published_streets *streets);

/*
 * reports: [n] of the period; place: index of the street's name, or -1. cells: those shown, with counts. withheld: pairs of street and
 * shown square with a report that are not shown.
 */
CASTMAP_NODISCARD castmap_status cm_published_streets_count(castmap_context *ctx, const cm_policy *policy, const castmap_streets *streets,
                                                            const char *network, const cm_report *reports, size_t n, bool sources_recorded,
                                                            const cm_ledger_cell *cells, size_t n_cells, cm_published_streets *out,
                                                            size_t *withheld);

/* Members of the open object of a ledger entry, and back. from_json: not present where the entry has none. CASTMAP_E_PROJECT: cannot be read. */
void cm_published_streets_to_json(cm_json *json, const cm_published_streets *streets);
CASTMAP_NODISCARD castmap_status cm_published_streets_from_json(castmap_context *ctx, struct json_object *document, cm_published_streets *out);

#endif
