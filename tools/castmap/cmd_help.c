/* castmap help, version, completion - what can be known without a project. */
#include "cli.h"
#include "commands.h"

#include <string.h>

typedef struct help_args {
    bool markdown, man, list;
} help_args;

static const cli_option HELP_OPTIONS[] = {
    {CLI_FLAG, 0, "markdown", offsetof(help_args, markdown), NULL, NULL, "as a page of the documentation"},
    {CLI_FLAG, 0, "man", offsetof(help_args, man), NULL, NULL, "as a page of the manual, in roff"},
    {CLI_FLAG, 0, "list", offsetof(help_args, list), NULL, NULL, "only the names of the commands, one a line"},
    {0},
};

static int help_run(cli_env *env, const void *parsed)
{
    const help_args *args = parsed;
    const cli_command *command = NULL;
    size_t used = 0;

    if (args->list) {
        for (size_t i = 0; CLI_COMMANDS[i]; i++)
            cli_say(env, "%s", CLI_COMMANDS[i]->name);
        return 0;
    }
    if (env->n_arguments > 0) {
        command = cli_command_find(env->arguments, env->n_arguments, &used);
        if (!command && env->n_arguments == 1 && cli_help_family(stdout, env->arguments[0]))
            return 0;
        if (!command || used != env->n_arguments) {
            char near[32], hint[100];
            snprintf(hint, sizeof hint, "did you mean \"%s\"?",
                     cli_command_nearest(env->arguments[0], near, sizeof near) ? near : "castmap --help");
            return cli_fail(env, CASTMAP_E_ARGUMENT, "help", hint, "no command is called \"%s\"",
                            CLI_SAFE(env->arguments[0]));
        }
    }
    if (env->global.json)
        cli_usage_json(env->json, command);
    else if (args->markdown)
        cli_markdown(stdout, command);
    else if (args->man)
        cli_man(stdout, command);
    else if (command)
        cli_help_command(stdout, command);
    else
        cli_help_overview(stdout);
    return 0;
}

const cli_command CMD_HELP = {
    .name = "help",
    .purpose = "tell about a command",
    .arguments = "[COMMAND]",
    .most = 2,
    .examples = {{"help", "All commands, a line each."},
                 {"help import", "What import does, with worked examples and every option."},
                 {"help --man | man -l -", "The manual, read at once."}},
    .options = HELP_OPTIONS,
    .size = sizeof(help_args),
    .run = help_run,
};

static const cli_option NO_OPTIONS[] = {{0}};

static int version_run(cli_env *env, const void *parsed)
{
    (void)parsed;
    cli_json_object(env->json, NULL);
    cli_json_text(env->json, "version", castmap_version());
    cli_say(env, "castmap %s", castmap_version());
    return 0;
}

const cli_command CMD_VERSION = {
    .name = "version",
    .purpose = "print the version",
    .arguments = "",
    .examples = {{"version", "The version of the command and its library."},
                 {"version --json", "The same for a program."},
                 {"doctor", "The versions of the libraries beneath as well."}},
    .options = NO_OPTIONS,
    .run = version_run,
};

static int completion_run(cli_env *env, const void *parsed)
{
    (void)parsed;
    if (strcmp(env->arguments[0], "bash") != 0)
        return cli_fail(env, CASTMAP_E_ARGUMENT, "completion", "castmap completion bash",
                        "there is no completion for \"%s\"", CLI_SAFE(env->arguments[0]));
    cli_completion_bash(stdout);
    return 0;
}

const cli_command CMD_COMPLETION = {
    .name = "completion",
    .purpose = "print the completion for a shell",
    .arguments = "bash",
    .least = 1,
    .most = 1,
    .examples = {{"completion bash", "The script, as it is installed with castmap."},
                 {"completion bash > ~/.local/share/bash-completion/completions/castmap", "Install it for one person."},
                 {"completion bash | bash -n", "See that the shell can read it."}},
    .options = NO_OPTIONS,
    .run = completion_run,
};
