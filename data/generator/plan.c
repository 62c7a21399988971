#include "plan.h"

#include "random.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define FIELD_STEP 50.0
#define FIELD_LEFT (-8000.0)
#define FIELD_LOW (-7000.0)
#define FIELD_COLUMNS 321
#define FIELD_ROWS 281

typedef struct control {
    double x, y; /* km */
    const char *name;
} control;

typedef struct drawing {
    const char *id;
    kind kind;
    control at[24];
} drawing;

/* A control at 0,0 that has no name ends the list. Ward borders follow these curves between controls. */
static const drawing DRAWINGS[] = {
    {"river", KIND_RIVER,
     {{3.7, 6.0, "River Ambrel"}, {3.25, 5.42, 0}, {2.9, 4.9, 0}, {1.75, 4.35, 0}, {0.95, 3.6, 0},
      {1.05, 2.95, 0}, {0.95, 2.3, 0}, {0.3, 1.75, 0}, {-0.7, 1.5, 0}, {-1.28, 0.85, 0},
      {-1.12, 0.12, 0}, {-1.75, -0.95, 0}, {-2.6, -1.06, 0}, {-3.45, -1.75, 0}, {-3.6, -2.8, 0},
      {-4.5, -3.5, 0}, {-5.5, -3.6, 0}, {-6.25, -4.35, 0}, {-6.6, -4.8, 0}}},
    {"brook", KIND_STREAM,
     {{7.0, 0.4, "Sallow Brook"}, {6.0, 0.1, 0}, {5.1, -0.05, 0}, {4.0, -0.3, 0}, {3.1, -0.4, 0},
      {2.35, -0.8, 0}, {1.75, -1.15, 0}, {1.05, -1.45, 0}, {0.2, -1.58, 0}, {-0.8, -1.42, 0},
      {-1.75, -0.95, 0}}},
    {"east", KIND_MAIN,
     {{-2.1, 0.2, "High Street"}, {-1.6, 0.21, 0}, {-1.12, 0.12, "Bridge Street"},
      {-0.2, -0.08, "Oswend Road"}, {0.9, -0.12, 0}, {2.1, 0.2, "Oswend Road"}, {2.6, 0.38, "Wetherstow Road"},
      {3.4, 0.7, 0}, {4.3, 1.05, "Market Street"}, {4.9, 1.25, "Church Street"}, {6.0, 1.7, "Abbot's Road"},
      {6.8, 2.0, 0}, {7.0, 2.07, 0}}},
    {"west", KIND_MAIN,
     {{-2.1, 0.2, "Westgate"}, {-2.55, 0.33, 0}, {-3.0, 0.35, "Pellingdon Road"}, {-4.0, 0.12, 0},
      {-5.0, 0.38, 0}, {-5.9, 0.45, 0}, {-6.8, 0.22, 0}, {-7.0, 0.2, 0}}},
    {"north", KIND_MAIN,
     {{-2.1, 0.2, "Northgate"}, {-2.22, 1.0, "Tolling Road"}, {-1.95, 1.9, 0}, {-2.15, 2.7, 0},
      {-2.25, 3.3, 0}, {-2.0, 4.0, 0}, {-2.15, 5.2, 0}, {-2.2, 5.4, 0}}},
    {"south", KIND_MAIN,
     {{-2.1, 0.2, "Fish Row"}, {-2.3, -0.4, "Station Road"}, {-2.6, -1.06, "Tanners' Bridge"},
      {-2.4, -1.9, "Harrel Road"}, {-1.95, -2.85, 0}, {-2.0, -4.1, 0}, {-1.5, -5.3, 0}, {-1.45, -5.5, 0}}},
    {"south-east", KIND_MAIN,
     {{-0.2, -0.08, "Quarrel Lane"}, {0.5, -0.85, 0}, {1.05, -1.45, "Brackwold Road"}, {1.6, -1.95, 0},
      {2.4, -2.4, 0}, {3.2, -2.8, 0}, {4.2, -3.2, 0}, {5.6, -3.45, 0}, {6.8, -3.8, 0}, {7.0, -3.87, 0}}},
    {"north-west", KIND_MAIN,
     {{-3.0, 0.35, "Minster Road"}, {-3.6, 1.15, 0}, {-4.45, 2.1, "Orsby Road"}, {-5.4, 3.2, 0},
      {-6.3, 4.7, 0}, {-6.42, 4.9, 0}}},
    {"ring", KIND_MAIN,
     {{-4.45, 2.1, "Northern Way"}, {-3.4, 2.65, 0}, {-2.15, 2.7, 0}, {-0.9, 2.85, 0}, {0.15, 2.62, 0},
      {0.95, 2.3, "New Bridge"}, {1.6, 1.6, "Eastern Way"}, {2.0, 0.9, 0}, {2.1, 0.2, 0}, {2.0, -0.8, 0},
      {1.6, -1.95, "Southern Way"}, {0.4, -2.6, 0}, {-0.9, -3.0, 0}, {-1.95, -2.85, 0}}},
    {"north-east", KIND_MAIN,
     {{-0.2, -0.08, "Linnetfield Road"}, {0.35, 0.65, 0}, {1.6, 1.6, "Sandle Road"}, {2.45, 2.25, 0},
      {3.6, 3.4, 0}, {4.4, 4.4, 0}, {4.75, 5.3, 0}, {4.82, 5.5, 0}}},
    {"vale-north", KIND_MAIN, {{4.9, 1.25, "Sandle Street"}, {4.8, 2.2, "Vale Road"}, {3.6, 3.4, 0}}},
    {"vale-south", KIND_MAIN,
     {{4.9, 1.25, "Mill Street"}, {4.75, 0.2, "Tarrow Road"}, {4.3, -1.0, 0}, {4.35, -2.1, 0},
      {4.2, -3.2, 0}}},
    {"lane-1", KIND_LANE, {{3.6, 3.4, "Withy Lane"}, {3.0, 3.75, 0}, {2.4, 3.6, 0}, {2.2, 2.9, 0}, {2.45, 2.25, 0}}},
    {"lane-2", KIND_LANE,
     {{3.6, 3.4, "Ridge Lane"}, {4.6, 3.55, 0}, {5.7, 3.3, "Hollow Lane"}, {6.25, 2.6, 0}, {6.0, 1.7, 0}}},
    {"lane-3", KIND_LANE,
     {{4.3, -1.0, "Pound Lane"}, {5.2, -1.4, 0}, {6.0, -2.2, "Gorsewell Lane"}, {6.1, -3.0, 0}, {5.6, -3.45, 0}}},
    {"lane-4", KIND_LANE, {{4.3, -1.0, "Brook Lane"}, {3.5, -1.2, 0}, {2.9, -1.6, 0}, {2.4, -2.4, 0}}},
    {"lane-5", KIND_LANE,
     {{4.2, -3.2, "Sheepfold Lane"}, {3.6, -3.9, 0}, {2.9, -4.3, "Green Lane"}, {2.0, -4.2, 0}, {0.9, -4.45, 0},
      {0.2, -4.6, "Cold Lane"}, {-0.9, -4.35, 0}, {-2.0, -4.1, 0}}},
    {"lane-6", KIND_LANE,
     {{5.6, -3.45, "Coney Lane"}, {5.7, -4.2, 0}, {4.6, -4.5, 0}, {3.7, -4.4, 0}, {2.9, -4.3, 0}}},
    {"lane-7", KIND_LANE, {{-5.9, 0.45, "Long Lane"}, {-6.05, 1.5, 0}, {-5.9, 2.5, 0}, {-5.4, 3.2, 0}}},
    {"lane-8", KIND_LANE, {{-5.4, 3.2, "Orchard Lane"}, {-4.3, 4.25, 0}, {-3.2, 4.1, 0}, {-2.0, 4.0, 0}}},
    {"lane-9", KIND_LANE, {{-2.0, -4.1, "Osier Lane"}, {-3.2, -4.15, 0}, {-4.3, -4.4, 0}, {-5.0, -4.9, 0}}},
    {"lane-10", KIND_LANE, {{-5.9, 0.45, "Marsh Lane"}, {-5.6, -0.5, 0}, {-5.3, -1.6, 0}, {-4.9, -2.5, 0}}},
    {"lane-11", KIND_LANE, {{-2.0, 4.0, "High Lane"}, {-0.8, 4.2, 0}, {0.2, 4.65, 0}, {1.2, 4.9, 0}}},
    {"rail", KIND_RAIL,
     {{-7.1, -1.72, "Ambrel Valley Line"}, {-5.6, -1.2, 0}, {-4.3, -0.6, 0}, {-3.2, -0.45, 0}, {-2.37, -0.6, 0},
      {-1.45, -0.45, 0}, {-0.4, -0.72, 0}, {1.0, -0.62, 0}, {1.75, -0.5, 0}, {2.6, -0.1, 0}, {3.4, 0.25, 0},
      {4.2, 0.55, 0}, {4.82, 0.62, 0}, {5.9, 0.55, 0}, {7.1, 0.85, 0}}},
};

