/*
 * analysis/routes/lixels.c - edges cut into short pieces.
 */
#include "castmap/routes.h"

#include "base/fail.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>

void castmap_lixels_clear(castmap_lixels *lixels)
{
    free(lixels->edge);
    free(lixels->from_m);
    free(lixels->to_m);
    free(lixels->middle_m);
    free(lixels->edge_start);
    *lixels = (castmap_lixels)CASTMAP_LIXELS_INIT;
}

/* Cuts at L, 2L, ... as long as more than the least remains behind them. */
static double pieces_of(double edge_m, double length_m, double least_m)
{
    double cuts = edge_m > least_m ? floor((edge_m - least_m) / length_m) : 0.0;

    if (cuts > 0.0 && !(edge_m - cuts * length_m > least_m))
        cuts -= 1.0;
    return cuts + 1.0;
}

castmap_status castmap_lixels_cut(castmap_context *ctx, const castmap_network *network, double length_m, double least_m,
                                  castmap_lixels *out)
{
    castmap_lixels made = CASTMAP_LIXELS_INIT;
    double total = 0.0;

    cm_fail_clear(ctx);
    if (!(length_m > 0.0) || !isfinite(length_m) || !(least_m >= 0.0 && least_m <= length_m))
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "pieces must have a length above 0, and their least length be no longer");
    for (size_t e = 0; e < network->n_edges; e++) {
        if (!(network->length_m[e] > 0.0) || !isfinite(network->length_m[e]))
            return cm_fail(ctx, CASTMAP_E_DATA, "edge %zu of the street network has no length", e);
        total += pieces_of(network->length_m[e], length_m, least_m);
    }
    if (total > 0x1p31) {
        castmap_status status = cm_fail(ctx, CASTMAP_E_LIMIT, "pieces of %g m would be more than 2,000 million", length_m);
        cm_fail_hint(ctx, "choose longer pieces");
        return status;
    }
    made.count = (size_t)total;
    made.edge = cm_alloc(made.count, sizeof *made.edge);
    made.from_m = cm_alloc(made.count, sizeof *made.from_m);
    made.to_m = cm_alloc(made.count, sizeof *made.to_m);
    made.middle_m = cm_alloc(made.count, sizeof *made.middle_m);
    made.edge_start = cm_alloc_zero(network->n_edges + 1, sizeof *made.edge_start);
    if (!made.edge || !made.from_m || !made.to_m || !made.middle_m || !made.edge_start) {
        castmap_lixels_clear(&made);
        return cm_fail_memory(ctx);
    }
    size_t at = 0;
    for (size_t e = 0; e < network->n_edges; e++) {
        const size_t pieces = (size_t)pieces_of(network->length_m[e], length_m, least_m);
        for (size_t k = 0; k < pieces; k++, at++) {
            made.edge[at] = (uint32_t)e;
            made.from_m[at] = (double)k * length_m;
            made.to_m[at] = k + 1 < pieces ? (double)(k + 1) * length_m : network->length_m[e];
            made.middle_m[at] = 0.5 * (made.from_m[at] + made.to_m[at]);
        }
        made.edge_start[e + 1] = at;
    }
    *out = made;
    return CASTMAP_OK;
}
