#include "wards.h"

#include <stdio.h>
#include <stdlib.h>

const char *const COUNCIL_CODES[2] = {"X07000001", "X07000002"};
const char *const COUNCIL_NAMES[2] = {"Wetherstow", "Ambrel Vale"};

typedef struct seed {
    const char *code, *name;
    int council;
    double x, y; /* km, a place inside */
} seed;

static const seed SEEDS[] = {
    {"X05000001", "Market", 0, -1.7, 0.4},        {"X05000002", "Northgate", 0, -1.2, 2.0},
    {"X05000003", "Minster", 0, -2.9, 1.8},       {"X05000004", "Pellingdon Road", 0, -4.1, 0.8},
    {"X05000005", "Weirside", 0, -3.6, -0.4},     {"X05000006", "Orsby", 0, -4.0, 3.9},
    {"X05000007", "Northacre", 0, -0.8, 3.6},   {"X05000008", "Pellingdon & Marsh", 0, -6.2, -0.8},
    {"X05000009", "Tanners' Bank", 0, -2.9, -2.2}, {"X05000010", "Quarrel", 0, -0.8, -0.6},
    {"X05000011", "Southfield", 0, -0.4, -2.3},   {"X05000012", "Linnetfield", 0, 0.1, 1.0},
    {"X05000013", "Eastlathe", 0, 1.2, 0.5},       {"X05000014", "Sallow Brook", 0, 1.2, -0.7},
    {"X05000015", "Eastern Way", 0, 2.2, 0.9},    {"X05000016", "Harrel", 0, 0.0, -3.8},
    {"X05000017", "Osier & Ambrel Foot", 0, -3.6, -4.4},
    {"X05000018", "Sandle", 1, 2.6, 4.4},         {"X05000019", "Ridgeway", 1, 5.6, 3.4},
    {"X05000020", "Oswend North", 1, 3.8, 1.7},   {"X05000021", "Oswend East", 1, 5.8, 0.6},
    {"X05000022", "Tarrow", 1, 3.4, -1.0},        {"X05000023", "Brackwold", 1, 3.6, -4.2},
    {"X05000024", "Gorsewell", 1, 5.5, -2.4},
};

#define SEED_COUNT ((int)(sizeof SEEDS / sizeof SEEDS[0]))

/* A border from the first place to the last: along a curve of the plan, or wandering by way of the others. */
typedef struct border {
    const char *along; /* NULL: across the fields */
    double at[6][2];   /* km; 99 ends the list */
} border;

#define END {99, 99}

