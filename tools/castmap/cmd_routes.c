/* castmap routes - which stretches of street hold more observations than chance would put there. */
#include "commands.h"
#include "heat_options.h"
#include "session.h"

#include <string.h>

#define MOST_SHOWN 20
#define MOST_CLASSES 60

typedef struct routes_args {
    double      piece_m, snap_m, radius_m, longest_m, alpha;
    uint32_t    least, simulations, top;
    const char *name, *kernel, *form, *slices, *exposure;
    bool        adaptive, shared_points, persons;
    int64_t     streets;
    filter_args filter;
} routes_args;

#define AT(field) offsetof(routes_args, field)
static const cli_option OPTIONS[] = {
    CLI_HEADING("Observations on streets"),
    {CLI_LENGTH_M, 0, "snap", AT(snap_m), "LENGTH", "50m", "an observation belongs to the nearest street within this distance"},
    {CLI_FLAG, 0, "shared-points", AT(shared_points), NULL, NULL,
     "also count records that were moved to shared map points by who published them; then nothing is tested"},
    {CLI_ID, 0, "streets", AT(streets), "SET", NULL, "network by its number in castmap streets list; else the newest"},
    {CLI_FLAG, 0, "persons", AT(persons), NULL, NULL, "count the persons that each observation tells of, not the observations (1 where it does not say)"},
    CLI_HEADING("Stretches"),
    {CLI_LENGTH_M, 'l', "piece", AT(piece_m), "LENGTH", "50m", "streets are cut into pieces of this length"},
    {CLI_LENGTH_M, 0, "longest", AT(longest_m), "LENGTH", "2km", "longest stretch that is looked for"},
    {CLI_COUNT, 'm', "min", AT(least), "N", "5", "observations that a stretch must hold, 2 or more"},
    {CLI_NATURAL, 0, "simulations", AT(simulations), "N", "999", "times that chance is played through; 0: rank only"},
    {CLI_NUMBER, 0, "alpha", AT(alpha), "P", "0.05", "how rarely chance may give as much, for a stretch to be called hot"},
    {CLI_COUNT, 0, "top", AT(top), "N", "10", "stretches that are listed even if chance may give them"},
    {CLI_TEXT, 0, "exposure", AT(exposure), "CLASS=N,...", NULL,
     "what chance goes by beside length: primary=4,footway=0.5 puts four times as many on a primary street as on one that is not named"},
    CLI_HEADING("Density along the streets"),
    {CLI_LENGTH_M, 'r', "radius", AT(radius_m), "LENGTH", "300m", "how far along the streets an observation reaches"},
    {CLI_CHOICE, 'k', "kernel", AT(kernel), "quartic|epanechnikov|triangle|uniform|gaussian", "quartic", "how it fades with distance"},
    {CLI_CHOICE, 0, "form", AT(form), "simple|discontinuous|continuous", "discontinuous",
     "at a junction: passes whole into every street, or is shared among them (in two ways)"},
    {CLI_FLAG, 0, "adaptive", AT(adaptive), NULL, NULL, "narrower where observations are dense, wider where they are sparse"},
    {CLI_TEXT, 0, "slices", AT(slices), "month|quarter|N", NULL,
     "also the density in each month, quarter, or of N equal parts of the period, with one legend; castmap map --layer street_slices draws them"},
    {CLI_TEXT, 0, "name", AT(name), "NAME", "routes", "of the layer"},
    FILTER_OPTIONS(routes_args, filter),
    {0},
};

static void defaults(void *args)
{
    filter_defaults(&((routes_args *)args)->filter);
}

static castmap_line_kernel kernel_named(const char *word)
{
    castmap_line_kernel kernel = CASTMAP_LINE_QUARTIC;

    while (kernel < CASTMAP_LINE_GAUSSIAN && strcmp(castmap_line_kernel_name(kernel), word) != 0)
        kernel++;
    return kernel;
}

static castmap_line_form form_named(const char *word)
{
    return strcmp(word, "simple") == 0 ? CASTMAP_LINE_SIMPLE : strcmp(word, "continuous") == 0 ? CASTMAP_LINE_CONTINUOUS : CASTMAP_LINE_DISCONTINUOUS;
}

