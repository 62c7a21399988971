/* Tests of the release builder and of its last door. */
#include "release/disclosure/release_build.h"
#include "castmap/products.h"
#include "support/check.h"
#include "support/release_fixture.h"

#include <math.h>
#include <string.h>

static const double X[] = {0, 500, 500, 0, 0}, Y[] = {0, 0, 500, 500, 0};
static const size_t PARTS[] = {0, 1}, RINGS[] = {0, 1}, VERTICES[] = {0, 5};
static const castmap_polygons SQUARE = {1, PARTS, RINGS, VERTICES, X, Y};

static cm_layer *one_cell(cm_release_build *build, castmap_audience audience, const char *name)
{
    cm_build_begin(build, audience);
    build->lattice_m = 500.0;
    cm_layer *layer = cm_build_layer(build, name, "Cells", "", CM_SHAPE_POLYGON, 1);
    cm_build_shapes(build, layer, &SQUARE, X, Y);
    return layer;
}

static void refuses_a_field_that_is_not_on_the_list(void **state)
{
    cm_release_build build;
    castmap_release *release = NULL;
    cm_layer *layer = one_cell(&build, CASTMAP_PARTNER, "cells");

    cm_build_field(&build, layer, CM_FIELD_TEXT, "text", "Text", "", "", 0);
    assert_status(cm_build_finish(*state, &build, &release), CASTMAP_E_RELEASE);
    assert_null(release);
    assert_non_null(strstr(castmap_message(*state), "\"text\""));
}

static void lets_the_same_field_stay_internal(void **state)
{
    cm_release_build build;
    castmap_release *release = NULL;
    cm_layer *layer = one_cell(&build, CASTMAP_INTERNAL, "cells");

    cm_build_field(&build, layer, CM_FIELD_TEXT, "text", "Text", "", "", 0);
    assert_status(cm_build_finish(*state, &build, &release), CASTMAP_OK);
    assert_int_equal(castmap_release_layers(release), 1);
    castmap_release_free(release);
}

static void refuses_points_and_unknown_layers(void **state)
{
    cm_release_build build;
    castmap_release *release = NULL;

    one_cell(&build, CASTMAP_PUBLIC, "observations");
    assert_status(cm_build_finish(*state, &build, &release), CASTMAP_E_RELEASE);
    cm_build_begin(&build, CASTMAP_PUBLIC);
    cm_layer *layer = cm_build_layer(&build, "areas", "Areas", "", CM_SHAPE_POINT, 1);
    cm_build_points(&build, layer, X, Y, X, Y);
    assert_status(cm_build_finish(*state, &build, &release), CASTMAP_E_RELEASE);
    assert_null(release);
}

static void refuses_a_vertex_that_is_no_corner_of_a_cell(void **state)
{
    cm_release_build build;
    castmap_release *release = NULL;
    cm_layer *layer = one_cell(&build, CASTMAP_PARTNER, "places");

    layer->x[1] = 500.5;
    assert_status(cm_build_finish(*state, &build, &release), CASTMAP_E_RELEASE);
    assert_null(release);
}

static void refuses_a_float_surface(void **state)
{
    const castmap_grid grid = {0, 1000, 100, 10, 10};
    const double breaks[] = {1};
    cm_release_build build;
    castmap_release *release = NULL;

    one_cell(&build, CASTMAP_PUBLIC, "cells");
    assert_true(cm_build_surface(&build, &grid, true, breaks, 1));
    assert_status(cm_build_finish(*state, &build, &release), CASTMAP_E_RELEASE);
    assert_null(release);
}

static void refuses_to_finish_without_an_audience(void **state)
{
    cm_release_build build;
    castmap_release *release = NULL;

    one_cell(&build, CASTMAP_AUDIENCE_NONE, "cells");
    assert_status(cm_build_finish(*state, &build, &release), CASTMAP_E_ARGUMENT);
    assert_null(release);
}

static void fixture_has_what_products_need(void **state)
{
    for (castmap_audience audience = CASTMAP_INTERNAL; audience <= CASTMAP_PUBLIC; audience++) {
        castmap_release *release = fixture_release(*state, audience);
        const cm_layer *areas = cm_release_layer(release, "areas");
        assert_non_null(areas);
        assert_int_equal(areas->count, 20);
        assert_true(areas->style.class_field >= 0);
        assert_non_null(cm_layer_field(areas, "name"));
        assert_null(cm_layer_field(areas, "nothing"));
        assert_non_null(cm_release_layer(release, "heat"));
        assert_int_equal(cm_release_layer(release, "observations") != NULL, audience == CASTMAP_INTERNAL);
        assert_int_equal(release->surface.values != NULL, audience == CASTMAP_INTERNAL);
        castmap_release_free(release);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses_a_field_that_is_not_on_the_list),
        cmocka_unit_test(lets_the_same_field_stay_internal),
        cmocka_unit_test(refuses_points_and_unknown_layers),
        cmocka_unit_test(refuses_a_vertex_that_is_no_corner_of_a_cell),
        cmocka_unit_test(refuses_a_float_surface),
        cmocka_unit_test(refuses_to_finish_without_an_audience),
        cmocka_unit_test(fixture_has_what_products_need),
    };
    return cmocka_run_group_tests(tests, context_setup, context_teardown);
}
