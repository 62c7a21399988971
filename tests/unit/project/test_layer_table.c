/* Tests of boundaries, layers, the record of releases, dependencies of undo, and quarantine. */
#include "project_support.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "castmap/areas.h"
#include "project/batch_table.h"
#include "project/boundary_table.h"
#include "project/layer_table.h"
#include "project/ledger_table.h"
#include "project/packed_rtree.h"
#include "project/project_file.h"
#include "project/run_table.h"

static char LEVEL[] = "ward", NAME[] = "Wards", VINTAGE[] = "2024", SOURCE[] = "the council", LICENCE[] = "OGL",
            DIGEST[] = "00", CODE_A[] = "W1", CODE_B[] = "W2", AREA_A[] = "North", AREA_B[] = "South", PARENT[] = "Town";

/* Two squares side by side, the second with a hole. */
static int64_t store_two_wards(void **state, int64_t *run)
{
    fixture *f = *state;
    char *codes[] = {CODE_A, CODE_B}, *names[] = {AREA_A, AREA_B}, *parents[] = {PARENT, NULL};
    double population[] = {1200.0, (double)NAN};
    bool repaired[] = {false, true};
    static const double SQUARE[][2] = {{0, 0}, {1, 0}, {1, 1}, {0, 1}, {0, 0}};
    static const double HOLE[][2] = {{0.2, 0.2}, {0.2, 0.4}, {0.4, 0.4}, {0.2, 0.2}};
    cm_boundary_set set = {.level = LEVEL, .name = NAME, .vintage = VINTAGE, .source = SOURCE, .licence = LICENCE,
                           .sha256 = DIGEST, .count = 2, .code = codes, .area_name = names, .parent = parents,
                           .population = population, .repaired = repaired};
    int64_t id = 0;

    for (int a = 0; a < 2; a++) {
        assert_int_equal(cm_polygon_set_feature(&set.shape), 0);
        assert_int_equal(cm_polygon_set_part(&set.shape), 0);
        assert_int_equal(cm_polygon_set_ring(&set.shape), 0);
        for (int v = 0; v < 5; v++)
            assert_int_equal(cm_polygon_set_vertex(&set.shape, SQUARE[v][0] + a, SQUARE[v][1]), 0);
    }
    assert_int_equal(cm_polygon_set_ring(&set.shape), 0);
    for (int v = 0; v < 4; v++)
        assert_int_equal(cm_polygon_set_vertex(&set.shape, HOLE[v][0] + 1, HOLE[v][1]), 0);
    assert_ok(cm_run_begin(f->ctx, f->project, "boundaries", run));
    assert_ok(cm_boundary_store(f->ctx, f->project, *run, &set, &id));
    assert_ok(cm_run_finish(f->ctx, f->project, *run, "two wards", "{}", "{}"));
    cm_polygon_set_clear(&set.shape);
    return id;
}

static void boundaries_come_back_as_they_went_in(void **state)
{
    fixture *f = *state;
    cm_boundary_set set;
    int64_t run;

    assert_gives(cm_boundary_load(f->ctx, f->project, NULL, &set), CASTMAP_E_NOT_FOUND);
    cm_fail_clear(f->ctx);
    const int64_t id = store_two_wards(state, &run);
    assert_ok(cm_boundary_load(f->ctx, f->project, "ward", &set));
    assert_int_equal(set.id, id);
    assert_int_equal(set.count, 2);
    assert_string_equal(set.code[1], "W2");
    assert_string_equal(set.area_name[0], "North");
    assert_string_equal(set.parent[0], "Town");
    assert_null(set.parent[1]);
    assert_true(set.population[0] == 1200.0 && isnan(set.population[1]));
    assert_true(!set.repaired[0] && set.repaired[1]);
    assert_int_equal(set.shape.rings, 3);
    assert_int_equal(set.shape.vertices, 14);
    assert_true(set.shape.x[5] == 1.0 && set.shape.y[13] == 0.2);
    cm_boundary_set_clear(&set);
    assert_gives(cm_boundary_load(f->ctx, f->project, "council", &set), CASTMAP_E_NOT_FOUND);
    assert_non_null(strstr(castmap_message(f->ctx), "ward"));
    cm_fail_clear(f->ctx);
    assert_ok(cm_rtree_check(f->ctx, f->project->db, "area"));
    assert_ok(cm_db_exec(f->ctx, f->project->db, "UPDATE area SET population = 1201 WHERE position = 0"));
    assert_gives(cm_boundary_load(f->ctx, f->project, NULL, &set), CASTMAP_E_PROJECT);
    cm_fail_clear(f->ctx);
}

