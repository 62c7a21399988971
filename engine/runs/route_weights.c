/* runs/route_weights.c - what an observation counts for, and by what chance spreads observations over the streets. */
#include "runs/route_run.h"

#include "base/fail.h"
#include "base/memory.h"
#include "base/text.h"
#include "project/observation_table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

castmap_status cm_route_weigh(cm_route_run *run)
{
    const size_t n = run->points.set.count;

    if (!run->options->weigh_persons)
        return CASTMAP_OK;
    run->weight = cm_alloc(n, sizeof *run->weight);
    if (!run->weight)
        return cm_fail_memory(run->ctx);
    run->layer.persons = true;
    return cm_observation_persons(run->ctx, run->project, run->points.set.id, n, run->weight);
}

/* The classes of these streets in a line, for who named another one. */
static castmap_status no_such_class(cm_route_run *run, const char *word)
{
    const castmap_streets *s = &run->streets;
    cm_text list = CM_TEXT_INIT;

    for (size_t i = 0; i < s->n_classes && i < 30; i++)
        cm_text_addf(&list, "%s%s", i ? ", " : "", s->classes[i]);
    castmap_status status = cm_fail(run->ctx, CASTMAP_E_ARGUMENT, "no street is of the class \"%s\"", word);
    if (s->n_classes > 0 && list.bytes)
        cm_fail_hint(run->ctx, "these streets have the classes %s", list.bytes);
    else
        cm_fail_hint(run->ctx, "these streets came without classes, so chance can only go by length");
    cm_text_clear(&list);
    return status;
}

castmap_status cm_route_make_exposure(cm_route_run *run)
{
    const castmap_routes_run_options *o = run->options;
    const castmap_streets *s = &run->streets;
    double *of_class;
    castmap_status status = CASTMAP_OK;

    if (o->n_exposures == 0)
        return CASTMAP_OK;
    of_class = cm_alloc(s->n_classes, sizeof *of_class);
    run->exposure = cm_alloc(run->lixels.count, sizeof *run->exposure);
    if (!of_class || !run->exposure) {
        free(of_class);
        return cm_fail_memory(run->ctx);
    }
    for (size_t i = 0; i < s->n_classes; i++)
        of_class[i] = 1.0;
    for (size_t k = 0; k < o->n_exposures && !status; k++) {
        size_t i = 0;
        while (i < s->n_classes && strcmp(s->classes[i], o->exposures[k].street_class) != 0)
            i++;
        if (i == s->n_classes)
            status = no_such_class(run, o->exposures[k].street_class);
        else
            of_class[i] = o->exposures[k].weight;
    }
    for (size_t i = 0; i < run->lixels.count && !status; i++) {
        const uint32_t kind = s->class_of[run->lixels.edge[i]];
        run->exposure[i] = (run->lixels.to_m[i] - run->lixels.from_m[i]) * (kind == CASTMAP_NO_TEXT ? 1.0 : of_class[kind]);
    }
    free(of_class);
    return status;
}
