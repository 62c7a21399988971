/*
 * release/disclosure/release_places.c - places where observations gather, exact, for the group itself: the newest clusters as the run stored
 * them, largest first, and the ellipses of their spread.
 */
#include "release/disclosure/release_places.h"

#include "base/decimal.h"
#include "base/fail.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/time_text.h"
#include "release/style/palette.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define PI 3.14159265358979323846
#define PER_KM2 "Observations per km\xc2\xb2"
#define LEAST_CIRCLE_M 25.0
#define MOST_KINDS 3 /* categories that are named */

typedef struct ranked {
    size_t index;
    double weight; /* the number of observations, where they were not weighed */
} ranked;

static int compare_ranked(const void *left, const void *right)
{
    const ranked *a = left, *b = right;

    if (a->weight != b->weight)
        return a->weight > b->weight ? -1 : 1;
    return (a->index > b->index) - (a->index < b->index);
}

static int add_circle(cm_polygon_set *set, double x, double y, double radius)
{
    int failed = 0;

    for (int k = 0; k <= 24 && !failed; k++) {
        const double angle = 2.0 * PI * (double)(k % 24) / 24.0;
        failed = cm_polygon_set_vertex(set, x + radius * cos(angle), y + radius * sin(angle));
    }
    return failed;
}

int cm_release_ring(cm_polygon_set *set, const double *x, const double *y, size_t n, double area_km2, double centre_x, double centre_y,
                    double radius_m)
{
    int failed = cm_polygon_set_feature(set) || cm_polygon_set_part(set) || cm_polygon_set_ring(set);

    if (!failed && (n < 3 || !(area_km2 > 0.0)))
        return add_circle(set, centre_x, centre_y, radius_m);
    for (size_t k = 0; k <= n && !failed; k++)
        failed = cm_polygon_set_vertex(set, x[k % n], y[k % n]);
    return failed;
}

/* The outline that was asked for; where it is a point or a line, a circle around the members, so that the place can be seen. */
static int add_outline(cm_polygon_set *set, const cm_cluster_layer *clusters, size_t i)
{
    const castmap_cluster_shape *shape = &clusters->shapes.shape[i];
    const bool own = clusters->outline_start != NULL;
    const size_t from = own ? clusters->outline_start[i] : shape->hull_start;
    const size_t n = own ? clusters->outline_start[i + 1] - from : shape->hull_count;
    const double *x = own ? clusters->outline_x : clusters->shapes.hull_x, *y = own ? clusters->outline_y : clusters->shapes.hull_y;

    return cm_release_ring(set, x + from, y + from, n, shape->hull_area_km2, shape->centre_x, shape->centre_y,
                           fmax(fmax(shape->diameter_m / 2.0, clusters->eps_m / 2.0), LEAST_CIRCLE_M));
}

/* "visitors 12, crowding 5, and 3 more kinds" */
static void category_words(const castmap_place_detail *d, cm_text *words)
{
    cm_text_reset(words);
    for (size_t c = 0; c < d->n_categories && c < MOST_KINDS; c++)
        cm_text_addf(words, "%s%s %zu", c ? ", " : "", d->categories[c].name, d->categories[c].count);
    if (d->n_categories > MOST_KINDS)
        cm_text_addf(words, ", and %zu more kinds", d->n_categories - MOST_KINDS);
}

/* "1: 4, 2: 16; A 3, B 17": sources, then information; what is not there is not named. */
static void grade_words(const castmap_place_detail *d, cm_text *words)
{
    const char *between = "";

    cm_text_reset(words);
    for (int i = 0; i < 3; i++) {
        if (d->source_grade[i] == 0)
            continue;
        cm_text_addf(words, "%s%d: %zu", between, i + 1, d->source_grade[i]);
        between = ", ";
    }
    between = "; ";
    for (int i = 0; i < 5; i++) {
        if (d->information_grade[i] == 0)
            continue;
        cm_text_addf(words, "%s%c %zu", between, "ABCDE"[i], d->information_grade[i]);
        between = ", ";
    }
}

/* Were observations weighed? */
static bool weighed(const cm_cluster_layer *clusters)
{
    for (size_t i = 0; i < clusters->shapes.count; i++) {
        if (clusters->shapes.shape[i].weight != (double)clusters->shapes.shape[i].count)
            return true;
    }
    return false;
}

static void fill_weights(const ranked *order, cm_release_build *build, cm_layer *layer)
{
    cm_field *weight = cm_build_field(build, layer, CM_FIELD_REAL, "weight", "Weight", "Sum of what the observations of the place weigh", "", 2);

    for (size_t i = 0; layer && i < layer->count; i++)
        cm_field_set_real(weight, i, order[i].weight);
}

