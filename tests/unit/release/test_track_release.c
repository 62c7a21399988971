/*
 * Recorded tracks through the gate: what visits are made of, that nobody's home is among them, and what the ledger forbids.
 */
#include "base/files.h"
#include "base/time_text.h"
#include "castmap/boundaries.h"
#include "castmap/products.h"
#include "castmap/streets.h"
#include "castmap/track_runs.h"
#include "castmap/track_sets.h"
#include "analysis/routes/network_point.h"
#include "project/run_table.h"
#include "project/track_detail_table.h"
#include "release/disclosure/release_view.h"
#include "space/geodesy/projection.h"
#include "support/check.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LON0 (-4.0)
#define LAT0 53.0
#define M_LON (1.0 / (111320.0 * 0.6018150231520483)) /* degrees a metre at 53 degrees north */
#define M_LAT (1.0 / 111250.0)

typedef struct room {
    castmap_context *ctx;
    char             folder[64], project_path[256], path[256];
    castmap_project *project;
    char            *rows; /* owned; of the table of fixes */
    size_t           length, capacity;
    int              trips;
    int64_t          now_s; /* of the trip under way */
    const char      *person;
} room;

static void must(room *r, castmap_status status)
{
    if (status)
        fail_msg("%s", castmap_message(r->ctx));
}

