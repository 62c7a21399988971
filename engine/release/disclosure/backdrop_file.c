/*
 * release/disclosure/backdrop_file.c - the map's background out of the GeoJSON files that the caller names.
 *
 * Features are sorted into a few layers by their "kind" or "class"; what has neither is drawn by its shape. Nothing of a feature is kept
 * but its shape and, for places and streets, its name.
 */
#include "release/disclosure/release_inputs.h"

#include "base/fail.h"
#include "base/files.h"
#include "base/memory.h"
#include "release/style/palette.h"

#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#define FILE_LIMIT ((uint64_t)256 << 20)
#define NESTING 24

typedef enum part_of_map { GREEN, WATER, STREAMS, PATHS, STREETS, ROADS, RAIL, PLACE_NAMES, PARTS } part_of_map;

typedef struct look {
    const char *name, *title;
    cm_shape    shape;
    uint32_t    colour;
    double      width_mm;
} look;

static const look LOOKS[PARTS] = {
    [GREEN] = {"green", "Parks and woods", CM_SHAPE_POLYGON, CM_COLOUR_GREEN, 0.0},
    [WATER] = {"water", "Water", CM_SHAPE_POLYGON, CM_COLOUR_WATER, 0.0},
    [STREAMS] = {"streams", "Streams", CM_SHAPE_LINE, CM_COLOUR_WATER, 0.35},
    [PATHS] = {"paths", "Paths", CM_SHAPE_LINE, CM_COLOUR_STREET, 0.12},
    [STREETS] = {"streets", "Streets", CM_SHAPE_LINE, CM_COLOUR_STREET, 0.25},
    [ROADS] = {"roads", "Main roads", CM_SHAPE_LINE, 0xB5AE9FFFu, 0.5},
    [RAIL] = {"rail", "Railway", CM_SHAPE_LINE, CM_COLOUR_RAIL, 0.3},
    [PLACE_NAMES] = {"place_names", "Places", CM_SHAPE_POINT, CM_COLOUR_LABEL, 0.0},
};

/* What one layer of the background gathers. */
typedef struct gathered {
    cm_polygon_set set;    /* degrees; for points one vertex a feature */
    char         **name;   /* owned [count]; entries may be NULL */
    size_t         name_capacity, count;
    bool           failed;
} gathered;

static const char *text_of(struct json_object *object, const char *key)
{
    struct json_object *value;

    return object && json_object_object_get_ex(object, key, &value) && json_object_is_type(value, json_type_string)
               ? json_object_get_string(value) : "";
}

static bool is_one_of(const char *word, const char *const *list)
{
    for (; *list; list++) {
        if (strcmp(word, *list) == 0)
            return true;
    }
    return false;
}

static part_of_map place_of(cm_shape shape, const char *kind, const char *class)
{
    static const char *const WET[] = {"river", "water", "lake", "sea", "canal", NULL};
    static const char *const SMALL[] = {"path", "footway", "lane", "track", "cycleway", NULL};
    static const char *const LARGE[] = {"main", "motorway", "trunk", "primary", "secondary", NULL};
    static const char *const NAMED[] = {"town", "village", "city", "suburb", "hamlet", NULL};

    if (shape == CM_SHAPE_POINT)
        return is_one_of(kind, NAMED) || kind[0] == '\0' ? PLACE_NAMES : PARTS;
    if (shape == CM_SHAPE_POLYGON)
        return is_one_of(kind, WET) ? WATER : GREEN;
    if (strcmp(kind, "stream") == 0 || is_one_of(kind, WET))
        return STREAMS;
    if (strcmp(class, "rail") == 0 || strcmp(kind, "rail") == 0)
        return RAIL;
    return is_one_of(class, SMALL) ? PATHS : is_one_of(class, LARGE) ? ROADS : STREETS;
}

static void add_vertex(gathered *g, struct json_object *pair)
{
    if (!json_object_is_type(pair, json_type_array) || json_object_array_length(pair) < 2) {
        g->failed = true;
        return;
    }
    const double lon = json_object_get_double(json_object_array_get_idx(pair, 0));
    const double lat = json_object_get_double(json_object_array_get_idx(pair, 1));
    if (!(lon >= -180.0 && lon <= 180.0 && lat >= -90.0 && lat <= 90.0) || cm_polygon_set_vertex(&g->set, lon, lat))
        g->failed = true;
}

static void add_ring(gathered *g, struct json_object *line)
{
    if (!json_object_is_type(line, json_type_array) || cm_polygon_set_ring(&g->set)) {
        g->failed = true;
        return;
    }
    for (size_t i = 0; i < json_object_array_length(line) && !g->failed; i++)
        add_vertex(g, json_object_array_get_idx(line, i));
}

static void add_part(gathered *g, struct json_object *part, cm_shape shape)
{
    if (!json_object_is_type(part, json_type_array) || cm_polygon_set_part(&g->set)) {
        g->failed = true;
        return;
    }
    if (shape == CM_SHAPE_LINE) {
        add_ring(g, part);
        return;
    }
    for (size_t i = 0; i < json_object_array_length(part) && !g->failed; i++)
        add_ring(g, json_object_array_get_idx(part, i));
}

static void add_feature(gathered *g, struct json_object *coordinates, cm_shape shape, bool several, const char *name)
{
    if (cm_polygon_set_feature(&g->set) || cm_grow(&g->name, &g->name_capacity, g->count + 1, sizeof *g->name)) {
        g->failed = true;
        return;
    }
    g->name[g->count++] = name[0] ? cm_copy_text(name) : NULL;
    if (shape == CM_SHAPE_POINT) {
        g->failed |= cm_polygon_set_part(&g->set) || cm_polygon_set_ring(&g->set);
        if (!g->failed)
            add_vertex(g, coordinates);
        return;
    }
    for (size_t i = 0; several && i < json_object_array_length(coordinates) && !g->failed; i++)
        add_part(g, json_object_array_get_idx(coordinates, i), shape);
    if (!several)
        add_part(g, coordinates, shape);
}

