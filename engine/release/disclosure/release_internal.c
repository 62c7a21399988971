/*
 * release/disclosure/release_internal.c - the exact layers of an internal release: the newest results as the runs stored them.
 *
 * A result that no run has made yet is left out. Free text is in no layer.
 */
#include "release/disclosure/release_flows.h"
#include "release/disclosure/release_along.h"
#include "release/disclosure/release_routes.h"
#include "release/disclosure/release_tracks.h"
#include "release/disclosure/release_inputs.h"

#include "base/decimal.h"
#include "base/fail.h"
#include "base/memory.h"
#include "base/time_text.h"
#include "castmap/areas.h"
#include "project/layer_table.h"
#include "release/style/palette.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PER_KM2 "Observations per km\xc2\xb2"

/* What the classes were made of: castmap_run_areas() takes the rate where every area has people, else the density. */
static bool classed_by_rate(const cm_area_layer *counts)
{
    for (size_t i = 0; i < counts->count; i++) {
        if (!isfinite(counts->rate[i]))
            return false;
    }
    return true;
}

static void fill_areas(const cm_release_inputs *in, const cm_area_layer *counts, cm_release_build *build, cm_layer *layer)
{
    char per[CM_DECIMAL_SIZE], rate_title[96];
    cm_decimal_grouped((int64_t)counts->per, per);
    snprintf(rate_title, sizeof rate_title, "Per %s residents", per);
    cm_field *count = cm_build_field(build, layer, CM_FIELD_INTEGER, "count", "Observations", "Observations in the area", "", 0);
    cm_field *area = cm_build_field(build, layer, CM_FIELD_REAL, "area_km2", "Area", "Size of the area", "km2", 3);
    cm_field *density = cm_build_field(build, layer, CM_FIELD_REAL, "density_per_km2", PER_KM2,
                                       "Observations by size of the area", "per km2", 3);
    cm_field *people = cm_build_field(build, layer, CM_FIELD_INTEGER, "population", "Population",
                                      "Residents; null: not known", "", 0);
    cm_field *rate = cm_build_field(build, layer, CM_FIELD_REAL, "rate", rate_title,
                                    "Observations by population; null where population is not known", "", 2);
    cm_field *lower = cm_build_field(build, layer, CM_FIELD_REAL, "rate_lower", "Rate from",
                                     "Lower end of the exact interval of the rate", "", 2);
    cm_field *upper = cm_build_field(build, layer, CM_FIELD_REAL, "rate_upper", "Rate to",
                                     "Upper end of the exact interval of the rate", "", 2);
    cm_field *class_number = cm_build_field(build, layer, CM_FIELD_INTEGER, "class", "Class",
                                            "Number of the class in the legend; 0: none", "", 0);
    cm_field *label = cm_build_field(build, layer, CM_FIELD_TEXT, "label", "Shown as", "Words of the class", "", 0);

    if (!label)
        return;
    cm_build_class(build, &layer->style, 0.0, 0.0, "0", CM_COLOUR_ZERO, false);
    /* The last of the breaks is the maximum, not an edge. */
    cm_release_range_classes(build, &layer->style, counts->breaks, counts->n_breaks > 0 ? counts->n_breaks - 1 : 0, false,
                             CM_RAMP_TIDE);
    for (size_t i = 0; i < counts->count && !build->failed; i++) {
        const size_t k = (size_t)counts->class_number[i];
        cm_field_set_integer(count, i, counts->events[i]);
        cm_field_set_real(area, i, counts->area_km2[i]);
        cm_field_set_real(density, i, counts->density[i]);
        if (isfinite(in->boundaries.population[i]))
            cm_field_set_integer(people, i, (int64_t)in->boundaries.population[i]);
        cm_field_set_real(rate, i, counts->rate[i]);
        cm_field_set_real(lower, i, counts->lower[i]);
        cm_field_set_real(upper, i, counts->upper[i]);
        cm_field_set_integer(class_number, i, (int64_t)k);
        cm_field_set_text(build, label, i, layer->style.classes[k].label);
    }
}

