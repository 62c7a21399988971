/*
 * runs/cluster_summary.c - what a search for places tells: figures, places from the largest on, red flags.
 */
#include "runs/cluster_run.h"

#include "base/fail.h"
#include "base/memory.h"
#include "runs/place_groups.h"
#include "runs/remarks.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define CHAIN_OF_RADII 20.0

void castmap_cluster_summary_clear(castmap_cluster_summary *summary)
{
    if (!summary)
        return;
    for (size_t i = 0; summary->details && i < summary->n_shapes; i++) {
        for (size_t c = 0; c < summary->details[i].n_categories; c++)
            free(summary->details[i].categories[c].name);
        free(summary->details[i].categories);
    }
    free(summary->details);
    free(summary->shapes);
    free(summary->number);
    free(summary->lon);
    free(summary->lat);
    free(summary->groups);
    free(summary->group);
    cm_remarks_clear(summary->remarks, summary->n_remarks);
    memset(summary, 0, sizeof *summary);
}

/* Red flags after E. Schubert et al. (2017), "DBSCAN Revisited, Revisited", section 4. */
static castmap_status raise_flags(cm_cluster_run *run)
{
    castmap_cluster_summary *s = &run->summary;
    const cm_cluster_layer *layer = &run->layer;
    const bool radius = s->eps_m > 0.0 && s->xi == 0.0;
    const size_t n = layer->n;
    size_t largest = 0, snapped = 0;
    double widest = 0.0;
    int failed = 0;

    for (size_t c = 0; c < layer->shapes.count; c++)
        widest = fmax(widest, layer->shapes.shape[c].diameter_m);
    for (size_t c = 0; c < layer->shapes.count; c++)
        largest = layer->shapes.shape[c].count > largest ? layer->shapes.shape[c].count : largest;
    for (size_t i = 0; i < n; i++)
        snapped += run->points.set.precision[i] != CM_PLACE_EXACT && run->points.set.precision[i] != CM_PLACE_UNKNOWN;
    if (s->clusters == 0 && radius)
        failed |= cm_remark_add(&s->remarks, &s->n_remarks, "nothing-gathers",
                                s->weighted ? "Nowhere does a weight of %u lie within the radius. Try a larger radius or a smaller number."
                                            : "Nowhere do %u observations lie within the radius of one another. Try a larger radius or a smaller "
                                              "number.",
                                s->min_points);
    if (s->clusters == 0 && !radius)
        failed |= cm_remark_add(&s->remarks, &s->n_remarks, "nothing-gathers",
                                "No group of %u observations or more stands out from its surroundings. Try a smaller number.",
                                s->min_points);
    if (largest * 2 > n && s->clusters > 0)
        failed |= cm_remark_add(&s->remarks, &s->n_remarks, "one-giant-place",
                                "One place holds %.0f %% of all observations: %s is probably too large for this town.",
                                100.0 * (double)largest / (double)n, radius ? "the radius" : "the number that makes a place");
    if (s->clusters > 0 && s->noise * 10 < n && radius)
        failed |= cm_remark_add(&s->remarks, &s->n_remarks, "hardly-any-stray",
                                "Only %.0f %% of the observations belong to no place; usually it is more than a tenth. Try a smaller radius.",
                                100.0 * (double)s->noise / (double)n);
    if (s->clusters > 0 && radius && widest > CHAIN_OF_RADII * s->eps_m) {
        char across[32];
        cm_length_words(widest, across);
        failed |= cm_remark_add(&s->remarks, &s->n_remarks, "chain",
                                "One place is %s across, more than %.0f times the radius: it may be a chain of places, each near to the next.",
                                across, CHAIN_OF_RADII);
    }
    if (snapped * 2 > n)
        failed |= cm_remark_add(&s->remarks, &s->n_remarks, "snapped-places",
                                "%.0f %% of the observations were moved to shared map points by their publisher or are known only to a street "
                                "or postcode. Several at one spot need not have happened at one spot.",
                                100.0 * (double)snapped / (double)n);
    failed |= cm_run_points_remark(&run->points, &s->remarks, &s->n_remarks);
    if (run->points.outside)
        failed |= cm_remark_add(&s->remarks, &s->n_remarks, "outside-crs",
                                "%zu observations lie outside the area of the working CRS and were left out.", run->points.outside);
    if (run->points.inexact)
        failed |= cm_remark_add(&s->remarks, &s->n_remarks, "inexact-left-out",
                                "%zu observations are known less exactly than asked for and were left out.", run->points.inexact);
    if (layer->outline_start)
        failed |= cm_remark_add(&s->remarks, &s->n_remarks, "outlines-with-bays",
                                "Areas and densities are those of outlines that follow bays: smaller, and denser, than with convex ones.");
    return failed ? cm_fail_memory(run->ctx) : CASTMAP_OK;
}

typedef struct ranked {
    double weight; /* the number of observations, where they were not weighed */
    size_t cluster;
} ranked;

