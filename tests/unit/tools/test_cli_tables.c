/* Tests of the tables of all commands: what the parser and the help rely on. */
#include "cli.h"
#include "support/check.h"

#include <stdlib.h>
#include <string.h>

static bool is_lower_name(const char *name)
{
    return *name && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789- ") == strlen(name);
}

static size_t size_of(cli_kind kind)
{
    switch (kind) {
    case CLI_FLAG: return sizeof(bool);
    case CLI_TEXTS: return sizeof(cli_texts);
    case CLI_COUNT:
    case CLI_NATURAL: return sizeof(uint32_t);
    case CLI_LENGTH_M:
    case CLI_NUMBER: return sizeof(double);
    case CLI_ID:
    case CLI_SEED:
    case CLI_FROM:
    case CLI_TO: return sizeof(int64_t);
    case CLI_TEXT:
    case CLI_FILE:
    case CLI_CHOICE: return sizeof(const char *);
    case CLI_END:
    case CLI_GROUP: break;
    }
    return 0;
}

/* Names and letters are unique among the command's own and the global options, and every field lies inside the struct. */
static void options_do_not_collide(void **state)
{
    (void)state;
    for (size_t c = 0; CLI_COMMANDS[c]; c++) {
        const cli_command *command = CLI_COMMANDS[c];
        for (const cli_option *a = command->options; a->kind != CLI_END; a++) {
            if (a->kind == CLI_GROUP)
                continue;
            if (a->offset + size_of(a->kind) > command->size)
                fail_msg("%s --%s lies outside of the struct", command->name, a->name);
            for (const cli_option *lists[2] = {a + 1, CLI_GLOBALS}, **list = lists; list < lists + 2; list++) {
                for (const cli_option *b = *list; b->kind != CLI_END; b++) {
                    if (b->kind == CLI_GROUP)
                        continue;
                    if (strcmp(a->name, b->name) == 0 || (a->letter && a->letter == b->letter))
                        fail_msg("%s: --%s and --%s collide", command->name, a->name, b->name);
                    if (*list == a + 1 && a->offset == b->offset)
                        fail_msg("%s: --%s and --%s fill one field", command->name, a->name, b->name);
                }
            }
        }
    }
}

static void every_option_can_be_explained(void **state)
{
    (void)state;
    for (size_t c = 0; CLI_COMMANDS[c]; c++) {
        const cli_command *command = CLI_COMMANDS[c];
        assert_true(is_lower_name(command->name));
        assert_true(command->purpose[0] >= 'a' && command->purpose[0] <= 'z');
        for (size_t i = 0; i < 3; i++) {
            assert_non_null(command->examples[i].line);
            assert_non_null(command->examples[i].words);
        }
        for (const cli_option *option = command->options; option->kind != CLI_END; option++) {
            assert_non_null(option->help);
            if (option->kind == CLI_GROUP)
                continue;
            assert_true(is_lower_name(option->name));
            if ((option->kind == CLI_FLAG) != (option->value == NULL))
                fail_msg("%s --%s: a flag has no value, and everything else has one", command->name, option->name);
            if (option->kind == CLI_CHOICE && option->fallback && strcmp(option->fallback, CLI_REQUIRED) != 0)
                assert_true(cli_choice_has(option->value, option->fallback));
        }
    }
}

/* Words of a line of an example up to the first that belongs to the shell; out [64]. */
static int split(char *line, char **out)
{
    int n = 0;

    out[n++] = line;
    for (char *c = line; *c && n < 63;) {
        while (*c == ' ')
            *c++ = '\0';
        if (*c == '|' || *c == '>' || !*c)
            break;
        if (*c == '"' || *c == '\'') {
            char quote = *c++;
            out[n++] = c;
            while (*c && *c != quote)
                c++;
            if (*c)
                *c++ = '\0';
            continue;
        }
        out[n++] = c;
        while (*c && *c != ' ')
            c++;
    }
    return n;
}

static void every_example_is_understood(void **state)
{
    (void)state;
    for (size_t c = 0; CLI_COMMANDS[c]; c++) {
        for (size_t i = 0; i < 3; i++) {
            cli_globals globals = {0};
            cli_parsed parsed = {0};
            cli_complaint wrong = {0};
            char *words[64], line[400];
            snprintf(line, sizeof line, " %s", CLI_COMMANDS[c]->examples[i].line);
            const int n = split(line, words);
            words[0] = line;
            if (!cli_parse(n, words, &globals, &parsed, &wrong))
                fail_msg("castmap %s: %s", CLI_COMMANDS[c]->examples[i].line, wrong.what);
            assert_non_null(parsed.command);
            cli_parsed_clear(&parsed);
        }
    }
}

static void what_is_parsed_lands_in_its_field(void **state)
{
    char *const words[] = {"castmap", "--threads=3", "cluster", "-r", "0.5km", "--min", "8", "-q", "--seed", "42"};
    cli_globals globals = {0};
    cli_parsed parsed = {0};
    cli_complaint wrong = {0};
    double radius_m = 0.0;
    (void)state;

    assert_true(cli_parse(sizeof words / sizeof words[0], words, &globals, &parsed, &wrong));
    assert_string_equal(parsed.command->name, "cluster");
    assert_int_equal(globals.threads, 3);
    assert_true(globals.quiet);
    assert_true(globals.seed == 42);
    for (const cli_option *option = parsed.command->options; option->kind != CLI_END; option++) {
        if (option->kind == CLI_LENGTH_M && strcmp(option->name, "radius") == 0)
            memcpy(&radius_m, (const char *)parsed.args + option->offset, sizeof radius_m);
    }
    assert_near(radius_m, 500.0, 0.0);
    cli_parsed_clear(&parsed);
}

static void distances_count_edits(void **state)
{
    (void)state;
    assert_int_equal(cli_distance("import", "import", 3), 0);
    assert_int_equal(cli_distance("improt", "import", 3), 2);
    assert_int_equal(cli_distance("", "abc", 3), 3);
    assert_int_equal(cli_distance("heat", "undo", 3), 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(options_do_not_collide),
        cmocka_unit_test(every_option_can_be_explained),
        cmocka_unit_test(every_example_is_understood),
        cmocka_unit_test(what_is_parsed_lands_in_its_field),
        cmocka_unit_test(distances_count_edits),
    };
    return cmocka_run_group_tests(tests, context_setup, context_teardown);
}
