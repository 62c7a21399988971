/* castmap info, castmap list - what a project holds. */
#include "commands.h"
#include "session.h"

#include <math.h>
#include <string.h>

static const cli_option NO_OPTIONS[] = {{0}};

static void info_json(cli_json *json, const castmap_project_info *info)
{
    cli_json_object(json, NULL);
    cli_json_text(json, "path", info->path);
    cli_json_text(json, "title", info->title);
    cli_json_whole(json, "schema_version", info->schema_version);
    cli_json_text(json, "time_zone", info->time_zone);
    cli_json_object(json, "crs");
    cli_json_text(json, "code", info->crs);
    cli_json_text(json, "name", info->crs_name);
    cli_json_text(json, "reason", info->crs_reason);
    cli_json_number(json, "scale_error_ppm", info->crs_scale_error_ppm);
    cli_json_close(json);
    cli_json_whole(json, "observations", (int64_t)info->observations);
    cli_json_whole(json, "repeats", (int64_t)info->repeats);
    cli_json_whole(json, "quarantined", (int64_t)info->quarantined);
    cli_json_whole(json, "boundary_sets", (int64_t)info->n_boundaries);
    cli_json_whole(json, "street_sets", (int64_t)info->n_street_sets);
    cli_json_whole(json, "track_sets", (int64_t)info->n_track_sets);
    cli_json_whole(json, "flow_layers", (int64_t)info->n_flow_layers);
    cli_json_whole(json, "movements", (int64_t)info->movements);
    cli_json_whole(json, "batches", (int64_t)info->n_batches);
    cli_json_whole(json, "runs", (int64_t)info->runs);
    cli_json_whole(json, "releases", (int64_t)info->releases);
    cli_json_time(json, "first", info->first_s);
    cli_json_time(json, "last", info->last_s);
    cli_json_list(json, "bounds");
    if (!isnan(info->west)) {
        cli_json_number(json, NULL, info->west);
        cli_json_number(json, NULL, info->south);
        cli_json_number(json, NULL, info->east);
        cli_json_number(json, NULL, info->north);
    }
    cli_json_close(json);
}

static int info_run(cli_env *env, const void *parsed)
{
    castmap_project_info info = {0};
    char first[16], last[16];
    (void)parsed;

    castmap_status status = cli_open(env, CASTMAP_READ);
    if (!status)
        status = castmap_project_describe(env->ctx, env->project, &info);
    if (status)
        return cli_exit(env, status);
    info_json(env->json, &info);
    cli_date_text(info.first_s, first);
    cli_date_text(info.last_s, last);
    cli_say(env, "project       %s", CLI_SAFE(info.path));
    cli_say(env, "title         %s", CLI_SAFE(info.title));
    if (info.crs && *info.crs)
        cli_say(env, "working CRS   %s %s\n              %s", CLI_SAFE(info.crs), CLI_SAFE(info.crs_name),
                CLI_SAFE(info.crs_reason));
    else
        cli_say(env, "working CRS   not chosen yet: the first boundaries or observations decide");
    cli_say(env, "time zone     %s", CLI_SAFE(info.time_zone));
    cli_say(env, "observations  %zu, from %s to %s", info.observations, first, last);
    if (info.repeats)
        cli_say(env, "              of these %zu marked as repeating another, and counted in no result", info.repeats);
    cli_say(env, "quarantined   %zu", info.quarantined);
    cli_say(env, "boundaries    %zu sets", info.n_boundaries);
    if (info.n_street_sets)
        cli_say(env, "streets       %zu sets", info.n_street_sets);
    if (info.n_track_sets)
        cli_say(env, "tracks        %zu sets", info.n_track_sets);
    if (info.n_flow_layers)
        cli_say(env, "flows         %zu layers, the newest of %zu movements", info.n_flow_layers, info.movements);
    cli_say(env, "batches       %zu", info.n_batches);
    cli_say(env, "runs          %zu", info.runs);
    cli_say(env, "releases      %zu", info.releases);
    castmap_project_info_clear(&info);
    return 0;
}

const cli_command CMD_INFO = {
    .name = "info",
    .purpose = "say what a project holds",
    .arguments = "",
    .examples = {{"info", "The project of this folder at a glance."},
                 {"info -p riverside.castmap.sqlite", "A project elsewhere."},
                 {"info --json | jq .observations", "One figure, for a script."}},
    .options = NO_OPTIONS,
    .run = info_run,
};

static void list_batches(cli_env *env, const castmap_project_info *info)
{
    static const char *const HEADER[] = {"batch", "file", "format", "read", "accepted", "duplicate", "quarantined"};
    cli_table table;

    cli_json_list(env->json, "batches");
    cli_table_start(&table, "rllrrrr", HEADER);
    for (size_t i = 0; i < info->n_batches; i++) {
        const castmap_batch_info *batch = &info->batches[i];
        cli_table_add(&table, "%lld", (long long)batch->id);
        cli_table_add(&table, "%s", batch->file ? batch->file : "");
        cli_table_add(&table, "%s", batch->format ? batch->format : "");
        cli_table_add(&table, "%zu", batch->read);
        cli_table_add(&table, "%zu", batch->accepted);
        cli_table_add(&table, "%zu", batch->duplicate);
        cli_table_add(&table, "%zu", batch->quarantined);
        cli_json_object(env->json, NULL);
        cli_json_whole(env->json, "id", batch->id);
        cli_json_whole(env->json, "run", batch->run_id);
        cli_json_text(env->json, "file", batch->file);
        cli_json_text(env->json, "format", batch->format);
        cli_json_text(env->json, "of", batch->movements ? "movements" : "observations");
        cli_json_text(env->json, "sha256", batch->sha256);
        cli_json_whole(env->json, "read", (int64_t)batch->read);
        cli_json_whole(env->json, "accepted", (int64_t)batch->accepted);
        cli_json_whole(env->json, "duplicate", (int64_t)batch->duplicate);
        cli_json_whole(env->json, "quarantined", (int64_t)batch->quarantined);
        cli_json_close(env->json);
    }
    cli_table_end(env, &table);
}

