/* Tests of castmap_release_make() on a small project: what leaves, what stays, and what the ledger forbids. */
#include "base/digest.h"
#include "base/fail.h"
#include "base/files.h"
#include "base/random.h"
#include "base/time_text.h"
#include "castmap/products.h"
#include "castmap/runs.h"
#include "project/batch_table.h"
#include "project/boundary_table.h"
#include "project/layer_table.h"
#include "project/ledger_table.h"
#include "project/observation_table.h"
#include "project/run_table.h"
#include "release/disclosure/release_view.h"
#include "space/geodesy/projection.h"
#include "support/check.h"

#include <json-c/json.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CRS "EPSG:32631"
#define WEST 504000.0 /* a corner of the 8 km lattice, in the North Sea */
#define SOUTH 6104000.0
#define TOWN 1500

typedef struct room {
    castmap_context *ctx;
    char             folder[64], path[160];
    castmap_project *project;
    cm_projection   *projection;
    size_t           n;                        /* observations so far */
    double           lon[TOWN + 64], lat[TOWN + 64];
} room;

static void must(room *r, castmap_status status)
{
    if (status)
        fail_msg("%s", castmap_message(r->ctx));
}

/* Three hot spots and a thin spread; two years; twenty sources. */
static void place_of(size_t i, double *x, double *y)
{
    static const double SPOT[3][2] = {{2300, 2400}, {6200, 5400}, {9300, 2100}};
    const double u = cm_random_unit(3, 1, i), v = cm_random_unit(3, 2, i);

    if (i % 2 == 0) {
        *x = WEST + 12000.0 * u;
        *y = SOUTH + 8000.0 * v;
        return;
    }
    const double *spot = SPOT[i % 3];
    *x = WEST + spot[0] + 900.0 * (u + cm_random_unit(3, 3, i) - 1.0);
    *y = SOUTH + spot[1] + 900.0 * (v + cm_random_unit(3, 4, i) - 1.0);
}

static void add_observations(room *r, size_t n, char handling, int source_grade, char information_grade, int64_t from_s)
{
    cm_observation_writer *writer = NULL;
    cm_batch batch = {.file = "town.csv", .format = "test", .sha256 = "", .mapping = "{}", .read = n, .accepted = n};
    int64_t run, batch_id;

    must(r, cm_run_begin(r->ctx, r->project, "import", &run));
    must(r, cm_batch_begin(r->ctx, r->project, run, &batch, &batch_id));
    must(r, cm_observation_writer_open(r->ctx, r->project, batch_id, &writer));
    for (size_t k = 0; k < n; k++) {
        const size_t i = r->n++;
        double x, y;
        char source[16];
        cm_stored stored;
        int64_t earlier;
        place_of(i, &x, &y);
        must(r, cm_projection_inverse(r->ctx, r->projection, 1, &x, &y, &r->lon[i], &r->lat[i], NULL));
        snprintf(source, sizeof source, "S-%02zu", i * 7 % 20);
        cm_observation row = {.row = (int64_t)k + 2, .lon = r->lon[i], .lat = r->lat[i], .accuracy_m = 10.0,
                              .precision = CM_PLACE_EXACT, .from_s = from_s + (int64_t)(cm_random_unit(3, 5, i) * 730.0) * 86400,
                              .when = CM_WHEN_DAY, .when_text = "d", .zone = "UTC", .category = "transport",
                              .text = "CANARY red door behind the chapel", .source = source, .source_grade = source_grade,
                              .information_grade = information_grade, .handling = handling, .persons = -1};
        row.to_s = row.from_s + 86400;
        cm_blake2b(&i, sizeof i, NULL, 0, row.content_id, sizeof row.content_id);
        memcpy(row.content_hash, row.content_id, sizeof row.content_hash);
        must(r, cm_observation_writer_add(r->ctx, writer, &row, &stored, &earlier));
    }
    must(r, cm_observation_writer_finish(r->ctx, writer, NULL));
    cm_observation_writer_free(writer);
    must(r, cm_batch_finish(r->ctx, r->project, batch_id, &batch));
    must(r, cm_run_finish(r->ctx, r->project, run, "import", "{}", "{}"));
}

