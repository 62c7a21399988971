#include "support/release_fixture.h"

#include "base/random.h"
#include "release/disclosure/release_build.h"
#include "release/style/palette.h"
#include "space/geometry/polygon_set.h"
#include "support/check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define WEST 504000.0 /* a corner of the 8 km lattice */
#define SOUTH 6104000.0
#define WIDTH 12000.0
#define HEIGHT 10000.0
#define COLUMNS 5
#define ROWS 4
#define STEPS 12 /* vertices of one side of a ward */
#define PI 3.14159265358979323846

typedef struct fixture {
    cm_release_build build;
    castmap_audience audience;
    double *lon, *lat; /* scratch */
} fixture;

/* A bump of the heat: centre, height per km2, scale in metres; its outline has three soft corners. */
typedef struct bump {
    double x, y, peak, scale, turn;
} bump;
static const bump BUMPS[] = {
    {3400, 5200, 92, 700, 0.4}, {6900, 6600, 58, 900, 1.2}, {9300, 3600, 39, 650, 2.2},
    {5600, 2300, 27, 800, 0.0}, {1600, 7900, 16, 600, 0.9},
};
#define BUMP_COUNT (sizeof BUMPS / sizeof *BUMPS)
static const double BREAKS[] = {5, 10, 20, 40, 60};
#define BREAK_COUNT 5

static const char *const WARDS[COLUMNS * ROWS] = {
    "Saltmarsh", "Ferry Quay", "Old Harbour", "Lowgate", "Eastcliff", "Ropewalk", "Market", "St Brannock's",
    "Tannery Bridge", "Lark Hill", "Millbrook", "Weavers", "Station", "Cold Bath", "Gorse Common", "Upper Ashe",
    "Priory", "Kiln Lane", "Orchard Park", "Windmill Down"};

static double unit(uint64_t stream, uint64_t i)
{
    return cm_random_unit(7, stream, i);
}

static void to_degrees(double x, double y, double *lon, double *lat)
{
    *lat = 54.9 + (y - 6084000.0) / 111320.0;
    *lon = 3.0 + (x - 500000.0) / (111320.0 * cos(*lat * PI / 180.0));
}

static void vertex(cm_polygon_set *set, double x, double y)
{
    /* Whole decimetres, as a boundary file would have. */
    if (cm_polygon_set_vertex(set, round((WEST + x) * 10.0) / 10.0, round((SOUTH + y) * 10.0) / 10.0))
        fail_msg("out of memory");
}

static void feature(cm_polygon_set *set)
{
    if (cm_polygon_set_feature(set))
        fail_msg("out of memory");
}

static void part(cm_polygon_set *set)
{
    if (cm_polygon_set_part(set) || cm_polygon_set_ring(set))
        fail_msg("out of memory");
}

/* Put the set's shapes into the layer, with degrees, and free it. */
static void give(fixture *town, cm_layer *layer, cm_polygon_set *set)
{
    castmap_polygons view = cm_polygon_set_view(set);

    town->lon = realloc(town->lon, (set->vertices + 1) * sizeof(double));
    town->lat = realloc(town->lat, (set->vertices + 1) * sizeof(double));
    if (!town->lon || !town->lat)
        fail_msg("out of memory");
    for (size_t i = 0; i < set->vertices; i++)
        to_degrees(set->x[i], set->y[i], &town->lon[i], &town->lat[i]);
    cm_build_shapes(&town->build, layer, &view, town->lon, town->lat);
    cm_polygon_set_clear(set);
}

static double river_y(double x)
{
    return 4300.0 + 900.0 * sin(x / 2300.0) + 250.0 * sin(x / 700.0);
}

