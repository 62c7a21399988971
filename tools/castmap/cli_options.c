/*
 * cli_options.c - the words of the command line, read by the tables of the options.
 *
 * Global options may stand before or after the command's name. "--" ends the options. Nothing is abbreviated and nothing is
 * read twice: an option that comes again is refused unless it is one that may be repeated.
 */
#include "cli.h"

#include <stdlib.h>
#include <string.h>

#define MOST_OPTIONS 64

typedef struct parser {
    int                argc;
    char *const       *argv;
    int                at;
    cli_globals       *globals;
    cli_parsed        *out;
    cli_complaint     *wrong;
    bool               global_seen[MOST_OPTIONS], seen[MOST_OPTIONS];
} parser;

void cli_complain(cli_complaint *wrong, const char *where, const char *hint, const char *format, ...)
{
    va_list values;

    va_start(values, format);
    vsnprintf(wrong->what, sizeof wrong->what, format, values);
    va_end(values);
    snprintf(wrong->where, sizeof wrong->where, "%s", where ? where : "");
    snprintf(wrong->hint, sizeof wrong->hint, "%s", hint ? hint : "");
}

/* No fault of the words. */
static void cli_no_memory(cli_complaint *wrong)
{
    cli_complain(wrong, NULL, "close other programs, then try again", "out of memory");
    wrong->no_memory = true;
}

size_t cli_distance(const char *a, const char *b, size_t limit)
{
    size_t n = strlen(a), m = strlen(b), row[64];

    if (n > 60 || m > 60)
        return limit + 1;
    for (size_t j = 0; j <= m; j++)
        row[j] = j;
    for (size_t i = 1; i <= n; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= m; j++) {
            size_t best = diagonal + (a[i - 1] != b[j - 1]);
            if (row[j] + 1 < best)
                best = row[j] + 1;
            if (row[j - 1] + 1 < best)
                best = row[j - 1] + 1;
            diagonal = row[j];
            row[j] = best;
        }
    }
    return row[m] <= limit ? row[m] : limit + 1;
}

bool cli_choice_has(const char *words, const char *word)
{
    size_t n = strlen(word);

    for (const char *s = words; n > 0 && s; s = strchr(s, '|')) {
        s += *s == '|';
        if (strncmp(s, word, n) == 0 && (s[n] == '|' || s[n] == '\0'))
            return true;
    }
    return false;
}

/* Words of argv may be written to; a default is never, as it is one of the words. */
static void lower_case(const char *text)
{
    for (char *c = (char *)(uintptr_t)text; *c; c++) {
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c - 'A' + 'a');
    }
}

static const char *command_name(const parser *p)
{
    return p->out->command ? p->out->command->name : "COMMAND";
}

/* Store one value; false with the reason in wrong. */
static bool store(parser *p, const cli_option *option, void *args, const char *text)
{
    char *field = (char *)args + option->offset;
    char shown[100], where[160];
    const char *why = NULL;
    uint64_t whole = 0;
    double number = 0.0;
    int64_t from, to;

    snprintf(where, sizeof where, "--%s", option->name);
    cli_safe(text, shown, sizeof shown);
    switch (option->kind) {
    case CLI_TEXT:
    case CLI_FILE:
        memcpy(field, &text, sizeof text);
        return true;
    case CLI_CHOICE:
        if (!cli_choice_has(option->value, text))
            lower_case(text); /* "A4" is "a4" */
        if (!cli_choice_has(option->value, text))
            why = "not one of the words it takes";
        memcpy(field, &text, sizeof text);
        break;
    case CLI_TEXTS: {
        cli_texts texts;
        memcpy(&texts, field, sizeof texts);
        if (!texts.text && !(texts.text = calloc((size_t)p->argc + 1, sizeof *texts.text))) {
            cli_no_memory(p->wrong);
            return false;
        }
        texts.text[texts.count++] = text;
        memcpy(field, &texts, sizeof texts);
        return true;
    }
    case CLI_LENGTH_M:
        if (cli_length_m(text, &number, &why))
            memcpy(field, &number, sizeof number);
        break;
    case CLI_NUMBER:
        if (!cli_number(text, &number) || !(number > 0.0))
            why = "not a number above 0";
        memcpy(field, &number, sizeof number);
        break;
    case CLI_COUNT:
    case CLI_NATURAL: {
        uint32_t value;
        if (!cli_whole(text, &whole) || whole > UINT32_MAX || (option->kind == CLI_COUNT && whole == 0))
            why = option->kind == CLI_COUNT ? "not a whole number of 1 or more" : "not a whole number";
        value = (uint32_t)whole;
        memcpy(field, &value, sizeof value);
        break;
    }
    case CLI_ID: {
        int64_t value;
        if (!cli_whole(text, &whole) || whole == 0 || whole > INT64_MAX)
            why = "not a whole number of 1 or more";
        value = (int64_t)(whole & INT64_MAX);
        memcpy(field, &value, sizeof value);
        break;
    }
    case CLI_SEED:
        if (!cli_whole(text, &whole))
            why = "not a whole number";
        memcpy(field, &whole, sizeof whole);
        break;
    case CLI_FROM:
    case CLI_TO:
        if (!cli_period(text, &from, &to))
            why = "not a date; write 2024-03-01, 2024-03, 2024-Q1 or 2024";
        else
            memcpy(field, option->kind == CLI_FROM ? &from : &to, sizeof from);
        break;
    case CLI_END:
    case CLI_GROUP:
    case CLI_FLAG:
        return true;
    }
    if (why) {
        char hint[300];
        snprintf(hint, sizeof hint, "--%s %s: %s", option->name, option->value, option->help);
        cli_complain(p->wrong, where, hint, "\"%s\": %s", shown, why);
        return false;
    }
    return true;
}

