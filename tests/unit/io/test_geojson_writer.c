/* Tests of cm_geojson_write(). */
#include "io/geojson_writer.h"
#include "base/files.h"
#include "support/check.h"

#include <json-c/json.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>


/* Write, read the bytes back (freed by the caller), check that a JSON parser takes them. */
static char *written(void **state, const cm_geojson_layer *layer)
{
    castmap_context *ctx = *state;
    char folder[64], path[128], *bytes = NULL;

    folder_make(folder);
    snprintf(path, sizeof path, "%s/x.geojson", folder);
    assert_status(cm_geojson_write(ctx, path, layer, false, true), CASTMAP_OK);
    assert_status(cm_file_read(ctx, path, 1u << 28, &bytes, NULL), CASTMAP_OK);
    struct json_object *document = json_tokener_parse(bytes);
    assert_non_null(document);
    struct json_object *features;
    assert_true(json_object_object_get_ex(document, "features", &features));
    assert_int_equal(json_object_array_length(features), layer->count);
    json_object_put(document);
    folder_remove(folder);
    return bytes;
}

static void writes_points_with_six_decimals_and_no_minus_zero(void **state)
{
    const double lon[] = {-2.5879, 0.0000001, -0.0000004, 179.9999999}, lat[] = {51.45451234567, -0.5, 10.0, -89.000001};
    const int64_t count[] = {3, INT64_MIN, -7, 0};
    const double rate[] = {1.25, NAN, INFINITY, 0.125};
    const cm_geojson_field fields[] = {{.name = "count", .integer = count}, {.name = "rate", .real = rate, .digits = 2}};
    const cm_geojson_layer layer = {.name = "places", .shape = CM_GEOJSON_POINT, .count = 4, .lon = lon, .lat = lat,
                                    .n_fields = 2, .fields = fields};

    char *got = written(state, &layer);
    assert_string_equal(
        got, "{\"type\":\"FeatureCollection\",\"name\":\"places\",\"features\":[\n"
             "{\"type\":\"Feature\",\"geometry\":{\"type\":\"Point\",\"coordinates\":[-2.5879,51.454512]},\"properties\":{\"count\":3,\"rate\":1.25}},\n"
             "{\"type\":\"Feature\",\"geometry\":{\"type\":\"Point\",\"coordinates\":[0,-0.5]},\"properties\":{\"count\":null,\"rate\":null}},\n"
             "{\"type\":\"Feature\",\"geometry\":{\"type\":\"Point\",\"coordinates\":[0,10]},\"properties\":{\"count\":-7,\"rate\":null}},\n"
             "{\"type\":\"Feature\",\"geometry\":{\"type\":\"Point\",\"coordinates\":[180,-89.000001]},\"properties\":{\"count\":0,\"rate\":0.13}}\n"
             "]}\n");
    free(got);
}

static void turns_rings_to_the_right_hand_rule(void **state)
{
    const double lon[] = {0, 0, 3, 3, 0, 1, 2, 2, 1, 1}, lat[] = {0, 3, 3, 0, 0, 1, 1, 2, 2, 1};
    const size_t parts[] = {0, 1}, rings[] = {0, 2}, vertices[] = {0, 5, 10};
    const cm_geojson_layer layer = {.name = "a", .shape = CM_GEOJSON_POLYGON, .count = 1, .part_start = parts,
                                    .ring_start = rings, .vertex_start = vertices, .lon = lon, .lat = lat};

    char *got = written(state, &layer); /* both rings were the wrong way round */
    assert_non_null(strstr(got, "\"Polygon\",\"coordinates\":[[[0,0],[3,0],[3,3],[0,3],[0,0]],"
                                "[[1,1],[1,2],[2,2],[2,1],[1,1]]]}"));
    free(got);
}

static void several_parts_make_multi_geometries_and_none_makes_null(void **state)
{
    const double lon[] = {0, 1, 5, 6}, lat[] = {0, 1, 5, 6};
    const size_t parts[] = {0, 2, 2}, rings[] = {0, 1, 2}, vertices[] = {0, 2, 4};
    const cm_geojson_layer layer = {.name = "l", .shape = CM_GEOJSON_LINE, .count = 2, .part_start = parts,
                                    .ring_start = rings, .vertex_start = vertices, .lon = lon, .lat = lat};

    char *got = written(state, &layer);
    assert_non_null(strstr(got, "\"MultiLineString\",\"coordinates\":[[[0,0],[1,1]],[[5,5],[6,6]]]}"));
    assert_non_null(strstr(got, "\"geometry\":null"));
    free(got);
}

