/* Tests of GeoJSON, GeoPackage, rasters and manifest of a release. */
#include "castmap/products.h"
#include "base/files.h"
#include "release/disclosure/release_build.h"
#include "release/export/export_layer.h"
#include "support/check.h"
#include "support/release_fixture.h"

#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void file_text(void **state, const char *path, char **bytes)
{
    *bytes = NULL;
    assert_status(cm_file_read(*state, path, 1u << 28, bytes, NULL), CASTMAP_OK);
}

static void every_layer_is_valid_geojson_with_its_features(void **state)
{
    for (castmap_audience audience = CASTMAP_INTERNAL; audience <= CASTMAP_PUBLIC; audience++) {
        castmap_release *release = fixture_release(*state, audience);
        char folder[64], path[160];

        folder_make(folder);
        for (size_t i = 0; i < castmap_release_layers(release); i++) {
            snprintf(path, sizeof path, "%s/%zu.geojson", folder, i);
            assert_status(castmap_write_geojson(*state, release, castmap_release_layer_name(release, i), path, false),
                          CASTMAP_OK);
            char *bytes;
            file_text(state, path, &bytes);
            struct json_object *document = json_tokener_parse(bytes), *value;
            assert_non_null(document);
            assert_true(json_object_object_get_ex(document, "features", &value));
            assert_int_equal(json_object_array_length(value), castmap_release_layer_features(release, i));
            assert_true(json_object_object_get_ex(document, "licence", &value));
            assert_true(json_object_object_get_ex(document, "bbox", &value));
            json_object_put(document);
            free(bytes);
        }
        folder_remove(folder);
        castmap_release_free(release);
    }
}

static void writes_the_same_bytes_twice(void **state)
{
    castmap_release *release = fixture_release(*state, CASTMAP_PARTNER);
    char folder[64], path[160];
    char *bytes[2];

    folder_make(folder);
    for (int k = 0; k < 2; k++) {
        snprintf(path, sizeof path, "%s/%d.geojson", folder, k);
        assert_status(castmap_write_geojson(*state, release, "areas", path, false), CASTMAP_OK);
        file_text(state, path, &bytes[k]);
    }
    assert_string_equal(bytes[0], bytes[1]);
    free(bytes[0]);
    free(bytes[1]);
    folder_remove(folder);
    castmap_release_free(release);
}

static void refuses_unknown_layers_and_existing_files(void **state)
{
    castmap_release *release = fixture_release(*state, CASTMAP_PARTNER);
    char folder[64], path[256];

    folder_make(folder);
    snprintf(path, sizeof path, "%s/x.geojson", folder);
    assert_status(castmap_write_geojson(*state, release, "observations", path, false), CASTMAP_E_NOT_FOUND);
    assert_non_null(strstr(castmap_message_hint(*state), "cells"));
    folder_write(folder, "x.geojson", "old", 3, path);
    assert_status(castmap_write_geojson(*state, release, "cells", path, false), CASTMAP_E_EXISTS);
    assert_status(castmap_write_geojson(*state, release, "cells", path, true), CASTMAP_OK);
    folder_remove(folder);
    castmap_release_free(release);
}