/* Twelve wards of 3 by 2.7 km. */
static void add_wards(room *r)
{
    enum { N = 12 };
    char codes[N][16], names[N][16];
    char *code[N], *name[N], *parent[N] = {0};
    double population[N];
    bool repaired[N] = {false};
    cm_boundary_set set = {.level = (char[]){"ward"}, .name = (char[]){"Wards"}, .vintage = (char[]){"2025"},
                           .source = (char[]){"nobody"}, .licence = (char[]){"none"}, .sha256 = (char[]){""}, .count = N,
                           .code = code, .area_name = name, .parent = parent, .population = population, .repaired = repaired};
    int64_t run, id;

    for (int i = 0; i < N; i++) {
        const double x0 = WEST + 3000.0 * (i % 4), y0 = SOUTH + 2700.0 * (i / 4);
        const double x[5] = {x0, x0 + 3000, x0 + 3000, x0, x0}, y[5] = {y0, y0, y0 + 2700, y0 + 2700, y0};
        double lon[5], lat[5];
        must(r, cm_projection_inverse(r->ctx, r->projection, 5, x, y, lon, lat, NULL));
        if (cm_polygon_set_feature(&set.shape) || cm_polygon_set_part(&set.shape) || cm_polygon_set_ring(&set.shape))
            fail_msg("out of memory");
        for (int k = 0; k < 5; k++) {
            if (cm_polygon_set_vertex(&set.shape, lon[k], lat[k]))
                fail_msg("out of memory");
        }
        snprintf(codes[i], sizeof codes[i], "W%02d", i);
        snprintf(names[i], sizeof names[i], "Ward %c", 'A' + i);
        code[i] = codes[i];
        name[i] = names[i];
        population[i] = 5000.0 + 100.0 * i;
    }
    must(r, cm_run_begin(r->ctx, r->project, "boundaries", &run));
    must(r, cm_boundary_store(r->ctx, r->project, run, &set, &id));
    must(r, cm_run_finish(r->ctx, r->project, run, "wards", "{}", "{}"));
    cm_polygon_set_clear(&set.shape);
}

/* Each hot spot is one cluster; members are the observations that were made for it. */
static void add_clusters(room *r)
{
    cm_observation_set set = {0};
    int64_t run;

    must(r, cm_observations_load(r->ctx, r->project, INT64_MIN, INT64_MAX, NULL, &set));
    double *x = calloc(set.count, sizeof *x), *y = calloc(set.count, sizeof *y);
    int32_t *label = calloc(set.count, sizeof *label);
    bool *core = calloc(set.count, sizeof *core);
    must(r, cm_projection_forward(r->ctx, r->projection, set.count, set.lon, set.lat, x, y, NULL));
    const castmap_points points = {.count = set.count, .x = x, .y = y, .time_s = set.from_s, .id = set.id};
    castmap_dbscan_options options = CASTMAP_DBSCAN_OPTIONS_INIT;
    size_t k;
    options.eps_m = 180.0;
    options.min_points = 12;
    must(r, castmap_dbscan(r->ctx, &points, &options, label, core, &k));
    assert_true(k > 0);
    cm_cluster_layer layer = {.name = (char[]){"places"}, .eps_m = options.eps_m, .min_points = options.min_points,
                              .n = set.count, .observation = set.id, .label = label, .is_core = core};
    must(r, castmap_cluster_shapes_make(r->ctx, &points, label, k, &layer.shapes));
    size_t hull = 0;
    for (size_t i = 0; i < k; i++)
        hull += layer.shapes.shape[i].hull_count;
    layer.lon = calloc(k, sizeof(double));
    layer.lat = calloc(k, sizeof(double));
    layer.hull_lon = calloc(hull, sizeof(double));
    layer.hull_lat = calloc(hull, sizeof(double));
    must(r, cm_projection_inverse(r->ctx, r->projection, hull, layer.shapes.hull_x, layer.shapes.hull_y, layer.hull_lon,
                                  layer.hull_lat, NULL));
    must(r, cm_run_begin(r->ctx, r->project, "cluster", &run));
    layer.run_number = run;
    must(r, cm_cluster_layer_store(r->ctx, r->project, &layer));
    must(r, cm_run_finish(r->ctx, r->project, run, "places", "{}", "{}"));
    castmap_cluster_shapes_clear(&layer.shapes);
    free(layer.lon);
    free(layer.lat);
    free(layer.hull_lon);
    free(layer.hull_lat);
    free(x);
    free(y);
    free(label);
    free(core);
    cm_observation_set_clear(&set);
}

