/*
 * release/disclosure/release_build.c - fill a release piece by piece, and look at it once more before it may leave.
 *
 * Rooms for layers and fields are fixed at the start, so that pointers to them stay valid. The checks at the end do not replace
 * the policy: they catch a later change that puts something into a release that its audience must never get.
 */
#include "release/disclosure/release_build.h"

#include "base/decimal.h"
#include "base/fail.h"
#include "base/memory.h"
#include "base/text.h"
#include "release/disclosure/release_check.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LAYERS 16
#define FIELDS 32
#define LINE_SIZE 1024

static const char *const MARKS[] = {"", "INTERNAL - do not pass on", "PARTNER - for the named organisations only", "PUBLIC"};

void cm_build_begin(cm_release_build *build, castmap_audience audience)
{
    castmap_release *release = cm_alloc_zero(1, sizeof *release);

    *build = (cm_release_build){.release = release, .failed = !release};
    if (!release)
        return;
    release->audience = audience;
    release->layers = cm_alloc_zero(LAYERS, sizeof *release->layers);
    release->backdrop = cm_alloc_zero(LAYERS, sizeof *release->backdrop);
    build->failed = !release->layers || !release->backdrop;
    release->west = release->south = release->east = release->north = NAN;
    release->west_deg = release->south_deg = release->east_deg = release->north_deg = NAN;
    cm_build_text(build, &release->audience_mark, (unsigned)audience < 4 ? MARKS[audience] : "");
    char **const texts[] = {&release->title, &release->subtitle, &release->data_dates, &release->crs, &release->crs_name,
                            &release->crs_wkt, &release->provenance};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        cm_build_text(build, texts[i], NULL);
}

void cm_build_discard(cm_release_build *build)
{
    castmap_release_free(build->release);
    *build = (cm_release_build){0};
}

void cm_build_text(cm_release_build *build, char **slot, const char *text)
{
    char *copy = cm_copy_text(text ? text : "");

    if (!copy) {
        build->failed = true;
        return;
    }
    free(*slot);
    *slot = copy;
}

void cm_build_textf(cm_release_build *build, char **slot, const char *format, ...)
{
    char line[LINE_SIZE];
    va_list values;

    va_start(values, format);
    vsnprintf(line, sizeof line, format, values);
    va_end(values);
    cm_build_text(build, slot, line);
}

static void add_line(cm_release_build *build, char ***lines, size_t *n, const char *line, bool once)
{
    for (size_t i = 0; once && i < *n; i++) {
        if (strcmp((*lines)[i], line) == 0)
            return;
    }
    char **grown = realloc(*lines, (*n + 1) * sizeof **lines);
    char *copy = cm_copy_text(line);
    if (grown)
        *lines = grown;
    if (!grown || !copy) {
        free(copy);
        build->failed = true;
        return;
    }
    grown[(*n)++] = copy;
}

#define ADD_LINE(list, count, once) \
    do { \
        char line[LINE_SIZE]; \
        va_list values; \
        if (!build->release) \
            return; \
        va_start(values, format); \
        vsnprintf(line, sizeof line, format, values); \
        va_end(values); \
        add_line(build, &build->release->list, &build->release->count, line, once); \
    } while (0)

void cm_build_source(cm_release_build *build, const char *format, ...)
{
    ADD_LINE(sources, n_sources, true);
}

void cm_build_caveat(cm_release_build *build, const char *format, ...)
{
    ADD_LINE(caveats, n_caveats, true);
}

void cm_build_method(cm_release_build *build, const char *format, ...)
{
    ADD_LINE(methods, n_methods, true);
}

void cm_build_fact(cm_release_build *build, const char *title, const char *value, const char *note)
{
    castmap_release *release = build->release;
    cm_fact *grown;

    if (!release)
        return;
    grown = realloc(release->facts, (release->n_facts + 1) * sizeof *grown);
    if (!grown) {
        build->failed = true;
        return;
    }
    release->facts = grown;
    cm_fact *fact = &grown[release->n_facts++];
    *fact = (cm_fact){0};
    cm_build_text(build, &fact->title, title);
    cm_build_text(build, &fact->value, value);
    cm_build_text(build, &fact->note, note);
}

void cm_build_fact_count(cm_release_build *build, const char *title, int64_t value, const char *note)
{
    char text[CM_DECIMAL_SIZE];

    cm_decimal_grouped(value, text);
    cm_build_fact(build, title, text, note);
}

