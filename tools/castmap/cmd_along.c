/* castmap near, castmap route - what was observed around a place or along a way, by street. */
#include "commands.h"
#include "session.h"

#include <math.h>

#define MOST_NEAR 20
#define MOST_STEPS 30

typedef struct along_args {
    double      within_m, snap_m;
    bool        one_way;
    const char *keep;
    filter_args filter;
} along_args;

#define AT(field) offsetof(along_args, field)
#define SNAP_OPTIONS \
    {CLI_LENGTH_M, 0, "snap", AT(snap_m), "LENGTH", "50m", \
     "farther than this from every street, or known less exactly, an observation belongs to none"}, \
    {CLI_FLAG, 0, "one-way", AT(one_way), NULL, NULL, "only as the streets may be driven; else both ways, as people walk"}, \
    {CLI_TEXT, 0, "keep", AT(keep), "NAME", NULL, \
     "keep it as a layer under this name: map, GeoJSON, GeoPackage and page of the group itself show the newest (castmap map --layer reach)"}, \
    FILTER_OPTIONS(along_args, filter), \
    {0}

static const cli_option NEAR_OPTIONS[] = {
    {CLI_LENGTH_M, 'w', "within", AT(within_m), "LENGTH", "300m", "how far along the streets"},
    SNAP_OPTIONS,
};
static const cli_option ROUTE_OPTIONS[] = {
    {CLI_LENGTH_M, 'w', "within", AT(within_m), "LENGTH", "50m", "how far from the way along side streets"},
    SNAP_OPTIONS,
};

static void defaults(void *args)
{
    filter_defaults(&((along_args *)args)->filter);
}

static void show_way(cli_env *env, const castmap_along *a)
{
    static const char *const HEADER[] = {"street", "length"};
    char way[32], straight[32];
    cli_table table;

    cli_length_text(a->way_m, way);
    cli_length_text(a->straight_m, straight);
    cli_say(env, "%s by street, %s as the crow flies", way, straight);
    cli_table_start(&table, "lr", HEADER);
    for (size_t i = 0; i < a->n_steps && i < MOST_STEPS; i++) {
        cli_length_text(a->step[i].length_m, way);
        cli_table_add(&table, "%s", a->step[i].name ? CLI_SAFE(a->step[i].name) : "(no name)");
        cli_table_add(&table, "%s", way);
    }
    cli_table_end(env, &table);
    if (a->n_steps > MOST_STEPS)
        cli_say(env, "and %zu more streets; --json lists them all", a->n_steps - MOST_STEPS);
}

static void show_near(cli_env *env, const castmap_along *a)
{
    static const char *const HEADER[] = {"observation", "distance", "date", "category"};
    cli_table table;

    if (a->n_near == 0)
        return;
    cli_table_start(&table, "rrll", HEADER);
    for (size_t i = 0; i < a->n_near && i < MOST_NEAR; i++) {
        const castmap_along_near *near = &a->near[i];
        char distance[32], date[16];
        cli_length_text(near->distance_m, distance);
        cli_date_text(near->time_s, date);
        cli_table_add(&table, "#%lld", (long long)near->id);
        cli_table_add(&table, "%s", distance);
        cli_table_add(&table, "%s", date);
        cli_table_add(&table, "%s", near->category < 0 ? "" : CLI_SAFE(a->category[near->category]));
    }
    cli_table_end(env, &table);
    if (a->n_near > MOST_NEAR)
        cli_say(env, "and %zu more; --json lists them all", a->n_near - MOST_NEAR);
}

static void show_along(cli_env *env, const castmap_along *a, double within_m)
{
    char within[32], streets[32];

    cli_length_text(within_m, within);
    cli_length_text(a->streets_m, streets);
    if (a->is_way)
        show_way(env, a);
    cli_say(env, "%zu of %zu observations are within %s along the streets, on %s of street", a->n_near, a->observations, within, streets);
    if (!a->is_way)
        cli_say(env, "  as the crow flies it would be %zu", a->beeline);
    for (int end = 0; end <= a->is_way; end++) {
        cli_length_text(a->off_m[end], within);
        if (a->off_m[end] > 25.0)
            cli_say(env, "  %s is %s from the nearest street; measured from there", !a->is_way ? "the place" : end ? "the end" : "the start", within);
    }
    show_remarks(env, a->remarks, a->n_remarks);
    show_near(env, a);
    for (size_t c = 0; c < a->n_categories; c++) {
        if (a->category_count[c] > 0)
            cli_say(env, "  %6zu  %s", a->category_count[c], CLI_SAFE(a->category[c]));
    }
}

static void json_lines(cli_json *json, const char *key, const castmap_along_lines *lines)
{
    cli_json_object(json, key);
    cli_json_text(json, "type", "MultiLineString");
    cli_json_list(json, "coordinates");
    for (size_t i = 0; i < lines->count; i++) {
        cli_json_list(json, NULL);
        for (size_t v = lines->start[i]; v < lines->start[i + 1]; v++) {
            cli_json_list(json, NULL);
            cli_json_number(json, NULL, round(lines->lon[v] * 1e7) / 1e7);
            cli_json_number(json, NULL, round(lines->lat[v] * 1e7) / 1e7);
            cli_json_close(json);
        }
        cli_json_close(json);
    }
    cli_json_close(json);
    cli_json_close(json);
}