static void add_backdrop(fixture *town)
{
    cm_polygon_set set = CM_POLYGON_SET_INIT;
    cm_layer *layer = cm_build_backdrop(&town->build, "green", "Parks and commons", CM_SHAPE_POLYGON, 3);

    for (size_t g = 0; g < 3; g++) {
        const double cx = 1500.0 + 4200.0 * (double)g, cy = g == 1 ? 8400.0 : 1700.0;
        feature(&set);
        part(&set);
        for (size_t k = 0; k <= 24; k++) {
            const double a = 2.0 * PI * (double)(k % 24) / 24.0, r = 480.0 + 120.0 * sin(3.0 * a + (double)g);
            vertex(&set, cx + r * 1.4 * cos(a), cy + r * sin(a));
        }
    }
    give(town, layer, &set);
    cm_build_fill(layer, CM_COLOUR_GREEN);

    layer = cm_build_backdrop(&town->build, "water", "River", CM_SHAPE_POLYGON, 1);
    feature(&set);
    part(&set);
    for (int k = 0; k <= 60; k++)
        vertex(&set, k * 200.0, river_y(k * 200.0) - 60.0 - k * 1.5);
    for (int k = 60; k >= 0; k--)
        vertex(&set, k * 200.0, river_y(k * 200.0) + 60.0 + k * 1.5);
    vertex(&set, 0, river_y(0) - 60.0);
    give(town, layer, &set);
    cm_build_fill(layer, CM_COLOUR_WATER);

    layer = cm_build_backdrop(&town->build, "streets", "Streets", CM_SHAPE_LINE, 44);
    for (int line = 0; line < 44; line++) {
        const bool upright = line % 2;
        const double at = 250.0 + 520.0 * (line / 2) * (upright ? 1.0 : 0.84);
        feature(&set);
        part(&set);
        for (int k = 0; k <= 24; k++) {
            const double t = (upright ? HEIGHT : WIDTH) * k / 24.0, bend = 90.0 * sin(t / 1300.0 + line);
            vertex(&set, upright ? at + bend : t, upright ? t : at + bend);
        }
    }
    give(town, layer, &set);
    cm_build_outline(layer, CM_COLOUR_STREET, 0.25, false);

    const double px[] = {WEST + 3500, WEST + 7000, WEST + 9400};
    const double py[] = {SOUTH + 5600, SOUTH + 7200, SOUTH + 3900};
    const char *const names[] = {"Ashmouth", "Cold Bath", "Lark Hill"};
    double lon[3], lat[3];
    layer = cm_build_backdrop(&town->build, "place_names", "Places", CM_SHAPE_POINT, 3);
    cm_field *name = cm_build_field(&town->build, layer, CM_FIELD_TEXT, "name", "Name", "", "", 0);
    for (size_t i = 0; i < 3; i++) {
        to_degrees(px[i], py[i], &lon[i], &lat[i]);
        cm_field_set_text(&town->build, name, i, names[i]);
    }
    cm_build_points(&town->build, layer, px, py, lon, lat);
    cm_build_label(layer, "name", 0.0);
}

/* Corner of the grid of wards, moved a little, but not across the outer border. */
static void corner(int column, int row, double *x, double *y)
{
    const uint64_t i = (uint64_t)(row * (COLUMNS + 1) + column);

    *x = WIDTH * column / COLUMNS + 500.0 * (unit(1, i) - 0.5);
    *y = HEIGHT * row / ROWS + 500.0 * (unit(2, i) - 0.5);
}

/* The border between two corners, the same points whichever ward asks; the last corner is left out. */
static void side(cm_polygon_set *set, int c0, int r0, int c1, int r1)
{
    const bool forward = r0 < r1 || (r0 == r1 && c0 < c1);
    double x0, y0, x1, y1;

    corner(forward ? c0 : c1, forward ? r0 : r1, &x0, &y0);
    corner(forward ? c1 : c0, forward ? r1 : r0, &x1, &y1);
    for (int k = 0; k < STEPS; k++) {
        const double t = (double)(forward ? k : STEPS - k) / STEPS;
        const double wave = 110.0 * sin(2.0 * PI * t) * sin(PI * t);
        const double length = hypot(x1 - x0, y1 - y0);
        vertex(set, x0 + (x1 - x0) * t - (y1 - y0) / length * wave, y0 + (y1 - y0) * t + (x1 - x0) / length * wave);
    }
}

static void add_ward(cm_polygon_set *set, int column, int row)
{
    double x, y;

    feature(set);
    part(set);
    side(set, column, row, column + 1, row);
    side(set, column + 1, row, column + 1, row + 1);
    side(set, column + 1, row + 1, column, row + 1);
    side(set, column, row + 1, column, row);
    corner(column, row, &x, &y);
    vertex(set, x, y);
}

