/*
 * project/repair_table.h - careful changes to observations that are stored already: what was there is written down, the check sums follow.
 */
#ifndef CM_PROJECT_REPAIR_TABLE_H
#define CM_PROJECT_REPAIR_TABLE_H

#include "castmap/check.h"
#include "project/observation_table.h"

typedef enum cm_repair_field { CM_REPAIR_PLACE, CM_REPAIR_ACCURACY, CM_REPAIR_CATEGORY, CM_REPAIR_DUPLICATE } cm_repair_field;

typedef struct cm_change {
    cm_repair_field    field;
    cm_precision_class place;
    double             accuracy_m; /* NaN: not known */
    const char        *category;   /* borrowed; NULL: none */
    int64_t            first;      /* of a duplicate: the observation it repeats */
} cm_change;

/* One observation changed and the change written down under `run`. CASTMAP_E_NOT_FOUND: there is none of that number. */
CASTMAP_NODISCARD castmap_status cm_repair_observation(castmap_context *ctx, castmap_project *project, int64_t run, const char *rule, int64_t id,
                                                       const cm_change *change);
/* A repair of no observation, for the record: `after` in words. */
CASTMAP_NODISCARD castmap_status cm_repair_note(castmap_context *ctx, castmap_project *project, int64_t run, const char *rule, const char *field,
                                                const char *after);
/* What run `number` repaired is as it was before, newest repair first. Its record is left to the caller. */
CASTMAP_NODISCARD castmap_status cm_repairs_take_back(castmap_context *ctx, castmap_project *project, int64_t number);

#endif