static cm_layer *add_layer(cm_release_build *build, cm_layer *list, size_t *n, const char *name, const char *title,
                           const char *description, cm_shape shape, size_t count)
{
    if (build->failed)
        return NULL;
    if (*n == LAYERS) {
        build->failed = true;
        return NULL;
    }
    cm_layer *layer = &list[(*n)++];
    *layer = (cm_layer){.shape = shape, .count = count, .visible = true};
    layer->style.class_field = layer->style.label_field = -1;
    layer->fields = cm_alloc_zero(FIELDS, sizeof *layer->fields);
    build->failed = !layer->fields;
    cm_build_text(build, &layer->name, name);
    cm_build_text(build, &layer->title, title);
    cm_build_text(build, &layer->description, description);
    cm_build_text(build, &layer->style.legend_title, title);
    return build->failed ? NULL : layer;
}

cm_layer *cm_build_layer(cm_release_build *build, const char *name, const char *title, const char *description,
                         cm_shape shape, size_t count)
{
    return build->failed ? NULL
                         : add_layer(build, build->release->layers, &build->release->n_layers, name, title, description,
                                     shape, count);
}

cm_layer *cm_build_backdrop(cm_release_build *build, const char *name, const char *title, cm_shape shape, size_t count)
{
    return build->failed ? NULL
                         : add_layer(build, build->release->backdrop, &build->release->n_backdrop, name, title, "",
                                     shape, count);
}

static void *copy_array(cm_release_build *build, const void *from, size_t n, size_t size)
{
    void *copy = cm_alloc(n ? n : 1, size);

    if (!copy)
        build->failed = true;
    else if (n > 0)
        memcpy(copy, from, n * size);
    return copy;
}

static void copy_vertices(cm_release_build *build, cm_layer *layer, size_t n, const double *x, const double *y,
                          const double *lon, const double *lat)
{
    layer->n_vertices = n;
    layer->x = copy_array(build, x, n, sizeof *x);
    layer->y = copy_array(build, y, n, sizeof *y);
    layer->lon = copy_array(build, lon, n, sizeof *lon);
    layer->lat = copy_array(build, lat, n, sizeof *lat);
}

void cm_build_shapes(cm_release_build *build, cm_layer *layer, const castmap_polygons *metres, const double *lon,
                     const double *lat)
{
    static const size_t NOTHING[1] = {0};

    if (!layer || build->failed)
        return;
    /* An empty set may come without its arrays. */
    const size_t *part_start = layer->count > 0 ? metres->part_start : NOTHING;
    const size_t parts = part_start[layer->count];
    const size_t *ring_start = parts > 0 ? metres->ring_start : NOTHING;
    const size_t rings = ring_start[parts];
    const size_t *vertex_start = rings > 0 ? metres->vertex_start : NOTHING;

    layer->part_start = copy_array(build, part_start, layer->count + 1, sizeof *part_start);
    layer->ring_start = copy_array(build, ring_start, parts + 1, sizeof *ring_start);
    layer->vertex_start = copy_array(build, vertex_start, rings + 1, sizeof *vertex_start);
    copy_vertices(build, layer, vertex_start[rings], metres->x, metres->y, lon, lat);
}

void cm_build_points(cm_release_build *build, cm_layer *layer, const double *x, const double *y, const double *lon,
                     const double *lat)
{
    if (layer && !build->failed)
        copy_vertices(build, layer, layer->count, x, y, lon, lat);
}

void cm_build_label_points(cm_release_build *build, cm_layer *layer, const double *x, const double *y)
{
    if (!layer || build->failed)
        return;
    layer->label_x = copy_array(build, x, layer->count, sizeof *x);
    layer->label_y = copy_array(build, y, layer->count, sizeof *y);
}

cm_field *cm_build_field(cm_release_build *build, cm_layer *layer, cm_field_type type, const char *name,
                         const char *title, const char *description, const char *unit, int digits)
{
    if (!layer || build->failed)
        return NULL;
    if (layer->n_fields == FIELDS) {
        build->failed = true;
        return NULL;
    }
    cm_field *field = &layer->fields[layer->n_fields++];
    const size_t n = layer->count ? layer->count : 1;

    *field = (cm_field){.type = type, .digits = digits};
    cm_build_text(build, &field->name, name);
    cm_build_text(build, &field->title, title);
    cm_build_text(build, &field->description, description);
    cm_build_text(build, &field->unit, unit);
    if (type == CM_FIELD_INTEGER)
        field->integer = cm_alloc(n, sizeof *field->integer);
    else if (type == CM_FIELD_REAL)
        field->real = cm_alloc(n, sizeof *field->real);
    else
        field->text = cm_alloc_zero(n, sizeof *field->text);
    if (!field->integer && !field->real && !field->text) {
        build->failed = true;
        return NULL;
    }
    for (size_t i = 0; i < n; i++) {
        if (field->integer)
            field->integer[i] = INT64_MIN;
        if (field->real)
            field->real[i] = NAN;
    }
    return build->failed ? NULL : field;
}

