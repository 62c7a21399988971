/*
 * analysis/routes/route_sums.h - events sorted along their edges, with the sums that let an edge answer at once.
 *
 * Seen from an end of its edge, an event at distance r adds w k_h(r + x) to a place whose way to that end is x long. For kernels that are polynomials
 * that is a polynomial in x, so the sum over the events that still reach x is one too. Events are put in order of reach h - r, longest first: those that
 * reach x are then a prefix, and the coefficients of each prefix are kept. Distances are in units of the radius. (T. N. Chan et al., PVLDB 14, 2021,
 * for one radius; ordering by reach lets each event have its own.)
 */
#ifndef CM_ANALYSIS_ROUTES_ROUTE_SUMS_H
#define CM_ANALYSIS_ROUTES_ROUTE_SUMS_H

#include "castmap/routes.h"

#include <math.h>

#define CM_SUM_TERMS 5

/* One event of an edge. Lengths in units of the radius. */
typedef struct cm_route_event {
    double along, weight, factor;
} cm_route_event;

/* What one end of an edge knows: prefix k holds the events of the k longest reaches. */
typedef struct cm_end_sums {
    const double *reach; /* [n] descending: h - r */
    const double (*term)[CM_SUM_TERMS]; /* [n] coefficients of prefix k + 1 */
} cm_end_sums;

typedef struct cm_route_sums {
    castmap_line_kernel kernel;
    double   radius_m;
    bool     polynomial, one_radius;
    double   widest;          /* largest factor among events */
    double   gaussian_height;
    size_t  *start;           /* owned [n_edges + 1]; events inside edges */
    cm_route_event *event;    /* owned; by edge, then along */
    double  *reach[2];        /* owned [events]; per end */
    double (*term[2])[CM_SUM_TERMS]; /* owned [events]; NULL for the Gaussian */
    uint32_t *order[2];       /* owned [events]; event of each rank; NULL while the order is that along the edge */
    size_t  *node_start;      /* owned [n_nodes + 1]; events at nodes (equal-split forms) */
    cm_route_event *node_event; /* owned; by node, then weight and factor; along 0 */
} cm_route_sums;

/* at_nodes: events within 1e-6 m of an end belong to the node. Checks the events. */
CASTMAP_NODISCARD castmap_status cm_route_sums_make(castmap_context *ctx, const castmap_network *network,
                                                    const castmap_network_events *events,
                                                    const castmap_network_density_options *options, bool at_nodes,
                                                    cm_route_sums *out);
void cm_route_sums_clear(cm_route_sums *sums);

/* Height of the kernel at u = distance / own radius, times the own radius: (15/16)(1 - u^2)^2. 0 at u >= 1. */
double cm_line_kernel_value(castmap_line_kernel kernel, double u);

/* w k(d) * radius for one event; d in units of the radius. */
static inline double cm_event_value(const cm_route_sums *sums, const cm_route_event *event, double d)
{
    return event->weight / event->factor * cm_line_kernel_value(sums->kernel, d / event->factor);
}

/* How many of n, in order of reach, reach beyond x. Without branches: which way each step goes cannot be foreseen. */
static inline size_t cm_reaching(const double *reach, size_t n, double x)
{
    size_t low = 0;

    if (n == 0)
        return 0;
    while (n > 1) {
        const size_t half = n / 2;
        low += reach[low + half - 1] > x ? half : 0;
        n -= half;
    }
    return low + (reach[low] > x);
}

static inline double cm_terms_at(const double term[CM_SUM_TERMS], double x)
{
    return (((term[4] * x + term[3]) * x + term[2]) * x + term[1]) * x + term[0];
}

#endif
