/*
 * release/export/write_heat.c - the heat surface (internal only) and its classes as Cloud Optimized GeoTIFFs.
 */
#include "castmap/products.h"

#include "base/fail.h"
#include "base/files.h"
#include "io/gdal_raster.h"
#include "release/export/export_layer.h"

#define MOST_CLASSES 32
#define NO_DATA (-9999.0)

static castmap_status write_raster(castmap_context *ctx, const castmap_release *release, const cm_raster *raster, const char *path,
                                   bool overwrite)
{
    cm_output output = {.fd = -1};
    castmap_status status = cm_output_reserve(ctx, path, overwrite, &output);

    if (!status)
        status = cm_raster_write(ctx, output.temporary, raster);
    output.mode = cm_export_private(release) ? 0600 : 0644;
    if (!status)
        status = cm_output_commit(ctx, &output);
    cm_output_discard(&output);
    return status;
}

static castmap_status need_surface(castmap_context *ctx, const castmap_release *release)
{
    castmap_status status = cm_export_allowed(ctx, release);

    if (!status && !release->has_surface)
        status = cm_fail(ctx, CASTMAP_E_NOT_FOUND, "the release has no heat map");
    return status;
}

castmap_status castmap_write_heat_geotiff(castmap_context *ctx, const castmap_release *release, const char *path,
                                          bool overwrite)
{
    castmap_status status;

    cm_fail_clear(ctx);
    status = need_surface(ctx, release);
    if (status)
        return status;
    const cm_surface *surface = &release->surface;
    if (release->audience != CASTMAP_INTERNAL || !surface->values) {
        const castmap_status refused = cm_fail(ctx, CASTMAP_E_RELEASE, "the heat surface itself is for internal use: from it single records could be found");
        cm_fail_hint(ctx, "write its classes instead");
        return refused;
    }
    const char *const metadata[] = {"TITLE", release->title, "AUDIENCE", release->audience_mark, NULL};
    const cm_raster raster = {.grid = surface->grid, .wkt = release->crs_wkt, .values = surface->values, .has_nodata = surface->has_blank,
                              .nodata = NO_DATA, .unit = surface->unit, .description = surface->style.legend_title, .statistics = true,
                              .metadata = metadata};
    return write_raster(ctx, release, &raster, path, overwrite);
}

castmap_status castmap_write_heat_classes(castmap_context *ctx, const castmap_release *release, const char *path,
                                          bool overwrite)
{
    cm_raster_colour colours[MOST_CLASSES + 1];
    castmap_status status;

    cm_fail_clear(ctx);
    status = need_surface(ctx, release);
    if (status)
        return status;
    const cm_surface *surface = &release->surface;
    const size_t n = surface->style.n_classes < MOST_CLASSES ? surface->style.n_classes : MOST_CLASSES;
    colours[0] = (cm_raster_colour){.value = 0, .label = release->audience == CASTMAP_INTERNAL ? "below the first class" : "not shown"};
    for (size_t k = 0; k < n; k++) {
        const cm_class *c = &surface->style.classes[k];
        colours[k + 1] = (cm_raster_colour){.value = (uint8_t)(k + 1), .red = (uint8_t)(c->rgba >> 24),
                                            .green = (uint8_t)(c->rgba >> 16), .blue = (uint8_t)(c->rgba >> 8),
                                            .alpha = (uint8_t)c->rgba, .label = c->label};
    }
    const char *const metadata[] = {"TITLE", release->title, "AUDIENCE", release->audience_mark, NULL};
    const cm_raster raster = {.grid = surface->grid, .wkt = release->crs_wkt, .bytes = surface->classes, .has_nodata = true,
                              .nodata = 0.0, .unit = NULL, .description = surface->style.legend_title,
                              .colours = colours, .n_colours = n + 1, .metadata = metadata};
    return write_raster(ctx, release, &raster, path, overwrite);
}
