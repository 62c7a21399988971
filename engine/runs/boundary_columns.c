/*
 * runs/boundary_columns.c - recognising the columns of a boundary layer.
 *
 * The Office for National Statistics names them by a pattern: letters of the level, two digits of the year, CD for the code, NM for the name (NMW in Welsh, CDO for the code
 * of before 2011). Elsewhere they are called code, name and the like. A code column is one that is filled and unique; among several, the one of the smaller areas.
 */
#include "runs/boundary_columns.h"

#include "base/fail.h"
#include "base/files.h"
#include "base/memory.h"
#include "base/text.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct level_name {
    const char *prefix;
    const char *level;
} level_name;

/* Smaller areas first: where two columns are equally good, the earlier wins. */
static const level_name PREFIXES[] = {
    {"OA", "output area"}, {"LSOA", "small area"}, {"DZ", "small area"}, {"SOA", "small area"}, {"MSOA", "small area"}, {"IZ", "small area"},
    {"WD", "ward"}, {"CMWD", "ward"}, {"ED", "ward"}, {"CED", "ward"}, {"PAR", "parish"}, {"PCON", "constituency"},
    {"LAD", "council"}, {"LTLA", "council"}, {"LGD", "council"}, {"UTLA", "council"}, {"CTYUA", "council"}, {"CSP", "community safety area"},
    {"CTY", "county"}, {"PFA", "police force area"}, {"RGN", "region"}, {"CTRY", "country"},
};
#define N_PREFIXES (sizeof PREFIXES / sizeof *PREFIXES)

/* First three characters of a nine-character UK code. */
static const level_name ENTITIES[] = {
    {"E00", "output area"}, {"W00", "output area"}, {"S00", "output area"}, {"E01", "small area"}, {"W01", "small area"}, {"S01", "small area"},
    {"E02", "small area"}, {"W02", "small area"}, {"S02", "small area"}, {"E05", "ward"}, {"W05", "ward"}, {"S13", "ward"}, {"N08", "ward"},
    {"E06", "council"}, {"E07", "council"}, {"E08", "council"}, {"E09", "council"}, {"W06", "council"}, {"S12", "council"}, {"N09", "council"},
    {"E10", "county"}, {"E12", "region"}, {"E14", "constituency"}, {"W07", "constituency"}, {"S14", "constituency"}, {"N06", "constituency"},
    {"E23", "police force area"},
};
#define N_ENTITIES (sizeof ENTITIES / sizeof *ENTITIES)

/* What a column's name says, when it follows the pattern: index into PREFIXES, year 0..99, and whether code or name. */
typedef struct pattern {
    size_t prefix; /* N_PREFIXES: letters that are not in the list */
    int    year;   /* -1: none */
    bool   code, name;
} pattern;