static castmap_status add_areas(castmap_context *ctx, const cm_release_inputs *in, cm_release_build *build)
{
    cm_area_layer counts = {0};
    char per[CM_DECIMAL_SIZE], title[96] = PER_KM2;
    castmap_status status;

    if (!in->has_boundaries)
        return CASTMAP_OK;
    status = cm_area_layer_load(ctx, in->project, in->boundaries.level, &counts);
    if (status == CASTMAP_E_NOT_FOUND) {
        cm_fail_clear(ctx);
        return CASTMAP_OK;
    }
    if (status)
        return status;
    if (counts.count != in->boundaries.count || counts.boundary_id != in->boundaries.id) {
        cm_build_caveat(build, "Areas were counted with other boundaries than the newest; run castmap areas again.");
        goto done;
    }
    cm_layer *layer = cm_build_layer(build, "areas", "Observations by area",
                                     "Each observation is counted in exactly one area.", CM_SHAPE_POLYGON, counts.count);
    status = cm_release_area_shapes(ctx, in, build, layer);
    if (status || !layer)
        goto done;
    fill_areas(in, &counts, build, layer);
    layer->visible = false;
    if (classed_by_rate(&counts)) {
        cm_decimal_grouped((int64_t)counts.per, per);
        snprintf(title, sizeof title, "Observations per %s residents", per);
    }
    cm_build_colour_by(build, layer, "class", title);
    cm_build_outline(layer, CM_COLOUR_BORDER, 0.25, false);
    cm_build_label(layer, "name", 12.0);
    cm_build_fact_count(build, "Observations inside the areas", (int64_t)counts.placed, "");
    cm_build_fact_count(build, "Observations outside all areas", (int64_t)counts.unplaced, "counted nowhere on the area map");
    size_t most = 0;
    for (size_t i = 1; i < counts.count; i++)
        most = counts.events[i] > counts.events[most] ? i : most;
    if (counts.count > 0)
        cm_build_fact(build, "Area with the most observations", in->boundaries.area_name[most], "");
    cm_build_method(build, "Areas: each observation is counted in the one area that holds it; five classes, zero apart.");
    build->release->suppressed.areas_shown = counts.count;

done:
    cm_area_layer_clear(&counts);
    return status;
}

#define WORD_SIZE 24
#define RECENT 1024u

/* Texts of a field that repeat: a key found again lately shares its text. */
typedef struct word_pool {
    cm_field *field;
    size_t    used; /* bytes of field->pool */
    struct {
        int64_t key;
        char   *text; /* NULL: free */
    } recent[RECENT];
} word_pool;

static void pool_begin(cm_release_build *build, word_pool *pool, cm_field *field, size_t n)
{
    *pool = (word_pool){.field = field};
    if (!field || build->failed)
        return;
    field->pool = cm_alloc(n ? n : 1, WORD_SIZE); /* at most; what is never written takes no memory */
    build->failed = !field->pool;
}

/* Is the text of this key at hand? Then item i has it now. */
static bool pool_set(word_pool *pool, size_t i, int64_t key)
{
    const size_t at = (size_t)((uint64_t)key * 0x9E3779B97F4A7C15u >> 54);

    if (!pool->recent[at].text || pool->recent[at].key != key)
        return false;
    pool->field->text[i] = pool->recent[at].text;
    return true;
}

static void pool_add(word_pool *pool, size_t i, int64_t key, const char word[WORD_SIZE])
{
    const size_t at = (size_t)((uint64_t)key * 0x9E3779B97F4A7C15u >> 54), size = strlen(word) + 1;
    char *text = pool->field->pool + pool->used;

    memcpy(text, word, size);
    pool->used += size;
    pool->recent[at].key = key;
    pool->recent[at].text = pool->field->text[i] = text;
}

static void set_time(word_pool *pool, size_t i, int64_t time_s)
{
    char word[WORD_SIZE];

    if (pool_set(pool, i, time_s))
        return;
    cm_time_iso(time_s, word);
    pool_add(pool, i, time_s, word);
}