static void take_feature(gathered *parts, struct json_object *feature)
{
    static const struct {
        const char *type;
        cm_shape    shape;
        bool        several;
    } TYPES[] = {{"Point", CM_SHAPE_POINT, false}, {"LineString", CM_SHAPE_LINE, false},
                 {"MultiLineString", CM_SHAPE_LINE, true}, {"Polygon", CM_SHAPE_POLYGON, false},
                 {"MultiPolygon", CM_SHAPE_POLYGON, true}};
    struct json_object *geometry = NULL, *properties = NULL, *coordinates;

    if (!json_object_object_get_ex(feature, "geometry", &geometry) || !geometry ||
        !json_object_object_get_ex(geometry, "coordinates", &coordinates) ||
        !json_object_is_type(coordinates, json_type_array))
        return;
    json_object_object_get_ex(feature, "properties", &properties);
    for (size_t t = 0; t < sizeof TYPES / sizeof *TYPES; t++) {
        if (strcmp(text_of(geometry, "type"), TYPES[t].type) != 0)
            continue;
        const part_of_map part = place_of(TYPES[t].shape, text_of(properties, "kind"), text_of(properties, "class"));
        if (part != PARTS)
            add_feature(&parts[part], coordinates, TYPES[t].shape, TYPES[t].several, text_of(properties, "name"));
    }
}

static castmap_status read_file(castmap_context *ctx, const char *path, gathered *parts)
{
    char *bytes = NULL;
    size_t length = 0;
    struct json_object *document = NULL, *features;
    castmap_status status = cm_file_read(ctx, path, FILE_LIMIT, &bytes, &length);

    if (status)
        return status;
    struct json_tokener *reader = json_tokener_new_ex(NESTING);
    if (reader && length < INT32_MAX)
        document = json_tokener_parse_ex(reader, bytes, (int)length);
    if (!document || !json_object_object_get_ex(document, "features", &features) ||
        !json_object_is_type(features, json_type_array)) {
        status = cm_fail(ctx, CASTMAP_E_INPUT, "not a GeoJSON FeatureCollection");
        cm_fail_where(ctx, "%s", cm_base_name(path));
        goto done;
    }
    for (size_t i = 0; i < json_object_array_length(features); i++)
        take_feature(parts, json_object_array_get_idx(features, i));
    for (size_t p = 0; p < PARTS && !status; p++) {
        if (parts[p].failed) {
            status = cm_fail(ctx, CASTMAP_E_INPUT, "a shape of the background is not valid");
            cm_fail_where(ctx, "%s", cm_base_name(path));
        }
    }

done:
    if (document)
        json_object_put(document);
    if (reader)
        json_tokener_free(reader);
    free(bytes);
    return status;
}

static castmap_status add_to_release(castmap_context *ctx, const cm_release_inputs *in, cm_release_build *build,
                                     const look *drawn, gathered *g)
{
    const size_t n = g->set.vertices;
    double *x = cm_alloc(n, sizeof *x), *y = cm_alloc(n, sizeof *y);
    castmap_status status = x && y ? cm_projection_forward(ctx, in->projection, n, g->set.x, g->set.y, x, y, NULL)
                                   : cm_fail_memory(ctx);

    if (!status) {
        cm_layer *layer = cm_build_backdrop(build, drawn->name, drawn->title, drawn->shape, g->count);
        castmap_polygons view = cm_polygon_set_view(&g->set);
        view.x = x;
        view.y = y;
        if (drawn->shape == CM_SHAPE_POINT)
            cm_build_points(build, layer, x, y, g->set.x, g->set.y);
        else
            cm_build_shapes(build, layer, &view, g->set.x, g->set.y);
        cm_field *name = cm_build_field(build, layer, CM_FIELD_TEXT, "name", "Name", "", "", 0);
        for (size_t i = 0; i < g->count; i++)
            cm_field_set_text(build, name, i, g->name[i]);
        if (drawn->shape == CM_SHAPE_POINT)
            cm_build_label(layer, "name", 0.0);
        else if (drawn->shape == CM_SHAPE_LINE)
            cm_build_outline(layer, drawn->colour, drawn->width_mm, false);
        else
            cm_build_fill(layer, drawn->colour);
    }
    free(x);
    free(y);
    return status;
}

castmap_status cm_release_backdrop(castmap_context *ctx, const cm_release_inputs *in, cm_release_build *build)
{
    const char *const files[] = {in->options->backdrop, in->options->streets, in->options->places};
    gathered parts[PARTS] = {0};
    castmap_status status = CASTMAP_OK;

    for (size_t f = 0; f < sizeof files / sizeof *files && !status; f++) {
        if (files[f]) {
            status = read_file(ctx, files[f], parts);
            cm_build_source(build, "Background: %s", cm_base_name(files[f]));
        }
    }
    for (size_t p = 0; p < PARTS; p++) {
        if (!status && parts[p].count > 0)
            status = add_to_release(ctx, in, build, &LOOKS[p], &parts[p]);
        for (size_t i = 0; i < parts[p].count; i++)
            free(parts[p].name[i]);
        free(parts[p].name);
        cm_polygon_set_clear(&parts[p].set);
    }
    return status;
}
