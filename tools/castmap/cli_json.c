/*
 * cli_json.c - one JSON document, built in memory and printed when it is whole.
 */
#include "cli.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define DEEPEST 32

struct cli_json {
    char  *bytes;
    size_t length, capacity;
    bool   failed;
    char   open[DEEPEST]; /* '{' or '[' of each level */
    bool   filled[DEEPEST];
    size_t depth;
};

cli_json *cli_json_new(void)
{
    return calloc(1, sizeof(cli_json));
}

void cli_json_free(cli_json *json)
{
    if (json)
        free(json->bytes);
    free(json);
}

static void put(cli_json *json, const char *bytes, size_t n)
{
    if (json->failed)
        return;
    if (json->length + n + 1 > json->capacity) {
        size_t capacity = (json->length + n + 1) * 2 + 256;
        char *grown = realloc(json->bytes, capacity);
        if (!grown) {
            json->failed = true;
            return;
        }
        json->bytes = grown;
        json->capacity = capacity;
    }
    memcpy(json->bytes + json->length, bytes, n);
    json->length += n;
    json->bytes[json->length] = '\0';
}

static void puts_(cli_json *json, const char *text)
{
    put(json, text, strlen(text));
}

/* Length of the well-formed UTF-8 character at s, or 0. */
static size_t character(const char *s)
{
    char one[5] = {0};

    for (size_t n = 1; n <= 4 && s[n - 1]; n++) {
        one[n - 1] = s[n - 1];
        if (cli_utf8_valid(one))
            return n;
    }
    return 0;
}

/* Quoted. Bytes that are not UTF-8 become U+FFFD: the document is always valid. */
static void put_string(cli_json *json, const char *text)
{
    char code[8];

    put(json, "\"", 1);
    while (*text) {
        unsigned char c = (unsigned char)*text;
        size_t n = character(text);
        if (c == '"' || c == '\\') {
            code[0] = '\\';
            code[1] = (char)c;
            put(json, code, 2);
        } else if (c < 0x20 || c == 0x7F) {
            snprintf(code, sizeof code, "\\u%04x", c);
            puts_(json, code);
        } else if (n == 0) {
            puts_(json, "\\ufffd");
        } else {
            put(json, text, n);
        }
        text += n ? n : 1;
    }
    put(json, "\"", 1);
}

static void begin_value(cli_json *json, const char *key)
{
    static const char SPACES[] = "                                                                ";

    if (json->depth > 0) {
        if (json->filled[json->depth - 1])
            put(json, ",", 1);
        json->filled[json->depth - 1] = true;
        put(json, "\n", 1);
        put(json, SPACES, 2 * json->depth < sizeof SPACES - 1 ? 2 * json->depth : sizeof SPACES - 1);
    }
    if (key) {
        put_string(json, key);
        puts_(json, ": ");
    }
}

static void open_level(cli_json *json, const char *key, char bracket)
{
    if (!json)
        return;
    begin_value(json, key);
    put(json, &bracket, 1);
    if (json->depth == DEEPEST) {
        json->failed = true;
        return;
    }
    json->open[json->depth] = bracket;
    json->filled[json->depth++] = false;
}

void cli_json_object(cli_json *json, const char *key)
{
    open_level(json, key, '{');
}

void cli_json_list(cli_json *json, const char *key)
{
    open_level(json, key, '[');
}

void cli_json_close(cli_json *json)
{
    if (!json || json->depth == 0)
        return;
    json->depth--;
    if (json->filled[json->depth]) {
        put(json, "\n", 1);
        for (size_t i = 0; i < json->depth; i++)
            put(json, "  ", 2);
    }
    put(json, json->open[json->depth] == '{' ? "}" : "]", 1);
}

void cli_json_raw(cli_json *json, const char *key, const char *value)
{
    if (!json)
        return;
    begin_value(json, key);
    puts_(json, value && *value ? value : "null");
}

void cli_json_text(cli_json *json, const char *key, const char *value)
{
    if (!json)
        return;
    begin_value(json, key);
    if (value)
        put_string(json, value);
    else
        puts_(json, "null");
}

void cli_json_number(cli_json *json, const char *key, double value)
{
    char text[40];

    if (!isfinite(value)) {
        cli_json_raw(json, key, "null");
        return;
    }
    /* The shortest of the three forms that reads back the same. */
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, value);
        if (strtod(text, NULL) == value) /* exact on purpose */
            break;
    }
    cli_json_raw(json, key, text);
}

void cli_json_whole(cli_json *json, const char *key, int64_t value)
{
    char text[24];

    snprintf(text, sizeof text, "%" PRId64, value);
    cli_json_raw(json, key, text);
}

void cli_json_flag(cli_json *json, const char *key, bool value)
{
    cli_json_raw(json, key, value ? "true" : "false");
}

void cli_json_time(cli_json *json, const char *key, int64_t time_s)
{
    char date[16], text[40];

    cli_date_text(time_s, date);
    if (date[0] == '-') {
        cli_json_raw(json, key, "null");
        return;
    }
    int64_t second = ((time_s % 86400) + 86400) % 86400;
    snprintf(text, sizeof text, "%sT%02d:%02d:%02dZ", date, (int)(second / 3600), (int)(second / 60 % 60),
             (int)(second % 60));
    cli_json_text(json, key, text);
}

bool cli_json_print(cli_json *json, FILE *file)
{
    if (!json)
        return true;
    while (json->depth > 0)
        cli_json_close(json);
    put(json, "\n", 1);
    if (json->failed)
        return false;
    return fwrite(json->bytes, 1, json->length, file) == json->length;
}

bool cli_json_empty(const cli_json *json)
{
    return !json || json->length == 0;
}

void cli_json_restart(cli_json *json)
{
    if (!json)
        return;
    json->length = json->depth = 0;
    json->failed = false;
}