/* What is known of two places, one of them of a single observation; `layer` must outlive nothing: all of it is static. */
static void add_details(cm_cluster_layer *layer)
{
    static char shop[] = "shop, open late", flat[] = "flat";
    static castmap_category_count first[2], second[1];
    static castmap_place_detail detail[2];
    static size_t start[3] = {0, 4, 4};
    static double x[] = {0, 10, 6, 5}, y[] = {0, 0, 3, 9}, lon[] = {-2.5, -2.4, -2.43, -2.45}, lat[] = {51.4, 51.4, 51.45, 51.5};
    static double membership[] = {1, 0.5, 0.25, 0, 1}, outlier[] = {0, 0.5, 0.75, 1, 0};

    first[0] = (castmap_category_count){shop, 2};
    first[1] = (castmap_category_count){flat, 1};
    second[0] = (castmap_category_count){flat, 1};
    detail[0] = (castmap_place_detail){.medoid_id = 2, .medoid_lon = -2.44, .medoid_lat = 51.42, .longest_hop_m = 7.5,
                                       .ellipse_major_m = 6, .ellipse_minor_m = 3, .ellipse_bearing_deg = 40, .outlier = 0.75,
                                       .source_grade = {1, 2, 0}, .information_grade = {0, 1, 1, 1, 0}, .n_categories = 2,
                                       .categories = first};
    detail[1] = (castmap_place_detail){.medoid_id = 9, .medoid_lon = -2.4, .medoid_lat = 51.5, .longest_hop_m = 0,
                                       .ellipse_major_m = (double)NAN, .ellipse_minor_m = (double)NAN,
                                       .ellipse_bearing_deg = (double)NAN, .outlier = 0, .source_grade = {0, 0, 1},
                                       .information_grade = {0, 0, 0, 0, 1}, .n_categories = 1, .categories = second};
    layer->method = CASTMAP_CLUSTER_HDBSCAN;
    layer->selection = CASTMAP_HDBSCAN_LEAF;
    layer->outline = CASTMAP_OUTLINE_CONCAVE;
    layer->imprecise = 3;
    layer->detail = detail;
    layer->outline_start = start;
    layer->outline_x = x;
    layer->outline_y = y;
    layer->outline_lon = lon;
    layer->outline_lat = lat;
    layer->membership = membership;
    layer->outlier = outlier;
}

static int64_t store_clusters_with(void **state, bool details)
{
    fixture *f = *state;
    int64_t ids[] = {1, 2, 3, 4, 9}, run;
    int32_t labels[] = {0, 0, 0, CASTMAP_NOISE, 1};
    bool cores[] = {true, true, false, false, true};
    castmap_cluster_shape shapes[] = {
        {.count = 3, .weight = 3, .centre_x = 10, .centre_y = 20, .medoid = 1, .radius_m = 5, .diameter_m = 9,
         .hull_area_km2 = 0.1, .density_per_km2 = 30, .first_s = 1700000000, .last_s = 1700009999, .places = 3,
         .hull_start = 0, .hull_count = 3},
        {.count = 1, .weight = 1, .centre_x = 50, .centre_y = 60, .medoid = 4, .density_per_km2 = (double)NAN,
         .first_s = INT64_MIN, .last_s = INT64_MIN, .places = 1, .hull_start = 3, .hull_count = 1}};
    double hull_x[] = {0, 10, 5, 50}, hull_y[] = {0, 0, 9, 60}, lon[] = {-2.5, -2.4}, lat[] = {51.4, 51.5};
    double hull_lon[] = {-2.5, -2.4, -2.45, -2.4}, hull_lat[] = {51.4, 51.4, 51.5, 51.5};
    char name[] = "places";
    cm_cluster_layer layer = {.name = name, .eps_m = 100, .min_points = 3, .n = 5, .observation = ids, .label = labels,
                              .is_core = cores, .shapes = {2, shapes, hull_x, hull_y}, .lon = lon, .lat = lat,
                              .hull_lon = hull_lon, .hull_lat = hull_lat};

    if (details)
        add_details(&layer);
    cm_observation_set read;
    assert_ok(cm_observations_load(f->ctx, f->project, INT64_MIN, INT64_MAX, NULL, &read));
    cm_observation_set_clear(&read);
    assert_ok(cm_run_begin(f->ctx, f->project, "cluster", &run));
    layer.run_number = run;
    assert_ok(cm_cluster_layer_store(f->ctx, f->project, &layer));
    assert_ok(cm_run_finish(f->ctx, f->project, run, "2 places", "{}", "{}"));
    return run;
}

