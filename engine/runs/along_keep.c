/* runs/along_keep.c - what was near a place or along a way, kept as a layer of the project. */
#include "castmap/along.h"

#include "base/fail.h"
#include "base/json_text.h"
#include "base/memory.h"
#include "base/text.h"
#include "castmap/streets.h"
#include "project/along_table.h"
#include "project/run_table.h"
#include "project/undo.h"
#include "runs/remarks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int by_id(const void *left, const void *right)
{
    const castmap_along_near *a = left, *b = right;

    return (a->id > b->id) - (a->id < b->id);
}

/* The layer owns its copies. */
static castmap_status copy(castmap_context *ctx, const castmap_along *along, const char *name, double within_m, cm_along_layer *l)
{
    const size_t lines = along->streets.count, vertices = lines > 0 ? along->streets.start[lines] : 0;
    const size_t way = along->is_way && along->way.count > 0 ? along->way.start[1] : 0, n = along->n_near;
    castmap_along_near *near = cm_alloc(n, sizeof *near);

    *l = (cm_along_layer){.name = cm_copy_text(name), .is_way = along->is_way, .within_m = within_m, .way_m = along->way_m, .streets_m = along->streets_m,
                          .n_lines = lines, .n_vertices = vertices, .n_way = way, .n = n};
    l->start = cm_alloc_zero(lines + 1, sizeof *l->start);
    l->lon = cm_alloc(vertices, sizeof *l->lon);
    l->lat = cm_alloc(vertices, sizeof *l->lat);
    l->way_lon = cm_alloc(way, sizeof *l->way_lon);
    l->way_lat = cm_alloc(way, sizeof *l->way_lat);
    l->observation = cm_alloc(n, sizeof *l->observation);
    l->distance_m = cm_alloc(n, sizeof *l->distance_m);
    if (!near || !l->name || !l->start || !l->lon || !l->lat || !l->way_lon || !l->way_lat || !l->observation || !l->distance_m) {
        free(near);
        return cm_fail_memory(ctx);
    }
    for (size_t i = 0; i <= lines && lines > 0; i++)
        l->start[i] = (int64_t)along->streets.start[i];
    if (vertices > 0) {
        memcpy(l->lon, along->streets.lon, vertices * sizeof *l->lon);
        memcpy(l->lat, along->streets.lat, vertices * sizeof *l->lat);
    }
    if (way > 0) {
        memcpy(l->way_lon, along->way.lon, way * sizeof *l->way_lon);
        memcpy(l->way_lat, along->way.lat, way * sizeof *l->way_lat);
    }
    if (n > 0) {
        memcpy(near, along->near, n * sizeof *near);
        qsort(near, n, sizeof *near, by_id);
    }
    for (size_t i = 0; i < n; i++) {
        l->observation[i] = near[i].id;
        l->distance_m[i] = near[i].distance_m;
    }
    free(near);
    return CASTMAP_OK;
}

static char *parameters(const cm_along_layer *l)
{
    cm_text text = CM_TEXT_INIT;
    cm_json json;

    cm_json_begin(&json, &text, false);
    cm_json_object(&json, NULL);
    cm_json_string(&json, "layer", l->name);
    cm_json_bool(&json, "way", l->is_way);
    cm_json_number(&json, "within_m", l->within_m);
    cm_json_integer(&json, "observations", (int64_t)l->n);
    cm_json_end_object(&json);
    char *made = cm_text_take(&text);
    cm_text_clear(&text);
    return made;
}

/* The layer goes when the streets go that it was measured along: the newest. */
static castmap_status needs_streets(castmap_context *ctx, castmap_project *project, int64_t number)
{
    castmap_street_set_info *sets = NULL;
    size_t n = 0;
    castmap_status status = castmap_streets_list(ctx, project, &sets, &n);

    if (!status && n > 0)
        status = cm_run_needs(ctx, project, number, sets[n - 1].run_number);
    castmap_street_sets_clear(sets, n);
    return status;
}

castmap_status castmap_along_keep(castmap_context *ctx, castmap_project *project, const castmap_along *along, const char *name, double within_m,
                                  int64_t *run_number)
{
    cm_along_layer layer = {0};
    char *text = NULL, *provenance = NULL, words[160], within[32];
    int64_t number = 0;
    castmap_status status;

    cm_fail_clear(ctx);
    if (!name || !name[0] || strlen(name) > 200)
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "a layer needs a name of 1 to 200 bytes");
    status = copy(ctx, along, name, within_m, &layer);
    if (!status)
        status = cm_run_begin(ctx, project, "along", &number);
    layer.run_number = number;
    if (!status)
        status = cm_along_layer_store(ctx, project, &layer);
    if (!status)
        status = needs_streets(ctx, project, number);
    if (!status) {
        text = parameters(&layer);
        provenance = cm_run_provenance(ctx, project, NULL);
        if (!text || !provenance)
            status = cm_fail_memory(ctx);
    }
    cm_length_words(within_m, within);
    snprintf(words, sizeof words, "%zu observations within %s %s", layer.n, within, layer.is_way ? "of a way" : "of a place");
    if (!status)
        status = cm_run_finish(ctx, project, number, words, text, provenance);
    if (status && number)
        cm_run_abandon(project, number);
    if (!status)
        *run_number = number;
    cm_along_layer_clear(&layer);
    free(text);
    free(provenance);
    return status;
}
