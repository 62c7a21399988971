/* castmap recipes list, export, remove - how kinds of files are read, under names. */
#include "commands.h"
#include "session.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const cli_option NO_OPTIONS[] = {{0}};

static int list(cli_env *env, const void *parsed)
{
    static const char *const HEADER[] = {"recipe", "of", "made"};
    castmap_recipe_list recipes = {0};
    cli_table table;
    (void)parsed;

    castmap_status status = cli_open(env, CASTMAP_READ);
    if (!status)
        status = castmap_project_recipes(env->ctx, env->project, &recipes);
    if (status)
        return cli_exit(env, status);
    cli_json_object(env->json, NULL);
    cli_json_list(env->json, "recipes");
    cli_table_start(&table, "lll", HEADER);
    for (size_t i = 0; i < recipes.count; i++) {
        char date[16] = "-";
        if (recipes.time_s[i] != 0)
            cli_date_text(recipes.time_s[i], date);
        cli_table_add(&table, "%s", CLI_SAFE(recipes.name[i]));
        cli_table_add(&table, "%s", CLI_SAFE(recipes.words[i]));
        cli_table_add(&table, "%s", date);
        cli_json_object(env->json, NULL);
        cli_json_text(env->json, "name", recipes.name[i]);
        cli_json_text(env->json, "format", recipes.words[i]);
        cli_json_time(env->json, "time", recipes.time_s[i] ? recipes.time_s[i] : INT64_MIN);
        cli_json_close(env->json);
    }
    cli_table_end(env, &table);
    castmap_recipe_list_clear(&recipes);
    return 0;
}

const cli_command CMD_RECIPES_LIST = {
    .name = "recipes list",
    .purpose = "show the recipes of the project",
    .arguments = "",
    .details = "A recipe keeps how a file was read (columns, separator, encoding, time zone, order of dates), so that the next of its kind is read "
               "the same way. It holds names of columns and nothing of any record.",
    .examples = {{"import survey.csv --map lat=Breite --save-recipe survey", "Makes a recipe of what was given and recognised."},
                 {"recipes list", "The recipes by name."},
                 {"import next-month.csv --recipe survey", "Reads the next file as the first one was read."}},
    .options = NO_OPTIONS,
    .run = list,
};

typedef struct export_args {
    const char *out;
    bool        overwrite;
} export_args;

static const cli_option EXPORT_OPTIONS[] = {
    {CLI_FILE, 'o', "out", offsetof(export_args, out), "FILE", NULL, "write it there instead of to standard output"},
    CLI_OVERWRITE(export_args),
    {0},
};

static int write_file(cli_env *env, const export_args *args, const char *json)
{
    FILE *file = fopen(args->out, args->overwrite ? "w" : "wx");

    if (!file)
        return cli_fail(env, errno == EEXIST ? CASTMAP_E_EXISTS : CASTMAP_E_IO, CLI_SAFE(args->out),
                        errno == EEXIST ? "choose another name, or add --overwrite" : NULL, "cannot write the recipe: %s", strerror(errno));
    const bool good = fputs(json, file) >= 0 && fputc('\n', file) != EOF;
    if (fclose(file) != 0 || !good)
        return cli_fail(env, CASTMAP_E_IO, CLI_SAFE(args->out), NULL, "cannot write the recipe: %s", strerror(errno));
    cli_note(env, "castmap import FILE --recipe %s reads a file as it says, in any project.", CLI_SAFE(args->out));
    return 0;
}

static int export(cli_env *env, const void *parsed)
{
    const export_args *args = parsed;
    castmap_recipe *recipe = NULL;
    int code = 0;

    castmap_status status = cli_open(env, CASTMAP_READ);
    if (!status)
        status = castmap_recipe_open(env->ctx, env->project, env->arguments[0], &recipe);
    if (status)
        return cli_exit(env, status);
    if (args->out)
        code = write_file(env, args, castmap_recipe_json(recipe));
    else
        cli_say(env, "%s", castmap_recipe_json(recipe));
    if (!code) {
        cli_json_object(env->json, NULL);
        cli_json_text(env->json, "name", castmap_recipe_name(recipe));
        cli_json_raw(env->json, "recipe", castmap_recipe_json(recipe));
        cli_json_close(env->json);
    }
    castmap_recipe_free(recipe);
    return code;
}

const cli_command CMD_RECIPES_EXPORT = {
    .name = "recipes export",
    .purpose = "write a recipe as a small file, to hand on",
    .arguments = "NAME",
    .least = 1,
    .most = 1,
    .examples = {{"recipes export survey", "Show it."},
                 {"recipes export survey -o survey.json", "Write it to a file."},
                 {"import survey.csv --recipe survey.json", "Read a file as the recipe says, in another project."}},
    .options = EXPORT_OPTIONS,
    .size = sizeof(export_args),
    .run = export,
};

static int remove_one(cli_env *env, const void *parsed)
{
    (void)parsed;
    castmap_status status = cli_open(env, CASTMAP_WRITE);
    if (!status)
        status = castmap_project_recipe_remove(env->ctx, env->project, env->arguments[0]);
    if (status)
        return cli_exit(env, status);
    cli_note(env, "The recipe is forgotten; records that were read with it stay as they are.");
    cli_json_object(env->json, NULL);
    cli_json_text(env->json, "removed", env->arguments[0]);
    cli_json_close(env->json);
    return 0;
}

const cli_command CMD_RECIPES_REMOVE = {
    .name = "recipes remove",
    .purpose = "forget a recipe",
    .arguments = "NAME",
    .least = 1,
    .most = 1,
    .examples = {{"recipes list", "Which there are."},
                 {"recipes remove survey", "Forget one. Records that were read with it stay as they are."},
                 {"import survey.csv --save-recipe survey", "Make it anew."}},
    .options = NO_OPTIONS,
    .run = remove_one,
};
