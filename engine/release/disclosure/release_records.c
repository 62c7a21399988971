/*
 * release/disclosure/release_records.c - records of the project become reports that may be counted.
 */
#include "release/disclosure/release_records.h"

#include "base/fail.h"
#include "base/memory.h"
#include "base/time_text.h"
#include "project/layer_table.h"
#include "release/disclosure/flow_groups.h"

#include <stdlib.h>

#define DAY_S 86400

void cm_release_records_clear(cm_release_records *records)
{
    free(records->reports);
    free(records->street);
    free(records->wide);
    *records = (cm_release_records){0};
}

/* The middle of the time it may have been, so that a month that begins at local midnight stays in its own quarter. */
static int64_t middle_of(const cm_observation_set *set, size_t i)
{
    return set->from_s[i] + (set->to_s[i] - set->from_s[i]) / 2;
}

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b != 0 && (a < 0) != (b < 0));
}

static int64_t when_key(const cm_observation_set *set, size_t i)
{
    int64_t year;
    unsigned month, day;
    const int64_t days = floor_div(middle_of(set, i), DAY_S);

    if (set->when[i] >= CM_WHEN_INSTANT && set->when[i] <= CM_WHEN_DAY)
        return cm_when_key_day(days);
    if (set->when[i] == CM_WHEN_INTERVAL && set->to_s[i] - set->from_s[i] <= DAY_S)
        return cm_when_key_day(days);
    cm_civil_from_days(days, &year, &month, &day);
    return cm_when_key_month(year * 12 + (int64_t)month - 1);
}

void cm_release_records_span(const cm_observation_set *set, int64_t *first_s, int64_t *last_s)
{
    *first_s = INT64_MAX;
    *last_s = INT64_MIN;
    for (size_t i = 0; i < set->count; i++) {
        if (set->from_s[i] == CM_TIME_UNKNOWN)
            continue;
        const int64_t when = middle_of(set, i);
        *first_s = when < *first_s ? when : *first_s;
        *last_s = when > *last_s ? when : *last_s;
    }
}

typedef struct label_of {
    int64_t id;
    int32_t label;
} label_of;

static int compare_labels(const void *left, const void *right)
{
    const label_of *a = left, *b = right;

    return (a->id > b->id) - (a->id < b->id);
}

/* The cluster of each observation in place [set->count], -1 for none. */
static castmap_status load_places(castmap_context *ctx, const cm_release_inputs *in, const cm_period *period, int32_t *place, size_t *n_clusters)
{
    const cm_observation_set *set = &in->observations;
    cm_cluster_layer clusters = {0};
    label_of *labels = NULL;
    castmap_status status = CASTMAP_OK;

    for (size_t i = 0; i < set->count; i++)
        place[i] = -1;
    status = cm_cluster_layer_load(ctx, in->project, NULL, &clusters);
    if (status == CASTMAP_E_NOT_FOUND) {
        cm_fail_clear(ctx);
        return CASTMAP_OK;
    }
    if (status)
        return status;
    labels = cm_alloc(clusters.n, sizeof *labels);
    if (!labels) {
        status = cm_fail_memory(ctx);
        goto done;
    }
    for (size_t k = 0; k < clusters.n; k++)
        labels[k] = (label_of){clusters.observation[k], clusters.label[k]};
    if (clusters.n > 0)
        qsort(labels, clusters.n, sizeof *labels, compare_labels);
    bool complete = true;
    for (size_t i = 0; i < set->count; i++) {
        const label_of key = {set->id[i], 0};
        const label_of *found = clusters.n > 0 ? bsearch(&key, labels, clusters.n, sizeof key, compare_labels) : NULL;
        const int64_t when = set->from_s[i] == CM_TIME_UNKNOWN ? INT64_MIN : middle_of(set, i);
        complete = complete && (found || when < period->from_s || when >= period->to_s);
        place[i] = found && found->label != CASTMAP_NOISE ? found->label : -1;
    }
    *n_clusters = clusters.shapes.count;
    if (!complete) {
        for (size_t i = 0; i < set->count; i++)
            place[i] = -1;
        /* Not a caveat of the release: made again from the ledger it must say the same as before. */
        cm_log(ctx, CASTMAP_LOG_WARNING, "places are left out of the release: the newest clusters were found among some of the records only");
    }

done:
    free(labels);
    cm_cluster_layer_clear(&clusters);
    return status;
}

castmap_status cm_release_records_choose(castmap_context *ctx, const cm_release_inputs *in, const cm_route_inputs *routes, const cm_policy *policy,
                                         const cm_period *period, int64_t last_record, cm_release_records *out, castmap_suppressed *stats)
{
    const cm_observation_set *set = &in->observations;
    cm_release_records made = {.reports = cm_alloc(set->count, sizeof *made.reports), .street = cm_alloc(set->count, sizeof *made.street),
                               .wide = cm_alloc(set->count, sizeof *made.wide)};
    int32_t *street = cm_alloc(set->count, sizeof *street), *place = cm_alloc(set->count, sizeof *place);
    castmap_status status = made.reports && made.street && made.wide && street && place ? CASTMAP_OK : cm_fail_memory(ctx);

    if (!status)
        status = load_places(ctx, in, period, place, &made.n_clusters);
    if (status)
        goto done;
    cm_route_names(routes, set->id, set->count, street);
    for (size_t i = 0; i < set->count; i++) {
        const int64_t when = set->from_s[i] == CM_TIME_UNKNOWN ? INT64_MIN : middle_of(set, i);
        stats->observations++;
        if (set->id[i] > made.last_record)
            made.last_record = set->id[i];
        if (when < period->from_s || when >= period->to_s || set->id[i] > last_record) {
            stats->excluded_period++;
        } else if (policy->exclude_grade && (set->information_grade[i] == 'E' || (set->source_grade[i] == 3 && set->information_grade[i] == 'D'))) {
            stats->excluded_grade++;
        } else if (policy->exclude_handling && set->handling[i] == 'C') {
            stats->excluded_handling++;
        } else {
            const bool shared = set->precision[i] == CM_PLACE_SNAPPED || set->precision[i] == CM_PLACE_POSTCODE || set->precision[i] == CM_PLACE_AREA;
            made.sources_recorded = made.sources_recorded || set->source[i] >= 0;
            made.reports[made.n] = (cm_report){.x = in->x[i], .y = in->y[i], .accuracy_m = set->accuracy_m[i], .when = when_key(set, i),
                                               .source = set->source[i], .category = set->category[i], .place = place[i], .shared_place = shared};
            made.wide[made.n] = set->to_s[i] - set->from_s[i] > CM_FLOW_MONTH_S;
            made.street[made.n] = shared ? -1 : street[i];
            made.n++;
        }
    }
    *out = made;
    made = (cm_release_records){0};

done:
    cm_release_records_clear(&made);
    free(street);
    free(place);
    return status;
}