static void json_way(cli_json *json, const castmap_along *a)
{
    cli_json_number(json, "way_m", a->way_m);
    cli_json_number(json, "straight_m", a->straight_m);
    cli_json_list(json, "steps");
    for (size_t i = 0; i < a->n_steps; i++) {
        cli_json_object(json, NULL);
        cli_json_text(json, "street", a->step[i].name);
        cli_json_number(json, "length_m", a->step[i].length_m);
        cli_json_close(json);
    }
    cli_json_close(json);
    json_lines(json, "way", &a->way);
}

static void json_along(cli_json *json, const castmap_along *a, double within_m)
{
    cli_json_list(json, "places");
    for (int end = 0; end <= a->is_way; end++) {
        cli_json_object(json, NULL);
        cli_json_number(json, "lon", a->lon[end]);
        cli_json_number(json, "lat", a->lat[end]);
        cli_json_number(json, "from_street_m", a->off_m[end]);
        cli_json_close(json);
    }
    cli_json_close(json);
    if (a->is_way)
        json_way(json, a);
    cli_json_number(json, "within_m", within_m);
    cli_json_number(json, "streets_m", a->streets_m);
    json_lines(json, "streets", &a->streets);
    cli_json_whole(json, "observations", (int64_t)a->observations);
    cli_json_whole(json, "inexact", (int64_t)a->inexact);
    cli_json_whole(json, "off_streets", (int64_t)a->off_streets);
    if (!a->is_way)
        cli_json_whole(json, "as_the_crow_flies", (int64_t)a->beeline);
    cli_json_list(json, "near");
    for (size_t i = 0; i < a->n_near; i++) {
        cli_json_object(json, NULL);
        cli_json_whole(json, "observation", a->near[i].id);
        cli_json_number(json, "distance_m", a->near[i].distance_m);
        cli_json_time(json, "time", a->near[i].time_s);
        cli_json_text(json, "category", a->near[i].category < 0 ? NULL : a->category[a->near[i].category]);
        cli_json_close(json);
    }
    cli_json_close(json);
    json_remarks(json, a->remarks, a->n_remarks);
}

static int run(cli_env *env, const void *parsed)
{
    const along_args *args = parsed;
    castmap_along_options options = CASTMAP_ALONG_OPTIONS_INIT;
    castmap_along found = CASTMAP_ALONG_INIT;
    int64_t kept = 0;

    if (!filter_ok(env, &args->filter))
        return 2;
    options.from = env->arguments[0];
    options.to = env->n_arguments > 1 ? env->arguments[1] : NULL;
    options.within_m = args->within_m;
    options.snap_m = args->snap_m;
    options.one_way = args->one_way;
    options.filter = filter_of(&args->filter);
    castmap_status status = cli_open(env, args->keep ? CASTMAP_WRITE : CASTMAP_READ);
    if (!status)
        status = castmap_along_find(env->ctx, env->project, &options, &found);
    if (!status && args->keep)
        status = castmap_along_keep(env->ctx, env->project, &found, args->keep, args->within_m, &kept);
    if (status) {
        castmap_along_clear(&found);
        return cli_exit(env, status);
    }
    cli_json_object(env->json, NULL);
    if (args->keep)
        cli_json_whole(env->json, "run", kept);
    json_along(env->json, &found, args->within_m);
    show_along(env, &found, args->within_m);
    if (args->keep)
        cli_say(env, "kept as \"%s\"; castmap map --for internal --layer reach draws it", CLI_SAFE(args->keep));
    castmap_along_clear(&found);
    return 0;
}

const cli_command CMD_NEAR = {
    .name = "near",
    .purpose = "see what was observed around a place, by street",
    .arguments = "PLACE",
    .least = 1,
    .most = 1,
    .details = "Measures along the project's streets: what is near in the air but across a railway or a river is not near. A place is "
               "latitude,longitude as map sites give it, #12 for an observation, or a postcode or name of the project's tables (castmap places add). "
               "Nothing is kept unless --keep says so. For the group's own eyes: it names single observations.",
    .examples = {{"near 53.7490,-4.0423", "Observations within 300 m on foot."},
                 {"near '#12' --within 1km --keep 'Around 12'", "Around an observation, farther, kept as a layer for maps and files of the group."},
                 {"near -- -33.9249,18.4241", "South of the equator: two dashes tell that what follows is no option."}},
    .options = NEAR_OPTIONS,
    .size = sizeof(along_args),
    .defaults = defaults,
    .run = run,
};

const cli_command CMD_ROUTE = {
    .name = "route",
    .purpose = "see the shortest way between two places by street, and what was observed along it",
    .arguments = "FROM TO",
    .least = 2,
    .most = 2,
    .details = "Finds the shortest way along the project's streets, names the streets, and lists the observations on the way and in its side streets. "
               "A place is latitude,longitude as map sites give it, #12 for an observation, or a postcode or name of the project's tables "
               "(castmap places add). Nothing is kept unless --keep says so. For the group's own eyes: it names single observations.",
    .examples = {{"route 53.7490,-4.0423 53.7365,-4.0587", "The way, and what was observed within 50 m of it along side streets."},
                 {"route '#12' '#40' --within 200m", "Between two observations, with wider surroundings."},
                 {"route 53.7490,-4.0423 53.7365,-4.0587 --one-way --from 2025", "As one may drive, this year's observations only."}},
    .options = ROUTE_OPTIONS,
    .size = sizeof(along_args),
    .defaults = defaults,
    .run = run,
};
