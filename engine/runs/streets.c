/*
 * runs/streets.c - a street network into the project.
 *
 *   1. read the file               io/gdal_vector, in a process of its own
 *   2. choose_ways                 street_ways; lines that cannot be streets are listed
 *   3. to_metres                   the working CRS; chosen by the streets where the project has none
 *   4. castmap_network_build
 *   5. name_edges, store           one run
 */
#include "castmap/streets.h"

#include "base/fail.h"
#include "base/files.h"
#include "base/json_text.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/utf8.h"
#include "project/run_table.h"
#include "project/street_table.h"
#include "runs/boundary_areas.h"
#include "runs/source_crs.h"
#include "runs/street_ways.h"
#include "space/geometry/line_set.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct adding {
    castmap_context *ctx;
    castmap_project *project;
    const castmap_streets_options *options;
    cm_vector_layer  layer;      /* owned */
    cm_street_fields fields;
    char             source_crs[64];
    cm_projection   *source;     /* owned */
    cm_line_set      lines;      /* owned; in the file's coordinates, then in metres */
    int8_t          *level;      /* owned [lines.count] */
    uint8_t         *way;        /* owned [lines.count] */
    cm_crs_choice    choice;
    bool             decides_crs;
    castmap_streets  streets;    /* owned */
    cm_note_list     refused;    /* owned */
    castmap_streets_summary summary;
} adding;

static castmap_status refuse(adding *a, const cm_vector_feature *f, const char *why)
{
    return cm_boundary_note(a->ctx, &a->refused, "", cm_street_value(&a->fields, f, CM_STREET_NAME), "feature %zu %s", f->number, why);
}

static castmap_status choose_ways(adding *a)
{
    castmap_status status = CASTMAP_OK;

    for (size_t i = 0; i < a->layer.count && !status; i++) {
        const cm_vector_feature *f = &a->layer.feature[i];
        const size_t before = a->lines.count;
        if (f->problem) {
            status = refuse(a, f, f->problem);
            continue;
        }
        if (!cm_street_is_used(&a->fields, f, a->options->use)) {
            a->summary.left_out++;
            continue;
        }
        status = cm_line_set_add_wkb(a->ctx, &a->lines, i, f->wkb, f->wkb_length);
        if (status == CASTMAP_E_DATA || (!status && a->lines.count == before)) {
            cm_fail_clear(a->ctx);
            status = refuse(a, f, "is not a well-formed line");
        }
    }
    return status;
}

static castmap_status choose_crs(adding *a, const double *lon, const double *lat)
{
    double west = INFINITY, south = INFINITY, east = -INFINITY, north = -INFINITY;

    if (cm_project_crs(a->project)[0])
        return CASTMAP_OK;
    for (size_t i = 0; i < a->lines.vertices; i++) {
        if (!isfinite(lon[i]) || !isfinite(lat[i]))
            continue;
        west = fmin(west, lon[i]);
        east = fmax(east, lon[i]);
        south = fmin(south, lat[i]);
        north = fmax(north, lat[i]);
    }
    a->decides_crs = true;
    return cm_crs_choose(a->ctx, west, south, east, north, a->source_crs, NULL, &a->choice);
}

/* Lines with a vertex that has no place in the working CRS are taken out; the others keep their order. */
static castmap_status drop_lost_lines(adding *a, const bool *ok)
{
    cm_line_set *set = &a->lines;
    size_t lines = 0, vertices = 0;
    castmap_status status = CASTMAP_OK;

    for (size_t i = 0; i < set->count && !status; i++) {
        const size_t first = set->start[i], last = set->start[i + 1], n = last - first;
        bool good = true;
        for (size_t v = first; v < last; v++)
            good = good && ok[v];
        if (!good) {
            if (i == 0 || set->feature[i] != set->feature[i - 1])
                status = refuse(a, &a->layer.feature[set->feature[i]], "lies outside the project's coordinate system");
            continue;
        }
        memmove(set->x + vertices, set->x + first, n * sizeof *set->x);
        memmove(set->y + vertices, set->y + first, n * sizeof *set->y);
        set->feature[lines] = set->feature[i];
        set->start[lines++] = vertices;
        vertices += n;
    }
    set->count = lines;
    set->vertices = vertices;
    if (set->start)
        set->start[lines] = vertices;
    return status;
}