#define DRAWING_COUNT ((int)(sizeof DRAWINGS / sizeof DRAWINGS[0]))

typedef struct disc {
    double x, y, r; /* km */
    zone zone;
} disc;

static const disc DISCS[] = {
    {-2.0, 0.35, 1.15, ZONE_INNER},   {-0.3, 0.25, 0.85, ZONE_INNER},   {-0.6, -1.35, 0.85, ZONE_INNER},
    {4.9, 1.2, 0.45, ZONE_INNER},     {-2.15, -1.75, 0.45, ZONE_INNER}, {-3.75, -1.15, 0.42, ZONE_WORKS},
    {1.5, -1.3, 0.35, ZONE_WORKS},    {4.1, 0.45, 0.3, ZONE_WORKS},     {-3.2, 1.3, 1.0, ZONE_SUBURB},
    {-4.1, 0.55, 0.8, ZONE_SUBURB},   {-3.4, -0.1, 0.7, ZONE_SUBURB},   {-1.2, 2.15, 0.85, ZONE_SUBURB},
    {-2.8, 2.15, 0.85, ZONE_SUBURB},  {0.0, 1.25, 0.75, ZONE_SUBURB},   {1.0, 0.75, 0.85, ZONE_SUBURB},
    {1.2, -0.35, 0.8, ZONE_SUBURB},   {0.2, -1.9, 0.9, ZONE_SUBURB},    {-1.2, -2.2, 0.85, ZONE_SUBURB},
    {-2.7, -2.1, 0.75, ZONE_SUBURB},  {2.6, 0.5, 0.62, ZONE_SUBURB},    {3.2, 0.75, 0.35, ZONE_SUBURB},
    {1.7, -1.6, 0.5, ZONE_SUBURB},    {1.7, 1.35, 0.6, ZONE_SUBURB},    {-3.1, 3.05, 0.55, ZONE_SUBURB},
    {-1.3, 3.25, 0.6, ZONE_SUBURB},   {0.05, 3.1, 0.45, ZONE_SUBURB},   {-0.3, -3.3, 0.55, ZONE_SUBURB},
    {-2.7, -3.25, 0.5, ZONE_SUBURB},  {4.5, 1.6, 0.55, ZONE_SUBURB},    {5.45, 1.05, 0.6, ZONE_SUBURB},
    {4.6, 0.3, 0.55, ZONE_SUBURB},    {5.3, 1.75, 0.5, ZONE_SUBURB},    {-5.9, 0.6, 0.42, ZONE_VILLAGE},
    {-5.7, 2.8, 0.35, ZONE_VILLAGE},  {-4.3, 4.2, 0.36, ZONE_VILLAGE},  {-2.05, 4.15, 0.4, ZONE_VILLAGE},
    {0.2, 4.6, 0.3, ZONE_VILLAGE},    {0.15, -4.55, 0.4, ZONE_VILLAGE}, {-4.1, -4.35, 0.42, ZONE_VILLAGE},
    {-1.95, -4.15, 0.4, ZONE_VILLAGE}, {3.6, 3.4, 0.55, ZONE_VILLAGE},  {5.7, 3.3, 0.45, ZONE_VILLAGE},
    {4.3, -1.0, 0.52, ZONE_VILLAGE},  {4.2, -3.2, 0.6, ZONE_VILLAGE},   {6.0, -2.2, 0.45, ZONE_VILLAGE},
    {2.9, -4.25, 0.45, ZONE_VILLAGE}, {2.9, -1.6, 0.42, ZONE_VILLAGE},  {5.65, -4.1, 0.36, ZONE_VILLAGE},
    {2.35, 3.5, 0.42, ZONE_VILLAGE},
};

