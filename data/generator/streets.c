/*
 * Streets follow a field of directions, as in Chen et al. 2008 ("Interactive procedural street
 * modeling"): each starts at a random place that is far enough from its parallels and runs on until
 * the built-up land, a bank, the railway, a park or another street ends it.
 */
#include "streets.h"

#include "names.h"
#include "random.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define STRIDE 14.0
#define REACH 110.0   /* how far an end looks ahead for a street to meet */
#define PARALLEL 0.55 /* sine of the angle under which two streets count as parallel */

typedef struct grower {
    const plan *plan;
    network    *net;
    stream      dice;
    name_book   names;
} grower;

static void add_roads(grower *g)
{
    for (int i = 0; i < g->plan->curve_count; i++) {
        const curve *c = &g->plan->curves[i];
        if (c->kind != KIND_MAIN && c->kind != KIND_LANE && c->kind != KIND_RAIL)
            continue;
        for (int from = 0; from + 1 < c->controls;) {
            int to = from + 1;
            while (c->kind != KIND_RAIL && to + 1 < c->controls && strcmp(c->name[to], c->name[from]) == 0 && c->bus[to] == c->bus[from])
                to++;
            path part = {0};
            for (int k = c->start[from]; k <= c->start[to]; k++)
                path_add(&part, c->path.at[k]);
            network_add(g->net, &part, c->kind, c->name[from], c->bus[from]);
            path_free(&part);
            from = to;
        }
    }
}

/* A walk along the bank, from one control of the river to another. */
static void add_walk(grower *g, int from, int to, double aside, const char *name)
{
    const curve *river = plan_curve(g->plan, "river");
    path walk = {0};

    for (int i = river->start[from]; i <= river->start[to]; i++) {
        const vec along = vec_unit(vec_minus(river->path.at[i + 1], river->path.at[i - 1]));
        const double half = river_width((double)i / river->path.count) / 2.0;
        const vec across = {-along.y, along.x};
        const double away = half + fabs(aside) + 4.0 * noise_at(river->path.at[i].x, river->path.at[i].y, 150.0, 31);
        path_add(&walk, vec_toward(river->path.at[i], across, aside < 0.0 ? -away : away));
    }
    network_add(g->net, &walk, KIND_PATH, name, false);
    path_free(&walk);
}

static double spacing(zone z, bool across)
{
    switch (z) {
    case ZONE_INNER:
        return across ? 84.0 : 142.0;
    case ZONE_SUBURB:
        return across ? 110.0 : 152.0;
    case ZONE_VILLAGE:
        return across ? 108.0 : 122.0;
    case ZONE_WORKS:
        return 210.0;
    case ZONE_NONE:
        break;
    }
    return 1e9;
}

static bool allowed(const grower *g, vec at)
{
    if (plan_zone(at) == ZONE_NONE || plan_in_green(g->plan, at))
        return false;
    if (plan_river_distance(g->plan, at) < 24.0)
        return false;
    return path_distance(&plan_curve(g->plan, "rail")->path, at, NULL) > 20.0;
}

/* Is there a street of about this direction within reach? */
static bool crowded(const grower *g, vec at, vec direction, double reach)
{
    near found = {0};
    bool result = false;

    network_near(g->net, at, reach, &found);
    for (int i = 0; i < found.count && !result; i++) {
        const piece *p = &g->net->pieces[found.items[i]];
        const vec a = g->net->at[p->from], b = g->net->at[p->to];
        if (distance_to_piece(at, a, b) >= reach || g->net->lines[p->line].kind == KIND_PATH)
            continue;
        result = fabs(vec_cross(vec_unit(vec_minus(b, a)), direction)) < PARALLEL;
    }
    free(found.items);
    return result;
}

/* The direction of the field that goes on as straight as possible. */
static vec follow(const grower *g, vec at, vec heading)
{
    const vec d = plan_direction(g->plan, at);
    const vec four[4] = {d, {-d.x, -d.y}, {-d.y, d.x}, {d.y, -d.x}};
    int best = 0;

    for (int i = 1; i < 4; i++)
        if (vec_dot(four[i], heading) > vec_dot(four[best], heading))
            best = i;
    return four[best];
}

