#include "network.h"

#include <math.h>
#include <stdlib.h>

#define CELL 60.0
#define LEFT (-8000.0)
#define LOW (-7000.0)
#define COLUMNS 268
#define ROWS 235

#define SNAP_JUNCTION 13.0 /* metres within which a crossing becomes an existing junction */
#define SNAP_VERTEX 4.0
#define SNAP_END 4.0
#define SAME 0.5

void network_start(network *n)
{
    int room = 0;

    *n = (network){0};
    n->cells = grow(NULL, &room, COLUMNS * ROWS, sizeof *n->cells);
    for (int i = 0; i < COLUMNS * ROWS; i++)
        n->cells[i] = (bucket){0};
}

void network_free(network *n)
{
    for (int i = 0; i < COLUMNS * ROWS; i++)
        free(n->cells[i].items);
    for (int i = 0; i < n->edge_count; i++)
        path_free(&n->edges[i].path);
    for (int i = 0; i < n->name_count; i++)
        free(n->names[i]);
    free(n->names);
    free(n->cells);
    free(n->at);
    free(n->uses);
    free(n->pieces);
    free(n->lines);
    free(n->edges);
    *n = (network){0};
}

const char *network_keep_name(network *n, char *name)
{
    n->names = grow(n->names, &n->name_room, n->name_count + 1, sizeof *n->names);
    n->names[n->name_count++] = name;
    return name;
}

static int clamp(double value, int high)
{
    const int at = (int)floor(value);

    return at < 0 ? 0 : at > high ? high : at;
}

static int add_vertex(network *n, vec at)
{
    n->at = grow(n->at, &n->vertex_room, n->vertex_count + 1, sizeof *n->at);
    n->uses = grow(n->uses, &n->uses_room, n->vertex_count + 1, sizeof *n->uses);
    n->at[n->vertex_count] = at;
    n->uses[n->vertex_count] = 0;
    return n->vertex_count++;
}

static int add_piece(network *n, piece what)
{
    const int id = n->piece_count;
    const vec a = n->at[what.from], b = n->at[what.to];
    const int i0 = clamp((fmin(a.x, b.x) - LEFT) / CELL, COLUMNS - 1);
    const int i1 = clamp((fmax(a.x, b.x) - LEFT) / CELL, COLUMNS - 1);
    const int j0 = clamp((fmin(a.y, b.y) - LOW) / CELL, ROWS - 1);
    const int j1 = clamp((fmax(a.y, b.y) - LOW) / CELL, ROWS - 1);

    what.alive = true;
    n->pieces = grow(n->pieces, &n->piece_room, id + 1, sizeof *n->pieces);
    n->pieces[n->piece_count++] = what;
    for (int j = j0; j <= j1; j++)
        for (int i = i0; i <= i1; i++) {
            bucket *cell = &n->cells[j * COLUMNS + i];
            cell->items = grow(cell->items, &cell->room, cell->count + 1, sizeof *cell->items);
            cell->items[cell->count++] = id;
        }
    return id;
}

void network_near(const network *n, vec at, double reach, near *found)
{
    const int i0 = clamp((at.x - reach - LEFT) / CELL, COLUMNS - 1);
    const int i1 = clamp((at.x + reach - LEFT) / CELL, COLUMNS - 1);
    const int j0 = clamp((at.y - reach - LOW) / CELL, ROWS - 1);
    const int j1 = clamp((at.y + reach - LOW) / CELL, ROWS - 1);

    found->count = 0;
    for (int j = j0; j <= j1; j++)
        for (int i = i0; i <= i1; i++) {
            const bucket *cell = &n->cells[j * COLUMNS + i];
            for (int k = 0; k < cell->count; k++) {
                if (!n->pieces[cell->items[k]].alive)
                    continue;
                found->items = grow(found->items, &found->room, found->count + 1, sizeof *found->items);
                found->items[found->count++] = cell->items[k];
            }
        }
}

double network_street_distance(const network *n, vec at, int except_line)
{
    near found = {0};
    double best = 1e12;

    network_near(n, at, 60.0, &found);
    for (int i = 0; i < found.count; i++) {
        const piece *p = &n->pieces[found.items[i]];
        if (p->line == except_line)
            continue;
        best = fmin(best, distance_to_piece(at, n->at[p->from], n->at[p->to]));
    }
    free(found.items);
    return best;
}

bool network_crossing(const network *n, vec a, vec b, int skip_vertex, int skip_line, int *piece_index, double *share)
{
    near found = {0};
    const vec r = vec_minus(b, a);
    const vec middle = {(a.x + b.x) / 2.0, (a.y + b.y) / 2.0};
    double best = 2.0;

    network_near(n, middle, vec_length(r) / 2.0 + 1.0, &found);
    for (int i = 0; i < found.count; i++) {
        const piece *p = &n->pieces[found.items[i]];
        if (p->line == skip_line || n->lines[p->line].kind == KIND_RAIL || p->from == skip_vertex ||
            p->to == skip_vertex)
            continue;
        const vec c = n->at[p->from], s = vec_minus(n->at[p->to], c);
        const double turn = vec_cross(r, s);
        if (turn == 0.0)
            continue;
        const double t = vec_cross(vec_minus(c, a), s) / turn;
        const double u = vec_cross(vec_minus(c, a), r) / turn;
        if (t < 0.0 || t > 1.0 || u < 0.0 || u > 1.0 || t >= best)
            continue;
        best = t;
        *piece_index = found.items[i];
    }
    free(found.items);
    if (best > 1.0)
        return false;
    *share = best;
    return true;
}

