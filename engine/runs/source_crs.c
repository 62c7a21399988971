/* runs/source_crs.c */
#include "runs/source_crs.h"

#include "base/fail.h"
#include "project/run_table.h"

#include <stdio.h>
#include <string.h>

castmap_status cm_source_crs(castmap_context *ctx, const cm_vector_layer *layer, const char *given, char crs[64], cm_projection **out)
{
    const char *declared = layer->crs;
    const bool json = strcmp(layer->format, "GeoJSON") == 0, topology = strcmp(layer->format, "TopoJSON") == 0;
    const bool degrees = strcmp(declared, "EPSG:4326") == 0 || strcmp(declared, "OGC:CRS84") == 0;
    castmap_status status;

    if (declared[0] == '\0' || strcmp(declared, "?") == 0) {
        if (topology || (json && !given)) {
            given = "EPSG:4326";
        } else if (!given) {
            status = cm_fail(ctx, CASTMAP_E_INPUT, declared[0] ? "the coordinate system \"%.60s\" of the file has no known code"
                                                               : "the file does not say which coordinate system it is in%.0s",
                             layer->crs_name);
            cm_fail_hint(ctx, "if you know it, name it: --crs EPSG:27700 for British National Grid, EPSG:4326 for longitude and latitude");
            return status;
        }
    } else if (given && strcmp(given, declared) != 0 && !(degrees && strcmp(given, "EPSG:4326") == 0)) {
        return cm_fail(ctx, CASTMAP_E_INPUT, "the file says it is in %s, not in %.40s", declared, given);
    } else if (json && !degrees && !given) {
        status = cm_fail(ctx, CASTMAP_E_INPUT, "the GeoJSON names another coordinate system (%s) than longitude and latitude", declared);
        cm_fail_hint(ctx, "if its numbers really are in it, say so: --crs %s", declared);
        return status;
    } else {
        given = declared;
    }
    snprintf(crs, 64, "%s", given);
    return cm_projection_new(ctx, crs, true, out);
}

castmap_status cm_crs_keep(castmap_context *ctx, castmap_project *project, const cm_crs_choice *choice)
{
    cm_projection *working = NULL;
    castmap_status status = cm_project_crs_set(ctx, project, choice->crs, choice->name, choice->reason, choice->scale_error_ppm);

    if (!status)
        status = cm_projection_new(ctx, choice->crs, false, &working);
    if (!status)
        status = cm_setting_set(ctx, project, "proj_operation", cm_projection_operation(working));
    cm_projection_free(working);
    return status;
}