#define DISC_COUNT ((int)(sizeof DISCS / sizeof DISCS[0]))

typedef struct patch {
    const char *kind, *name;
    double x, y, rx, ry; /* km */
} patch;

static const patch PATCHES[] = {
    {"park", "Minster Meadows", -0.85, 0.85, 0.3, 0.24}, {"park", "Jubilee Park", -2.75, 1.5, 0.24, 0.2},
    {"park", "Southfield Park", 0.55, -2.0, 0.28, 0.2},  {"park", "Linnetfield", 1.15, 0.5, 0.2, 0.26},
    {"park", "Tannery Green", -1.6, -1.5, 0.2, 0.16},    {"park", "Orchard Recreation Ground", -4.3, 1.0, 0.2, 0.15},
    {"park", "Oswend Park", 5.25, 1.35, 0.15, 0.14},     {"park", "Northacre", -0.8, 3.2, 0.22, 0.16},
    {"wood", "Hanger Wood", -5.3, -1.9, 0.5, 0.7},       {"wood", "Monk's Copse", 0.7, 4.1, 0.3, 0.35},
    {"wood", "Orsby Wood", -3.7, 3.6, 0.45, 0.3},        {"wood", "Tarrow Wood", 5.9, -0.9, 0.6, 0.4},
    {"wood", "Sandle Plantation", 5.9, 4.2, 0.4, 0.5},   {"wood", "Coldharrow Wood", -0.8, -4.9, 0.55, 0.3},
    {"wood", "Brackwold Thicket", 3.3, -2.1, 0.35, 0.25}, {"wood", "Far Wood", -5.6, 1.7, 0.3, 0.35},
    {"wood", "Sheepfold Copse", 4.9, -4.9, 0.4, 0.22},   {"wood", "Withy Bed", 3.2, 2.1, 0.35, 0.3},
    {"wood", "Kiln Wood", -6.3, 1.3, 0.25, 0.3},         {"wood", "Abbot's Wood", -4.9, 4.4, 0.25, 0.35},
    {"wood", "Long Spinney", -0.9, 4.7, 0.16, 0.34},     {"wood", "Ambrel Carr", 1.5, 3.6, 0.22, 0.3},
    {"wood", "Vale Covert", 5.2, 2.5, 0.24, 0.2},        {"wood", "Bell Coppice", 3.4, -0.75, 0.2, 0.16},
    {"wood", "Hither Wood", 1.7, -3.2, 0.34, 0.28},      {"wood", "Black Firs", 5.1, -2.4, 0.26, 0.4},
    {"wood", "Harrel Shaw", -2.9, -4.7, 0.3, 0.18},      {"wood", "Marsh Alders", -6.2, -2.6, 0.22, 0.4},
    {"wood", "Tolling Hanger", -3.0, 4.7, 0.3, 0.2},     {"wood", "Rook Wood", 6.3, 2.9, 0.2, 0.28},
    {"wood", "Clay Pits", 2.2, -0.5, 0.14, 0.12},        {"wood", "Fox Covert", -5.4, -3.0, 0.2, 0.2},
    {"wood", "Meadow Shaw", 3.8, 2.6, 0.18, 0.12},       {"wood", "Quarrel Wood", 0.6, -3.5, 0.22, 0.2},
    {"water", "Osier Lake", -4.35, -2.85, 0.26, 0.18},   {"water", "Long Water", -4.85, -3.1, 0.14, 0.2},
    {"water", "Sandle Reservoir", 2.9, 4.2, 0.24, 0.3},
};

