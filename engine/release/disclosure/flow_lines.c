/* release/disclosure/flow_lines.c */
#include "release/disclosure/flow_lines.h"

#include "base/fail.h"
#include "base/memory.h"
#include "castmap/areas.h"
#include "release/style/palette.h"

#include <stdlib.h>
#include <string.h>

#define CROWDED 100      /* flows; with more, the smallest are drawn paler */
#define STEPS 24         /* of a curve */
#define BEND 0.18        /* of its length, how far its control point lies off the straight line */
#define LEAST_MM 0.35
#define MORE_MM 0.5      /* from class to class */

static int most_first(const void *left, const void *right)
{
    const cm_shown_flow *a = left, *b = right;

    if (a->count != b->count)
        return a->count < b->count ? 1 : -1;
    if (a->from != b->from)
        return a->from < b->from ? -1 : 1;
    return (a->to > b->to) - (a->to < b->to);
}

void cm_flow_list_sort(cm_flow_list *list)
{
    if (list->count > 1)
        qsort(list->flow, list->count, sizeof *list->flow, most_first);
}

static bool find_area(const cm_flow_layer *layer, const char *code, uint32_t *out)
{
    for (size_t i = 0; i < layer->n_areas; i++) {
        if (strcmp(layer->code[i], code) == 0) {
            *out = (uint32_t)i;
            return true;
        }
    }
    return false;
}

castmap_status cm_flow_ends(castmap_context *ctx, const cm_flow_layer *layer, const cm_published_flow *published, cm_shown_flow *flow)
{
    if (find_area(layer, published->from, &flow->from) && find_area(layer, published->to, &flow->to))
        return CASTMAP_OK;
    return cm_fail(ctx, CASTMAP_E_PROJECT, "a flow of an earlier release names an area that is not there");
}

/* Of a quadratic curve: P(t) = (1-t)^2 A + 2 t (1-t) C + t^2 B. */
static int add_curve(cm_polygon_set *set, double ax, double ay, double bx, double by, double bend)
{
    const double cx = (ax + bx) / 2.0 + bend * (by - ay), cy = (ay + by) / 2.0 - bend * (bx - ax);
    int failed = cm_polygon_set_feature(set) || cm_polygon_set_part(set) || cm_polygon_set_ring(set);

    for (int k = 0; k <= STEPS && !failed; k++) {
        const double t = (double)k / STEPS, u = 1.0 - t;
        const double x = k == STEPS ? bx : u * u * ax + 2.0 * t * u * cx + t * t * bx;
        const double y = k == STEPS ? by : u * u * ay + 2.0 * t * u * cy + t * t * by;
        failed = cm_polygon_set_vertex(set, x, y);
    }
    return failed;
}

/* At the edge of the world a bend may lead out of it. */
static castmap_status curve_fits(castmap_context *ctx, const cm_release_inputs *in, const cm_flow_inputs *flows, uint32_t from, uint32_t to, double bend, bool *fits)
{
    cm_polygon_set line = CM_POLYGON_SET_INIT;
    double lon[STEPS + 1], lat[STEPS + 1];
    bool ok[STEPS + 1];
    castmap_status status = CASTMAP_OK;

    if (add_curve(&line, flows->x[from], flows->y[from], flows->x[to], flows->y[to], bend))
        status = cm_fail_memory(ctx);
    if (!status)
        status = cm_projection_inverse(ctx, in->projection, STEPS + 1, line.x, line.y, lon, lat, ok);
    *fits = true;
    for (size_t k = 0; k <= STEPS && !status; k++)
        *fits = *fits && ok[k];
    cm_polygon_set_clear(&line);
    return status;
}

static castmap_status draw(castmap_context *ctx, const cm_release_inputs *in, const cm_flow_inputs *flows, const cm_flow_list *list, cm_release_build *build,
                           cm_layer *layer)
{
    cm_polygon_set lines = CM_POLYGON_SET_INIT;
    castmap_status status = CASTMAP_OK;

    for (size_t f = 0; f < list->count && !status; f++) {
        const uint32_t from = list->flow[f].from, to = list->flow[f].to;
        double bend = flows->layer.symmetric ? 0.0 : BEND;
        bool fits = true;
        if (flows->world)
            status = curve_fits(ctx, in, flows, from, to, bend, &fits);
        if (!fits)
            bend = 0.0;
        if (!status && add_curve(&lines, flows->x[from], flows->y[from], flows->x[to], flows->y[to], bend))
            status = cm_fail_memory(ctx);
    }
    const castmap_polygons view = cm_polygon_set_view(&lines);
    if (!status)
        status = cm_release_shapes(ctx, in, build, layer, &view);
    cm_polygon_set_clear(&lines);
    return status;
}

castmap_status cm_flow_breaks(castmap_context *ctx, const cm_flow_list *list, size_t n_lists, cm_flow_classes *out)
{
    size_t n = 0;

    *out = (cm_flow_classes){0};
    for (size_t l = 0; l < n_lists; l++)
        n += list[l].count;
    double *values = cm_alloc(n, sizeof *values);
    castmap_status status = values ? CASTMAP_OK : cm_fail_memory(ctx);
    for (size_t l = 0, i = 0; l < n_lists && !status; l++) {
        for (size_t f = 0; f < list[l].count; f++)
            values[i++] = (double)list[l].flow[f].count;
    }
    if (!status && n > 0)
        status = castmap_classes_make(ctx, values, n, CM_FLOW_CLASSES, out->edge, &out->n);
    free(values);
    return status;
}