static void fill_details(const cm_cluster_layer *clusters, const ranked *order, cm_release_build *build, cm_layer *layer)
{
    cm_field *category = cm_build_field(build, layer, CM_FIELD_TEXT, "categories", "What was noticed",
                                        "The most frequent categories with the number of observations of each", "", 0);
    cm_field *grade = cm_build_field(build, layer, CM_FIELD_TEXT, "grades", "Grades",
                                     "Observations by grade of source (1 to 3), then by grade of information (A to E)", "", 0);
    cm_field *medoid = cm_build_field(build, layer, CM_FIELD_INTEGER, "medoid", "Middle observation",
                                      "Number in the project of the observation nearest to the middle", "", 0);
    cm_field *hop = cm_build_field(build, layer, CM_FIELD_REAL, "longest_hop_m", "Longest hop",
                                   "Longest step between neighbours: near the radius where a place is a chain", "m", 0);
    cm_field *outlier = cm_build_field(build, layer, CM_FIELD_REAL, "outlier", "Outlier score",
                                       "Largest outlier score of a member, 0 to 1; null: the method gives none", "", 3);
    cm_text words = CM_TEXT_INIT;

    for (size_t i = 0; i < clusters->shapes.count && outlier && !build->failed; i++) {
        const castmap_place_detail *d = &clusters->detail[order[i].index];
        category_words(d, &words);
        cm_field_set_text(build, category, i, words.length ? words.bytes : NULL);
        grade_words(d, &words);
        cm_field_set_text(build, grade, i, words.length ? words.bytes : NULL);
        cm_field_set_integer(medoid, i, d->medoid_id);
        cm_field_set_real(hop, i, d->longest_hop_m);
        cm_field_set_real(outlier, i, d->outlier);
    }
    build->failed |= words.failed;
    cm_text_clear(&words);
}

/* of_place: the group of each cluster, 0: none. */
static void fill_groups(const int32_t *of_place, const ranked *order, cm_release_build *build, cm_layer *layer)
{
    cm_field *group = cm_build_field(build, layer, CM_FIELD_INTEGER, "group", "Group", "Number of the larger group (order 2) that holds the place; null: none",
                                     "", 0);

    for (size_t i = 0; layer && i < layer->count; i++) {
        if (of_place[order[i].index])
            cm_field_set_integer(group, i, of_place[order[i].index]);
    }
}

static void fill_places(const cm_cluster_layer *clusters, const ranked *order, cm_release_build *build, cm_layer *layer)
{
    cm_field *number = cm_build_field(build, layer, CM_FIELD_INTEGER, "number", "Place", "1 has the most observations", "", 0);
    cm_field *cluster = cm_build_field(build, layer, CM_FIELD_INTEGER, "cluster", "Cluster", "Number in the layer of the project", "", 0);
    cm_field *count = cm_build_field(build, layer, CM_FIELD_INTEGER, "count", "Observations", "Observations in the place", "", 0);
    cm_field *distinct = cm_build_field(build, layer, CM_FIELD_INTEGER, "distinct_places", "Distinct positions",
                                        "How many different coordinates", "", 0);
    cm_field *radius = cm_build_field(build, layer, CM_FIELD_REAL, "radius_m", "Radius", "Of the smallest circle around all", "m", 0);
    cm_field *across = cm_build_field(build, layer, CM_FIELD_REAL, "across_m", "Across", "Largest distance between two observations", "m", 0);
    cm_field *area = cm_build_field(build, layer, CM_FIELD_REAL, "area_km2", "Area",
                                    clusters->outline_start ? "Of the outline, which follows bays; 0 for a point or a line"
                                                            : "Of the convex outline; 0 for a point or a line", "km2", 4);
    cm_field *density = cm_build_field(build, layer, CM_FIELD_REAL, "density_per_km2", PER_KM2,
                                       "Observations by size of the outline; null for a point or a line", "per km2", 1);
    cm_field *first = cm_build_field(build, layer, CM_FIELD_TEXT, "first", "First", "Day of the earliest observation", "", 0);
    cm_field *last = cm_build_field(build, layer, CM_FIELD_TEXT, "last", "Last", "Day of the latest observation", "", 0);
    cm_field *label = cm_build_field(build, layer, CM_FIELD_TEXT, "label", "Label", "Number as printed on the map", "", 0);

    for (size_t i = 0; i < clusters->shapes.count && label && !build->failed; i++) {
        const castmap_cluster_shape *shape = &clusters->shapes.shape[order[i].index];
        char words[CM_DECIMAL_SIZE];
        cm_decimal_i64((int64_t)i + 1, words);
        cm_field_set_integer(number, i, (int64_t)i + 1);
        cm_field_set_text(build, label, i, words);
        cm_field_set_integer(cluster, i, (int64_t)order[i].index + 1);
        cm_field_set_integer(count, i, (int64_t)shape->count);
        cm_field_set_integer(distinct, i, (int64_t)shape->places);
        cm_field_set_real(radius, i, shape->radius_m);
        cm_field_set_real(across, i, shape->diameter_m);
        cm_field_set_real(area, i, shape->hull_area_km2);
        cm_field_set_real(density, i, shape->density_per_km2);
        if (shape->first_s != INT64_MIN) {
            cm_date_iso(shape->first_s, words);
            cm_field_set_text(build, first, i, words);
            cm_date_iso(shape->last_s, words);
            cm_field_set_text(build, last, i, words);
        }
    }
    if (clusters->detail)
        fill_details(clusters, order, build, layer);
}