static void say(room *r, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void say(room *r, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    r->length += (size_t)vsnprintf(r->rows + r->length, r->capacity - r->length, format, args);
    va_end(args);
    assert_true(r->length < r->capacity);
}

static void table_start(room *r)
{
    r->length = 0;
    if (!r->rows)
        r->rows = malloc(r->capacity = 8 << 20);
    assert_non_null(r->rows);
    say(r, "trip,user,time,lon,lat\n");
}

static void trip_start(room *r, const char *person, int64_t when_s)
{
    r->trips++;
    r->person = person;
    r->now_s = when_s;
}

/* On along a straight line, a fix every 20 m and 2 s. */
static void go(room *r, double x0, double y0, double x1, double y1)
{
    const int steps = (int)(hypot(x1 - x0, y1 - y0) / 20.0);

    for (int k = 0; k < steps; k++) {
        const double t = (double)k / steps;
        say(r, "%d,%s,%lld,%.7f,%.7f\n", r->trips, r->person, (long long)r->now_s, LON0 + M_LON * (x0 + t * (x1 - x0)), LAT0 + M_LAT * (y0 + t * (y1 - y0)));
        r->now_s += 2;
    }
}

static void stay(room *r, double x, double y, int64_t seconds)
{
    for (int64_t s = 0; s < seconds; s += 60) {
        say(r, "%d,%s,%lld,%.7f,%.7f\n", r->trips, r->person, (long long)r->now_s, LON0 + M_LON * x, LAT0 + M_LAT * y);
        r->now_s += 60;
    }
}

static int64_t day(int year, int number)
{
    return cm_utc(year, 3, 1, 10, 0, 0) + INT64_C(86400) * number;
}

/* "Long Road" from west to east over 9 km; "Lane k" crosses it every kilometre, 1.2 km to the north and to the south; one area around all. */
static void open_room(room *r)
{
    static const char AREA[] = "{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\",\"properties\":{\"code\":\"A1\",\"name\":\"Area\"},"
                               "\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[[[-4.05,52.95],[-3.8,52.95],[-3.8,53.05],[-4.05,53.05],[-4.05,52.95]]]}}]}";
    castmap_project_options options = CASTMAP_PROJECT_OPTIONS_INIT;
    castmap_boundaries_options areas = CASTMAP_BOUNDARIES_OPTIONS_INIT;
    castmap_boundaries_summary summary = CASTMAP_BOUNDARIES_SUMMARY_INIT;
    castmap_streets_options streets = CASTMAP_STREETS_OPTIONS_INIT;
    castmap_streets_summary network = CASTMAP_STREETS_SUMMARY_INIT;
    char path[256];

    folder_make(r->folder);
    snprintf(r->project_path, sizeof r->project_path, "%s/p.castmap.sqlite", r->folder);
    must(r, castmap_project_create(r->ctx, r->project_path, &options, &r->project));
    folder_write(r->folder, "areas.geojson", AREA, sizeof AREA - 1, path);
    areas.path = path;
    areas.level = "ward";
    must(r, castmap_boundaries_add(r->ctx, r->project, &areas, &summary));
    castmap_boundaries_summary_clear(&summary);
    table_start(r);
    r->length = 0;
    say(r, "{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\",\"properties\":{\"name\":\"Long Road\"},\"geometry\":{\"type\":\"LineString\",\"coordinates\":[");
    for (int k = 0; k <= 9; k++)
        say(r, "%s[%.7f,%.7f]", k ? "," : "", LON0 + M_LON * 1000.0 * k, LAT0);
    say(r, "]}}");
    for (int k = 0; k <= 9; k++)
        say(r, ",{\"type\":\"Feature\",\"properties\":{\"name\":\"Lane %d\"},\"geometry\":{\"type\":\"LineString\",\"coordinates\":[[%.7f,%.7f],[%.7f,%.7f],[%.7f,%.7f]]}}", k,
            LON0 + M_LON * 1000.0 * k, LAT0 - M_LAT * 1200.0, LON0 + M_LON * 1000.0 * k, LAT0, LON0 + M_LON * 1000.0 * k, LAT0 + M_LAT * 1200.0);
    say(r, "]}");
    folder_write(r->folder, "streets.geojson", r->rows, r->length, path);
    streets.path = path;
    must(r, castmap_streets_add(r->ctx, r->project, &streets, &network));
    castmap_streets_summary_clear(&network);
    table_start(r);
}

static void close_room(room *r)
{
    castmap_project_close(r->project);
    folder_remove(r->folder);
    free(r->rows);
    *r = (room){.ctx = r->ctx};
}

static void add_tracks(room *r, const char *name)
{
    castmap_tracks_add_options options = CASTMAP_TRACKS_ADD_OPTIONS_INIT;
    castmap_tracks_add_summary summary = CASTMAP_TRACKS_ADD_SUMMARY_INIT;

    folder_write(r->folder, name, r->rows, r->length, r->path);
    const char *const paths[] = {r->path};
    options.path = paths;
    options.n_paths = 1;
    must(r, castmap_tracks_add(r->ctx, r->project, &options, &summary));
    castmap_tracks_add_summary_clear(&summary);
    table_start(r);
}

static void run_tracks(room *r, double trim_m, bool copies_too)
{
    castmap_tracks_run_options options = CASTMAP_TRACKS_RUN_OPTIONS_INIT;
    castmap_tracks_run_summary summary = CASTMAP_TRACKS_RUN_SUMMARY_INIT;

    options.trim_m = trim_m;
    options.copies_too = copies_too;
    must(r, castmap_run_tracks(r->ctx, r->project, &options, &summary));
    castmap_tracks_run_summary_clear(&summary);
}

static castmap_release *release_of(room *r, castmap_audience audience, int year)
{
    castmap_release_options options = CASTMAP_RELEASE_OPTIONS_INIT;
    castmap_release *release = NULL;

    options.audience = audience;
    options.now_s = cm_utc(2027, 6, 1, 0, 0, 0);
    if (audience == CASTMAP_PARTNER)
        options.base_cell_m = 500.0;
    options.from_s = cm_utc(year, 1, 1, 0, 0, 0);
    options.to_s = cm_utc(year + 1, 1, 1, 0, 0, 0);
    must(r, castmap_release_make(r->ctx, r->project, &options, &release));
    return release;
}

/* Units of this street. */
static size_t shown(const castmap_release *release, const char *street)
{
    const cm_layer *layer = cm_release_layer(release, "track_stretches");
    size_t n = 0;

    for (size_t f = 0; layer && f < layer->count; f++)
        n += strcmp(cm_layer_field(layer, "street")->text[f], street) == 0;
    return n;
}

static void load_visits(room *r, cm_track_detail *detail, castmap_streets *streets, castmap_lixels *lixels)
{
    int64_t run = 0;
    castmap_run_list log;

    must(r, castmap_project_history(r->ctx, r->project, &log));
    for (size_t i = 0; i < log.count; i++)
        if (strcmp(log.run[i].kind, "track layer") == 0 && log.run[i].number > run)
            run = log.run[i].number;
    castmap_run_list_clear(&log);
    must(r, cm_track_detail_load(r->ctx, r->project, run, detail));
    must(r, castmap_streets_load(r->ctx, r->project, 0, streets));
    must(r, castmap_lixels_cut(r->ctx, &streets->network, CM_VISIT_PIECE_M, CM_VISIT_LEAST_M, lixels));
    assert_int_equal(lixels->count, detail->n_pieces);
}

/* Distance of the nearest visit from a place in metres of the town; infinite without visits. */
static double nearest_visit(room *r, double x, double y, size_t *visits)
{
    cm_track_detail detail = {0};
    castmap_streets streets = CASTMAP_STREETS_INIT;
    castmap_lixels lixels = CASTMAP_LIXELS_INIT;
    cm_projection *projection = NULL;
    double lon = LON0 + M_LON * x, lat = LAT0 + M_LAT * y, hx, hy, nearest = INFINITY;

    load_visits(r, &detail, &streets, &lixels);
    must(r, cm_projection_new(r->ctx, cm_project_crs(r->project), false, &projection));
    must(r, cm_projection_forward(r->ctx, projection, 1, &lon, &lat, &hx, &hy, NULL));
    cm_projection_free(projection);
    for (size_t i = 0; i < detail.n_visits; i++) {
        const size_t piece = (size_t)detail.piece[i];
        const double ends[] = {lixels.from_m[piece], lixels.middle_m[piece], lixels.to_m[piece]};
        for (int k = 0; k < 3; k++) {
            double px, py;
            cm_network_point(&streets.network, lixels.edge[piece], ends[k], &px, &py);
            nearest = fmin(nearest, hypot(px - hx, py - hy));
        }
    }
    *visits = detail.n_visits;
    cm_track_detail_clear(&detail);
    castmap_streets_clear(&streets);
    castmap_lixels_clear(&lixels);
    return nearest;
}

static const char *const NAMES[] = {"Ada", "Bea", "Cem", "Dan", "Eli", "Fay", "Gus", "Hal", "Ida", "Jon", "Kim", "Lea"};

static void from_one_lane_to_another(room *r, const char *person, int64_t when_s, int from, int to)
{
    const double a = 1000.0 * from, b = 1000.0 * to;

    trip_start(r, person, when_s);
    go(r, a, 1000, a, 0);
    go(r, a, 0, b, 0);
    go(r, b, 0, b, -1000);
}

static void enough_people_are_shown_and_one_alone_is_not(void **state)
{
    room r = {.ctx = *state};

    open_room(&r);
    for (int p = 0; p < 6; p++) /* six people along the road between lanes 2 and 6 */
        from_one_lane_to_another(&r, NAMES[p], day(2025, p), p % 2, 7 + p % 2);
    for (int d = 0; d < 20; d++) /* one who goes another way twenty times */
        from_one_lane_to_another(&r, "Zed", day(2025, 30 + d), 3, 9);
    add_tracks(&r, "tracks.csv");
    run_tracks(&r, 500.0, false);
    castmap_release *partner = release_of(&r, CASTMAP_PARTNER, 2025), *public = release_of(&r, CASTMAP_PUBLIC, 2025);
    assert_true(shown(partner, "Long Road") >= 2);
    assert_int_equal(shown(partner, "Lane 9"), 0); /* his alone */
    assert_int_equal(shown(public, "Long Road"), 0); /* seven are fewer than ten */
    assert_null(cm_release_layer(partner, "track_stops"));
    castmap_release_free(partner);
    castmap_release_free(public);
    close_room(&r);
}

/* Whose routes all begin at home, walks there in the middle of others, and comes by from elsewhere: no visit within 500 m of home, whatever --trim says. */
static void home_is_in_no_visit(void **state)
{
    room r = {.ctx = *state};
    size_t visits = 0;

    open_room(&r);
    for (int d = 0; d < 10; d++) {
        trip_start(&r, "Ada", day(2025, d)); /* from home at (3000, 600), away, by again, and home */
        go(&r, 3000, 600, 3000, 0);
        go(&r, 3000, 0, 6000, 0);
        go(&r, 6000, 0, 3000, 0);
        go(&r, 3000, 0, 3000, 1100);
        go(&r, 3000, 1100, 3000, 0);
        go(&r, 3000, 0, 5000, 0);
        go(&r, 5000, 0, 3000, 0);
        go(&r, 3000, 0, 3000, 600);
    }
    for (int d = 0; d < 10; d++) { /* and on other days past home from elsewhere to elsewhere, without beginning or ending there */
        trip_start(&r, "Ada", day(2025, 50 + d));
        go(&r, 1000 + 50 * d, 0, 3000, 0);
        go(&r, 3000, 0, 3000, 1100);
        go(&r, 3000, 1100, 3000, 0);
        go(&r, 3000, 0, 8000 - 60 * d, 0);
    }
    add_tracks(&r, "tracks.csv");
    run_tracks(&r, 0.0, false); /* the layer itself is not trimmed at all */
    assert_true(nearest_visit(&r, 3000, 600, &visits) > 500.0);
    assert_true(visits > 100);
    close_room(&r);
}

/* Where somebody stays in the middle of a track is like an end: a night at home while the device slept is no gap. */
static void stays_are_in_no_visit(void **state)
{
    room r = {.ctx = *state};
    size_t visits = 0;

    open_room(&r);
    for (int d = 0; d < 3; d++) {
        trip_start(&r, "Ada", day(2025, d));
        go(&r, 1000, 0, 5000, 0);
        stay(&r, 5000, 0, 720);
        r.now_s += 8 * 3600; /* silence in one place */
        go(&r, 5000, 0, 9000, 0);
    }
    add_tracks(&r, "tracks.csv");
    run_tracks(&r, 500.0, false);
    assert_true(nearest_visit(&r, 5000, 0, &visits) > 500.0);
    assert_true(nearest_visit(&r, 1000, 0, &visits) > 500.0);
    assert_true(visits > 30);
    close_room(&r);
}

static void nobody_without_a_name_and_no_copy_counts(void **state)
{
    room r = {.ctx = *state};
    size_t visits = 0;

    open_room(&r);
    for (int p = 0; p < 12; p++)
        from_one_lane_to_another(&r, "", day(2025, p), 1, 8);
    add_tracks(&r, "nameless.csv");
    run_tracks(&r, 500.0, false);
    assert_true(isinf(nearest_visit(&r, 0, 0, &visits)));
    for (int p = 0; p < 12; p++) /* one recording under twelve names */
        from_one_lane_to_another(&r, NAMES[p], day(2024, 0), 1, 8);
    add_tracks(&r, "copies.csv");
    run_tracks(&r, 500.0, true);
    cm_track_detail detail = {0};
    castmap_streets streets = CASTMAP_STREETS_INIT;
    castmap_lixels lixels = CASTMAP_LIXELS_INIT;
    load_visits(&r, &detail, &streets, &lixels);
    assert_true(detail.n_visits > 50);
    for (size_t i = 1; i < detail.n_visits; i++)
        assert_int_equal(detail.person[i], detail.person[0]);
    cm_track_detail_clear(&detail);
    castmap_streets_clear(&streets);
    castmap_lixels_clear(&lixels);
    close_room(&r);
}

static void add_year(room *r, int year, int people)
{
    for (int p = 0; p < people; p++)
        from_one_lane_to_another(r, NAMES[p], day(year, 2 * p), p % 2, 7 + p % 2);
}

static bool equal_layers(const castmap_release *a, const castmap_release *b)
{
    const cm_layer *x = cm_release_layer(a, "track_stretches"), *y = cm_release_layer(b, "track_stretches");

    if (!x || !y)
        return !x && !y;
    if (x->count != y->count || x->n_vertices != y->n_vertices || memcmp(x->x, y->x, x->n_vertices * sizeof *x->x) != 0)
        return false;
    for (size_t f = 0; f < x->count; f++)
        if (strcmp(cm_layer_field(x, "people")->text[f], cm_layer_field(y, "people")->text[f]) != 0)
            return false;
    return true;
}

/* Tracks that come later change nothing that was released, and are not shown to the other audience beside it. */
static void the_difference_of_two_releases_is_nothing(void **state)
{
    room r = {.ctx = *state};

    open_room(&r);
    add_year(&r, 2025, 12);
    add_year(&r, 2024, 12);
    add_tracks(&r, "tracks.csv");
    run_tracks(&r, 500.0, false);
    castmap_release *first = release_of(&r, CASTMAP_PARTNER, 2025);
    assert_true(shown(first, "Long Road") > 0);
    assert_int_equal(shown(first, "Lane 4"), 0);
    for (int p = 0; p < 12; p++) {
        trip_start(&r, NAMES[p], day(2025, 100 + p));
        go(&r, 1000, 0, 4000, 0);
        go(&r, 4000, 0, 4000, 1200);
        go(&r, 4000, 1200, 4000, 0);
        go(&r, 4000, 0, 8000, 0);
    }
    add_tracks(&r, "more.csv");
    run_tracks(&r, 500.0, false);
    castmap_release *again = release_of(&r, CASTMAP_PARTNER, 2025);
    assert_true(equal_layers(first, again));
    castmap_release *public = release_of(&r, CASTMAP_PUBLIC, 2025);
    assert_null(cm_release_layer(public, "track_stretches"));
    castmap_release *other = release_of(&r, CASTMAP_PUBLIC, 2024); /* another period is another matter */
    assert_true(shown(other, "Long Road") > 0);
    castmap_release_free(first);
    castmap_release_free(again);
    castmap_release_free(public);
    castmap_release_free(other);
    close_room(&r);
}

static void only_street_people_and_class_leave(void **state)
{
    room r = {.ctx = *state};

    open_room(&r);
    add_year(&r, 2025, 12);
    add_tracks(&r, "tracks.csv");
    run_tracks(&r, 500.0, false);
    castmap_release *partner = release_of(&r, CASTMAP_PARTNER, 2025);
    const cm_layer *layer = cm_release_layer(partner, "track_stretches");
    assert_non_null(layer);
    assert_int_equal(layer->n_fields, 3);
    for (size_t f = 0; f < layer->n_fields; f++)
        assert_true(strcmp(layer->fields[f].name, "street") == 0 || strcmp(layer->fields[f].name, "people") == 0 || strcmp(layer->fields[f].name, "class") == 0);
    castmap_release_free(partner);
    close_room(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(enough_people_are_shown_and_one_alone_is_not, context_setup, context_teardown),
        cmocka_unit_test_setup_teardown(home_is_in_no_visit, context_setup, context_teardown),
        cmocka_unit_test_setup_teardown(stays_are_in_no_visit, context_setup, context_teardown),
        cmocka_unit_test_setup_teardown(nobody_without_a_name_and_no_copy_counts, context_setup, context_teardown),
        cmocka_unit_test_setup_teardown(the_difference_of_two_releases_is_nothing, context_setup, context_teardown),
        cmocka_unit_test_setup_teardown(only_street_people_and_class_leave, context_setup, context_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