static void set_grade(word_pool *pool, size_t i, unsigned source, char information, char handling)
{
    const int64_t key = (int64_t)source << 16 | (int64_t)(unsigned char)information << 8 | (unsigned char)handling;
    char word[WORD_SIZE];

    if (pool_set(pool, i, key))
        return;
    snprintf(word, sizeof word, "%u%c%c", source % 10u, information, handling);
    pool_add(pool, i, key, word);
}

/* The names of the categories one after the other; name[k] is where the k-th lies. */
static char **pool_names(cm_release_build *build, cm_field *field, const cm_observation_set *set)
{
    char **name = cm_alloc(set->n_categories ? set->n_categories : 1, sizeof *name);
    size_t bytes = 1, used = 0;

    for (size_t k = 0; k < set->n_categories; k++)
        bytes += strlen(set->category_name[k]) + 1;
    field->pool = cm_alloc(bytes, 1);
    if (!name || !field->pool) {
        build->failed = true;
        free(name);
        return NULL;
    }
    for (size_t k = 0; k < set->n_categories; k++) {
        const size_t size = strlen(set->category_name[k]) + 1;
        name[k] = memcpy(field->pool + used, set->category_name[k], size);
        used += size;
    }
    return name;
}

static void fill_observations(const cm_observation_set *set, cm_release_build *build, cm_field *category, word_pool *pool)
{
    char **name = pool_names(build, category, set);

    for (size_t i = 0; i < set->count && name; i++) {
        if (set->category[i] >= 0)
            category->text[i] = name[set->category[i]];
        if (set->from_s[i] != CM_TIME_UNKNOWN) {
            set_time(&pool[0], i, set->from_s[i]);
            set_time(&pool[1], i, set->to_s[i]);
        }
        set_grade(&pool[2], i, set->source_grade[i], set->information_grade[i], set->handling[i]);
    }
    free(name);
}

/* Which place of the newest search each observation belongs to, and how sure the method is of it. Both lists are in order of their ids. */
static void fill_membership(const cm_observation_set *set, const cm_cluster_layer *clusters, cm_release_build *build, cm_layer *layer)
{
    cm_field *cluster = cm_build_field(build, layer, CM_FIELD_INTEGER, "cluster", "Cluster",
                                       "That of the layer of places; null: it belongs to none, or took no part", "", 0);
    cm_field *membership = clusters->membership ? cm_build_field(build, layer, CM_FIELD_REAL, "membership", "Membership",
                                                                 "How near to the densest of its place, 0 to 1 (HDBSCAN)", "", 3) : NULL;
    cm_field *outlier = clusters->outlier ? cm_build_field(build, layer, CM_FIELD_REAL, "outlier", "Outlier score",
                                                           "How far it stands out from its surroundings, 0 to 1 (HDBSCAN)", "", 3) : NULL;

    for (size_t i = 0, k = 0; i < set->count && !build->failed; i++) {
        while (k < clusters->n && clusters->observation[k] < set->id[i])
            k++;
        if (k == clusters->n || clusters->observation[k] != set->id[i])
            continue;
        if (clusters->label[k] != CASTMAP_NOISE)
            cm_field_set_integer(cluster, i, (int64_t)clusters->label[k] + 1);
        if (membership)
            cm_field_set_real(membership, i, clusters->membership[k]);
        if (outlier)
            cm_field_set_real(outlier, i, clusters->outlier[k]);
    }
}

static castmap_status add_membership(castmap_context *ctx, const cm_release_inputs *in, cm_release_build *build, cm_layer *layer)
{
    cm_cluster_layer clusters = {0};
    const castmap_status status = cm_cluster_layer_load(ctx, in->project, NULL, &clusters);

    if (status == CASTMAP_E_NOT_FOUND) {
        cm_fail_clear(ctx);
        return CASTMAP_OK;
    }
    if (!status && layer)
        fill_membership(&in->observations, &clusters, build, layer);
    cm_cluster_layer_clear(&clusters);
    return status;
}