static int64_t store_clusters(void **state)
{
    return store_clusters_with(state, false);
}

static void clusters_come_back_as_they_went_in(void **state)
{
    fixture *f = *state;
    cm_cluster_layer got;

    const int64_t run = store_clusters(state);
    assert_ok(cm_cluster_layer_load(f->ctx, f->project, NULL, &got));
    assert_int_equal(got.run_number, run);
    assert_int_equal(got.n, 5);
    assert_int_equal(got.observation[4], 9);
    assert_int_equal(got.label[3], CASTMAP_NOISE);
    assert_true(got.is_core[1] && !got.is_core[2]);
    assert_int_equal(got.shapes.count, 2);
    assert_int_equal(got.shapes.shape[0].last_s, 1700009999);
    assert_int_equal(got.shapes.shape[1].first_s, INT64_MIN);
    assert_true(isnan(got.shapes.shape[1].density_per_km2));
    assert_true(got.shapes.hull_x[1] == 10.0 && got.hull_lat[2] == 51.5 && got.lon[1] == -2.4);
    cm_cluster_layer_clear(&got);
    assert_gives(cm_cluster_layer_load(f->ctx, f->project, "elsewhere", &got), CASTMAP_E_NOT_FOUND);
    cm_fail_clear(f->ctx);
    assert_ok(cm_db_exec(f->ctx, f->project->db, "UPDATE cluster_layer SET hulls = zeroblob(40)"));
    assert_gives(cm_cluster_layer_load(f->ctx, f->project, NULL, &got), CASTMAP_E_PROJECT);
    cm_fail_clear(f->ctx);
}

static void what_is_known_of_places_comes_back_as_it_went_in(void **state)
{
    static const char *const HARM[] = {"UPDATE cluster_detail SET longest_hop_m = 8 WHERE number = 1",
                                       "UPDATE cluster_category SET name = 'house' WHERE position = 2",
                                       "UPDATE cluster_method SET imprecise = 2", "UPDATE cluster_method SET method = 'k-means'",
                                       "UPDATE cluster_detail SET source_2 = 40 WHERE number = 1",
                                       "DELETE FROM cluster_detail WHERE number = 2",
                                       "UPDATE cluster_method SET outlier = zeroblob(40)"};
    fixture *f = *state;
    cm_cluster_layer got;
    int64_t rows = -1;

    const int64_t run = store_clusters_with(state, true);
    assert_ok(cm_cluster_layer_load(f->ctx, f->project, NULL, &got));
    assert_int_equal(got.method, CASTMAP_CLUSTER_HDBSCAN);
    assert_int_equal(got.selection, CASTMAP_HDBSCAN_LEAF);
    assert_int_equal(got.outline, CASTMAP_OUTLINE_CONCAVE);
    assert_int_equal(got.imprecise, 3);
    assert_int_equal(got.detail[0].medoid_id, 2);
    assert_int_equal(got.detail[0].n_categories, 2);
    assert_string_equal(got.detail[0].categories[0].name, "shop, open late");
    assert_int_equal(got.detail[0].categories[0].count, 2);
    assert_int_equal(got.detail[0].information_grade[3], 1);
    assert_int_equal(got.detail[1].source_grade[2], 1);
    assert_true(got.detail[0].ellipse_bearing_deg == 40.0 && isnan(got.detail[1].ellipse_major_m));
    assert_int_equal(got.outline_start[1], 4);
    assert_true(got.outline_x[2] == 6.0 && got.outline_lat[3] == 51.5);
    assert_true(got.membership[1] == 0.5 && got.outlier[2] == 0.75);
    cm_cluster_layer_clear(&got);
    for (size_t i = 0; i < sizeof HARM / sizeof *HARM; i++) {
        assert_ok(cm_db_begin(f->ctx, f->project->db));
        assert_ok(cm_db_exec(f->ctx, f->project->db, HARM[i]));
        assert_gives(cm_cluster_layer_load(f->ctx, f->project, NULL, &got), CASTMAP_E_PROJECT);
        cm_fail_clear(f->ctx);
        cm_db_rollback(f->project->db);
    }
    assert_ok(castmap_project_undo(f->ctx, f->project, run, NULL));
    assert_ok(cm_db_integer(f->ctx, f->project->db, "SELECT (SELECT count(*) FROM cluster_method) +"
                            " (SELECT count(*) FROM cluster_detail) + (SELECT count(*) FROM cluster_category)", &rows));
    assert_int_equal(rows, 0);
}

