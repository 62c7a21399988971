/*
 * results_clusters.c - places where observations gather, in words, as a table and in JSON.
 */
#include "session.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static void show_how(cli_env *env, const castmap_cluster_summary *s)
{
    const char *least = s->weighted ? "a weight of at least" : "at least";
    char radius[32];

    cli_length_text(s->eps_m, radius);
    if (s->method == CASTMAP_CLUSTER_ST_DBSCAN) {
        const bool days = s->window_s % 86400 == 0;
        cli_say(env, "  %s %u within %s and %.6g %s of one of them (st-dbscan)", least, s->min_points, radius,
                (double)s->window_s / (days ? 86400.0 : 3600.0), days ? "days" : "hours");
    } else if (s->method == CASTMAP_CLUSTER_HDBSCAN)
        cli_say(env, "  groups of %s %u that last over the radii, from wide to narrow (hdbscan)", least, s->min_points);
    else if (s->xi > 0.0)
        cli_say(env, "  valleys of %s %u whose edges change by %.0f %% or more, looking no farther than %s (optics)", least, s->min_points,
                100.0 * s->xi, radius);
    else if (s->eps_m > 0.0)
        cli_say(env, "  %s %u within %s of one of them (%s)", least, s->min_points, radius, castmap_cluster_method_name(s->method));
    else
        cli_say(env, "  %s %u (%s)", least, s->min_points, castmap_cluster_method_name(s->method));
    if (!env->json)
        cli_wrap(stdout, castmap_cluster_method_note(s->method), 2, 100);
}

/* "visitors (12 of 20)"; "" without categories. */
static void mostly(const castmap_place_detail *d, size_t count, char out[96])
{
    out[0] = '\0';
    if (d->n_categories > 0)
        snprintf(out, 96, "%.60s (%zu of %zu)", CLI_SAFE(d->categories[0].name), d->categories[0].count, count);
}

/* The larger groups of places, where the method forms them. */
static void show_groups(cli_env *env, const castmap_cluster_summary *summary, size_t most)
{
    static const char *const HEADER[] = {"group", "order", "places", "observations", "longitude", "latitude", "across", "within group"};
    cli_table table;

    if (summary->n_groups == 0)
        return;
    cli_table_start(&table, "rrrrrrrl", HEADER);
    for (size_t g = 0; g < summary->n_groups && g < most; g++) {
        const castmap_place_group *group = &summary->groups[g];
        char across[32];
        cli_length_text(group->diameter_m, across);
        cli_table_add(&table, "%d", group->number);
        cli_table_add(&table, "%zu", group->order);
        cli_table_add(&table, "%zu", group->places);
        cli_table_add(&table, "%zu", group->count);
        cli_table_add(&table, "%.5f", group->lon);
        cli_table_add(&table, "%.5f", group->lat);
        cli_table_add(&table, "%s", across);
        if (group->within)
            cli_table_add(&table, "%d of order %zu", group->within, group->order + 1);
        else
            cli_table_add(&table, "%s", "-");
    }
    cli_table_end(env, &table);
    if (summary->n_groups > most)
        cli_say(env, "and %zu more", summary->n_groups - most);
}

void show_clusters(cli_env *env, const castmap_cluster_summary *summary, size_t most)
{
    static const char *const HEADER[] = {"place", "observations", "longitude", "latitude", "across", "first", "last", "mostly"};
    static const char *const WEIGHED[] = {"place", "observations", "weight", "longitude", "latitude", "across", "first", "last", "mostly"};
    cli_table table;

    cli_say(env, "%zu places where observations gather, among %zu observations (%zu gather nowhere)", summary->clusters,
            summary->observations, summary->noise);
    show_how(env, summary);
    show_remarks(env, summary->remarks, summary->n_remarks);
    if (summary->n_shapes == 0)
        return;
    cli_table_start(&table, summary->weighted ? "rrrrrrlll" : "rrrrrlll", summary->weighted ? WEIGHED : HEADER);
    for (size_t i = 0; i < summary->n_shapes && i < most; i++) {
        const castmap_cluster_shape *shape = &summary->shapes[i];
        char first[16], last[16], across[32], category[96];
        cli_date_text(shape->first_s, first);
        cli_date_text(shape->last_s, last);
        cli_length_text(shape->diameter_m, across);
        mostly(&summary->details[i], shape->count, category);
        cli_table_add(&table, "%d", summary->number[i]);
        cli_table_add(&table, "%zu", shape->count);
        if (summary->weighted)
            cli_table_add(&table, "%.6g", shape->weight);
        cli_table_add(&table, "%.5f", summary->lon[i]);
        cli_table_add(&table, "%.5f", summary->lat[i]);
        cli_table_add(&table, "%s", across);
        cli_table_add(&table, "%s", first);
        cli_table_add(&table, "%s", last);
        cli_table_add(&table, "%s", category);
    }
    cli_table_end(env, &table);
    if (summary->n_shapes > most)
        cli_say(env, "and %zu more", summary->n_shapes - most);
    show_groups(env, summary, most);
}

