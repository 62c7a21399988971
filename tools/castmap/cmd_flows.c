/* castmap flows - movements from one area to another. */
#include "commands.h"
#include "session.h"

#include <math.h>
#include <string.h>

#define MOST_ROWS 30
#define MOST_PARTS 15
#define MOST_CORRIDORS 20

typedef struct flows_args {
    const char *level, *name, *by, *null, *date_order, *delimiter, *crs, *layer, *encoding;
    cli_texts   map;
    double      false_percent;
    uint32_t    journeys;
    bool        labels, symmetric, within, dry_run, follow, strict;
} flows_args;

#define AT(field) offsetof(flows_args, field)
static const cli_option OPTIONS[] = {
    CLI_DRY_RUN(flows_args),
    CLI_HEADING("Which areas"),
    {CLI_TEXT, 'b', "boundaries", AT(level), "NAME", NULL, "level of the areas: ward, council, ...; else the newest set"},
    {CLI_FLAG, 0, "labels", AT(labels), NULL, NULL, "the words of the table are the areas, such as countries, whatever boundaries there are"},
    CLI_HEADING("What is counted"),
    {CLI_CHOICE, 0, "by", AT(by), "all|month|quarter|year", "all", "also count each period by itself"},
    {CLI_FLAG, 0, "symmetric", AT(symmetric), NULL, NULL, "from A to B and from B to A are one flow"},
    {CLI_CHOICE, 0, "null", AT(null), "independence|gravity", "independence",
     "what a flow is compared with: where people go does not depend on where they come from; or the same with near areas exchanging more"},
    {CLI_FLAG, 0, "within", AT(within), NULL, NULL, "independence: movements within an area are part of the comparison"},
    {CLI_NUMBER, 0, "false-share", AT(false_percent), "PERCENT", "5", "of the flows called larger than expected, how many may be so by chance"},
    {CLI_COUNT, 0, "journeys", AT(journeys), "N", "3", "a corridor is a chain of stops that at least so many journeys share"},
    {CLI_TEXT, 0, "name", AT(name), "NAME", "flows", "of the layer"},
    CLI_HEADING("How the table is read (recognised, and shown, where not given)"),
    {CLI_TEXTS, 0, "map", AT(map), "FIELD=COLUMN", NULL,
     "take a field from this column: from, from_lon, from_lat, from_x, from_y, to, to_lon, to_lat, to_x, to_y, stop (once for each, in their order), date, journey, "
     "order, person, source, grade, persons, id (id= says that there is none)"},
    {CLI_TEXT, 0, "crs", AT(crs), "EPSG:CODE", NULL, "of easting and northing columns (else that of the project), or of a layer that does not say it: EPSG:27700"},
    {CLI_TEXT, 0, "layer", AT(layer), "NAME", NULL, "layer or sheet of a file with several"},
    {CLI_CHOICE, 0, "encoding", AT(encoding), "utf-8|latin1|windows-1252|utf-16|utf-16le|utf-16be", NULL, "of the text"},
    {CLI_CHOICE, 0, "date-order", AT(date_order), "dmy|mdy|ymd", NULL, "how to read dates such as 03/04/2025"},
    {CLI_CHOICE, 0, "delimiter", AT(delimiter), "comma|semicolon|tab", NULL, "what parts the fields"},
    {CLI_FLAG, 0, "strict", AT(strict), NULL, NULL, "one refused row refuses the whole table"},
    {CLI_FLAG, 0, "follow", AT(follow), NULL, NULL, "accept a symbolic link as input"},
    {0},
};

static const char *name_of(const castmap_flows_summary *s, uint32_t area)
{
    return strcmp(s->code[area], s->area[area]) == 0 || !*s->area[area] ? s->code[area] : s->area[area];
}