static const border BORDERS[] = {
    {"river", {{3.25, 5.42}, {1.05, 2.95}, END}},   {"river", {{1.05, 2.95}, {0.95, 2.3}, END}},
    {"river", {{0.95, 2.3}, {-0.7, 1.5}, END}},     {"river", {{-0.7, 1.5}, {-1.12, 0.12}, END}},
    {"river", {{-1.12, 0.12}, {-1.75, -0.95}, END}}, {"river", {{-1.75, -0.95}, {-2.6, -1.06}, END}},
    {"river", {{-2.6, -1.06}, {-3.45, -1.75}, END}}, {"river", {{-3.45, -1.75}, {-3.6, -2.8}, END}},
    {"river", {{-3.6, -2.8}, {-6.25, -4.35}, END}}, {"brook", {{1.05, -1.45}, {-1.75, -0.95}, END}},
    {"east", {{-1.12, 0.12}, {-0.2, -0.08}, END}},  {"east", {{-0.2, -0.08}, {2.1, 0.2}, END}},
    {"east", {{2.6, 0.38}, {4.9, 1.25}, END}},
    {"east", {{4.9, 1.25}, {6.8, 2.0}, END}},       {"west", {{-3.0, 0.35}, {-5.0, 0.38}, END}},
    {"north", {{-2.22, 1.0}, {-2.15, 2.7}, END}},   {"north", {{-2.15, 2.7}, {-2.15, 5.2}, END}},
    {"south", {{-2.6, -1.06}, {-1.95, -2.85}, END}}, {"south", {{-1.95, -2.85}, {-1.5, -5.3}, END}},
    {"south-east", {{-0.2, -0.08}, {1.05, -1.45}, END}}, {"south-east", {{1.05, -1.45}, {1.6, -1.95}, END}},
    {"south-east", {{1.6, -1.95}, {2.4, -2.4}, END}}, {"south-east", {{2.4, -2.4}, {4.2, -3.2}, END}},
    {"south-east", {{4.2, -3.2}, {6.8, -3.8}, END}}, {"north-west", {{-3.0, 0.35}, {-4.45, 2.1}, END}},
    {"north-west", {{-4.45, 2.1}, {-6.3, 4.7}, END}}, {"ring", {{-4.45, 2.1}, {-2.15, 2.7}, END}},
    {"ring", {{-2.15, 2.7}, {0.95, 2.3}, END}},     {"ring", {{0.95, 2.3}, {1.6, 1.6}, END}},
    {"ring", {{1.6, 1.6}, {2.1, 0.2}, END}},        {"ring", {{2.1, 0.2}, {1.6, -1.95}, END}},
    {"ring", {{1.6, -1.95}, {-1.95, -2.85}, END}},  {"north-east", {{-0.2, -0.08}, {1.6, 1.6}, END}},
    {"north-east", {{2.45, 2.25}, {3.6, 3.4}, END}}, {"north-east", {{3.6, 3.4}, {4.75, 5.3}, END}},
    {"vale-north", {{4.9, 1.25}, {3.6, 3.4}, END}}, {"vale-south", {{4.9, 1.25}, {4.3, -1.0}, END}},
    {"vale-south", {{4.3, -1.0}, {4.2, -3.2}, END}},
    {NULL, {{-0.7, 1.5}, {-1.5, 1.25}, {-2.22, 1.0}, END}},
    {NULL, {{-2.22, 1.0}, {-2.7, 0.8}, {-3.0, 0.35}, END}},
    {NULL, {{-3.0, 0.35}, {-2.85, -0.3}, {-2.6, -1.06}, END}},
    {NULL, {{-4.45, 2.1}, {-4.9, 1.3}, {-5.0, 0.38}, END}},
    {NULL, {{-5.0, 0.38}, {-4.7, -0.9}, {-3.45, -1.75}, END}},
    {NULL, {{-1.95, -2.85}, {-2.8, -2.95}, {-3.6, -2.8}, END}},
    {NULL, {{1.05, 2.95}, {1.7, 2.75}, {2.45, 2.25}, END}},
    {NULL, {{2.45, 2.25}, {2.75, 1.4}, {2.6, 0.38}, END}},
    {NULL, {{2.6, 0.38}, {2.55, -0.6}, {2.2, -1.5}, {2.4, -2.4}, END}},
    {NULL, {{2.4, -2.4}, {1.5, -3.3}, {1.3, -4.3}, {1.6, -5.3}, END}},
    {NULL, {{4.3, -1.0}, {5.4, -1.1}, {6.6, -1.7}, END}},
    {NULL, {{-6.3, 4.7}, {-4.3, 5.4}, {-2.15, 5.2}, END}},
    {NULL, {{-2.15, 5.2}, {0.5, 5.4}, {1.9, 5.2}, {3.25, 5.42}, END}},
    {NULL, {{3.25, 5.42}, {4.0, 5.2}, {4.75, 5.3}, END}},
    {NULL, {{4.75, 5.3}, {6.4, 4.8}, {6.95, 3.2}, {6.8, 2.0}, END}},
    {NULL, {{6.8, 2.0}, {6.95, 0.3}, {6.6, -1.7}, END}},
    {NULL, {{6.6, -1.7}, {6.95, -2.8}, {6.8, -3.8}, END}},
    {NULL, {{6.8, -3.8}, {6.2, -4.9}, {3.9, -5.4}, {1.6, -5.3}, END}},
    {NULL, {{1.6, -5.3}, {0.0, -5.5}, {-1.5, -5.3}, END}},
    {NULL, {{-1.5, -5.3}, {-4.0, -5.2}, {-6.25, -4.35}, END}},
    {NULL, {{-6.25, -4.35}, {-6.9, -2.4}, {-6.75, 0.2}, {-7.0, 2.6}, {-6.3, 4.7}, END}},
};

#define BORDER_COUNT ((int)(sizeof BORDERS / sizeof BORDERS[0]))

static void give_up(const char *why)
{
    fprintf(stderr, "make_sample: %s\n", why);
    exit(1);
}

static vec place(const border *b, int i)
{
    return (vec){b->at[i][0] * 1000.0, b->at[i][1] * 1000.0};
}

/* Bends gently past the places between, and wanders on the way. */
static void draw_field_border(const border *b, int places, uint64_t subject, path *out)
{
    vec controls[6];
    path course = {0};

    for (int i = 0; i < places; i++)
        controls[i] = place(b, i);
    curve_through(controls, places, 700.0, &course, NULL);
    for (int i = 1; i < course.count; i++)
        wander(course.at[i - 1], course.at[i], subject * 64 + (uint64_t)i, out);
    path_free(&course);
}

static void draw_border(const plan *p, const border *b, uint64_t subject, path *out)
{
    int places = 0;

    while (places < 6 && b->at[places][0] < 90.0)
        places++;
    if (!b->along) {
        draw_field_border(b, places, subject, out);
        return;
    }
    const curve *c = plan_curve(p, b->along);
    const int from = curve_control_near(c, place(b, 0)), to = curve_control_near(c, place(b, 1));
    if (from < 0 || to <= from)
        give_up("a ward border does not begin and end at controls of its road");
    for (int i = c->start[from]; i <= c->start[to]; i++)
        path_add(out, c->path.at[i]);
    path_simplify(out, 2.5);
}

/* Each border is walked in both directions: 2k forward, 2k+1 backward. */
static vec walk_start(const wards *w, int walk, vec *direction)
{
    const path *line = &w->borders[walk / 2];
    const bool back = walk % 2 == 1;
    const vec first = line->at[back ? line->count - 1 : 0];

    *direction = vec_minus(line->at[back ? line->count - 2 : 1], first);
    return first;
}

