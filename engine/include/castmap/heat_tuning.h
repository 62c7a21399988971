/**
 * @file castmap/heat_tuning.h
 * @brief Radii for a heat map by every rule, with the map that each would give; made by castmap_tune_heat() of castmap/runs.h.
 */
#ifndef CASTMAP_HEAT_TUNING_H
#define CASTMAP_HEAT_TUNING_H

#include "castmap/density.h"
#include "castmap/remark.h"

#ifdef __cplusplus
extern "C" {
#endif

#define CASTMAP_HEAT_CLASSES 5

/** One radius and the map it would give. */
typedef struct castmap_heat_candidate {
    bool   by_rule;           /**< by `rule`; else the convention for records that share spots */
    castmap_bandwidth_rule rule;
    char  *name;              /**< "likelihood cross-validation (Loader 1999)", ... */
    char  *note;              /**< a caution, or why there is none; "" */
    double sigma_m, radius_m; /**< NaN where the rule gave none */
    bool   at_limit;          /**< ran to the end of what was tried */
    double maximum_per_km2;   /**< on the cells of `shown`, which hold the densest place */
    size_t n_breaks;
    double breaks[CASTMAP_HEAT_CLASSES]; /**< lower edges of the classes, per km2 */
    castmap_bands bands;      /**< metres, of `shown` */
    castmap_grid shown;       /**< the part that the small map shows: all of it, or (window) round the densest place, where the radius is short
                                   against the whole and would not be seen */
    bool   window;
} castmap_heat_candidate;

/** All of them, from the narrowest to the widest; those without a radius last. Release with castmap_heat_tuning_clear(). */
typedef struct castmap_heat_tuning {
    castmap_kernel kernel;
    size_t observations;
    size_t n_candidates;
    castmap_heat_candidate *candidates;
    size_t recommended;
    char  *reason;            /**< why that one, in a plain sentence */
    size_t n_remarks;
    castmap_remark *remarks;
} castmap_heat_tuning;

CASTMAP_API void castmap_heat_tuning_clear(castmap_heat_tuning *tuning);

#ifdef __cplusplus
}
#endif
#endif
