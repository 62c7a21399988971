/*
 * runs/check/findings.h - a check on its way: the records as arrays, what was found so far, and the run that repairs belong to.
 */
#ifndef CM_RUNS_CHECK_FINDINGS_H
#define CM_RUNS_CHECK_FINDINGS_H

#include "castmap/check.h"
#include "project/observation_table.h"
#include "project/project_file.h"
#include "project/repair_table.h"

/* In the order of castmap_check_rules(). */
typedef enum cm_rule {
    CM_RULE_STORE, CM_RULE_ACCOUNT, CM_RULE_INDEX,
    CM_RULE_QUARANTINE,
    CM_RULE_NULL_ISLAND, CM_RULE_SWAPPED, CM_RULE_OUTSIDE, CM_RULE_FAR, CM_RULE_PILE, CM_RULE_ACCURACY, CM_RULE_CLASS, CM_RULE_SNAPPED,
    CM_RULE_UNKNOWN_PLACE,
    CM_RULE_FUTURE, CM_RULE_LONG_PAST, CM_RULE_BACKWARDS, CM_RULE_CLOCK, CM_RULE_NO_TIME,
    CM_RULE_CATEGORY_ALIAS, CM_RULE_CATEGORY_UNKNOWN, CM_RULE_CATEGORY_SPELLING, CM_RULE_NO_CATEGORY,
    CM_RULE_SAME_ROW, CM_RULE_REPEATS, CM_RULE_ALIKE_ROWS, CM_RULE_SAME_RECORD, CM_RULE_NEAR_DUPLICATE,
    CM_RULE_CRS, CM_RULE_AREA_INVALID, CM_RULE_AREA_OVERLAP, CM_RULE_AREA_REPAIRED,
    CM_RULE_STALE,
    CM_RULE_COUNT
} cm_rule;

typedef struct cm_check {
    castmap_context             *ctx;
    castmap_project             *project;
    const castmap_check_options *options;
    cm_observation_set           set;     /* owned; empty where the records are damaged */
    bool                         wanted[CM_RULE_COUNT];
    castmap_finding              found[CM_RULE_COUNT]; /* owned until the end */
    size_t                       shown[CM_RULE_COUNT]; /* places named so far */
    int64_t                      run;     /* of the repairs; 0: none are made */
    int64_t                      today_s;
} cm_check;

/* One observation more; `change` is made at once where repairs are asked for, NULL: there is none. */
CASTMAP_NODISCARD castmap_status cm_found_observation(cm_check *check, cm_rule rule, int64_t id, const cm_change *change);
/* `count` more of something else, named by these words. */
CASTMAP_NODISCARD castmap_status cm_found(cm_check *check, cm_rule rule, size_t count, const char *format, ...) CASTMAP_PRINTF(4, 5);
/* A repair that is of no observation was made. */
CASTMAP_NODISCARD castmap_status cm_found_repaired(cm_check *check, cm_rule rule, const char *field, const char *after);
/* More words about what a rule found. */
CASTMAP_NODISCARD castmap_status cm_found_detail(cm_check *check, cm_rule rule, const char *format, ...) CASTMAP_PRINTF(3, 4);

/* Name files and rows of the first observations. At the end. */
CASTMAP_NODISCARD castmap_status cm_findings_name(cm_check *check);
void cm_finding_clear(castmap_finding *finding);

/* One small file a family of rules. Each passes over rules that are not wanted. */
CASTMAP_NODISCARD castmap_status cm_check_store(cm_check *check);      /* before the records are loaded */
CASTMAP_NODISCARD castmap_status cm_check_quarantine(cm_check *check);
CASTMAP_NODISCARD castmap_status cm_check_places(cm_check *check);
CASTMAP_NODISCARD castmap_status cm_check_times(cm_check *check);
CASTMAP_NODISCARD castmap_status cm_check_names(cm_check *check);
CASTMAP_NODISCARD castmap_status cm_check_duplicates(cm_check *check);
CASTMAP_NODISCARD castmap_status cm_check_boundaries(cm_check *check);
CASTMAP_NODISCARD castmap_status cm_check_layers(cm_check *check);

#endif
