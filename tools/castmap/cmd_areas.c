/* castmap areas - count observations by council area. */
#include "commands.h"
#include "session.h"

typedef struct areas_args {
    const char *level, *name;
    double      per, confidence;
    filter_args filter;
} areas_args;

static const cli_option OPTIONS[] = {
    {CLI_TEXT, 'l', "level", offsetof(areas_args, level), "NAME", NULL, "of the areas: ward, council, ...; else the newest set"},
    {CLI_NUMBER, 0, "per", offsetof(areas_args, per), "PEOPLE", "1000", "a rate is per this many people"},
    {CLI_NUMBER, 0, "confidence", offsetof(areas_args, confidence), "PERCENT", "95", "of the interval of a rate"},
    {CLI_TEXT, 0, "name", offsetof(areas_args, name), "NAME", NULL, "of the layer; else the level"},
    FILTER_OPTIONS(areas_args, filter),
    {0},
};

static void defaults(void *args)
{
    filter_defaults(&((areas_args *)args)->filter);
}

static int run(cli_env *env, const void *parsed)
{
    const areas_args *args = parsed;
    castmap_areas_run_options options = CASTMAP_AREAS_RUN_OPTIONS_INIT;
    castmap_areas_summary summary = {0};
    stage_times times = {0};

    if (!filter_ok(env, &args->filter))
        return 2;
    if (args->confidence >= 100.0)
        return cli_fail(env, CASTMAP_E_ARGUMENT, "--confidence", "95 is usual", "a confidence is below 100 percent");
    options.name = args->name;
    options.level = args->level;
    options.per = args->per;
    options.confidence = args->confidence / 100.0;
    options.filter = filter_of(&args->filter);
    stage_begin(&times);
    castmap_status status = cli_open(env, CASTMAP_WRITE);
    if (!status)
        status = castmap_run_areas(env->ctx, env->project, &options, &summary);
    if (status)
        return cli_exit(env, status);
    stage_end(&times, "areas");
    cli_json_object(env->json, NULL);
    json_areas(env->json, &summary);
    show_areas(env, &summary, 40);
    show_times(env, &times);
    castmap_areas_summary_clear(&summary);
    return 0;
}

const cli_command CMD_AREAS = {
    .name = "areas",
    .purpose = "count observations by council area, with rates",
    .arguments = "",
    .details = "Each observation is counted in exactly one area of the level; what lies in none is shown. A rate comes with the "
               "exact interval in which the true one lies at the confidence asked for.",
    .examples = {{"areas", "Count by the newest set of boundaries."},
                 {"areas --level council --per 10000", "By council, per ten thousand people."},
                 {"areas --from 2024 --to 2024 --confidence 99 --json", "One year, wider intervals, for a program."}},
    .options = OPTIONS,
    .size = sizeof(areas_args),
    .defaults = defaults,
    .run = run,
};
