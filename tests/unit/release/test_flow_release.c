/*
 * Movements through the gate: which flows leave, what totals are made of, what a reader of everything that was ever released can find out, and what the ledger
 * forbids.
 */
#include "base/files.h"
#include "base/time_text.h"
#include "castmap/boundaries.h"
#include "castmap/movements.h"
#include "castmap/products.h"
#include "project/ledger_table.h"
#include "release/disclosure/release_build.h"
#include "release/disclosure/release_view.h"
#include "support/check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define AREAS 5 /* the last is smaller than a square of the lattice */

typedef struct room {
    castmap_context *ctx;
    char             folder[64], project_path[256], path[256];
    castmap_project *project;
    char            *rows; /* owned; of the table */
    size_t           length, capacity;
} room;

static void must(room *r, castmap_status status)
{
    if (status)
        fail_msg("%s", castmap_message(r->ctx));
}

static void add_areas(room *r, const char *level, double shift)
{
    char text[4096], path[256];
    size_t used = (size_t)snprintf(text, sizeof text, "{\"type\":\"FeatureCollection\",\"features\":[");
    castmap_boundaries_options options = CASTMAP_BOUNDARIES_OPTIONS_INIT;
    castmap_boundaries_summary summary = CASTMAP_BOUNDARIES_SUMMARY_INIT;

    for (int i = 0; i < AREAS; i++) {
        const double w = -4.0 + 0.06 * i + shift, e = w + (i == AREAS - 1 ? 0.004 : 0.05), s = 53.0, n = i == AREAS - 1 ? 53.003 : 53.03;
        used += (size_t)snprintf(text + used, sizeof text - used,
                                 "%s{\"type\":\"Feature\",\"properties\":{\"code\":\"A%d\",\"name\":\"Area %d\"},\"geometry\":{\"type\":\"Polygon\",\"coordinates\":"
                                 "[[[%.3f,%.3f],[%.3f,%.3f],[%.3f,%.3f],[%.3f,%.3f],[%.3f,%.3f]]]}}",
                                 i ? "," : "", i, i, w, s, e, s, e, n, w, n, w, s);
    }
    used += (size_t)snprintf(text + used, sizeof text - used, "]}");
    folder_write(r->folder, "areas.geojson", text, used, path);
    options.path = path;
    options.level = level;
    must(r, castmap_boundaries_add(r->ctx, r->project, &options, &summary));
    castmap_boundaries_summary_clear(&summary);
}

static void table_start(room *r)
{
    r->length = 0;
    if (!r->rows)
        r->rows = malloc(r->capacity = 1 << 20);
    assert_non_null(r->rows);
    r->length += (size_t)snprintf(r->rows, r->capacity, "from,to,date,person,source,grade\n");
}

/* n movements of different persons, by enough sources on enough days, of one month. */
static void add_month(room *r, int from, int to, size_t n, int year, int month)
{
    for (size_t i = 0; i < n; i++)
        r->length += (size_t)snprintf(r->rows + r->length, r->capacity - r->length, "A%d,A%d,%d-%02d-%02zu,P%d-%d-%d-%d-%zu,S%zu,2BP\n", from, to, year, month, 1 + i % 28,
                                      from, to, year, month, i, i % 7);
    assert_true(r->length < r->capacity);
}

static void add_moves(room *r, int from, int to, size_t n, int year)
{
    add_month(r, from, to, n, year, 3);
}

static castmap_status run_flows(room *r, const char *level, bool symmetric)
{
    castmap_flows_run_options options = CASTMAP_FLOWS_RUN_OPTIONS_INIT;
    castmap_flows_summary summary = CASTMAP_FLOWS_SUMMARY_INIT;

    folder_write(r->folder, "moves.csv", r->rows, r->length, r->path);
    options.path = r->path;
    options.level = level;
    options.symmetric = symmetric;
    const castmap_status status = castmap_run_flows(r->ctx, r->project, &options, &summary);
    castmap_flows_summary_clear(&summary);
    return status;
}

static castmap_release *release_of(room *r, castmap_audience audience, int year)
{
    castmap_release_options options = CASTMAP_RELEASE_OPTIONS_INIT;
    castmap_release *release = NULL;

    options.audience = audience;
    options.now_s = cm_utc(2026, 12, 1, 0, 0, 0);
    if (audience != CASTMAP_INTERNAL) {
        options.from_s = cm_utc(year, 1, 1, 0, 0, 0);
        options.to_s = cm_utc(year + 1, 1, 1, 0, 0, 0);
    }
    must(r, castmap_release_make(r->ctx, r->project, &options, &release));
    return release;
}