static castmap_status to_metres(adding *a)
{
    const size_t n = a->lines.vertices;
    double *lon = cm_alloc(n, sizeof *lon), *lat = cm_alloc(n, sizeof *lat);
    bool *ok = cm_alloc(n, sizeof *ok), *back = cm_alloc(n, sizeof *back);
    cm_projection *working = NULL;
    castmap_status status = lon && lat && ok && back ? CASTMAP_OK : cm_fail_memory(a->ctx);

    if (!status)
        status = cm_projection_inverse(a->ctx, a->source, n, a->lines.x, a->lines.y, lon, lat, back);
    if (!status)
        status = choose_crs(a, lon, lat);
    const char *crs = a->decides_crs ? a->choice.crs : cm_project_crs(a->project);
    if (!status && strcmp(crs, a->source_crs) == 0) {
        status = drop_lost_lines(a, back);
    } else if (!status) {
        status = cm_projection_new(a->ctx, crs, false, &working);
        if (!status)
            status = cm_projection_forward(a->ctx, working, n, lon, lat, a->lines.x, a->lines.y, ok);
        for (size_t i = 0; i < n; i++)
            ok[i] = ok[i] && back[i];
        if (!status)
            status = drop_lost_lines(a, ok);
    }
    if (!status) {
        a->streets.crs = cm_copy_text(crs);
        if (!a->streets.crs)
            status = cm_fail_memory(a->ctx);
    }
    cm_projection_free(working);
    free(lon);
    free(lat);
    free(ok);
    free(back);
    return status;
}

static castmap_status check_any(adding *a)
{
    castmap_status status;

    if (a->lines.count > 0)
        return CASTMAP_OK;
    status = cm_fail(a->ctx, CASTMAP_E_INPUT, "the file holds no street: %zu features left out by class, %zu not usable", a->summary.left_out,
                     a->refused.count);
    cm_fail_hint(a->ctx, "give a file with lines; name the column of classes with --class, or take all with --use all");
    return status;
}

static castmap_status build_network(adding *a)
{
    const castmap_street_lines lines = {a->lines.count, a->lines.start, a->lines.x, a->lines.y, a->level, a->way};
    castmap_network_options options = CASTMAP_NETWORK_OPTIONS_INIT;
    castmap_status status;

    options.at_crossings = a->options->at_crossings;
    options.join_m = a->options->join_m;
    status = castmap_network_build(a->ctx, &lines, &options, &a->streets.network, &a->summary.report);
    for (size_t e = 0; e < a->streets.network.n_edges && !status; e++)
        a->streets.network.line[e] = (int64_t)a->lines.feature[a->streets.network.line[e]];
    return status;
}

typedef struct text_use {
    const char *text;
    uint32_t    edge;
} text_use;

static int by_text(const void *a, const void *b)
{
    const text_use *p = a, *q = b;
    const int order = strcmp(p->text, q->text);

    return order ? order : (p->edge > q->edge) - (p->edge < q->edge);
}

static const char *name_of(const adding *a, size_t edge)
{
    const cm_vector_feature *f = &a->layer.feature[a->streets.network.line[edge]];
    const char *name = cm_street_value(&a->fields, f, CM_STREET_NAME);

    return name ? name : cm_street_value(&a->fields, f, CM_STREET_REF);
}

static const char *class_of(const adding *a, size_t edge)
{
    return cm_street_value(&a->fields, &a->layer.feature[a->streets.network.line[edge]], CM_STREET_CLASS);
}

/* The different texts of edges, sorted, and which each edge has. */
static castmap_status number_texts(adding *a, const char *(*text_of)(const adding *, size_t), char ***texts, size_t *count, uint32_t **which,
                                   size_t *with_text)
{
    const size_t n = a->streets.network.n_edges;
    text_use *use = cm_alloc(n, sizeof *use);
    size_t used = 0;

    *which = cm_alloc(n, sizeof **which);
    if (!use || !*which) {
        free(use);
        return cm_fail_memory(a->ctx);
    }
    for (size_t e = 0; e < n; e++) {
        const char *text = text_of(a, e);
        (*which)[e] = CASTMAP_NO_TEXT;
        if (text)
            use[used++] = (text_use){text, (uint32_t)e};
    }
    qsort(use, used, sizeof *use, by_text);
    *with_text = used;
    *texts = cm_alloc_zero(used, sizeof **texts);
    castmap_status status = *texts ? CASTMAP_OK : cm_fail_memory(a->ctx);
    for (size_t i = 0; i < used && !status; i++) {
        if (i == 0 || strcmp(use[i].text, use[i - 1].text) != 0) {
            (*texts)[*count] = cm_utf8_nfc(use[i].text, strlen(use[i].text));
            if (!(*texts)[*count])
                status = cm_fail_memory(a->ctx);
            else
                (*count)++;
        }
        if (!status)
            (*which)[use[i].edge] = (uint32_t)(*count - 1);
    }
    free(use);
    return status;
}

