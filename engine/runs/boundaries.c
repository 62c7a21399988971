/*
 * runs/boundaries.c - council areas into the project.
 *
 *   1. read the file                 io/gdal_vector, in a process of its own
 *   2. find columns, level, vintage  boundary_columns
 *   3. areas, repaired, in degrees   boundary_areas
 *   4. join_population               population_table, both ways
 *   5. store                         one run: the set, and the working CRS if the project has none
 *
 * Nothing is dropped in silence: a feature that cannot be an area is listed with its reason.
 */
#include "castmap/boundaries.h"

#include "base/fail.h"
#include "base/files.h"
#include "base/json_text.h"
#include "base/memory.h"
#include "base/text.h"
#include "project/project_file.h"
#include "project/run_table.h"
#include "runs/boundary_areas.h"
#include "runs/source_crs.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static size_t find_area(const cm_boundary_set *set, const char *code)
{
    size_t low = 0, high = set->count;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        const int order = strcmp(set->code[middle], code);
        if (order == 0)
            return middle;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return SIZE_MAX;
}

static castmap_status join_population(cm_adding *a)
{
    const castmap_boundaries_options *o = a->options;
    castmap_status status;

    if (!o->population)
        return CASTMAP_OK;
    status = cm_population_read(a->ctx, o->population, o->population_code, o->population_value, a->set.code, a->set.count,
                                &a->people);
    for (size_t i = 0; i < a->people.count && !status; i++) {
        const cm_population_row *row = &a->people.row[i];
        const size_t area = find_area(&a->set, row->code);
        if (isnan(row->people))
            status = cm_boundary_note(a->ctx, &a->left_over, row->code, area == SIZE_MAX ? "" : a->set.area_name[area],
                              "row %zu: %s is not a number of people", row->line, a->people.value_column);
        else if (area == SIZE_MAX)
            status = cm_boundary_note(a->ctx, &a->left_over, row->code, "", "row %zu: no area has this code", row->line);
        else if (!isnan(a->set.population[area]))
            status = cm_boundary_note(a->ctx, &a->left_over, row->code, a->set.area_name[area], "row %zu: the code stands twice; the first was kept",
                              row->line);
        else
            a->set.population[area] = row->people;
    }
    for (size_t i = 0; i < a->set.count && !status; i++) {
        if (isnan(a->set.population[i])) {
            status = cm_boundary_note(a->ctx, &a->unjoined, a->set.code[i], a->set.area_name[i], "no number of people in the population file");
            continue;
        }
        a->population += a->set.population[i];
        a->with_population++;
    }
    return status;
}

/*
 * The records came first, and chose the working CRS. Were all of them the wrong way round, nothing told so until now; areas added on top would be
 * measured in metres of another part of the world, so they are refused while that can still be mended.
 */
static castmap_status refuse_if_swapped(cm_adding *a, double west, double south, double east, double north)
{
    static const char SELECT[] = "SELECT count(*), sum(lon BETWEEN ?1 AND ?3 AND lat BETWEEN ?2 AND ?4),"
                                 " sum(lat BETWEEN ?1 AND ?3 AND lon BETWEEN ?2 AND ?4),"
                                 " (SELECT run FROM batch WHERE accepted > 0 ORDER BY id LIMIT 1) FROM observation";
    const double box[4] = {west, south, east, north};
    cm_query *query = NULL;
    bool row = false;
    castmap_status status = cm_query_open(a->ctx, a->project->db, SELECT, &query);

    for (int i = 0; i < 4 && !status; i++)
        cm_query_bind_real(query, i + 1, box[i]);
    if (!status)
        status = cm_query_step(a->ctx, query, &row);
    if (!status && row) {
        const int64_t all = cm_query_integer(query, 0), inside = cm_query_integer(query, 1), swapped = cm_query_integer(query, 2);
        if (inside == 0 && swapped * 2 > all) {
            status = cm_fail(a->ctx, CASTMAP_E_INPUT, "latitude and longitude of the records seem to be swapped: %" PRId64 " of %" PRId64
                             " lie among these areas when they are exchanged, none as they are", swapped, all);
            cm_fail_where(a->ctx, "%s", cm_base_name(a->options->path));
            cm_fail_hint(a->ctx, "castmap undo %" PRId64 ", then import with --map lat=COLUMN --map lon=COLUMN, then add the areas",
                         cm_query_integer(query, 3));
        }
    }
    cm_query_close(query);
    return status;
}

