/* castmap tracks run - which streets recorded tracks passed. */
#include "commands.h"
#include "session.h"

#include <math.h>
#include <string.h>

#define MOST_ROWS 30
#define MOST_STOPS 10

typedef struct tracks_run_args {
    const char *name, *by, *round_trips, *copies;
    int64_t     set;
    uint32_t    stop_minutes;
    double      piece_m, share_percent, trim_m, sigma_m, beta_m, radius_m, stop_m;
    bool        on_foot, dry_run;
} tracks_run_args;

#define AT(field) offsetof(tracks_run_args, field)
static const cli_option OPTIONS[] = {
    CLI_DRY_RUN(tracks_run_args),
    CLI_HEADING("What is counted"),
    {CLI_CHOICE, 0, "by", AT(by), "people|passes|time", "people", "what makes a stretch busy: different people, passes, or time spent"},
    {CLI_ID, 0, "set", AT(set), "N", NULL, "only this set of tracks, as tracks list numbers them"},
    {CLI_CHOICE, 0, "round-trips", AT(round_trips), "twice|once", "twice", "there and back on one recording: two passes or one"},
    {CLI_CHOICE, 0, "copies", AT(copies), "once|twice", "once", "a recording that came twice, in two files for one, counts once or twice"},
    {CLI_NUMBER, 0, "share", AT(share_percent), "PERCENT", "10", "so much of the streets that were used is called busy"},
    {CLI_LENGTH_M, 0, "piece", AT(piece_m), "LENGTH", "50m", "streets are cut into pieces of this length"},
    {CLI_TEXT, 0, "name", AT(name), "NAME", "tracks", "of the layer"},
    CLI_HEADING("What is cut off and what is a stop"),
    {CLI_LENGTH_M, 0, "trim", AT(trim_m), "LENGTH", "500m", "around both ends of every track, where people live and meet, before anything is counted"},
    {CLI_LENGTH_M, 0, "stop-radius", AT(stop_m), "LENGTH", "50m", "a stop is a stay within this radius"},
    {CLI_COUNT, 0, "stop-minutes", AT(stop_minutes), "N", "10", "that lasts at least so long"},
    CLI_HEADING("How tracks find their streets (estimated where not given)"),
    {CLI_FLAG, 0, "on-foot", AT(on_foot), NULL, NULL, "people on foot: one-way streets are open both ways"},
    {CLI_LENGTH_M, 0, "radius", AT(radius_m), "LENGTH", "50m", "streets farther from a fix are not looked at"},
    {CLI_LENGTH_M, 0, "sigma", AT(sigma_m), "LENGTH", NULL, "how far fixes usually lie from their street"},
    {CLI_LENGTH_M, 0, "beta", AT(beta_m), "LENGTH", NULL, "how much longer than the straight line ways between fixes usually are"},
    {0},
};

static void tell_account(cli_env *env, const castmap_tracks_run_summary *s)
{
    cli_say(env, "%zu tracks of %zu named people%s: %zu fixes", s->recordings, s->people, s->unnamed ? " and others" : "", s->fixes);
    cli_say(env, "  left out by cleaning %zu, near the ends of tracks %zu%s", s->cleaned, s->trimmed, s->outside ? ", outside of the map" : "");
    cli_say(env, "  on a street %zu, close to the one before %zu, no street near %zu, no way there %zu", s->matched[CASTMAP_MATCHED],
            s->matched[CASTMAP_MATCH_NEAR], s->matched[CASTMAP_MATCH_OFF], s->matched[CASTMAP_MATCH_NO_ROUTE]);
    cli_say(env, "%.1f km of way, broken off %zu times; fixes lie %.1f m from their streets (median); sigma %.1f m, beta %.1f m", s->way_km, s->breaks,
            s->off_median_m, s->sigma_m, s->beta_m);
    if (s->copies)
        cli_say(env, "%zu pieces are of recordings that came twice", s->copies);
    if (!isnan(s->speed_median_mps))
        cli_say(env, "median speed %.1f km/h while moving; %zu stops of %lld minutes in all", 3.6 * s->speed_median_mps, s->n_stops,
                (long long)(s->dwell_s / 60));
}