static void ward_geometry(fixture *town, cm_layer *layer)
{
    cm_polygon_set set = CM_POLYGON_SET_INIT;
    double x[COLUMNS * ROWS], y[COLUMNS * ROWS];

    for (int i = 0; i < COLUMNS * ROWS; i++) {
        add_ward(&set, i % COLUMNS, i / COLUMNS);
        x[i] = WEST + WIDTH * (i % COLUMNS + 0.5) / COLUMNS;
        y[i] = SOUTH + HEIGHT * (i / COLUMNS + 0.5) / ROWS;
    }
    give(town, layer, &set);
    cm_build_label_points(&town->build, layer, x, y);
}

static void ward_names(fixture *town, cm_layer *layer)
{
    cm_release_build *build = &town->build;
    cm_field *code = cm_build_field(build, layer, CM_FIELD_TEXT, "code", "Code", "Code of the area", "", 0);
    cm_field *name = cm_build_field(build, layer, CM_FIELD_TEXT, "name", "Name", "Name of the area", "", 0);
    cm_field *parent = cm_build_field(build, layer, CM_FIELD_TEXT, "parent", "Council", "Council the area lies in", "", 0);

    for (size_t i = 0; i < COLUMNS * ROWS; i++) {
        char text[16];
        snprintf(text, sizeof text, "F050%05zu", i + 1);
        cm_field_set_text(build, code, i, text);
        cm_field_set_text(build, name, i, WARDS[i]);
        cm_field_set_text(build, parent, i, i % COLUMNS < 3 ? "Ashmouth" : "Nether Coast");
    }
}

static int class_of(double value, const double *lower, int n)
{
    int k = 0;

    while (k < n && value >= lower[k])
        k++;
    return k;
}

static int64_t ward_count(int i)
{
    const double x = WIDTH * (i % COLUMNS + 0.5) / COLUMNS, y = HEIGHT * (i / COLUMNS + 0.5) / ROWS;
    double count = 6.0 * unit(3, (uint64_t)i);

    for (size_t b = 0; b < BUMP_COUNT; b++)
        count += 2.6 * BUMPS[b].peak * exp(-pow(hypot(x - BUMPS[b].x, y - BUMPS[b].y) / 1300.0, 2.0));
    return i % 9 == 4 ? 0 : (int64_t)count;
}

static void add_areas(fixture *town)
{
    static const double LOWER[] = {1, 10, 25, 50, 100};
    const bool exact = town->audience == CASTMAP_INTERNAL;
    cm_release_build *build = &town->build;
    cm_layer *layer = cm_build_layer(build, "areas", "Reports by ward", "Reports counted in each ward. Null: not shown.",
                                     CM_SHAPE_POLYGON, COLUMNS * ROWS);

    ward_geometry(town, layer);
    ward_names(town, layer);
    cm_field *count = cm_build_field(build, layer, CM_FIELD_INTEGER, "count", "Reports", "Reports in the area", "", 0);
    cm_field *people = cm_build_field(build, layer, CM_FIELD_INTEGER, "population", "Population", "Residents", "", 0);
    cm_field *rate = cm_build_field(build, layer, CM_FIELD_REAL, "rate_per_1000", "Per 1,000 residents",
                                    "Reports per 1,000 residents", "per 1,000", 1);
    cm_field *class_number = cm_build_field(build, layer, CM_FIELD_INTEGER, "class", "Class", "Class of the map", "", 0);
    cm_field *label = cm_build_field(build, layer, CM_FIELD_TEXT, "label", "Shown as", "Words of the class", "", 0);
    for (int i = 0; i < COLUMNS * ROWS; i++) {
        const int64_t population = 4200 + (int64_t)(9000.0 * unit(4, (uint64_t)i));
        int64_t n = ward_count(i);
        int k = class_of((double)n, LOWER, 5);
        if (!exact) {
            n = (n + 2) / 5 * 5;
            k = n < 10 ? 6 : class_of((double)n, LOWER, 5);
        }
        cm_field_set_integer(people, (size_t)i, population);
        cm_field_set_integer(class_number, (size_t)i, k);
        if (k < 6) {
            cm_field_set_integer(count, (size_t)i, n);
            cm_field_set_real(rate, (size_t)i, (double)n * 1000.0 / (double)population);
        }
    }
    char words[CM_LABEL_SIZE];
    cm_build_class(build, &layer->style, 0, 0, "0", CM_COLOUR_ZERO, false);
    for (size_t k = 0; k < 5; k++) {
        cm_label_counts(LOWER[k], k == 4 ? (double)INFINITY : LOWER[k + 1] - 1, words);
        cm_build_class(build, &layer->style, LOWER[k], k == 4 ? (double)INFINITY : LOWER[k + 1] - 1, words,
                       cm_ramp_colour(CM_RAMP_TIDE, k, 5), false);
    }
    if (!exact)
        cm_build_class(build, &layer->style, NAN, NAN, CM_WORDS_NOT_SHOWN, CM_COLOUR_NOT_SHOWN, true);
    for (size_t i = 0; i < COLUMNS * ROWS; i++)
        cm_field_set_text(build, label, i, layer->style.classes[class_number->integer[i]].label);
    cm_build_colour_by(build, layer, "class", "Reports by ward");
    cm_build_outline(layer, CM_COLOUR_BORDER, 0.25, false);
    cm_build_label(layer, "name", 12.0);
    layer->visible = false;

    layer = cm_build_layer(build, "boundaries", "Wards", "Borders and names of the wards", CM_SHAPE_POLYGON, COLUMNS * ROWS);
    ward_geometry(town, layer);
    ward_names(town, layer);
    cm_build_outline(layer, CM_COLOUR_BORDER, 0.3, false);
    cm_build_label(layer, "name", 12.0);
}