static void the_manifest_names_each_file_with_its_digest(void **state)
{
    castmap_release *release = fixture_release(*state, CASTMAP_PUBLIC);
    char folder[64], path[256];

    folder_make(folder);
    folder_write(folder, "b.txt", "abc", 3, path);
    folder_write(folder, "a.txt", "", 0, path);
    assert_status(castmap_write_manifest(*state, release, folder, false), CASTMAP_OK);
    snprintf(path, sizeof path, "%s/manifest.json", folder);
    char *bytes;
    file_text(state, path, &bytes);
    assert_non_null(strstr(bytes, "a.txt"));
    assert_non_null(strstr(strstr(bytes, "a.txt"), "b.txt")); /* sorted */
    assert_non_null(strstr(bytes, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
    assert_non_null(strstr(bytes, "\"audience\""));
    struct json_object *document = json_tokener_parse(bytes);
    assert_non_null(document);
    json_object_put(document);
    free(bytes);
    assert_status(castmap_write_manifest(*state, release, folder, false), CASTMAP_E_EXISTS);
    folder_remove(folder);
    castmap_release_free(release);
}

static void a_table_holds_the_fields_of_every_feature(void **state)
{
    castmap_release *release = fixture_release(*state, CASTMAP_PUBLIC);
    char folder[64], path[160], *bytes;

    folder_make(folder);
    snprintf(path, sizeof path, "%s/flows.csv", folder);
    assert_status(castmap_write_csv(*state, release, "flows", path, false), CASTMAP_OK);
    file_text(state, path, &bytes);
    assert_int_equal(strncmp(bytes, "from_name,to_name,count,class\r\n", 31), 0);
    size_t lines = 0;
    for (const char *at = bytes; (at = strstr(at, "\r\n")) != NULL; at += 2)
        lines++;
    assert_int_equal(lines, 5);
    assert_non_null(strstr(bytes, ",120,2\r\n"));
    free(bytes);
    assert_status(castmap_write_csv(*state, release, "flows", path, false), CASTMAP_E_EXISTS);
    assert_status(castmap_write_csv(*state, release, "streams", path, true), CASTMAP_E_NOT_FOUND);
    snprintf(path, sizeof path, "%s/areas.csv", folder); /* what is not shown is empty, not 0 */
    assert_status(castmap_write_csv(*state, release, "areas", path, false), CASTMAP_OK);
    file_text(state, path, &bytes);
    assert_non_null(strstr(bytes, ",,"));
    free(bytes);
    folder_remove(folder);
    castmap_release_free(release);
}

static void qgis_styles_carry_classes_hatching_and_labels(void **state)
{
    castmap_release *release = fixture_release(*state, CASTMAP_PUBLIC);
    cm_text qml = CM_TEXT_INIT;

    cm_qml_add(&qml, cm_release_layer(release, "areas"));
    assert_false(qml.failed);
    assert_non_null(strstr(qml.bytes, "categorizedSymbol"));
    assert_non_null(strstr(qml.bytes, "label=\"not shown\""));
    assert_non_null(strstr(qml.bytes, "LinePatternFill"));
    assert_non_null(strstr(qml.bytes, "fieldName=\"name\""));
    cm_text_reset(&qml);
    cm_qml_add(&qml, cm_release_layer(release, "flows")); /* a width for each class, and a head in the middle */
    assert_non_null(strstr(qml.bytes, "value=\"0.40\""));
    assert_non_null(strstr(qml.bytes, "value=\"1.40\""));
    assert_non_null(strstr(qml.bytes, "MarkerLine"));
    assert_null(strstr(qml.bytes, "SimpleFill"));
    cm_text_clear(&qml);
    castmap_release_free(release);
}

static int shell(const char *before, const char *path, const char *after)
{
    char command[400];

    snprintf(command, sizeof command, "%s %s %s", before, path, after);
    return system(command);
}

static void the_geopackage_holds_all_layers_with_styles_and_the_same_bytes(void **state)
{
    for (castmap_audience audience = CASTMAP_INTERNAL; audience <= CASTMAP_PUBLIC; audience++) {
        castmap_release *release = fixture_release(*state, audience);
        char folder[64], one[160], two[160];

        folder_make(folder);
        snprintf(one, sizeof one, "%s/one.gpkg", folder);
        snprintf(two, sizeof two, "%s/two.gpkg", folder);
        assert_status(castmap_write_geopackage(*state, release, one, false), CASTMAP_OK);
        assert_status(castmap_write_geopackage(*state, release, two, false), CASTMAP_OK);
        assert_int_equal(shell("cmp -s", one, two), 0);
        assert_int_equal(shell("ogrinfo -so", one, "areas 2>&1 | grep -q 'Feature Count: 20'"), 0);
        assert_int_equal(shell("ogrinfo -so", one, "flows 2>&1 | grep -q 'Geometry: Multi Line String'"), 0);
        assert_int_equal(shell("ogrinfo", one, "flows 2>&1 | grep -c '^  MULTILINESTRING' | grep -qx 4"), 0);
        assert_int_equal(shell("test $(sqlite3", one, "'SELECT count(*) FROM layer_styles WHERE useAsDefault') -ge 4"), 0);
        assert_status(castmap_write_geopackage(*state, release, one, false), CASTMAP_E_EXISTS);
        folder_remove(folder);
        castmap_release_free(release);
    }
}

/* As a partner's program sees it: GDAL's driver with its filter through the index, and SQLite's own check of the index. */
static void many_points_make_a_geopackage_as_gdal_would(void **state)
{
    enum { N = 3000 };
    cm_release_build build;
    double *place = calloc(4 * N, sizeof *place);
    char folder[64], path[160];

    assert_non_null(place);
    for (size_t i = 0; i < N; i++) {
        place[i] = 500.0 * (double)i;
        place[N + i] = 7.0 * (double)i;
        place[2 * N + i] = 3.0 + 0.001 * (double)i;
        place[3 * N + i] = 55.0 + 0.0001 * (double)i;
    }
    cm_build_begin(&build, CASTMAP_INTERNAL);
    cm_layer *layer = cm_build_layer(&build, "spots", "Spots", "Many points.", CM_SHAPE_POINT, N);
    cm_field *number = cm_build_field(&build, layer, CM_FIELD_INTEGER, "number", "Number", "", "", 0);
    cm_field *size = cm_build_field(&build, layer, CM_FIELD_REAL, "size", "Size", "", "m", 1);
    cm_field *word = cm_build_field(&build, layer, CM_FIELD_TEXT, "word", "Word", "", "", 0);
    cm_build_points(&build, layer, place, place + N, place + 2 * N, place + 3 * N);
    for (size_t i = 0; i < N; i += 2) {
        cm_field_set_integer(number, i, (int64_t)i);
        cm_field_set_real(size, i, 0.5 * (double)i);
        cm_field_set_text(&build, word, i, "it's");
    }
    assert_false(build.failed);
    folder_make(folder);
    snprintf(path, sizeof path, "%s/spots.gpkg", folder);
    assert_status(castmap_write_geopackage(*state, build.release, path, false), CASTMAP_OK);
    assert_int_equal(shell("ogrinfo -so", path, "spots | grep -q 'Feature Count: 3000'"), 0);
    assert_int_equal(shell("ogrinfo -so", path, "spots | grep -q 'Extent: (3.000000, 55.000000) - (5.999000, 55.299900)'"), 0);
    assert_int_equal(shell("ogrinfo -so -spat 2 50 4.4999 60", path, "spots | grep -q 'Feature Count: 1500'"), 0);
    assert_int_equal(shell("ogrinfo -q -fid 11", path, "spots | tr -d '\\n' | "
                           "grep -q 'number (Integer64) = 10  size (Real) = 5  word (String) = it.s  POINT (3.01 55.001)'"), 0);
    assert_int_equal(shell("ogrinfo -q -fid 12", path, "spots | grep -c 'null' | grep -qx 3"), 0);
    assert_int_equal(shell("sqlite3", path, "\"SELECT rtreecheck('rtree_spots_geom'); PRAGMA integrity_check\" | grep -cx ok | grep -qx 2"), 0);
    /* A later edit by GDAL finds its triggers and the index in order. */
    assert_int_equal(shell("ogrinfo -q -sql 'DELETE FROM spots WHERE fid > 2000'", path, "> /dev/null"), 0);
    assert_int_equal(shell("ogrinfo -so -spat 2 50 4.4999 60", path, "spots | grep -q 'Feature Count: 1500'"), 0);
    assert_int_equal(shell("ogrinfo -so", path, "spots | grep -q 'Feature Count: 2000'"), 0);
    folder_remove(folder);
    castmap_release_free(build.release);
    free(place);
}

static void the_surface_stays_inside_and_its_classes_leave(void **state)
{
    for (castmap_audience audience = CASTMAP_INTERNAL; audience <= CASTMAP_PUBLIC; audience++) {
        castmap_release *release = fixture_release(*state, audience);
        char folder[64], path[160];

        folder_make(folder);
        snprintf(path, sizeof path, "%s/heat.tif", folder);
        if (audience == CASTMAP_INTERNAL) {
            assert_status(castmap_write_heat_geotiff(*state, release, path, false), CASTMAP_OK);
            assert_int_equal(shell("gdalinfo", path, "| grep -q 'LAYOUT=COG'"), 0);
        } else {
            assert_status(castmap_write_heat_geotiff(*state, release, path, false), CASTMAP_E_RELEASE);
            assert_int_not_equal(access(path, F_OK), 0);
        }
        snprintf(path, sizeof path, "%s/classes.tif", folder);
        assert_status(castmap_write_heat_classes(*state, release, path, false), CASTMAP_OK);
        assert_int_equal(shell("gdalinfo", path, "| grep -q 'Type=Byte, ColorInterp=Palette'"), 0);
        assert_int_not_equal(shell("gdalinfo", path, "| grep -q STATISTICS"), 0);
        folder_remove(folder);
        castmap_release_free(release);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_layer_is_valid_geojson_with_its_features),
        cmocka_unit_test(writes_the_same_bytes_twice),
        cmocka_unit_test(refuses_unknown_layers_and_existing_files),
        cmocka_unit_test(the_manifest_names_each_file_with_its_digest),
        cmocka_unit_test(a_table_holds_the_fields_of_every_feature),
        cmocka_unit_test(qgis_styles_carry_classes_hatching_and_labels),
        cmocka_unit_test(the_geopackage_holds_all_layers_with_styles_and_the_same_bytes),
        cmocka_unit_test(many_points_make_a_geopackage_as_gdal_would),
        cmocka_unit_test(the_surface_stays_inside_and_its_classes_leave),
    };
    return cmocka_run_group_tests(tests, context_setup, context_teardown);
}