/* Is b met before c when turning clockwise from a? */
static bool clockwise_sooner(vec a, vec b, vec c)
{
    const bool b_right = vec_cross(a, b) < 0.0, c_right = vec_cross(a, c) < 0.0;

    if (b_right != c_right)
        return b_right;
    return vec_cross(b, c) < 0.0;
}

/* Keep the face on the left: at the end of a walk take the next line clockwise from the way back. */
static int next_walk(const wards *w, int walk)
{
    vec back, candidate, chosen = {0.0, 0.0};
    const vec here = walk_start(w, walk ^ 1, &back);
    int best = walk ^ 1;

    for (int i = 0; i < 2 * w->border_count; i++) {
        const vec start = walk_start(w, i, &candidate);
        if (i == (walk ^ 1) || start.x != here.x || start.y != here.y)
            continue;
        if (best == (walk ^ 1) || clockwise_sooner(back, candidate, chosen)) {
            best = i;
            chosen = candidate;
        }
    }
    return best;
}

/* The council on each side of each border decides which borders the councils keep. */
static void join_councils(wards *w, const int *face_of, int walks)
{
    for (int c = 0; c < 2; c++) {
        int first = -1, walk = -1;
        for (int i = 0; i < walks && first < 0; i++) {
            const bool mine = face_of[i] >= 0 && w->list[face_of[i]].council == c;
            const bool theirs = face_of[i ^ 1] >= 0 && w->list[face_of[i ^ 1]].council == c;
            if (mine && !theirs)
                first = i;
        }
        walk = first;
        do {
            path_append(&w->council[c], &w->borders[walk / 2], walk % 2 == 1);
            /* Turn past the borders that lie within the council. */
            walk = next_walk(w, walk);
            while (face_of[walk ^ 1] >= 0 && w->list[face_of[walk ^ 1]].council == c)
                walk = next_walk(w, walk ^ 1);
        } while (walk != first);
        w->council[c].count--;
    }
}

static int seed_in(const path *ring)
{
    int found = -1;

    for (int i = 0; i < SEED_COUNT; i++)
        if (path_contains(ring, (vec){SEEDS[i].x * 1000.0, SEEDS[i].y * 1000.0})) {
            if (found >= 0)
                give_up("two ward seeds lie in one face");
            found = i;
        }
    return found;
}

wards wards_draw(const plan *p)
{
    wards w = {.count = SEED_COUNT};
    int room = 0, face_room = 0, found = 0;

    w.list = grow(NULL, &room, SEED_COUNT, sizeof *w.list);
    for (int i = 0; i < SEED_COUNT; i++)
        w.list[i] = (ward){.code = SEEDS[i].code, .name = SEEDS[i].name, .council = SEEDS[i].council};
    w.borders = grow(NULL, &w.border_room, BORDER_COUNT, sizeof *w.borders);
    for (int i = 0; i < BORDER_COUNT; i++) {
        w.borders[i] = (path){0};
        draw_border(p, &BORDERS[i], 200 + (uint64_t)i, &w.borders[i]);
        w.border_count++;
    }
    const int walks = 2 * w.border_count;
    int *face_of = grow(NULL, &face_room, walks, sizeof *face_of);
    for (int i = 0; i < walks; i++)
        face_of[i] = -2;
    for (int i = 0; i < walks; i++) {
        path ring = {0};
        if (face_of[i] != -2)
            continue;
        for (int walk = i;;) {
            path_append(&ring, &w.borders[walk / 2], walk % 2 == 1);
            walk = next_walk(&w, walk);
            if (walk == i)
                break;
        }
        ring.count--; /* the first vertex was met again */
        const int which = path_area(&ring) > 0.0 ? seed_in(&ring) : -1;
        for (int walk = i; face_of[walk] == -2; walk = next_walk(&w, walk))
            face_of[walk] = which;
        if (which < 0) {
            path_free(&ring);
            continue;
        }
        w.list[which].ring = ring;
        found++;
    }
    if (found != SEED_COUNT)
        give_up("the ward borders do not close round every ward");
    join_councils(&w, face_of, walks);
    free(face_of);
    return w;
}

void wards_free(wards *w)
{
    for (int i = 0; i < w->count; i++)
        path_free(&w->list[i].ring);
    for (int i = 0; i < w->border_count; i++)
        path_free(&w->borders[i]);
    path_free(&w->council[0]);
    path_free(&w->council[1]);
    free(w->list);
    free(w->borders);
    *w = (wards){0};
}

int wards_at(const wards *w, vec at)
{
    for (int i = 0; i < w->count; i++)
        if (path_contains(&w->list[i].ring, at))
            return i;
    return -1;
}

double wards_border_distance(const wards *w, vec at)
{
    double best = 1e12;

    for (int i = 0; i < w->border_count; i++) {
        const double d = path_distance(&w->borders[i], at, NULL);
        best = d < best ? d : best;
    }
    return best;
}