/* How the places were found, in one sentence. */
static void tell_method(const cm_cluster_layer *clusters, cm_release_build *build)
{
    char radius[CM_DECIMAL_SIZE], days[CM_DECIMAL_SIZE];

    cm_decimal_trimmed(clusters->eps_m, 1, radius);
    cm_decimal_trimmed((double)clusters->window_s / 86400.0, 2, days);
    if (clusters->method <= CASTMAP_CLUSTER_DBSCAN_STAR)
        cm_build_method(build, "Places: at least %u observations within %s m of one another (%s).", clusters->min_points, radius,
                        clusters->method == CASTMAP_CLUSTER_DBSCAN ? "DBSCAN" : "DBSCAN*, without the edge");
    else if (clusters->method == CASTMAP_CLUSTER_HDBSCAN)
        cm_build_method(build, "Places: groups of at least %u observations that last over many radii, from wide to narrow (HDBSCAN).",
                        clusters->min_points);
    else if (clusters->method == CASTMAP_CLUSTER_ST_DBSCAN)
        cm_build_method(build, "Places: at least %u observations within %s m and %s days of one another (ST-DBSCAN).", clusters->min_points,
                        radius, days);
    else if (clusters->method == CASTMAP_CLUSTER_NNH)
        cm_build_method(build, "Places: at least %u observations within %s m of a middle one, nearer than by chance (nearest neighbour "
                        "hierarchical clustering).", clusters->min_points, radius);
    else if (clusters->xi > 0.0)
        cm_build_method(build, "Places: at least %u observations in one valley of the order in which one reaches them, looking no farther than "
                        "%s m (OPTICS).", clusters->min_points, radius);
    else
        cm_build_method(build, "Places: at least %u observations within %s m of one another (OPTICS).", clusters->min_points, radius);
    if (weighed(clusters))
        cm_build_method(build, "Places: observations count by a weight from a column of the records, not as one each; the density too is of weight.");
    if (clusters->imprecise > 0)
        cm_build_method(build, "Places: %zu observations known too roughly took no part.", clusters->imprecise);
}

