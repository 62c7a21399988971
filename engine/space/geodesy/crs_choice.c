/*
 * space/geodesy/crs_choice.c - which metres a project works in.
 *
 * In this order, the first that covers the extent with a length error under 5 in a thousand:
 *
 *   1. the projected system the boundary file is in     people who drew the map chose it
 *   2. the national grid of the country the codes name  their own maps use it
 *   3. the UTM zone that holds the whole extent
 *   4. Lambert azimuthal equal-area about the centre    always possible: areas exact, lengths reported
 */
#include "space/geodesy/projection.h"

#include "base/decimal.h"
#include "base/fail.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define WORST_SCALE_PPM 5000.0

typedef struct national_grid {
    const char *country; /* ISO 3166-1 */
    const char *crs;
    const char *words;
} national_grid;

static const national_grid GRIDS[] = {
    {"AT", "EPSG:31287", "Austria"},     {"BE", "EPSG:3812", "Belgium"},      {"CH", "EPSG:2056", "Switzerland"},
    {"DE", "EPSG:25832", "Germany"},     {"DK", "EPSG:25832", "Denmark"},     {"EE", "EPSG:3301", "Estonia"},
    {"ES", "EPSG:25830", "Spain"},       {"FI", "EPSG:3067", "Finland"},      {"FR", "EPSG:2154", "France"},
    {"GB", "EPSG:27700", "Great Britain"}, {"IE", "EPSG:2157", "Ireland"},    {"LT", "EPSG:3346", "Lithuania"},
    {"LU", "EPSG:2169", "Luxembourg"},   {"LV", "EPSG:3059", "Latvia"},       {"NI", "EPSG:2157", "Northern Ireland"},
    {"NL", "EPSG:28992", "the Netherlands"}, {"NO", "EPSG:25833", "Norway"},  {"NZ", "EPSG:2193", "New Zealand"},
    {"PL", "EPSG:2180", "Poland"},       {"PT", "EPSG:3763", "Portugal"},     {"SE", "EPSG:3006", "Sweden"},
};

typedef struct extent {
    double west, south, east, north;
} extent;

/* Fill `out` and say yes if `crs` serves the extent. A CRS that does not serve is no error. */
static bool try_crs(castmap_context *ctx, const char *crs, const extent *e, bool bounded, cm_crs_choice *out)
{
    cm_projection *projection = NULL;
    bool serves = false;

    if (cm_projection_new(ctx, crs, false, &projection) != CASTMAP_OK) {
        cm_fail_clear(ctx);
        return false;
    }
    const double error = cm_projection_scale_error_ppm(projection, e->west, e->south, e->east, e->north);
    if (!bounded || (cm_projection_covers(projection, e->west, e->south, e->east, e->north) && error <= WORST_SCALE_PPM)) {
        serves = true;
        snprintf(out->crs, sizeof out->crs, "%s", crs);
        snprintf(out->name, sizeof out->name, "%s", cm_projection_name(projection));
        out->scale_error_ppm = error;
    }
    cm_projection_free(projection);
    return serves;
}

static bool try_declared(castmap_context *ctx, const char *declared, const extent *e, cm_crs_choice *out)
{
    if (!declared || !try_crs(ctx, declared, e, true, out))
        return false;
    snprintf(out->reason, sizeof out->reason, "the file is drawn in it, and it covers the areas");
    return true;
}

static bool try_country(castmap_context *ctx, const char *country, const extent *e, cm_crs_choice *out)
{
    for (size_t i = 0; country && i < sizeof GRIDS / sizeof *GRIDS; i++) {
        if (strcmp(GRIDS[i].country, country) != 0 || !try_crs(ctx, GRIDS[i].crs, e, true, out))
            continue;
        snprintf(out->reason, sizeof out->reason, "the national grid of %s, which the codes of the areas belong to",
                 GRIDS[i].words);
        return true;
    }
    return false;
}

static bool try_utm(castmap_context *ctx, const extent *e, cm_crs_choice *out)
{
    const double middle = (e->west + e->east) / 2.0, height = (e->south + e->north) / 2.0;
    const int zone = (int)floor((middle + 180.0) / 6.0) % 60 + 1;
    char crs[32];

    if (e->south < 0.0 && e->north > 0.0)
        return false; /* over the equator the two halves number their northings apart */
    snprintf(crs, sizeof crs, "EPSG:%d", (height < 0.0 ? 32700 : 32600) + zone);
    if (!try_crs(ctx, crs, e, true, out))
        return false;
    snprintf(out->reason, sizeof out->reason, "no national grid is declared, and the places lie in UTM zone %d%c", zone,
             height < 0.0 ? 'S' : 'N');
    return true;
}

/* Centre to two decimals, so that a batch with one more row keeps the same system more often than not. */
static bool try_laea(castmap_context *ctx, const extent *e, cm_crs_choice *out)
{
    char lat[CM_DECIMAL_SIZE], lon[CM_DECIMAL_SIZE], crs[200];

    cm_decimal_trimmed((e->south + e->north) / 2.0, 2, lat);
    cm_decimal_trimmed((e->west + e->east) / 2.0, 2, lon);
    snprintf(crs, sizeof crs, "+proj=laea +lat_0=%s +lon_0=%s +datum=WGS84 +units=m +no_defs +type=crs", lat, lon);
    if (!try_crs(ctx, crs, e, false, out))
        return false;
    snprintf(out->name, sizeof out->name, "Lambert azimuthal equal-area about %s, %s", lat, lon);
    snprintf(out->reason, sizeof out->reason,
             "no national grid is declared and the places do not fit one UTM zone; areas are exact everywhere in it");
    return true;
}

castmap_status cm_crs_choose(castmap_context *ctx, double west, double south, double east, double north,
                             const char *declared, const char *country, cm_crs_choice *out)
{
    const extent e = {west, south, east, north};
    cm_crs_choice choice = {.scale_error_ppm = NAN};

    if (!isfinite(west) || !isfinite(south) || !isfinite(east) || !isfinite(north) || south < -90.0 || north > 90.0 ||
        west < -180.0 || east > 180.0 || south > north || west > east)
        return cm_fail(ctx, CASTMAP_E_DATA, "the extent is not one of longitudes and latitudes");
    if (try_declared(ctx, declared, &e, &choice) || try_country(ctx, country, &e, &choice) || try_utm(ctx, &e, &choice) ||
        try_laea(ctx, &e, &choice)) {
        *out = choice;
        return CASTMAP_OK;
    }
    return cm_fail(ctx, CASTMAP_E_INTERNAL, "no coordinate system fits the extent");
}
