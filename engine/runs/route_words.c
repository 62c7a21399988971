/* runs/route_words.c - stretches in words. */
#include "runs/route_run.h"

#include "base/fail.h"
#include "base/memory.h"
#include "runs/remarks.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_STEPS 200 /* edges that are followed in search of a street that crosses */

const char *cm_street_words(const castmap_streets *streets, uint32_t edge, char *out, size_t size)
{
    const uint32_t name = streets->name_of[edge], class_name = streets->class_of[edge];

    if (name != CASTMAP_NO_TEXT)
        snprintf(out, size, "%s", streets->names[name]);
    else if (class_name != CASTMAP_NO_TEXT)
        snprintf(out, size, "unnamed (%s)", streets->classes[class_name]);
    else
        snprintf(out, size, "unnamed street");
    return out;
}

/* Which edges meet at each node. */
typedef struct meetings {
    size_t   *start; /* [n_nodes + 1] */
    uint32_t *edge;  /* [2 n_edges] */
} meetings;

static castmap_status find_meetings(castmap_context *ctx, const castmap_network *net, meetings *out)
{
    out->start = cm_alloc_zero(net->n_nodes + 2, sizeof *out->start);
    out->edge = cm_alloc(2 * net->n_edges, sizeof *out->edge);
    if (!out->start || !out->edge)
        return cm_fail_memory(ctx);
    for (size_t e = 0; e < net->n_edges; e++) {
        out->start[net->from[e] + 2]++;
        out->start[net->to[e] + 2]++;
    }
    for (size_t i = 0; i < net->n_nodes; i++)
        out->start[i + 2] += out->start[i + 1];
    for (uint32_t e = 0; e < net->n_edges; e++) {
        out->edge[out->start[net->from[e] + 1]++] = e;
        out->edge[out->start[net->to[e] + 1]++] = e;
    }
    return CASTMAP_OK;
}

/* The name of a street that meets `street` at the node, or of the next node along it; "" where it ends, or nothing has a name. */
static const char *street_at(const castmap_streets *s, const meetings *m, uint32_t node, uint32_t edge)
{
    const castmap_network *net = &s->network;

    for (int step = 0; step < MOST_STEPS; step++) {
        uint32_t next = CASTMAP_NO_EDGE;
        const char *best = NULL;
        for (size_t i = m->start[node]; i < m->start[node + 1]; i++) {
            const uint32_t other = m->edge[i];
            if (s->street[other] != s->street[edge]) {
                const uint32_t name = s->name_of[other];
                if (name != CASTMAP_NO_TEXT && (!best || strcmp(s->names[name], best) < 0))
                    best = s->names[name];
            } else if (other != edge && (next == CASTMAP_NO_EDGE || other < next)) {
                next = other;
            }
        }
        if (best)
            return best;
        if (next == CASTMAP_NO_EDGE)
            return "";
        node = net->from[next] == node ? net->to[next] : net->from[next];
        edge = next;
    }
    return "";
}

/* Figures that people can say: 4.1 times, 12 times. */
static void sentence(const cm_route_stretch *s, const cm_route_layer *layer, const char *length, char *out, size_t size)
{
    char where[200] = "", chance[80] = "", of[60] = "";
    const double times = s->expected > 0.0 ? s->weight / s->expected : 0.0;

    if (s->from[0] && s->to[0] && strcmp(s->from, s->to) != 0)
        snprintf(where, sizeof where, " between %.80s and %.80s", s->from, s->to);
    else if (s->from[0] || s->to[0])
        snprintf(where, sizeof where, " near %.80s", s->from[0] ? s->from : s->to);
    if (layer->persons)
        snprintf(of, sizeof of, " of %.0f persons", s->weight);
    if (layer->tested)
        snprintf(chance, sizeof chance, s->p < 0.001 ? ", which chance alone would hardly give (p below 0.001)"
                                        : s->hot     ? ", which chance alone would rarely give (p = %.3f)"
                                                     : ", which chance alone may give (p = %.2f)", s->p);
    snprintf(out, size, "%.100s%s: %zu observations%s on %s, %.*f times as many as if they were spread %s%s.", s->street, where, s->count, of,
             length, times < 10.0 ? 1 : 0, times, strcmp(layer->exposure, "length") == 0 ? "evenly" : "by length and class of street", chance);
}

