/* castmap cluster - find places where observations gather. */
#include "commands.h"
#include "session.h"

typedef struct cluster_args {
    double      radius_m;
    uint32_t    min;
    const char *name, *method;
    bool        cores_only;
    filter_args filter;
} cluster_args;

static const cli_option OPTIONS[] = {
    {CLI_LENGTH_M, 'r', "radius", offsetof(cluster_args, radius_m), "LENGTH", NULL,
     "how near is together: 150m, 0.5km, 400ft; else chosen from the data and explained"},
    {CLI_COUNT, 'm', "min", offsetof(cluster_args, min), "N", NULL,
     "observations within that radius that make a place; else chosen from the data and explained"},
    {CLI_CHOICE, 0, "method", offsetof(cluster_args, method), "dbscan", "dbscan", "DBSCAN, exact, in metres"},
    {CLI_FLAG, 0, "cores-only", offsetof(cluster_args, cores_only), NULL, NULL,
     "leave out observations at the edge of a place (DBSCAN*)"},
    {CLI_TEXT, 0, "name", offsetof(cluster_args, name), "NAME", "places", "of the layer"},
    FILTER_OPTIONS(cluster_args, filter),
    {0},
};

static void defaults(void *args)
{
    filter_defaults(&((cluster_args *)args)->filter);
}

static int run(cli_env *env, const void *parsed)
{
    const cluster_args *args = parsed;
    castmap_cluster_run_options options = CASTMAP_CLUSTER_RUN_OPTIONS_INIT;
    castmap_cluster_summary summary = {0};
    stage_times times = {0};

    if (!filter_ok(env, &args->filter))
        return 2;
    options.name = args->name;
    options.eps_m = args->radius_m;
    options.min_points = args->min;
    options.border_is_noise = args->cores_only;
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
    .details = "A place is where at least --min observations lie within --radius of one of them. What gathers nowhere is "
               "counted and not forced into a place.",
    .examples = {{"cluster", "Let the data suggest how near is together, and explain it."},
                 {"cluster --radius 150m --min 8", "Say it yourself."},
                 {"cluster -r 0.5km --from 2024-Q3 --to 2024-Q4 --name autumn", "Half a year, as a layer of its own."}},
    .options = OPTIONS,
    .size = sizeof(cluster_args),
    .defaults = defaults,
    .run = run,
};
