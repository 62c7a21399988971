/*
 * runs/along.c - what was observed around a place or along the shortest way, by street.
 *
 *   1. load      streets, and the observations on them
 *   2. begin     the places asked for, on their nearest streets
 *   3. reach     the way, and the streets within reach of it or of the place; distances of observations
 *   4. tell      names of the streets travelled, observations by distance, lines in degrees
 */
#include "castmap/along.h"

#include "base/fail.h"
#include "base/memory.h"
#include "castmap/network_paths.h"
#include "runs/along_points.h"
#include "runs/remarks.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define FARTHEST_M 500.0 /* from a place asked for to the nearest street */

typedef struct asking {
    castmap_context *ctx;
    castmap_project *project;
    const castmap_along_options *options;
    cm_along_points  on;         /* owned */
    cm_projection   *projection; /* owned */
    castmap_network_place place[2];
    double           x[2], y[2];
    castmap_network_path   path;   /* owned */
    castmap_network_buffer buffer; /* owned */
    double          *distance;   /* owned [observations] */
    castmap_along    out;        /* owned */
} asking;

static void lines_clear(castmap_along_lines *lines)
{
    free(lines->start);
    free(lines->lon);
    free(lines->lat);
    *lines = (castmap_along_lines){0};
}

void castmap_along_clear(castmap_along *along)
{
    for (size_t i = 0; i < along->n_steps; i++)
        free(along->step[i].name);
    free(along->step);
    lines_clear(&along->way);
    lines_clear(&along->streets);
    free(along->near);
    for (size_t i = 0; i < along->n_categories && along->category; i++)
        free(along->category[i]);
    free(along->category);
    free(along->category_count);
    cm_remarks_clear(along->remarks, along->n_remarks);
    *along = (castmap_along)CASTMAP_ALONG_INIT;
}

static void release(asking *a)
{
    cm_along_points_clear(&a->on);
    cm_projection_free(a->projection);
    castmap_network_path_clear(&a->path);
    castmap_network_buffer_clear(&a->buffer);
    free(a->distance);
    castmap_along_clear(&a->out);
}

static castmap_status begin(asking *a)
{
    static const char *const ROLE[] = {"FROM", "TO"};
    const char *const word[] = {a->options->from, a->options->to};
    const size_t n = a->options->to ? 2 : 1;
    uint32_t edge[2];
    double along_m[2];
    castmap_status status = cm_projection_new(a->ctx, a->on.streets.crs, false, &a->projection);

    for (size_t i = 0; i < n && !status; i++)
        status = cm_along_place(a->ctx, a->project, word[i], n == 1 ? "PLACE" : ROLE[i], &a->out.lon[i], &a->out.lat[i]);
    bool ok[2];
    if (!status)
        status = cm_projection_forward(a->ctx, a->projection, n, a->out.lon, a->out.lat, a->x, a->y, ok);
    if (!status)
        status = castmap_network_snap(a->ctx, &a->on.streets.network, n, a->x, a->y, FARTHEST_M, edge, along_m, a->out.off_m);
    for (size_t i = 0; i < n && !status; i++) {
        if (!ok[i] || edge[i] == CASTMAP_NO_EDGE) {
            status = cm_fail(a->ctx, CASTMAP_E_NOT_FOUND, "no street of the project is within %.0f m of the place", FARTHEST_M);
            cm_fail_where(a->ctx, "%s", n == 1 ? "PLACE" : ROLE[i]);
            cm_fail_hint(a->ctx, "latitude comes before longitude; castmap streets list tells what streets there are");
        }
        a->place[i] = (castmap_network_place){edge[i], along_m[i]};
    }
    return status;
}

