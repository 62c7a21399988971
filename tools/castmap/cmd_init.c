/* castmap init - begin a project. */
#include "commands.h"
#include "session.h"

#include <string.h>
#include <sys/stat.h>

typedef struct init_args {
    const char *title, *crs, *time_zone;
    bool        overwrite, dry_run;
} init_args;

static const cli_option OPTIONS[] = {
    {CLI_TEXT, 't', "title", offsetof(init_args, title), "TEXT", NULL, "as printed on maps; else the name of the file"},
    {CLI_TEXT, 0, "crs", offsetof(init_args, crs), "EPSG:CODE", NULL,
     "coordinate system in metres to work in; else chosen from the first boundaries or observations, and explained"},
    {CLI_TEXT, 0, "time-zone", offsetof(init_args, time_zone), "NAME", "UTC",
     "of times that do not say theirs, like Europe/London"},
    CLI_OVERWRITE(init_args),
    CLI_DRY_RUN(init_args),
    {0},
};

static int run(cli_env *env, const void *parsed)
{
    const init_args *args = parsed;
    castmap_project_options options = CASTMAP_PROJECT_OPTIONS_INIT;
    const char *name = env->arguments[0];
    char path[4096];
    struct stat there;

    size_t n = strlen(name), suffix = strlen(CASTMAP_PROJECT_SUFFIX);
    bool whole = n > suffix && strcmp(name + n - suffix, CASTMAP_PROJECT_SUFFIX) == 0;
    if (snprintf(path, sizeof path, "%s%s", name, whole ? "" : CASTMAP_PROJECT_SUFFIX) >= (int)sizeof path)
        return cli_fail(env, CASTMAP_E_ARGUMENT, "init", "use a shorter name", "the name is too long");
    if (args->dry_run) {
        if (lstat(path, &there) == 0 && !args->overwrite)
            return cli_fail(env, CASTMAP_E_EXISTS, CLI_SAFE(path), "use another name, or --overwrite",
                            "the file is there already");
        cli_json_object(env->json, NULL);
        cli_json_text(env->json, "project", path);
        cli_json_flag(env->json, "dry_run", true);
        cli_say(env, "would make %s", CLI_SAFE(path));
        return 0;
    }
    options.title = args->title;
    options.crs = args->crs;
    options.time_zone = args->time_zone;
    options.overwrite = args->overwrite;
    castmap_status status = castmap_project_create(env->ctx, path, &options, &env->project);
    if (status)
        return cli_exit(env, status);
    cli_note_root(env);
    cli_json_object(env->json, NULL);
    cli_json_text(env->json, "project", path);
    cli_json_flag(env->json, "dry_run", false);
    cli_say(env, "made %s", CLI_SAFE(path));
    cli_note(env, "Next: castmap boundaries add FILE, castmap import FILE");
    return 0;
}

const cli_command CMD_INIT = {
    .name = "init",
    .purpose = "begin a project",
    .arguments = "NAME",
    .least = 1,
    .most = 1,
    .details = "Makes NAME.castmap.sqlite, one file that holds observations, areas, results and their history. It can be read by "
               "nobody but you.",
    .examples = {{"init riverside", "Make riverside.castmap.sqlite in this folder."},
                 {"init riverside --title \"Riverside watch\" --time-zone Europe/London",
                  "Set what maps are called and how times without a zone are read."},
                 {"init avon --crs EPSG:27700", "Work on the British national grid, whatever the data suggest."}},
    .options = OPTIONS,
    .size = sizeof(init_args),
    .run = run,
};