static void counts_by_area_come_back_as_they_went_in(void **state)
{
    fixture *f = *state;
    int64_t run, boundary_run;
    const int64_t boundary = store_two_wards(state, &boundary_run);
    char name[] = "wards";
    int64_t events[] = {2, 0}, ids[] = {5, 6, 7};
    double km2[] = {1, 2}, density[] = {2, 0}, rate[] = {1.5, (double)NAN}, lower[] = {0.2, (double)NAN},
           upper[] = {6.0, (double)NAN}, breaks[] = {1, 2};
    int32_t classes[] = {1, 0}, area[] = {0, 0, CASTMAP_NO_AREA};
    cm_area_layer layer = {.name = name, .level = LEVEL, .boundary_id = boundary, .per = 1000, .confidence = 0.95, .placed = 2,
                           .unplaced = 1, .count = 2, .events = events, .area_km2 = km2, .density = density, .rate = rate,
                           .lower = lower, .upper = upper, .class_number = classes, .n_breaks = 2, .breaks = breaks, .n = 3,
                           .observation = ids, .area = area}, got;

    assert_ok(cm_run_begin(f->ctx, f->project, "areas", &run));
    layer.run_number = run;
    assert_ok(cm_area_layer_store(f->ctx, f->project, &layer));
    assert_ok(cm_run_finish(f->ctx, f->project, run, "", NULL, NULL));
    assert_ok(cm_area_layer_load(f->ctx, f->project, "ward", &got));
    assert_int_equal(got.boundary_id, boundary);
    assert_int_equal(got.placed, 2);
    assert_int_equal(got.events[0], 2);
    assert_true(got.upper[0] == 6.0 && isnan(got.rate[1]) && got.breaks[1] == 2.0);
    assert_int_equal(got.area[2], CASTMAP_NO_AREA);
    assert_int_equal(got.class_number[0], 1);
    cm_area_layer_clear(&got);
    layer.unplaced = 0;
    assert_gives(cm_area_layer_store(f->ctx, f->project, &layer), CASTMAP_E_INTERNAL);
    cm_fail_clear(f->ctx);
}

static void a_heat_surface_comes_back_as_it_went_in(void **state)
{
    fixture *f = *state;
    char name[] = "heat";
    double values[] = {0, 1.25, 2.5, 0, 0, 0.1}, breaks[] = {1, 2}, lower[] = {1}, upper[] = {(double)INFINITY};
    size_t part[] = {0, 1}, ring[] = {0, 1}, vertex[] = {0, 4};
    double x[] = {0, 10, 10, 0}, y[] = {0, 0, 10, 0}, lon[] = {-2, -1.9, -1.9, -2}, lat[] = {51, 51, 51.1, 51};
    cm_heat_layer layer = {.name = name, .kernel = CASTMAP_KERNEL_GAUSSIAN, .radius_m = 500, .sigma_m = 176, .grid = {5, 6, 50, 3, 2},
                           .observations = 7, .values = values, .n_breaks = 2, .breaks = breaks,
                           .bands = {1, lower, upper, part, ring, vertex, x, y}, .band_lon = lon, .band_lat = lat}, got;
    int64_t run;

    assert_ok(cm_run_begin(f->ctx, f->project, "heat", &run));
    layer.run_number = run;
    assert_ok(cm_heat_layer_store(f->ctx, f->project, &layer));
    assert_ok(cm_run_finish(f->ctx, f->project, run, "", NULL, NULL));
    assert_ok(cm_heat_layer_load(f->ctx, f->project, "heat", &got));
    assert_int_equal(got.kernel, CASTMAP_KERNEL_GAUSSIAN);
    assert_int_equal(got.grid.columns, 3);
    assert_true(got.values[2] == 2.5 && got.values[5] == 0.1 && got.breaks[0] == 1.0);
    assert_int_equal(got.bands.count, 1);
    assert_true(isinf(got.bands.upper[0]));
    assert_int_equal(got.bands.vertex_start[1], 4);
    assert_true(got.bands.x[1] == 10.0 && got.band_lat[2] == 51.1);
    cm_heat_layer_clear(&got);
    assert_ok(cm_db_exec(f->ctx, f->project->db, "UPDATE heat_layer SET columns = 100000000, rows = 2"));
    assert_gives(cm_heat_layer_load(f->ctx, f->project, NULL, &got), CASTMAP_E_PROJECT);
    cm_fail_clear(f->ctx);
}

