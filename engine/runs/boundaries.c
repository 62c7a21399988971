/*
 * runs/boundaries.c - council areas into the project.
 *
 *   1. read the file                 io/gdal_vector, in a process of its own
 *   2. find columns, level, vintage  boundary_columns
 *   3. gather_areas                  one area a code; outlines repaired in the file's own coordinates, so that no later step moves a vertex
 *                                    before its validity is judged
 *   4. to_degrees                    all vertices at once
 *   5. join_population               population_table, both ways
 *   6. store                         one run: the set, and the working CRS if the project has none
 *
 * Nothing is dropped in silence: a feature that cannot be an area is listed with its reason.
 */
#include "castmap/boundaries.h"

#include "base/fail.h"
#include "base/files.h"
#include "base/json_text.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/utf8.h"
#include "io/gdal_vector.h"
#include "project/boundary_table.h"
#include "project/run_table.h"
#include "runs/boundary_columns.h"
#include "runs/population_table.h"
#include "space/geodesy/projection.h"
#include "space/geometry/geos.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define METRES_PER_DEGREE 111320.0
#define SLIVER_M2 1.0

typedef struct note_list {
    castmap_area_note *note; /* owned */
    size_t             count, capacity;
} note_list;

typedef struct adding {
    castmap_context                 *ctx;
    castmap_project                 *project;
    const castmap_boundaries_options *options;
    cm_vector_layer                  layer;
    cm_boundary_columns              columns;
    char                             source_crs[64];
    cm_projection                   *source; /* owned; of the file's coordinates */
    cm_boundary_set                  set;
    cm_population_table              people;
    note_list                        repaired, refused, unjoined, left_over;
    cm_crs_choice                    choice;
    bool                             decides_crs;
    double                           population;
    size_t                           with_population;
} adding;

static void clear_notes(castmap_area_note *note, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free(note[i].code);
        free(note[i].name);
        free(note[i].note);
    }
    free(note);
}

static castmap_status add_note(castmap_context *ctx, note_list *list, const char *code, const char *name, const char *format, ...)
    CASTMAP_PRINTF(5, 6);

static castmap_status add_note(castmap_context *ctx, note_list *list, const char *code, const char *name, const char *format, ...)
{
    char text[300];
    va_list values;
    castmap_area_note note;

    va_start(values, format);
    vsnprintf(text, sizeof text, format, values);
    va_end(values);
    note = (castmap_area_note){cm_copy_text(code ? code : ""), cm_copy_text(name ? name : ""), cm_copy_text(text)};
    if (!note.code || !note.name || !note.note ||
        cm_grow(&list->note, &list->capacity, list->count + 1, sizeof *list->note) != 0) {
        free(note.code);
        free(note.name);
        free(note.note);
        return cm_fail_memory(ctx);
    }
    list->note[list->count++] = note;
    return CASTMAP_OK;
}

/* A note in words of its own: the first letter of GEOS's reason is made small. */
static const char *in_words(const char *reason, char out[160])
{
    snprintf(out, 160, "%s", reason);
    if (out[0] >= 'A' && out[0] <= 'Z')
        out[0] = (char)(out[0] - 'A' + 'a');
    return out;
}

static const char *value_of(const adding *a, size_t feature, size_t column)
{
    const char *value = column == CM_NO_COLUMN ? NULL : a->layer.feature[feature].value[column];

    return value && value[0] ? value : NULL;
}

/* Which system the file's coordinates are in; sets a->source. */
static castmap_status settle_crs(adding *a)
{
    const char *declared = a->layer.crs, *given = a->options->crs;
    const bool json = strcmp(a->layer.format, "GeoJSON") == 0, topology = strcmp(a->layer.format, "TopoJSON") == 0;
    const bool degrees = strcmp(declared, "EPSG:4326") == 0 || strcmp(declared, "OGC:CRS84") == 0;
    castmap_status status;

    if (declared[0] == '\0' || strcmp(declared, "?") == 0) {
        if (topology || (json && !given)) {
            given = "EPSG:4326";
        } else if (!given) {
            status = cm_fail(a->ctx, CASTMAP_E_INPUT, declared[0] ? "the coordinate system \"%.60s\" of the file has no known code"
                                                                  : "the file does not say which coordinate system it is in%.0s",
                             a->layer.crs_name);
            cm_fail_hint(a->ctx, "if you know it, name it: --crs EPSG:27700 for British National Grid, EPSG:4326 for longitude and latitude");
            return status;
        }
    } else if (given && strcmp(given, declared) != 0 && !(degrees && strcmp(given, "EPSG:4326") == 0)) {
        return cm_fail(a->ctx, CASTMAP_E_INPUT, "the file says it is in %s, not in %.40s", declared, given);
    } else if (json && !degrees && !given) {
        status = cm_fail(a->ctx, CASTMAP_E_INPUT, "the GeoJSON names another coordinate system (%s) than longitude and latitude",
                         declared);
        cm_fail_hint(a->ctx, "if its numbers really are in it, say so: --crs %s", declared);
        return status;
    } else {
        given = declared;
    }
    snprintf(a->source_crs, sizeof a->source_crs, "%s", given);
    return cm_projection_new(a->ctx, a->source_crs, true, &a->source);
}