static void escapes_text_and_repairs_what_is_not_utf8(void **state)
{
    const double zero[] = {0, 0};
    char quote[] = "say \"hi\"\\\n\x01\x7f", broken[] = "ab\xff" "c";
    char *text[] = {quote, broken};
    const double bbox[] = {-1, -2, 3.5, 4};
    const cm_geojson_field field = {.name = "no\"te", .text = text};
    const cm_geojson_layer layer = {.name = "t", .members = "\"title\":\"A town\"", .bbox = bbox, .shape = CM_GEOJSON_POINT,
                                    .count = 2, .lon = zero, .lat = zero, .n_fields = 1, .fields = &field};

    char *got = written(state, &layer);
    assert_non_null(strstr(got, "\"title\":\"A town\",\"bbox\":[-1,-2,3.5,4],\"features\""));
    assert_non_null(strstr(got, "{\"no\\\"te\":\"say \\\"hi\\\"\\\\\\n\\u0001\\u007f\"}"));
    assert_true(strstr(got, "ab\xef\xbf\xbd" "c") || strstr(got, "ab\\ufffdc"));
    free(got);
}

static void an_empty_layer_is_an_empty_collection(void **state)
{
    const cm_geojson_layer layer = {.name = "none", .shape = CM_GEOJSON_POLYGON};

    char *got = written(state, &layer);
    assert_string_equal(got, "{\"type\":\"FeatureCollection\",\"name\":\"none\",\"features\":[\n]}\n");
    free(got);
}

static void many_features_are_the_same_on_one_thread_and_on_four(void **state)
{
    enum { N = 150000 };
    double *lon = malloc(N * sizeof *lon), *lat = malloc(N * sizeof *lat);
    int64_t *id = malloc(N * sizeof *id);
    castmap_context *ctx = *state;

    for (size_t i = 0; i < N; i++) {
        lon[i] = -180.0 + (double)i * 360.0 / N;
        lat[i] = 90.0 - (double)i * 180.0 / N;
        id[i] = (int64_t)i;
    }
    const cm_geojson_field field = {.name = "id", .integer = id};
    const cm_geojson_layer layer = {.name = "many", .shape = CM_GEOJSON_POINT, .count = N, .lon = lon, .lat = lat,
                                    .n_fields = 1, .fields = &field};
    castmap_set_threads(ctx, 1);
    char *one = written(state, &layer);
    castmap_set_threads(ctx, 4);
    char *four = written(state, &layer);
    castmap_set_threads(ctx, 0);
    assert_string_equal(one, four);
    free(one);
    free(four);
    free(lon);
    free(lat);
    free(id);
}

static void refuses_places_off_the_earth_and_targets_that_exist(void **state)
{
    const double bad[] = {NAN, 181, -200, INFINITY}, good[] = {0};
    cm_geojson_layer layer = {.name = "p", .shape = CM_GEOJSON_POINT, .count = 1, .lat = good};
    char folder[64], path[256];

    folder_make(folder);
    for (size_t i = 0; i < 4; i++) {
        snprintf(path, sizeof path, "%s/p.geojson", folder);
        layer.lon = &bad[i];
        assert_status(cm_geojson_write(*state, path, &layer, false, false), CASTMAP_E_DATA);
        assert_int_not_equal(access(path, F_OK), 0);
    }
    folder_write(folder, "p.geojson", "kept", 4, path);
    layer.lon = good;
    assert_status(cm_geojson_write(*state, path, &layer, false, false), CASTMAP_E_EXISTS);
    char *bytes = NULL;
    assert_status(cm_file_read(*state, path, 100, &bytes, NULL), CASTMAP_OK);
    assert_string_equal(bytes, "kept");
    free(bytes);
    assert_status(cm_geojson_write(*state, path, &layer, true, false), CASTMAP_OK);
    folder_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_points_with_six_decimals_and_no_minus_zero),
        cmocka_unit_test(turns_rings_to_the_right_hand_rule),
        cmocka_unit_test(several_parts_make_multi_geometries_and_none_makes_null),
        cmocka_unit_test(escapes_text_and_repairs_what_is_not_utf8),
        cmocka_unit_test(an_empty_layer_is_an_empty_collection),
        cmocka_unit_test(many_features_are_the_same_on_one_thread_and_on_four),
        cmocka_unit_test(refuses_places_off_the_earth_and_targets_that_exist),
    };
    return cmocka_run_group_tests(tests, context_setup, context_teardown);
}
