/* From lines to edges, and the tidying after growth. */
#include "network.h"

#include "random.h"

#include <stdlib.h>

#define STUB 62.0   /* shorter dead ends are taken away */
#define SLIVER 14.0 /* shorter links are closed, their ends becoming one junction */
#define CRUMB 7.0

static void take_edges(network *n)
{
    for (int l = 0; l < n->line_count; l++) {
        const line *from = &n->lines[l];
        edge now = {0};
        for (int i = from->first; i >= 0; i = n->pieces[i].next) {
            const piece *p = &n->pieces[i];
            if (!now.path.count) {
                now = (edge){.from = p->from, .line = l, .kind = from->kind, .name = from->name,
                             .bus = from->bus, .alive = true};
                path_add(&now.path, n->at[p->from]);
            }
            path_add(&now.path, n->at[p->to]);
            now.to = p->to;
            if (p->next >= 0 && n->uses[p->to] < 2)
                continue;
            n->edges = grow(n->edges, &n->edge_room, n->edge_count + 1, sizeof *n->edges);
            n->edges[n->edge_count++] = now;
            now = (edge){0};
        }
    }
}

static int *count_ends(const network *n)
{
    int room = 0;
    int *degree = grow(NULL, &room, n->vertex_count, sizeof *degree);

    for (int i = 0; i < n->vertex_count; i++)
        degree[i] = 0;
    for (int i = 0; i < n->edge_count; i++)
        if (n->edges[i].alive) {
            degree[n->edges[i].from]++;
            degree[n->edges[i].to]++;
        }
    return degree;
}

static bool may_go(const edge *e)
{
    return e->alive && e->kind == KIND_RESIDENTIAL;
}

static void drop_stubs(network *n)
{
    for (bool again = true; again;) {
        int *degree = count_ends(n);
        again = false;
        for (int i = 0; i < n->edge_count; i++) {
            edge *e = &n->edges[i];
            const bool dead_end = degree[e->from] == 1 || degree[e->to] == 1;
            if (!may_go(e) || !dead_end || path_length(&e->path) >= STUB)
                continue;
            e->alive = false;
            again = true;
        }
        free(degree);
    }
}

static void drop_loops_and_doubles(network *n)
{
    for (int i = 0; i < n->edge_count; i++) {
        edge *e = &n->edges[i];
        if (may_go(e) && e->from == e->to && path_length(&e->path) < 120.0)
            e->alive = false;
        for (int j = 0; j < i && may_go(e); j++) {
            const edge *f = &n->edges[j];
            const bool same = (f->from == e->from && f->to == e->to) || (f->from == e->to && f->to == e->from);
            if (f->alive && same && path_length(&e->path) < 1.25 * path_length(&f->path))
                e->alive = false;
        }
    }
}

/* Both ends of a very short link become one vertex; a main road's vertex stays where it is. */
static void close_slivers(network *n)
{
    for (int i = 0; i < n->edge_count; i++) {
        edge *e = &n->edges[i];
        if (!may_go(e) || e->from == e->to || path_length(&e->path) >= SLIVER)
            continue;
        int keep = e->from, lose = e->to;
        for (int j = 0; j < n->edge_count; j++)
            if (n->edges[j].alive && n->edges[j].kind != KIND_RESIDENTIAL &&
                (n->edges[j].from == lose || n->edges[j].to == lose)) {
                keep = e->to;
                lose = e->from;
                break;
            }
        e->alive = false;
        for (int j = 0; j < n->edge_count; j++) {
            edge *f = &n->edges[j];
            if (f->from == lose) {
                f->from = keep;
                f->path.at[0] = n->at[keep];
            }
            if (f->to == lose) {
                f->to = keep;
                f->path.at[f->path.count - 1] = n->at[keep];
            }
        }
    }
}

static int root_of(int *parent, int i)
{
    while (parent[i] != i) {
        parent[i] = parent[parent[i]];
        i = parent[i];
    }
    return i;
}

static int *groups_of(const network *n, int without)
{
    int room = 0;
    int *parent = grow(NULL, &room, n->vertex_count, sizeof *parent);

    for (int i = 0; i < n->vertex_count; i++)
        parent[i] = i;
    for (int i = 0; i < n->edge_count; i++)
        if (n->edges[i].alive && i != without)
            parent[root_of(parent, n->edges[i].from)] = root_of(parent, n->edges[i].to);
    return parent;
}

