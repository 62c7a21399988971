/* castmap migrate - bring a project of an older castmap forward. */
#include "commands.h"
#include "session.h"

static const cli_option NO_OPTIONS[] = {{0}};

static int run(cli_env *env, const void *parsed)
{
    castmap_migration done = {0};
    char path[4096];
    (void)parsed;

    castmap_status status = cli_project_path(env, path, sizeof path);
    if (!status)
        status = castmap_project_migrate(env->ctx, path, &done);
    if (status)
        return cli_exit(env, status);
    cli_json_object(env->json, NULL);
    cli_json_whole(env->json, "from", done.from);
    cli_json_whole(env->json, "to", done.to);
    cli_json_text(env->json, "backup", done.backup[0] ? done.backup : NULL);
    if (done.from == done.to) {
        cli_say(env, "the project has this castmap's schema (version %d) already; nothing was changed", done.to);
        return 0;
    }
    cli_say(env, "brought forward from schema version %d to %d", done.from, done.to);
    cli_say(env, "the project as it was: %s", CLI_SAFE(done.backup));
    return 0;
}

const cli_command CMD_MIGRATE = {
    .name = "migrate",
    .purpose = "bring a project that an older castmap made forward",
    .arguments = "",
    .details = "Writes a backup beside the project first (FILE.schema-N.backup). An older castmap cannot read the project afterwards.",
    .examples = {{"migrate", "The project of this folder."},
                 {"migrate -p riverside.castmap.sqlite", "A project elsewhere."},
                 {"migrate --json", "Tell a program where the backup is."}},
    .options = NO_OPTIONS,
    .run = run,
};
