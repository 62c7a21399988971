/*
 * project/cluster_method.c - the names by which methods of clustering are kept, and what each means in plain words.
 */
#include "castmap/runs.h"

static const struct {
    const char *name, *note;
} METHODS[] = {
    [CASTMAP_CLUSTER_DBSCAN] =
        {"dbscan", "Two observations belong together when one can walk from one to the other in steps no longer than the radius, each step "
                   "landing where enough observations lie within the radius. An observation at the edge joins the place it is nearest to."},
    [CASTMAP_CLUSTER_DBSCAN_STAR] =
        {"dbscan*", "Two observations belong together when one can walk from one to the other in steps no longer than the radius, each step "
                    "landing where enough observations lie within the radius. Observations at the edge, which have fewer round them, belong "
                    "to no place."},
    [CASTMAP_CLUSTER_ST_DBSCAN] =
        {"st-dbscan", "Two observations belong together when one can walk from one to the other in steps that are short in metres and in time, "
                      "each step landing where enough observations are near in both. The same corner a year later is another place."},
    [CASTMAP_CLUSTER_HDBSCAN] =
        {"hdbscan", "Two observations belong together when they stay in one group over a long range of radii, from wide to narrow. There is no "
                    "one radius: a place may be dense in the centre of town and loose at its edge."},
    [CASTMAP_CLUSTER_OPTICS] =
        {"optics", "Observations are put in the order in which one reaches them, always the nearest next. Two belong together when both lie "
                   "in the same valley of that order: a stretch where the next one is much nearer than before and after it."},
    [CASTMAP_CLUSTER_NNH] =
        {"nnh", "Two observations belong together when they lie nearer to one another than as many observations strewn at random over the "
                "study area would. Groups that are near to one another in the same sense form larger groups."},
};

#define N_METHODS (sizeof METHODS / sizeof METHODS[0])

const char *castmap_cluster_method_name(castmap_cluster_method method)
{
    return (size_t)method < N_METHODS ? METHODS[method].name : NULL;
}

const char *castmap_cluster_method_note(castmap_cluster_method method)
{
    return (size_t)method < N_METHODS ? METHODS[method].note : NULL;
}
