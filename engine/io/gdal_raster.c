/*
 * io/gdal_raster.c - a grid to a Cloud Optimized GeoTIFF.
 *
 * The grid is laid over GDAL's MEM driver and copied by its COG driver, which writes tiles and overviews in the one order. Only these drivers are registered, and
 * settings are made for this thread alone. One tile at a time is written by one thread: the bytes do not depend on the machine.
 */
#include "io/gdal_raster.h"

#include "base/fail.h"
#include "base/files.h"
#include "base/memory.h"
#include "io/gdal_errors.h"

#include <cpl_conv.h>
#include <cpl_string.h>
#include <gdal.h>
#include <gdal_frmts.h>
#include <math.h>
#include <ogr_srs_api.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define MAX_SIDE 100000u
#define MAX_CELLS ((size_t)1 << 31)

static castmap_status check(castmap_context *ctx, const cm_raster *r)
{
    const castmap_grid *g = &r->grid;
    const size_t columns = g->columns, rows = g->rows;

    if (columns == 0 || rows == 0 || !(g->cell_m > 0.0) || !isfinite(g->cell_m) || !isfinite(g->west) || !isfinite(g->north) ||
        !r->values == !r->bytes || !r->wkt)
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "the raster to write has no cells, no values or no coordinate system");
    if (columns > MAX_SIDE || rows > MAX_SIDE || columns > MAX_CELLS / rows)
        return cm_fail(ctx, CASTMAP_E_LIMIT, "a raster of %zu x %zu cells; the limit is %u a side and 2^31 in all", columns, rows,
                       MAX_SIDE);
    for (size_t i = 0; r->values && i < columns * rows; i++)
        if (isinf(r->values[i]))
            return cm_fail(ctx, CASTMAP_E_DATA, "a value of the raster is infinite");
    return CASTMAP_OK;
}

/* Values as they will stand in the file: floats where asked, NaN as no-data. Owned by the caller. */
static void *prepare_values(const cm_raster *r, GDALDataType *type)
{
    const size_t n = r->grid.columns * r->grid.rows;

    if (r->bytes) {
        unsigned char *copy = cm_alloc(n, 1);
        *type = GDT_Byte;
        if (copy)
            memcpy(copy, r->bytes, n);
        return copy;
    }
    *type = r->keep_double ? GDT_Float64 : GDT_Float32;
    if (r->keep_double) {
        double *copy = cm_alloc(n, sizeof *copy);
        for (size_t i = 0; copy && i < n; i++)
            copy[i] = isnan(r->values[i]) && r->has_nodata ? r->nodata : r->values[i];
        return copy;
    }
    float *copy = cm_alloc(n, sizeof *copy);
    for (size_t i = 0; copy && i < n; i++)
        copy[i] = (float)(isnan(r->values[i]) && r->has_nodata ? r->nodata : r->values[i]);
    return copy;
}

static bool set_colours(GDALRasterBandH band, const cm_raster *r)
{
    GDALColorTableH table = GDALCreateColorTable(GPI_RGB);
    char **names = NULL;
    bool named = false, good;

    for (size_t i = 0; i < r->n_colours; i++) {
        const cm_raster_colour *c = &r->colours[i];
        const GDALColorEntry entry = {c->red, c->green, c->blue, c->alpha};
        GDALSetColorEntry(table, c->value, &entry);
        named = named || c->label;
    }
    good = GDALSetRasterColorTable(band, table) == CE_None;
    GDALDestroyColorTable(table);
    for (int value = 0; named && value < 256; value++) {
        const char *label = "";
        bool more = false;
        for (size_t i = 0; i < r->n_colours; i++) {
            if (r->colours[i].value == value && r->colours[i].label)
                label = r->colours[i].label;
            more = more || r->colours[i].value >= value;
        }
        if (!more)
            break;
        names = CSLAddString(names, label);
    }
    if (names)
        good = GDALSetRasterCategoryNames(band, names) == CE_None && good;
    CSLDestroy(names);
    return good;
}

static bool describe_band(GDALDatasetH dataset, const cm_raster *r)
{
    GDALRasterBandH band = GDALGetRasterBand(dataset, 1);
    double transform[6] = {r->grid.west, r->grid.cell_m, 0.0, r->grid.north, 0.0, -r->grid.cell_m};
    OGRSpatialReferenceH srs = OSRNewSpatialReference(NULL);
    bool good = srs && OSRSetFromUserInput(srs, r->wkt) == OGRERR_NONE;

    if (srs)
        OSRSetAxisMappingStrategy(srs, OAMS_TRADITIONAL_GIS_ORDER);
    good = good && GDALSetSpatialRef(dataset, srs) == CE_None && GDALSetGeoTransform(dataset, transform) == CE_None;
    if (r->has_nodata)
        good = GDALSetRasterNoDataValue(band, r->nodata) == CE_None && good;
    if (r->unit)
        good = GDALSetRasterUnitType(band, r->unit) == CE_None && good;
    if (r->description)
        GDALSetDescription(band, r->description);
    if (r->bytes && r->n_colours > 0)
        good = set_colours(band, r) && good;
    for (size_t i = 0; r->metadata && r->metadata[i]; i += 2)
        good = GDALSetMetadataItem(dataset, r->metadata[i], r->metadata[i + 1], NULL) == CE_None && good;
    if (r->statistics) {
        double low, high, mean, deviation;
        good = GDALComputeRasterStatistics(band, FALSE, &low, &high, &mean, &deviation, NULL, NULL) == CE_None && good;
    }
    OSRDestroySpatialReference(srs);
    return good;
}