static castmap_release *release_of_both(room *r, castmap_audience audience)
{
    castmap_release_options options = CASTMAP_RELEASE_OPTIONS_INIT;
    castmap_release *release = NULL;

    options.audience = audience;
    options.now_s = cm_utc(2026, 12, 1, 0, 0, 0);
    options.from_s = cm_utc(2024, 1, 1, 0, 0, 0);
    options.to_s = cm_utc(2026, 1, 1, 0, 0, 0);
    must(r, castmap_release_make(r->ctx, r->project, &options, &release));
    return release;
}

static int64_t shown_in(const castmap_release *release, const char *name, const char *from, const char *to)
{
    const cm_layer *layer = cm_release_layer(release, name);

    for (size_t f = 0; layer && f < layer->count; f++) {
        if (strcmp(cm_layer_field(layer, "from_code")->text[f], from) == 0 && strcmp(cm_layer_field(layer, "to_code")->text[f], to) == 0)
            return cm_layer_field(layer, "count")->integer[f];
    }
    return 0;
}

static int64_t shown(const castmap_release *release, const char *from, const char *to)
{
    return shown_in(release, "flows", from, to);
}

static void open_room(room *r)
{
    castmap_project_options options = CASTMAP_PROJECT_OPTIONS_INIT;

    folder_make(r->folder);
    snprintf(r->project_path, sizeof r->project_path, "%s/p.castmap.sqlite", r->folder);
    must(r, castmap_project_create(r->ctx, r->project_path, &options, &r->project));
    add_areas(r, "ward", 0.0);
    table_start(r);
}

static void close_room(room *r)
{
    castmap_project_close(r->project);
    folder_remove(r->folder);
    free(r->rows);
    *r = (room){.ctx = r->ctx};
}

static void a_flow_leaves_where_it_reaches_every_floor(void **state)
{
    room r = {.ctx = *state};

    open_room(&r);
    add_moves(&r, 0, 1, 12, 2025); /* both */
    add_moves(&r, 1, 0, 7, 2025);  /* partner alone: the other direction is judged by itself */
    add_moves(&r, 0, 2, 4, 2025);  /* too few persons for either */
    add_moves(&r, 0, 4, 40, 2025); /* one end is smaller than a square */
    for (int i = 0; i < 30; i++) { /* one person, thirty times */
        r.length += (size_t)snprintf(r.rows + r.length, r.capacity - r.length, "A2,A3,2025-05-%02d,P1,S%d,2BP\n", 1 + i % 28, i % 7);
        r.length += (size_t)snprintf(r.rows + r.length, r.capacity - r.length, "A3,A2,2025-05-%02d,Q%d,S1,2BP\n", 1 + i % 28, i); /* one source */
        r.length += (size_t)snprintf(r.rows + r.length, r.capacity - r.length, "A1,A3,2025-05-04,Q%d,S%d,2BP\n", i, i % 7);       /* one day */
        r.length += (size_t)snprintf(r.rows + r.length, r.capacity - r.length, "A3,A1,2025-05-%02d,Q%d,S%d,2EP\n", 1 + i % 28, i, i % 7); /* suspected false */
        r.length += (size_t)snprintf(r.rows + r.length, r.capacity - r.length, "A3,A0,2025-05-%02d,Q%d,S%d,2BC\n", 1 + i % 28, i, i % 7); /* with conditions */
        r.length += (size_t)snprintf(r.rows + r.length, r.capacity - r.length, "A2,A1,,Q%d,S%d,2BP\n", i, i % 7); /* without a date */
        r.length += (size_t)snprintf(r.rows + r.length, r.capacity - r.length, "A2,A0,2025-05-%02d,,,2BP\n", 1 + i % 4); /* nobody named, four days */
    }
    must(&r, run_flows(&r, "ward", false));
    castmap_release *partner = release_of(&r, CASTMAP_PARTNER, 2025), *everybody = release_of(&r, CASTMAP_PUBLIC, 2025);
    assert_int_equal(cm_release_layer(partner, "flows")->count, 2);
    assert_int_equal(shown(partner, "A0", "A1"), 10);
    assert_int_equal(shown(partner, "A1", "A0"), 5);
    assert_int_equal(cm_release_layer(everybody, "flows")->count, 1);
    assert_int_equal(shown(everybody, "A0", "A1"), 10);
    assert_int_equal(castmap_release_suppressed(partner)->flows_withheld, 6);
    assert_null(cm_layer_field(cm_release_layer(partner, "flows"), "p"));
    assert_null(cm_release_layer(partner, "corridors"));
    castmap_release *internal = release_of(&r, CASTMAP_INTERNAL, 0);
    assert_int_equal(cm_release_layer(internal, "flows")->count, 11);
    assert_int_equal(shown(internal, "A0", "A4"), 40);
    assert_non_null(cm_layer_field(cm_release_layer(internal, "flows"), "q"));
    castmap_release_free(internal);
    castmap_release_free(everybody);
    castmap_release_free(partner);
    close_room(&r);
}

