/* castmap heat - a surface of how densely observations lie. */
#include "commands.h"
#include "heat_options.h"
#include "session.h"

#include <stdlib.h>
#include <string.h>

#define ROOM 2000
#define MOST_PERIODS 61

/* Parsed words that the options point into. */
typedef struct choices {
    char           text[ROOM];
    castmap_filter periods[MOST_PERIODS];
} choices;

typedef struct heat_args {
    double      radius_m, sigma_m, cell_m;
    const char *kernel, *name, *rule, *unit, *edge, *study, *compare, *change, *domain, *mask, *slices, *weight;
    bool        adaptive, within, keep_whole, persons;
    filter_args filter;
} heat_args;

static const cli_option OPTIONS[] = {
    {CLI_LENGTH_M, 'r', "radius", offsetof(heat_args, radius_m), "LENGTH", NULL,
     "how far one observation reaches: 500m, 1km; else suggested from the data and explained"},
    {CLI_LENGTH_M, 'c', "cell", offsetof(heat_args, cell_m), "LENGTH", NULL, "side of a cell; else a tenth of the radius"},
    {CLI_CHOICE, 'k', "kernel", offsetof(heat_args, kernel), HEAT_KERNELS, "quartic",
     "how its weight falls off with distance"},
    {CLI_TEXT, 0, "name", offsetof(heat_args, name), "NAME", "heat", "of the layer"},
    CLI_HEADING("What it shows"),
    {CLI_CHOICE, 'u', "unit", offsetof(heat_args, unit), "per-km2|per-km2-month|per-1000|probability", "per-km2",
     "observations per km2, per km2 and month, per 1,000 residents, or percent of all in each km2"},
    {CLI_TEXT, 0, "compare", offsetof(heat_args, compare), "FIRST:SECOND", NULL,
     "two categories, or two periods: where the first is more likely than the second, outlined where p is below 0.05"},
    {CLI_TEXT, 0, "change", offsetof(heat_args, change), "PERIOD:PERIOD[:...]", NULL,
     "the second period less the first, both per month: 2024:2025, 2024-01..2024-06:2025-01..2025-06; with more periods also each less the one "
     "before, in one legend: 2024-Q1:2024-Q2:2024-Q3"},
    {CLI_TEXT, 0, "domain", offsetof(heat_args, domain), "auto|NUMBER|LAYER", "auto",
     "where the outermost class of a change begins, per km2 and month, or the layer whose classes are taken: maps in one domain can be compared"},
    {CLI_TEXT, 0, "slices", offsetof(heat_args, slices), "month|quarter|N", NULL,
     "also a map for each month, quarter, or of N equal parts of the period, with one legend; castmap map --layer slices draws them"},
    {CLI_FLAG, 0, "persons", offsetof(heat_args, persons), NULL, NULL,
     "count the persons that each observation tells of, not the observations (1 where it does not say)"},
    {CLI_TEXT, 0, "weight", offsetof(heat_args, weight), "COLUMN", NULL,
     "weigh each observation by the number in this column, which the import kept (--map keep=COLUMN); the surface adds up to it"},
    CLI_HEADING("How the radius is chosen"),
    {CLI_CHOICE, 0, "rule", offsetof(heat_args, rule), HEAT_RULES, NULL,
     "choose it by this rule; castmap tune heat shows them side by side"},
    {CLI_LENGTH_M, 0, "sigma", offsetof(heat_args, sigma_m), "LENGTH", NULL, "the kernel's standard deviation in place of its radius"},
    {CLI_FLAG, 0, "adaptive", offsetof(heat_args, adaptive), NULL, NULL,
     "narrow where observations are dense, wide where they are sparse (Abramson)"},
    CLI_HEADING("Borders, and what is left blank"),
    {CLI_CHOICE, 0, "edge", offsetof(heat_args, edge), "none|uniform|diggle", "none",
     "correct for what lies beyond the study area: uniform keeps the surface level, diggle keeps every observation inside"},
    {CLI_TEXT, 0, "study-area", offsetof(heat_args, study), "LEVEL", NULL,
     "the areas of this boundary level together are the study area; else the newest set, where one is needed"},
    {CLI_FLAG, 0, "within", offsetof(heat_args, within), NULL, NULL, "show nothing outside the study area"},
    {CLI_FILE, 0, "mask", offsetof(heat_args, mask), "FILE", NULL, "areas that are left blank: water, no-go places"},
    {CLI_FLAG, 0, "keep-whole", offsetof(heat_args, keep_whole), NULL, NULL,
     "leave records that are known only to a postcode or ward on its middle; else they are spread over it"},
    FILTER_OPTIONS(heat_args, filter),
    {0},
};