static void tell_stretches(cli_env *env, const castmap_tracks_run_summary *s)
{
    static const char *const HEADER[] = {"street", "from", "to", "m", "people", "passes", "minutes", "km/h", "way"};
    cli_table table;

    cli_say(env, "%zu busy stretches: %.1f of the %.1f km of streets that were used", s->n_stretches, s->busy_km, s->used_km);
    cli_table_start(&table, "lllrrrrrl", HEADER);
    for (size_t i = 0; i < s->n_stretches && i < MOST_ROWS; i++) {
        const castmap_track_stretch *row = &s->stretches[i];
        cli_table_add(&table, "%s", *row->street ? CLI_SAFE(row->street) : "(no name)");
        cli_table_add(&table, "%s", CLI_SAFE(row->from));
        cli_table_add(&table, "%s", CLI_SAFE(row->to));
        cli_table_add(&table, "%.0f", row->length_m);
        cli_table_add(&table, "%u", row->people);
        cli_table_add(&table, "%u", row->passes);
        cli_table_add(&table, "%.1f", row->seconds / 60.0);
        if (isnan(row->speed_mps))
            cli_table_add(&table, "%s", "");
        else
            cli_table_add(&table, "%.1f", 3.6 * row->speed_mps);
        cli_table_add(&table, "%s", castmap_track_way_words(row->along, row->against, row->heading_deg));
    }
    cli_table_end(env, &table);
    if (s->n_stretches > MOST_ROWS)
        cli_say(env, "and %zu more; --json lists them all", s->n_stretches - MOST_ROWS);
    cli_note(env, "Busy means the highest counts. No test of chance is made: passes of one track on street after street are one event.");
}

static void tell_stops(cli_env *env, const castmap_tracks_run_summary *s)
{
    static const char *const HEADER[] = {"stop on", "minutes", "longest", "stays", "people"};
    cli_table table;

    if (s->n_stop_places == 0)
        return;
    cli_say(env, "people stayed at %zu places, %zu times", s->n_stop_places, s->n_stops);
    cli_table_start(&table, "lrrrr", HEADER);
    for (size_t i = 0; i < s->n_stop_places && i < MOST_STOPS; i++) {
        const castmap_track_stop_place *row = &s->stop_places[i];
        cli_table_add(&table, "%s", *row->street ? CLI_SAFE(row->street) : "(no name)");
        cli_table_add(&table, "%.0f", (double)row->dwell_s / 60.0);
        cli_table_add(&table, "%.0f", (double)row->longest_s / 60.0);
        cli_table_add(&table, "%zu", row->stays);
        cli_table_add(&table, "%u", row->people);
    }
    cli_table_end(env, &table);
    if (s->n_stop_places > MOST_STOPS)
        cli_say(env, "and %zu more; --json lists them all, castmap map --for internal --layer track_stops draws them", s->n_stop_places - MOST_STOPS);
}

static void json_run(cli_json *json, const castmap_tracks_run_summary *s, bool dry_run)
{
    cli_json_object(json, NULL);
    cli_json_flag(json, "dry_run", dry_run);
    cli_json_whole(json, "run", s->run_number);
    cli_json_whole(json, "tracks", (int64_t)s->recordings);
    cli_json_whole(json, "people", (int64_t)s->people);
    cli_json_flag(json, "unnamed", s->unnamed);
    cli_json_whole(json, "fixes", (int64_t)s->fixes);
    cli_json_whole(json, "outside", (int64_t)s->outside);
    cli_json_whole(json, "left_out_by_cleaning", (int64_t)s->cleaned);
    cli_json_whole(json, "near_ends", (int64_t)s->trimmed);
    cli_json_whole(json, "matched", (int64_t)s->matched[CASTMAP_MATCHED]);
    cli_json_whole(json, "near_the_one_before", (int64_t)s->matched[CASTMAP_MATCH_NEAR]);
    cli_json_whole(json, "off_the_streets", (int64_t)s->matched[CASTMAP_MATCH_OFF]);
    cli_json_whole(json, "no_way", (int64_t)s->matched[CASTMAP_MATCH_NO_ROUTE]);
    cli_json_whole(json, "pieces", (int64_t)s->pieces);
    cli_json_whole(json, "copies", (int64_t)s->copies);
    cli_json_whole(json, "breaks", (int64_t)s->breaks);
    cli_json_number(json, "sigma_m", s->sigma_m);
    cli_json_number(json, "beta_m", s->beta_m);
    cli_json_number(json, "distance_median_m", s->off_median_m);
    cli_json_number(json, "way_km", s->way_km);
    cli_json_whole(json, "stops", (int64_t)s->n_stops);
    cli_json_whole(json, "dwell_s", s->dwell_s);
    cli_json_number(json, "speed_median_mps", s->speed_median_mps);
    cli_json_number(json, "threshold", s->threshold);
    cli_json_number(json, "used_km", s->used_km);
    cli_json_number(json, "busy_km", s->busy_km);
    cli_json_list(json, "stretches");
    for (size_t i = 0; i < s->n_stretches; i++) {
        const castmap_track_stretch *row = &s->stretches[i];
        cli_json_object(json, NULL);
        cli_json_text(json, "street", *row->street ? row->street : NULL);
        cli_json_text(json, "from", *row->from ? row->from : NULL);
        cli_json_text(json, "to", *row->to ? row->to : NULL);
        cli_json_number(json, "length_m", row->length_m);
        cli_json_whole(json, "people", row->people);
        cli_json_whole(json, "passes", row->passes);
        cli_json_number(json, "seconds", row->seconds);
        cli_json_number(json, "value", row->value);
        cli_json_number(json, "speed_mps", row->speed_mps);
        cli_json_whole(json, "along", row->along);
        cli_json_whole(json, "against", row->against);
        cli_json_number(json, "heading_deg", row->heading_deg);
        cli_json_close(json);
    }
    cli_json_close(json);
    cli_json_flag(json, "tested", false);
    cli_json_list(json, "stop_places");
    for (size_t i = 0; i < s->n_stop_places; i++) {
        const castmap_track_stop_place *row = &s->stop_places[i];
        cli_json_object(json, NULL);
        cli_json_text(json, "street", *row->street ? row->street : NULL);
        cli_json_whole(json, "dwell_s", row->dwell_s);
        cli_json_whole(json, "longest_s", row->longest_s);
        cli_json_whole(json, "stays", (int64_t)row->stays);
        cli_json_whole(json, "people", row->people);
        cli_json_close(json);
    }
    cli_json_close(json);
    json_remarks(json, s->remarks, s->n_remarks);
}

