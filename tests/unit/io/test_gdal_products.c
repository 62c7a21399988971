/* Tests of io/gdal_raster and io/gdal_geopackage: what they write is read back by GDAL's own programs and by SQLite, and comes out the same twice. */
#include "base/digest.h"
#include "base/fail.h"
#include "io/gdal_geopackage.h"
#include "io/gdal_raster.h"
#include "space/geodesy/projection.h"
#include "support/check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What a program prints. */
static void run(const char *command, char *out, size_t size)
{
    FILE *pipe = popen(command, "r");
    size_t n = pipe ? fread(out, 1, size - 1, pipe) : 0;

    out[n] = '\0';
    if (!pipe || pclose(pipe) != 0)
        fail_msg("%s failed: %s", command, out);
}

static void need_text(const char *where, const char *what)
{
    if (!strstr(where, what))
        fail_msg("\"%s\" is missing in:\n%s", what, where);
}

static void digest(castmap_context *ctx, const char *path, char hex[CM_SHA256_HEX])
{
    if (cm_sha256_file(ctx, path, hex, NULL) != CASTMAP_OK)
        fail_msg("no digest of %s", path);
}

static void writes_a_cloud_optimized_surface_that_gdalinfo_understands(void **state)
{
    castmap_context *ctx = *state;
    enum { COLUMNS = 700, ROWS = 600 };
    double *values = malloc(COLUMNS * ROWS * sizeof *values);
    cm_projection *grid = NULL;
    char folder[64], path[256], again[256], command[1024], text[16384], one[CM_SHA256_HEX], two[CM_SHA256_HEX];

    folder_make(folder);
    snprintf(path, sizeof path, "%s/heat.tif", folder);
    snprintf(again, sizeof again, "%s/again.tif", folder);
    for (int i = 0; i < COLUMNS * ROWS; i++)
        values[i] = i % COLUMNS == 0 ? (double)NAN : i % 1000 / 10.0;
    assert_status(cm_projection_new(ctx, "EPSG:27700", false, &grid), CASTMAP_OK);
    cm_raster raster = {.grid = {350000.0, 180000.0, 50.0, COLUMNS, ROWS},
                        .wkt = cm_projection_wkt(grid),
                        .values = values,
                        .has_nodata = true,
                        .nodata = -1.0,
                        .unit = "1/km2",
                        .description = "observations per km2"};
    assert_status(cm_raster_write(ctx, path, &raster), CASTMAP_OK);
    assert_status(cm_raster_write(ctx, again, &raster), CASTMAP_OK);
    digest(ctx, path, one);
    digest(ctx, again, two);
    assert_string_equal(one, two);
    snprintf(command, sizeof command, "gdalinfo %s 2>&1", path);
    run(command, text, sizeof text);
    need_text(text, "LAYOUT=COG");
    need_text(text, "Size is 700, 600");
    need_text(text, "OSGB36 / British National Grid");
    need_text(text, "Origin = (350000.000000000000000,180000.000000000000000)");
    need_text(text, "Pixel Size = (50.000000000000000,-50.000000000000000)");
    need_text(text, "Type=Float32");
    need_text(text, "NoData Value=-1");
    need_text(text, "Unit Type: 1/km2");
    need_text(text, "Description = observations per km2");
    need_text(text, "Overviews: 350x300");
    assert_null(strstr(text, "STATISTICS"));
    snprintf(command, sizeof command, "gdallocationinfo -valonly %s 37 0", path);
    run(command, text, sizeof text);
    assert_near(strtod(text, NULL), 3.7, 1e-6);
    snprintf(command, sizeof command, "ls %s", folder);
    run(command, text, sizeof text);
    assert_string_equal(text, "again.tif\nheat.tif\n"); /* no side-car */
    cm_projection_free(grid);
    free(values);
    folder_remove(folder);
}

