/*
 * runs/population_table.c - reading the population file.
 *
 * The whole file is cut into cells first (it has one row an area), then the two columns are found, then the rows are taken.
 */
#include "runs/population_table.h"

#include "base/decimal.h"
#include "base/digest.h"
#include "base/fail.h"
#include "base/files.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/utf8.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_BYTES ((uint64_t)64 << 20)
#define MAX_COLUMNS 500u

/* Cells row by row; texts point into the file's bytes, unquoted in place. */
typedef struct sheet {
    char  **cell;
    size_t  n_cells, cell_capacity;
    size_t  columns, rows; /* rows with the header */
    size_t *line;          /* [rows] physical line where each begins */
    size_t  line_capacity;
} sheet;

void cm_population_table_clear(cm_population_table *table)
{
    for (size_t i = 0; i < table->count; i++)
        free(table->row[i].code);
    free(table->row);
    free(table->code_column);
    free(table->value_column);
    free(table->sha256);
    *table = (cm_population_table)CM_POPULATION_TABLE_INIT;
}

static castmap_status fail_line(castmap_context *ctx, const char *path, size_t line, const char *what)
{
    char shown[160];
    castmap_status status = cm_fail(ctx, CASTMAP_E_INPUT, "%s", what);

    cm_escape_display(cm_base_name(path), strlen(cm_base_name(path)), shown, sizeof shown);
    cm_fail_where(ctx, "%s:%zu", shown, line);
    cm_fail_hint(ctx, "the population file is a CSV with a header, commas, and one row an area");
    return status;
}

/* Read one cell at *at; the closing mark (comma, line feed or NUL) is returned and stepped over. '!': malformed. */
static char read_cell(char **at, size_t *line, char **cell)
{
    char *from = *at, *to;

    if (*from != '"') {
        *cell = from;
        from += strcspn(from, ",\n\"");
        if (*from == '"')
            return '!';
        const char mark = *from;
        *at = mark ? from + 1 : from;
        if (mark == '\n' && from > *cell && from[-1] == '\r')
            from[-1] = '\0';
        *from = '\0';
        *line += mark == '\n';
        return mark;
    }
    *cell = to = ++from;
    for (;; from++) {
        if (*from == '\0')
            return '!';
        if (*from == '"' && *++from != '"')
            break;
        *line += *from == '\n';
        *to++ = *from;
    }
    if (*from == '\r' && from[1] == '\n')
        from++;
    const char mark = *from;
    if (mark != ',' && mark != '\n' && mark != '\0')
        return '!';
    *at = mark ? from + 1 : from;
    *to = '\0';
    *line += mark == '\n';
    return mark;
}

static castmap_status cut_row(castmap_context *ctx, const char *path, char **at, size_t *line, sheet *s)
{
    const size_t begun = *line;
    size_t cells = 0;
    char mark;

    do {
        char *cell;
        mark = read_cell(at, line, &cell);
        if (mark == '!')
            return fail_line(ctx, path, begun, "a quote is not closed or stands inside a field");
        if (cells >= MAX_COLUMNS)
            return fail_line(ctx, path, begun, "more than 500 columns");
        if (cm_grow(&s->cell, &s->cell_capacity, s->n_cells + 1, sizeof *s->cell) != 0)
            return cm_fail_memory(ctx);
        s->cell[s->n_cells++] = cell;
        cells++;
    } while (mark == ',');
    if (s->rows == 0)
        s->columns = cells;
    if (cells != s->columns)
        return fail_line(ctx, path, begun, "the row has not as many fields as the header");
    if (cm_grow(&s->line, &s->line_capacity, s->rows + 1, sizeof *s->line) != 0)
        return cm_fail_memory(ctx);
    s->line[s->rows++] = begun;
    return CASTMAP_OK;
}

