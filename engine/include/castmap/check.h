/**
 * @file castmap/check.h
 * @brief Look a project over: what in it deserves a look, by rule, with counts and places; and repairs that are safe.
 *
 * A finding names records by their number, file and row, never by a value that could identify a person.
 */
#ifndef CASTMAP_CHECK_H
#define CASTMAP_CHECK_H

#include "castmap/project.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A note asks for nothing; the others do. */
typedef enum castmap_severity { CASTMAP_SEVERITY_NOTE, CASTMAP_SEVERITY_WARNING, CASTMAP_SEVERITY_ERROR } castmap_severity;

/** One rule of the check; static. */
typedef struct castmap_check_rule {
    const char      *id;      /**< stable: "null-island" */
    castmap_severity severity;
    bool             fixable; /**< castmap_check() with `fix` repairs what it finds */
    const char      *title;   /**< plain words, one line */
    const char      *advice;  /**< what to do */
} castmap_check_rule;

/** All rules in the order in which they are told. `*n` out. */
CASTMAP_API const castmap_check_rule *castmap_check_rules(size_t *n);

/** Start from CASTMAP_CHECK_OPTIONS_INIT; strings are borrowed for the call. */
typedef struct castmap_check_options {
    uint32_t    version;
    const char *rule;       /**< ids of rules, separated by commas; NULL: all */
    const char *categories; /**< CSV code,label,aliases: names are held against it; NULL: only against each other */
    int64_t     today_s;    /**< what the future begins after, UTC seconds; 0: the clock */
    bool        fix;        /**< make the safe repairs, as one run that can be undone */
    bool        dry_run;    /**< with fix: count them and change nothing */
} castmap_check_options;
#define CASTMAP_CHECK_OPTIONS_INIT {1u, NULL, NULL, 0, false, false}

#define CASTMAP_FINDING_PLACES 5

/** What one rule found. */
typedef struct castmap_finding {
    const castmap_check_rule *rule;
    size_t  count;
    size_t  repaired;      /**< of these, with `fix` */
    char   *where;         /**< the first places: "small.csv row 5, row 9", "ward X05", "step 4"; owned */
    char   *detail;        /**< more in plain words; "" none; owned */
    size_t  n_ids;
    int64_t id[CASTMAP_FINDING_PLACES]; /**< of the first observations, where it is of observations */
} castmap_finding;

typedef struct castmap_check_report {
    size_t           n;
    castmap_finding *finding;    /**< in order of rules; owned */
    size_t           problems;   /**< findings that are more than notes and were not all repaired */
    size_t           repaired;   /**< repairs made, or on a dry run to be made */
    int64_t          run_number; /**< of the repairs; 0: none were made */
} castmap_check_report;
#define CASTMAP_CHECK_REPORT_INIT {0}

/**
 * @brief Look the project over, and with `fix` make the repairs that are safe.
 *
 * Safe are repairs that lose nothing and only make a claim more cautious or a spelling one: see docs/guide/mending.md. Each is written down
 * (castmap_project_repairs) with what was there before; all together are one run, which castmap_project_undo() takes back.
 *
 * @retval CASTMAP_OK         also where problems were found
 * @retval CASTMAP_E_ARGUMENT no such rule
 * Cost: one pass over the records, a sort of them for duplicates, and an overlay of neighbouring areas.
 */
CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_check(castmap_context *ctx, castmap_project *project,
                                                           const castmap_check_options *options, castmap_check_report *out);
CASTMAP_API void castmap_check_report_clear(castmap_check_report *report);

/** One repair as it was written down. Texts are owned by the list. */
typedef struct castmap_repair {
    int64_t run_number, time_s;
    char   *rule, *field, *before, *after; /**< values as text; "" where there was none */
    char   *by;                            /**< login name of who made it */
    int64_t observation;                   /**< its number; 0: the repair is of no observation */
} castmap_repair;

typedef struct castmap_repair_list {
    size_t          count;
    castmap_repair *repair;
} castmap_repair_list;

/** Repairs that stand, oldest first; at most `limit` (0: all). */
CASTMAP_API CASTMAP_NODISCARD castmap_status castmap_project_repairs(castmap_context *ctx, castmap_project *project, size_t limit,
                                                                     castmap_repair_list *out);
CASTMAP_API void castmap_repair_list_clear(castmap_repair_list *list);

#ifdef __cplusplus
}
#endif
#endif