/* A vertex of this piece's line near the place: a junction if one is close, else a bend, else new. */
static int cut(network *n, int id, vec at)
{
    const piece old = n->pieces[id];
    int best = -1;
    double best_distance = 1e12;
    const int beside[4] = {old.from, old.to, old.last < 0 ? old.from : n->pieces[old.last].from,
                           old.next < 0 ? old.to : n->pieces[old.next].to};

    for (int i = 0; i < 4; i++) {
        const bool ends = (i == 0 && old.last < 0) || (i == 1 && old.next < 0);
        const bool junction = n->uses[beside[i]] > 1 || ends;
        const double d = vec_length(vec_minus(n->at[beside[i]], at));
        if (d < (junction ? SNAP_JUNCTION : SNAP_VERTEX) && d - (junction ? 100.0 : 0.0) < best_distance) {
            best_distance = d - (junction ? 100.0 : 0.0);
            best = beside[i];
        }
    }
    if (best >= 0)
        return best;
    const int middle = add_vertex(n, at);
    n->uses[middle] = 1;
    const int first = add_piece(n, (piece){.from = old.from, .to = middle, .line = old.line, .last = old.last});
    const int second = add_piece(n, (piece){.from = middle, .to = old.to, .line = old.line, .next = old.next, .last = first});
    n->pieces[first].next = second;
    if (old.last >= 0)
        n->pieces[old.last].next = first;
    else
        n->lines[old.line].first = first;
    if (old.next >= 0)
        n->pieces[old.next].last = second;
    n->pieces[id].alive = false;
    return middle;
}

/* Where a line begins or ends: on another line if one is that close. */
static int end_vertex(network *n, vec at, kind what)
{
    near found = {0};
    double best = SNAP_END;
    int id = -1;

    if (what != KIND_RAIL)
        network_near(n, at, SNAP_END, &found);
    for (int i = 0; i < found.count; i++) {
        const piece *p = &n->pieces[found.items[i]];
        if (n->lines[p->line].kind == KIND_RAIL)
            continue;
        const double d = distance_to_piece(at, n->at[p->from], n->at[p->to]);
        if (d < best) {
            best = d;
            id = found.items[i];
        }
    }
    free(found.items);
    if (id < 0)
        return add_vertex(n, at);
    /* Put the new vertex on the piece itself, so that the piece does not bend. */
    const piece *p = &n->pieces[id];
    const vec a = n->at[p->from], along = vec_minus(n->at[p->to], a);
    double t = vec_dot(vec_minus(at, a), along) / vec_dot(along, along);
    t = t < 0.0 ? 0.0 : t > 1.0 ? 1.0 : t;
    return cut(n, id, vec_toward(a, along, t));
}

static int extend(network *n, int owner, int tail, int from, int to)
{
    if (from == to)
        return tail;
    const int id = add_piece(n, (piece){.from = from, .to = to, .line = owner, .next = -1, .last = tail});
    if (tail < 0) {
        n->lines[owner].first = id;
        n->uses[from]++;
    } else {
        n->pieces[tail].next = id;
    }
    n->uses[to]++;
    return id;
}

int network_add(network *n, const path *p, kind what, const char *name, bool bus)
{
    const int id = n->line_count;
    int tail = -1;

    n->lines = grow(n->lines, &n->line_room, id + 1, sizeof *n->lines);
    n->lines[n->line_count++] = (line){.kind = what, .name = name, .bus = bus, .first = -1};
    int here = end_vertex(n, p->at[0], what);
    const int goal = end_vertex(n, p->at[p->count - 1], what);
    for (int i = 1; i < p->count; i++) {
        const bool last = i == p->count - 1;
        const vec to = last ? n->at[goal] : p->at[i];
        int met = -1;
        double share = 0.0;
        for (int turn = 0; turn < 12 && what != KIND_RAIL &&
                           network_crossing(n, n->at[here], to, here, id, &met, &share); turn++) {
            const vec from = n->at[here];
            const int there = cut(n, met, vec_toward(from, vec_minus(to, from), share));
            if (there == here)
                break;
            tail = extend(n, id, tail, here, there);
            here = there;
            if (here == goal)
                return id;
        }
        /* The curve may bend just where it crossed another: that vertex is there already. */
        if (!last && vec_length(vec_minus(to, n->at[here])) < SAME)
            continue;
        const int there = last ? goal : add_vertex(n, to);
        tail = extend(n, id, tail, here, there);
        here = there;
    }
    return id;
}
