/* castmap tune heat - see what every rule for the radius would give before choosing one. */
#include "commands.h"
#include "heat_options.h"
#include "release_options.h"
#include "session.h"

#include <math.h>

typedef struct tune_args {
    const char *kernel, *study, *output, *audience, *weight;
    bool        overwrite;
    filter_args filter;
} tune_args;

#define AT(field) offsetof(tune_args, field)
static const cli_option OPTIONS[] = {
    {CLI_CHOICE, 'k', "kernel", AT(kernel), HEAT_KERNELS, "quartic", "how an observation's weight falls off with distance"},
    {CLI_TEXT, 0, "study-area", AT(study), "LEVEL", NULL, "the areas of this boundary level together are the study area; else the newest set"},
    {CLI_TEXT, 0, "weight", AT(weight), "COLUMN", NULL,
     "weigh each observation by the number in this column, which the import kept (--map keep=COLUMN); the maps are weighed, the rules look at places alone"},
    CLI_HEADING("A picture of it"),
    {CLI_FILE, 'o', "output", AT(output), "FILE", NULL, "also draw the maps side by side: tune.pdf, .svg or .png"},
    {CLI_CHOICE, 0, "for", AT(audience), "internal|partner|public", NULL, "who will see the picture; only internal is possible, and it must be said"},
    CLI_OVERWRITE(tune_args),
    FILTER_OPTIONS(tune_args, filter),
    {0},
};

static void defaults(void *args)
{
    filter_defaults(&((tune_args *)args)->filter);
}

static int check(cli_env *env, const tune_args *args)
{
    if (args->output && !args->audience)
        return cli_fail(env, CASTMAP_E_ARGUMENT, "--for", "say --for internal", "a picture must say whom it is for");
    if (!args->output && (args->audience || args->overwrite))
        return cli_fail(env, CASTMAP_E_ARGUMENT, "--output", "name a file with -o, or leave --for and --overwrite out", "there is no picture to write");
    if (args->output && audience_of(args->audience) != CASTMAP_INTERNAL)
        return cli_fail(env, CASTMAP_E_RELEASE, "--for", "say --for internal",
                        "small maps of every radius show single observations; they are for the group itself");
    return filter_ok(env, &args->filter) ? 0 : 2;
}

static void show(cli_env *env, const castmap_heat_tuning *t)
{
    static const char *const HEADER[] = {"", "radius", "deviation", "highest per km2", "rule", ""};
    char length[32];
    cli_table table;

    cli_say(env, "%zu observations, %s kernel", t->observations, castmap_kernel_name(t->kernel));
    cli_table_start(&table, "lrrrll", HEADER);
    for (size_t i = 0; i < t->n_candidates; i++) {
        const castmap_heat_candidate *c = &t->candidates[i];
        cli_table_add(&table, "%s", i == t->recommended ? "->" : "");
        if (isnan(c->radius_m)) {
            for (int k = 0; k < 3; k++)
                cli_table_add(&table, "-");
        } else {
            cli_length_text(c->radius_m, length);
            cli_table_add(&table, "%s", length);
            cli_length_text(c->sigma_m, length);
            cli_table_add(&table, "%s", length);
            cli_table_add(&table, "%.4g", c->maximum_per_km2);
        }
        cli_table_add(&table, "%s", c->name);
        cli_table_add(&table, "%s", c->note);
    }
    cli_table_end(env, &table);
    cli_length_text(t->candidates[t->recommended].radius_m, length);
    cli_say(env, "recommended radius: %s", length);
    cli_say(env, "  %s", CLI_SAFE(t->reason));
    show_remarks(env, t->remarks, t->n_remarks);
}

static void json(cli_json *json, const castmap_heat_tuning *t)
{
    cli_json_whole(json, "observations", (int64_t)t->observations);
    cli_json_text(json, "kernel", castmap_kernel_name(t->kernel));
    cli_json_number(json, "recommended_m", t->candidates[t->recommended].radius_m);
    cli_json_text(json, "reason", t->reason);
    cli_json_list(json, "candidates");
    for (size_t i = 0; i < t->n_candidates; i++) {
        const castmap_heat_candidate *c = &t->candidates[i];
        cli_json_object(json, NULL);
        cli_json_text(json, "rule", c->by_rule ? heat_rule_word(c->rule) : NULL);
        cli_json_text(json, "name", c->name);
        cli_json_number(json, "radius_m", c->radius_m);
        cli_json_number(json, "sigma_m", c->sigma_m);
        cli_json_flag(json, "at_limit", c->at_limit);
        cli_json_number(json, "maximum_per_km2", c->maximum_per_km2);
        cli_json_text(json, "note", c->note);
        cli_json_close(json);
    }
    cli_json_close(json);
    json_remarks(json, t->remarks, t->n_remarks);
}

static int draw(cli_env *env, const tune_args *args, const castmap_heat_tuning *tuning)
{
    const release_args wanted = {.audience = args->audience, .from_s = args->filter.from_s, .to_s = args->filter.to_s,
                                 .overwrite = args->overwrite};
    castmap_release *release = NULL;

    int code = release_begin(env, &wanted, args->output, &release);
    if (code)
        return code;
    const castmap_status status = castmap_write_heat_tuning(env->ctx, release, tuning, args->output, args->overwrite);
    castmap_release_free(release);
    if (status)
        return cli_exit(env, status);
    cli_json_text(env->json, "output", args->output);
    cli_say(env, "%s", CLI_SAFE(args->output));
    return 0;
}

static int run(cli_env *env, const void *parsed)
{
    const tune_args *args = parsed;
    castmap_heat_tuning_options options = CASTMAP_HEAT_TUNING_OPTIONS_INIT;
    castmap_heat_tuning tuning = {0};

    int code = check(env, args);
    if (code)
        return code;
    kernel_of(args->kernel, &options.kernel);
    options.study_level = args->study;
    options.weight = args->weight;
    options.filter = filter_of(&args->filter);
    castmap_status status = cli_open(env, args->output ? CASTMAP_WRITE : CASTMAP_READ);
    if (!status)
        status = castmap_tune_heat(env->ctx, env->project, &options, &tuning);
    if (status)
        return cli_exit(env, status);
    cli_json_object(env->json, NULL);
    json(env->json, &tuning);
    show(env, &tuning);
    if (args->output)
        code = draw(env, args, &tuning);
    castmap_heat_tuning_clear(&tuning);
    return code;
}

const cli_command CMD_TUNE_HEAT = {
    .name = "tune heat",
    .purpose = "see the heat map that each rule for the radius would give, and which to take",
    .arguments = "",
    .details = "Tries every rule and keeps nothing. A narrow radius shows single spots, a wide one the broad picture; the rules differ in what "
               "they aim at. It recommends one and says why.",
    .examples = {{"tune heat", "A table of radii with a recommendation."},
                 {"tune heat --for internal -o tune.pdf", "The maps side by side on a sheet, for the group itself."},
                 {"tune heat --kernel gaussian --from 2024 --to 2024", "Another kernel, one year."}},
    .options = OPTIONS,
    .size = sizeof(tune_args),
    .defaults = defaults,
    .run = run,
};
