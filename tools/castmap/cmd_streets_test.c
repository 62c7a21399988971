/* castmap streets test - do observations gather along the streets more than chance would have it? */
#include "commands.h"
#include "session.h"

#include <math.h>

#define ROWS 10u

typedef struct gathering_args {
    const char *around;
    double      radius_m, snap_m;
    uint32_t    steps, simulations;
    bool        labels, scaled, plain, persons;
    filter_args filter;
} gathering_args;

#define AT(field) offsetof(gathering_args, field)
static const cli_option OPTIONS[] = {
    {CLI_LENGTH_M, 'r', "radius", AT(radius_m), "LENGTH", NULL, "longest distance along the streets; else 1 km, or less in a small network"},
    {CLI_COUNT, 0, "simulations", AT(simulations), "N", "199", "how often chance is drawn, 19 at least; 999 for a finer p"},
    {CLI_TEXT, 0, "around", AT(around), "NAMES", NULL, "do the others gather around observations of these categories, separated by commas?"},
    {CLI_FLAG, 0, "labels", AT(labels), NULL, NULL,
     "with --around: all observations stay where they are, and chance deals out which are of those categories"},
    {CLI_FLAG, 0, "scaled", AT(scaled), NULL, NULL, "give short distances as much say as long ones"},
    {CLI_FLAG, 0, "plain", AT(plain), NULL, NULL, "count pairs as they are, without the correction for the shape of the streets (Okabe and Yamada)"},
    {CLI_FLAG, 0, "persons", AT(persons), NULL, NULL, "refused, with the reason: pairs of observations are counted here, not persons (castmap routes --persons counts them)"},
    {CLI_COUNT, 0, "steps", AT(steps), "N", "50", "distances that are looked at"},
    {CLI_LENGTH_M, 0, "snap", AT(snap_m), "LENGTH", "50m",
     "farther than this from every street, or known less exactly, an observation belongs to none"},
    FILTER_OPTIONS(gathering_args, filter),
    {0},
};

static void defaults(void *args)
{
    filter_defaults(&((gathering_args *)args)->filter);
}

static void add_ratio(cli_table *table, double value, double mean)
{
    if (mean > 0.0)
        cli_table_add(table, "%.2f", value / mean);
    else
        cli_table_add(table, "-");
}

/* About ROWS distances, in multiples of what chance gives. */
static void show_table(cli_env *env, const castmap_network_k *k)
{
    static const char *const HEADER[] = {"within", "pairs, times chance", "chance alone, from", "to", ""};
    const size_t stride = k->count > ROWS ? k->count / ROWS : 1;
    cli_table table;

    cli_table_start(&table, "rrrrl", HEADER);
    for (size_t i = stride - 1; i < k->count; i += stride) {
        char within[32];
        cli_length_text(k->r_m[i], within);
        cli_table_add(&table, "%s", within);
        add_ratio(&table, k->k[i], k->mean[i]);
        add_ratio(&table, k->global_low[i], k->mean[i]);
        add_ratio(&table, k->global_high[i], k->mean[i]);
        cli_table_add(&table, "%s", k->k[i] > k->global_high[i] ? "more than chance" : k->k[i] < k->global_low[i] ? "less than chance" : "");
    }
    cli_table_end(env, &table);
}

static void show_range(cli_env *env, const char *what, double from_m, double to_m)
{
    char from[32], to[32];

    if (isnan(from_m))
        return;
    cli_length_text(from_m, from);
    cli_length_text(to_m, to);
    cli_say(env, "  %s from %s to %s", what, from, to);
}

static void show(cli_env *env, const castmap_gathering *g, const gathering_args *args)
{
    if (!env->json)
        cli_wrap(stdout, g->sentence, 0, 100);
    show_range(env, "more than chance", g->above_from_m, g->above_to_m);
    show_range(env, "less than chance", g->below_from_m, g->below_to_m);
    if (args->around)
        cli_say(env, "  %zu observations around %zu, on %.1f km of street", g->k.n_to, g->k.n_from, g->k.length_m / 1000.0);
    else
        cli_say(env, "  %zu observations on %.1f km of street", g->k.n_from, g->k.length_m / 1000.0);
    cli_say(env, "  chance drawn %u times; %s (network %sK)", args->simulations,
            args->labels ? "it deals out the kinds" : "observations fall anywhere along the streets alike", args->around ? "cross-" : "");
    show_remarks(env, g->remarks, g->n_remarks);
    show_table(env, &g->k);
}

