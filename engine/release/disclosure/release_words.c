/* release/disclosure/release_words.c */
#include "release/disclosure/release_words.h"

#include "base/decimal.h"
#include "release/disclosure/release_coverage.h"

const char *cm_released_what(const cm_published *p)
{
    const bool moves = p->flows.count > 0, tracks = p->tracks.count > 0;

    return p->n_cells > 0     ? "Reports"
           : moves && tracks ? "Movements and recorded tracks"
           : moves           ? "Movements"
           : tracks          ? "Recorded tracks"
                             : "Records";
}

static void of_reports(const cm_published *p, const cm_policy *policy, cm_release_build *build)
{
    char base[CM_DECIMAL_SIZE];
    int64_t shown = 0;

    for (size_t c = 0; c < p->n_cells; c++)
        shown += p->cell[c].published;
    cm_build_fact_count(build, "Reports in the cells shown", shown, "repeats counted once, each cell rounded to 5");
    cm_build_fact_count(build, "Cells shown", (int64_t)p->n_cells, "");
    cm_build_fact_count(build, "Places where reports gather", (int64_t)p->n_places, "as whole cells");
    cm_decimal_grouped((int64_t)policy->base_cell_m, base);
    cm_build_method(build, "Reports are counted in squares of a fixed lattice, the smallest %s m wide; a square is divided only where each quarter holds enough.", base);
    cm_build_method(build, "A square is shown with at least %zu separate reports on at least %zu days; repeats by one source of one place count once.",
                    policy->min_groups, policy->min_days);
    if (p->sources_recorded)
        cm_build_method(build, "It also needs at least %zu sources, none with more than %zu of every %zu reports.",
                        policy->min_sources, policy->share_over, policy->share_of);
    if (policy->min_buildings > 0)
        cm_build_method(build, "It also holds at least %zu residential buildings.", policy->min_buildings);
    cm_build_method(build, "Counts are rounded to the nearest 5. The heat map and the counts of areas are computed from the squares shown. An area counts "
                           "whole squares, so its number is of the land it is counted on, not of its own to the metre.");
    cm_build_caveat(build, "A report is what somebody noticed. It is not proof that anything happened.");
    cm_build_caveat(build, "More reports can mean more people looking, not more going on.");
    cm_build_caveat(build, "Where nothing is shown there may be few reports or none: the map does not tell which.");
    if (!p->sources_recorded)
        cm_build_caveat(build, "The records do not say who reported, so the rules on the number of sources could not be applied.");
}

/* The layers of movements and of tracks say the rest themselves. */
static void of_others(const cm_published *p, const cm_policy *policy, cm_release_build *build)
{
    if (p->flows.count > 0) {
        cm_build_method(build, "The floors of a flow: at least %zu persons, groups or journeys on at least %zu days; where movements name who reported, at least %zu sources, "
                               "none with more than %zu of every %zu. Counts are rounded to the nearest 5.",
                        policy->min_groups, policy->min_days, policy->min_sources, policy->share_over, policy->share_of);
        cm_build_caveat(build, "A movement is what somebody reported. It is not proof that anything happened.");
        cm_build_caveat(build, "More movements can mean more people looking, not more going on.");
    }
    if (p->tracks.count > 0)
        cm_build_method(build, "The floors of a street in a square: at least %zu people, who first passed it on at least %zu days.", policy->min_groups, policy->min_days);
}

void cm_release_words(const cm_published *p, const cm_policy *policy, const char *recipient, cm_release_build *build)
{
    cm_release_coverage(p, policy->audience == CASTMAP_PUBLIC ? "the public" : recipient ? recipient : "partners", build);
    if (p->n_cells == 0 && p->flows.count + p->tracks.count > 0)
        of_others(p, policy, build);
    else
        of_reports(p, policy, build);
}
