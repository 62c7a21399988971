/* castmap heat - a surface of how densely observations lie. */
#include "commands.h"
#include "session.h"

typedef struct heat_args {
    double      radius_m, cell_m;
    const char *kernel, *name;
    filter_args filter;
} heat_args;

static const cli_option OPTIONS[] = {
    {CLI_LENGTH_M, 'r', "radius", offsetof(heat_args, radius_m), "LENGTH", NULL,
     "how far one observation reaches: 500m, 1km; else suggested from the data and explained"},
    {CLI_LENGTH_M, 'c', "cell", offsetof(heat_args, cell_m), "LENGTH", NULL, "side of a cell; else a tenth of the radius"},
    {CLI_CHOICE, 'k', "kernel", offsetof(heat_args, kernel), "quartic|epanechnikov|gaussian", "quartic",
     "how its weight falls off with distance"},
    {CLI_TEXT, 0, "name", offsetof(heat_args, name), "NAME", "heat", "of the layer"},
    FILTER_OPTIONS(heat_args, filter),
    {0},
};

static void defaults(void *args)
{
    filter_defaults(&((heat_args *)args)->filter);
}

static int run(cli_env *env, const void *parsed)
{
    const heat_args *args = parsed;
    castmap_heat_run_options options = CASTMAP_HEAT_RUN_OPTIONS_INIT;
    castmap_heat_summary summary = {0};
    stage_times times = {0};

    if (!filter_ok(env, &args->filter))
        return 2;
    if (!kernel_of(args->kernel, &options.kernel))
        return cli_fail(env, CASTMAP_E_ARGUMENT, "--kernel", NULL, "no kernel is called \"%s\"", CLI_SAFE(args->kernel));
    options.name = args->name;
    options.radius_m = args->radius_m;
    options.cell_m = args->cell_m;
    options.filter = filter_of(&args->filter);
    stage_begin(&times);
    castmap_status status = cli_open(env, CASTMAP_WRITE);
    if (!status)
        status = castmap_run_heat(env->ctx, env->project, &options, &summary);
    if (status)
        return cli_exit(env, status);
    stage_end(&times, "heat");
    cli_json_object(env->json, NULL);
    json_heat(env->json, &summary);
    show_heat(env, &summary);
    show_times(env, &times);
    castmap_heat_summary_clear(&summary);
    return 0;
}

const cli_command CMD_HEAT = {
    .name = "heat",
    .purpose = "make a heat map in observations per square kilometre",
    .arguments = "",
    .details = "An exact kernel density on a grid in metres. The surface adds up to the number of observations.",
    .examples = {{"heat", "Let the data suggest the radius, and explain it."},
                 {"heat --radius 800m --cell 50m", "Say it yourself."},
                 {"heat -r 1km --kernel gaussian --from 2024-Q4 --to 2024-Q4", "Another kernel, one quarter."}},
    .options = OPTIONS,
    .size = sizeof(heat_args),
    .defaults = defaults,
    .run = run,
};