static void show_account(cli_env *env, const castmap_flows_summary *s)
{
    show_guesses(s->guesses, s->n_guesses, env);
    cli_say(env, "%zu rows read = %zu taken + %zu duplicate + %zu quarantined", s->read, s->taken, s->duplicate, s->quarantined);
    for (size_t i = 0; i < s->n_reasons; i++)
        cli_say(env, "  set aside  %6zu  %s (%s; first: row %lld)", s->reasons[i].count, CLI_SAFE(s->reasons[i].reason),
                CLI_SAFE(s->reasons[i].code), (long long)s->reasons[i].first_row);
    cli_say(env, "  %zu movements from one area to another, %zu within one", s->used, s->within);
    if (s->batch_id && s->quarantined)
        cli_say(env, "  castmap quarantine list --batch %lld shows the rows that were set aside", (long long)s->batch_id);
    if (*s->level)
        cli_say(env, "  areas: level \"%s\"", CLI_SAFE(s->level));
    show_remarks(env, s->remarks, s->n_remarks);
}

static void show_rows(cli_env *env, const castmap_flows_summary *s)
{
    static const char *const DIRECTED[] = {"from", "to", "movements", "persons", "expected", "q", ""};
    static const char *const BOTH[] = {"between", "and", "movements", "persons", "expected", "q", ""};
    cli_table table;

    cli_table_start(&table, "llrrrrl", s->symmetric ? BOTH : DIRECTED);
    for (size_t i = 0; i < s->n_rows && i < MOST_ROWS; i++) {
        const castmap_flow_row *row = &s->rows[i];
        cli_table_add(&table, "%s", CLI_SAFE(name_of(s, row->from)));
        cli_table_add(&table, "%s", CLI_SAFE(name_of(s, row->to)));
        cli_table_add(&table, "%llu", (unsigned long long)row->moves);
        cli_table_add(&table, s->counts_persons ? "%.0f" : "-", row->persons);
        cli_table_add(&table, "%.1f", row->expected);
        cli_table_add(&table, row->q < 0.0001 ? "<0.0001" : "%.4f", row->q);
        cli_table_add(&table, "%s", row->more ? "more than expected" : "");
    }
    cli_table_end(env, &table);
    if (s->n_rows > MOST_ROWS)
        cli_say(env, "and %zu more flows; --json lists them all", s->n_rows - MOST_ROWS);
}

static void show_parts(cli_env *env, const castmap_flows_summary *s)
{
    static const char *const HEADER[] = {"period", "from", "to", "movements"};
    size_t shown = 0;
    cli_table table;

    if (s->n_periods == 0)
        return;
    cli_table_start(&table, "lllr", HEADER);
    for (size_t i = 0; i < s->n_parts; i++) {
        const castmap_flow_part *part = &s->parts[i];
        shown = i > 0 && part->period == s->parts[i - 1].period ? shown + 1 : 0;
        if (shown >= MOST_PARTS)
            continue;
        cli_table_add(&table, "%s", s->period[part->period]);
        cli_table_add(&table, "%s", CLI_SAFE(name_of(s, part->from)));
        cli_table_add(&table, "%s", CLI_SAFE(name_of(s, part->to)));
        cli_table_add(&table, "%llu", (unsigned long long)part->moves);
    }
    cli_say(env, "the largest %d flows of each period:", MOST_PARTS);
    cli_table_end(env, &table);
}

static void show_corridors(cli_env *env, const castmap_flows_summary *s)
{
    const castmap_corridors *c = &s->corridors;

    if (s->n_journeys == 0)
        return;
    cli_say(env, "%zu corridors along %zu journeys", c->count, s->n_journeys);
    for (size_t i = 0; i < c->count && i < MOST_CORRIDORS; i++) {
        char line[1024];
        size_t used = 0;
        for (size_t k = c->start[i]; k < c->start[i + 1] && used < sizeof line; k++)
            used += (size_t)snprintf(line + used, sizeof line - used, "%s%s", k > c->start[i] ? " > " : "", CLI_SAFE(name_of(s, c->stop[k])));
        cli_say(env, "  %6u journeys  %s", c->journeys[i], line);
    }
    if (c->count > MOST_CORRIDORS)
        cli_say(env, "and %zu more corridors; --json lists them all", c->count - MOST_CORRIDORS);
}