static void totals_are_sums_of_what_is_shown(void **state)
{
    room r = {.ctx = *state};

    open_room(&r);
    add_moves(&r, 0, 1, 14, 2025);
    add_moves(&r, 0, 2, 9, 2025);
    add_moves(&r, 0, 3, 4, 2025);
    add_moves(&r, 3, 1, 3, 2025);
    must(&r, run_flows(&r, "ward", false));
    castmap_release *release = release_of(&r, CASTMAP_PARTNER, 2025);
    const cm_layer *areas = cm_release_layer(release, "flow_areas");
    const int64_t *leaving = cm_layer_field(areas, "leaving")->integer, *arriving = cm_layer_field(areas, "arriving")->integer;
    assert_int_equal(leaving[0], 15 + 10);
    assert_int_equal(arriving[1], 15);
    assert_true(leaving[3] == INT64_MIN && arriving[3] == INT64_MIN); /* no word of the few, and not a zero either */
    assert_true(arriving[0] == INT64_MIN);
    castmap_release_free(release);
    close_room(&r);
}

/* Everything that both audiences ever got, in two periods, as the bytes of its files. */
static char *all_that_left(room *r, const int hidden[4][3], size_t least, size_t *length)
{
    char path[256], *text = NULL, *bytes = NULL;
    size_t size = 0;

    open_room(r);
    add_moves(r, 0, 1, 23, 2024);
    add_moves(r, 0, 1, 17, 2025);
    add_moves(r, 1, 2, 12, 2024);
    add_moves(r, 2, 1, 31, 2025);
    add_month(r, 0, 1, 9, 2024, 4); /* a month that one person more would have named for the public, and one of partners */
    add_month(r, 2, 1, 4, 2025, 5);
    for (size_t k = 0; k < 4; k++)
        add_month(r, hidden[k][0], hidden[k][1], least, hidden[k][2], hidden[k][2] == 2024 ? 4 : 5);
    must(r, run_flows(r, "ward", false));
    *length = 0;
    for (int year = 2024; year <= 2025; year++) {
        for (castmap_audience audience = CASTMAP_PARTNER; audience <= CASTMAP_PUBLIC; audience++) {
            static const char *const LAYERS[] = {"flows", "flow_areas", NULL};
            castmap_release *release = release_of(r, audience, year);
            for (size_t k = 0; k < 3; k++) {
                snprintf(path, sizeof path, "%s/out.%s", r->folder, LAYERS[k] ? "geojson" : "html");
                must(r, LAYERS[k] ? castmap_write_geojson(r->ctx, release, LAYERS[k], path, true) : castmap_write_report(r->ctx, release, path, true));
                must(r, cm_file_read(r->ctx, path, 1 << 24, &bytes, &size));
                text = realloc(text, *length + size);
                assert_non_null(text);
                memcpy(text + *length, bytes, size);
                *length += size;
                free(bytes);
            }
            castmap_release_free(release);
        }
    }
    close_room(r);
    return text;
}

/*
 * The attack: a reader has the tables and totals of both audiences, both directions and two periods. Whatever a flow that is not shown was, from nobody to one
 * below the floor, each byte is the same: so nothing read from them can bound it more tightly than the floor does.
 */
static void nothing_that_left_depends_on_a_flow_that_is_not_shown(void **state)
{
    static const int HIDDEN[4][3] = {{1, 0, 2024}, {1, 0, 2025}, {2, 1, 2024}, {3, 0, 2025}}; /* back ways, and one by itself */
    room r = {.ctx = *state};
    size_t length, other;
    char *none = all_that_left(&r, HIDDEN, 0, &length);

    for (size_t n = 1; n <= 4; n++) {
        char *some = all_that_left(&r, HIDDEN, n, &other);
        assert_int_equal(length, other);
        assert_memory_equal(none, some, length);
        free(some);
    }
    char *seen = all_that_left(&r, HIDDEN, 5, &other); /* at the floor of partners it is there: the test can tell */
    assert_true(length != other || memcmp(none, seen, length) != 0);
    free(seen);
    free(none);
}