static void the_record_of_releases_notices_every_change(void **state)
{
    fixture *f = *state;
    char parameters[] = "{}", digest[] = "ab", recipient[] = "the council";
    cm_ledger_cell cells[] = {{3, 4, 1000, 15}, {5, 4, 2000, 20}};
    cm_ledger ledger;

    for (int i = 0; i < 3; i++) {
        cm_ledger_entry entry = {.audience = CASTMAP_PARTNER, .recipient = i ? recipient : NULL, .from_s = 1, .to_s = 2,
                                 .parameters = parameters, .digest = digest, .n_cells = 2, .cells = cells};
        assert_ok(cm_ledger_append(f->ctx, f->project, &entry));
        assert_int_equal(entry.number, i + 1);
    }
    assert_ok(cm_ledger_load(f->ctx, f->project, &ledger));
    assert_int_equal(ledger.count, 3);
    assert_null(ledger.entry[0].recipient);
    assert_true(ledger.entry[2].cells[1].side_m == 2000.0 && ledger.entry[2].cells[1].published == 20);
    cm_ledger_clear(&ledger);
    static const char *const TAMPER[] = {
        "UPDATE ledger SET to_s = 3 WHERE number = 2",
        "DELETE FROM ledger WHERE number = 3",
        "DELETE FROM ledger WHERE number = 1",
        "UPDATE ledger SET recipient = '' WHERE number = 1",
    };
    for (size_t i = 0; i < sizeof TAMPER / sizeof *TAMPER; i++) {
        assert_ok(castmap_project_begin(f->ctx, f->project));
        assert_ok(cm_db_exec(f->ctx, f->project->db, TAMPER[i]));
        assert_gives(cm_ledger_load(f->ctx, f->project, &ledger), CASTMAP_E_PROJECT);
        cm_fail_clear(f->ctx);
        castmap_project_rollback(f->project);
    }
}

static void undo_takes_what_depends_along_and_leaves_releases(void **state)
{
    fixture *f = *state;
    int64_t import, boundaries, release;
    size_t undone = 0;
    castmap_run_list list;
    cm_cluster_layer clusters;

    assert_ok(import_town(f->ctx, f->project, 0, 20, &import));
    const int64_t cluster = store_clusters(state);
    store_two_wards(state, &boundaries);
    assert_ok(cm_run_begin(f->ctx, f->project, "release", &release));
    assert_ok(cm_run_finish(f->ctx, f->project, release, "", NULL, NULL));
    assert_gives(castmap_project_undo(f->ctx, f->project, 0, NULL), CASTMAP_E_RELEASE);
    assert_gives(castmap_project_undo(f->ctx, f->project, 99, NULL), CASTMAP_E_NOT_FOUND);
    assert_ok(castmap_project_undo(f->ctx, f->project, import, &undone));
    assert_int_equal(undone, 2); /* the import and the clusters made of it; not the boundaries, not the release */
    assert_ok(castmap_project_history(f->ctx, f->project, &list));
    assert_int_equal(list.count, 4);
    for (size_t i = 0; i < list.count; i++)
        assert_int_equal(list.run[i].undone, list.run[i].number == import || list.run[i].number == cluster);
    castmap_run_list_clear(&list);
    assert_gives(cm_cluster_layer_load(f->ctx, f->project, NULL, &clusters), CASTMAP_E_NOT_FOUND);
    cm_fail_clear(f->ctx);
    assert_ok(cm_rtree_check(f->ctx, f->project->db, "cluster"));
    assert_ok(castmap_project_undo(f->ctx, f->project, boundaries, &undone));
    assert_ok(cm_rtree_check(f->ctx, f->project->db, "area"));
}

