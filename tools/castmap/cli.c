/*
 * cli.c - the options of every command, and the way from the words of the command line to a command and its exit code.
 */
#include "cli.h"
#include "cli_main.h"

#include <stdlib.h>
#include <string.h>

const cli_option CLI_GLOBALS[] = {
    {CLI_FILE, 'p', "project", offsetof(cli_globals, project), "FILE", NULL,
     "the project; else $CASTMAP_PROJECT, else the one *.castmap.sqlite here or above"},
    {CLI_NATURAL, 0, "threads", offsetof(cli_globals, threads), "N", "0", "cores to use; 0: all. Never changes a result"},
    {CLI_SEED, 0, "seed", offsetof(cli_globals, seed), "N", "1", "of random methods"},
    {CLI_CHOICE, 0, "progress", offsetof(cli_globals, progress), "auto|always|never|json", "auto",
     "how far it has come, on standard error"},
    {CLI_FLAG, 0, "json", offsetof(cli_globals, json), NULL, NULL, "results as one JSON document"},
    {CLI_FLAG, 'q', "quiet", offsetof(cli_globals, quiet), NULL, NULL, "no words, only results and errors"},
    {CLI_FLAG, 0, "timings", offsetof(cli_globals, timings), NULL, NULL, "the seconds of each stage, on standard error"},
    {CLI_FLAG, 0, "no-color", offsetof(cli_globals, no_color), NULL, NULL, "plain text on a terminal too"},
    {CLI_FLAG, 'h', "help", offsetof(cli_globals, help), NULL, NULL, "purpose, worked examples and options"},
    {CLI_FLAG, 0, "json-usage", offsetof(cli_globals, json_usage), NULL, NULL, "the same for programs"},
    {CLI_FLAG, 0, "version", offsetof(cli_globals, version), NULL, NULL, "the version"},
    {0},
};

const cli_command *cli_command_find(const char *const *words, size_t n, size_t *used)
{
    for (size_t i = 0; n > 0 && CLI_COMMANDS[i]; i++) {
        const char *name = CLI_COMMANDS[i]->name;
        const char *space = strchr(name, ' ');
        *used = space ? 2 : 1;
        if (!space && strcmp(name, words[0]) == 0)
            return CLI_COMMANDS[i];
        if (space && n > 1 && strncmp(name, words[0], (size_t)(space - name)) == 0 &&
            words[0][space - name] == '\0' && strcmp(space + 1, words[1]) == 0)
            return CLI_COMMANDS[i];
    }
    *used = 1;
    return NULL;
}

const char *cli_command_nearest(const char *word, char *out, size_t size)
{
    size_t best = strlen(word) < 5 ? 2 : 3; /* a short word is near to everything */
    const char *found = NULL;

    for (size_t i = 0; CLI_COMMANDS[i]; i++) {
        char first[32];
        snprintf(first, sizeof first, "%.*s", (int)strcspn(CLI_COMMANDS[i]->name, " "), CLI_COMMANDS[i]->name);
        size_t distance = cli_distance(word, first, 3);
        if (distance < best) {
            best = distance;
            snprintf(out, size, "%s", first);
            found = out;
        }
    }
    return found;
}

/* No command has this name: help for a family ("boundaries"), or what was perhaps meant. */
static int no_such_command(cli_env *env, const char *word)
{
    char near[32], hint[120];

    if (cli_help_family(NULL, word)) {
        if (env->global.help) {
            cli_help_family(stdout, word);
            return 0;
        }
        return cli_fail(env, CASTMAP_E_ARGUMENT, word, "castmap COMMAND --help lists the words that may follow",
                        "a second word is missing or not known");
    }
    if (cli_command_nearest(word, near, sizeof near))
        snprintf(hint, sizeof hint, "did you mean \"%s\"? castmap --help lists the commands", near);
    else
        snprintf(hint, sizeof hint, "castmap --help lists the commands");
    return cli_fail(env, CASTMAP_E_ARGUMENT, "command line", hint, "no command is called \"%s\"", CLI_SAFE(word));
}

static int run_command(cli_env *env, const cli_parsed *parsed)
{
    env->progress = cli_progress_new(env->ctx, env->global.progress, env->global.quiet);
    env->signals = cli_signals_new(env->ctx);
    castmap_set_threads(env->ctx, env->global.threads);
    castmap_set_seed(env->ctx, env->global.seed);
    int code = parsed->command->run(env, parsed->args);
    castmap_project_close(env->project);
    env->project = NULL;
    cli_progress_free(env->progress);
    env->progress = NULL;
    cli_signals_free(env->signals);
    env->signals = NULL;
    return code;
}

static int dispatch(cli_env *env, const cli_parsed *parsed)
{
    if (env->global.version) {
        cli_json_object(env->json, NULL);
        cli_json_text(env->json, "version", castmap_version());
        cli_say(env, "castmap %s", castmap_version());
        return 0;
    }
    if (env->global.json_usage && (parsed->command || !parsed->word)) {
        if (!env->json)
            env->json = cli_json_new();
        cli_usage_json(env->json, parsed->command);
        return 0;
    }
    if (parsed->command && env->global.help) {
        cli_help_command(stdout, parsed->command);
        return 0;
    }
    if (parsed->command)
        return run_command(env, parsed);
    if (parsed->word)
        return no_such_command(env, parsed->word);
    if (env->global.help) {
        cli_help_overview(stdout);
        return 0;
    }
    cli_help_overview(stderr);
    return 2;
}

/* Errors in the words themselves are an object too when --json is among them. */
static bool json_was_asked(int argc, char *const *argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (strcmp(argv[i], "--json") == 0)
            return true;
    }
    return false;
}

/* What the engine left out or found changed, and why: a warning that nobody reads is none. */
static void show_warning(castmap_log_level level, const char *line, void *payload)
{
    if (level == CASTMAP_LOG_WARNING)
        cli_note(payload, "castmap: %s", line);
}

int cli_main(int argc, char *const *argv)
{
    cli_env env = {0};
    cli_parsed parsed = {0};
    cli_complaint wrong = {0};
    int code;

    cli_process_harden();
    env.ctx = castmap_context_new();
    if (!env.ctx) {
        fputs("castmap: out of memory\n", stderr);
        return 1;
    }
    castmap_set_log(env.ctx, show_warning, &env);
    if (json_was_asked(argc, argv))
        env.json = cli_json_new();
    if (!cli_parse(argc, argv, &env.global, &parsed, &wrong)) {
        code = wrong.no_memory ? 1 : 2;
        cli_print_error(env.json, wrong.no_memory ? CASTMAP_E_NOMEM : CASTMAP_E_ARGUMENT, code, wrong.what, wrong.where, wrong.hint);
    } else {
        env.command = parsed.command;
        env.arguments = parsed.arguments;
        env.n_arguments = parsed.n_arguments;
        code = dispatch(&env, &parsed);
    }
    if (!cli_json_empty(env.json) && !cli_json_print(env.json, stdout) && !ferror(stdout)) {
        fputs("castmap: out of memory; the document could not be made\n", stderr);
        code = code ? code : 1;
    }
    code = cli_finish_output(code);
    cli_json_free(env.json);
    cli_parsed_clear(&parsed);
    castmap_context_free(env.ctx);
    return code;
}