/* A feature that may become an area: its place in the layer, under its code. */
typedef struct candidate {
    const char *code;
    size_t      feature;
} candidate;

static int by_code(const void *a, const void *b)
{
    const candidate *p = a, *q = b;
    const int order = strcmp(p->code, q->code);

    return order ? order : (p->feature > q->feature) - (p->feature < q->feature);
}

static castmap_status find_candidates(adding *a, candidate *list, size_t *n)
{
    castmap_status status = CASTMAP_OK;

    *n = 0;
    for (size_t i = 0; i < a->layer.count && !status; i++) {
        const cm_vector_feature *f = &a->layer.feature[i];
        const char *code = value_of(a, i, a->columns.code), *name = value_of(a, i, a->columns.name);

        if (f->problem)
            status = add_note(a->ctx, &a->refused, code, name, "feature %zu %s", f->number, f->problem);
        else if (!code || strlen(code) > 64)
            status = add_note(a->ctx, &a->refused, NULL, name, "feature %zu has no %s in column %s", f->number,
                              code ? "usable code" : "code", a->layer.field[a->columns.code]);
        else
            list[(*n)++] = (candidate){code, i};
    }
    qsort(list, *n, sizeof *list, by_code);
    return status;
}

/* The outlines of features of one code as one feature; true where something was taken. */
static castmap_status collect(adding *a, const candidate *group, size_t n, cm_polygon_set *raw)
{
    const char *name = value_of(a, group[0].feature, a->columns.name);
    cm_polygon_set parts = CM_POLYGON_SET_INIT;
    castmap_status status = CASTMAP_OK;
    size_t taken = 0;

    for (size_t i = 0; i < n && !status; i++) {
        const cm_vector_feature *f = &a->layer.feature[group[i].feature];
        const char *other = value_of(a, group[i].feature, a->columns.name);

        if (i > 0 && (!name != !other || (name && strcmp(name, other) != 0))) {
            status = add_note(a->ctx, &a->refused, group[i].code, other, "feature %zu has the code of another area (feature %zu)",
                              f->number, a->layer.feature[group[0].feature].number);
            continue;
        }
        status = cm_polygon_set_add_wkb(a->ctx, &parts, f->wkb, f->wkb_length);
        if (status == CASTMAP_E_DATA) {
            cm_fail_clear(a->ctx);
            status = add_note(a->ctx, &a->refused, group[i].code, other,
                              "feature %zu is not a well-formed polygon (too few points, or a ring that does not close)", f->number);
        } else if (!status) {
            taken++;
        }
    }
    if (!status && taken > 1)
        status = add_note(a->ctx, &a->repaired, group[0].code, name, "%zu features of this code were joined into one area", taken);
    /* All parts under one feature. */
    if (!status && taken > 0) {
        int bad = cm_polygon_set_feature(raw);
        for (size_t part = 0; part < parts.parts && !bad; part++) {
            bad = cm_polygon_set_part(raw);
            for (size_t ring = parts.ring_start[part]; ring < parts.ring_start[part + 1] && !bad; ring++) {
                bad = cm_polygon_set_ring(raw);
                for (size_t v = parts.vertex_start[ring]; v < parts.vertex_start[ring + 1] && !bad; v++)
                    bad = cm_polygon_set_vertex(raw, parts.x[v], parts.y[v]);
            }
        }
        if (bad)
            status = cm_fail_memory(a->ctx);
    }
    cm_polygon_set_clear(&parts);
    return status;
}