static castmap_status add_observations(castmap_context *ctx, const cm_release_inputs *in, cm_release_build *build)
{
    const cm_observation_set *set = &in->observations;
    cm_layer *layer = cm_build_layer(build, "observations", "Observations", "Each observation at its recorded position, without its text.",
                                     CM_SHAPE_POINT, set->count);
    cm_field *id = cm_build_field(build, layer, CM_FIELD_INTEGER, "id", "Number", "Number in the project", "", 0);
    cm_field *category = cm_build_field(build, layer, CM_FIELD_TEXT, "category", "Category", "What was noticed", "", 0);
    cm_field *from = cm_build_field(build, layer, CM_FIELD_TEXT, "time_from", "From", "Earliest time it can have been, UTC", "", 0);
    cm_field *to = cm_build_field(build, layer, CM_FIELD_TEXT, "time_to", "To", "Latest time it can have been, UTC", "", 0);
    cm_field *accuracy = cm_build_field(build, layer, CM_FIELD_REAL, "accuracy_m", "Accuracy", "Of the position; null: not known", "m", 1);
    cm_field *grade = cm_build_field(build, layer, CM_FIELD_TEXT, "grade", "Grade",
                                     "Source 1 to 3, information A to E, handling P or C", "", 0);
    word_pool *pool = cm_alloc_zero(3, sizeof *pool);

    if (!pool)
        build->failed = true;
    cm_build_points(build, layer, in->x, in->y, set->lon, set->lat);
    if (pool) {
        pool_begin(build, &pool[0], from, set->count);
        pool_begin(build, &pool[1], to, set->count);
        pool_begin(build, &pool[2], grade, set->count);
    }
    for (size_t i = 0; i < set->count && !build->failed; i++) {
        cm_field_set_integer(id, i, set->id[i]);
        cm_field_set_real(accuracy, i, set->accuracy_m[i]);
    }
    if (!build->failed)
        fill_observations(set, build, category, pool);
    free(pool);
    cm_build_fill(layer, CM_COLOUR_POINT);
    if (layer) {
        layer->style.size_mm = 0.8;
        layer->visible = false;
    }
    return add_membership(ctx, in, build, layer);
}

castmap_status cm_release_internal(castmap_context *ctx, const cm_release_inputs *in, cm_release_build *build)
{
    castmap_status status;

    const bool observations = in->observations.count > 0;
    if (observations)
        cm_build_fact_count(build, "Observations", (int64_t)in->observations.count, "accepted, in the period shown");
    status = cm_release_heat(ctx, in, build);
    if (status)
        return status;
    status = add_areas(ctx, in, build);
    if (status)
        return status;
    status = cm_release_places(ctx, in, build);
    if (status)
        return status;
    status = cm_release_flows_internal(ctx, in, build);
    if (status)
        return status;
    status = cm_release_routes_internal(ctx, in, build);
    if (status)
        return status;
    status = cm_release_tracks_internal(ctx, in, build);
    if (status)
        return status;
    status = cm_release_along_internal(ctx, in, build);
    if (status)
        return status;
    status = add_observations(ctx, in, build);
    if (status)
        return status;
    const bool moves = cm_release_layer(build->release, "flows") != NULL, tracks = cm_release_layer(build->release, "track_stretches") != NULL;
    if (!observations && !moves && !tracks)
        cm_build_fact_count(build, "Observations", 0, "accepted, in the period shown");
    if (observations || !(moves || tracks)) {
        cm_build_caveat(build, "An observation is what somebody noticed. It is not proof that anything happened.");
        cm_build_caveat(build, "More observations can mean more people looking, not more going on.");
    } else if (moves) {
        cm_build_caveat(build, "A movement is what somebody reported. It is not proof that anything happened.");
        cm_build_caveat(build, "More movements can mean more people looking, not more going on.");
    }
    cm_build_caveat(build, observations || tracks ? "Exact positions: keep this inside the group." : "Exact numbers: keep this inside the group.");
    build->release->suppressed.observations = in->observations.count;
    return cm_release_boundaries(ctx, in, build);
}