static castmap_status choose_crs(cm_adding *a)
{
    double west = INFINITY, south = INFINITY, east = -INFINITY, north = -INFINITY;

    for (size_t i = 0; i < a->set.shape.vertices; i++) {
        west = fmin(west, a->set.shape.x[i]);
        east = fmax(east, a->set.shape.x[i]);
        south = fmin(south, a->set.shape.y[i]);
        north = fmax(north, a->set.shape.y[i]);
    }
    if (cm_project_crs(a->project)[0])
        return refuse_if_swapped(a, west, south, east, north);
    if (east - west > 180.0) {
        castmap_status status = cm_fail(a->ctx, CASTMAP_E_INPUT, "the areas lie on both sides of the 180th meridian, or half around the earth");
        cm_fail_where(a->ctx, "%s", cm_base_name(a->options->path));
        cm_fail_hint(a->ctx, "make a project for each side, or one of a country");
        return status;
    }
    a->decides_crs = true;
    return cm_crs_choose(a->ctx, west, south, east, north, a->source_crs, a->columns.country[0] ? a->columns.country : NULL,
                         &a->choice);
}

static castmap_status describe(cm_adding *a)
{
    const castmap_boundaries_options *o = a->options;
    cm_boundary_set *s = &a->set;
    const char *file = cm_base_name(o->path);

    s->level = cm_copy_text(o->level ? o->level : a->columns.level);
    s->name = cm_copy_text(file);
    s->vintage = cm_copy_text(o->vintage ? o->vintage : a->columns.vintage);
    s->source = cm_copy_text(o->source ? o->source : file);
    s->licence = cm_copy_text(o->licence ? o->licence : "not stated");
    s->sha256 = cm_copy_text(a->layer.sha256);
    return s->level && s->name && s->vintage && s->source && s->licence && s->sha256 ? CASTMAP_OK : cm_fail_memory(a->ctx);
}

static const char *field_name(const cm_adding *a, size_t column)
{
    return column == CM_NO_COLUMN ? NULL : a->layer.field[column];
}

static char *parameters_text(const cm_adding *a)
{
    cm_text text = CM_TEXT_INIT;
    cm_json json;

    cm_json_begin(&json, &text, false);
    cm_json_object(&json, NULL);
    cm_json_string(&json, "file", cm_base_name(a->options->path));
    cm_json_string(&json, "format", a->layer.format);
    cm_json_string(&json, "layer", a->layer.layer);
    cm_json_string(&json, "file_crs", a->source_crs);
    cm_json_string(&json, "level", a->set.level);
    cm_json_string(&json, "vintage", a->set.vintage);
    cm_json_string(&json, "code", field_name(a, a->columns.code));
    cm_json_string(&json, "name", field_name(a, a->columns.name));
    cm_json_string(&json, "parent", field_name(a, a->columns.parent));
    cm_json_integer(&json, "features", (int64_t)a->layer.count);
    cm_json_integer(&json, "areas", (int64_t)a->set.count);
    cm_json_string(&json, "repaired_in", "the file's own coordinates");
    cm_json_array(&json, "repaired");
    for (size_t i = 0; i < a->repaired.count; i++)
        cm_json_string(&json, NULL, a->repaired.note[i].code);
    cm_json_end_array(&json);
    cm_json_array(&json, "refused");
    for (size_t i = 0; i < a->refused.count; i++)
        cm_json_string(&json, NULL, a->refused.note[i].note);
    cm_json_end_array(&json);
    if (a->options->population) {
        cm_json_object(&json, "population");
        cm_json_string(&json, "file", cm_base_name(a->options->population));
        cm_json_string(&json, "code", a->people.code_column);
        cm_json_string(&json, "value", a->people.value_column);
        cm_json_integer(&json, "joined", (int64_t)a->with_population);
        cm_json_integer(&json, "areas_without", (int64_t)a->unjoined.count);
        cm_json_integer(&json, "rows_left_over", (int64_t)a->left_over.count);
        cm_json_end_object(&json);
    }
    cm_json_end_object(&json);
    char *made = cm_text_take(&text);
    cm_text_clear(&text);
    return made;
}