#define PATCH_COUNT ((int)(sizeof PATCHES / sizeof PATCHES[0]))

double river_width(double share)
{
    return 34.0 + 36.0 * share;
}

static vec metres(double x_km, double y_km)
{
    return (vec){x_km * 1000.0, y_km * 1000.0};
}

static void draw_curve(const drawing *from, curve *to)
{
    vec controls[24];

    *to = (curve){.id = from->id, .kind = from->kind};
    for (int i = 0; i < 24; i++) {
        const control *c = &from->at[i];
        if (c->x == 0.0 && c->y == 0.0 && !c->name)
            break;
        controls[i] = metres(c->x, c->y);
        to->name[i] = c->name ? c->name : to->name[i - 1];
        to->controls = i + 1;
    }
    const bool soft = from->kind != KIND_RAIL;
    curve_through(controls, to->controls, soft ? 24.0 : 30.0, &to->path, to->start);
    if (strcmp(from->id, "east") == 0)
        for (int i = 0; i < 9; i++)
            to->bus[i] = true;
}

/* The banks: the middle line moved to both sides. */
static void draw_river(plan *p)
{
    const path *middle = &plan_curve(p, "river")->path;

    for (int side = 1; side >= -1; side -= 2)
        for (int k = 0; k < middle->count; k++) {
            const int i = side > 0 ? k : middle->count - 1 - k;
            const vec before = middle->at[i ? i - 1 : 0];
            const vec after = middle->at[i + 1 < middle->count ? i + 1 : i];
            const vec along = vec_unit(vec_minus(after, before));
            const double half = river_width((double)i / middle->count) / 2.0;
            const vec across = {-along.y * side, along.x * side};
            const double wave = 1.0 + 0.12 * noise_at(middle->at[i].x, middle->at[i].y, 120.0, 70 + (uint64_t)(side + 1));
            path_add(&p->river, vec_toward(middle->at[i], across, half * wave));
        }
    if (path_area(&p->river) > 0.0)
        return;
    for (int i = 0, j = p->river.count - 1; i < j; i++, j--) {
        const vec keep = p->river.at[i];
        p->river.at[i] = p->river.at[j];
        p->river.at[j] = keep;
    }
}