static pattern read_pattern(const char *field)
{
    pattern p = {N_PREFIXES, -1, false, false};
    const size_t letters = strspn(field, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
    const char *at = field + letters;

    if (letters < 2 || letters > 6 || !isdigit((unsigned char)at[0]) || !isdigit((unsigned char)at[1]))
        return p;
    p.year = (at[0] - '0') * 10 + (at[1] - '0');
    p.code = strcasecmp(at + 2, "CD") == 0;
    p.name = strcasecmp(at + 2, "NM") == 0;
    for (size_t i = 0; i < N_PREFIXES && p.prefix == N_PREFIXES; i++)
        if (strlen(PREFIXES[i].prefix) == letters && strncasecmp(field, PREFIXES[i].prefix, letters) == 0)
            p.prefix = i;
    return p;
}

static bool is_one_of(const char *field, const char *const *words)
{
    for (; *words; words++)
        if (strcasecmp(field, *words) == 0)
            return true;
    return false;
}

static const char *const CODE_WORDS[] = {"AREACD", "area_code", "areacode", "geo_code", "geocode", "geography_code", "gss_code", "gsscode", "code", "cd",
                                         "ward_code", "wardcode", "lad_code", "lsoa_code", "district_code", "council_code", "NUTS_ID", "LAU_ID", "GEOID",
                                         "ons_code", "county_id", "area_id", NULL};
static const char *const NAME_WORDS[] = {"AREANM", "area_name", "areaname", "geo_name", "geography_name", "geography", "name", "nm", "ward_name",
                                         "wardname", "lad_name", "lsoa_name", "district_name", "council_name", "NUTS_NAME", "LAU_NAME", "NAME_LATN",
                                         "label", "title", NULL};
static const char *const PARENT_WORDS[] = {"parent", "parent_code", "parentcode", "parentcd", "district_code", "lad_code", "council_code", NULL};
static const char *const LAST_WORDS[] = {"id", "fid_1", "ref", "reference", NULL};

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* How many features have a value in the column, and how many different ones. 0, or -1 out of memory. */
static int count_values(const cm_vector_layer *layer, size_t column, size_t *filled, size_t *distinct)
{
    const char **values = cm_alloc(layer->count, sizeof *values);

    if (!values)
        return -1;
    *filled = *distinct = 0;
    for (size_t i = 0; i < layer->count; i++)
        if (layer->feature[i].value[column] && layer->feature[i].value[column][0])
            values[(*filled)++] = layer->feature[i].value[column];
    qsort(values, *filled, sizeof *values, by_text);
    for (size_t i = 0; i < *filled; i++)
        *distinct += i == 0 || strcmp(values[i], values[i - 1]) != 0;
    free(values);
    return 0;
}

/* Points for a code column: its name first, then uniqueness; a smaller level breaks ties. 0: not one. */
static double code_score(const char *field, size_t n, size_t filled, size_t distinct)
{
    const pattern p = read_pattern(field);
    double score = p.code ? 100.0 : is_one_of(field, CODE_WORDS) ? 80.0 : is_one_of(field, LAST_WORDS) ? 20.0 : 0.0;

    if (score <= 0.0 || filled * 2 < n)
        return 0.0;
    if (distinct < filled)
        score *= (double)distinct >= 0.8 * (double)filled ? 0.5 : 0.05;
    return score - (p.code ? 0.01 * (double)p.prefix : 0.0);
}

static castmap_status find_named(castmap_context *ctx, const cm_vector_layer *layer, const char *wanted, size_t *column)
{
    char list[200] = "";
    castmap_status status;

    for (size_t i = 0; i < layer->n_fields; i++) {
        if (strcasecmp(layer->field[i], wanted) == 0) {
            *column = i;
            return CASTMAP_OK;
        }
        const size_t used = strlen(list);
        snprintf(list + used, sizeof list - used, "%s%s", i ? ", " : "", layer->field[i]);
    }
    status = cm_fail(ctx, CASTMAP_E_NOT_FOUND, "the boundary file has no column \"%s\"", wanted);
    cm_fail_hint(ctx, "it has: %s", list[0] ? list : "none");
    return status;
}

static castmap_status find_code(castmap_context *ctx, const cm_vector_layer *layer, size_t *column)
{
    double best = 0.0;
    castmap_status status;

    *column = CM_NO_COLUMN;
    for (size_t i = 0; i < layer->n_fields; i++) {
        size_t filled, distinct;
        if (count_values(layer, i, &filled, &distinct) != 0)
            return cm_fail_memory(ctx);
        const double score = code_score(layer->field[i], layer->count, filled, distinct);
        if (score > best) {
            best = score;
            *column = i;
        }
    }
    if (*column != CM_NO_COLUMN)
        return CASTMAP_OK;
    status = cm_fail(ctx, CASTMAP_E_INPUT, "no column of the boundary file looks like a code for its areas");
    cm_fail_hint(ctx, "name it with --code COLUMN; the file has %zu columns%s%s", layer->n_fields,
                 layer->n_fields ? ", the first is " : "", layer->n_fields ? layer->field[0] : "");
    return status;
}

/* WD13NM belongs to WD13CD; else the first column that is called a name. */
static size_t find_name(const cm_vector_layer *layer, size_t code)
{
    const pattern of_code = read_pattern(layer->field[code]);
    size_t fallback = CM_NO_COLUMN;

    for (size_t i = 0; i < layer->n_fields; i++) {
        const pattern p = read_pattern(layer->field[i]);
        const size_t stem = strlen(layer->field[code]);
        if (of_code.code && p.name && stem == strlen(layer->field[i]) &&
            strncasecmp(layer->field[i], layer->field[code], stem - 2) == 0)
            return i;
        if (fallback == CM_NO_COLUMN && i != code && is_one_of(layer->field[i], NAME_WORDS))
            fallback = i;
    }
    return fallback;
}

/* Another code column that groups the areas: the one with the most groups is the next level up. */
static castmap_status find_parent(castmap_context *ctx, const cm_vector_layer *layer, size_t code, size_t *column)
{
    const pattern of_code = read_pattern(layer->field[code]);
    size_t most = 0;

    *column = CM_NO_COLUMN;
    for (size_t i = 0; i < layer->n_fields; i++) {
        const pattern p = read_pattern(layer->field[i]);
        size_t filled, distinct;
        const bool above = p.code && p.prefix < N_PREFIXES && of_code.prefix < N_PREFIXES && p.prefix > of_code.prefix;
        if (i == code || !(above || is_one_of(layer->field[i], PARENT_WORDS)))
            continue;
        if (count_values(layer, i, &filled, &distinct) != 0)
            return cm_fail_memory(ctx);
        if (filled > 0 && (distinct < layer->count || layer->count == 1) && distinct > most) {
            most = distinct;
            *column = i;
        }
    }
    return CASTMAP_OK;
}

static bool is_uk_code(const char *code)
{
    return code && strlen(code) == 9 && strchr("EWSN", code[0]) && strspn(code + 1, "0123456789") == 8;
}

/* The level the codes themselves tell, where all agree. */
static const char *level_of_codes(const cm_vector_layer *layer, size_t code)
{
    const char *level = NULL;

    for (size_t i = 0; i < layer->count; i++) {
        const char *value = layer->feature[i].value[code], *found = NULL;
        if (!value || !value[0])
            continue;
        for (size_t k = 0; is_uk_code(value) && k < N_ENTITIES && !found; k++)
            if (strncmp(value, ENTITIES[k].prefix, 3) == 0)
                found = ENTITIES[k].level;
        if (!found || (level && strcmp(level, found) != 0))
            return NULL;
        level = found;
    }
    return level;
}

static void country_of_codes(const cm_vector_layer *layer, const cm_boundary_columns *columns, char out[4])
{
    const char *field = layer->field[columns->code];
    size_t uk = 0, ni = 0, filled = 0, alike = 0;
    const char *first = NULL;

    out[0] = '\0';
    for (size_t i = 0; i < layer->count; i++) {
        const char *value = layer->feature[i].value[columns->code];
        if (!value || !value[0])
            continue;
        filled++;
        first = first ? first : value;
        uk += is_uk_code(value);
        ni += is_uk_code(value) && value[0] == 'N';
        alike += strncmp(value, first, 2) == 0;
    }
    if (filled == 0)
        return;
    if (uk == filled) {
        snprintf(out, 4, "%s", ni == filled ? "NI" : "GB");
    } else if (alike == filled && isupper((unsigned char)first[0]) && isupper((unsigned char)first[1]) &&
               (strncasecmp(field, "NUTS", 4) == 0 || strncasecmp(field, "LAU", 3) == 0)) {
        snprintf(out, 4, "%.2s", strncmp(first, "UK", 2) == 0 ? "GB" : first);
    }
}

/* "2013" of WD13CD; else a year that stands free in the name of the file. */
static void find_vintage(const cm_vector_layer *layer, const cm_boundary_columns *columns, const char *path, char out[8])
{
    const pattern p = read_pattern(layer->field[columns->code]);
    const char *name = cm_base_name(path);

    out[0] = '\0';
    if (p.code && p.year >= 0) {
        snprintf(out, 8, "%d%02d", p.year >= 70 ? 19 : 20, p.year % 100);
        return;
    }
    for (const char *c = name; *c; c++) {
        const size_t n = strspn(c, "0123456789");
        if (n == 4 && (strncmp(c, "19", 2) == 0 || strncmp(c, "20", 2) == 0)) {
            snprintf(out, 8, "%.4s", c);
            return;
        }
        c += n ? n - 1 : 0;
    }
}

castmap_status cm_boundary_columns_find(castmap_context *ctx, const cm_vector_layer *layer,
                                        const castmap_boundaries_options *options, cm_boundary_columns *out)
{
    cm_boundary_columns found = {CM_NO_COLUMN, CM_NO_COLUMN, CM_NO_COLUMN, NULL, "", ""};
    castmap_status status;

    status = options->code_column ? find_named(ctx, layer, options->code_column, &found.code)
                                  : find_code(ctx, layer, &found.code);
    if (status)
        return status;
    if (options->name_column) {
        status = find_named(ctx, layer, options->name_column, &found.name);
        if (status)
            return status;
    } else {
        found.name = find_name(layer, found.code);
    }
    status = options->parent_column ? find_named(ctx, layer, options->parent_column, &found.parent)
                                    : find_parent(ctx, layer, found.code, &found.parent);
    if (status)
        return status;
    const pattern p = read_pattern(layer->field[found.code]);
    found.level = p.code && p.prefix < N_PREFIXES ? PREFIXES[p.prefix].level : level_of_codes(layer, found.code);
    if (!found.level)
        found.level = strncasecmp(layer->field[found.code], "ward", 4) == 0 ? "ward" : "area";
    find_vintage(layer, &found, options->path, found.vintage);
    country_of_codes(layer, &found, found.country);
    *out = found;
    return CASTMAP_OK;
}