static int setup(void **state)
{
    room *r = calloc(1, sizeof *r);
    castmap_project_options options = CASTMAP_PROJECT_OPTIONS_INIT;

    r->ctx = castmap_context_new();
    folder_make(r->folder);
    snprintf(r->path, sizeof r->path, "%s/town" CASTMAP_PROJECT_SUFFIX, r->folder);
    options.title = "Gate town";
    options.crs = CRS;
    must(r, cm_projection_new(r->ctx, CRS, false, &r->projection));
    must(r, castmap_project_create(r->ctx, r->path, &options, &r->project));
    if (cm_project_crs(r->project)[0] == '\0')
        must(r, cm_project_crs_set(r->ctx, r->project, CRS, "UTM 31N", "test", 400.0));
    add_observations(r, TOWN, 'P', 2, 'B', cm_utc(2024, 1, 1, 0, 0, 0));
    add_wards(r);
    add_clusters(r);
    *state = r;
    return 0;
}

static int teardown(void **state)
{
    room *r = *state;

    castmap_project_close(r->project);
    cm_projection_free(r->projection);
    castmap_context_free(r->ctx);
    folder_remove(r->folder);
    free(r);
    return 0;
}

static castmap_release_options options_for(castmap_audience audience)
{
    castmap_release_options options = CASTMAP_RELEASE_OPTIONS_INIT;

    options.audience = audience;
    options.now_s = cm_utc(2026, 11, 23, 12, 0, 0);
    return options;
}

static castmap_release *made(room *r, castmap_audience audience)
{
    const castmap_release_options options = options_for(audience);
    castmap_release *release = NULL;

    must(r, castmap_release_make(r->ctx, r->project, &options, &release));
    return release;
}

static void expect(room *r, const castmap_release_options *options, castmap_status want, const char *words)
{
    castmap_release *release = NULL;
    const castmap_status got = castmap_release_make(r->ctx, r->project, options, &release);

    if (got != want)
        fail_msg("gave %s, expected %s: %s", castmap_status_name(got), castmap_status_name(want), castmap_message(r->ctx));
    assert_null(release);
    if (words && !strstr(castmap_message(r->ctx), words))
        fail_msg("\"%s\" does not say \"%s\"", castmap_message(r->ctx), words);
}

/* The legend of an internal map says what its colours stand for: each area's figure lies in the range of its class. */
static void the_classes_of_areas_hold_what_their_labels_say(void **state)
{
    room *r = *state;
    castmap_areas_run_options options = CASTMAP_AREAS_RUN_OPTIONS_INIT;
    castmap_areas_summary summary = {0};

    must(r, castmap_run_areas(r->ctx, r->project, &options, &summary));
    castmap_areas_summary_clear(&summary);
    castmap_release *release = made(r, CASTMAP_INTERNAL);
    const cm_layer *areas = cm_release_layer(release, "areas");
    const cm_field *class_number = cm_layer_field(areas, "class"), *rate = cm_layer_field(areas, "rate"),
                   *density = cm_layer_field(areas, "density_per_km2");
    bool by_rate = true;
    for (size_t i = 0; i < areas->count; i++)
        by_rate = by_rate && isfinite(rate->real[i]);
    assert_non_null(strstr(areas->style.legend_title, by_rate ? "residents" : "km\xc2\xb2"));
    assert_true(areas->style.n_classes >= 3 && areas->style.n_classes <= 6); /* five, and zero apart */
    for (size_t i = 0; i < areas->count; i++) {
        const double value = by_rate ? rate->real[i] : density->real[i];
        const cm_class *c = &areas->style.classes[class_number->integer[i]];
        if (value > 0.0)
            assert_true(value >= c->lower && value < c->upper);
        else
            assert_int_equal(class_number->integer[i], 0);
    }
    castmap_release_free(release);
}