static double heat_at(double x, double y)
{
    double best = 0.0;

    for (size_t b = 0; b < BUMP_COUNT; b++) {
        const double a = atan2(y - BUMPS[b].y, x - BUMPS[b].x);
        const double r = hypot(x - BUMPS[b].x, y - BUMPS[b].y) / (BUMPS[b].scale * (1.0 + 0.16 * cos(3.0 * a + BUMPS[b].turn)));
        best = fmax(best, BUMPS[b].peak * exp(-r * r));
    }
    return best;
}

static void bump_ring(cm_polygon_set *set, const bump *b, double level, bool hole)
{
    const double reach = b->scale * sqrt(log(b->peak / level));

    for (int k = 0; k <= 48; k++) {
        const double a = 2.0 * PI * (double)((hole ? 48 - k : k) % 48) / 48.0;
        const double r = reach * (1.0 + 0.16 * cos(3.0 * a + b->turn));
        vertex(set, b->x + r * cos(a), b->y + r * sin(a));
    }
}

static void heat_classes(fixture *town, cm_style *style)
{
    char words[CM_LABEL_SIZE];

    for (size_t k = 0; k < BREAK_COUNT; k++) {
        const double upper = k + 1 < BREAK_COUNT ? BREAKS[k + 1] : (double)INFINITY;
        cm_label_range(BREAKS[k], upper, 1, words);
        cm_build_class(&town->build, style, BREAKS[k], upper, words, cm_ramp_colour(CM_RAMP_DUSK, k, BREAK_COUNT), false);
    }
    cm_build_text(&town->build, &style->legend_title, "Reports per km\xc2\xb2");
}