static void list_areas(cli_env *env, const castmap_project_info *info)
{
    static const char *const HEADER[] = {"set", "level", "vintage", "areas"};
    cli_table table;

    cli_json_list(env->json, "areas");
    cli_table_start(&table, "rllr", HEADER);
    for (size_t i = 0; i < info->n_boundaries; i++) {
        const castmap_boundary_info *set = &info->boundaries[i];
        cli_table_add(&table, "%lld", (long long)set->id);
        cli_table_add(&table, "%s", set->level ? set->level : "");
        cli_table_add(&table, "%s", set->vintage ? set->vintage : "");
        cli_table_add(&table, "%zu", set->areas);
        cli_json_object(env->json, NULL);
        cli_json_whole(env->json, "id", set->id);
        cli_json_text(env->json, "level", set->level);
        cli_json_text(env->json, "vintage", set->vintage);
        cli_json_whole(env->json, "areas", (int64_t)set->areas);
        cli_json_close(env->json);
    }
    cli_table_end(env, &table);
}

static bool makes_layer(const char *kind)
{
    return cli_choice_has("cluster|areas|heat|routes|flows|track layer", kind);
}

/* Runs, or those of them that stand and made a layer. */
static castmap_status list_runs(cli_env *env, bool layers)
{
    static const char *const HEADER[] = {"run", "kind", "what"};
    castmap_run_list list = {0};
    cli_table table;

    castmap_status status = castmap_project_history(env->ctx, env->project, &list);
    if (status)
        return status;
    cli_json_list(env->json, layers ? "layers" : "runs");
    cli_table_start(&table, "rll", HEADER);
    for (size_t i = 0; i < list.count; i++) {
        const castmap_run_info *run = &list.run[i];
        if (layers && (run->undone || !makes_layer(run->kind)))
            continue;
        cli_table_add(&table, "%lld", (long long)run->number);
        cli_table_add(&table, "%s", run->kind);
        cli_table_add(&table, "%s%s", run->summary ? run->summary : "", run->undone ? " (undone)" : "");
        cli_json_object(env->json, NULL);
        cli_json_whole(env->json, "number", run->number);
        cli_json_text(env->json, "kind", run->kind);
        cli_json_text(env->json, "summary", run->summary);
        cli_json_flag(env->json, "undone", run->undone);
        cli_json_close(env->json);
    }
    cli_table_end(env, &table);
    castmap_run_list_clear(&list);
    return CASTMAP_OK;
}

static int list_run(cli_env *env, const void *parsed)
{
    const char *what = env->n_arguments > 0 ? env->arguments[0] : "batches";
    castmap_project_info info = {0};
    (void)parsed;

    if (!cli_choice_has("observations|batches|areas|layers|runs|quarantine", what))
        return cli_fail(env, CASTMAP_E_ARGUMENT, "list", "observations, batches, areas, layers, runs or quarantine",
                        "there is no list of \"%s\"", CLI_SAFE(what));
    castmap_status status = cli_open(env, CASTMAP_READ);
    if (!status)
        status = castmap_project_describe(env->ctx, env->project, &info);
    if (status)
        return cli_exit(env, status);
    cli_json_object(env->json, NULL);
    if (strcmp(what, "observations") == 0) {
        char first[16], last[16];
        cli_date_text(info.first_s, first);
        cli_date_text(info.last_s, last);
        size_t batches = 0;
        for (size_t i = 0; i < info.n_batches; i++)
            batches += !info.batches[i].movements;
        cli_say(env, "%zu observations from %s to %s, in %zu batches", info.observations, first, last, batches);
        if (info.repeats)
            cli_say(env, "%zu of them are marked as repeating another, and counted in no result", info.repeats);
        cli_json_whole(env->json, "observations", (int64_t)info.observations);
        cli_json_whole(env->json, "repeats", (int64_t)info.repeats);
        cli_json_time(env->json, "first", info.first_s);
        cli_json_time(env->json, "last", info.last_s);
    } else if (strcmp(what, "batches") == 0) {
        list_batches(env, &info);
    } else if (strcmp(what, "areas") == 0) {
        list_areas(env, &info);
    } else if (strcmp(what, "quarantine") == 0) {
        cli_say(env, "%zu rows; castmap quarantine list shows them with their reasons", info.quarantined);
        cli_json_whole(env->json, "quarantined", (int64_t)info.quarantined);
    } else {
        status = list_runs(env, strcmp(what, "layers") == 0);
    }
    castmap_project_info_clear(&info);
    return cli_exit(env, status);
}

const cli_command CMD_LIST = {
    .name = "list",
    .purpose = "list what is in the project",
    .arguments = "observations|batches|areas|layers|runs|quarantine",
    .most = 1,
    .examples = {{"list", "The batches: each file of observations or movements, with its account."},
                 {"list layers", "What the analyses have made and what still stands."},
                 {"list runs --json", "Every numbered step, for a program."}},
    .options = NO_OPTIONS,
    .run = list_run,
};