static void partner_and_public_show_cells_areas_heat_and_places(void **state)
{
    room *r = *state;

    for (castmap_audience audience = CASTMAP_PARTNER; audience <= CASTMAP_PUBLIC; audience++) {
        castmap_release *release = made(r, audience);
        const cm_layer *cells = cm_release_layer(release, "cells"), *areas = cm_release_layer(release, "areas");
        const int64_t *count = cm_layer_field(cells, "count")->integer;
        assert_true(cells->count > 4);
        for (size_t i = 0; i < cells->count; i++) {
            assert_true(count[i] >= (audience == CASTMAP_PUBLIC ? 10 : 5));
            assert_int_equal(count[i] % 5, 0);
        }
        assert_int_equal(areas->count, 12);
        assert_true(cm_release_layer(release, "heat")->count > 0);
        assert_true(cm_release_layer(release, "places")->count > 0);
        assert_null(cm_release_layer(release, "observations"));
        assert_null(release->surface.values);
        assert_true(release->number > 0);
        /* The map ends at the council's border. */
        assert_near(release->west, WEST, 0.01);
        assert_near(release->north, SOUTH + 8100.0, 0.01);
        castmap_release_free(release);
    }
}

/* Every pair of numbers in a file, compared with every observation to 6 decimals. */
static size_t coordinates_of_observations(room *r, const char *bytes)
{
    size_t hits = 0;

    for (size_t i = 0; i < r->n; i++) {
        char pair[64];
        snprintf(pair, sizeof pair, "[%.6f,%.6f]", r->lon[i], r->lat[i]);
        hits += strstr(bytes, pair) != NULL;
    }
    return hits;
}

static char *layer_bytes(room *r, const castmap_release *release, const char *layer)
{
    char path[200], *bytes = NULL;

    snprintf(path, sizeof path, "%s/layer.geojson", r->folder);
    must(r, castmap_write_geojson(r->ctx, release, layer, path, true));
    must(r, cm_file_read(r->ctx, path, 1u << 28, &bytes, NULL));
    return bytes;
}

static void no_vertex_of_a_file_that_leaves_is_an_observation(void **state)
{
    room *r = *state;

    for (castmap_audience audience = CASTMAP_INTERNAL; audience <= CASTMAP_PUBLIC; audience++) {
        castmap_release *release = made(r, audience);
        size_t near_ones = 0, canaries = 0, text_hits = 0;
        for (size_t l = 0; l < release->n_layers; l++) {
            const cm_layer *layer = &release->layers[l];
            for (size_t v = 0; v < layer->n_vertices; v++) {
                for (size_t i = 0; i < r->n; i++)
                    near_ones += fabs(layer->lon[v] - r->lon[i]) < 1e-7 && fabs(layer->lat[v] - r->lat[i]) < 1e-7;
            }
            char *bytes = layer_bytes(r, release, layer->name);
            canaries += strstr(bytes, "CANARY") != NULL || strstr(bytes, "S-01") != NULL;
            text_hits += coordinates_of_observations(r, bytes);
            free(bytes);
        }
        assert_int_equal(canaries, 0);
        if (audience == CASTMAP_INTERNAL) { /* the same scan finds them where they are: it can fail */
            assert_true(near_ones >= r->n);
            assert_true(text_hits > 0);
        } else {
            assert_int_equal(near_ones, 0);
            assert_int_equal(text_hits, 0);
        }
        castmap_release_free(release);
    }
}

