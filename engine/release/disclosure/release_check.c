/*
 * release/disclosure/release_check.c - the last door: what a finished release may hold, whoever built it.
 */
#include "release/disclosure/release_check.h"

#include "base/fail.h"

#include <math.h>
#include <string.h>

/* What partner and public may get. Vertices of a lattice layer are corners of cells; the others come from the council's borders or,
 * for heat, from published cells alone (release/disclosure/heat_cells.h). */
typedef struct allowed_layer {
    const char *name;
    bool        lattice;
    bool        lines;  /* between the middles of areas, see check_flows() */
    const char *fields[16];
} allowed_layer;

static const allowed_layer ALLOWED[] = {
    {"areas", false, false, {"code", "name", "parent", "count", "class", "label", "area_km2", "cells_km2",
                      "density_per_km2", "population", "rate_per_1000", NULL}},
    {"boundaries", false, false, {"code", "name", "parent", NULL}},
    {"cells", true, false, {"cell", "side_m", "count", "density_per_km2", "class", "label", NULL}},
    {"flow_areas", false, false, {"code", "name", "parent", "leaving", "arriving", NULL}},
    {"flows", false, true, {"from_code", "from_name", "to_code", "to_name", "count", "class", "label", NULL}},
    {"places", true, false, {"number", "name", "count", "cells", "label", NULL}},
    {"stretches", false, true, {"street", NULL}}, /* in shown squares, see check_stretches() */
    {"track_stretches", false, true, {"street", "people", "class", NULL}}, /* in squares of the lattice, see check_tracks() */
    {"heat", false, false, {"class", "label", "lower_per_km2", "upper_per_km2", NULL}},
};

/* "flows_01": flows of a part of the period. */
static bool is_flow_slice(const char *name)
{
    return strncmp(name, "flows_", 6) == 0 && strspn(name + 6, "0123456789") == 2 && name[8] == '\0';
}

static const allowed_layer *find_allowed(const char *name)
{
    if (is_flow_slice(name))
        name = "flows";
    for (size_t i = 0; i < sizeof ALLOWED / sizeof *ALLOWED; i++) {
        if (strcmp(ALLOWED[i].name, name) == 0)
            return &ALLOWED[i];
    }
    return NULL;
}

static bool on_lattice(double value, double side_m)
{
    return fabs(value - side_m * round(value / side_m)) < 1e-6;
}

static castmap_status check_layer(castmap_context *ctx, const cm_layer *layer, double lattice_m)
{
    const allowed_layer *allowed = find_allowed(layer->name);

    if (!allowed)
        return cm_fail(ctx, CASTMAP_E_RELEASE, "layer \"%s\" may not leave the project", layer->name);
    if (layer->shape != (allowed->lines ? CM_SHAPE_LINE : CM_SHAPE_POLYGON))
        return cm_fail(ctx, CASTMAP_E_RELEASE, "layer \"%s\" holds points or lines; only whole cells and areas may leave",
                       layer->name);
    for (size_t f = 0; f < layer->n_fields; f++) {
        size_t k = 0;
        while (allowed->fields[k] && strcmp(allowed->fields[k], layer->fields[f].name) != 0)
            k++;
        if (!allowed->fields[k])
            return cm_fail(ctx, CASTMAP_E_RELEASE, "field \"%s\" of layer \"%s\" may not leave the project",
                           layer->fields[f].name, layer->name);
    }
    for (size_t i = 0; allowed->lattice && i < layer->n_vertices; i++) {
        if (!(lattice_m > 0.0) || !on_lattice(layer->x[i], lattice_m) || !on_lattice(layer->y[i], lattice_m))
            return cm_fail(ctx, CASTMAP_E_RELEASE, "layer \"%s\" has a vertex that is no corner of a cell", layer->name);
    }
    return CASTMAP_OK;
}

static bool is_middle(const cm_layer *areas, double x, double y)
{
    for (size_t i = 0; areas && areas->label_x && i < areas->count; i++) {
        if (fabs(areas->label_x[i] - x) < 1e-6 && fabs(areas->label_y[i] - y) < 1e-6)
            return true;
    }
    return false;
}