/* Does the street end at the one it meets? Most do at a main road; fewer in the old grid. */
static bool ends_here(grower *g, int met, vec heading, zone z)
{
    const piece *p = &g->net->pieces[met];
    const kind k = g->net->lines[p->line].kind;
    const vec d = vec_unit(vec_minus(g->net->at[p->to], g->net->at[p->from]));
    const double chance = k == KIND_MAIN ? 0.75 : k == KIND_PATH ? 0.9 : z == ZONE_INNER ? 0.3 : 0.52;
    const bool drawn = draw_unit(&g->dice) < chance;

    return drawn || fabs(vec_cross(d, heading)) < 0.6;
}

/* An end that has another street ahead goes on to meet it. */
static void reach_on(grower *g, vec at, vec heading, path *out)
{
    const vec goal = vec_toward(at, heading, REACH);
    int met = -1;
    double share = 0.0;

    if (!network_crossing(g->net, at, goal, -1, -1, &met, &share))
        return;
    const piece *p = &g->net->pieces[met];
    const vec d = vec_unit(vec_minus(g->net->at[p->to], g->net->at[p->from]));
    if (fabs(vec_cross(d, heading)) < 0.6)
        return;
    for (double gone = 0.0; gone < REACH * share; gone += 8.0) {
        const vec step = vec_toward(at, heading, gone);
        if (plan_river_distance(g->plan, step) < 16.0 || plan_in_green(g->plan, step) ||
            path_distance(&plan_curve(g->plan, "rail")->path, step, NULL) < 14.0)
            return;
    }
    path_add(out, vec_toward(at, heading, REACH * share));
}

static void trace(grower *g, vec at, vec heading, bool across, double far, path *out)
{
    double gone = 0.0;

    while (gone < far) {
        vec d = follow(g, at, heading);
        d = follow(g, vec_toward(at, d, STRIDE / 2.0), d);
        const vec next = vec_toward(at, d, STRIDE);
        const zone z = plan_zone(next);
        int met = -1;
        double share = 0.0;
        if (network_crossing(g->net, at, next, -1, -1, &met, &share)) {
            const vec corner = vec_toward(at, vec_minus(next, at), share);
            if (ends_here(g, met, d, z)) {
                path_add(out, corner);
                return;
            }
        }
        if (!allowed(g, next) || crowded(g, next, d, spacing(z, across) * 0.55)) {
            reach_on(g, at, d, out);
            return;
        }
        for (int i = 0; i + 6 < out->count; i++)
            if (vec_length(vec_minus(out->at[i], next)) < spacing(z, across) * 0.5)
                return;
        path_add(out, next);
        at = next;
        heading = d;
        gone += STRIDE;
    }
    reach_on(g, at, heading, out);
}

static bool try_street(grower *g, vec seed, bool across)
{
    const zone z = plan_zone(seed);
    const vec d = plan_direction(g->plan, seed);
    const vec heading = across ? (vec){-d.y, d.x} : d;
    path front = {0}, back = {0}, whole = {0};
    bool grown = false;

    if (!allowed(g, seed) || crowded(g, seed, heading, spacing(z, across)))
        return false;
    const double far = z == ZONE_INNER ? draw_between(&g->dice, 150.0, 620.0) : draw_between(&g->dice, 120.0, 480.0);
    trace(g, seed, heading, across, far, &front);
    trace(g, seed, (vec){-heading.x, -heading.y}, across, far, &back);
    for (int i = back.count - 1; i >= 0; i--)
        path_add(&whole, back.at[i]);
    path_add(&whole, seed);
    path_append(&whole, &front, false);
    if (path_length(&whole) > 75.0) {
        const char *name = network_keep_name(g->net, name_next(&g->names, &whole, z));
        network_add(g->net, &whole, KIND_RESIDENTIAL, name, false);
        grown = true;
    }
    path_free(&front);
    path_free(&back);
    path_free(&whole);
    return grown;
}

static vec random_place(grower *g)
{
    double radius = 0.0;
    const vec centre = plan_disc(draw_below(&g->dice, plan_disc_count()), &radius);
    const double x = draw_between(&g->dice, -1.25, 1.25), y = draw_between(&g->dice, -1.25, 1.25);

    return (vec){centre.x + radius * x, centre.y + radius * y};
}

network streets_grow(const plan *p)
{
    network net;
    grower g = {.plan = p, .net = &net, .dice = stream_of(20)};

    network_start(&net);
    name_book_open(&g.names);
    add_roads(&g);
    add_walk(&g, 8, 12, -26.0, "Ambrel Walk");
    for (int turn = 0; turn < 26000; turn++) {
        const vec place = random_place(&g);
        try_street(&g, place, turn % 2 == 1);
    }
    network_finish(&net);
    return net;
}