static castmap_status cut(castmap_context *ctx, const char *path, char *bytes, size_t length, sheet *s)
{
    char *at = bytes;
    size_t line = 1;
    castmap_status status = CASTMAP_OK;

    if (strlen(bytes) != length || cm_utf8_valid(bytes, length) < length)
        return fail_line(ctx, path, 1, "the file is not UTF-8 text");
    if (length >= 3 && memcmp(at, "\xef\xbb\xbf", 3) == 0)
        at += 3;
    while (*at && !status) {
        if (at[strspn(at, "\r\n \t")] == '\0')
            break; /* blank lines at the end */
        status = cut_row(ctx, path, &at, &line, s);
    }
    if (!status && s->rows < 2)
        status = fail_line(ctx, path, 1, "the population file has no rows");
    return status;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool is_number(const char *text, double *value)
{
    return cm_decimal_parse(text, strlen(text), value) && *value >= 0.0 && *value < 1e11;
}

static size_t column_named(const sheet *s, const char *name)
{
    for (size_t i = 0; i < s->columns; i++)
        if (strcasecmp(s->cell[i], name) == 0)
            return i;
    return SIZE_MAX;
}

static size_t find_codes(const sheet *s, char *const *codes, size_t n_codes)
{
    size_t best = SIZE_MAX, most = 0;

    for (size_t column = 0; column < s->columns; column++) {
        size_t hits = 0;
        for (size_t row = 1; row < s->rows; row++)
            hits += bsearch(&s->cell[row * s->columns + column], codes, n_codes, sizeof *codes, by_text) != NULL;
        if (hits > most) {
            most = hits;
            best = column;
        }
    }
    return best;
}

static size_t find_people(const sheet *s, size_t code)
{
    static const char *const WORDS[] = {"population", "pop", "people", "all ages", "residents", "obs_value", "persons", "total", "value", "count"};
    size_t only = SIZE_MAX, numeric = 0;
    double value;

    for (size_t w = 0; w < sizeof WORDS / sizeof *WORDS; w++)
        for (size_t i = 0; i < s->columns; i++)
            if (i != code && strcasestr(s->cell[i], WORDS[w]) && is_number(s->cell[s->columns + i], &value))
                return i;
    for (size_t i = 0; i < s->columns; i++) {
        if (i == code || !is_number(s->cell[s->columns + i], &value))
            continue;
        only = i;
        numeric++;
    }
    return numeric == 1 ? only : SIZE_MAX;
}

static castmap_status choose(castmap_context *ctx, const char *wanted, const char *what, const sheet *s, size_t found,
                             size_t *column)
{
    castmap_status status;

    *column = wanted ? column_named(s, wanted) : found;
    if (*column != SIZE_MAX)
        return CASTMAP_OK;
    status = wanted ? cm_fail(ctx, CASTMAP_E_NOT_FOUND, "the population file has no column \"%s\"", wanted)
                    : cm_fail(ctx, CASTMAP_E_INPUT, "no column of the population file looks like %s", what);
    cm_fail_hint(ctx, "its first columns are: %s%s%s", s->cell[0], s->columns > 1 ? ", " : "", s->columns > 1 ? s->cell[1] : "");
    return status;
}

castmap_status cm_population_read(castmap_context *ctx, const char *path, const char *code_column,
                                  const char *value_column, char *const *codes, size_t n_codes, cm_population_table *out)
{
    cm_population_table table = CM_POPULATION_TABLE_INIT;
    sheet s = {0};
    char *bytes = NULL, hex[CM_SHA256_HEX];
    size_t length = 0, code = 0, people = 0;
    castmap_status status = cm_file_read(ctx, path, MAX_BYTES, &bytes, &length);

    if (!status)
        status = cm_sha256_file(ctx, path, hex, NULL);
    if (!status)
        status = cut(ctx, path, bytes, length, &s);
    if (!status)
        status = choose(ctx, code_column, "the codes of these areas", &s, find_codes(&s, codes, n_codes), &code);
    if (!status)
        status = choose(ctx, value_column, "numbers of people", &s, find_people(&s, code), &people);
    if (status)
        goto done;
    table.row = cm_alloc_zero(s.rows, sizeof *table.row);
    table.code_column = cm_copy_text(s.cell[code]);
    table.value_column = cm_copy_text(s.cell[people]);
    table.sha256 = cm_copy_text(hex);
    if (!table.row || !table.code_column || !table.value_column || !table.sha256) {
        status = cm_fail_memory(ctx);
        goto done;
    }
    for (size_t row = 1; row < s.rows; row++) {
        cm_population_row *r = &table.row[table.count];
        r->code = cm_copy_text(s.cell[row * s.columns + code]);
        r->line = s.line[row];
        if (!is_number(s.cell[row * s.columns + people], &r->people))
            r->people = NAN;
        if (!r->code) {
            status = cm_fail_memory(ctx);
            goto done;
        }
        table.count++;
    }
    cm_population_table_clear(out);
    *out = table;
    table = (cm_population_table)CM_POPULATION_TABLE_INIT;

done:
    cm_population_table_clear(&table);
    free(s.cell);
    free(s.line);
    free(bytes);
    return status;
}