/*
 * Across years: whatever a pair has in a year in which it is below the floor, no year of it is shown, so that the sum less the other year gives nothing. At the floor in
 * both, both are, each direction by itself.
 */
static void a_sum_less_the_years_shown_is_never_a_year_that_is_not(void **state)
{
    room r = {.ctx = *state};

    for (size_t n = 0; n <= 5; n++) {
        open_room(&r);
        add_moves(&r, 0, 1, 14, 2024);
        add_moves(&r, 0, 1, 23, 2025);
        add_moves(&r, 1, 2, 17, 2024);
        add_moves(&r, 1, 2, n, 2025);
        add_moves(&r, 1, 0, 31, 2025); /* the way back, in one year only */
        must(&r, run_flows(&r, "ward", false));
        castmap_release *release = release_of_both(&r, CASTMAP_PARTNER);
        assert_int_equal(shown(release, "A0", "A1"), 35);
        assert_int_equal(shown_in(release, "flows_01", "A0", "A1"), 15);
        assert_int_equal(shown_in(release, "flows_02", "A0", "A1"), 25);
        assert_int_equal(shown(release, "A1", "A0"), 30);
        assert_int_equal(shown_in(release, "flows_02", "A1", "A0"), 0);
        assert_true(shown(release, "A1", "A2") >= 15);
        assert_int_equal(shown_in(release, "flows_01", "A1", "A2"), n < 5 ? 0 : 15);
        assert_int_equal(shown_in(release, "flows_02", "A1", "A2"), n < 5 ? 0 : 5);
        assert_null(cm_release_layer(release, "flows_03"));
        castmap_release_free(release);
        close_room(&r);
    }
}

static void one_legend_for_all_years_and_the_ledger_keeps_them(void **state)
{
    room r = {.ctx = *state};

    open_room(&r);
    add_moves(&r, 0, 1, 14, 2024);
    add_moves(&r, 0, 1, 60, 2025);
    add_moves(&r, 2, 1, 12, 2024);
    add_moves(&r, 2, 1, 12, 2025);
    must(&r, run_flows(&r, "ward", false));
    castmap_release *first = release_of_both(&r, CASTMAP_PUBLIC);
    const cm_style *a = &cm_release_layer(first, "flows_01")->style, *b = &cm_release_layer(first, "flows_02")->style;
    assert_true(a->n_classes > 1 && a->n_classes == b->n_classes);
    for (size_t k = 0; k < a->n_classes; k++) {
        assert_string_equal(a->classes[k].label, b->classes[k].label);
        assert_true(a->classes[k].stroke_mm == b->classes[k].stroke_mm && (k == 0 || a->classes[k].stroke_mm > a->classes[k - 1].stroke_mm));
    }
    add_moves(&r, 0, 1, 90, 2024); /* late records, also of a pair that was not there */
    add_moves(&r, 1, 0, 20, 2024);
    add_moves(&r, 1, 0, 20, 2025);
    must(&r, run_flows(&r, "ward", false));
    castmap_release *again = release_of_both(&r, CASTMAP_PUBLIC);
    assert_int_equal(castmap_release_number(again), castmap_release_number(first));
    assert_int_equal(shown_in(again, "flows_01", "A0", "A1"), 15);
    assert_int_equal(shown_in(again, "flows_02", "A0", "A1"), 60);
    assert_int_equal(shown_in(again, "flows_01", "A1", "A0"), 0);
    castmap_release_free(first);
    castmap_release_free(again);
    close_room(&r);
    open_room(&r); /* a release of one year has no parts */
    add_moves(&r, 0, 1, 14, 2024);
    add_moves(&r, 0, 1, 14, 2025);
    must(&r, run_flows(&r, "ward", false));
    castmap_release *one = release_of(&r, CASTMAP_PARTNER, 2024);
    assert_int_equal(shown(one, "A0", "A1"), 15);
    assert_null(cm_release_layer(one, "flows_01"));
    castmap_release_free(one);
    close_room(&r);
}