/* The ellipse of spread of each place that has one. */
static castmap_status add_ellipses(castmap_context *ctx, const cm_release_inputs *in, const cm_cluster_layer *clusters,
                                   const ranked *order, cm_release_build *build)
{
    enum { STEPS = 48 };
    cm_polygon_set set = CM_POLYGON_SET_INIT;
    size_t n = 0;
    int failed = 0;
    castmap_status status = CASTMAP_OK;

    for (size_t i = 0; i < clusters->shapes.count && !failed; i++) {
        const castmap_place_detail *d = &clusters->detail[order[i].index];
        const castmap_cluster_shape *shape = &clusters->shapes.shape[order[i].index];
        if (!(d->ellipse_minor_m > 0.0))
            continue;
        const double turn = d->ellipse_bearing_deg * PI / 180.0;
        failed = cm_polygon_set_feature(&set) || cm_polygon_set_part(&set) || cm_polygon_set_ring(&set);
        for (int k = 0; k <= STEPS && !failed; k++) {
            const double angle = -2.0 * PI * (double)(k % STEPS) / STEPS; /* so that the ring runs counter-clockwise */
            const double along = d->ellipse_major_m * cos(angle), across = d->ellipse_minor_m * sin(angle);
            failed = cm_polygon_set_vertex(&set, shape->centre_x + along * sin(turn) + across * cos(turn),
                                           shape->centre_y + along * cos(turn) - across * sin(turn));
        }
        n++;
    }
    if (failed)
        status = cm_fail_memory(ctx);
    if (status || n == 0)
        goto done;
    cm_layer *layer = cm_build_layer(build, "ellipses", "Spread of each place",
                                     clusters->crimestat_ellipse ? "Standard deviational ellipse of the observations of each place, as CrimeStat draws it."
                                                                 : "Covariance ellipse of the observations of each place: holds 68 % of a normal distribution.",
                                     CM_SHAPE_POLYGON, n);
    const castmap_polygons view = cm_polygon_set_view(&set);
    status = cm_release_shapes(ctx, in, build, layer, &view);
    cm_field *number = cm_build_field(build, layer, CM_FIELD_INTEGER, "number", "Place", "1 has the most observations", "", 0);
    cm_field *major = cm_build_field(build, layer, CM_FIELD_REAL, "major_m", "Long half axis", "Half of the longest diameter", "m", 1);
    cm_field *minor = cm_build_field(build, layer, CM_FIELD_REAL, "minor_m", "Short half axis", "Half of the shortest diameter", "m", 1);
    cm_field *bearing = cm_build_field(build, layer, CM_FIELD_REAL, "bearing_deg", "Bearing", "Of the long axis, clockwise from grid north",
                                       "degrees", 1);
    for (size_t i = 0, row = 0; i < clusters->shapes.count && bearing && !build->failed; i++) {
        const castmap_place_detail *d = &clusters->detail[order[i].index];
        if (!(d->ellipse_minor_m > 0.0))
            continue;
        cm_field_set_integer(number, row, (int64_t)i + 1);
        cm_field_set_real(major, row, d->ellipse_major_m);
        cm_field_set_real(minor, row, d->ellipse_minor_m);
        cm_field_set_real(bearing, row++, d->ellipse_bearing_deg);
    }
    cm_build_outline(layer, CM_COLOUR_PLACE, 0.3, true);
    if (layer)
        layer->visible = false;

done:
    cm_polygon_set_clear(&set);
    return status;
}

castmap_status cm_release_places(castmap_context *ctx, const cm_release_inputs *in, cm_release_build *build)
{
    cm_cluster_layer clusters = {0};
    cm_polygon_set set = CM_POLYGON_SET_INIT;
    ranked *order = NULL;
    double *x = NULL, *y = NULL;
    int32_t *of_place = NULL;
    castmap_status status = cm_cluster_layer_load(ctx, in->project, NULL, &clusters);

    if (status == CASTMAP_E_NOT_FOUND) {
        cm_fail_clear(ctx);
        return CASTMAP_OK;
    }
    if (status)
        return status;
    const size_t n = clusters.shapes.count;
    order = cm_alloc(n, sizeof *order);
    x = cm_alloc(n, sizeof *x);
    y = cm_alloc(n, sizeof *y);
    if (!order || !x || !y) {
        status = cm_fail_memory(ctx);
        goto done;
    }
    for (size_t i = 0; i < n; i++)
        order[i] = (ranked){i, clusters.shapes.shape[i].weight};
    qsort(order, n, sizeof *order, compare_ranked);
    for (size_t i = 0; i < n; i++) {
        x[i] = clusters.shapes.shape[order[i].index].centre_x;
        y[i] = clusters.shapes.shape[order[i].index].centre_y;
        if (add_outline(&set, &clusters, order[i].index)) {
            status = cm_fail_memory(ctx);
            goto done;
        }
    }
    status = cm_release_place_groups(ctx, in, &clusters, build, &of_place);
    if (status)
        goto done;
    cm_layer *layer = cm_build_layer(build, "places", "Places where observations gather",
                                     "Outline of the observations of each place; a circle where they lie on one spot or in a line.",
                                     CM_SHAPE_POLYGON, n);
    const castmap_polygons view = cm_polygon_set_view(&set);
    status = cm_release_shapes(ctx, in, build, layer, &view);
    fill_places(&clusters, order, build, layer);
    if (weighed(&clusters))
        fill_weights(order, build, layer);
    if (of_place)
        fill_groups(of_place, order, build, layer);
    cm_build_label_points(build, layer, x, y);
    cm_build_outline(layer, CM_COLOUR_PLACE, 0.6, false);
    cm_build_label(layer, "label", 0.0);
    cm_build_fact_count(build, "Places where observations gather", (int64_t)n, "");
    tell_method(&clusters, build);
    if (!status && clusters.detail)
        status = add_ellipses(ctx, in, &clusters, order, build);

done:
    cm_polygon_set_clear(&set);
    free(order);
    free(x);
    free(y);
    free(of_place);
    cm_cluster_layer_clear(&clusters);
    return status;
}