static void add_heat(fixture *town)
{
    const bool exact = town->audience == CASTMAP_INTERNAL;
    const double cell = exact ? 100.0 : 125.0;
    const castmap_grid grid = {.west = WEST, .north = SOUTH + HEIGHT, .cell_m = cell,
                               .columns = (size_t)(WIDTH / cell), .rows = (size_t)(HEIGHT / cell)};
    cm_release_build *build = &town->build;
    cm_polygon_set set = CM_POLYGON_SET_INIT;

    if (!cm_build_surface(build, &grid, exact, BREAKS, BREAK_COUNT))
        fail_msg("out of memory");
    cm_surface *surface = &build->release->surface;
    for (size_t i = 0; i < grid.columns * grid.rows; i++) {
        const double v = heat_at(((double)(i % grid.columns) + 0.5) * cell,
                                 HEIGHT - ((double)(i / grid.columns) + 0.5) * cell);
        surface->classes[i] = (uint8_t)class_of(v, BREAKS, BREAK_COUNT);
        if (exact)
            surface->values[i] = v;
    }
    cm_build_text(build, &surface->title, "Heat map");
    cm_build_text(build, &surface->description, "Reports per square kilometre around each place");
    cm_build_text(build, &surface->unit, "per km2");
    surface->radius_m = exact ? 1200.0 : 0.0;
    surface->sigma_m = exact ? 424.3 : 0.0;
    heat_classes(town, &surface->style);

    cm_layer *layer = cm_build_layer(build, "heat", "Heat map", "Bands of equal density of reports.", CM_SHAPE_POLYGON,
                                     BREAK_COUNT);
    cm_field *class_number = cm_build_field(build, layer, CM_FIELD_INTEGER, "class", "Class", "Class of the map", "", 0);
    cm_field *label = cm_build_field(build, layer, CM_FIELD_TEXT, "label", "Reports per km2", "Words of the class", "", 0);
    for (size_t k = 0; k < BREAK_COUNT; k++) {
        feature(&set);
        for (size_t b = 0; b < BUMP_COUNT; b++) {
            if (BUMPS[b].peak <= BREAKS[k])
                continue;
            part(&set);
            bump_ring(&set, &BUMPS[b], BREAKS[k], false);
            if (k + 1 < BREAK_COUNT && BUMPS[b].peak > BREAKS[k + 1]) {
                if (cm_polygon_set_ring(&set))
                    fail_msg("out of memory");
                bump_ring(&set, &BUMPS[b], BREAKS[k + 1], true);
            }
        }
        cm_field_set_integer(class_number, k, (int64_t)k);
    }
    give(town, layer, &set);
    heat_classes(town, &layer->style);
    for (size_t k = 0; k < BREAK_COUNT; k++)
        cm_field_set_text(build, label, k, layer->style.classes[k].label);
    cm_build_colour_by(build, layer, "class", "Reports per km\xc2\xb2");
}

static void square(cm_polygon_set *set, double x, double y, double s)
{
    part(set);
    vertex(set, x, y);
    vertex(set, x + s, y);
    vertex(set, x + s, y + s);
    vertex(set, x, y + s);
    vertex(set, x, y);
}

/* Leaves of a quadtree: 1 km where there is much, 2 km elsewhere, and nothing where there is little. */
static void add_cells(fixture *town)
{
    static const double LOWER[] = {1, 5, 10, 25, 50};
    double x[64], y[64], s[64], v[64];
    size_t n = 0;
    cm_polygon_set set = CM_POLYGON_SET_INIT;
    cm_release_build *build = &town->build;

    for (int i = 0; i < 30; i++) {
        const double cx = 2000.0 * (i % 6), cy = 2000.0 * (i / 6);
        const double mean = (heat_at(cx + 500, cy + 500) + heat_at(cx + 1500, cy + 500) + heat_at(cx + 500, cy + 1500) +
                             heat_at(cx + 1500, cy + 1500)) / 4.0;
        if (mean < 0.7)
            continue;
        for (int k = 0; k < (mean > 9.0 ? 4 : 1); k++, n++) {
            s[n] = mean > 9.0 ? 1000.0 : 2000.0;
            x[n] = cx + (k % 2) * 1000.0;
            y[n] = cy + (k / 2) * 1000.0;
            v[n] = fmax(5.0, 5.0 * round((s[n] < 1500 ? heat_at(x[n] + 500, y[n] + 500) : 4.0 * mean) / 5.0));
        }
    }
    cm_layer *layer = cm_build_layer(build, "cells", "Reports by cell", "Reports counted in squares of the lattice.",
                                     CM_SHAPE_POLYGON, n);
    cm_field *cell = cm_build_field(build, layer, CM_FIELD_TEXT, "cell", "Cell", "Column and row of the lattice", "", 0);
    cm_field *side_m = cm_build_field(build, layer, CM_FIELD_INTEGER, "side_m", "Side", "Side of the cell", "m", 0);
    cm_field *count = cm_build_field(build, layer, CM_FIELD_INTEGER, "count", "Reports", "Rounded to 5", "", 0);
    cm_field *class_number = cm_build_field(build, layer, CM_FIELD_INTEGER, "class", "Class", "Class of the map", "", 0);
    for (size_t i = 0; i < n; i++) {
        char text[32];
        feature(&set);
        square(&set, x[i], y[i], s[i]);
        snprintf(text, sizeof text, "%.0f/%.0f/%.0f", s[i], (WEST + x[i]) / s[i], (SOUTH + y[i]) / s[i]);
        cm_field_set_text(build, cell, i, text);
        cm_field_set_integer(side_m, i, (int64_t)s[i]);
        cm_field_set_integer(count, i, (int64_t)v[i]);
        cm_field_set_integer(class_number, i, class_of(v[i] / (s[i] * s[i] / 1e6), LOWER, 5) - 1);
        if (class_number && class_number->integer[i] < 0)
            class_number->integer[i] = 0;
    }
    give(town, layer, &set);
    for (size_t k = 0; k < 5; k++) {
        char words[CM_LABEL_SIZE];
        cm_label_range(k == 0 ? 0 : LOWER[k], k == 4 ? (double)INFINITY : LOWER[k + 1], 0, words);
        cm_build_class(build, &layer->style, k == 0 ? 0 : LOWER[k], k == 4 ? (double)INFINITY : LOWER[k + 1], words,
                       cm_ramp_colour(CM_RAMP_TIDE, k, 5), false);
    }
    cm_build_colour_by(build, layer, "class", "Reports per km\xc2\xb2");
    cm_build_outline(layer, 0xFFFFFFFFu, 0.15, false);
    layer->visible = false;
}