/* The middle of a stretch, half of its length from its beginning. */
static void middle_of(const cm_route_run *run, const cm_route_stretch *s, double *x, double *y)
{
    const castmap_network *net = &run->streets.network;
    double left = s->length_m / 2.0;

    for (size_t k = s->first; k < s->last; k++) {
        const size_t piece = (size_t)(run->layer.piece_of[k] >> 1);
        const double length = run->lixels.to_m[piece] - run->lixels.from_m[piece];
        if (left > length && k + 1 < s->last) {
            left -= length;
            continue;
        }
        left = left > length ? length : left;
        const uint32_t e = run->lixels.edge[piece];
        double at = (run->layer.piece_of[k] & 1) ? run->lixels.to_m[piece] - left : run->lixels.from_m[piece] + left;
        for (size_t v = net->vertex_start[e]; v + 1 < net->vertex_start[e + 1]; v++) {
            const double part = hypot(net->x[v + 1] - net->x[v], net->y[v + 1] - net->y[v]);
            if (at > part && v + 2 < net->vertex_start[e + 1]) {
                at -= part;
                continue;
            }
            const double t = part > 0.0 ? fmin(at / part, 1.0) : 0.0;
            *x = net->x[v] + t * (net->x[v + 1] - net->x[v]);
            *y = net->y[v] + t * (net->y[v + 1] - net->y[v]);
            return;
        }
    }
}

static castmap_status name_one(cm_route_run *run, const meetings *m, cm_route_stretch *s, castmap_stretch_row *row)
{
    const castmap_network *net = &run->streets.network;
    const int64_t first = run->layer.piece_of[s->first], last = run->layer.piece_of[s->last - 1];
    const uint32_t e = run->lixels.edge[first >> 1], f = run->lixels.edge[last >> 1];
    char words[200], length[32], said[600];

    cm_length_words(s->length_m, length);
    s->street = cm_copy_text(cm_street_words(&run->streets, e, words, sizeof words));
    s->from = cm_copy_text(street_at(&run->streets, m, (first & 1) ? net->to[e] : net->from[e], e));
    s->to = cm_copy_text(street_at(&run->streets, m, (last & 1) ? net->from[f] : net->to[f], f));
    if (!s->street || !s->from || !s->to)
        return cm_fail_memory(run->ctx);
    sentence(s, &run->layer, length, said, sizeof said);
    s->sentence = cm_copy_text(said);
    *row = (castmap_stretch_row){cm_copy_text(s->street), cm_copy_text(s->from), cm_copy_text(s->to), s->length_m, s->count, s->expected,
                                 1000.0 * s->weight / s->length_m, NAN, s->p, s->hot, s->route, cm_copy_text(said), NAN, NAN, s->weight};
    row->per_km_month = run->layer.months > 0.0 ? row->per_km / run->layer.months : (double)NAN;
    return s->sentence && row->street && row->from && row->to && row->sentence ? CASTMAP_OK : cm_fail_memory(run->ctx);
}

castmap_status cm_route_name_stretches(cm_route_run *run)
{
    const size_t n = run->layer.n_stretches;
    meetings m = {0};
    double *x = cm_alloc_zero(n, sizeof *x), *y = cm_alloc_zero(n, sizeof *y), *lon = cm_alloc(n, sizeof *lon), *lat = cm_alloc(n, sizeof *lat);
    castmap_status status = x && y && lon && lat ? find_meetings(run->ctx, &run->streets.network, &m) : cm_fail_memory(run->ctx);

    run->summary.stretches = cm_alloc_zero(n, sizeof *run->summary.stretches);
    if (!status && !run->summary.stretches)
        status = cm_fail_memory(run->ctx);
    for (size_t i = 0; i < n && !status; i++) {
        run->summary.n_stretches = i + 1;
        middle_of(run, &run->layer.stretch[i], &x[i], &y[i]);
        status = name_one(run, &m, &run->layer.stretch[i], &run->summary.stretches[i]);
    }
    if (!status)
        status = cm_projection_inverse(run->ctx, run->points.projection, n, x, y, lon, lat, NULL);
    for (size_t i = 0; i < n && !status; i++) {
        run->summary.stretches[i].lon = lon[i];
        run->summary.stretches[i].lat = lat[i];
    }
    free(m.start);
    free(m.edge);
    free(x);
    free(y);
    free(lon);
    free(lat);
    return status;
}