/* The arrays beside the shapes; the shape itself is appended by the caller. */
static castmap_status append_area(adding *a, const char *code, const char *name, const char *parent, bool repaired)
{
    cm_boundary_set *s = &a->set;

    s->code[s->count] = cm_copy_text(code);
    s->area_name[s->count] = cm_utf8_nfc(name ? name : code, strlen(name ? name : code));
    s->parent[s->count] = cm_copy_text(parent);
    s->population[s->count] = NAN;
    s->repaired[s->count] = repaired;
    if (!s->code[s->count] || !s->area_name[s->count] || (parent && !s->parent[s->count])) {
        free(s->code[s->count]);
        free(s->area_name[s->count]);
        free(s->parent[s->count]);
        return cm_fail_memory(a->ctx);
    }
    s->count++;
    return CASTMAP_OK;
}

static castmap_status add_group(adding *a, const candidate *group, size_t n, cm_polygon_set *shapes)
{
    const char *code = group[0].code, *name = value_of(a, group[0].feature, a->columns.name);
    cm_polygon_set raw = CM_POLYGON_SET_INIT;
    const cm_polygon_set before = *shapes;
    char reason[128] = "", words[160];
    bool empty = true;
    castmap_status status = collect(a, group, n, &raw);

    if (status || raw.count == 0)
        goto done;
    castmap_polygons view = cm_polygon_set_view(&raw);
    status = cm_geos_repair(a->ctx, &view, 0, shapes, reason, sizeof reason, &empty);
    if (status == CASTMAP_E_DATA) {
        cm_fail_clear(a->ctx);
        status = CASTMAP_OK;
        empty = true;
        snprintf(reason, sizeof reason, "it cannot be repaired");
    }
    if (status)
        goto done;
    if (empty) {
        /* Nothing was added below the feature; take the feature itself back. */
        shapes->count = before.count;
        status = add_note(a->ctx, &a->refused, code, name, "nothing with an area is left of it: %s",
                          reason[0] ? in_words(reason, words) : "its geometry is empty");
        goto done;
    }
    if (reason[0])
        status = add_note(a->ctx, &a->repaired, code, name, "%s, repaired", in_words(reason, words));
    if (!status)
        status = append_area(a, code, name, value_of(a, group[0].feature, a->columns.parent), reason[0] != '\0');

done:
    cm_polygon_set_clear(&raw);
    return status;
}

static castmap_status reserve_areas(adding *a, size_t n)
{
    cm_boundary_set *s = &a->set;

    s->code = cm_alloc_zero(n, sizeof *s->code);
    s->area_name = cm_alloc_zero(n, sizeof *s->area_name);
    s->parent = cm_alloc_zero(n, sizeof *s->parent);
    s->population = cm_alloc_zero(n, sizeof *s->population);
    s->repaired = cm_alloc_zero(n, sizeof *s->repaired);
    if (!s->code || !s->area_name || !s->parent || !s->population || !s->repaired)
        return cm_fail_memory(a->ctx);
    return CASTMAP_OK;
}

static castmap_status gather_areas(adding *a, cm_polygon_set *shapes)
{
    candidate *list = cm_alloc(a->layer.count, sizeof *list);
    size_t n = 0;
    castmap_status status = list ? find_candidates(a, list, &n) : cm_fail_memory(a->ctx);

    if (!status)
        status = reserve_areas(a, n);
    for (size_t i = 0, end; i < n && !status; i = end) {
        for (end = i + 1; end < n && strcmp(list[end].code, list[i].code) == 0;)
            end++;
        if (cm_cancelled(a->ctx))
            status = cm_fail_cancelled(a->ctx);
        else
            status = add_group(a, list + i, end - i, shapes);
        cm_progress(a->ctx, "checking areas", (double)end / (double)n);
    }
    free(list);
    return status;
}

/* Rough area of a feature in degrees: enough to tell a sliver of under a square metre. */
static double rough_area_m2(const castmap_polygons *p, size_t feature)
{
    double sum = 0.0;

    for (size_t ring = p->ring_start[p->part_start[feature]]; ring < p->ring_start[p->part_start[feature + 1]]; ring++) {
        const size_t first = p->vertex_start[ring];
        double area = 0.0;
        for (size_t i = first; i + 1 < p->vertex_start[ring + 1]; i++)
            area += (p->x[i] - p->x[first]) * (p->y[i + 1] - p->y[first]) - (p->x[i + 1] - p->x[first]) * (p->y[i] - p->y[first]);
        sum += area / 2.0 * METRES_PER_DEGREE * METRES_PER_DEGREE * cos(p->y[first] * 3.14159265358979323846 / 180.0);
    }
    return sum;
}