static void add_places(fixture *town)
{
    const bool exact = town->audience == CASTMAP_INTERNAL;
    cm_release_build *build = &town->build;
    cm_polygon_set set = CM_POLYGON_SET_INIT;
    cm_layer *layer = cm_build_layer(build, "places", "Places where reports gather",
                                     "Places with many reports close together.", CM_SHAPE_POLYGON, BUMP_COUNT);
    cm_field *number = cm_build_field(build, layer, CM_FIELD_INTEGER, "number", "Place", "1: most reports", "", 0);
    cm_field *name = cm_build_field(build, layer, CM_FIELD_TEXT, "name", "Where", "Area the place lies in", "", 0);
    cm_field *count = cm_build_field(build, layer, CM_FIELD_INTEGER, "count", "Reports", "Reports in the place", "", 0);
    cm_field *label = cm_build_field(build, layer, CM_FIELD_TEXT, "label", "Label", "Number on the map", "", 0);
    double x[BUMP_COUNT], y[BUMP_COUNT];

    for (size_t b = 0; b < BUMP_COUNT; b++) {
        char text[8];
        feature(&set);
        if (exact) {
            part(&set);
            for (int k = 0; k <= 9; k++) {
                const double a = 2.0 * PI * (double)(k % 9) / 9.0;
                const double r = BUMPS[b].scale * (0.75 + 0.2 * unit(9, 16 * b + (uint64_t)(k % 9)));
                vertex(&set, BUMPS[b].x + r * cos(a), BUMPS[b].y + r * sin(a));
            }
        } else {
            square(&set, floor(BUMPS[b].x / 1000.0) * 1000.0, floor(BUMPS[b].y / 1000.0) * 1000.0, 1000.0);
        }
        x[b] = WEST + BUMPS[b].x;
        y[b] = SOUTH + BUMPS[b].y;
        snprintf(text, sizeof text, "%zu", b + 1);
        cm_field_set_integer(number, b, (int64_t)b + 1);
        cm_field_set_text(build, label, b, text);
        cm_field_set_text(build, name, b, WARDS[(int)(BUMPS[b].y / 2500.0) * COLUMNS + (int)(BUMPS[b].x / 2400.0)]);
        cm_field_set_integer(count, b, (int64_t)(BUMPS[b].peak / 5.0 * 2.0) * 5);
    }
    give(town, layer, &set);
    cm_build_label_points(build, layer, x, y);
    cm_build_outline(layer, CM_COLOUR_PLACE, 0.6, !exact);
    cm_build_label(layer, "label", 0.0);
}