static void writes_classes_with_their_colours(void **state)
{
    castmap_context *ctx = *state;
    uint8_t bytes[100];
    const cm_raster_colour colours[] = {{0, 255, 255, 255, 0, "none"}, {1, 10, 20, 30, 255, "1 to 5"}, {2, 200, 100, 50, 255, "above 5"}};
    cm_projection *grid = NULL;
    char folder[64], path[256], command[1024], text[16384];

    for (int i = 0; i < 100; i++)
        bytes[i] = (uint8_t)(i % 3);
    folder_make(folder);
    snprintf(path, sizeof path, "%s/classes.tif", folder);
    assert_status(cm_projection_new(ctx, "EPSG:3006", false, &grid), CASTMAP_OK);
    cm_raster raster = {.grid = {600000.0, 6600000.0, 500.0, 10, 10},
                        .wkt = cm_projection_wkt(grid),
                        .bytes = bytes,
                        .has_nodata = true,
                        .nodata = 0.0,
                        .colours = colours,
                        .n_colours = 3};
    assert_status(cm_raster_write(ctx, path, &raster), CASTMAP_OK);
    snprintf(command, sizeof command, "gdalinfo %s 2>&1", path);
    run(command, text, sizeof text);
    need_text(text, "Type=Byte, ColorInterp=Palette");
    need_text(text, "10,20,30,255");
    need_text(text, "Origin = (600000.000000000000000,6600000.000000000000000)"); /* easting first although SWEREF99 TM is north-first */
    cm_projection_free(grid);
    folder_remove(folder);
}

static void refuses_rasters_that_cannot_be(void **state)
{
    castmap_context *ctx = *state;
    const double values[] = {1.0, INFINITY};
    cm_raster raster = {.grid = {0.0, 0.0, 1.0, 2, 1}, .wkt = "x", .values = values};

    assert_status(cm_raster_write(ctx, "/nonexistent/x.tif", &raster), CASTMAP_E_DATA);
    cm_fail_clear(ctx);
    raster.grid.columns = 200000;
    assert_status(cm_raster_write(ctx, "/nonexistent/x.tif", &raster), CASTMAP_E_LIMIT);
    cm_fail_clear(ctx);
    raster.grid.columns = 0;
    assert_status(cm_raster_write(ctx, "/nonexistent/x.tif", &raster), CASTMAP_E_ARGUMENT);
    cm_fail_clear(ctx);
}

/* POINT(-2.5 51.4), little-endian. */
static void point_wkb(double x, double y, unsigned char out[21])
{
    const uint32_t type = 1;

    out[0] = 1;
    memcpy(out + 1, &type, 4);
    memcpy(out + 5, &x, 8);
    memcpy(out + 13, &y, 8);
}

static void write_package(castmap_context *ctx, void **state, const char *path)
{
    static const cm_package_field FIELDS[] = {{"code", CM_PACKAGE_TEXT, "Code", "code of the council"},
                                      {"observations", CM_PACKAGE_INTEGER, "Observations", NULL},
                                      {"rate", CM_PACKAGE_REAL, NULL, NULL},
                                      {"day", CM_PACKAGE_DATE, NULL, NULL},
                                      {"seen", CM_PACKAGE_DATETIME, NULL, NULL}};
    const cm_layer_form form = {"places", "Places", "where observations gather", CM_PACKAGE_POINT, FIELDS, 5};
    cm_geopackage *package = NULL;
    unsigned char wkb[21];

    (void)ctx;
    assert_status(cm_geopackage_create(ctx, path, "2024-07-01T00:00:00Z", &package), CASTMAP_OK);
    assert_status(cm_geopackage_layer(ctx, package, &form), CASTMAP_OK);
    for (int i = 0; i < 3; i++) {
        const cm_value values[] = {{true, "caf\xc3\xa9 'x'", 0, 0.0}, {true, NULL, 5000000000 + i, 0.0}, {true, NULL, 0, i ? 1.5 : (double)NAN},
                                   {true, "2024-02-29", 0, 0.0}, {true, "2024-02-29T23:59:58Z", 0, 0.0}};
        point_wkb(-2.5 - i, 51.4 + i, wkb);
        assert_status(cm_geopackage_add(ctx, package, wkb, sizeof wkb, values), CASTMAP_OK);
    }
    assert_status(cm_geopackage_style(ctx, package, "places", "castmap", "as on the map", "<qgis version='3.22'/>", "<sld/>"), CASTMAP_OK);
    assert_status(cm_geopackage_close(ctx, package), CASTMAP_OK);
}