/* "primary=4,footway=0.5" as pairs that point into `room`. 0, or the exit code after a complaint. */
static int exposures_of(cli_env *env, const char *text, char *room, size_t size, castmap_street_exposure *out, size_t *n)
{
    char *next = room;

    *n = 0;
    if (!text)
        return 0;
    if (strlen(text) >= size)
        return cli_fail(env, CASTMAP_E_ARGUMENT, "--exposure", NULL, "more classes of streets than there are");
    strcpy(room, text);
    while (next) {
        char *pair = next, *equals;
        double weight = 0.0;
        next = strchr(pair, ',');
        if (next)
            *next++ = '\0';
        equals = strchr(pair, '=');
        if (!equals || equals == pair || !cli_number(equals + 1, &weight) || *n == MOST_CLASSES)
            return cli_fail(env, CASTMAP_E_ARGUMENT, "--exposure", "--exposure primary=4,footway=0.5", "classes of streets with a number, 0 or more, are needed");
        *equals = '\0';
        out[(*n)++] = (castmap_street_exposure){pair, weight};
    }
    return 0;
}

void show_routes(cli_env *env, const castmap_routes_summary *s, size_t most)
{
    static const char *const OBSERVATIONS[] = {"street", "from", "to", "m", "count", "per km", "a month", "times", "p"};
    static const char *const PERSONS[] = {"street", "from", "to", "m", "count", "persons", "per km", "a month", "times", "p"};
    cli_table table;
    size_t hot = 0;

    cli_say(env, "%zu observations: %zu on a street, %zu farther away, %zu known too roughly, %zu moved to shared map points", s->observations, s->snapped,
            s->too_far, s->vague, s->shared);
    cli_say(env, "  distance to the street: half within %.0f m, 95 of 100 within %.0f m, farthest %.0f m", s->median_m, s->nearly_all_m, s->farthest_m);
    for (size_t i = 0; i < s->n_stretches; i++)
        hot += s->stretches[i].hot;
    cli_say(env, "%zu hot stretch%s on %.1f km of streets; %zu of %zu pieces are hot by themselves", hot, hot == 1 ? "" : "es", s->streets_km,
            s->hot_pieces, s->pieces);
    if (s->slices > 0)
        cli_say(env, "  %zu slices in time with one legend; castmap map --layer street_slices draws them side by side", s->slices);
    cli_table_start(&table, s->persons ? "lllrrrrrrr" : "lllrrrrrr", s->persons ? PERSONS : OBSERVATIONS);
    for (size_t i = 0; i < s->n_stretches && i < most; i++) {
        const castmap_stretch_row *row = &s->stretches[i];
        cli_table_add(&table, "%s", row->street);
        cli_table_add(&table, "%s", row->from);
        cli_table_add(&table, "%s", row->to);
        cli_table_add(&table, "%.0f", row->length_m);
        cli_table_add(&table, "%zu", row->count);
        if (s->persons)
            cli_table_add(&table, "%.0f", row->weight);
        cli_table_add(&table, "%.1f", row->per_km);
        if (row->per_km_month > 0.0)
            cli_table_add(&table, "%.2f", row->per_km_month);
        else
            cli_table_add(&table, "%s", "");
        cli_table_add(&table, "%.1f", row->expected > 0.0 ? row->weight / row->expected : 0.0);
        if (row->p >= 0.0)
            cli_table_add(&table, row->p < 0.001 ? "<0.001" : "%.3f", row->p);
        else
            cli_table_add(&table, "%s", "");
    }
    cli_table_end(env, &table);
    if (s->n_stretches > 0)
        cli_say(env, "%s", CLI_SAFE(s->stretches[0].sentence));
    if (s->n_stretches > most)
        cli_say(env, "and %zu more; --json lists all", s->n_stretches - most);
    show_remarks(env, s->remarks, s->n_remarks);
}