static void json_ends(cli_json *json, const castmap_flows_summary *s, uint32_t from, uint32_t to, uint64_t moves, double persons)
{
    cli_json_text(json, "from", s->code[from]);
    cli_json_text(json, "from_name", s->area[from]);
    cli_json_text(json, "to", s->code[to]);
    cli_json_text(json, "to_name", s->area[to]);
    cli_json_whole(json, "movements", (int64_t)moves);
    if (s->counts_persons)
        cli_json_number(json, "persons", persons);
}

static void json_lists(cli_json *json, const castmap_flows_summary *s)
{
    cli_json_list(json, "flows");
    for (size_t i = 0; i < s->n_rows; i++) {
        cli_json_object(json, NULL);
        json_ends(json, s, s->rows[i].from, s->rows[i].to, s->rows[i].moves, s->rows[i].persons);
        cli_json_number(json, "expected", s->rows[i].expected);
        cli_json_number(json, "p", s->rows[i].p);
        cli_json_number(json, "q", s->rows[i].q);
        cli_json_flag(json, "more_than_expected", s->rows[i].more);
        cli_json_close(json);
    }
    cli_json_close(json);
    cli_json_list(json, "periods");
    for (size_t i = 0; i < s->n_parts; i++) {
        cli_json_object(json, NULL);
        cli_json_text(json, "period", s->period[s->parts[i].period]);
        json_ends(json, s, s->parts[i].from, s->parts[i].to, s->parts[i].moves, s->parts[i].persons);
        cli_json_close(json);
    }
    cli_json_close(json);
    cli_json_list(json, "areas");
    for (size_t i = 0; i < s->n_areas; i++) {
        if (s->outgoing[i] + s->incoming[i] == 0)
            continue;
        cli_json_object(json, NULL);
        cli_json_text(json, "code", s->code[i]);
        cli_json_text(json, "name", s->area[i]);
        cli_json_whole(json, "leaving", (int64_t)s->outgoing[i]);
        cli_json_whole(json, "arriving", (int64_t)s->incoming[i]);
        cli_json_close(json);
    }
    cli_json_close(json);
}

static void json_flows(cli_json *json, const castmap_flows_summary *s, bool dry_run)
{
    cli_json_whole(json, "run", s->run_number);
    cli_json_flag(json, "dry_run", dry_run);
    cli_json_text(json, "level", *s->level ? s->level : NULL);
    cli_json_whole(json, "read", (int64_t)s->read);
    cli_json_whole(json, "batch", s->batch_id);
    cli_json_whole(json, "taken", (int64_t)s->taken);
    cli_json_whole(json, "duplicate", (int64_t)s->duplicate);
    cli_json_whole(json, "quarantined", (int64_t)s->quarantined);
    cli_json_whole(json, "used", (int64_t)s->used);
    cli_json_whole(json, "within", (int64_t)s->within);
    cli_json_whole(json, "undated", (int64_t)s->undated);
    json_reasons(json, "reasons", s->reasons, s->n_reasons);
    json_guesses(json, s->guesses, s->n_guesses);
    cli_json_flag(json, "symmetric", s->symmetric);
    cli_json_text(json, "null", castmap_flow_null_name(s->null));
    cli_json_number(json, "beta", s->null == CASTMAP_FLOW_GRAVITY ? s->fit.beta : (double)NAN);
    cli_json_whole(json, "pairs_tested", (int64_t)s->fit.pairs);
    cli_json_flag(json, "fitted", s->fit.converged);
    cli_json_number(json, "false_share", s->alpha);
    json_lists(json, s);
    cli_json_whole(json, "journeys", (int64_t)s->n_journeys);
    cli_json_list(json, "corridors");
    for (size_t i = 0; i < s->corridors.count; i++) {
        cli_json_object(json, NULL);
        cli_json_list(json, "stops");
        for (size_t k = s->corridors.start[i]; k < s->corridors.start[i + 1]; k++)
            cli_json_text(json, NULL, s->code[s->corridors.stop[k]]);
        cli_json_close(json);
        cli_json_whole(json, "journeys", s->corridors.journeys[i]);
        cli_json_whole(json, "passes", s->corridors.passes[i]);
        cli_json_close(json);
    }
    cli_json_close(json);
    json_remarks(json, s->remarks, s->n_remarks);
}