static castmap_status reach(asking *a)
{
    const castmap_along_options *o = a->options;
    const castmap_network *network = &a->on.streets.network;
    const size_t n = a->on.points.set.count;
    const castmap_network_events events = {.count = n, .edge = a->on.edge, .along_m = a->on.along_m};
    const castmap_network_piece around = {a->place[0].edge, a->place[0].along_m, a->place[0].along_m};
    castmap_status status = CASTMAP_OK;

    a->out.is_way = o->to != NULL;
    a->distance = cm_alloc(n, sizeof *a->distance);
    if (!a->distance)
        return cm_fail_memory(a->ctx);
    if (a->out.is_way) {
        status = castmap_network_path_find(a->ctx, network, a->place[0], a->place[1], o->one_way, &a->path);
        if (status == CASTMAP_E_NOT_FOUND)
            cm_fail_hint(a->ctx, o->one_way ? "leave --one-way out, or name places in one part of the streets"
                                            : "the streets fall into parts that are not joined: castmap streets add --at-crossings or --join 5m may join them");
        a->out.way_m = a->path.length_m;
        a->out.straight_m = hypot(a->x[1] - a->x[0], a->y[1] - a->y[0]);
    }
    if (status)
        return status;
    status = castmap_network_buffer_make(a->ctx, network, a->out.is_way ? a->path.piece : &around, a->out.is_way ? a->path.count : 1, o->one_way,
                                         o->within_m, &events, a->distance, &a->buffer);
    a->out.streets_m = a->buffer.length_m;
    return status;
}

/* Pieces on streets of one name, one after another, are one step. */
static castmap_status name_steps(asking *a)
{
    const castmap_streets *s = &a->on.streets;
    uint32_t before = 0;
    size_t room = 0;

    for (size_t i = 0; i < a->path.count; i++) {
        const castmap_network_piece p = a->path.piece[i];
        const uint32_t name = s->name_of[p.edge];
        if (a->out.n_steps == 0 || name != before) {
            if (cm_grow(&a->out.step, &room, a->out.n_steps + 1, sizeof *a->out.step))
                return cm_fail_memory(a->ctx);
            a->out.step[a->out.n_steps++] = (castmap_along_step){name == CASTMAP_NO_TEXT ? NULL : cm_copy_text(s->names[name]), 0.0};
            if (name != CASTMAP_NO_TEXT && !a->out.step[a->out.n_steps - 1].name)
                return cm_fail_memory(a->ctx);
        }
        a->out.step[a->out.n_steps - 1].length_m += fabs(p.to_m - p.from_m);
        before = name;
    }
    return CASTMAP_OK;
}

static int compare(const void *left, const void *right)
{
    const castmap_along_near *a = left, *b = right;

    if (a->distance_m != b->distance_m)
        return a->distance_m < b->distance_m ? -1 : 1;
    return (a->id > b->id) - (a->id < b->id);
}

static castmap_status list_near(asking *a)
{
    const cm_observation_set *set = &a->on.points.set;
    castmap_along *out = &a->out;

    out->near = cm_alloc(set->count, sizeof *out->near);
    out->category = cm_alloc_zero(set->n_categories, sizeof *out->category);
    out->category_count = cm_alloc_zero(set->n_categories, sizeof *out->category_count);
    if (!out->near || !out->category || !out->category_count)
        return cm_fail_memory(a->ctx);
    out->n_categories = set->n_categories;
    for (size_t c = 0; c < set->n_categories; c++) {
        out->category[c] = cm_copy_text(set->category_name[c]);
        if (!out->category[c])
            return cm_fail_memory(a->ctx);
    }
    out->observations = set->count;
    out->inexact = a->on.inexact;
    out->off_streets = a->on.off_streets;
    for (size_t i = 0; i < set->count; i++) {
        if (!out->is_way && hypot(a->on.points.x[i] - a->x[0], a->on.points.y[i] - a->y[0]) <= a->options->within_m)
            out->beeline++;
        if (!isfinite(a->distance[i]))
            continue;
        out->near[out->n_near++] = (castmap_along_near){set->id[i], a->distance[i], set->from_s[i], set->category[i]};
        if (set->category[i] >= 0)
            out->category_count[set->category[i]]++;
    }
    if (out->n_near > 1)
        qsort(out->near, out->n_near, sizeof *out->near, compare);
    return CASTMAP_OK;
}

