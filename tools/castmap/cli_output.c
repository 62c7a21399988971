/*
 * cli_output.c - results on standard output, words on standard error, tables, and text a terminal may see.
 */
#include "cli.h"

#include <stdlib.h>
#include <string.h>

void cli_say(const cli_env *env, const char *format, ...)
{
    va_list values;

    if (env->global.json)
        return;
    cli_progress_clear_line(env->progress);
    va_start(values, format);
    vfprintf(stdout, format, values);
    va_end(values);
    putc('\n', stdout);
}

void cli_note(const cli_env *env, const char *format, ...)
{
    va_list values;

    if (env->global.quiet)
        return;
    cli_progress_clear_line(env->progress);
    va_start(values, format);
    vfprintf(stderr, format, values);
    va_end(values);
    putc('\n', stderr);
}

/* Code point of the UTF-8 character of n bytes at s. */
static uint32_t code_point(const unsigned char *s, size_t n)
{
    static const unsigned char LEAD[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
    uint32_t code = s[0] & LEAD[n];

    for (size_t i = 1; i < n; i++)
        code = code << 6 | (s[i] & 0x3F);
    return code;
}

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

/* Controls, and the marks that reorder or hide what follows them. */
static bool is_unsafe(uint32_t code)
{
    return code < 0x20 || (code >= 0x7F && code < 0xA0) || (code >= 0x200B && code <= 0x200F) ||
           (code >= 0x2028 && code <= 0x202E) || (code >= 0x2060 && code <= 0x206F) || code == 0xFEFF ||
           code == 0x061C || (code >= 0xFFF9 && code <= 0xFFFB) || (code >= 0xE0000 && code <= 0xE007F);
}

const char *cli_safe(const char *text, char *out, size_t size)
{
    size_t at = 0;

    for (const char *s = text ? text : ""; *s;) {
        char shown[16];
        size_t n = character(s);
        if (n == 0) {
            snprintf(shown, sizeof shown, "\\x%02X", (unsigned char)*s);
        } else {
            uint32_t code = code_point((const unsigned char *)s, n);
            if (is_unsafe(code))
                snprintf(shown, sizeof shown, "\\u{%X}", (unsigned)code);
            else {
                memcpy(shown, s, n);
                shown[n] = '\0';
            }
        }
        size_t length = strlen(shown);
        if (at + length + 4 > size) {
            memcpy(out + at, "...", 4);
            return out;
        }
        memcpy(out + at, shown, length);
        at += length;
        s += n ? n : 1;
    }
    out[at] = '\0';
    return out;
}

size_t cli_width(const char *text)
{
    size_t width = 0;

    for (; *text; text++)
        width += ((unsigned char)*text & 0xC0) != 0x80;
    return width;
}

void cli_wrap(FILE *file, const char *text, size_t indent, size_t width)
{
    size_t column = 0;

    while (*text) {
        size_t n = strcspn(text, " \n");
        if (n > 0 && column > 0 && column + 1 + n > width - indent) {
            putc('\n', file);
            column = 0;
        }
        if (n > 0) {
            fprintf(file, "%*s%.*s", column == 0 ? (int)indent : 1, "", (int)n, text);
            column += (column > 0) + n;
        }
        text += n;
        if (*text == '\n' && column > 0) {
            putc('\n', file);
            column = 0;
        }
        if (*text)
            text++;
    }
    if (column > 0)
        putc('\n', file);
}

static void add_cell(cli_table *table, const char *text)
{
    char safe[600];

    if (table->cells == table->capacity) {
        size_t capacity = table->capacity * 2 + 64;
        char **grown = realloc(table->cell, capacity * sizeof *grown);
        if (!grown) {
            table->failed = true;
            return;
        }
        table->cell = grown;
        table->capacity = capacity;
    }
    char *copy = strdup(cli_safe(text, safe, sizeof safe));
    if (!copy) {
        table->failed = true;
        return;
    }
    table->cell[table->cells++] = copy;
}

void cli_table_start(cli_table *table, const char *align, const char *const *header)
{
    *table = (cli_table){.align = align, .columns = strlen(align)};
    for (size_t i = 0; i < table->columns; i++)
        add_cell(table, header[i]);
}

void cli_table_add(cli_table *table, const char *format, ...)
{
    char text[600];
    va_list values;

    va_start(values, format);
    vsnprintf(text, sizeof text, format, values);
    va_end(values);
    add_cell(table, text);
}

void cli_table_end(const cli_env *env, cli_table *table)
{
    size_t width[32] = {0};

    for (size_t i = 0; i < table->cells; i++) {
        size_t w = cli_width(table->cell[i]);
        if (w > width[i % table->columns])
            width[i % table->columns] = w;
    }
    cli_progress_clear_line(env->progress);
    for (size_t i = 0; table->cells > table->columns && i < table->cells && !env->global.json; i++) {
        size_t column = i % table->columns, pad = width[column] - cli_width(table->cell[i]);
        bool last = column + 1 == table->columns;
        if (table->align[column] == 'r')
            printf("%*s%s", (int)pad, "", table->cell[i]);
        else
            printf("%s%*s", table->cell[i], last ? 0 : (int)pad, "");
        fputs(last ? "\n" : "  ", stdout);
    }
    if (table->failed)
        fputs("castmap: out of memory; the table is not whole\n", stderr);
    for (size_t i = 0; i < table->cells; i++)
        free(table->cell[i]);
    free(table->cell);
    *table = (cli_table){0};
}