static void making_it_again_gives_the_same_bytes_whatever_came_since(void **state)
{
    room *r = *state;
    castmap_release *first = made(r, CASTMAP_PARTNER);
    char *cells = layer_bytes(r, first, "cells"), *areas = layer_bytes(r, first, "areas"), *places = layer_bytes(r, first, "places");

    add_observations(r, 40, 'P', 2, 'B', cm_utc(2024, 1, 1, 0, 0, 0)); /* late records of the released period */
    castmap_release *again = made(r, CASTMAP_PARTNER);
    char *cells_again = layer_bytes(r, again, "cells"), *areas_again = layer_bytes(r, again, "areas"),
         *places_again = layer_bytes(r, again, "places");
    assert_int_equal(castmap_release_number(first), castmap_release_number(again));
    assert_string_equal(cells, cells_again);
    assert_string_equal(areas, areas_again);
    assert_string_equal(places, places_again);
    free(cells);
    free(areas);
    free(places);
    free(cells_again);
    free(areas_again);
    free(places_again);
    castmap_release_free(first);
    castmap_release_free(again);
}

static void what_may_not_be_counted_changes_nothing(void **state)
{
    room *r = *state;

    add_observations(r, 12, 'C', 2, 'B', cm_utc(2024, 1, 1, 0, 0, 0));
    add_observations(r, 8, 'P', 2, 'E', cm_utc(2024, 1, 1, 0, 0, 0));
    add_observations(r, 4, 'P', 3, 'D', cm_utc(2024, 1, 1, 0, 0, 0));
    castmap_release *release = made(r, CASTMAP_PUBLIC);
    const castmap_suppressed *held = castmap_release_suppressed(release);
    assert_int_equal(held->observations, TOWN + 24);
    assert_int_equal(held->excluded_handling, 12);
    assert_int_equal(held->excluded_grade, 12);
    assert_true(held->incident_groups <= TOWN);
    castmap_release_free(release);
}

static void the_ledger_forbids_what_could_be_subtracted(void **state)
{
    room *r = *state;
    castmap_release *release = made(r, CASTMAP_PARTNER); /* 2024 and 2025 */
    castmap_release_options options = options_for(CASTMAP_PARTNER);
    castmap_release_free(release);

    options.from_s = cm_utc(2025, 1, 1, 0, 0, 0); /* one of the two years */
    options.to_s = cm_utc(2026, 1, 1, 0, 0, 0);
    expect(r, &options, CASTMAP_E_RELEASE, "overlaps");
    options.from_s = cm_utc(2025, 10, 1, 0, 0, 0); /* a quarter after a year */
    expect(r, &options, CASTMAP_E_RELEASE, "one type of period");
    options = options_for(CASTMAP_PARTNER);
    options.base_cell_m = 1000.0; /* the same period on other cells */
    expect(r, &options, CASTMAP_E_RELEASE, "other floors or cells");
    options = options_for(CASTMAP_PUBLIC); /* wider audience, overlapping */
    options.from_s = cm_utc(2024, 1, 1, 0, 0, 0);
    options.to_s = cm_utc(2025, 1, 1, 0, 0, 0);
    expect(r, &options, CASTMAP_E_RELEASE, "overlaps");
    options = options_for(CASTMAP_PARTNER);
    options.base_cell_m = 250.0;
    expect(r, &options, CASTMAP_E_RELEASE, "finer");
}