static castmap_tracks_run_options options_of(const tracks_run_args *args)
{
    castmap_tracks_run_options o = CASTMAP_TRACKS_RUN_OPTIONS_INIT;

    o.name = args->name;
    o.set_id = args->set;
    o.measure = strcmp(args->by, "passes") == 0 ? CASTMAP_TRACK_PASSES : strcmp(args->by, "time") == 0 ? CASTMAP_TRACK_TIME : CASTMAP_TRACK_PEOPLE;
    o.round_trips_once = strcmp(args->round_trips, "once") == 0;
    o.copies_too = strcmp(args->copies, "twice") == 0;
    o.share = args->share_percent / 100.0;
    o.piece_m = args->piece_m;
    o.trim_m = args->trim_m;
    o.stop_m = args->stop_m;
    o.stop_s = (int64_t)args->stop_minutes * 60;
    o.on_foot = args->on_foot;
    o.radius_m = args->radius_m;
    o.sigma_m = args->sigma_m;
    o.beta_m = args->beta_m;
    o.dry_run = args->dry_run;
    return o;
}

static int run(cli_env *env, const void *parsed)
{
    const tracks_run_args *args = parsed;
    const castmap_tracks_run_options options = options_of(args);
    castmap_tracks_run_summary s = CASTMAP_TRACKS_RUN_SUMMARY_INIT;
    stage_times times = {0};

    stage_begin(&times);
    castmap_status status = cli_open(env, args->dry_run ? CASTMAP_READ : CASTMAP_WRITE);
    if (!status)
        status = castmap_run_tracks(env->ctx, env->project, &options, &s);
    if (status)
        return cli_exit(env, status);
    stage_end(&times, "tracks");
    tell_account(env, &s);
    tell_stretches(env, &s);
    tell_stops(env, &s);
    show_remarks(env, s.remarks, s.n_remarks);
    json_run(env->json, &s, args->dry_run);
    show_times(env, &times);
    if (args->dry_run)
        cli_note(env, "Nothing was stored (--dry-run).");
    castmap_tracks_run_summary_clear(&s);
    return 0;
}

const cli_command CMD_TRACKS_RUN = {
    .name = "tracks run",
    .purpose = "find the streets that tracks passed, and the busiest stretches",
    .arguments = "",
    .details = "Cleans the tracks of the project, cuts off the surroundings of both ends of each, finds the most probable way of the rest along the newest streets, "
               "and counts on every piece of street how often it was passed, by how many people, and how long they stayed. The busiest stretches are named. "
               "The result is for internal use (castmap map --for internal --layer track_stretches, --layer track_stops). Partners and the public get no stop, no count and no "
               "end of a track, but the named streets that enough different people passed on enough different days, square by square.",
    .examples = {{"tracks run", "The stretches that most different people passed."},
                 {"tracks run --by time --on-foot --share 5", "Where people on foot spent most time; the busiest twentieth of the streets."},
                 {"tracks run -n --by passes --round-trips once --json", "Passes, there and back as one, for a program; nothing is stored."}},
    .options = OPTIONS,
    .size = sizeof(tracks_run_args),
    .run = run,
};