static void what_was_released_is_released_again(void **state)
{
    room r = {.ctx = *state};

    open_room(&r);
    add_moves(&r, 0, 1, 12, 2025);
    must(&r, run_flows(&r, "ward", false));
    castmap_release *first = release_of(&r, CASTMAP_PARTNER, 2025);
    assert_int_equal(shown(first, "A0", "A1"), 10);
    add_moves(&r, 0, 1, 12, 2025); /* the same persons again, and more of others: late records */
    add_moves(&r, 1, 0, 20, 2025);
    add_moves(&r, 2, 0, 20, 2024);
    must(&r, run_flows(&r, "ward", false));
    castmap_release *again = release_of(&r, CASTMAP_PARTNER, 2025);
    assert_int_equal(shown(again, "A0", "A1"), 10);
    assert_int_equal(shown(again, "A1", "A0"), 0);
    assert_int_equal(castmap_release_number(again), castmap_release_number(first));
    castmap_release *other = release_of(&r, CASTMAP_PUBLIC, 2025); /* another table for the other audience: the difference could be read */
    assert_null(cm_release_layer(other, "flows"));
    castmap_release *next = release_of(&r, CASTMAP_PARTNER, 2024); /* another period is free */
    assert_int_equal(shown(next, "A2", "A0"), 20);
    castmap_release_free(first);
    castmap_release_free(again);
    castmap_release_free(other);
    castmap_release_free(next);
    close_room(&r);
}

static void one_set_of_areas_and_one_way_of_counting(void **state)
{
    room r = {.ctx = *state};

    open_room(&r);
    add_areas(&r, "other", 0.01);
    add_moves(&r, 0, 1, 12, 2024);
    add_moves(&r, 0, 1, 12, 2025);
    must(&r, run_flows(&r, "ward", false));
    castmap_release *first = release_of(&r, CASTMAP_PARTNER, 2024);
    assert_int_equal(shown(first, "A0", "A1"), 10);
    must(&r, run_flows(&r, "ward", true));
    castmap_release *symmetric = release_of(&r, CASTMAP_PARTNER, 2025);
    assert_null(cm_release_layer(symmetric, "flows"));
    must(&r, run_flows(&r, "other", false));
    castmap_release *shifted = release_of(&r, CASTMAP_PARTNER, 2025);
    assert_null(cm_release_layer(shifted, "flows"));
    must(&r, run_flows(&r, "ward", false));
    castmap_release *plain = release_of(&r, CASTMAP_PARTNER, 2025); /* the period was released without flows: they may follow */
    assert_int_equal(shown(plain, "A0", "A1"), 10);
    assert_true(castmap_release_number(plain) > castmap_release_number(shifted));
    castmap_release_free(first);
    castmap_release_free(symmetric);
    castmap_release_free(shifted);
    castmap_release_free(plain);
    close_room(&r);
}

static void symmetric_flows_have_one_line_and_no_arrow(void **state)
{
    room r = {.ctx = *state};

    open_room(&r);
    add_moves(&r, 0, 1, 4, 2025);
    add_moves(&r, 1, 0, 4, 2025); /* eight together */
    must(&r, run_flows(&r, "ward", true));
    castmap_release *release = release_of(&r, CASTMAP_PARTNER, 2025);
    const cm_layer *layer = cm_release_layer(release, "flows");
    assert_int_equal(layer->count, 1);
    assert_int_equal(cm_layer_field(layer, "count")->integer[0], 10);
    assert_false(layer->style.arrows);
    assert_int_equal(cm_layer_field(cm_release_layer(release, "flow_areas"), "leaving")->integer[1], 10);
    castmap_release_free(release);
    close_room(&r);
}

static void both_directions_bend_to_their_own_right(void **state)
{
    room r = {.ctx = *state};

    open_room(&r);
    add_moves(&r, 0, 1, 12, 2025);
    add_moves(&r, 1, 0, 12, 2025);
    must(&r, run_flows(&r, "ward", false));
    castmap_release *release = release_of(&r, CASTMAP_PARTNER, 2025);
    const cm_layer *layer = cm_release_layer(release, "flows");
    assert_int_equal(layer->count, 2);
    for (size_t f = 0; f < 2; f++) {
        const size_t first = layer->vertex_start[f], last = layer->vertex_start[f + 1] - 1, middle = (first + last) / 2;
        const double ax = layer->x[first], ay = layer->y[first], dx = layer->x[last] - ax, dy = layer->y[last] - ay;
        const double off = ((layer->x[middle] - ax) * dy - (layer->y[middle] - ay) * dx) / hypot(dx, dy); /* to the right */
        assert_near(off, 0.09 * hypot(dx, dy), 1e-6 * hypot(dx, dy));
    }
    assert_true(layer->style.arrows);
    castmap_release_free(release);
    close_room(&r);
}