static void defaults(void *args)
{
    filter_defaults(&((heat_args *)args)->filter);
}

/* "A:B" in two. The texts are kept in `room`. */
static bool halves(const char *text, char room[ROOM], const char **first, const char **second)
{
    char *colon;

    if (strlen(text) >= ROOM)
        return false;
    strcpy(room, text);
    colon = strchr(room, ':');
    if (!colon || colon == room || !colon[1] || strchr(colon + 1, ':'))
        return false;
    *colon = '\0';
    *first = room;
    *second = colon + 1;
    return true;
}

/* One period, or "from..to". */
static bool period(const char *text, int64_t *from_s, int64_t *to_s)
{
    const char *dots = strstr(text, "..");
    char first[64];
    int64_t ignored;

    if (!dots)
        return cli_period(text, from_s, to_s);
    if ((size_t)(dots - text) >= sizeof first)
        return false;
    memcpy(first, text, (size_t)(dots - text));
    first[dots - text] = '\0';
    return cli_period(first, from_s, &ignored) && cli_period(dots + 2, &ignored, to_s) && *from_s < *to_s;
}

/* "A:B" or "A:B:C...": all periods of a change, in order. */
static size_t periods_of(const char *text, char room[ROOM], castmap_filter periods[MOST_PERIODS])
{
    size_t n = 0;
    char *at = room;

    if (strlen(text) >= ROOM)
        return 0;
    strcpy(room, text);
    while (at) {
        char *colon = strchr(at, ':');
        if (colon)
            *colon = '\0';
        if (n == MOST_PERIODS)
            return 0;
        periods[n] = (castmap_filter)CASTMAP_FILTER_INIT;
        if (!period(at, &periods[n].from_s, &periods[n].to_s))
            return 0;
        n++;
        at = colon ? colon + 1 : NULL;
    }
    return n;
}

static int choose_change(cli_env *env, const heat_args *args, choices *room, castmap_heat_run_options *options)
{
    char *end = NULL;

    options->n_periods = periods_of(args->change, room->text, room->periods);
    options->periods = room->periods;
    if (options->n_periods < 2)
        return cli_fail(env, CASTMAP_E_ARGUMENT, "--change", "--change 2024-Q1:2024-Q2, or 2024-01..2024-06:2025-01..2025-06, or up to 61 periods",
                        "two periods or more with colons between them are needed");
    for (size_t i = 1; i < options->n_periods; i++) {
        if (room->periods[i - 1].to_s > room->periods[i].from_s)
            return cli_fail(env, CASTMAP_E_ARGUMENT, "--change", "the earlier period comes first", "the periods overlap or run backwards");
    }
    options->first.from_s = room->periods[0].from_s;
    options->first.to_s = room->periods[0].to_s;
    options->filter.from_s = room->periods[options->n_periods - 1].from_s;
    options->filter.to_s = room->periods[options->n_periods - 1].to_s;
    options->kind = CASTMAP_HEAT_CHANGE;
    if (strcmp(args->domain, "auto") == 0)
        return 0;
    options->domain = strtod(args->domain, &end);
    if (end == args->domain || *end) {
        options->domain = 0.0;
        options->domain_of = args->domain;
    } else if (!(options->domain > 0.0 && options->domain < 1e300)) {
        return cli_fail(env, CASTMAP_E_ARGUMENT, "--domain", "--domain 2.5, or the name of a layer", "a number above 0 is needed");
    }
    return 0;
}