static void json_gathering(cli_json *json, const castmap_gathering *g, const gathering_args *args, uint64_t seed)
{
    const castmap_network_k *k = &g->k;

    cli_json_text(json, "sentence", g->sentence);
    cli_json_number(json, "p", k->p);
    cli_json_number(json, "level", CASTMAP_GATHERING_LEVEL);
    cli_json_number(json, "largest_deviation_at_m", k->r_m[k->where]);
    cli_json_number(json, "above_from_m", g->above_from_m);
    cli_json_number(json, "above_to_m", g->above_to_m);
    cli_json_number(json, "below_from_m", g->below_from_m);
    cli_json_number(json, "below_to_m", g->below_to_m);
    cli_json_number(json, "radius_m", g->radius_m);
    cli_json_text(json, "around", args->around);
    cli_json_text(json, "null", args->labels ? "labels" : "anywhere");
    cli_json_flag(json, "corrected", !args->plain);
    cli_json_flag(json, "scaled", args->scaled);
    cli_json_whole(json, "simulations", args->simulations);
    cli_json_whole(json, "seed", (int64_t)seed);
    cli_json_number(json, "streets_m", k->length_m);
    cli_json_whole(json, "from_observations", (int64_t)k->n_from);
    cli_json_whole(json, "to_observations", (int64_t)k->n_to);
    cli_json_whole(json, "inexact", (int64_t)g->inexact);
    cli_json_whole(json, "off_streets", (int64_t)g->off_streets);
    cli_json_list(json, "k");
    for (size_t i = 0; i < k->count; i++) {
        cli_json_object(json, NULL);
        cli_json_number(json, "r_m", k->r_m[i]);
        cli_json_number(json, "k_m", k->k[i]);
        cli_json_number(json, "mean_m", k->mean[i]);
        cli_json_number(json, "low_m", k->low[i]);
        cli_json_number(json, "high_m", k->high[i]);
        cli_json_number(json, "global_low_m", k->global_low[i]);
        cli_json_number(json, "global_high_m", k->global_high[i]);
        cli_json_close(json);
    }
    cli_json_close(json);
    json_remarks(json, g->remarks, g->n_remarks);
}

static int run(cli_env *env, const void *parsed)
{
    const gathering_args *args = parsed;
    castmap_gathering_options options = CASTMAP_GATHERING_OPTIONS_INIT;
    castmap_gathering found = CASTMAP_GATHERING_INIT;

    if (args->labels && !args->around)
        return cli_fail(env, CASTMAP_E_ARGUMENT, "--labels", "say --around CATEGORY too", "labels can be dealt out only where there are two kinds");
    if (args->persons)
        return cli_fail(env, CASTMAP_E_ARGUMENT, "--persons", "leave it out; castmap routes --persons counts persons by stretch",
                        "persons of one observation are at one place because they were noticed together, so counting their pairs would show groups, not gathering");
    if (args->simulations < 19)
        return cli_fail(env, CASTMAP_E_ARGUMENT, "--simulations", "say 19 or more; 199 is the default",
                        "so few draws of chance cannot show anything at the level of 5 %%");
    if (!filter_ok(env, &args->filter))
        return 2;
    options.around = args->around;
    options.labels = args->labels;
    options.radius_m = args->radius_m;
    options.steps = args->steps;
    options.simulations = args->simulations;
    options.scaled = args->scaled;
    options.plain = args->plain;
    options.snap_m = args->snap_m;
    options.filter = filter_of(&args->filter);
    castmap_status status = cli_open(env, CASTMAP_READ);
    if (!status)
        status = castmap_gathering_test(env->ctx, env->project, &options, &found);
    if (status)
        return cli_exit(env, status);
    cli_json_object(env->json, NULL);
    json_gathering(env->json, &found, args, castmap_seed(env->ctx));
    show(env, &found, args);
    castmap_gathering_clear(&found);
    return 0;
}

const cli_command CMD_STREETS_TEST = {
    .name = "streets test",
    .purpose = "see whether observations gather along the streets more than chance would have it",
    .arguments = "",
    .details = "Counts for every distance how many pairs of observations lie within it along the streets, and compares with observations that fall on the "
               "streets by chance, drawn many times. One p answers for all distances together. Nothing is kept. The method is the "
               "network K function, corrected for the shape of the streets.",
    .examples = {{"streets test", "Do they gather, and up to what distance?"},
                 {"streets test --radius 500m --simulations 999 --category visitors", "One kind, at short distances, with a finer p."},
                 {"streets test --around car_wash_concern --labels",
                  "Do the other observations keep to those of one kind more than kinds dealt out by chance would?"}},
    .options = OPTIONS,
    .size = sizeof(gathering_args),
    .defaults = defaults,
    .run = run,
};
