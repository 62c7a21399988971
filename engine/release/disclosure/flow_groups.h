/*
 * release/disclosure/flow_groups.h - movements that may be counted, and which of them are one: those of one person, group or journey; where nobody is named, those
 * of one source on one day.
 */
#ifndef CM_RELEASE_DISCLOSURE_FLOW_GROUPS_H
#define CM_RELEASE_DISCLOSURE_FLOW_GROUPS_H

#include "project/flow_layer_table.h"
#include "release/disclosure/incident_groups.h"
#include "release/disclosure/period.h"

#define CM_FLOW_MONTH_S ((int64_t)31 * 86400)

typedef struct cm_flow_move {
    int64_t from, to;       /* areas, or whatever else is counted by */
    int64_t person, when, source; /* person, source: -1: not said; when: cm_when_key_... */
    bool    wide;           /* the time is known less exactly than a month */
} cm_flow_move;

/* Movements between two areas, of the period, whose grade and handling let them be counted. */
bool cm_flow_may_count(const cm_policy *policy, const cm_period *period, const cm_flow_layer *layer, size_t i);
int64_t cm_flow_when_key(int64_t when_s, int64_t span_s); /* a day where the record says one, else its month */
int cm_flow_compare_moves(const void *left, const void *right); /* for qsort: by from, to, person, time, source */
/* The groups of sorted moves[begin..end): the earliest movement speaks for its person. incidents [end - begin]; *sources: somebody says who reported. */
size_t cm_flow_groups(const cm_flow_move *moves, size_t begin, size_t end, cm_incident *incidents, bool *sources);

#endif