/* The last door: a line of "flows" that begins elsewhere than in the middle of an area. */
static void refuses_a_line_from_where_somebody_was(void **state)
{
    static const size_t PARTS[] = {0, 1}, RINGS[] = {0, 1}, CORNERS[] = {0, 4}, ENDS[] = {0, 2};
    static const double X[] = {0, 10, 10, 0}, Y[] = {0, 0, 10, 10}, MIDDLE[] = {5}, LINE[] = {5, 6};
    const castmap_polygons square = {1, PARTS, RINGS, CORNERS, X, Y}, line = {1, PARTS, RINGS, ENDS, LINE, LINE};

    for (int joined = 0; joined < 2; joined++) {
        const double end[] = {5, joined ? 5 : 6};
        const castmap_polygons drawn = {1, PARTS, RINGS, ENDS, end, end};
        cm_release_build build;
        castmap_release *release = NULL;
        cm_build_begin(&build, CASTMAP_PUBLIC);
        cm_layer *areas = cm_build_layer(&build, "flow_areas", "", "", CM_SHAPE_POLYGON, 1);
        cm_build_shapes(&build, areas, &square, X, Y);
        cm_build_label_points(&build, areas, MIDDLE, MIDDLE);
        cm_layer *layer = cm_build_layer(&build, "flows", "", "", CM_SHAPE_LINE, 1);
        cm_build_shapes(&build, layer, joined ? &drawn : &line, end, end);
        assert_status(cm_build_finish(*state, &build, &release), joined ? CASTMAP_OK : CASTMAP_E_RELEASE);
        castmap_release_free(release);
    }
}

/* The last door: a part of the period may not show a pair that another does not. */
static void refuses_parts_that_show_different_pairs(void **state)
{
    static const size_t PARTS[] = {0, 1}, RINGS[] = {0, 1}, CORNERS[] = {0, 4}, ENDS[] = {0, 2};
    static const double X[] = {0, 10, 10, 0}, Y[] = {0, 0, 10, 10}, MIDDLE[] = {5}, LINE[] = {5, 5};
    static const char *const LAYERS[] = {"flows", "flows_01", "flows_02"};
    const castmap_polygons square = {1, PARTS, RINGS, CORNERS, X, Y}, line = {1, PARTS, RINGS, ENDS, LINE, LINE};

    for (int same = 0; same < 2; same++) {
        cm_release_build build;
        castmap_release *release = NULL;
        cm_build_begin(&build, CASTMAP_PARTNER);
        cm_layer *areas = cm_build_layer(&build, "flow_areas", "", "", CM_SHAPE_POLYGON, 1);
        cm_build_shapes(&build, areas, &square, X, Y);
        cm_build_label_points(&build, areas, MIDDLE, MIDDLE);
        for (int k = 0; k < 3; k++) {
            cm_layer *layer = cm_build_layer(&build, LAYERS[k], "", "", CM_SHAPE_LINE, 1);
            cm_build_shapes(&build, layer, &line, LINE, LINE);
            cm_field_set_text(&build, cm_build_field(&build, layer, CM_FIELD_TEXT, "from_code", "", "", "", 0), 0, "A");
            cm_field_set_text(&build, cm_build_field(&build, layer, CM_FIELD_TEXT, "to_code", "", "", "", 0), 0, k < 2 || same ? "B" : "C");
        }
        assert_status(cm_build_finish(*state, &build, &release), same ? CASTMAP_OK : CASTMAP_E_RELEASE);
        castmap_release_free(release);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_flow_leaves_where_it_reaches_every_floor),
        cmocka_unit_test(totals_are_sums_of_what_is_shown),
        cmocka_unit_test(nothing_that_left_depends_on_a_flow_that_is_not_shown),
        cmocka_unit_test(a_sum_less_the_years_shown_is_never_a_year_that_is_not),
        cmocka_unit_test(one_legend_for_all_years_and_the_ledger_keeps_them),
        cmocka_unit_test(what_was_released_is_released_again),
        cmocka_unit_test(one_set_of_areas_and_one_way_of_counting),
        cmocka_unit_test(symmetric_flows_have_one_line_and_no_arrow),
        cmocka_unit_test(both_directions_bend_to_their_own_right),
        cmocka_unit_test(refuses_a_line_from_where_somebody_was),
        cmocka_unit_test(refuses_parts_that_show_different_pairs),
    };
    return cmocka_run_group_tests(tests, context_setup, context_teardown);
}
