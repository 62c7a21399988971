/* castmap tune cluster - see what other radii would give before choosing one. */
#include "commands.h"
#include "release_options.h"
#include "session.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MOST_RADII 18

typedef struct tune_args {
    uint32_t    min, redraws;
    const char *radii, *output, *audience, *weight;
    bool        overwrite;
    filter_args filter;
} tune_args;

#define AT(field) offsetof(tune_args, field)
static const cli_option OPTIONS[] = {
    {CLI_COUNT, 'm', "min", AT(min), "N", NULL, "observations within the radius that make a place; else chosen from the data and explained"},
    {CLI_TEXT, 0, "radii", AT(radii), "LENGTHS", NULL, "radii to compare: 50m,100m,0.2km; else figures round the turn of the curve"},
    {CLI_COUNT, 0, "redraws", AT(redraws), "N", NULL, "how often every position is redrawn within its accuracy; else 20, fewer for very many records"},
    {CLI_TEXT, 0, "weight", AT(weight), "COLUMN", NULL, "weigh each observation by the number in this column, which the import kept (--map keep=COLUMN)"},
    CLI_HEADING("A picture of it"),
    {CLI_FILE, 'o', "output", AT(output), "FILE", NULL, "also draw the curve and the table: tune.pdf, .svg or .png"},
    {CLI_CHOICE, 0, "for", AT(audience), "internal|partner|public", NULL, "who will see the picture; only internal is possible, and it must be said"},
    CLI_OVERWRITE(tune_args),
    FILTER_OPTIONS(tune_args, filter),
    {0},
};

static void defaults(void *args)
{
    filter_defaults(&((tune_args *)args)->filter);
}

/* "50m,100m" -> metres; 0 on success, else the exit code. */
static int radii_of(cli_env *env, const char *text, double out[MOST_RADII], size_t *n)
{
    char word[64];

    *n = 0;
    for (const char *at = text; at && *at;) {
        const size_t length = strcspn(at, ",");
        const char *why = "too long";
        if (*n == MOST_RADII)
            return cli_fail(env, CASTMAP_E_ARGUMENT, "--radii", "name fewer", "at most %d radii can be compared", MOST_RADII);
        if (length < sizeof word) {
            memcpy(word, at, length);
            word[length] = '\0';
        }
        if (length >= sizeof word || !cli_length_m(word, &out[*n], &why))
            return cli_fail(env, CASTMAP_E_ARGUMENT, "--radii", "write lengths with their units: 50m,100m,0.2km", "a radius is %s", why);
        if (*n > 0 && out[*n] <= out[*n - 1])
            return cli_fail(env, CASTMAP_E_ARGUMENT, "--radii", "write them from small to large", "radii must grow");
        (*n)++;
        at += length + (at[length] == ',');
    }
    return 0;
}

static int check(cli_env *env, const tune_args *args)
{
    if (args->output && !args->audience)
        return cli_fail(env, CASTMAP_E_ARGUMENT, "--for", "say --for internal", "a picture must say whom it is for");
    if (!args->output && (args->audience || args->overwrite))
        return cli_fail(env, CASTMAP_E_ARGUMENT, "--output", "name a file with -o, or leave --for and --overwrite out", "there is no picture to write");
    if (args->output && audience_of(args->audience) != CASTMAP_INTERNAL)
        return cli_fail(env, CASTMAP_E_RELEASE, "--for", "say --for internal",
                        "the tuning of places counts single observations; it is for the group itself");
    return filter_ok(env, &args->filter) ? 0 : 2;
}

static void add_share(cli_table *table, double share)
{
    if (isnan(share))
        cli_table_add(table, "-");
    else
        cli_table_add(table, "%.0f %%", 100.0 * share);
}

static void show(cli_env *env, const castmap_cluster_tuning *t)
{
    static const char *const HEADER[] = {"", "radius", "places", "in a place", "largest", "stays at +-10 %", "stays when redrawn"};
    char length[32];
    cli_table table;

    cli_say(env, "%zu observations; a place needs %u of them within the radius", t->observations, t->min_points);
    cli_length_text(t->knee_m, length);
    if (isfinite(t->knee_m))
        cli_say(env, "  the curve of distances turns up at %s", length);
    cli_table_start(&table, "lrrrrrr", HEADER);
    for (size_t i = 0; i < t->n_rows; i++) {
        const castmap_cluster_tuning_row *row = &t->rows[i];
        const double n = row->observations ? (double)row->observations : 1.0;
        cli_length_text(row->radius_m, length);
        cli_table_add(&table, "%s", i == t->recommended ? "->" : "");
        cli_table_add(&table, "%s", length);
        cli_table_add(&table, "%zu", row->places);
        add_share(&table, (double)row->in_places / n);
        add_share(&table, (double)row->largest / n);
        add_share(&table, row->stability);
        add_share(&table, row->redraw);
    }
    cli_table_end(env, &table);
    cli_length_text(t->rows[t->recommended].radius_m, length);
    cli_say(env, "recommended radius: %s", length);
    cli_say(env, "  %s", CLI_SAFE(t->reason));
    show_remarks(env, t->remarks, t->n_remarks);
}