static const cli_option *find(const cli_option *options, const char *name, size_t length, char letter, size_t *index)
{
    for (size_t i = 0; options && options[i].kind != CLI_END; i++) {
        if (options[i].kind == CLI_GROUP)
            continue;
        if (letter ? options[i].letter == letter
                   : strncmp(options[i].name, name, length) == 0 && options[i].name[length] == '\0') {
            *index = i;
            return &options[i];
        }
    }
    return NULL;
}

static void nearest_option(const cli_option *options, const char *name, size_t *best, const char **out)
{
    for (size_t i = 0; options && options[i].kind != CLI_END; i++) {
        if (options[i].kind == CLI_GROUP)
            continue;
        size_t distance = cli_distance(name, options[i].name, 3);
        if (distance < *best) {
            *best = distance;
            *out = options[i].name;
        }
    }
}

static bool unknown_option(parser *p, const char *name)
{
    char hint[200], shown[100], bare[64];
    const char *near = NULL;
    size_t best = 3;

    snprintf(bare, sizeof bare, "%.*s", (int)(strcspn(name, "=") < 60 ? strcspn(name, "=") : 60), name);
    nearest_option(CLI_GLOBALS, bare, &best, &near);
    if (p->out->command)
        nearest_option(p->out->command->options, bare, &best, &near);
    if (near)
        snprintf(hint, sizeof hint, "did you mean --%s? castmap %s --help lists them all", near, command_name(p));
    else
        snprintf(hint, sizeof hint, "castmap %s --help lists the options", command_name(p));
    cli_complain(p->wrong, "command line", hint, "no option is called \"--%s\"", cli_safe(bare, shown, sizeof shown));
    return false;
}

/* One option whose name was found; `attached` is the value that came with it or NULL. */
static bool take(parser *p, const cli_option *option, size_t index, bool is_global, const char *attached)
{
    bool *seen = is_global ? &p->global_seen[index] : &p->seen[index];
    void *args = is_global ? (void *)p->globals : p->out->args;
    char where[100];

    snprintf(where, sizeof where, "--%s", option->name);
    if (*seen && option->kind != CLI_TEXTS) {
        cli_complain(p->wrong, where, "give it once", "--%s was given twice", option->name);
        return false;
    }
    *seen = true;
    if (option->kind == CLI_FLAG) {
        if (attached) {
            cli_complain(p->wrong, where, "leave out the = and what follows", "--%s takes no value", option->name);
            return false;
        }
        *(bool *)((char *)args + option->offset) = true;
        return true;
    }
    if (!attached) {
        if (p->at + 1 >= p->argc || (p->argv[p->at + 1][0] == '-' && p->argv[p->at + 1][1] == '-')) {
            cli_complain(p->wrong, where, option->help, "--%s needs a value: %s", option->name, option->value);
            return false;
        }
        attached = p->argv[++p->at];
    }
    if (!*attached) {
        cli_complain(p->wrong, where, option->help, "--%s was given an empty value", option->name);
        return false;
    }
    return store(p, option, args, attached);
}

static bool take_long(parser *p, const char *word)
{
    size_t length = strcspn(word, "="), index = 0;
    const char *attached = word[length] == '=' ? word + length + 1 : NULL;
    const cli_option *option = find(CLI_GLOBALS, word, length, 0, &index);

    if (option)
        return take(p, option, index, true, attached);
    if (p->out->command && (option = find(p->out->command->options, word, length, 0, &index)) != NULL)
        return take(p, option, index, false, attached);
    return unknown_option(p, word);
}

static bool take_letters(parser *p, const char *letters)
{
    for (; *letters; letters++) {
        size_t index = 0;
        bool is_global = true;
        const cli_option *option = find(CLI_GLOBALS, NULL, 0, *letters, &index);
        if (!option && p->out->command) {
            is_global = false;
            option = find(p->out->command->options, NULL, 0, *letters, &index);
        }
        if (!option) {
            char letter[2] = {*letters, '\0'}, hint[100], shown[16];
            snprintf(hint, sizeof hint, "castmap %s --help lists the options", command_name(p));
            cli_complain(p->wrong, "command line", hint, "no option is called \"-%s\"",
                         cli_safe(letter, shown, sizeof shown));
            return false;
        }
        if (option->kind != CLI_FLAG)
            return take(p, option, index, is_global, letters[1] ? letters + 1 : NULL);
        if (!take(p, option, index, is_global, NULL))
            return false;
    }
    return true;
}