/* Movements between some wards: one pair both ways, and one in each of three classes. */
static void add_flows(fixture *town)
{
    static const struct {
        int     from, to;
        int64_t count;
    } FLOWS[] = {{0, 13, 120}, {13, 0, 40}, {7, 2, 35}, {4, 18, 10}};
    enum { N = sizeof FLOWS / sizeof FLOWS[0] };
    static const double LOWER[] = {10, 30, 100};
    cm_release_build *build = &town->build;
    cm_polygon_set set = CM_POLYGON_SET_INIT;
    char words[CM_LABEL_SIZE];
    cm_layer *areas = cm_build_layer(build, "flow_areas", "Movements by ward", "Sums of the flows shown.", CM_SHAPE_POLYGON, COLUMNS * ROWS);
    ward_geometry(town, areas);
    ward_names(town, areas);
    cm_field *leaving = cm_build_field(build, areas, CM_FIELD_INTEGER, "leaving", "Leaving", "", "", 0);
    areas->visible = false;
    cm_build_outline(areas, CM_COLOUR_BORDER, 0.2, false);

    cm_layer *layer = cm_build_layer(build, "flows", "Movements between wards", "Each line bends to the right of its way.", CM_SHAPE_LINE, N);
    cm_field *from = cm_build_field(build, layer, CM_FIELD_TEXT, "from_name", "From", "", "", 0);
    cm_field *to = cm_build_field(build, layer, CM_FIELD_TEXT, "to_name", "To", "", "", 0);
    cm_field *count = cm_build_field(build, layer, CM_FIELD_INTEGER, "count", "Movements", "", "", 0);
    cm_field *class_number = cm_build_field(build, layer, CM_FIELD_INTEGER, "class", "Class", "", "", 0);
    for (size_t f = 0; f < N; f++) {
        const double ax = areas->label_x[FLOWS[f].from] - WEST, ay = areas->label_y[FLOWS[f].from] - SOUTH;
        const double bx = areas->label_x[FLOWS[f].to] - WEST, by = areas->label_y[FLOWS[f].to] - SOUTH;
        feature(&set);
        part(&set);
        vertex(&set, ax, ay);
        for (int k = 1; k < 8; k++) {
            const double t = k / 8.0, off = 0.4 * t * (1.0 - t);
            vertex(&set, ax + t * (bx - ax) + off * (by - ay), ay + t * (by - ay) - off * (bx - ax));
        }
        vertex(&set, bx, by);
        cm_field_set_text(build, from, f, cm_layer_field(areas, "name")->text[FLOWS[f].from]);
        cm_field_set_text(build, to, f, cm_layer_field(areas, "name")->text[FLOWS[f].to]);
        cm_field_set_integer(count, f, FLOWS[f].count);
        cm_field_set_integer(class_number, f, class_of((double)FLOWS[f].count, LOWER, 3) - 1);
        cm_field_set_integer(leaving, (size_t)FLOWS[f].from, FLOWS[f].count);
    }
    give(town, layer, &set);
    for (size_t k = 0; k < 3; k++) {
        cm_label_counts(LOWER[k], k == 2 ? (double)INFINITY : LOWER[k + 1] - 1, words);
        cm_build_class(build, &layer->style, LOWER[k], k == 2 ? (double)INFINITY : LOWER[k + 1] - 1, words, cm_ramp_colour(CM_RAMP_DUSK, k + 1, 4), false);
        layer->style.classes[k].stroke_mm = 0.4 + 0.5 * (double)k;
    }
    cm_build_colour_by(build, layer, "class", "Movements");
    cm_build_outline(layer, CM_COLOUR_PLACE, 0.35, false);
    layer->style.arrows = true;
    layer->visible = false;
}

static void add_observations(fixture *town)
{
    enum { N = 400 };
    double x[N], y[N], lon[N], lat[N];
    static const char *const CATEGORIES[] = {"vehicle", "premises", "person", "online"};
    cm_release_build *build = &town->build;
    cm_layer *layer = cm_build_layer(build, "observations", "Reports", "Each report at its recorded place.",
                                     CM_SHAPE_POINT, N);
    cm_field *category = cm_build_field(build, layer, CM_FIELD_TEXT, "category", "Category", "What was noticed", "", 0);

    for (size_t i = 0; i < N; i++) {
        const bump *b = &BUMPS[(size_t)(unit(5, i) * unit(6, i) * (double)BUMP_COUNT)];
        const double r = b->scale * sqrt(-log(1.0 - unit(7, i))) * 0.8, a = 2.0 * PI * unit(8, i);
        x[i] = WEST + b->x + r * cos(a);
        y[i] = SOUTH + b->y + r * sin(a);
        to_degrees(x[i], y[i], &lon[i], &lat[i]);
        cm_field_set_text(build, category, i, CATEGORIES[i % 4]);
    }
    cm_build_points(build, layer, x, y, lon, lat);
    layer->visible = false;
    if (layer)
        layer->style.size_mm = 0.8;
    cm_build_fill(layer, CM_COLOUR_POINT);
}