static int largest_first(const void *a, const void *b)
{
    const ranked *p = a, *q = b;

    if (p->weight != q->weight)
        return p->weight < q->weight ? 1 : -1;
    return p->cluster < q->cluster ? -1 : p->cluster > q->cluster;
}

/* The layer keeps its own. */
static castmap_status copy_detail(castmap_context *ctx, const castmap_place_detail *from, castmap_place_detail *to)
{
    *to = *from;
    to->n_categories = 0;
    to->categories = cm_alloc_zero(from->n_categories, sizeof *to->categories);
    if (!to->categories)
        return cm_fail_memory(ctx);
    for (size_t c = 0; c < from->n_categories; c++) {
        to->categories[c] = (castmap_category_count){cm_copy_text(from->categories[c].name), from->categories[c].count};
        if (!to->categories[c].name)
            return cm_fail_memory(ctx);
        to->n_categories++;
    }
    return CASTMAP_OK;
}

/* A remark an order: how many, and how near is near. */
static castmap_status tell_groups(cm_cluster_run *run)
{
    castmap_cluster_summary *s = &run->summary;
    char length[32];

    for (size_t g = 0; g < s->n_groups; g++) {
        const castmap_place_group *group = &s->groups[g];
        if (g + 1 < s->n_groups && s->groups[g + 1].order == group->order)
            continue; /* the last of an order has its number */
        cm_length_words(group->threshold_m, length);
        if (cm_remark_add(&s->remarks, &s->n_remarks, "larger-groups",
                          "The places in turn form %d larger groups (order %zu), their centres within %s of one another.", group->number,
                          group->order, length))
            return cm_fail_memory(run->ctx);
    }
    return CASTMAP_OK;
}

/* The larger groups of places, and which holds each place of the summary. */
static castmap_status group_places(cm_cluster_run *run)
{
    castmap_cluster_summary *s = &run->summary;
    cm_place_groups groups = {0};
    double *lon = NULL, *lat = NULL;
    castmap_status status = cm_place_groups_make(run->ctx, &run->layer, &groups);

    if (status || groups.count == 0)
        return status;
    lon = cm_alloc(groups.count, sizeof *lon);
    lat = cm_alloc(groups.count, sizeof *lat);
    s->group = cm_alloc(s->n_shapes, sizeof *s->group);
    status = lon && lat && s->group
                 ? cm_projection_inverse(run->ctx, run->points.projection, groups.count, groups.x, groups.y, lon, lat, NULL)
                 : cm_fail_memory(run->ctx);
    for (size_t g = 0; g < groups.count && !status; g++) {
        groups.group[g].lon = lon[g];
        groups.group[g].lat = lat[g];
    }
    for (size_t i = 0; i < s->n_shapes && !status; i++)
        s->group[i] = groups.of_place[s->number[i] - 1];
    if (!status) {
        s->groups = groups.group;
        s->n_groups = groups.count;
        groups.group = NULL;
        status = tell_groups(run);
    }
    free(lon);
    free(lat);
    cm_place_groups_clear(&groups);
    return status;
}

castmap_status cm_cluster_summarise(cm_cluster_run *run)
{
    castmap_cluster_summary *s = &run->summary;
    const cm_cluster_layer *layer = &run->layer;
    const size_t k = layer->shapes.count;
    ranked *rank = cm_alloc(k, sizeof *rank);
    castmap_status status = CASTMAP_OK;

    s->observations = layer->n;
    for (size_t i = 0; i < layer->n; i++) {
        s->noise += layer->label[i] == CASTMAP_NOISE;
        s->cores += layer->is_core[i];
    }
    s->shapes = cm_alloc(k, sizeof *s->shapes);
    s->details = cm_alloc_zero(k, sizeof *s->details);
    s->number = cm_alloc(k, sizeof *s->number);
    s->lon = cm_alloc(k, sizeof *s->lon);
    s->lat = cm_alloc(k, sizeof *s->lat);
    if (!rank || !s->shapes || !s->details || !s->number || !s->lon || !s->lat) {
        status = cm_fail_memory(run->ctx);
        goto done;
    }
    s->n_shapes = k;
    for (size_t c = 0; c < k; c++)
        rank[c] = (ranked){layer->shapes.shape[c].weight, c};
    qsort(rank, k, sizeof *rank, largest_first);
    for (size_t i = 0; i < k && !status; i++) {
        const size_t c = rank[i].cluster;
        s->shapes[i] = layer->shapes.shape[c];
        s->number[i] = (int32_t)c + 1;
        s->lon[i] = layer->lon[c];
        s->lat[i] = layer->lat[c];
        status = copy_detail(run->ctx, &layer->detail[c], &s->details[i]);
    }
    if (!status)
        status = raise_flags(run);
    if (!status)
        status = group_places(run);

done:
    free(rank);
    return status;
}