static void a_dry_run_leaves_no_trace_and_writes_nothing(void **state)
{
    room *r = *state;
    castmap_release_options options = options_for(CASTMAP_PUBLIC);
    castmap_release *release = NULL;
    cm_ledger ledger = {0};
    char path[200];

    options.dry_run = true;
    must(r, castmap_release_make(r->ctx, r->project, &options, &release));
    assert_int_equal(castmap_release_number(release), 0);
    snprintf(path, sizeof path, "%s/dry.geojson", r->folder);
    assert_int_equal(castmap_write_geojson(r->ctx, release, "cells", path, false), CASTMAP_E_RELEASE);
    must(r, cm_ledger_load(r->ctx, r->project, &ledger));
    assert_int_equal(ledger.count, 0);
    cm_ledger_clear(&ledger);
    castmap_release_free(release);
}

static void nobody_named_is_refused(void **state)
{
    castmap_release_options options = CASTMAP_RELEASE_OPTIONS_INIT;

    expect(*state, &options, CASTMAP_E_ARGUMENT, "no audience");
}

/* Far west in the south and far north elsewhere: a corner of the box around both lies beyond the national grid. */
static void areas_all_over_a_country_need_no_sound_corner_of_their_box(void **state)
{
    static const double CORNER[2][2] = {{-8.8, 53.9}, {-1.5, 60.2}};
    room *r = *state;
    char path[200], *code[2] = {(char[]){"A1"}, (char[]){"A2"}}, *name[2] = {(char[]){"West"}, (char[]){"North"}};
    char *parent[2] = {NULL, NULL};
    double population[2] = {1000, 2000};
    bool repaired[2] = {false, false};
    cm_boundary_set set = {.level = (char[]){"council"}, .name = (char[]){"Isles"}, .vintage = (char[]){"2025"},
                           .source = (char[]){"nobody"}, .licence = (char[]){"none"}, .sha256 = (char[]){""}, .count = 2,
                           .code = code, .area_name = name, .parent = parent, .population = population, .repaired = repaired};
    castmap_project_options options = CASTMAP_PROJECT_OPTIONS_INIT;
    int64_t run, id;

    for (int i = 0; i < 2; i++) {
        const double west = CORNER[i][0], south = CORNER[i][1];
        const double lon[5] = {west, west + 1, west + 1, west, west}, lat[5] = {south, south, south + 0.5, south + 0.5, south};
        assert_false(cm_polygon_set_feature(&set.shape) || cm_polygon_set_part(&set.shape) || cm_polygon_set_ring(&set.shape));
        for (int k = 0; k < 5; k++)
            assert_int_equal(cm_polygon_set_vertex(&set.shape, lon[k], lat[k]), 0);
    }
    castmap_project_close(r->project);
    r->project = NULL;
    snprintf(path, sizeof path, "%s/isles" CASTMAP_PROJECT_SUFFIX, r->folder);
    options.crs = "EPSG:27700";
    must(r, castmap_project_create(r->ctx, path, &options, &r->project));
    must(r, cm_run_begin(r->ctx, r->project, "boundaries", &run));
    must(r, cm_boundary_store(r->ctx, r->project, run, &set, &id));
    must(r, cm_run_finish(r->ctx, r->project, run, "isles", "{}", "{}"));
    castmap_release *release = made(r, CASTMAP_INTERNAL);
    assert_true(release->west_deg == -8.8 && release->south_deg == 53.9 && release->east_deg == -0.5 && release->north_deg == 60.7);
    castmap_release_free(release);
    cm_polygon_set_clear(&set.shape);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_classes_of_areas_hold_what_their_labels_say, setup, teardown),
        cmocka_unit_test_setup_teardown(partner_and_public_show_cells_areas_heat_and_places, setup, teardown),
        cmocka_unit_test_setup_teardown(no_vertex_of_a_file_that_leaves_is_an_observation, setup, teardown),
        cmocka_unit_test_setup_teardown(making_it_again_gives_the_same_bytes_whatever_came_since, setup, teardown),
        cmocka_unit_test_setup_teardown(what_may_not_be_counted_changes_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(the_ledger_forbids_what_could_be_subtracted, setup, teardown),
        cmocka_unit_test_setup_teardown(a_dry_run_leaves_no_trace_and_writes_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(nobody_named_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(areas_all_over_a_country_need_no_sound_corner_of_their_box, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