/* Some links go, so that there are closes and larger blocks; never one that cuts the town in two. */
static void thin_out(network *n)
{
    stream s = stream_of(21);
    int *degree = count_ends(n);

    for (int i = 0; i < n->edge_count; i++) {
        edge *e = &n->edges[i];
        const vec middle = path_at(&e->path, path_length(&e->path) / 2.0, NULL);
        const double chance = plan_zone(middle) == ZONE_INNER ? 0.08 : 0.22;
        const bool drawn = draw_unit(&s) < chance;
        if (!drawn || !may_go(e) || degree[e->from] < 3 || degree[e->to] < 3)
            continue;
        int *group = groups_of(n, i);
        if (root_of(group, e->from) == root_of(group, e->to)) {
            e->alive = false;
            degree[e->from]--;
            degree[e->to]--;
        }
        free(group);
    }
    free(degree);
}

static void keep_largest(network *n)
{
    int *group = groups_of(n, -1);
    int room = 0, best = 0;
    int *size = grow(NULL, &room, n->vertex_count, sizeof *size);

    for (int i = 0; i < n->vertex_count; i++)
        size[i] = 0;
    for (int i = 0; i < n->edge_count; i++)
        if (n->edges[i].alive)
            size[root_of(group, n->edges[i].from)]++;
    for (int i = 0; i < n->vertex_count; i++)
        best = size[i] > size[best] ? i : best;
    for (int i = 0; i < n->edge_count; i++)
        if (n->edges[i].kind != KIND_RAIL && root_of(group, n->edges[i].from) != best)
            n->edges[i].alive = false;
    free(size);
    free(group);
}

static bool pieces_cross(vec a, vec b, vec c, vec d)
{
    const vec r = vec_minus(b, a), s = vec_minus(d, c), q = vec_minus(c, a);
    const double turn = vec_cross(r, s);

    if (turn == 0.0)
        return false;
    const double t = vec_cross(q, s) / turn, u = vec_cross(q, r) / turn;
    return t >= 0.0 && t <= 1.0 && u >= 0.0 && u <= 1.0;
}

static bool touches_wrongly(const edge *e, const edge *f)
{
    for (int i = 1; i < e->path.count; i++)
        for (int j = 1; j < f->path.count; j++) {
            const vec a = e->path.at[i - 1], b = e->path.at[i], c = f->path.at[j - 1], d = f->path.at[j];
            const bool joined = (i == 1 && ((j == 1 && e->from == f->from) ||
                                            (j == f->path.count - 1 && e->from == f->to))) ||
                                (i == e->path.count - 1 && ((j == 1 && e->to == f->from) ||
                                                            (j == f->path.count - 1 && e->to == f->to)));
            if (!joined && pieces_cross(a, b, c, d))
                return true;
        }
    return false;
}

/* Moving and leaving out vertices may have made two edges cross; the later one goes. */
static void drop_crossings(network *n)
{
    for (int i = 0; i < n->edge_count; i++) {
        edge *e = &n->edges[i];
        for (int j = 0; j < n->edge_count && may_go(e); j++) {
            const edge *f = &n->edges[j];
            const bool later = f->kind != KIND_RESIDENTIAL || j < i;
            if (!later || !f->alive || f->kind == KIND_RAIL)
                continue;
            if (vec_length(vec_minus(e->path.at[0], f->path.at[0])) >
                path_length(&e->path) + path_length(&f->path) + 1.0)
                continue;
            if (touches_wrongly(e, f))
                e->alive = false;
        }
    }
}

/* A bend that close to a junction is what is left of a moved end. */
static void drop_crumbs(edge *e)
{
    path *p = &e->path;
    int kept = 1;

    if (e->kind != KIND_RESIDENTIAL)
        return;
    for (int i = 1; i < p->count; i++) {
        const bool crumb = vec_length(vec_minus(p->at[i], p->at[0])) < CRUMB ||
                           vec_length(vec_minus(p->at[i], p->at[p->count - 1])) < CRUMB;
        if (crumb && i + 1 < p->count)
            continue;
        p->at[kept++] = p->at[i];
    }
    p->count = kept;
}

void network_finish(network *n)
{
    take_edges(n);
    drop_stubs(n);
    close_slivers(n);
    drop_loops_and_doubles(n);
    thin_out(n);
    for (int i = 0; i < n->edge_count; i++) {
        drop_crumbs(&n->edges[i]);
        path_simplify(&n->edges[i].path, 1.2);
    }
    drop_crossings(n);
    keep_largest(n);
    drop_stubs(n);
}