/* Drop area i of the set (its shape is simply not copied). */
static void drop_area(cm_boundary_set *s, size_t i)
{
    free(s->code[i]);
    free(s->area_name[i]);
    free(s->parent[i]);
    s->code[i] = s->area_name[i] = s->parent[i] = NULL;
}

static int copy_feature(const castmap_polygons *p, size_t feature, cm_polygon_set *out)
{
    if (cm_polygon_set_feature(out) != 0)
        return -1;
    for (size_t part = p->part_start[feature]; part < p->part_start[feature + 1]; part++) {
        if (cm_polygon_set_part(out) != 0)
            return -1;
        for (size_t ring = p->ring_start[part]; ring < p->ring_start[part + 1]; ring++) {
            if (cm_polygon_set_ring(out) != 0)
                return -1;
            for (size_t i = p->vertex_start[ring]; i < p->vertex_start[ring + 1]; i++)
                if (cm_polygon_set_vertex(out, p->x[i], p->y[i]) != 0)
                    return -1;
        }
    }
    return 0;
}

/* Keep the areas whose vertices all have a place on earth and whose area is worth the name. `shapes` holds degrees by now. */
static castmap_status keep_placed(adding *a, const cm_polygon_set *shapes, const bool *ok)
{
    const castmap_polygons p = cm_polygon_set_view(shapes);
    cm_boundary_set *s = &a->set;
    size_t kept = 0;
    castmap_status status = CASTMAP_OK;

    for (size_t i = 0; i < shapes->count && !status; i++) {
        const size_t from = p.vertex_start[p.ring_start[p.part_start[i]]], to = p.vertex_start[p.ring_start[p.part_start[i + 1]]];
        bool placed = true;
        for (size_t v = from; v < to; v++)
            placed = placed && ok[v];
        const bool sliver = placed && rough_area_m2(&p, i) < SLIVER_M2;
        if (!placed || sliver) {
            status = placed ? add_note(a->ctx, &a->refused, s->code[i], s->area_name[i], "a sliver of less than a square metre")
                            : add_note(a->ctx, &a->refused, s->code[i], s->area_name[i],
                                       "it has vertices where %s cannot be used", cm_projection_name(a->source));
            drop_area(s, i);
            continue;
        }
        if (copy_feature(&p, i, &s->shape) != 0)
            status = cm_fail_memory(a->ctx);
        s->code[kept] = s->code[i];
        s->area_name[kept] = s->area_name[i];
        s->parent[kept] = s->parent[i];
        s->repaired[kept] = s->repaired[i];
        if (kept != i)
            s->code[i] = s->area_name[i] = s->parent[i] = NULL;
        kept++;
    }
    if (!status)
        s->count = kept;
    return status;
}

static castmap_status to_degrees(adding *a, cm_polygon_set *shapes)
{
    const size_t n = shapes->vertices;
    double *lon = cm_alloc(n, sizeof *lon), *lat = cm_alloc(n, sizeof *lat);
    bool *ok = cm_alloc(n, sizeof *ok);
    castmap_status status = CASTMAP_OK;

    if (!lon || !lat || !ok) {
        status = cm_fail_memory(a->ctx);
    } else if (strcmp(a->source_crs, "EPSG:4326") == 0 || strcmp(a->source_crs, "OGC:CRS84") == 0) {
        for (size_t i = 0; i < n; i++)
            ok[i] = fabs(shapes->x[i]) <= 180.0 && fabs(shapes->y[i]) <= 90.0;
    } else {
        status = cm_projection_inverse(a->ctx, a->source, n, shapes->x, shapes->y, lon, lat, ok);
        if (!status) {
            memcpy(shapes->x, lon, n * sizeof *lon);
            memcpy(shapes->y, lat, n * sizeof *lat);
        }
    }
    if (!status)
        status = keep_placed(a, shapes, ok);
    free(lon);
    free(lat);
    free(ok);
    if (!status && a->set.count == 0) {
        status = cm_fail(a->ctx, CASTMAP_E_INPUT, "no feature of the file can be used as an area: %s",
                         a->refused.count ? a->refused.note[0].note : "it has none");
        cm_fail_hint(a->ctx, "check that longitude and latitude are in this order and that the coordinate system is right");
    }
    return status;
}

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