void json_routes(cli_json *json, const castmap_routes_summary *s)
{
    cli_json_whole(json, "run", s->run_number);
    cli_json_whole(json, "observations", (int64_t)s->observations);
    cli_json_whole(json, "snapped", (int64_t)s->snapped);
    cli_json_whole(json, "too_far", (int64_t)s->too_far);
    cli_json_whole(json, "vague", (int64_t)s->vague);
    cli_json_whole(json, "shared", (int64_t)s->shared);
    cli_json_number(json, "median_m", s->median_m);
    cli_json_number(json, "nearly_all_m", s->nearly_all_m);
    cli_json_number(json, "farthest_m", s->farthest_m);
    cli_json_number(json, "streets_km", s->streets_km);
    cli_json_number(json, "months", s->months);
    cli_json_whole(json, "pieces", (int64_t)s->pieces);
    cli_json_whole(json, "hot_pieces", (int64_t)s->hot_pieces);
    cli_json_number(json, "highest_per_km", s->highest_per_km);
    cli_json_number(json, "weight", s->weight);
    cli_json_whole(json, "slices", (int64_t)s->slices);
    cli_json_list(json, "stretches");
    for (size_t i = 0; i < s->n_stretches; i++) {
        const castmap_stretch_row *row = &s->stretches[i];
        cli_json_object(json, NULL);
        cli_json_text(json, "street", row->street);
        cli_json_text(json, "from", row->from);
        cli_json_text(json, "to", row->to);
        cli_json_number(json, "length_m", row->length_m);
        cli_json_whole(json, "count", (int64_t)row->count);
        cli_json_number(json, "weight", row->weight);
        cli_json_number(json, "expected", row->expected);
        cli_json_number(json, "per_km", row->per_km);
        cli_json_number(json, "per_km_month", row->per_km_month);
        cli_json_number(json, "p", row->p);
        cli_json_flag(json, "hot", row->hot);
        cli_json_whole(json, "route", row->route);
        cli_json_number(json, "lon", row->lon);
        cli_json_number(json, "lat", row->lat);
        cli_json_text(json, "sentence", row->sentence);
        cli_json_close(json);
    }
    cli_json_close(json);
    json_remarks(json, s->remarks, s->n_remarks);
}

static int routes(cli_env *env, const void *parsed)
{
    const routes_args *args = parsed;
    castmap_routes_run_options options = CASTMAP_ROUTES_RUN_OPTIONS_INIT;
    castmap_routes_summary summary = {0};
    castmap_street_exposure exposures[MOST_CLASSES];
    char room[2000];
    castmap_status status;

    if (!filter_ok(env, &args->filter))
        return 2;
    options.name = args->name;
    options.street_set = args->streets;
    options.piece_m = args->piece_m;
    options.limit_m = args->snap_m;
    options.radius_m = args->radius_m;
    options.kernel = kernel_named(args->kernel);
    options.form = form_named(args->form);
    options.adaptive = args->adaptive;
    options.most_m = args->longest_m;
    options.least_events = args->least;
    options.simulations = args->simulations;
    options.alpha = args->alpha;
    options.keep = args->top;
    options.shared_points = args->shared_points;
    options.filter = filter_of(&args->filter);
    options.weigh_persons = args->persons;
    if (!slices_of(args->slices, &options.slicing, &options.slices))
        return cli_fail(env, CASTMAP_E_ARGUMENT, "--slices", SLICES_ADVICE);
    const int complaint = exposures_of(env, args->exposure, room, sizeof room, exposures, &options.n_exposures);
    if (complaint)
        return complaint;
    options.exposures = exposures;
    status = cli_open(env, CASTMAP_WRITE);
    if (!status)
        status = castmap_run_routes(env->ctx, env->project, &options, &summary);
    if (status)
        return cli_exit(env, status);
    show_routes(env, &summary, MOST_SHOWN);
    cli_json_object(env->json, NULL);
    json_routes(env->json, &summary);
    castmap_routes_summary_clear(&summary);
    return 0;
}

const cli_command CMD_ROUTES = {
    .name = "routes",
    .purpose = "find stretches of street where observations gather",
    .arguments = "",
    .details = "Puts each observation on the nearest street, makes the density along the streets, and finds stretches that hold more than chance would give "
               "if observations were spread evenly along all streets. Streets come from castmap streets add. Map it with castmap map --layer stretches.",
    .examples = {{"routes", "The stretches that stand out most, with names and numbers."},
                 {"routes --category vehicles --from 2025-07 --longest 1km", "Of one category and period, stretches up to 1 km."},
                 {"routes --persons --slices quarter", "Persons in place of observations, and how the density went from quarter to quarter."}},
    .options = OPTIONS,
    .size = sizeof(routes_args),
    .defaults = defaults,
    .run = routes,
};