static void add_words(fixture *town)
{
    cm_release_build *build = &town->build;
    castmap_release *release = build->release;
    double west, south, east, north;
    const bool exact = town->audience == CASTMAP_INTERNAL;

    cm_build_text(build, &release->title, "Ashmouth community map");
    cm_build_textf(build, &release->subtitle, "1 January 2024 to 31 December 2025, %s", castmap_audience_name(town->audience));
    cm_build_text(build, &release->data_dates, "Observations from 1 January 2024 to 31 December 2025");
    release->from_s = 1704067200;
    release->to_s = 1767225600;
    release->number = 3;
    cm_build_text(build, &release->crs, "EPSG:32631");
    cm_build_text(build, &release->crs_name, "WGS 84 / UTM zone 31N");
    cm_build_text(build, &release->crs_wkt,
                  "PROJCS[\"WGS 84 / UTM zone 31N\",GEOGCS[\"WGS 84\",DATUM[\"WGS_1984\",SPHEROID[\"WGS 84\",6378137,298.257223563]],"
                  "PRIMEM[\"Greenwich\",0],UNIT[\"degree\",0.0174532925199433]],PROJECTION[\"Transverse_Mercator\"],"
                  "PARAMETER[\"latitude_of_origin\",0],PARAMETER[\"central_meridian\",3],PARAMETER[\"scale_factor\",0.9996],"
                  "PARAMETER[\"false_easting\",500000],PARAMETER[\"false_northing\",0],UNIT[\"metre\",1],"
                  "AUTHORITY[\"EPSG\",\"32631\"]]");
    release->crs_epsg = 32631;
    cm_build_text(build, &release->provenance, "{\"fixture\":true}");
    cm_build_source(build, "Wards 2025, fictional. Open licence of nowhere.");
    cm_build_source(build, "Streets and river: drawn for this test.");
    cm_build_caveat(build, "A report is what somebody noticed. It is not proof that anything happened.");
    cm_build_caveat(build, "More reports can mean more people looking, not more going on.");
    if (!exact)
        cm_build_caveat(build, "Places marked \"not shown\" may have few reports or none.");
    cm_build_method(build, "Places: at least 10 reports within 150 m of one another.");
    cm_build_method(build, "Heat: reports per km2, quartic kernel, radius 1,200 m.");
    cm_build_fact_count(build, "Reports counted", exact ? 2431 : 2430, exact ? "" : "rounded to 5");
    cm_build_fact_count(build, "Places", (int64_t)BUMP_COUNT, "where reports gather");
    cm_build_fact(build, "Busiest ward", "Weavers", "");
    to_degrees(WEST - 400, SOUTH - 400, &west, &south);
    to_degrees(WEST + WIDTH + 400, SOUTH + HEIGHT + 400, &east, &north);
    cm_build_extent(build, WEST - 400, SOUTH - 400, WEST + WIDTH + 400, SOUTH + HEIGHT + 400, west, south, east, north);
    release->suppressed = (castmap_suppressed){.observations = 2500, .excluded_grade = 31, .excluded_handling = 38,
                                               .incident_groups = 2210, .shown_groups = 2170, .cells_shown = 24,
                                               .cells_merged = 9, .cells_withheld = 6, .areas_shown = 15,
                                               .areas_withheld = 5};
}

castmap_release *fixture_release(castmap_context *ctx, castmap_audience audience)
{
    fixture town = {.audience = audience};
    castmap_release *release = NULL;

    cm_build_begin(&town.build, audience);
    if (town.build.failed)
        fail_msg("out of memory");
    town.build.lattice_m = audience == CASTMAP_INTERNAL ? 0.0 : 500.0;
    add_words(&town);
    add_backdrop(&town);
    add_heat(&town);
    add_areas(&town);
    if (audience != CASTMAP_INTERNAL)
        add_cells(&town);
    add_places(&town);
    add_flows(&town);
    if (audience == CASTMAP_INTERNAL)
        add_observations(&town);
    free(town.lon);
    free(town.lat);
    if (cm_build_finish(ctx, &town.build, &release))
        fail_msg("fixture: %s", castmap_message(ctx));
    return release;
}