static void json_groups(cli_json *json, const castmap_cluster_summary *summary)
{
    cli_json_list(json, "groups");
    for (size_t g = 0; g < summary->n_groups; g++) {
        const castmap_place_group *group = &summary->groups[g];
        cli_json_object(json, NULL);
        cli_json_whole(json, "order", (int64_t)group->order);
        cli_json_whole(json, "number", group->number);
        if (group->within)
            cli_json_whole(json, "within", group->within);
        else
            cli_json_text(json, "within", NULL);
        cli_json_whole(json, "places", (int64_t)group->places);
        cli_json_whole(json, "count", (int64_t)group->count);
        cli_json_number(json, "threshold_m", group->threshold_m);
        cli_json_number(json, "lon", group->lon);
        cli_json_number(json, "lat", group->lat);
        cli_json_number(json, "radius_m", group->radius_m);
        cli_json_number(json, "diameter_m", group->diameter_m);
        cli_json_number(json, "area_km2", group->area_km2);
        cli_json_close(json);
    }
    cli_json_close(json);
}

static void json_detail(cli_json *json, const castmap_place_detail *d)
{
    static const char *const INFORMATION[] = {"A", "B", "C", "D", "E"};
    static const char *const SOURCE[] = {"1", "2", "3"};

    cli_json_object(json, "medoid");
    cli_json_whole(json, "observation", d->medoid_id);
    cli_json_number(json, "lon", d->medoid_lon);
    cli_json_number(json, "lat", d->medoid_lat);
    cli_json_close(json);
    cli_json_number(json, "longest_hop_m", d->longest_hop_m);
    cli_json_object(json, "ellipse");
    cli_json_number(json, "major_m", d->ellipse_major_m);
    cli_json_number(json, "minor_m", d->ellipse_minor_m);
    cli_json_number(json, "bearing_deg", d->ellipse_bearing_deg);
    cli_json_close(json);
    cli_json_number(json, "outlier", d->outlier);
    cli_json_list(json, "categories");
    for (size_t c = 0; c < d->n_categories; c++) {
        cli_json_object(json, NULL);
        cli_json_text(json, "name", d->categories[c].name);
        cli_json_whole(json, "count", (int64_t)d->categories[c].count);
        cli_json_close(json);
    }
    cli_json_close(json);
    cli_json_object(json, "source_grades");
    for (int i = 0; i < 3; i++)
        cli_json_whole(json, SOURCE[i], (int64_t)d->source_grade[i]);
    cli_json_close(json);
    cli_json_object(json, "information_grades");
    for (int i = 0; i < 5; i++)
        cli_json_whole(json, INFORMATION[i], (int64_t)d->information_grade[i]);
    cli_json_close(json);
}

void json_clusters(cli_json *json, const castmap_cluster_summary *summary)
{
    cli_json_whole(json, "run", summary->run_number);
    cli_json_text(json, "method", castmap_cluster_method_name(summary->method));
    cli_json_text(json, "note", castmap_cluster_method_note(summary->method));
    cli_json_number(json, "radius_m", summary->eps_m > 0.0 ? summary->eps_m : (double)NAN);
    cli_json_whole(json, "min", summary->min_points);
    cli_json_flag(json, "weighted", summary->weighted);
    if (summary->method == CASTMAP_CLUSTER_ST_DBSCAN)
        cli_json_whole(json, "window_s", summary->window_s);
    if (summary->xi > 0.0)
        cli_json_number(json, "xi", summary->xi);
    if (summary->study_km2 > 0.0)
        cli_json_number(json, "study_km2", summary->study_km2);
    cli_json_text(json, "outline", summary->outline == CASTMAP_OUTLINE_CONCAVE ? "concave" : "convex");
    cli_json_text(json, "ellipse", summary->crimestat_ellipse ? "crimestat" : "covariance");
    cli_json_whole(json, "observations", (int64_t)summary->observations);
    cli_json_whole(json, "imprecise", (int64_t)summary->imprecise);
    cli_json_whole(json, "untimed", (int64_t)summary->untimed);
    cli_json_whole(json, "cores", (int64_t)summary->cores);
    cli_json_whole(json, "noise", (int64_t)summary->noise);
    cli_json_list(json, "places");
    for (size_t i = 0; i < summary->n_shapes; i++) {
        const castmap_cluster_shape *shape = &summary->shapes[i];
        cli_json_object(json, NULL);
        cli_json_whole(json, "number", summary->number[i]);
        if (summary->method == CASTMAP_CLUSTER_NNH && summary->group && summary->group[i])
            cli_json_whole(json, "group", summary->group[i]);
        else if (summary->method == CASTMAP_CLUSTER_NNH)
            cli_json_text(json, "group", NULL);
        cli_json_whole(json, "count", (int64_t)shape->count);
        if (summary->weighted)
            cli_json_number(json, "weight", shape->weight);
        cli_json_number(json, "lon", summary->lon[i]);
        cli_json_number(json, "lat", summary->lat[i]);
        cli_json_number(json, "radius_m", shape->radius_m);
        cli_json_number(json, "diameter_m", shape->diameter_m);
        cli_json_number(json, "area_km2", shape->hull_area_km2);
        cli_json_number(json, "density_per_km2", shape->density_per_km2);
        cli_json_whole(json, "places", (int64_t)shape->places);
        cli_json_time(json, "first", shape->first_s);
        cli_json_time(json, "last", shape->last_s);
        json_detail(json, &summary->details[i]);
        cli_json_close(json);
    }
    cli_json_close(json);
    if (summary->method == CASTMAP_CLUSTER_NNH)
        json_groups(json, summary);
    json_remarks(json, summary->remarks, summary->n_remarks);
}
