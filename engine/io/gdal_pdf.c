/*
 * io/gdal_pdf.c - the coordinates of a printed map, written into its PDF by GDAL.
 *
 * GDAL opens the page at 72 dots an inch, so a pixel is a point of 1/72 inch, and appends an update with the viewport. Only our own files
 * come here, freshly drawn, so no worker process stands between.
 */
#include "io/gdal_pdf.h"

#include "base/fail.h"
#include "io/gdal_errors.h"

#include <cpl_conv.h>
#include <gdal.h>
#include <gdal_frmts.h>
#include <ogr_srs_api.h>
#include <stdio.h>

#define MM_PER_POINT (25.4 / 72.0)

static bool set_frame(GDALDatasetH page, const cm_pdf_frame *frame)
{
    const double point_m = MM_PER_POINT * frame->metres_per_mm;
    const double left = frame->west - frame->x_mm * frame->metres_per_mm, top = frame->north + frame->y_mm * frame->metres_per_mm;
    const double east = frame->west + frame->width_mm * frame->metres_per_mm;
    const double south = frame->north - frame->height_mm * frame->metres_per_mm;
    double transform[6] = {left, point_m, 0.0, top, 0.0, -point_m};
    char outline[400];
    OGRSpatialReferenceH srs = OSRNewSpatialReference(NULL);
    bool good = srs && OSRSetFromUserInput(srs, frame->wkt) == OGRERR_NONE;

    snprintf(outline, sizeof outline, "POLYGON ((%.3f %.3f,%.3f %.3f,%.3f %.3f,%.3f %.3f,%.3f %.3f))", frame->west, frame->north, east,
             frame->north, east, south, frame->west, south, frame->west, frame->north);
    if (srs)
        OSRSetAxisMappingStrategy(srs, OAMS_TRADITIONAL_GIS_ORDER);
    good = good && GDALSetSpatialRef(page, srs) == CE_None && GDALSetGeoTransform(page, transform) == CE_None &&
           GDALSetMetadataItem(page, "NEATLINE", outline, NULL) == CE_None;
    OSRDestroySpatialReference(srs);
    return good;
}

castmap_status cm_pdf_register(castmap_context *ctx, const char *path, const cm_pdf_frame *frame)
{
    static const char *const DRIVERS[] = {"PDF", NULL}, *const OPTIONS[] = {"DPI=72", NULL};
    cm_gdal_errors errors;
    castmap_status status = CASTMAP_OK;

    if (!frame->wkt || !*frame->wkt)
        return CASTMAP_OK;
    cm_gdal_errors_begin(&errors, NULL);
    GDALRegister_PDF();
    if (GDALGetDriverByName("PDF")) {
        GDALDatasetH page = GDALOpenEx(path, GDAL_OF_RASTER | GDAL_OF_UPDATE, DRIVERS, OPTIONS, NULL);
        bool good = page && set_frame(page, frame);
        if (page) {
            CPLErrorReset();
            GDALClose(page);
            good = good && CPLGetLastErrorType() < CE_Failure;
        }
        if (!good)
            status = cm_gdal_errors_fail(ctx, &errors, CASTMAP_E_IO, "cannot register the map's coordinates", path);
    }
    cm_gdal_errors_end(&errors);
    return status;
}