static char *inputs_text(const cm_adding *a)
{
    cm_text text = CM_TEXT_INIT;
    const char *files[] = {a->options->path, a->options->population};
    const char *digests[] = {a->layer.sha256, a->people.sha256};

    cm_text_add(&text, "\"inputs\":[");
    for (int i = 0; i < 2 && files[i]; i++) {
        const char *name = cm_base_name(files[i]);
        cm_text_add(&text, i ? ",{\"file\":" : "{\"file\":");
        cm_json_add_string(&text, name, strlen(name));
        cm_text_add(&text, ",\"sha256\":\"");
        cm_text_add(&text, digests[i]);
        cm_text_add(&text, "\"}");
    }
    cm_text_add(&text, "],\"file_operation\":");
    const char *operation = cm_projection_operation(a->source);
    cm_json_add_string(&text, operation, strlen(operation));
    char *made = cm_text_take(&text);
    cm_text_clear(&text);
    return made;
}

static castmap_status store(cm_adding *a, castmap_boundaries_summary *out)
{
    char *parameters = NULL, *inputs = NULL, *provenance = NULL, line[300];
    int64_t number = 0;
    castmap_status status = cm_run_begin(a->ctx, a->project, "boundaries", &number);

    if (status)
        return status;
    if (a->decides_crs)
        status = cm_crs_keep(a->ctx, a->project, &a->choice);
    if (!status)
        status = cm_boundary_store(a->ctx, a->project, number, &a->set, &out->set_id);
    if (status)
        goto done;
    parameters = parameters_text(a);
    inputs = inputs_text(a);
    provenance = parameters && inputs ? cm_run_provenance(a->ctx, a->project, inputs) : NULL;
    if (!provenance) {
        status = cm_fail_memory(a->ctx);
        goto done;
    }
    snprintf(line, sizeof line, "%zu areas (%s%s%s) from %.120s", a->set.count, a->set.level, a->set.vintage[0] ? " " : "",
             a->set.vintage, a->set.name);
    status = cm_run_finish(a->ctx, a->project, number, line, parameters, provenance);
    out->run_number = number;

done:
    if (status)
        cm_run_abandon(a->project, number);
    free(parameters);
    free(inputs);
    free(provenance);
    return status;
}

/* Hand the lists and texts to the caller; the set keeps what it needs until it is cleared. */
static castmap_status summarise(cm_adding *a, castmap_boundaries_summary *out)
{
    const char *name = field_name(a, a->columns.name), *parent = field_name(a, a->columns.parent);

    out->level = cm_copy_text(a->set.level);
    out->code_column = cm_copy_text(field_name(a, a->columns.code));
    out->name_column = cm_copy_text(name);
    out->parent_column = cm_copy_text(parent);
    out->vintage = cm_copy_text(a->set.vintage);
    out->format = cm_copy_text(a->layer.format);
    out->areas = a->set.count;
    out->vertices = a->set.shape.vertices;
    out->with_population = a->with_population;
    out->population = a->population;
    if (a->decides_crs) {
        out->crs = cm_copy_text(a->choice.crs);
        out->crs_name = cm_copy_text(a->choice.name);
        out->crs_reason = cm_copy_text(a->choice.reason);
        out->crs_scale_error_ppm = a->choice.scale_error_ppm;
    }
    if (!out->level || !out->code_column || !out->vintage || !out->format || (name && !out->name_column) ||
        (parent && !out->parent_column) || (a->decides_crs && (!out->crs || !out->crs_name || !out->crs_reason)))
        return cm_fail_memory(a->ctx);
    return CASTMAP_OK;
}

