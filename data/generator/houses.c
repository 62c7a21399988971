#include "houses.h"

#include "random.h"

#include <stdlib.h>

#define TOWN_PEOPLE 60218
#define VALE_PEOPLE 25144

typedef struct builder {
    const plan    *plan;
    const network *net;
    const wards   *wards;
    houses        *all;
    bucket        *plots;  /* houses by place, to keep them apart */
    stream         dice;
} builder;

#define PLOT 20.0
#define COLUMNS 800
#define ROWS 700

static bucket *plot_at(const builder *b, vec at)
{
    int i = (int)((at.x + 8000.0) / PLOT), j = (int)((at.y + 7000.0) / PLOT);

    i = i < 1 ? 1 : i > COLUMNS - 2 ? COLUMNS - 2 : i;
    j = j < 1 ? 1 : j > ROWS - 2 ? ROWS - 2 : j;
    return &b->plots[j * COLUMNS + i];
}

static bool stands_free(const builder *b, vec at, double apart)
{
    const bucket *middle = plot_at(b, at);

    for (int dj = -1; dj <= 1; dj++)
        for (int di = -1; di <= 1; di++) {
            const bucket *plot = middle + dj * COLUMNS + di;
            for (int k = 0; k < plot->count; k++)
                if (vec_length(vec_minus(b->all->list[plot->items[k]].at, at)) < apart)
                    return false;
        }
    return true;
}

static bool clear_of_streets(const builder *b, vec at, double apart)
{
    near found = {0};
    bool clear = true;

    network_near(b->net, at, apart, &found);
    for (int i = 0; i < found.count && clear; i++) {
        const piece *p = &b->net->pieces[found.items[i]];
        clear = distance_to_piece(at, b->net->at[p->from], b->net->at[p->to]) >= apart;
    }
    free(found.items);
    return clear;
}

/* A pair of houses under one roof is one building with two dwellings. */
static int dwellings_at(builder *b, zone z, kind k)
{
    const double luck = draw_unit(&b->dice);

    if (z == ZONE_INNER)
        return luck < 0.012 ? 10 + draw_below(&b->dice, 26)
               : luck < 0.05 ? 3 + draw_below(&b->dice, 4)
               : luck < (k == KIND_MAIN ? 0.5 : 0.25) ? 2 : 1;
    if (z == ZONE_SUBURB)
        return luck < 0.004 ? 8 + draw_below(&b->dice, 12) : luck < 0.02 ? 4 : luck < 0.34 ? 2 : 1;
    return luck < 0.02 ? 4 : luck < 0.36 ? 2 : 1;
}

static double frontage(zone z)
{
    return z == ZONE_INNER ? 23.5 : z == ZONE_SUBURB ? 29.0 : 23.0;
}

static void build_at(builder *b, vec at, zone z, const edge *e, int edge_index)
{
    const double apart = frontage(z) * 0.72;

    if (!stands_free(b, at, apart) || !clear_of_streets(b, at, 8.0) || plan_in_green(b->plan, at) ||
        plan_river_distance(b->plan, at) < 18.0)
        return;
    const int inside = wards_at(b->wards, at);
    if (inside < 0)
        return;
    houses *all = b->all;
    bucket *plot = plot_at(b, at);
    all->list = grow(all->list, &all->room, all->count + 1, sizeof *all->list);
    plot->items = grow(plot->items, &plot->room, plot->count + 1, sizeof *plot->items);
    plot->items[plot->count++] = all->count;
    all->list[all->count++] =
        (house){.at = at, .dwellings = dwellings_at(b, z, e->kind), .ward = inside, .edge = edge_index};
}

static void build_along(builder *b, const edge *e, int index)
{
    const double length = path_length(&e->path);

    for (int side = -1; side <= 1; side += 2)
        for (double gone = 9.0 + 6.0 * draw_unit(&b->dice); gone < length - 9.0;) {
            vec along;
            const vec on = path_at(&e->path, gone, &along);
            zone z = plan_zone(on);
            const double luck = draw_unit(&b->dice), jitter = draw_between(&b->dice, -1.2, 1.2);
            gone += frontage(z) * draw_between(&b->dice, 0.9, 1.15);
            /* A few farms and cottages stand alone along lanes and roads. */
            const bool lonely = z == ZONE_NONE && luck < 0.045 && e->kind != KIND_RESIDENTIAL;
            if (z == ZONE_WORKS || (z == ZONE_NONE && !lonely && e->kind != KIND_RESIDENTIAL))
                continue;
            if (luck > (z == ZONE_INNER ? 0.95 : 0.9))
                continue;
            const double back = (z == ZONE_INNER ? 10.5 : 15.0) + (e->kind == KIND_MAIN ? 4.0 : 0.0) + jitter;
            const vec across = {-along.y * side, along.x * side};
            build_at(b, vec_toward(on, across, back), z, e, index);
        }
}

houses houses_build(const plan *p, const network *n, const wards *w)
{
    houses all = {0};
    builder b = {.plan = p, .net = n, .wards = w, .all = &all, .dice = stream_of(30)};
    int room = 0;

    b.plots = grow(NULL, &room, COLUMNS * ROWS, sizeof *b.plots);
    for (int i = 0; i < COLUMNS * ROWS; i++)
        b.plots[i] = (bucket){0};
    for (int i = 0; i < n->edge_count; i++) {
        const edge *e = &n->edges[i];
        if (e->alive && e->kind != KIND_RAIL && e->kind != KIND_PATH)
            build_along(&b, e, i);
    }
    for (int i = 0; i < COLUMNS * ROWS; i++)
        free(b.plots[i].items);
    free(b.plots);
    return all;
}

/* People per dwelling differ between wards; the total of each council is given. */
void houses_count_people(const houses *h, wards *w)
{
    static const int totals[2] = {TOWN_PEOPLE, VALE_PEOPLE};
    stream dice = stream_of(31);
    double share[64] = {0.0}, sum[2] = {0.0};
    int given[2] = {0, 0}, largest[2] = {-1, -1};

    for (int i = 0; i < h->count; i++)
        share[h->list[i].ward] += h->list[i].dwellings;
    for (int i = 0; i < w->count; i++) {
        share[i] *= draw_between(&dice, 1.95, 2.65);
        sum[w->list[i].council] += share[i];
    }
    for (int i = 0; i < w->count; i++) {
        const int c = w->list[i].council;
        w->list[i].people = (int)(share[i] / sum[c] * totals[c]);
        given[c] += w->list[i].people;
        if (largest[c] < 0 || w->list[i].people > w->list[largest[c]].people)
            largest[c] = i;
    }
    for (int c = 0; c < 2; c++)
        w->list[largest[c]].people += totals[c] - given[c];
}