/* A direction and its opposite are the same street, so directions are added with the angle doubled. */
static vec doubled(vec d)
{
    return (vec){d.x * d.x - d.y * d.y, 2.0 * d.x * d.y};
}

static vec field_value(const plan *p, vec at)
{
    vec sum = {0.0, 0.0};

    for (int i = 0; i < p->curve_count; i++) {
        const curve *c = &p->curves[i];
        const double strength = c->kind == KIND_MAIN ? 1.0 : c->kind == KIND_RIVER ? 0.8
                                : c->kind == KIND_STREAM ? 0.2 : 0.5;
        vec tangent = {1.0, 0.0};
        const double d = path_distance(&c->path, at, &tangent) / 240.0;
        const double weight = strength / ((1.0 + d * d) * (1.0 + d * d));
        const vec twice = doubled(tangent);
        sum.x += weight * twice.x;
        sum.y += weight * twice.y;
    }
    /* Away from the centre the streets bend more: turn by twice the angle whose half has this tangent. */
    const double away = vec_length(vec_minus(at, metres(-1.6, 0.0))) / 2500.0;
    const double bend = (0.06 + 0.24 * (away > 1.0 ? 1.0 : away)) * noise_at(at.x, at.y, 520.0, 11);
    const vec turn = {(1.0 - bend * bend) / (1.0 + bend * bend), 2.0 * bend / (1.0 + bend * bend)};
    const vec twice = doubled(turn);
    return (vec){sum.x * twice.x - sum.y * twice.y, sum.x * twice.y + sum.y * twice.x};
}