static castmap_status join_population(adding *a)
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
            status = add_note(a->ctx, &a->left_over, row->code, area == SIZE_MAX ? "" : a->set.area_name[area],
                              "row %zu: %s is not a number of people", row->line, a->people.value_column);
        else if (area == SIZE_MAX)
            status = add_note(a->ctx, &a->left_over, row->code, "", "row %zu: no area has this code", row->line);
        else if (!isnan(a->set.population[area]))
            status = add_note(a->ctx, &a->left_over, row->code, a->set.area_name[area], "row %zu: the code stands twice; the first was kept",
                              row->line);
        else
            a->set.population[area] = row->people;
    }
    for (size_t i = 0; i < a->set.count && !status; i++) {
        if (isnan(a->set.population[i])) {
            status = add_note(a->ctx, &a->unjoined, a->set.code[i], a->set.area_name[i], "no number of people in the population file");
            continue;
        }
        a->population += a->set.population[i];
        a->with_population++;
    }
    return status;
}

static castmap_status choose_crs(adding *a)
{
    double west = INFINITY, south = INFINITY, east = -INFINITY, north = -INFINITY;

    if (cm_project_crs(a->project)[0])
        return CASTMAP_OK;
    for (size_t i = 0; i < a->set.shape.vertices; i++) {
        west = fmin(west, a->set.shape.x[i]);
        east = fmax(east, a->set.shape.x[i]);
        south = fmin(south, a->set.shape.y[i]);
        north = fmax(north, a->set.shape.y[i]);
    }
    a->decides_crs = true;
    return cm_crs_choose(a->ctx, west, south, east, north, a->source_crs, a->columns.country[0] ? a->columns.country : NULL,
                         &a->choice);
}

static castmap_status describe(adding *a)
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

static const char *field_name(const adding *a, size_t column)
{
    return column == CM_NO_COLUMN ? NULL : a->layer.field[column];
}

static char *parameters_text(const adding *a)
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

static char *inputs_text(const adding *a)
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

static castmap_status keep_crs(adding *a)
{
    cm_projection *working = NULL;
    castmap_status status = cm_project_crs_set(a->ctx, a->project, a->choice.crs, a->choice.name, a->choice.reason,
                                               a->choice.scale_error_ppm);

    if (!status)
        status = cm_projection_new(a->ctx, a->choice.crs, false, &working);
    if (!status)
        status = cm_setting_set(a->ctx, a->project, "proj_operation", cm_projection_operation(working));
    cm_projection_free(working);
    return status;
}

static castmap_status store(adding *a, castmap_boundaries_summary *out)
{
    char *parameters = NULL, *inputs = NULL, *provenance = NULL, line[300];
    int64_t number = 0;
    castmap_status status = cm_run_begin(a->ctx, a->project, "boundaries", &number);

    if (status)
        return status;
    if (a->decides_crs)
        status = keep_crs(a);
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
static castmap_status summarise(adding *a, castmap_boundaries_summary *out)
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

static void move_notes(note_list *from, castmap_area_note **note, size_t *count)
{
    *note = from->note;
    *count = from->count;
    *from = (note_list){0};
}

static castmap_status add_boundaries(adding *a, castmap_boundaries_summary *out)
{
    const cm_vector_options reading = {.layer = a->options->layer};
    cm_polygon_set shapes = CM_POLYGON_SET_INIT;
    castmap_status status = cm_vector_read(a->ctx, a->options->path, &reading, &a->layer);

    if (!status && a->layer.count == 0)
        status = cm_fail(a->ctx, CASTMAP_E_INPUT, "the layer has no features");
    if (!status)
        status = cm_boundary_columns_find(a->ctx, &a->layer, a->options, &a->columns);
    if (!status)
        status = settle_crs(a);
    if (!status)
        status = gather_areas(a, &shapes);
    if (!status)
        status = to_degrees(a, &shapes);
    cm_polygon_set_clear(&shapes);
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
    adding a = {.ctx = ctx, .project = project, .options = options, .choice = {.scale_error_ppm = NAN}};
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
    clear_notes(a.repaired.note, a.repaired.count);
    clear_notes(a.refused.note, a.refused.count);
    clear_notes(a.unjoined.note, a.unjoined.count);
    clear_notes(a.left_over.note, a.left_over.count);
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
    clear_notes(summary->repaired, summary->n_repaired);
    clear_notes(summary->refused, summary->n_refused);
    clear_notes(summary->unjoined, summary->n_unjoined);
    clear_notes(summary->left_over, summary->n_left_over);
    *summary = (castmap_boundaries_summary)CASTMAP_BOUNDARIES_SUMMARY_INIT;
}
