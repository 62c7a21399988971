/* castmap log, undo, backup - the history of a project. */
#include "commands.h"
#include "session.h"

static const cli_option NO_OPTIONS[] = {{0}};

static int log_run(cli_env *env, const void *parsed)
{
    static const char *const HEADER[] = {"run", "date", "kind", "what"};
    castmap_run_list list = {0};
    cli_table table;
    (void)parsed;

    castmap_status status = cli_open(env, CASTMAP_READ);
    if (!status)
        status = castmap_project_history(env->ctx, env->project, &list);
    if (status)
        return cli_exit(env, status);
    cli_json_object(env->json, NULL);
    cli_json_list(env->json, "runs");
    cli_table_start(&table, "rlll", HEADER);
    for (size_t i = 0; i < list.count; i++) {
        const castmap_run_info *run = &list.run[i];
        char date[16] = "-";
        if (run->time_s != 0)
            cli_date_text(run->time_s, date);
        cli_table_add(&table, "%lld", (long long)run->number);
        cli_table_add(&table, "%s", date);
        cli_table_add(&table, "%s", run->kind);
        cli_table_add(&table, "%s%s", run->summary ? run->summary : "", run->undone ? " (undone)" : "");
        cli_json_object(env->json, NULL);
        cli_json_whole(env->json, "number", run->number);
        cli_json_text(env->json, "kind", run->kind);
        cli_json_text(env->json, "summary", run->summary);
        cli_json_time(env->json, "time", run->time_s ? run->time_s : INT64_MIN);
        cli_json_flag(env->json, "undone", run->undone);
        cli_json_raw(env->json, "parameters", run->parameters);
        cli_json_raw(env->json, "provenance", run->provenance);
        cli_json_close(env->json);
    }
    cli_table_end(env, &table);
    castmap_run_list_clear(&list);
    return 0;
}

const cli_command CMD_LOG = {
    .name = "log",
    .purpose = "show the numbered steps of the project",
    .arguments = "",
    .examples = {{"log", "Every step with its number and date."},
                 {"log --json", "With parameters, input digests, versions and seeds."},
                 {"log --json | jq '.runs[-1].provenance'", "How the newest result came about."}},
    .options = NO_OPTIONS,
    .run = log_run,
};

typedef struct undo_args {
    bool dry_run;
} undo_args;

static const cli_option UNDO_OPTIONS[] = {CLI_DRY_RUN(undo_args), {0}};

/* The newest run that stands, or 0. */
static castmap_status newest(cli_env *env, int64_t *number)
{
    castmap_run_list list = {0};

    castmap_status status = castmap_project_history(env->ctx, env->project, &list);
    if (status)
        return status;
    for (size_t i = 0; i < list.count; i++) {
        if (!list.run[i].undone && list.run[i].number > *number)
            *number = list.run[i].number;
    }
    castmap_run_list_clear(&list);
    return CASTMAP_OK;
}

static int undo_run(cli_env *env, const void *parsed)
{
    const undo_args *args = parsed;
    uint64_t number = 0;
    size_t undone = 0;

    if (env->n_arguments > 0 && (!cli_whole(env->arguments[0], &number) || number == 0 || number > INT64_MAX))
        return cli_fail(env, CASTMAP_E_ARGUMENT, "undo", "castmap log shows the numbers", "\"%s\" is not the number of a run",
                        CLI_SAFE(env->arguments[0]));
    castmap_status status = cli_open(env, args->dry_run ? CASTMAP_READ : CASTMAP_WRITE);
    if (status)
        return cli_exit(env, status);
    if (args->dry_run) {
        int64_t last = 0;
        status = newest(env, &last);
        if (status)
            return cli_exit(env, status);
        int64_t first = number ? (int64_t)number : last;
        if (first == 0 || first > last)
            return cli_fail(env, CASTMAP_E_NOT_FOUND, "undo", "castmap log shows what stands", "there is nothing to undo");
        cli_json_object(env->json, NULL);
        cli_json_flag(env->json, "dry_run", true);
        cli_json_whole(env->json, "number", first);
        cli_say(env, "would undo run %lld and what depends on it", (long long)first);
        return 0;
    }
    status = castmap_project_undo(env->ctx, env->project, (int64_t)number, &undone);
    if (status)
        return cli_exit(env, status);
    cli_json_object(env->json, NULL);
    cli_json_flag(env->json, "dry_run", false);
    cli_json_whole(env->json, "undone", (int64_t)undone);
    cli_say(env, "undid %zu %s", undone, undone == 1 ? "run" : "runs");
    return 0;
}

const cli_command CMD_UNDO = {
    .name = "undo",
    .purpose = "undo the newest step, or a step and all that depends on it",
    .arguments = "[RUN]",
    .most = 1,
    .details = "A release cannot be undone: what left has left.",
    .examples = {{"undo", "Take back the newest step."},
                 {"undo 3", "Take back step 3 and what was made from it."},
                 {"undo -n", "Say which step it would be."}},
    .options = UNDO_OPTIONS,
    .size = sizeof(undo_args),
    .run = undo_run,
};

typedef struct backup_args {
    const char *output;
} backup_args;

static const cli_option BACKUP_OPTIONS[] = {
    {CLI_FILE, 'o', "output", offsetof(backup_args, output), "FILE", CLI_REQUIRED, "the copy; a file that exists is refused"},
    {0},
};

static int backup_run(cli_env *env, const void *parsed)
{
    const backup_args *args = parsed;

    castmap_status status = cli_open(env, CASTMAP_READ);
    if (!status)
        status = castmap_project_backup(env->ctx, env->project, args->output);
    if (status)
        return cli_exit(env, status);
    cli_json_object(env->json, NULL);
    cli_json_text(env->json, "backup", args->output);
    cli_say(env, "copied to %s", CLI_SAFE(args->output));
    return 0;
}

const cli_command CMD_BACKUP = {
    .name = "backup",
    .purpose = "copy the project, consistently",
    .arguments = "",
    .examples = {{"backup -o riverside-backup.castmap.sqlite", "A copy beside the project."},
                 {"backup -p riverside.castmap.sqlite -o /media/stick/riverside.castmap.sqlite", "Onto a memory stick."},
                 {"backup -o copy.castmap.sqlite --json", "Tell a program where the copy is."}},
    .options = BACKUP_OPTIONS,
    .size = sizeof(backup_args),
    .run = backup_run,
};
