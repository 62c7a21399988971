/* castmap cluster - find places where observations gather. */
#include "commands.h"
#include "session.h"

#include <string.h>

typedef struct cluster_args {
    double      radius_m, days, hours, xi;
    uint32_t    min;
    const char *name, *method, *selection, *study_area, *outline, *ellipse, *weight;
    bool        cores_only;
    filter_args filter;
} cluster_args;

#define DAY_S 86400.0
#define MOST_DAYS 365250.0

#define AT(field) offsetof(cluster_args, field)
static const cli_option OPTIONS[] = {
    {CLI_CHOICE, 0, "method", AT(method), "dbscan|dbscan*|st-dbscan|hdbscan|optics|nnh", "dbscan",
     "when two observations belong together; the result tells it in plain words"},
    {CLI_LENGTH_M, 'r', "radius", AT(radius_m), "LENGTH", NULL,
     "how near is together: 150m, 0.5km, 400ft; else chosen from the data and explained (hdbscan takes none; nnh: a fixed one in place of chance)"},
    {CLI_COUNT, 'm', "min", AT(min), "N", NULL,
     "observations within that radius that make a place; else chosen from the data and explained"},
    {CLI_NUMBER, 0, "days", AT(days), "N", NULL, "st-dbscan: how many days apart is together"},
    {CLI_NUMBER, 0, "hours", AT(hours), "N", NULL, "st-dbscan: the same in hours"},
    {CLI_NUMBER, 0, "xi", AT(xi), "SHARE", NULL,
     "optics: how much the distance must change for a place to begin, 0 to 1; --radius alone cuts at that distance instead"},
    {CLI_FLAG, 0, "cores-only", AT(cores_only), NULL, NULL,
     "dbscan: leave out observations at the edge of a place, which is the method dbscan*"},
    {CLI_CHOICE, 0, "selection", AT(selection), "mass|leaf", NULL,
     "hdbscan: places that last over the most radii (mass, the default), or the smallest that are never divided (leaf)"},
    {CLI_TEXT, 0, "study-area", AT(study_area), "LEVEL", NULL,
     "nnh: boundary level whose areas together are the ground that chance is reckoned over; else the newest set"},
    {CLI_TEXT, 0, "weight", AT(weight), "COLUMN", NULL,
     "weigh each observation by the number in this column, which the import kept (--map keep=COLUMN); a place then needs that much weight"},
    CLI_HEADING("How places are drawn and kept"),
    {CLI_CHOICE, 0, "outline", AT(outline), "convex|concave", "convex",
     "round a place: the tightest without bays, or one that follows bends such as a riverside"},
    {CLI_CHOICE, 0, "ellipse", AT(ellipse), "covariance|crimestat", "covariance",
     "of the spread: holds 68 % of a normal distribution, or CrimeStat's standard deviational ellipse"},
    {CLI_TEXT, 0, "name", AT(name), "NAME", "places", "of the layer"},
    FILTER_OPTIONS(cluster_args, filter),
    {0},
};

static void defaults(void *args)
{
    filter_defaults(&((cluster_args *)args)->filter);
}

static castmap_cluster_method method_of(const cluster_args *args)
{
    castmap_cluster_method method = CASTMAP_CLUSTER_DBSCAN;

    while (castmap_cluster_method_name(method) && strcmp(castmap_cluster_method_name(method), args->method) != 0)
        method++;
    return method == CASTMAP_CLUSTER_DBSCAN && args->cores_only ? CASTMAP_CLUSTER_DBSCAN_STAR : method;
}

/* An option that the method does not take is a mistake, not a wish to be ignored. */
static int refuse(cli_env *env, const cluster_args *args, bool given, const char *option, const char *hint)
{
    return given ? cli_fail(env, CASTMAP_E_ARGUMENT, option, hint, "the method %s takes no %s", args->method, option) : 0;
}