plan plan_draw(void)
{
    plan p = {0};
    int room = 0;

    p.curves = grow(NULL, &room, DRAWING_COUNT, sizeof *p.curves);
    for (int i = 0; i < DRAWING_COUNT; i++)
        draw_curve(&DRAWINGS[i], &p.curves[p.curve_count++]);
    draw_river(&p);
    room = 0;
    p.greens = grow(NULL, &room, PATCH_COUNT, sizeof *p.greens);
    for (int i = 0; i < PATCH_COUNT; i++) {
        const patch *from = &PATCHES[i];
        green *to = &p.greens[p.green_count++];
        *to = (green){.kind = from->kind, .name = from->name};
        blob(metres(from->x, from->y), from->rx * 1000.0, from->ry * 1000.0, 100 + (uint64_t)i, &to->ring);
    }
    room = 0;
    p.field = grow(NULL, &room, FIELD_COLUMNS * FIELD_ROWS, sizeof *p.field);
    for (int j = 0; j < FIELD_ROWS; j++)
        for (int i = 0; i < FIELD_COLUMNS; i++)
            p.field[j * FIELD_COLUMNS + i] =
                field_value(&p, (vec){FIELD_LEFT + i * FIELD_STEP, FIELD_LOW + j * FIELD_STEP});
    return p;
}

void plan_free(plan *p)
{
    for (int i = 0; i < p->curve_count; i++)
        path_free(&p->curves[i].path);
    for (int i = 0; i < p->green_count; i++)
        path_free(&p->greens[i].ring);
    path_free(&p->river);
    free(p->curves);
    free(p->greens);
    free(p->field);
    *p = (plan){0};
}

const curve *plan_curve(const plan *p, const char *id)
{
    for (int i = 0; i < p->curve_count; i++)
        if (strcmp(p->curves[i].id, id) == 0)
            return &p->curves[i];
    return NULL;
}

int curve_control_near(const curve *c, vec at)
{
    for (int i = 0; i < c->controls; i++)
        if (vec_length(vec_minus(c->path.at[c->start[i]], at)) < 1.0)
            return i;
    return -1;
}

double plan_river_distance(const plan *p, vec at)
{
    const path *middle = &plan_curve(p, "river")->path;
    double best = 1e12;

    for (int i = 1; i < middle->count; i++) {
        const double half = river_width((double)i / middle->count) / 2.0;
        const double d = distance_to_piece(at, middle->at[i - 1], middle->at[i]) - half;
        best = d < best ? d : best;
    }
    return best;
}

bool plan_in_green(const plan *p, vec at)
{
    for (int i = 0; i < p->green_count; i++)
        if (path_contains(&p->greens[i].ring, at))
            return true;
    return false;
}

zone plan_zone(vec at)
{
    const double ragged = 1.0 + 0.22 * noise_at(at.x, at.y, 330.0, 12);

    for (int i = 0; i < DISC_COUNT; i++) {
        const double d = vec_length(vec_minus(at, metres(DISCS[i].x, DISCS[i].y)));
        if (d < DISCS[i].r * 1000.0 * ragged)
            return DISCS[i].zone;
    }
    return ZONE_NONE;
}

vec plan_direction(const plan *p, vec at)
{
    double fx = (at.x - FIELD_LEFT) / FIELD_STEP, fy = (at.y - FIELD_LOW) / FIELD_STEP;

    fx = fx < 0.0 ? 0.0 : fx > FIELD_COLUMNS - 1.001 ? FIELD_COLUMNS - 1.001 : fx;
    fy = fy < 0.0 ? 0.0 : fy > FIELD_ROWS - 1.001 ? FIELD_ROWS - 1.001 : fy;
    const int i = (int)fx, j = (int)fy;
    const double u = fx - i, v = fy - j;
    const vec *low = &p->field[j * FIELD_COLUMNS + i], *high = low + FIELD_COLUMNS;
    const vec twice = vec_unit(
        (vec){(low[0].x * (1.0 - u) + low[1].x * u) * (1.0 - v) + (high[0].x * (1.0 - u) + high[1].x * u) * v,
              (low[0].y * (1.0 - u) + low[1].y * u) * (1.0 - v) + (high[0].y * (1.0 - u) + high[1].y * u) * v});
    const double s = sqrt(fmax(0.0, (1.0 - twice.x) / 2.0));
    return (vec){sqrt(fmax(0.0, (1.0 + twice.x) / 2.0)), twice.y < 0.0 ? -s : s};
}

int plan_disc_count(void)
{
    return DISC_COUNT;
}

vec plan_disc(int i, double *radius)
{
    *radius = DISCS[i].r * 1000.0;
    return metres(DISCS[i].x, DISCS[i].y);
}