/* Colour and width. */
static void classify(const cm_flow_list *list, const cm_flow_classes *classes, cm_release_build *build, cm_layer *layer)
{
    const size_t k = classes->n;

    cm_release_count_classes(build, &layer->style, classes->edge, k, false, CM_RAMP_DUSK);
    cm_field *number = cm_build_field(build, layer, CM_FIELD_INTEGER, "class", "Class", "Class of the legend, 0 the lowest", "", 0);
    cm_field *label = cm_build_field(build, layer, CM_FIELD_TEXT, "label", "Shown as", "Class of the legend in words", "", 0);
    for (size_t i = 0; i < layer->style.n_classes; i++) { /* the palest colour of the ramp would not be seen as a thin line */
        const uint32_t rgba = cm_ramp_colour(CM_RAMP_DUSK, i + 1, k + 1);
        layer->style.classes[i].stroke_mm = LEAST_MM + MORE_MM * (double)i;
        layer->style.classes[i].rgba = i == 0 && list->count > CROWDED ? cm_with_alpha(rgba, 110) : rgba;
    }
    for (size_t f = 0; f < list->count && !build->failed; f++) {
        const size_t c = cm_release_class_of(classes->edge, k, (double)list->flow[f].count);
        const size_t class = c > 0 ? c - 1 : 0;
        cm_field_set_integer(number, f, (int64_t)class);
        cm_field_set_text(build, label, f, layer->style.classes[class].label);
    }
    cm_build_colour_by(build, layer, "class", list->internal ? "Movements" : "Movements (each person once, rounded)");
}

static void fill_ends(const cm_flow_inputs *flows, const cm_flow_list *list, cm_release_build *build, cm_layer *layer)
{
    const cm_flow_layer *names = &flows->layer;
    const bool both = names->symmetric;
    cm_field *from = cm_build_field(build, layer, CM_FIELD_TEXT, "from_name", both ? "Between" : "From", "Name of the area where it begins", "", 0);
    cm_field *to = cm_build_field(build, layer, CM_FIELD_TEXT, "to_name", both ? "And" : "To", "Name of the area where it ends", "", 0);
    cm_field *count = cm_build_field(build, layer, CM_FIELD_INTEGER, "count", "Movements",
                                     list->internal ? "Movements along this pair of areas"
                                                    : "Movements along this pair of areas, each person, group or journey once, rounded to 5", "", 0);
    cm_field *from_code = cm_build_field(build, layer, CM_FIELD_TEXT, "from_code", "From (code)", "Code of the area where it begins", "", 0);
    cm_field *to_code = cm_build_field(build, layer, CM_FIELD_TEXT, "to_code", "To (code)", "Code of the area where it ends", "", 0);

    for (size_t f = 0; f < list->count && !build->failed; f++) {
        const cm_shown_flow *flow = &list->flow[f];
        cm_field_set_text(build, from, f, names->area_name[flow->from]);
        cm_field_set_text(build, to, f, names->area_name[flow->to]);
        cm_field_set_integer(count, f, flow->count);
        cm_field_set_text(build, from_code, f, names->code[flow->from]);
        cm_field_set_text(build, to_code, f, names->code[flow->to]);
    }
}

static void fill_tests(const cm_flow_inputs *flows, const cm_flow_list *list, cm_release_build *build, cm_layer *layer)
{
    cm_field *persons = cm_build_field(build, layer, CM_FIELD_INTEGER, "persons", "Persons", "Persons who moved; movements where the table does not say", "", 0);
    cm_field *expected = cm_build_field(build, layer, CM_FIELD_REAL, "expected", "Expected",
                                        flows->layer.null == CASTMAP_FLOW_GRAVITY ? "Movements expected by gravity: what leaves, what arrives, and the distance"
                                                                                  : "Movements expected if destinations did not depend on origins", "", 1);
    cm_field *p = cm_build_field(build, layer, CM_FIELD_REAL, "p", "p", "Probability of so many or more, if the expectation were true", "", 6);
    cm_field *q = cm_build_field(build, layer, CM_FIELD_REAL, "q", "q", "The same, corrected for the number of pairs looked at", "", 6);
    cm_field *more = cm_build_field(build, layer, CM_FIELD_TEXT, "more", "Larger than expected", "yes where q is under the share of false discoveries asked for", "", 0);

    for (size_t f = 0; f < list->count && !build->failed; f++) {
        const cm_shown_flow *flow = &list->flow[f];
        cm_field_set_integer(persons, f, flow->persons);
        cm_field_set_real(expected, f, flow->expected);
        cm_field_set_real(p, f, flow->p);
        cm_field_set_real(q, f, flow->q);
        cm_field_set_text(build, more, f, flow->q <= flows->layer.alpha ? "yes" : "no");
    }
}

castmap_status cm_flow_lines(castmap_context *ctx, const cm_release_inputs *in, const cm_flow_inputs *flows, const cm_flow_list *list, const char *name,
                             const char *title, const cm_flow_classes *classes, cm_release_build *build)
{
    const char *words = flows->layer.symmetric ? "Movements between each pair of areas, in both directions together. "
                                               : "Movements from one area to another. Each line bends to the right of its way, so that the way back is another. ";
    cm_layer *layer = cm_build_layer(build, name, title, words, CM_SHAPE_LINE, list->count);
    castmap_status status = draw(ctx, in, flows, list, build, layer);

    if (status)
        return status;
    fill_ends(flows, list, build, layer);
    if (list->tested)
        fill_tests(flows, list, build, layer);
    if (!layer || build->failed)
        return CASTMAP_OK;
    classify(list, classes, build, layer);
    cm_build_outline(layer, CM_COLOUR_PLACE, LEAST_MM, false);
    layer->style.arrows = !flows->layer.symmetric;
    layer->visible = false;
    return CASTMAP_OK;
}