static castmap_flow_periods periods_of(const char *word)
{
    return strcmp(word, "month") == 0     ? CASTMAP_FLOWS_BY_MONTH
           : strcmp(word, "quarter") == 0 ? CASTMAP_FLOWS_BY_QUARTER
           : strcmp(word, "year") == 0    ? CASTMAP_FLOWS_BY_YEAR
                                          : CASTMAP_FLOWS_WHOLE;
}

static int run(cli_env *env, const void *parsed)
{
    const flows_args *args = parsed;
    castmap_flows_run_options options = CASTMAP_FLOWS_RUN_OPTIONS_INIT;
    castmap_flows_summary summary = CASTMAP_FLOWS_SUMMARY_INIT;
    stage_times times = {0};

    if (args->false_percent >= 100.0)
        return cli_fail(env, CASTMAP_E_ARGUMENT, "--false-share", "5 is usual", "a share is below 100 percent");
    options.path = env->arguments[0];
    options.name = args->name;
    options.level = args->level;
    options.labels = args->labels;
    options.map = args->map.text;
    options.n_map = args->map.count;
    options.date_order = args->date_order;
    if (args->delimiter)
        options.delimiter = args->delimiter[0] == 'c' ? ',' : args->delimiter[0] == 's' ? ';' : '\t';
    options.follow_links = args->follow;
    options.crs = args->crs;
    options.layer = args->layer;
    options.encoding = args->encoding;
    options.strict = args->strict;
    options.by = periods_of(args->by);
    options.symmetric = args->symmetric;
    options.null = strcmp(args->null, "gravity") == 0 ? CASTMAP_FLOW_GRAVITY : CASTMAP_FLOW_INDEPENDENCE;
    options.keep_within = args->within;
    options.alpha = args->false_percent / 100.0;
    options.least_journeys = args->journeys;
    options.dry_run = args->dry_run;
    stage_begin(&times);
    castmap_status status = cli_open(env, args->dry_run ? CASTMAP_READ : CASTMAP_WRITE);
    if (!status)
        status = castmap_run_flows(env->ctx, env->project, &options, &summary);
    if (status)
        return cli_exit(env, status);
    stage_end(&times, "flows");
    cli_json_object(env->json, NULL);
    json_flows(env->json, &summary, args->dry_run);
    show_account(env, &summary);
    show_rows(env, &summary);
    show_parts(env, &summary);
    show_corridors(env, &summary);
    show_times(env, &times);
    if (args->dry_run)
        cli_note(env, "Nothing was stored (--dry-run).");
    const int code = summary.quarantined > 0 ? CLI_SOME_REFUSED : 0;
    castmap_flows_summary_clear(&summary);
    return code;
}

const cli_command CMD_FLOWS = {
    .name = "flows",
    .purpose = "count movements from one area to another",
    .arguments = "FILE",
    .least = 1,
    .most = 1,
    .details = "Reads a table of movements, one a row, with where each began and where it ended: the code or name of an area, a postcode, a name of a gazetteer "
               "of the project, coordinates (from_lon, from_lat, to_lon, to_lat; eastings and northings), a grid reference, or a country. The table is CSV, XLSX, ODS, "
               "GeoJSON, GeoPackage, a Shapefile or FlatGeobuf, or comes from standard input (-); lines of a map are movements from where they begin to where they end. "
               "Every row is accounted for, and what is refused is kept with its reason (castmap quarantine list). Each flow is compared with what "
               "would be expected if destinations did not depend on origins; where a journey has several rows (journey, order), the chains of areas that recur are "
               "listed, as where a row has several stops (stop_1, stop_2, ...). For partners and the public only flows with enough persons, sources and days leave the project, each direction by itself, and no "
               "total tells of the others.",
    .examples = {{"flows moves.csv --boundaries ward", "Flows between wards, with those that are larger than expected."},
                 {"flows moves.csv --by quarter --null gravity", "Also each quarter, and near areas are expected to exchange more."},
                 {"flows countries.csv --labels --symmetric --json", "Between countries by name or code, both directions as one, for a program."}},
    .options = OPTIONS,
    .size = sizeof(flows_args),
    .run = run,
};