static void writes_a_styled_geopackage_twice_the_same(void **state)
{
    castmap_context *ctx = *state;
    char folder[64], path[256], again[256], command[1024], text[16384], one[CM_SHA256_HEX], two[CM_SHA256_HEX];
    cm_geopackage *package = NULL;

    folder_make(folder);
    snprintf(path, sizeof path, "%s/a.gpkg", folder);
    snprintf(again, sizeof again, "%s/b.gpkg", folder);
    write_package(ctx, state, path);
    write_package(ctx, state, again);
    digest(ctx, path, one);
    digest(ctx, again, two);
    assert_string_equal(one, two);
    snprintf(command, sizeof command, "ogrinfo -ro -so %s places 2>&1", path);
    run(command, text, sizeof text);
    need_text(text, "Geometry: Point");
    need_text(text, "Feature Count: 3");
    need_text(text, "Extent: (-4.500000, 51.400000) - (-2.500000, 53.400000)");
    need_text(text, "observations: Integer64");
    need_text(text, "WGS 84");
    snprintf(command, sizeof command,
             "sqlite3 %s \"SELECT f_table_catalog||'|'||f_table_name||'|'||f_geometry_column||'|'||useAsDefault||'|'||update_time FROM layer_styles; "
             "SELECT fid||code||observations||ifnull(rate,'null')||day||seen FROM places; SELECT last_change FROM gpkg_contents; "
             "SELECT description FROM gpkg_data_columns WHERE column_name = 'code'; PRAGMA integrity_check\"",
             path);
    run(command, text, sizeof text);
    need_text(text, "|places|geom|1|2024-07-01T00:00:00");
    need_text(text, "1caf\xc3\xa9 'x'5000000000null2024-02-292024-02-29T23:59:58");
    need_text(text, "2024-07-01T00:00:00");
    need_text(text, "code of the council");
    need_text(text, "\nok\n");
    assert_null(strstr(text, "2026"));
    assert_status(cm_geopackage_create(ctx, path, "2024-07-01T00:00:00Z", &package), CASTMAP_E_EXISTS);
    cm_fail_clear(ctx);
    folder_remove(folder);
}

static void a_package_that_lost_a_feature_is_noticed(void **state)
{
    castmap_context *ctx = *state;
    char folder[64], path[256], command[1024], text[256];

    folder_make(folder);
    snprintf(path, sizeof path, "%s/a.gpkg", folder);
    write_package(ctx, state, path);
    assert_status(cm_geopackage_recount(ctx, path, "places", 3, 3), CASTMAP_OK);
    assert_status(cm_geopackage_recount(ctx, path, "places", 4, 4), CASTMAP_E_IO);
    assert_status(cm_geopackage_recount(ctx, path, "other", 0, 0), CASTMAP_E_IO);
    snprintf(command, sizeof command, "sqlite3 %s 'DELETE FROM layer_styles' && head -c 30000 %s > %s.cut", path, path, path);
    run(command, text, sizeof text);
    snprintf(command, sizeof command, "%s.cut", path);
    assert_status(cm_geopackage_recount(ctx, command, "places", 3, 3), CASTMAP_E_IO);
    cm_fail_clear(ctx);
    folder_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_a_cloud_optimized_surface_that_gdalinfo_understands),
        cmocka_unit_test(writes_classes_with_their_colours),
        cmocka_unit_test(refuses_rasters_that_cannot_be),
        cmocka_unit_test(writes_a_styled_geopackage_twice_the_same),
        cmocka_unit_test(a_package_that_lost_a_feature_is_noticed),
    };
    return cmocka_run_group_tests(tests, context_setup, context_teardown);
}
