/*
 * cli_help.c - what --help and --json-usage print, made of the tables.
 */
#include "cli.h"

#include <string.h>

#define WIDTH 88
#define COLUMN 28

const char *cli_option_default(const cli_option *option, char *out, size_t size)
{
    if (option->kind == CLI_FLAG || option->kind == CLI_GROUP)
        return "";
    if (!option->fallback)
        return "";
    if (strcmp(option->fallback, CLI_REQUIRED) == 0)
        return "needed";
    snprintf(out, size, "default: %s", option->fallback);
    return out;
}

static void print_options(FILE *file, const cli_option *options)
{
    for (const cli_option *option = options; option->kind != CLI_END; option++) {
        char left[200], text[600], buffer[80];
        if (option->kind == CLI_GROUP) {
            fprintf(file, "\n%s\n", option->help);
            continue;
        }
        int n = option->letter ? snprintf(left, sizeof left, "  -%c, --%s", option->letter, option->name)
                               : snprintf(left, sizeof left, "      --%s", option->name);
        if (option->value)
            snprintf(left + n, sizeof left - (size_t)n, " %s", option->value);
        const char *fallback = cli_option_default(option, buffer, sizeof buffer);
        snprintf(text, sizeof text, "%s%s%s%s%s", option->help, *fallback ? " (" : "", fallback, *fallback ? ")" : "",
                 option->kind == CLI_TEXTS ? "; may be repeated" : "");
        if (strlen(left) + 2 > COLUMN) {
            fprintf(file, "%s\n", left);
            cli_wrap(file, text, COLUMN, WIDTH);
            continue;
        }
        /* The first line shares its row with the name: print the padded name, then the text without its first indent. */
        size_t first = 0, room = WIDTH - COLUMN;
        for (size_t i = 0; i <= strlen(text); i++) {
            if (text[i] == '\0' && i <= room)
                first = i;
            if (text[i] == ' ' && i <= room)
                first = i;
        }
        fprintf(file, "%-*s%.*s\n", COLUMN, left, (int)first, text);
        if (text[first])
            cli_wrap(file, text + first, COLUMN, WIDTH);
    }
}

static void print_examples(FILE *file, const cli_command *command)
{
    for (size_t i = 0; i < 3 && command->examples[i].line; i++) {
        fprintf(file, "%s  castmap %s\n", i ? "\n" : "", command->examples[i].line);
        cli_wrap(file, command->examples[i].words, 6, WIDTH);
    }
}

void cli_help_command(FILE *file, const cli_command *command)
{
    fprintf(file, "castmap %s - %s\n\nUsage: castmap %s%s%s [options]\n", command->name, command->purpose,
            command->name, *command->arguments ? " " : "", command->arguments);
    if (command->details) {
        putc('\n', file);
        cli_wrap(file, command->details, 0, WIDTH);
    }
    fputs("\nExamples\n", file);
    print_examples(file, command);
    if (command->options[0].kind != CLI_END && command->options[0].kind != CLI_GROUP)
        fputs("\nOptions\n", file);
    print_options(file, command->options);
    fputs("\nFor every command\n", file);
    print_options(file, CLI_GLOBALS);
    fputs("\nExit codes: 0 done; 1 failed; 2 wrong usage; 3 done, but some rows were quarantined; 4 input refused;\n"
          "5 file, disk, permission or project busy; 6 project damaged; 7 refused by the release rules; 130 interrupted.\n",
          file);
}

void cli_help_overview(FILE *file)
{
    fputs("castmap - map what a community notices, and release it safely\n\n"
          "Usage: castmap COMMAND [options]\n\n"
          "From a spreadsheet to maps in one go:\n"
          "  castmap make observations.csv --boundaries wards.geojson -o output\n\n"
          "Commands\n",
          file);
    for (size_t i = 0; CLI_COMMANDS[i]; i++)
        fprintf(file, "  %-20s%s\n", CLI_COMMANDS[i]->name, CLI_COMMANDS[i]->purpose);
    fputs("\nFor every command\n", file);
    print_options(file, CLI_GLOBALS);
    fputs("\ncastmap COMMAND --help tells about one, with worked examples.\n", file);
}

bool cli_help_family(FILE *file, const char *word)
{
    size_t n = strlen(word);
    bool found = false;

    for (size_t i = 0; CLI_COMMANDS[i]; i++) {
        const char *name = CLI_COMMANDS[i]->name;
        if (strncmp(name, word, n) != 0 || name[n] != ' ')
            continue;
        if (file && !found)
            fprintf(file, "castmap %s\n\nCommands\n", word);
        if (file)
            fprintf(file, "  %-20s%s\n", name, CLI_COMMANDS[i]->purpose);
        found = true;
    }
    if (file && found)
        fprintf(file, "\ncastmap %s WORD --help tells about one, with worked examples.\n", word);
    return found;
}

static const char *kind_name(cli_kind kind)
{
    switch (kind) {
    case CLI_FLAG: return "flag";
    case CLI_FILE: return "file";
    case CLI_CHOICE: return "choice";
    case CLI_LENGTH_M: return "length";
    case CLI_NUMBER: return "number";
    case CLI_COUNT:
    case CLI_NATURAL:
    case CLI_ID:
    case CLI_SEED: return "whole number";
    case CLI_FROM:
    case CLI_TO: return "date";
    case CLI_END:
    case CLI_GROUP:
    case CLI_TEXT:
    case CLI_TEXTS: break;
    }
    return "text";
}

static void options_json(cli_json *json, const cli_option *options)
{
    const char *group = "Options";

    cli_json_list(json, "options");
    for (const cli_option *option = options; option->kind != CLI_END; option++) {
        if (option->kind == CLI_GROUP) {
            group = option->help;
            continue;
        }
        bool needed = option->fallback && strcmp(option->fallback, CLI_REQUIRED) == 0;
        char letter[2] = {option->letter, '\0'};
        cli_json_object(json, NULL);
        cli_json_text(json, "name", option->name);
        cli_json_text(json, "letter", option->letter ? letter : NULL);
        cli_json_text(json, "kind", kind_name(option->kind));
        cli_json_text(json, "value", option->value);
        cli_json_text(json, "default", needed ? NULL : option->fallback);
        cli_json_flag(json, "needed", needed);
        cli_json_flag(json, "may_repeat", option->kind == CLI_TEXTS);
        cli_json_text(json, "group", group);
        cli_json_text(json, "help", option->help);
        cli_json_close(json);
    }
    cli_json_close(json);
}

static void command_json(cli_json *json, const cli_command *command)
{
    cli_json_object(json, NULL);
    cli_json_text(json, "command", command->name);
    cli_json_text(json, "purpose", command->purpose);
    cli_json_text(json, "arguments", command->arguments);
    options_json(json, command->options);
    cli_json_list(json, "examples");
    for (size_t i = 0; i < 3 && command->examples[i].line; i++) {
        cli_json_object(json, NULL);
        cli_json_text(json, "line", command->examples[i].line);
        cli_json_text(json, "words", command->examples[i].words);
        cli_json_close(json);
    }
    cli_json_close(json);
    cli_json_close(json);
}

void cli_usage_json(cli_json *json, const cli_command *command)
{
    if (command) {
        command_json(json, command);
        return;
    }
    cli_json_object(json, NULL);
    cli_json_text(json, "version", castmap_version());
    options_json(json, CLI_GLOBALS);
    cli_json_list(json, "commands");
    for (size_t i = 0; CLI_COMMANDS[i]; i++)
        command_json(json, CLI_COMMANDS[i]);
    cli_json_close(json);
    cli_json_close(json);
}
