/*
 * release/disclosure/published_months.h - which months of a released period hold enough records to be named.
 *
 * A map of a year whose records are all of one month must not be read as one of the year. But "records from September only" would say of every other month that it holds none, and
 * the first or the last day of the records is one record's. So a month is said to be covered when its records, of all that is shown together, pass the
 * same floors as those of one square, and nothing is said of the others but that they did not. Only records behind what is shown have a say, so that a square or a pair that is held
 * back says nothing here either. Residential buildings have none: a month is no place.
 */
#ifndef CM_RELEASE_DISCLOSURE_PUBLISHED_MONTHS_H
#define CM_RELEASE_DISCLOSURE_PUBLISHED_MONTHS_H

#include "base/json_text.h"
#include "release/disclosure/flow_groups.h"

struct json_object;

typedef struct cm_published_months {
    bool     present; /* entries of the ledger that were made before it was counted have none */
    size_t   n;
    int64_t *month;   /* owned [n] months since year 0, ascending */
} cm_published_months;

void cm_published_months_clear(cm_published_months *months);

/* Of the reports that lie in the cells shown (as cm_published has them). wide [n]: its time is known less exactly than a month, so it speaks for none; NULL: no report is. */
CASTMAP_NODISCARD castmap_status cm_published_months_count(castmap_context *ctx, const cm_policy *policy, const cm_report *reports, const bool *wide, size_t n,
                                                           bool sources_recorded, const cm_ledger_cell *cell, size_t n_cells, cm_published_months *out);
/* Of the movements of the pairs shown: one person, group or journey is one in a month, whatever the number of its rows; where nobody is named, one source on one day. */
CASTMAP_NODISCARD castmap_status cm_published_months_of_flows(castmap_context *ctx, const cm_policy *policy, const cm_flow_move *moves, size_t n,
                                                              cm_published_months *out);

/* A member of the open object of a ledger entry, and back; absent: not present. */
void cm_published_months_to_json(cm_json *json, const char *name, const cm_published_months *months);
CASTMAP_NODISCARD castmap_status cm_published_months_from_json(castmap_context *ctx, struct json_object *document, const char *name, cm_published_months *out);

/* The month since year 0 that a key of time lies in; not of CM_WHEN_KEY_NONE. */
int64_t cm_when_key_month_of(int64_t when);

/* How many months the period has. */
size_t cm_period_months(const cm_period *period);
/* "September 2021", "January to March and September 2021"; "" where it takes more than `most` pieces. */
void cm_published_months_words(const cm_published_months *months, size_t most, char *out, size_t size);

#endif