void cm_field_set_integer(cm_field *field, size_t i, int64_t value)
{
    if (field)
        field->integer[i] = value;
}

void cm_field_set_real(cm_field *field, size_t i, double value)
{
    if (field)
        field->real[i] = value;
}

void cm_field_set_text(cm_release_build *build, cm_field *field, size_t i, const char *value)
{
    if (field && value)
        cm_build_text(build, &field->text[i], value);
}

int cm_build_field_index(const cm_layer *layer, const char *name)
{
    for (size_t i = 0; layer && i < layer->n_fields; i++) {
        if (strcmp(layer->fields[i].name, name) == 0)
            return (int)i;
    }
    return -1;
}

void cm_build_class(cm_release_build *build, cm_style *style, double lower, double upper, const char *label,
                    uint32_t rgba, bool hatched)
{
    cm_class *grown = realloc(style->classes, (style->n_classes + 1) * sizeof *grown);

    if (!grown) {
        build->failed = true;
        return;
    }
    style->classes = grown;
    cm_class *added = &grown[style->n_classes++];
    *added = (cm_class){.lower = lower, .upper = upper, .rgba = rgba, .hatched = hatched};
    cm_build_text(build, &added->label, label);
}

void cm_build_colour_by(cm_release_build *build, cm_layer *layer, const char *class_field, const char *legend_title)
{
    if (!layer)
        return;
    layer->style.class_field = cm_build_field_index(layer, class_field);
    cm_build_text(build, &layer->style.legend_title, legend_title);
}

void cm_build_outline(cm_layer *layer, uint32_t stroke_rgba, double stroke_mm, bool dashed)
{
    if (!layer)
        return;
    layer->style.stroke_rgba = stroke_rgba;
    layer->style.stroke_mm = stroke_mm;
    layer->style.dashed = dashed;
}

void cm_build_fill(cm_layer *layer, uint32_t fill_rgba)
{
    if (layer)
        layer->style.fill_rgba = fill_rgba;
}

void cm_build_label(cm_layer *layer, const char *field, double min_label_mm)
{
    if (!layer)
        return;
    layer->style.label_field = cm_build_field_index(layer, field);
    layer->style.min_label_mm = min_label_mm;
}

bool cm_build_surface(cm_release_build *build, const castmap_grid *grid, bool with_values, const double *breaks,
                      size_t n_breaks)
{
    if (build->failed)
        return false;
    cm_surface *surface = &build->release->surface;
    const size_t cells = grid->columns * grid->rows;

    surface->grid = *grid;
    surface->classes = cm_alloc_zero(cells, sizeof *surface->classes);
    surface->values = with_values ? cm_alloc_zero(cells, sizeof *surface->values) : NULL;
    surface->breaks = copy_array(build, breaks, n_breaks, sizeof *breaks);
    surface->n_breaks = n_breaks;
    surface->style.class_field = surface->style.label_field = -1;
    cm_build_text(build, &surface->title, NULL);
    cm_build_text(build, &surface->description, NULL);
    cm_build_text(build, &surface->unit, NULL);
    cm_build_text(build, &surface->style.legend_title, NULL);
    if (!surface->classes || (with_values && !surface->values))
        build->failed = true;
    build->release->has_surface = true;
    return !build->failed;
}

void cm_build_extent(cm_release_build *build, double west, double south, double east, double north, double west_deg,
                     double south_deg, double east_deg, double north_deg)
{
    castmap_release *release = build->release;

    if (!release)
        return;
    release->west = west;
    release->south = south;
    release->east = east;
    release->north = north;
    release->west_deg = west_deg;
    release->south_deg = south_deg;
    release->east_deg = east_deg;
    release->north_deg = north_deg;
}

castmap_status cm_build_finish(castmap_context *ctx, cm_release_build *build, castmap_release **out)
{
    castmap_status status;

    if (build->failed) {
        cm_build_discard(build);
        return cm_fail_memory(ctx);
    }
    if (build->release->audience < CASTMAP_INTERNAL || build->release->audience > CASTMAP_PUBLIC)
        status = cm_fail(ctx, CASTMAP_E_ARGUMENT, "no audience named");
    else
        status = cm_release_check(ctx, build->release, build->lattice_m);
    if (status) {
        cm_build_discard(build);
        return status;
    }
    *out = build->release;
    *build = (cm_release_build){0};
    return CASTMAP_OK;
}
