/*
 * heat_options.c - the words of heat maps, and what they stand for.
 */
#include "heat_options.h"

#include <stdlib.h>
#include <string.h>

static const struct {
    const char            *word;
    castmap_bandwidth_rule rule;
} RULES[] = {{"likelihood", CASTMAP_BANDWIDTH_LIKELIHOOD_CV}, {"least-squares", CASTMAP_BANDWIDTH_LEAST_SQUARES_CV},
             {"scott", CASTMAP_BANDWIDTH_SCOTT},              {"normal-scale", CASTMAP_BANDWIDTH_NORMAL_SCALE},
             {"oversmoothing", CASTMAP_BANDWIDTH_OVERSMOOTHING}, {"diggle", CASTMAP_BANDWIDTH_DIGGLE},
             {"cronie-van-lieshout", CASTMAP_BANDWIDTH_CRONIE_VAN_LIESHOUT}};

bool heat_rule_of(const char *word, castmap_bandwidth_rule *out)
{
    for (size_t i = 0; word && i < sizeof RULES / sizeof RULES[0]; i++) {
        if (strcmp(word, RULES[i].word) == 0) {
            *out = RULES[i].rule;
            return true;
        }
    }
    return false;
}

const char *heat_rule_word(castmap_bandwidth_rule rule)
{
    for (size_t i = 0; i < sizeof RULES / sizeof RULES[0]; i++) {
        if (RULES[i].rule == rule)
            return RULES[i].word;
    }
    return "";
}

castmap_heat_measure heat_measure_of(const char *word)
{
    return strcmp(word, "per-km2-month") == 0 ? CASTMAP_HEAT_PER_KM2_MONTH
           : strcmp(word, "per-1000") == 0    ? CASTMAP_HEAT_PER_1000
           : strcmp(word, "probability") == 0 ? CASTMAP_HEAT_PROBABILITY
                                              : CASTMAP_HEAT_PER_KM2;
}

castmap_edge_rule heat_edge_of(const char *word)
{
    return strcmp(word, "uniform") == 0 ? CASTMAP_EDGE_UNIFORM : strcmp(word, "diggle") == 0 ? CASTMAP_EDGE_DIGGLE : CASTMAP_EDGE_NONE;
}

bool slices_of(const char *text, castmap_heat_slicing *slicing, unsigned *slices)
{
    char *end = NULL;

    if (!text)
        return true;
    if (strcmp(text, "month") == 0 || strcmp(text, "quarter") == 0) {
        *slicing = text[0] == 'm' ? CASTMAP_SLICES_MONTH : CASTMAP_SLICES_QUARTER;
        return true;
    }
    const unsigned long n = text[0] >= '0' && text[0] <= '9' ? strtoul(text, &end, 10) : 0;
    *slices = (unsigned)n;
    return n >= 1 && n <= 60 && *end == '\0';
}
