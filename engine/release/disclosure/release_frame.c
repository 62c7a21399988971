/* release/disclosure/release_frame.c */
#include "release/disclosure/release_frame.h"

#include "base/fail.h"
#include "castmap/streets.h"

#include <math.h>

#define MARGIN 0.03
#define LEAST_M 2000.0

castmap_status cm_release_frame(castmap_context *ctx, const cm_release_inputs *in, const double *x, const double *y, size_t n, cm_release_build *build)
{
    double box[4] = {INFINITY, INFINITY, -INFINITY, -INFINITY}, degrees[4] = {INFINITY, INFINITY, -INFINITY, -INFINITY}, lon[4], lat[4];

    if (n == 0 || build->failed)
        return CASTMAP_OK;
    for (size_t v = 0; v < n; v++) {
        box[0] = fmin(box[0], x[v]);
        box[1] = fmin(box[1], y[v]);
        box[2] = fmax(box[2], x[v]);
        box[3] = fmax(box[3], y[v]);
    }
    const double margin = MARGIN * fmax(box[2] - box[0], box[3] - box[1]);
    for (int k = 0; k < 2; k++) {
        const double more = fmax(margin, (LEAST_M - (box[k + 2] - box[k])) / 2.0);
        box[k] -= more;
        box[k + 2] += more;
    }
    const double corner_x[4] = {box[0], box[2], box[2], box[0]}, corner_y[4] = {box[1], box[1], box[3], box[3]};
    castmap_status status = cm_projection_inverse(ctx, in->projection, 4, corner_x, corner_y, lon, lat, NULL);
    for (int i = 0; i < 4 && !status; i++) {
        degrees[0] = fmin(degrees[0], lon[i]);
        degrees[1] = fmin(degrees[1], lat[i]);
        degrees[2] = fmax(degrees[2], lon[i]);
        degrees[3] = fmax(degrees[3], lat[i]);
    }
    if (!status)
        cm_build_extent(build, box[0], box[1], box[2], box[3], degrees[0], degrees[1], degrees[2], degrees[3]);
    return status;
}

castmap_status cm_release_frame_streets(castmap_context *ctx, const cm_release_inputs *in, cm_release_build *build)
{
    castmap_streets streets = CASTMAP_STREETS_INIT;
    castmap_status status = castmap_streets_load(ctx, in->project, 0, &streets);

    if (!status)
        status = cm_release_frame(ctx, in, streets.network.x, streets.network.y, streets.network.vertex_start[streets.network.n_edges], build);
    castmap_streets_clear(&streets);
    return status;
}

castmap_status cm_release_frame_layer(castmap_context *ctx, const cm_release_inputs *in, const cm_layer *layer, cm_release_build *build)
{
    if (!layer || in->has_boundaries || in->observations.count > 0)
        return CASTMAP_OK;
    return cm_release_frame(ctx, in, layer->x, layer->y, layer->n_vertices, build);
}