/* Lines of metres into degrees, in place. */
static castmap_status to_degrees(asking *a, castmap_along_lines *lines)
{
    const size_t n = lines->start[lines->count];
    double *lon = cm_alloc(n, sizeof *lon), *lat = cm_alloc(n, sizeof *lat);
    castmap_status status = lon && lat ? cm_projection_inverse(a->ctx, a->projection, n, lines->lon, lines->lat, lon, lat, NULL)
                                       : cm_fail_memory(a->ctx);

    if (status) {
        free(lon);
        free(lat);
        return status;
    }
    free(lines->lon);
    free(lines->lat);
    lines->lon = lon;
    lines->lat = lat;
    return CASTMAP_OK;
}

static castmap_status draw_way(asking *a)
{
    castmap_along_lines *way = &a->out.way;
    const size_t n = a->path.n_vertices;

    way->start = cm_alloc_zero(2, sizeof *way->start);
    way->lon = cm_alloc(n, sizeof *way->lon);
    way->lat = cm_alloc(n, sizeof *way->lat);
    if (!way->start || !way->lon || !way->lat)
        return cm_fail_memory(a->ctx);
    memcpy(way->lon, a->path.x, n * sizeof *way->lon);
    memcpy(way->lat, a->path.y, n * sizeof *way->lat);
    way->count = 1;
    way->start[1] = n;
    return to_degrees(a, way);
}

static castmap_status draw_streets(asking *a)
{
    const castmap_network *network = &a->on.streets.network;
    castmap_along_lines *lines = &a->out.streets;
    size_t most = 0, at = 0;

    for (size_t i = 0; i < a->buffer.count; i++)
        most += castmap_network_piece_vertices(network, a->buffer.piece[i]);
    lines->start = cm_alloc_zero(a->buffer.count + 1, sizeof *lines->start);
    lines->lon = cm_alloc(most, sizeof *lines->lon);
    lines->lat = cm_alloc(most, sizeof *lines->lat);
    if (!lines->start || !lines->lon || !lines->lat)
        return cm_fail_memory(a->ctx);
    for (size_t i = 0; i < a->buffer.count; i++) {
        at += castmap_network_piece_line(network, a->buffer.piece[i], lines->lon + at, lines->lat + at);
        lines->start[i + 1] = at;
    }
    lines->count = a->buffer.count;
    return to_degrees(a, lines);
}

static castmap_status tell(asking *a)
{
    castmap_status status = name_steps(a);

    if (!status)
        status = list_near(a);
    if (!status && a->out.is_way)
        status = draw_way(a);
    if (!status)
        status = draw_streets(a);
    if (!status && cm_run_points_remark(&a->on.points, &a->out.remarks, &a->out.n_remarks))
        status = cm_fail_memory(a->ctx);
    if (!status && cm_along_remark_left_out(a->on.inexact, a->on.off_streets, a->options->snap_m, &a->out.remarks, &a->out.n_remarks))
        status = cm_fail_memory(a->ctx);
    return status;
}

castmap_status castmap_along_find(castmap_context *ctx, castmap_project *project, const castmap_along_options *options, castmap_along *out)
{
    asking a = {.ctx = ctx, .project = project, .options = options, .path = CASTMAP_NETWORK_PATH_INIT, .buffer = CASTMAP_NETWORK_BUFFER_INIT,
                .out = CASTMAP_ALONG_INIT};
    castmap_status status;

    cm_fail_clear(ctx);
    if (options->version != CASTMAP_ALONG_OPTIONS_VERSION || !options->from)
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "options of another version, or no place");
    if (!(options->within_m > 0.0) || !isfinite(options->within_m))
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "how far along the streets must be above 0");
    status = cm_along_points_load(ctx, project, &options->filter, options->snap_m, &a.on);
    if (!status)
        status = begin(&a);
    if (!status)
        status = reach(&a);
    if (!status)
        status = tell(&a);
    if (!status) {
        *out = a.out;
        a.out = (castmap_along)CASTMAP_ALONG_INIT;
    }
    release(&a);
    return status;
}