/* Give every option its default, as if it had been typed; required ones are asked for by check_required(). */
static bool set_defaults(parser *p, const cli_option *options, void *args)
{
    for (size_t i = 0; options[i].kind != CLI_END; i++) {
        if (options[i].kind == CLI_GROUP || !options[i].fallback || strcmp(options[i].fallback, CLI_REQUIRED) == 0)
            continue;
        if (!store(p, &options[i], args, options[i].fallback))
            return false;
    }
    return true;
}

static bool begin_command(parser *p, const char *const *words, size_t n, size_t *used)
{
    const cli_command *command = cli_command_find(words, n, used);

    p->out->word = words[0];
    if (!command)
        return true; /* the caller knows families of commands, and what is near */
    p->out->command = command;
    p->out->args = calloc(1, command->size ? command->size : 1);
    if (!p->out->args) {
        cli_no_memory(p->wrong);
        return false;
    }
    if (command->defaults)
        command->defaults(p->out->args);
    return set_defaults(p, command->options, p->out->args);
}

static bool check_command(parser *p)
{
    const cli_command *command = p->out->command;

    if (!command || p->globals->help || p->globals->json_usage || p->globals->version)
        return true;
    for (size_t i = 0; command->options[i].kind != CLI_END; i++) {
        const cli_option *option = &command->options[i];
        if (option->fallback && strcmp(option->fallback, CLI_REQUIRED) == 0 && !p->seen[i]) {
            cli_complain(p->wrong, command->name, option->help, "--%s %s is needed", option->name, option->value);
            return false;
        }
    }
    char hint[200];
    snprintf(hint, sizeof hint, "castmap %s %s", command->name, command->arguments);
    if (p->out->n_arguments < command->least) {
        cli_complain(p->wrong, command->name, hint, "%s is missing", command->arguments);
        return false;
    }
    if (p->out->n_arguments > command->most) {
        char shown[100];
        cli_complain(p->wrong, command->name, hint, "\"%s\" is one word too many",
                     cli_safe(p->out->arguments[command->most], shown, sizeof shown));
        return false;
    }
    return true;
}

static bool take_word(parser *p, bool only_words)
{
    const char *word = p->argv[p->at];

    if (!only_words && word[0] == '-' && word[1] == '-')
        return take_long(p, word + 2);
    if (!only_words && word[0] == '-' && word[1] != '\0')
        return take_letters(p, word + 1);
    if (p->out->word) {
        p->out->arguments[p->out->n_arguments++] = word;
        return true;
    }
    size_t used = 1;
    const char *two[2] = {word, p->at + 1 < p->argc ? p->argv[p->at + 1] : NULL};
    if (!begin_command(p, two, two[1] ? 2 : 1, &used))
        return false;
    p->at += (int)used - 1;
    return true;
}

bool cli_parse(int argc, char *const *argv, cli_globals *globals, cli_parsed *out, cli_complaint *wrong)
{
    parser p = {.argc = argc, .argv = argv, .globals = globals, .out = out, .wrong = wrong};
    bool only_words = false;

    out->arguments = calloc((size_t)argc + 1, sizeof *out->arguments);
    if (!out->arguments) {
        cli_no_memory(wrong);
        return false;
    }
    if (!set_defaults(&p, CLI_GLOBALS, globals))
        return false;
    for (p.at = 1; p.at < argc; p.at++) {
        char where[40];
        snprintf(where, sizeof where, "word %d of the command line", p.at);
        if (!cli_utf8_valid(argv[p.at])) {
            cli_complain(wrong, where, "rename the file or type the word again", "not valid UTF-8");
            return false;
        }
        if (!*argv[p.at]) {
            cli_complain(wrong, where, "leave it out", "an empty word");
            return false;
        }
        if (!only_words && strcmp(argv[p.at], "--") == 0) {
            only_words = true;
            continue;
        }
        if (!take_word(&p, only_words))
            return false;
    }
    return check_command(&p);
}

void cli_parsed_clear(cli_parsed *parsed)
{
    for (size_t i = 0; parsed->command && parsed->args && parsed->command->options[i].kind != CLI_END; i++) {
        if (parsed->command->options[i].kind == CLI_TEXTS) {
            cli_texts texts;
            memcpy(&texts, (char *)parsed->args + parsed->command->options[i].offset, sizeof texts);
            free(texts.text);
        }
    }
    free(parsed->args);
    free(parsed->arguments);
    *parsed = (cli_parsed){0};
}