static GDALDatasetH lay_over(const cm_raster *r, void *values, GDALDataType type)
{
    GDALDriverH memory = GDALGetDriverByName("MEM");
    GDALDatasetH dataset = memory ? GDALCreate(memory, "", (int)r->grid.columns, (int)r->grid.rows, 1, type, NULL) : NULL;

    if (dataset && GDALRasterIO(GDALGetRasterBand(dataset, 1), GF_Write, 0, 0, (int)r->grid.columns, (int)r->grid.rows, values,
                                (int)r->grid.columns, (int)r->grid.rows, type, 0, 0) != CE_None) {
        GDALClose(dataset);
        dataset = NULL;
    }
    return dataset;
}

static bool copy_to_cog(GDALDatasetH from, const char *path, const cm_raster *r)
{
    const char *const values[] = {"COMPRESS=DEFLATE", "PREDICTOR=YES", "LEVEL=6", "BLOCKSIZE=512", "OVERVIEW_RESAMPLING=AVERAGE",
                                  "NUM_THREADS=1", "BIGTIFF=IF_SAFER", NULL};
    const char *const classes[] = {"COMPRESS=DEFLATE", "PREDICTOR=NO", "LEVEL=6", "BLOCKSIZE=512", "OVERVIEW_RESAMPLING=NEAREST",
                                   "NUM_THREADS=1", "BIGTIFF=IF_SAFER", NULL};
    char **options = NULL;
    GDALDriverH cog = GDALGetDriverByName("COG");

    for (const char *const *option = r->bytes ? classes : values; *option; option++)
        options = CSLAddString(options, *option);
    GDALDatasetH to = cog ? GDALCreateCopy(cog, path, from, TRUE, options, NULL, NULL) : NULL;

    CSLDestroy(options);
    if (!to)
        return false;
    CPLErrorReset();
    GDALClose(to);
    return CPLGetLastErrorType() < CE_Failure;
}

/* What was written is what was meant: the file is opened anew and compared cell by cell. */
static bool reads_back(const char *path, const cm_raster *r, const void *values, GDALDataType type)
{
    static const char *const DRIVERS[] = {"GTiff", NULL};
    const size_t columns = r->grid.columns, size = (size_t)GDALGetDataTypeSizeBytes(type);
    unsigned char *row = cm_alloc(columns, size);
    double transform[6] = {0};
    GDALDatasetH file = row ? GDALOpenEx(path, GDAL_OF_RASTER | GDAL_OF_READONLY, DRIVERS, NULL, NULL) : NULL;
    bool same = file && (size_t)GDALGetRasterXSize(file) == columns && (size_t)GDALGetRasterYSize(file) == r->grid.rows &&
                GDALGetSpatialRef(file) && GDALGetGeoTransform(file, transform) == CE_None &&
                fabs(transform[0] - r->grid.west) < 1e-3 && fabs(transform[3] - r->grid.north) < 1e-3;

    for (size_t i = 0; same && i < r->grid.rows; i++)
        same = GDALRasterIO(GDALGetRasterBand(file, 1), GF_Read, 0, (int)i, (int)columns, 1, row, (int)columns, 1, type, 0, 0) ==
                   CE_None &&
               memcmp(row, (const unsigned char *)values + i * columns * size, columns * size) == 0;
    if (file)
        GDALClose(file);
    free(row);
    return same;
}

castmap_status cm_raster_write(castmap_context *ctx, const char *path, const cm_raster *raster)
{
    cm_gdal_errors errors;
    GDALDatasetH dataset = NULL;
    GDALDataType type = GDT_Unknown;
    void *values = NULL;
    castmap_status status = check(ctx, raster);

    if (status)
        return status;
    values = prepare_values(raster, &type);
    if (!values)
        return cm_fail_memory(ctx);
    cm_gdal_errors_begin(&errors, NULL);
    GDALRegister_MEM();
    GDALRegister_GTiff();
    GDALRegister_COG();
    dataset = lay_over(raster, values, type);
    if (!dataset || !describe_band(dataset, raster) || !copy_to_cog(dataset, path, raster))
        status = cm_gdal_errors_fail(ctx, &errors, CASTMAP_E_IO, "cannot write the raster", path);
    else if (!reads_back(path, raster, values, type))
        status = cm_gdal_errors_fail(ctx, &errors, CASTMAP_E_IO, "the raster does not read back as it was written", path);
    if (dataset)
        GDALClose(dataset);
    cm_gdal_errors_end(&errors);
    free(values);
    return status;
}