static castmap_status describe(adding *a)
{
    const castmap_streets_options *o = a->options;
    const bool osm = strcmp(a->layer.format, "OpenStreetMap extract") == 0;
    castmap_streets *s = &a->streets;
    size_t classed = 0;
    castmap_status status = number_texts(a, name_of, &s->names, &s->n_names, &s->name_of, &a->summary.named);

    if (!status)
        status = number_texts(a, class_of, &s->classes, &s->n_classes, &s->class_of, &classed);
    if (status)
        return status;
    s->name = cm_copy_text(cm_base_name(o->path));
    s->source = cm_copy_text(o->source ? o->source : osm ? "© OpenStreetMap contributors" : cm_base_name(o->path));
    s->licence = cm_copy_text(o->licence ? o->licence : osm ? "Open Database Licence (ODbL) 1.0" : "not stated");
    return s->name && s->source && s->licence ? CASTMAP_OK : cm_fail_memory(a->ctx);
}

static const char *field_name(const adding *a, cm_street_field field)
{
    return a->fields.column[field] == CM_NO_FIELD ? NULL : a->layer.field[a->fields.column[field]];
}

static castmap_status summarise(adding *a)
{
    castmap_streets_summary *s = &a->summary;
    const castmap_network *net = &a->streets.network;
    const char *name = field_name(a, CM_STREET_NAME), *class_column = field_name(a, CM_STREET_CLASS);

    s->features = a->layer.count;
    s->used = s->features - s->left_out - a->refused.count;
    s->nodes = net->n_nodes;
    s->edges = net->n_edges;
    s->vertices = net->vertex_start[net->n_edges];
    s->names = a->streets.n_names;
    s->format = cm_copy_text(a->layer.format);
    s->name_column = cm_copy_text(name);
    s->class_column = cm_copy_text(class_column);
    if (a->decides_crs) {
        s->crs = cm_copy_text(a->choice.crs);
        s->crs_name = cm_copy_text(a->choice.name);
        s->crs_reason = cm_copy_text(a->choice.reason);
        s->crs_scale_error_ppm = a->choice.scale_error_ppm;
    }
    return s->format && (!name || s->name_column) && (!class_column || s->class_column) &&
           (!a->decides_crs || (s->crs && s->crs_name && s->crs_reason)) ? CASTMAP_OK : cm_fail_memory(a->ctx);
}

static char *parameters_text(const adding *a)
{
    static const char *const USES[] = {"all", "foot", "car"};
    const castmap_network_report *r = &a->summary.report;
    cm_text text = CM_TEXT_INIT;
    cm_json json;

    cm_json_begin(&json, &text, false);
    cm_json_object(&json, NULL);
    cm_json_string(&json, "file", cm_base_name(a->options->path));
    cm_json_string(&json, "sha256", a->layer.sha256);
    cm_json_string(&json, "format", a->layer.format);
    cm_json_string(&json, "layer", a->layer.layer);
    cm_json_string(&json, "file_crs", a->source_crs);
    cm_json_string(&json, "name", field_name(a, CM_STREET_NAME));
    cm_json_string(&json, "class", field_name(a, CM_STREET_CLASS));
    cm_json_string(&json, "use", USES[a->options->use]);
    cm_json_bool(&json, "at_crossings", a->options->at_crossings);
    cm_json_number(&json, "join_m", a->options->join_m);
    cm_json_integer(&json, "features", (int64_t)a->summary.features);
    cm_json_integer(&json, "left_out", (int64_t)a->summary.left_out);
    cm_json_integer(&json, "refused", (int64_t)a->refused.count);
    cm_json_integer(&json, "doubled", (int64_t)r->doubled);
    cm_json_integer(&json, "crossings", (int64_t)r->crossings);
    cm_json_integer(&json, "joined", (int64_t)r->joined);
    cm_json_integer(&json, "kept_apart", (int64_t)r->kept_apart);
    cm_json_end_object(&json);
    char *made = cm_text_take(&text);
    cm_text_clear(&text);
    return made;
}

