/*
 * runs/boundary_areas.c - from the features of a layer to the areas of a set.
 *
 *   1. source_crs    which system the numbers are in; a guess is only made where the format fixes it
 *   2. gather_areas  features sorted by code, those of one code and name joined, outlines repaired in the file's own coordinates, so that no
 *                    step moves a vertex before its validity is judged
 *   3. to_degrees    all vertices at once; areas without a place on earth, and slivers, are refused
 *
 * Nothing is dropped in silence: whatever does not become an area is in the list of refusals.
 */
#include "runs/boundary_areas.h"

#include "base/fail.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "runs/source_crs.h"
#include "space/geometry/geos.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define METRES_PER_DEGREE 111320.0
#define SLIVER_M2 1.0

void cm_boundary_notes_clear(castmap_area_note *note, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free(note[i].code);
        free(note[i].name);
        free(note[i].note);
    }
    free(note);
}

castmap_status cm_boundary_note(castmap_context *ctx, cm_note_list *list, const char *code, const char *name, const char *format, ...)
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

static const char *value_of(const cm_adding *a, size_t feature, size_t column)
{
    const char *value = column == CM_NO_COLUMN ? NULL : a->layer.feature[feature].value[column];

    return value && value[0] ? value : NULL;
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

static castmap_status find_candidates(cm_adding *a, candidate *list, size_t *n)
{
    castmap_status status = CASTMAP_OK;

    *n = 0;
    for (size_t i = 0; i < a->layer.count && !status; i++) {
        const cm_vector_feature *f = &a->layer.feature[i];
        const char *code = value_of(a, i, a->columns.code), *name = value_of(a, i, a->columns.name);

        if (f->problem)
            status = cm_boundary_note(a->ctx, &a->refused, code, name, "feature %zu %s", f->number, f->problem);
        else if (!code || strlen(code) > 64)
            status = cm_boundary_note(a->ctx, &a->refused, NULL, name, "feature %zu has no %s in column %s", f->number,
                              code ? "usable code" : "code", a->layer.field[a->columns.code]);
        else
            list[(*n)++] = (candidate){code, i};
    }
    qsort(list, *n, sizeof *list, by_code);
    return status;
}

/* The outlines of features of one code as one feature; true where something was taken. */
static castmap_status collect(cm_adding *a, const candidate *group, size_t n, cm_polygon_set *raw)
{
    const char *name = value_of(a, group[0].feature, a->columns.name);
    cm_polygon_set parts = CM_POLYGON_SET_INIT;
    castmap_status status = CASTMAP_OK;
    size_t taken = 0;

    for (size_t i = 0; i < n && !status; i++) {
        const cm_vector_feature *f = &a->layer.feature[group[i].feature];
        const char *other = value_of(a, group[i].feature, a->columns.name);

        if (i > 0 && (!name != !other || (name && strcmp(name, other) != 0))) {
            status = cm_boundary_note(a->ctx, &a->refused, group[i].code, other, "feature %zu has the code of another area (feature %zu)",
                              f->number, a->layer.feature[group[0].feature].number);
            continue;
        }
        status = cm_polygon_set_add_wkb(a->ctx, &parts, f->wkb, f->wkb_length);
        if (status == CASTMAP_E_DATA) {
            cm_fail_clear(a->ctx);
            status = cm_boundary_note(a->ctx, &a->refused, group[i].code, other,
                              "feature %zu is not a well-formed polygon (too few points, or a ring that does not close)", f->number);
        } else if (!status) {
            taken++;
        }
    }
    if (!status && taken > 1)
        status = cm_boundary_note(a->ctx, &a->repaired, group[0].code, name, "%zu features of this code were joined into one area", taken);
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
static castmap_status append_area(cm_adding *a, const char *code, const char *name, const char *parent, bool repaired)
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

static castmap_status add_group(cm_adding *a, const candidate *group, size_t n, cm_polygon_set *shapes)
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
        status = cm_boundary_note(a->ctx, &a->refused, code, name, "nothing with an area is left of it: %s",
                          reason[0] ? in_words(reason, words) : "its geometry is empty");
        goto done;
    }
    if (reason[0])
        status = cm_boundary_note(a->ctx, &a->repaired, code, name, "%s, repaired", in_words(reason, words));
    if (!status)
        status = append_area(a, code, name, value_of(a, group[0].feature, a->columns.parent), reason[0] != '\0');

done:
    cm_polygon_set_clear(&raw);
    return status;
}

static castmap_status reserve_areas(cm_adding *a, size_t n)
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

static castmap_status gather_areas(cm_adding *a, cm_polygon_set *shapes)
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
/* Drawn from 179 to -179 degrees an area would be a band around the earth, and cut in two it still has no extent that could be told. */
static bool over_the_far_meridian(const castmap_polygons *p, size_t from, size_t to)
{
    double west = INFINITY, east = -INFINITY;

    for (size_t v = from; v < to; v++) {
        west = fmin(west, p->x[v]);
        east = fmax(east, p->x[v]);
    }
    return east - west > 180.0;
}

static castmap_status keep_placed(cm_adding *a, const cm_polygon_set *shapes, const bool *ok)
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
        const bool far = placed && over_the_far_meridian(&p, from, to);
        const bool sliver = placed && rough_area_m2(&p, i) < SLIVER_M2;
        if (!placed || sliver || far) {
            status = far      ? cm_boundary_note(a->ctx, &a->refused, s->code[i], s->area_name[i],
                                                 "it reaches over the 180th meridian, or half around the earth")
                     : placed ? cm_boundary_note(a->ctx, &a->refused, s->code[i], s->area_name[i], "a sliver of less than a square metre")
                            : cm_boundary_note(a->ctx, &a->refused, s->code[i], s->area_name[i],
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

static castmap_status to_degrees(cm_adding *a, cm_polygon_set *shapes)
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

castmap_status cm_boundary_areas_make(cm_adding *a)
{
    cm_polygon_set shapes = CM_POLYGON_SET_INIT;
    castmap_status status = cm_source_crs(a->ctx, &a->layer, a->options->crs, a->source_crs, &a->source);

    if (!status)
        status = gather_areas(a, &shapes);
    if (!status)
        status = to_degrees(a, &shapes);
    cm_polygon_set_clear(&shapes);
    return status;
}