static void json(cli_json *json, const castmap_cluster_tuning *t)
{
    cli_json_whole(json, "min", t->min_points);
    cli_json_whole(json, "observations", (int64_t)t->observations);
    cli_json_whole(json, "imprecise", (int64_t)t->imprecise);
    cli_json_whole(json, "redraws", (int64_t)t->redraws);
    cli_json_whole(json, "seed", (int64_t)t->seed);
    cli_json_number(json, "knee_m", t->knee_m);
    cli_json_number(json, "recommended_m", t->rows[t->recommended].radius_m);
    cli_json_text(json, "reason", t->reason);
    cli_json_list(json, "radii");
    for (size_t i = 0; i < t->n_rows; i++) {
        const castmap_cluster_tuning_row *row = &t->rows[i];
        cli_json_object(json, NULL);
        cli_json_number(json, "radius_m", row->radius_m);
        cli_json_whole(json, "observations", (int64_t)row->observations);
        cli_json_whole(json, "places", (int64_t)row->places);
        cli_json_whole(json, "in_places", (int64_t)row->in_places);
        cli_json_whole(json, "largest", (int64_t)row->largest);
        cli_json_number(json, "stability", row->stability);
        cli_json_number(json, "redraw_stability", row->redraw);
        cli_json_close(json);
    }
    cli_json_close(json);
    cli_json_list(json, "curve");
    for (size_t i = 0; i < t->n_curve; i++) {
        cli_json_object(json, NULL);
        cli_json_number(json, "share", t->curve_share[i]);
        cli_json_number(json, "distance_m", t->curve_m[i]);
        cli_json_close(json);
    }
    cli_json_close(json);
    json_remarks(json, t->remarks, t->n_remarks);
}

static int draw(cli_env *env, const tune_args *args, const castmap_cluster_tuning *tuning)
{
    const release_args wanted = {.audience = args->audience, .from_s = args->filter.from_s, .to_s = args->filter.to_s,
                                 .overwrite = args->overwrite};
    castmap_release *release = NULL;

    int code = release_begin(env, &wanted, args->output, &release);
    if (code)
        return code;
    const castmap_status status = castmap_write_cluster_tuning(env->ctx, release, tuning, args->output, args->overwrite);
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
    castmap_cluster_tuning_options options = CASTMAP_CLUSTER_TUNING_OPTIONS_INIT;
    castmap_cluster_tuning tuning = {0};
    double radii[MOST_RADII];

    int code = check(env, args);
    if (!code)
        code = radii_of(env, args->radii, radii, &options.n_radii);
    if (code)
        return code;
    options.radii_m = radii;
    options.min_points = args->min;
    options.weight = args->weight;
    options.redraws = args->redraws ? args->redraws : CASTMAP_REDRAWS_CHOSEN;
    options.filter = filter_of(&args->filter);
    castmap_status status = cli_open(env, args->output ? CASTMAP_WRITE : CASTMAP_READ);
    if (!status)
        status = castmap_tune_cluster(env->ctx, env->project, &options, &tuning);
    if (status)
        return cli_exit(env, status);
    cli_json_object(env->json, NULL);
    json(env->json, &tuning);
    show(env, &tuning);
    if (args->output)
        code = draw(env, args, &tuning);
    castmap_cluster_tuning_clear(&tuning);
    return code;
}

const cli_command CMD_TUNE_CLUSTER = {
    .name = "tune cluster",
    .purpose = "see what other radii would give, and which one to take",
    .arguments = "",
    .details = "Tries several radii and keeps nothing. For each it tells how many places there are, how many observations belong to one, how large "
               "the largest is, and how much of it stays when the radius is a tenth off or when every position is redrawn within its accuracy. "
               "It recommends one and says why.",
    .examples = {{"tune cluster", "A table of radii with a recommendation."},
                 {"tune cluster --min 8 --radii 50m,100m,200m,400m", "The radii you have in mind."},
                 {"tune cluster --for internal -o tune.pdf", "The curve and the table on a sheet, for the group itself."}},
    .options = OPTIONS,
    .size = sizeof(tune_args),
    .defaults = defaults,
    .run = run,
};