/* A flow runs from the middle of one area to the middle of another, never from where somebody was. */
static castmap_status check_flow_layer(castmap_context *ctx, const castmap_release *release, const cm_layer *flows)
{
    const cm_layer *areas = cm_release_layer(release, "flow_areas");

    for (size_t f = 0; flows && f < flows->count; f++) {
        const size_t ring = flows->ring_start[flows->part_start[f]];
        const size_t first = flows->vertex_start[ring], last = flows->vertex_start[ring + 1] - 1;
        if (flows->part_start[f + 1] != flows->part_start[f] + 1 || flows->ring_start[flows->part_start[f] + 1] != ring + 1 || last <= first ||
            !is_middle(areas, flows->x[first], flows->y[first]) || !is_middle(areas, flows->x[last], flows->y[last]))
            return cm_fail(ctx, CASTMAP_E_RELEASE, "layer \"%s\" has a line that does not join the middles of two areas", flows->name);
    }
    return CASTMAP_OK;
}

static bool holds_pair(const cm_layer *flows, const char *from, const char *to)
{
    const cm_field *a = cm_layer_field(flows, "from_code"), *b = cm_layer_field(flows, "to_code");

    for (size_t f = 0; a && b && f < flows->count; f++) {
        if (a->text[f] && b->text[f] && strcmp(a->text[f], from) == 0 && strcmp(b->text[f], to) == 0)
            return true;
    }
    return false;
}

/* Every part of a period shows the same pairs, all of them in the whole: a sum less the parts shown would be a part that is not. */
static castmap_status check_flows(castmap_context *ctx, const castmap_release *release)
{
    const cm_layer *whole = cm_release_layer(release, "flows"), *first = cm_release_layer(release, "flows_01");
    castmap_status status = check_flow_layer(ctx, release, whole);

    for (size_t i = 0; i < release->n_layers && !status; i++) {
        const cm_layer *part = &release->layers[i];
        if (!is_flow_slice(part->name))
            continue;
        status = check_flow_layer(ctx, release, part);
        const cm_field *a = cm_layer_field(part, "from_code"), *b = cm_layer_field(part, "to_code");
        bool same = whole && first && a && b && part->count == first->count;
        for (size_t f = 0; same && f < part->count; f++)
            same = a->text[f] && b->text[f] && holds_pair(first, a->text[f], b->text[f]) && holds_pair(whole, a->text[f], b->text[f]);
        if (!status && !same)
            status = cm_fail(ctx, CASTMAP_E_RELEASE, "layer \"%s\" shows other flows than the other parts of the period", part->name);
    }
    return status;
}

/* Is the whole feature inside one square of "cells" that is at most 2 km wide? */
static bool in_a_cell(const cm_layer *cells, const cm_layer *layer, size_t first, size_t last)
{
    double west = INFINITY, south = INFINITY, east = -INFINITY, north = -INFINITY;

    for (size_t v = first; v < last; v++) {
        west = fmin(west, layer->x[v]);
        east = fmax(east, layer->x[v]);
        south = fmin(south, layer->y[v]);
        north = fmax(north, layer->y[v]);
    }
    for (size_t c = 0; cells && c < cells->count; c++) {
        const size_t from = cells->vertex_start[cells->ring_start[cells->part_start[c]]], to = cells->vertex_start[cells->ring_start[cells->part_start[c] + 1]];
        double w = INFINITY, s = INFINITY, e = -INFINITY, n = -INFINITY;
        for (size_t v = from; v < to; v++) {
            w = fmin(w, cells->x[v]);
            e = fmax(e, cells->x[v]);
            s = fmin(s, cells->y[v]);
            n = fmax(n, cells->y[v]);
        }
        if (e - w <= 2000.0 + 1e-6 && west >= w - 1e-6 && east <= e + 1e-6 && south >= s - 1e-6 && north <= n + 1e-6)
            return true;
    }
    return false;
}

