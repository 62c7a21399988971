/*
 * release/disclosure/release_view.c - reading a release, and freeing it.
 */
#include "release/disclosure/release_view.h"

#include "castmap/products.h"

#include <stdlib.h>
#include <string.h>

const char *castmap_audience_name(castmap_audience audience)
{
    static const char *const NAMES[] = {"none", "internal", "partner", "public"};

    return (unsigned)audience < sizeof NAMES / sizeof *NAMES ? NAMES[audience] : "unknown";
}

const cm_layer *cm_release_layer(const castmap_release *release, const char *name)
{
    for (size_t i = 0; i < release->n_layers; i++) {
        if (strcmp(release->layers[i].name, name) == 0)
            return &release->layers[i];
    }
    return NULL;
}

const cm_field *cm_layer_field(const cm_layer *layer, const char *name)
{
    for (size_t i = 0; layer && i < layer->n_fields; i++) {
        if (strcmp(layer->fields[i].name, name) == 0)
            return &layer->fields[i];
    }
    return NULL;
}

castmap_audience castmap_release_audience(const castmap_release *release)
{
    return release->audience;
}

const castmap_suppressed *castmap_release_suppressed(const castmap_release *release)
{
    return &release->suppressed;
}

int64_t castmap_release_number(const castmap_release *release)
{
    return release->number;
}

size_t castmap_release_layers(const castmap_release *release)
{
    return release->n_layers;
}

const char *castmap_release_layer_name(const castmap_release *release, size_t i)
{
    return i < release->n_layers ? release->layers[i].name : NULL;
}

const char *castmap_release_layer_title(const castmap_release *release, size_t i)
{
    return i < release->n_layers ? release->layers[i].title : NULL;
}

size_t castmap_release_layer_features(const castmap_release *release, size_t i)
{
    return i < release->n_layers ? release->layers[i].count : 0;
}

static void clear_style(cm_style *style)
{
    for (size_t i = 0; i < style->n_classes; i++)
        free(style->classes[i].label);
    free(style->classes);
    free(style->legend_title);
}

static void clear_field(cm_field *field, size_t count)
{
    for (size_t i = 0; field->text && !field->pool && i < count; i++)
        free(field->text[i]);
    free(field->text);
    free(field->pool);
    free(field->integer);
    free(field->real);
    free(field->name);
    free(field->title);
    free(field->description);
    free(field->unit);
}

static void clear_layer(cm_layer *layer)
{
    for (size_t i = 0; i < layer->n_fields; i++)
        clear_field(&layer->fields[i], layer->count);
    free(layer->fields);
    free(layer->name);
    free(layer->title);
    free(layer->description);
    free(layer->part_start);
    free(layer->ring_start);
    free(layer->vertex_start);
    free(layer->x);
    free(layer->y);
    free(layer->lon);
    free(layer->lat);
    free(layer->label_x);
    free(layer->label_y);
    clear_style(&layer->style);
}

static void clear_lines(char **lines, size_t n)
{
    for (size_t i = 0; i < n; i++)
        free(lines[i]);
    free(lines);
}

void castmap_release_free(castmap_release *release)
{
    if (!release)
        return;
    for (size_t i = 0; i < release->n_layers; i++)
        clear_layer(&release->layers[i]);
    for (size_t i = 0; i < release->n_backdrop; i++)
        clear_layer(&release->backdrop[i]);
    free(release->layers);
    free(release->backdrop);
    clear_lines(release->sources, release->n_sources);
    clear_lines(release->caveats, release->n_caveats);
    clear_lines(release->methods, release->n_methods);
    for (size_t i = 0; i < release->n_facts; i++) {
        free(release->facts[i].title);
        free(release->facts[i].value);
        free(release->facts[i].note);
    }
    free(release->facts);
    free(release->surface.values);
    free(release->surface.classes);
    free(release->surface.breaks);
    free(release->surface.title);
    free(release->surface.description);
    free(release->surface.unit);
    clear_style(&release->surface.style);
    free(release->title);
    free(release->subtitle);
    free(release->audience_mark);
    free(release->data_dates);
    free(release->coverage);
    free(release->crs);
    free(release->crs_name);
    free(release->crs_wkt);
    free(release->provenance);
    free(release);
}
