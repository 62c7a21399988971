/* Tests of the JSON document of the command, read back by a parser that is not ours. */
#include "cli.h"
#include "support/check.h"

#include <json-c/json.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Print the document and parse it; the caller puts it. */
static struct json_object *printed(cli_json *json)
{
    char *text = NULL;
    size_t size = 0;

    FILE *file = open_memstream(&text, &size);
    assert_non_null(file);
    assert_true(cli_json_print(json, file));
    fclose(file);
    struct json_tokener *tokener = json_tokener_new();
    json_tokener_set_flags(tokener, JSON_TOKENER_STRICT);
    struct json_object *document = json_tokener_parse_ex(tokener, text, (int)size);
    if (!document)
        fail_msg("%s: %s", json_tokener_error_desc(json_tokener_get_error(tokener)), text);
    json_tokener_free(tokener);
    free(text);
    return document;
}

static struct json_object *member(struct json_object *object, const char *key)
{
    struct json_object *value = NULL;

    assert_true(json_object_object_get_ex(object, key, &value));
    return value;
}

static void text_of_every_kind_reads_back(void **state)
{
    static const char HARD[] = "quote \" slash \\ line\nbell\007 caf\xC3\xA9 \xF0\x9F\x97\xBA </script>";
    cli_json *json = cli_json_new();
    (void)state;

    cli_json_object(json, NULL);
    cli_json_text(json, HARD, HARD);
    cli_json_text(json, "broken", "a\xFF" "b");
    cli_json_text(json, "none", NULL);
    struct json_object *document = printed(json);
    assert_string_equal(json_object_get_string(member(document, HARD)), HARD);
    assert_string_equal(json_object_get_string(member(document, "broken")), "a\xEF\xBF\xBD" "b");
    assert_null(member(document, "none"));
    json_object_put(document);
    cli_json_free(json);
}

static void numbers_keep_every_bit_and_what_is_no_number_is_null(void **state)
{
    static const double VALUES[] = {0.1, 1.0 / 3.0, 1e-300, 1.7976931348623157e308, 123456789012345680.0, -2.5};
    cli_json *json = cli_json_new();
    (void)state;

    cli_json_list(json, NULL);
    for (size_t i = 0; i < sizeof VALUES / sizeof VALUES[0]; i++)
        cli_json_number(json, NULL, VALUES[i]);
    cli_json_number(json, NULL, (double)NAN);
    cli_json_number(json, NULL, (double)INFINITY);
    cli_json_whole(json, NULL, INT64_MIN);
    struct json_object *document = printed(json);
    const size_t n = sizeof VALUES / sizeof VALUES[0];
    for (size_t i = 0; i < n; i++)
        assert_true(json_object_get_double(json_object_array_get_idx(document, i)) == VALUES[i]);
    assert_null(json_object_array_get_idx(document, n));
    assert_null(json_object_array_get_idx(document, n + 1));
    assert_true(json_object_get_int64(json_object_array_get_idx(document, n + 2)) == INT64_MIN);
    json_object_put(document);
    cli_json_free(json);
}

static void levels_left_open_are_closed_and_a_restart_forgets(void **state)
{
    cli_json *json = cli_json_new();
    (void)state;

    cli_json_object(json, NULL);
    cli_json_list(json, "half");
    cli_json_object(json, NULL);
    cli_json_restart(json);
    assert_true(cli_json_empty(json));
    cli_json_object(json, NULL);
    cli_json_object(json, "error");
    cli_json_time(json, "at", 1709289015);
    cli_json_time(json, "never", INT64_MIN);
    struct json_object *document = printed(json);
    assert_int_equal(json_object_object_length(document), 1);
    assert_string_equal(json_object_get_string(member(member(document, "error"), "at")), "2024-03-01T10:30:15Z");
    assert_null(member(member(document, "error"), "never"));
    json_object_put(document);
    cli_json_free(json);
}

static void too_deep_a_document_is_not_printed_half(void **state)
{
    cli_json *json = cli_json_new();
    (void)state;

    for (int i = 0; i < 40; i++)
        cli_json_list(json, NULL);
    assert_false(cli_json_print(json, stderr));
    cli_json_free(json);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_of_every_kind_reads_back),
        cmocka_unit_test(numbers_keep_every_bit_and_what_is_no_number_is_null),
        cmocka_unit_test(levels_left_open_are_closed_and_a_restart_forgets),
        cmocka_unit_test(too_deep_a_document_is_not_printed_half),
    };
    return cmocka_run_group_tests(tests, context_setup, context_teardown);
}
