/* runs/route_layer.c - what a search along the streets keeps. */
#include "runs/route_run.h"

#include "base/fail.h"
#include "base/json_text.h"
#include "base/memory.h"
#include "base/text.h"
#include "runs/heat_run.h"

#include <math.h>
#include <stdlib.h>

/* Pieces of the stretches, one behind the other, and their figures. */
castmap_status cm_route_take_stretches(cm_route_run *run)
{
    const castmap_stretches *f = &run->found;
    cm_route_layer *l = &run->layer;
    const bool tested = cm_route_is_tested(run), judged = !cm_route_has_shared(run) && !l->persons;
    size_t pieces = 0;

    l->count = cm_alloc(f->n_pieces, sizeof *l->count);
    l->p = cm_alloc(f->n_pieces, sizeof *l->p);
    l->q = cm_alloc(f->n_pieces, sizeof *l->q);
    l->stretch = cm_alloc_zero(f->count, sizeof *l->stretch);
    for (size_t i = 0; i < f->count; i++)
        pieces += f->stretch[i].last - f->stretch[i].first;
    l->piece_of = cm_alloc(pieces, sizeof *l->piece_of);
    if (l->persons) {
        l->weight = cm_alloc(f->n_pieces, sizeof *l->weight);
        if (!l->weight)
            return cm_fail_memory(run->ctx);
    }
    if (!l->count || !l->p || !l->q || !l->stretch || !l->piece_of)
        return cm_fail_memory(run->ctx);
    for (size_t i = 0; i < f->n_pieces; i++) {
        l->count[i] = f->events[i];
        if (l->persons)
            l->weight[i] = f->weight[i];
        l->p[i] = judged ? f->p[i] : (double)NAN;
        l->q[i] = judged ? f->q[i] : (double)NAN;
        run->summary.hot_pieces += judged && f->q[i] <= run->options->alpha;
    }
    for (size_t i = 0; i < f->count; i++) {
        const castmap_stretch *from = &f->stretch[i];
        cm_route_stretch *to = &l->stretch[l->n_stretches++];
        to->length_m = from->length_m;
        to->expected = from->expected;
        to->p = tested ? from->p : (double)NAN;
        to->count = from->events;
        to->weight = from->weight;
        to->hot = tested && from->hot;
        to->route = to->hot ? (int)from->route + 1 : 0;
        to->first = l->n_stretch_pieces;
        for (size_t k = from->first; k < from->last; k++)
            l->piece_of[l->n_stretch_pieces++] = (int64_t)f->order[k] * 2 + f->backward[k];
        to->last = l->n_stretch_pieces;
    }
    return CASTMAP_OK;
}

/* "length" or "length, primary 4, footway 0.5". Owned by the caller; NULL: out of memory. */
static char *exposure_words(const castmap_routes_run_options *o)
{
    cm_text text = CM_TEXT_INIT;

    cm_text_add(&text, "length");
    for (size_t i = 0; i < o->n_exposures; i++) {
        cm_text_addf(&text, ", %s ", o->exposures[i].street_class);
        cm_text_add_shortest(&text, o->exposures[i].weight);
    }
    char *made = cm_text_take(&text);
    cm_text_clear(&text);
    return made;
}

castmap_status cm_route_complete_layer(cm_route_run *run)
{
    const castmap_routes_run_options *o = run->options;
    cm_route_layer *l = &run->layer;
    int64_t from, to;
    size_t n = 0;

    l->name = cm_copy_text(o->name ? o->name : "routes");
    l->street_set = run->streets.set_id;
    l->kernel = o->kernel;
    l->form = o->form;
    l->adaptive = o->adaptive;
    l->tested = cm_route_is_tested(run);
    l->exposure = exposure_words(run->options);
    l->piece_m = o->piece_m;
    l->limit_m = o->limit_m;
    l->radius_m = o->radius_m;
    l->alpha = o->alpha;
    l->months = cm_heat_period(&o->filter, &run->points, &from, &to) ? ((double)to - (double)from) / CM_SECONDS_A_MONTH : (double)NAN;
    run->summary.persons = l->persons;
    l->observation = cm_alloc(run->summary.snapped, sizeof *l->observation);
    l->edge = cm_alloc(run->summary.snapped, sizeof *l->edge);
    l->along_m = cm_alloc(run->summary.snapped, sizeof *l->along_m);
    if (!l->name || !l->exposure || !l->observation || !l->edge || !l->along_m)
        return cm_fail_memory(run->ctx);
    for (size_t i = 0; i < run->points.set.count; i++) {
        if (run->edge[i] == CASTMAP_NO_EDGE)
            continue;
        run->summary.weight += run->weight ? run->weight[i] : 1.0;
        l->observation[n] = run->points.set.id[i];
        l->edge[n] = run->edge[i];
        l->along_m[n++] = run->along_m[i];
    }
    l->n = n;
    return CASTMAP_OK;
}

char *cm_route_parameters(const cm_route_run *run)
{
    const castmap_routes_run_options *o = run->options;
    cm_text text = CM_TEXT_INIT;
    cm_json json;

    cm_json_begin(&json, &text, false);
    cm_json_object(&json, NULL);
    cm_json_string(&json, "layer", run->layer.name);
    cm_json_integer(&json, "street_set", run->layer.street_set);
    cm_json_string(&json, "kernel", castmap_line_kernel_name(o->kernel));
    cm_json_string(&json, "form", castmap_line_form_name(o->form));
    cm_json_bool(&json, "adaptive", o->adaptive);
    cm_json_number(&json, "piece_m", o->piece_m);
    cm_json_number(&json, "snap_m", o->limit_m);
    cm_json_number(&json, "radius_m", o->radius_m);
    cm_json_number(&json, "longest_m", o->most_m);
    cm_json_integer(&json, "least_observations", o->least_events);
    cm_json_integer(&json, "simulations", o->simulations);
    cm_json_number(&json, "alpha", o->alpha);
    cm_json_string(&json, "category", o->filter.category);
    cm_json_integer(&json, "observations", (int64_t)run->summary.observations);
    cm_json_integer(&json, "snapped", (int64_t)run->summary.snapped);
    cm_json_integer(&json, "too_far", (int64_t)run->summary.too_far);
    cm_json_integer(&json, "vague", (int64_t)run->summary.vague);
    cm_json_integer(&json, "shared", (int64_t)run->summary.shared);
    cm_json_bool(&json, "shared_points", o->shared_points);
    cm_json_bool(&json, "weigh_persons", o->weigh_persons);
    cm_json_string(&json, "exposure", run->layer.exposure);
    cm_json_integer(&json, "slices", (int64_t)run->layer.n_slices);
    cm_json_end_object(&json);
    char *made = cm_text_take(&text);
    cm_text_clear(&text);
    return made;
}
