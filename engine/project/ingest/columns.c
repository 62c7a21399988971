/*
 * project/ingest/columns.c - names of columns, normalised for comparing.
 */
#include "project/ingest/columns.h"

#include "base/fail.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const struct {
    const char *name, *words;
} ROLES[CM_ROLE_COUNT] = {
    [CM_ROLE_LAT] = {"lat", "latitude"},
    [CM_ROLE_LON] = {"lon", "longitude"},
    [CM_ROLE_X] = {"x", "easting"},
    [CM_ROLE_Y] = {"y", "northing"},
    [CM_ROLE_POSITION] = {"position", "position"},
    [CM_ROLE_POSTCODE] = {"postcode", "postcode"},
    [CM_ROLE_PLACE] = {"place", "name of a place"},
    [CM_ROLE_ALTITUDE] = {"altitude", "altitude"},
    [CM_ROLE_ACCURACY] = {"accuracy", "accuracy"},
    [CM_ROLE_TIME] = {"time", "time"},
    [CM_ROLE_CLOCK] = {"clock", "time of day"},
    [CM_ROLE_TO] = {"to", "end of the interval"},
    [CM_ROLE_WRITTEN] = {"written", "when it was written"},
    [CM_ROLE_CATEGORY] = {"category", "category"},
    [CM_ROLE_TEXT] = {"text", "text"},
    [CM_ROLE_ID] = {"id", "unique id"},
    [CM_ROLE_SOURCE] = {"source", "source"},
    [CM_ROLE_SOURCE_GRADE] = {"source_grade", "source grade"},
    [CM_ROLE_INFORMATION_GRADE] = {"information_grade", "information grade"},
    [CM_ROLE_HANDLING] = {"handling", "handling"},
    [CM_ROLE_CONDITIONS] = {"conditions", "handling conditions"},
    [CM_ROLE_GRADE] = {"grade", "grade"},
    [CM_ROLE_PERSONS] = {"persons", "persons"},
};

const char *cm_role_name(cm_role role)
{
    return ROLES[role].name;
}

const char *cm_role_words(cm_role role)
{
    return ROLES[role].words;
}

bool cm_role_named(const char *name, size_t length, cm_role *out)
{
    for (int i = 0; i < CM_ROLE_COUNT; i++) {
        if ((strlen(ROLES[i].name) == length && strncasecmp(name, ROLES[i].name, length) == 0) ||
            (strlen(ROLES[i].words) == length && strncasecmp(name, ROLES[i].words, length) == 0)) {
            *out = (cm_role)i;
            return true;
        }
    }
    return false;
}

static char *key_of(const char *name)
{
    char *key = cm_alloc(strlen(name) + 1, 1);
    char *out = key;

    if (!key)
        return NULL;
    for (const char *p = name; *p; p++) {
        if (*p >= 'A' && *p <= 'Z')
            *out++ = (char)(*p - 'A' + 'a');
        else if ((*p >= 'a' && *p <= 'z') || (*p >= '0' && *p <= '9') || (*p & 0x80))
            *out++ = *p;
    }
    *out = '\0';
    return key;
}

static castmap_status two_alike(castmap_context *ctx, const char *file, const cm_columns *columns)
{
    char **folded = cm_alloc_zero(columns->n, sizeof *folded);
    castmap_status status = folded ? CASTMAP_OK : cm_fail_memory(ctx);

    for (size_t i = 0; !status && i < columns->n; i++) {
        folded[i] = cm_utf8_key(columns->name[i], strlen(columns->name[i]));
        if (!folded[i])
            status = cm_fail_memory(ctx);
        for (size_t j = 0; !status && folded[i][0] && j < i; j++) {
            if (strcmp(folded[i], folded[j]) != 0)
                continue;
            char shown[64];
            cm_escape_display(columns->name[i], strlen(columns->name[i]), shown, sizeof shown);
            status = cm_fail(ctx, CASTMAP_E_INPUT, "columns %zu and %zu have the same name, \"%s\"", j + 1, i + 1, shown);
            cm_fail_where(ctx, "%s:1", file);
            cm_fail_hint(ctx, "give each column a name of its own");
        }
    }
    for (size_t i = 0; folded && i < columns->n; i++)
        free(folded[i]);
    free(folded);
    return status;
}