static void move_notes(cm_note_list *from, castmap_area_note **note, size_t *count)
{
    *note = from->note;
    *count = from->count;
    *from = (cm_note_list){0};
}

static castmap_status add_boundaries(cm_adding *a, castmap_boundaries_summary *out)
{
    const cm_vector_options reading = {.layer = a->options->layer};
    castmap_status status = cm_vector_read(a->ctx, a->options->path, &reading, &a->layer);

    if (!status && a->layer.count == 0)
        status = cm_fail(a->ctx, CASTMAP_E_INPUT, "the layer has no features");
    if (!status)
        status = cm_boundary_columns_find(a->ctx, &a->layer, a->options, &a->columns);
    if (!status)
        status = cm_boundary_areas_make(a);
    if (status) {
        cm_fail_where(a->ctx, "%s", cm_base_name(a->options->path));
        return status;
    }
    status = join_population(a);
    if (!status)
        status = choose_crs(a);
    if (!status)
        status = describe(a);
    if (!status)
        status = summarise(a, out);
    if (!status && !a->options->dry_run)
        status = store(a, out);
    return status;
}

castmap_status castmap_boundaries_add(castmap_context *ctx, castmap_project *project,
                                      const castmap_boundaries_options *options, castmap_boundaries_summary *summary)
{
    castmap_boundaries_summary result = CASTMAP_BOUNDARIES_SUMMARY_INIT;
    cm_adding a = {.ctx = ctx, .project = project, .options = options, .choice = {.scale_error_ppm = NAN}};
    castmap_status status;

    cm_fail_clear(ctx);
    if (!options->path || !options->path[0])
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "no boundary file was named");
    result.crs_scale_error_ppm = NAN;
    status = add_boundaries(&a, &result);
    if (!status) {
        move_notes(&a.repaired, &result.repaired, &result.n_repaired);
        move_notes(&a.refused, &result.refused, &result.n_refused);
        move_notes(&a.unjoined, &result.unjoined, &result.n_unjoined);
        move_notes(&a.left_over, &result.left_over, &result.n_left_over);
        *summary = result;
        result = (castmap_boundaries_summary)CASTMAP_BOUNDARIES_SUMMARY_INIT;
    }
    castmap_boundaries_summary_clear(&result);
    cm_boundary_notes_clear(a.repaired.note, a.repaired.count);
    cm_boundary_notes_clear(a.refused.note, a.refused.count);
    cm_boundary_notes_clear(a.unjoined.note, a.unjoined.count);
    cm_boundary_notes_clear(a.left_over.note, a.left_over.count);
    cm_population_table_clear(&a.people);
    cm_boundary_set_clear(&a.set);
    cm_projection_free(a.source);
    cm_vector_layer_clear(&a.layer);
    return status;
}

void castmap_boundaries_summary_clear(castmap_boundaries_summary *summary)
{
    if (!summary)
        return;
    free(summary->level);
    free(summary->code_column);
    free(summary->name_column);
    free(summary->parent_column);
    free(summary->vintage);
    free(summary->format);
    free(summary->crs);
    free(summary->crs_name);
    free(summary->crs_reason);
    cm_boundary_notes_clear(summary->repaired, summary->n_repaired);
    cm_boundary_notes_clear(summary->refused, summary->n_refused);
    cm_boundary_notes_clear(summary->unjoined, summary->n_unjoined);
    cm_boundary_notes_clear(summary->left_over, summary->n_left_over);
    *summary = (castmap_boundaries_summary)CASTMAP_BOUNDARIES_SUMMARY_INIT;
}