static void the_working_crs_goes_with_the_data_it_came_with(void **state)
{
    fixture *f = *state;
    int64_t run, boundaries;

    assert_ok(cm_run_begin(f->ctx, f->project, "import", &run));
    assert_ok(cm_project_crs_set(f->ctx, f->project, "EPSG:27700", "British National Grid", "test", 400.0));
    assert_ok(cm_run_finish(f->ctx, f->project, run, "", NULL, NULL));
    assert_gives(cm_project_crs_set(f->ctx, f->project, "EPSG:32630", "UTM", "test", 1.0), CASTMAP_E_ARGUMENT);
    cm_fail_clear(f->ctx);
    store_two_wards(state, &boundaries);
    assert_ok(castmap_project_undo(f->ctx, f->project, run, NULL));
    assert_string_equal(cm_project_crs(f->project), "EPSG:27700"); /* the boundaries still stand in it */
    assert_ok(castmap_project_undo(f->ctx, f->project, boundaries, NULL));
    assert_string_equal(cm_project_crs(f->project), "");
}

static void refused_rows_are_kept_to_the_letter(void **state)
{
    fixture *f = *state;
    castmap_quarantine rows;
    int64_t run, batch_id;
    cm_batch batch = {.file = "a.csv", .read = 3, .quarantined = 3};

    assert_ok(cm_run_begin(f->ctx, f->project, "import", &run));
    assert_ok(cm_batch_begin(f->ctx, f->project, run, &batch, &batch_id));
    assert_ok(cm_quarantine_add(f->ctx, f->project, batch_id, 9, "no-position", "Latitude", "there is no position", "x,,\xff", 4));
    assert_ok(cm_quarantine_add(f->ctx, f->project, batch_id, 4, "bad-date", "date", "not a date", "y", 1));
    assert_ok(cm_quarantine_add(f->ctx, f->project, batch_id, 5, "no-position", NULL, "there is no position", "", 0));
    assert_ok(cm_batch_note(f->ctx, f->project, batch_id, "future", "a date lies in the future", 2));
    batch.accepted = 1;
    assert_gives(cm_batch_finish(f->ctx, f->project, batch_id, &batch), CASTMAP_E_INTERNAL); /* nothing was stored */
    cm_fail_clear(f->ctx);
    batch.accepted = 0;
    assert_ok(cm_batch_finish(f->ctx, f->project, batch_id, &batch));
    assert_ok(cm_run_finish(f->ctx, f->project, run, "", NULL, NULL));
    assert_ok(castmap_project_quarantine(f->ctx, f->project, 0, 0, &rows));
    assert_int_equal(rows.count, 3);
    assert_int_equal(rows.row[0].row, 4);
    assert_string_equal(rows.row[2].text, "x,,\xff");
    assert_string_equal(rows.row[2].reason, "there is no position");
    assert_string_equal(rows.row[2].file, "a.csv");
    castmap_quarantine_clear(&rows);
    assert_ok(castmap_project_quarantine(f->ctx, f->project, batch_id, 1, &rows));
    assert_int_equal(rows.count, 1);
    castmap_quarantine_clear(&rows);
}

static void provenance_names_versions_and_a_digest_that_ignores_the_order_of_rows(void **state)
{
    fixture *f = *state;

    assert_ok(import_town(f->ctx, f->project, 0, 10, NULL));
    char *first = cm_run_provenance(f->ctx, f->project, "\"radius_m\":250");
    char *second = cm_run_provenance(f->ctx, f->project, "\"radius_m\":250");
    assert_non_null(first);
    assert_string_equal(first, second);
    assert_non_null(strstr(first, "\"observations\":10"));
    assert_non_null(strstr(first, "\"radius_m\":250}"));
    assert_ok(import_town(f->ctx, f->project, 10, 1, NULL));
    char *third = cm_run_provenance(f->ctx, f->project, NULL);
    assert_non_null(strstr(third, "\"observations\":11"));
    assert_string_not_equal(strstr(first, "observations_digest") + 22, strstr(third, "observations_digest") + 22);
    free(first);
    free(second);
    free(third);
}

#define test(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(boundaries_come_back_as_they_went_in),
        test(clusters_come_back_as_they_went_in),
        test(what_is_known_of_places_comes_back_as_it_went_in),
        test(counts_by_area_come_back_as_they_went_in),
        test(a_heat_surface_comes_back_as_it_went_in),
        test(the_record_of_releases_notices_every_change),
        test(undo_takes_what_depends_along_and_leaves_releases),
        test(the_working_crs_goes_with_the_data_it_came_with),
        test(refused_rows_are_kept_to_the_letter),
        test(provenance_names_versions_and_a_digest_that_ignores_the_order_of_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