static castmap_status store(adding *a)
{
    const cm_street_origin origin = {a->layer.format, a->layer.sha256, a->summary.report.parts, a->summary.report.total_m};
    char *parameters = NULL, *provenance = NULL, line[300];
    int64_t number = 0;
    castmap_status status = cm_run_begin(a->ctx, a->project, "streets", &number);

    if (status)
        return status;
    if (a->decides_crs)
        status = cm_crs_keep(a->ctx, a->project, &a->choice);
    if (!status)
        status = cm_streets_store(a->ctx, a->project, number, &a->streets, &origin, &a->summary.set_id);
    if (!status) {
        parameters = parameters_text(a);
        provenance = cm_run_provenance(a->ctx, a->project, NULL);
        if (!parameters || !provenance)
            status = cm_fail_memory(a->ctx);
    }
    if (!status) {
        snprintf(line, sizeof line, "%zu streets, %.0f km, from %.120s", a->summary.edges, a->summary.report.total_m / 1000.0, a->streets.name);
        status = cm_run_finish(a->ctx, a->project, number, line, parameters, provenance);
    }
    a->summary.run_number = number;
    if (status)
        cm_run_abandon(a->project, number);
    free(parameters);
    free(provenance);
    return status;
}

static castmap_status add_streets(adding *a)
{
    const cm_vector_options reading = {.layer = a->options->layer, .lines = true};
    castmap_status status = cm_vector_read(a->ctx, a->options->path, &reading, &a->layer);

    if (!status)
        status = cm_street_fields_find(a->ctx, &a->layer, a->options->name_column, a->options->class_column, &a->fields);
    if (!status)
        status = cm_source_crs(a->ctx, &a->layer, a->options->crs, a->source_crs, &a->source);
    if (!status)
        status = choose_ways(a);
    if (!status)
        status = check_any(a);
    if (!status)
        status = to_metres(a);
    if (!status)
        status = check_any(a);
    if (!status) {
        a->level = cm_alloc(a->lines.count, sizeof *a->level);
        a->way = cm_alloc(a->lines.count, sizeof *a->way);
        if (!a->level || !a->way)
            status = cm_fail_memory(a->ctx);
    }
    for (size_t i = 0; i < a->lines.count && !status; i++) {
        const cm_vector_feature *f = &a->layer.feature[a->lines.feature[i]];
        a->level[i] = cm_street_level(&a->fields, f);
        a->way[i] = (uint8_t)cm_street_way(&a->fields, f);
    }
    if (!status)
        status = build_network(a);
    if (status) {
        cm_fail_where(a->ctx, "%s", cm_base_name(a->options->path));
        return status;
    }
    status = describe(a);
    if (!status)
        status = summarise(a);
    if (!status && !a->options->dry_run)
        status = store(a);
    return status;
}

castmap_status castmap_streets_add(castmap_context *ctx, castmap_project *project, const castmap_streets_options *options,
                                   castmap_streets_summary *summary)
{
    adding a = {.ctx = ctx, .project = project, .options = options, .choice = {.scale_error_ppm = NAN}};
    castmap_status status;

    cm_fail_clear(ctx);
    if (options->version != CASTMAP_STREETS_OPTIONS_VERSION || (unsigned)options->use > CASTMAP_STREETS_CAR)
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "options of another version");
    if (!options->path || !options->path[0])
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "no file of streets was named");
    a.summary.crs_scale_error_ppm = NAN;
    status = add_streets(&a);
    a.summary.refused = a.refused.note;
    a.summary.n_refused = a.refused.count;
    if (!status)
        *summary = a.summary;
    else
        castmap_streets_summary_clear(&a.summary);
    castmap_streets_clear(&a.streets);
    cm_line_set_clear(&a.lines);
    free(a.level);
    free(a.way);
    cm_projection_free(a.source);
    cm_vector_layer_clear(&a.layer);
    return status;
}

void castmap_streets_summary_clear(castmap_streets_summary *summary)
{
    if (!summary)
        return;
    free(summary->format);
    free(summary->name_column);
    free(summary->class_column);
    free(summary->crs);
    free(summary->crs_name);
    free(summary->crs_reason);
    cm_boundary_notes_clear(summary->refused, summary->n_refused);
    *summary = (castmap_streets_summary)CASTMAP_STREETS_SUMMARY_INIT;
}