static int check(cli_env *env, const cluster_args *args)
{
    const castmap_cluster_method method = method_of(args);
    const bool hdbscan = method == CASTMAP_CLUSTER_HDBSCAN;

    const bool timed = method == CASTMAP_CLUSTER_ST_DBSCAN;

    if (refuse(env, args, hdbscan && args->radius_m > 0.0, "--radius", "hdbscan looks at all radii; leave it out, or take dbscan") ||
        refuse(env, args, !hdbscan && args->selection, "--selection", "it belongs to --method hdbscan") ||
        refuse(env, args, !timed && args->days > 0.0, "--days", "it belongs to --method st-dbscan") ||
        refuse(env, args, !timed && args->hours > 0.0, "--hours", "it belongs to --method st-dbscan") ||
        refuse(env, args, args->xi > 0.0 && method != CASTMAP_CLUSTER_OPTICS, "--xi", "it belongs to --method optics") ||
        refuse(env, args, args->study_area && method != CASTMAP_CLUSTER_NNH, "--study-area", "it belongs to --method nnh") ||
        refuse(env, args, args->weight && method == CASTMAP_CLUSTER_NNH, "--weight", "chance strews points alike; take dbscan") ||
        refuse(env, args, args->cores_only && method != CASTMAP_CLUSTER_DBSCAN_STAR, "--cores-only", "it belongs to --method dbscan"))
        return 2;
    if (timed && (args->days > 0.0) == (args->hours > 0.0))
        return cli_fail(env, CASTMAP_E_ARGUMENT, "--days", "say how far apart in time is together: --days 14, or --hours 6",
                        "the method st-dbscan needs one time radius");
    if (args->days > MOST_DAYS || args->hours > MOST_DAYS * 24.0)
        return cli_fail(env, CASTMAP_E_ARGUMENT, args->days > 0.0 ? "--days" : "--hours", "leave the time out with --method dbscan",
                        "a time radius is at most 1000 years");
    return 0;
}

static int run(cli_env *env, const void *parsed)
{
    const cluster_args *args = parsed;
    castmap_cluster_run_options options = CASTMAP_CLUSTER_RUN_OPTIONS_INIT;
    castmap_cluster_summary summary = {0};
    stage_times times = {0};

    int code = check(env, args);
    if (code)
        return code;
    if (!filter_ok(env, &args->filter))
        return 2;
    options.name = args->name;
    options.method = method_of(args);
    options.eps_m = args->radius_m;
    options.min_points = args->min;
    options.selection = args->selection && strcmp(args->selection, "leaf") == 0 ? CASTMAP_HDBSCAN_LEAF : CASTMAP_HDBSCAN_EXCESS_OF_MASS;
    options.window_s = (int64_t)(args->days * DAY_S + args->hours * DAY_S / 24.0 + 0.5);
    options.outline = strcmp(args->outline, "concave") == 0 ? CASTMAP_OUTLINE_CONCAVE : CASTMAP_OUTLINE_CONVEX;
    options.crimestat_ellipse = strcmp(args->ellipse, "crimestat") == 0;
    options.xi = args->xi;
    options.study_level = args->study_area;
    options.weight = args->weight;
    options.filter = filter_of(&args->filter);
    stage_begin(&times);
    castmap_status status = cli_open(env, CASTMAP_WRITE);
    if (!status)
        status = castmap_run_cluster(env->ctx, env->project, &options, &summary);
    if (status)
        return cli_exit(env, status);
    stage_end(&times, "cluster");
    cli_json_object(env->json, NULL);
    cli_json_whole(env->json, "clusters", (int64_t)summary.clusters);
    json_clusters(env->json, &summary);
    show_clusters(env, &summary, 25);
    show_times(env, &times);
    castmap_cluster_summary_clear(&summary);
    return 0;
}

const cli_command CMD_CLUSTER = {
    .name = "cluster",
    .purpose = "find places where observations gather",
    .arguments = "",
    .details = "A place is where observations lie close together; --method chooses what that means. What gathers nowhere is counted and not "
               "forced into a place. Records known less exactly than the radius cannot say who is near them: they are left out and counted. "
               "castmap tune cluster helps to choose the radius. nnh also finds larger groups of places.",
    .examples = {{"cluster", "Let the data suggest how near is together, and explain it."},
                 {"cluster --radius 150m --min 8", "Say it yourself."},
                 {"cluster --method st-dbscan --radius 200m --days 14 --name waves",
                  "Near in place and within two weeks, as a layer of its own."}},
    .options = OPTIONS,
    .size = sizeof(cluster_args),
    .defaults = defaults,
    .run = run,
};