/* The kind of map; 0, or the exit code after a complaint. */
static int choose_kind(cli_env *env, const heat_args *args, choices *room, castmap_heat_run_options *options)
{
    const char *first, *second;

    if (args->compare && args->change)
        return cli_fail(env, CASTMAP_E_ARGUMENT, "--compare, --change", "give one of them", "a map shows a comparison or a change, not both");
    if (args->compare) {
        if (!halves(args->compare, room->text, &first, &second))
            return cli_fail(env, CASTMAP_E_ARGUMENT, "--compare", "--compare begging:visitors, or --compare 2025:2024; several categories are separated by commas",
                            "two categories or two periods with a colon between them are needed");
        options->kind = CASTMAP_HEAT_COMPARE;
        castmap_filter one = options->filter, other = options->first;
        if (!period(first, &one.from_s, &one.to_s) || !period(second, &other.from_s, &other.to_s)) {
            options->cases = first;
            options->controls = second;
        } else if (one.from_s < other.to_s && other.from_s < one.to_s) {
            return cli_fail(env, CASTMAP_E_ARGUMENT, "--compare", "--compare 2025:2024", "the periods overlap");
        } else {
            options->filter = one;
            options->first = other;
        }
    }
    if (args->change)
        return choose_change(env, args, room, options);
    if (strcmp(args->domain, "auto") != 0)
        return cli_fail(env, CASTMAP_E_ARGUMENT, "--domain", "--change 2024-Q1:2024-Q2 --domain 2.5", "a domain of colours is that of a change");
    return 0;
}

static int run(cli_env *env, const void *parsed)
{
    const heat_args *args = parsed;
    castmap_heat_run_options options = CASTMAP_HEAT_RUN_OPTIONS_INIT;
    castmap_heat_summary summary = {0};
    stage_times times = {0};
    choices room;

    if (!filter_ok(env, &args->filter))
        return 2;
    if (!kernel_of(args->kernel, &options.kernel))
        return cli_fail(env, CASTMAP_E_ARGUMENT, "--kernel", NULL, "no kernel is called \"%s\"", CLI_SAFE(args->kernel));
    options.name = args->name;
    options.radius_m = args->radius_m;
    options.sigma_m = args->sigma_m;
    options.cell_m = args->cell_m;
    options.filter = filter_of(&args->filter);
    options.by_rule = heat_rule_of(args->rule, &options.rule);
    options.measure = heat_measure_of(args->unit);
    options.edge = heat_edge_of(args->edge);
    options.study_level = args->study;
    options.within = args->within;
    options.adaptive = args->adaptive;
    options.keep_whole = args->keep_whole;
    options.weigh_persons = args->persons;
    options.weight = args->weight;
    if (args->persons && args->weight)
        return cli_fail(env, CASTMAP_E_ARGUMENT, "--persons, --weight", "give one of them", "observations are weighed by one thing");
    options.mask = args->mask;
    if (!slices_of(args->slices, &options.slicing, &options.slices))
        return cli_fail(env, CASTMAP_E_ARGUMENT, "--slices", SLICES_ADVICE);
    const int complaint = choose_kind(env, args, &room, &options);
    if (complaint)
        return complaint;
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
    .details = "An exact kernel density on a grid in metres. The surface adds up to the number of observations. Records that are known only to a "
               "postcode or a ward are spread over it.",
    .examples = {{"heat", "Let the data suggest the radius, and explain it."},
                 {"heat --radius 800m --unit per-1000 --edge uniform", "By residents, and level at the border of the areas."},
                 {"heat --change 2024-Q4:2025-Q4 --name autumn", "What became more, and what less, in a year."}},
    .options = OPTIONS,
    .size = sizeof(heat_args),
    .defaults = defaults,
    .run = run,
};