/* A street is shown over at least the width of a base cell, inside one square whose count is shown. */
static castmap_status check_stretches(castmap_context *ctx, const castmap_release *release, double lattice_m)
{
    const cm_layer *stretches = cm_release_layer(release, "stretches"), *cells = cm_release_layer(release, "cells");

    for (size_t f = 0; stretches && f < stretches->count; f++) {
        const size_t ring = stretches->ring_start[stretches->part_start[f]], end = stretches->ring_start[stretches->part_start[f + 1]];
        double length = 0.0;
        for (size_t r = ring; r < end; r++)
            for (size_t v = stretches->vertex_start[r] + 1; v < stretches->vertex_start[r + 1]; v++)
                length += hypot(stretches->x[v] - stretches->x[v - 1], stretches->y[v] - stretches->y[v - 1]);
        if (end == ring || length < lattice_m - 1e-3 || !in_a_cell(cells, stretches, stretches->vertex_start[ring], stretches->vertex_start[end]))
            return cm_fail(ctx, CASTMAP_E_RELEASE, "layer \"stretches\" has a line that is shorter than a square or leaves the one it belongs to");
    }
    return CASTMAP_OK;
}

/* A street that tracks passed is shown over at least the width of a base cell, inside one square of 2 km of the lattice. */
static castmap_status check_tracks(castmap_context *ctx, const castmap_release *release, double lattice_m)
{
    const cm_layer *layer = cm_release_layer(release, "track_stretches");

    for (size_t f = 0; layer && f < layer->count; f++) {
        const size_t ring = layer->ring_start[layer->part_start[f]], end = layer->ring_start[layer->part_start[f + 1]];
        double length = 0.0, west = INFINITY, south = INFINITY, east = -INFINITY, north = -INFINITY;
        for (size_t r = ring; r < end; r++) {
            for (size_t v = layer->vertex_start[r]; v < layer->vertex_start[r + 1]; v++) {
                if (v > layer->vertex_start[r])
                    length += hypot(layer->x[v] - layer->x[v - 1], layer->y[v] - layer->y[v - 1]);
                west = fmin(west, layer->x[v]);
                east = fmax(east, layer->x[v]);
                south = fmin(south, layer->y[v]);
                north = fmax(north, layer->y[v]);
            }
        }
        const double w = 2000.0 * floor((west + 1e-6) / 2000.0), s = 2000.0 * floor((south + 1e-6) / 2000.0);
        if (end == ring || length < lattice_m - 1e-3 || !(east <= w + 2000.0 + 1e-6) || !(north <= s + 2000.0 + 1e-6))
            return cm_fail(ctx, CASTMAP_E_RELEASE, "layer \"track_stretches\" has a line that is shorter than a square or leaves the one it belongs to");
    }
    return CASTMAP_OK;
}

/* Every array a product will read must be there. */
static bool is_whole(const cm_layer *layer)
{
    const bool shapes = layer->shape == CM_SHAPE_POINT || (layer->part_start && layer->ring_start && layer->vertex_start);

    return layer->x && layer->y && layer->lon && layer->lat && shapes;
}

castmap_status cm_release_check(castmap_context *ctx, const castmap_release *release, double lattice_m)
{
    for (size_t i = 0; i < release->n_layers + release->n_backdrop; i++) {
        const cm_layer *layer = i < release->n_layers ? &release->layers[i] : &release->backdrop[i - release->n_layers];
        if (!is_whole(layer))
            return cm_fail(ctx, CASTMAP_E_INTERNAL, "layer \"%s\" has no geometry", layer->name);
    }
    if (release->audience == CASTMAP_INTERNAL)
        return CASTMAP_OK;
    if (release->has_surface && (release->surface.values || release->surface.n_breaks > 5))
        return cm_fail(ctx, CASTMAP_E_RELEASE, "the heat surface itself may not leave the project, only its classes");
    castmap_status status = CASTMAP_OK;
    for (size_t i = 0; i < release->n_layers; i++) {
        status = check_layer(ctx, &release->layers[i], lattice_m);
        if (status)
            return status;
    }
    status = check_flows(ctx, release);
    if (!status)
        status = check_stretches(ctx, release, lattice_m);
    return status ? status : check_tracks(ctx, release, lattice_m);
}