castmap_status cm_columns_init(castmap_context *ctx, const char *file, const cm_csv_field *field, size_t n, cm_columns *out)
{
    cm_columns c = {.n = n};
    castmap_status status = CASTMAP_OK;

    c.name = cm_alloc_zero(n, sizeof *c.name);
    c.key = cm_alloc_zero(n, sizeof *c.key);
    c.leaf = cm_alloc_zero(n, sizeof *c.leaf);
    if (!c.name || !c.key || !c.leaf)
        status = cm_fail_memory(ctx);
    for (size_t i = 0; !status && i < n; i++) {
        const char *from = field[i].bytes;
        const char *to = from + field[i].length;
        while (from < to && (*from == ' ' || *from == '\t'))
            from++;
        while (from < to && (to[-1] == ' ' || to[-1] == '\t'))
            to--;
        c.name[i] = cm_copy_bytes(from, (size_t)(to - from));
        if (c.name[i]) {
            const char *slash = strrchr(c.name[i], '/');
            c.key[i] = key_of(c.name[i]);
            c.leaf[i] = key_of(slash ? slash + 1 : c.name[i]);
        }
        if (!c.name[i] || !c.key[i] || !c.leaf[i])
            status = cm_fail_memory(ctx);
    }
    if (!status)
        status = two_alike(ctx, file, &c);
    if (status) {
        cm_columns_clear(&c);
        return status;
    }
    *out = c;
    return CASTMAP_OK;
}

void cm_columns_clear(cm_columns *columns)
{
    for (size_t i = 0; i < columns->n; i++) {
        if (columns->name)
            free(columns->name[i]);
        if (columns->key)
            free(columns->key[i]);
        if (columns->leaf)
            free(columns->leaf[i]);
    }
    free(columns->name);
    free(columns->key);
    free(columns->leaf);
    *columns = (cm_columns){0};
}

int cm_column_named(const cm_columns *columns, const char *name)
{
    for (size_t i = 0; i < columns->n; i++)
        if (strcmp(columns->name[i], name) == 0)
            return (int)i;
    for (size_t i = 0; i < columns->n; i++)
        if (strcasecmp(columns->name[i], name) == 0)
            return (int)i;
    return CM_NO_COLUMN;
}

int cm_column_keyed(const cm_columns *columns, const char *key)
{
    for (size_t i = 0; i < columns->n; i++)
        if (strcmp(columns->key[i], key) == 0)
            return (int)i;
    for (size_t i = 0; i < columns->n; i++)
        if (strcmp(columns->leaf[i], key) == 0)
            return (int)i;
    return CM_NO_COLUMN;
}

void cm_mapping_init(cm_mapping *mapping)
{
    *mapping = (cm_mapping){0};
    for (int i = 0; i < CM_ROLE_COUNT; i++)
        mapping->column[i] = mapping->otherwise[i] = CM_NO_COLUMN;
}

void cm_mapping_set(cm_mapping *mapping, cm_role role, int column, const char *why)
{
    if (column == CM_NO_COLUMN || mapping->why[role])
        return;
    mapping->column[role] = column;
    mapping->why[role] = why;
}

static bool ends_with(const char *name, const char *ending)
{
    const size_t n = strlen(name), m = strlen(ending);

    return n > m && strcasecmp(name + n - m, ending) == 0;
}

static const char *last_part(const char *name)
{
    const char *slash = strrchr(name, '/');

    return slash ? slash + 1 : name;
}

int cm_columns_sibling(const cm_columns *columns, int of, const char *prefix, bool drop_prefix, const char *old_ending,
                       const char *new_ending)
{
    const char *name = columns->name[of];
    const size_t group = (size_t)(last_part(name) - name);
    const size_t skip = drop_prefix ? strlen(prefix) : 0;
    const size_t stem = strlen(name) - strlen(old_ending) - group - skip;

    for (size_t i = 0; i < columns->n; i++) {
        const char *other = columns->name[i];
        if (strlen(other) == group + stem + strlen(new_ending) && strncmp(other, name, group) == 0 &&
            strncmp(other + group, name + group + skip, stem) == 0 && strcasecmp(other + group + stem, new_ending) == 0)
            return (int)i;
    }
    return CM_NO_COLUMN;
}

size_t cm_columns_pair(const cm_columns *columns, const char *prefix, const char *lat_ending, const char *lon_ending, int *lat,
                       int *lon)
{
    size_t found = 0;

    for (size_t i = 0; i < columns->n; i++) {
        const char *name = columns->name[i];
        if (!ends_with(name, lat_ending) || strncmp(last_part(name), prefix, strlen(prefix)) != 0 ||
            strlen(last_part(name)) <= strlen(prefix) + strlen(lat_ending))
            continue;
        const int other = cm_columns_sibling(columns, (int)i, prefix, false, lat_ending, lon_ending);
        if (other == CM_NO_COLUMN)
            continue;
        if (found++ == 0) {
            *lat = (int)i;
            *lon = other;
        }
    }
    return found;
}
