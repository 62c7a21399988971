/*
 * heat_options.h - the words of heat maps, as "heat" and "tune heat" take them.
 */
#ifndef CASTMAP_HEAT_OPTIONS_H
#define CASTMAP_HEAT_OPTIONS_H

#include "cli.h"

#define HEAT_KERNELS "quartic|epanechnikov|gaussian|uniform|triangular|triweight"
#define HEAT_RULES "likelihood|least-squares|scott|normal-scale|oversmoothing|diggle|cronie-van-lieshout"

/* False for NULL. The word is one of the choices. */
bool heat_rule_of(const char *word, castmap_bandwidth_rule *out);
const char *heat_rule_word(castmap_bandwidth_rule rule); /* static */
castmap_heat_measure heat_measure_of(const char *word);
castmap_edge_rule heat_edge_of(const char *word);
/* "month", "quarter", or a number of equal parts; NULL is none. False: none of these. */
bool slices_of(const char *text, castmap_heat_slicing *slicing, unsigned *slices);
#define SLICES_ADVICE "--slices quarter, or --slices 6", "a month, a quarter or a number from 1 to 60 is needed"

#endif
