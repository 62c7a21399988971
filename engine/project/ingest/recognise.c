/*
 * project/ingest/recognise.c - profiles asked one after the other, and what was given by hand on top.
 */
#include "project/ingest/recognise.h"

#include "base/fail.h"
#include "base/json_text.h"
#include "base/memory.h"
#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void cm_guess_add(cm_guesses *guesses, const char *what, const char *why, const char *format, ...)
{
    char value[512];
    va_list values;

    va_start(values, format);
    vsnprintf(value, sizeof value, format, values);
    va_end(values);
    if (cm_grow(&guesses->guess, &guesses->capacity, guesses->n + 1, sizeof *guesses->guess) != 0) {
        guesses->failed = true;
        return;
    }
    castmap_guess *guess = &guesses->guess[guesses->n];
    *guess = (castmap_guess){cm_copy_text(what), cm_copy_text(value), cm_copy_text(why)};
    guesses->n++;
    guesses->failed = guesses->failed || !guess->what || !guess->value || !guess->why;
}

void cm_guesses_clear(cm_guesses *guesses)
{
    for (size_t i = 0; i < guesses->n; i++) {
        free(guesses->guess[i].what);
        free(guesses->guess[i].value);
        free(guesses->guess[i].why);
    }
    free(guesses->guess);
    *guesses = (cm_guesses){0};
}

char *cm_guesses_json(const cm_guesses *guesses)
{
    cm_text text = CM_TEXT_INIT;
    cm_json json;

    cm_json_begin(&json, &text, false);
    cm_json_array(&json, NULL);
    for (size_t i = 0; i < guesses->n; i++) {
        cm_json_object(&json, NULL);
        cm_json_string(&json, "what", guesses->guess[i].what);
        cm_json_string(&json, "value", guesses->guess[i].value);
        cm_json_string(&json, "why", guesses->guess[i].why);
        cm_json_end_object(&json);
    }
    cm_json_end_array(&json);
    return cm_text_take(&text);
}

static bool is_keep(const char *pair)
{
    return strncmp(pair, "keep=", 5) == 0;
}

static castmap_status no_column(castmap_context *ctx, const cm_columns *columns, const char *name)
{
    char shown[80];
    char present[160];
    size_t used = 0;
    castmap_status status;

    cm_escape_display(name, strlen(name), shown, sizeof shown);
    status = cm_fail(ctx, CASTMAP_E_ARGUMENT, "there is no column \"%s\"", shown);
    present[0] = '\0';
    for (size_t i = 0; i < columns->n && used + 40 < sizeof present; i++) {
        cm_escape_display(columns->name[i], strlen(columns->name[i]), shown, 36);
        used += (size_t)snprintf(present + used, sizeof present - used, "%s%s", i ? ", " : "", shown);
    }
    cm_fail_hint(ctx, "the file has: %s", present);
    return status;
}

static castmap_status apply_given(castmap_context *ctx, const cm_columns *columns, const castmap_import_options *options,
                                  cm_mapping *mapping)
{
    for (size_t i = 0; i < options->n_map; i++) {
        const char *pair = options->map[i];
        const char *equals = strchr(pair, '=');
        cm_role role;
        if (is_keep(pair))
            continue;
        if (!equals || !cm_role_named(pair, (size_t)(equals - pair), &role)) {
            castmap_status status = cm_fail(ctx, CASTMAP_E_ARGUMENT, "a mapping must be FIELD=COLUMN");
            cm_fail_hint(ctx, "fields: lat, lon, x, y, position, postcode, place, accuracy, altitude, time, clock, to, category, text, id, "
                              "source, source_grade, information_grade, handling, conditions, grade, persons, keep");
            return status;
        }
        const int column = equals[1] ? cm_column_named(columns, equals + 1) : CM_NO_COLUMN;
        if (equals[1] && column == CM_NO_COLUMN)
            return no_column(ctx, columns, equals + 1);
        mapping->column[role] = column;
        mapping->why[role] = "given";
    }
    return CASTMAP_OK;
}

static bool given(const cm_mapping *mapping, cm_role role)
{
    return mapping->why[role] && strcmp(mapping->why[role], "given") == 0 && mapping->column[role] != CM_NO_COLUMN;
}

static void drop(cm_mapping *mapping, cm_role role)
{
    mapping->column[role] = CM_NO_COLUMN;
    mapping->why[role] = NULL;
}

/* One way to the place: what was given, else degrees, else metres, else the cell. A cell beside degrees stays as their substitute. */
static void settle_place(cm_mapping *mapping, bool geometry)
{
    const int *column = mapping->column;

    if (given(mapping, CM_ROLE_X) || given(mapping, CM_ROLE_Y)) {
        drop(mapping, CM_ROLE_LAT);
        drop(mapping, CM_ROLE_LON);
    }
    if (given(mapping, CM_ROLE_POSITION) && !given(mapping, CM_ROLE_LAT)) {
        drop(mapping, CM_ROLE_LAT);
        drop(mapping, CM_ROLE_LON);
        drop(mapping, CM_ROLE_X);
        drop(mapping, CM_ROLE_Y);
    }
    const bool degrees = column[CM_ROLE_LAT] != CM_NO_COLUMN && column[CM_ROLE_LON] != CM_NO_COLUMN;
    const bool metres = column[CM_ROLE_X] != CM_NO_COLUMN && column[CM_ROLE_Y] != CM_NO_COLUMN;
    if (geometry || degrees) {
        drop(mapping, CM_ROLE_X);
        drop(mapping, CM_ROLE_Y);
    }
    if (geometry || (!degrees && metres)) {
        drop(mapping, CM_ROLE_LAT);
        drop(mapping, CM_ROLE_LON);
    }
    if (geometry) {
        drop(mapping, CM_ROLE_POSTCODE);
        drop(mapping, CM_ROLE_PLACE);
    }
    const bool same_question = mapping->why[CM_ROLE_POSITION] && mapping->why[CM_ROLE_POSITION] == mapping->why[CM_ROLE_LAT];
    if (geometry || ((degrees || metres) && !given(mapping, CM_ROLE_POSITION) && strcmp(mapping->profile->name, "generic") == 0 &&
                     !same_question))
        drop(mapping, CM_ROLE_POSITION);
    if (geometry || ((degrees || metres) && mapping->why[CM_ROLE_POSITION] &&
                     strcmp(mapping->why[CM_ROLE_POSITION], "column name") == 0))
        drop(mapping, CM_ROLE_POSITION);
}

/* "KML KMZ" holds "KML". */
static bool lists(const char *formats, const char *format)
{
    const size_t n = strlen(format);

    for (const char *at = formats; (at = strstr(at, format)); at++)
        if ((at == formats || at[-1] == '|') && (at[n] == '|' || at[n] == '\0'))
            return true;
    return false;
}

static int fits(const cm_profile *profile, const cm_columns *columns, const char *format)
{
    if (profile->formats)
        return format && lists(profile->formats, format) ? 1000 : 0;
    return profile->fits(columns);
}

/* The first of the profile's substitutes that is another column; none for a column that was given. */
static void settle_substitutes(const cm_columns *columns, cm_mapping *mapping)
{
    for (const cm_alias *alias = mapping->profile->otherwise; alias && alias->role != CM_ROLE_COUNT; alias++) {
        cm_mapping one;
        const cm_alias only[2] = {*alias, {CM_ROLE_COUNT, ""}};
        const char *rest = alias->keys;
        if (mapping->column[alias->role] == CM_NO_COLUMN || given(mapping, alias->role))
            continue;
        while (rest && mapping->otherwise[alias->role] == CM_NO_COLUMN) {
            const cm_alias from[2] = {{only[0].role, rest}, only[1]};
            cm_mapping_init(&one);
            cm_alias_apply(from, columns, &one);
            if (one.column[alias->role] != mapping->column[alias->role])
                mapping->otherwise[alias->role] = one.column[alias->role];
            rest = strchr(rest, ' ');
            rest = rest ? rest + 1 : NULL;
        }
    }
}

castmap_status cm_recognise(castmap_context *ctx, const cm_columns *columns, const castmap_import_options *options,
                            const char *format, bool geometry, cm_mapping *out)
{
    cm_mapping mapping;
    castmap_status status;

    cm_mapping_init(&mapping);
    if (options->profile) {
        mapping.profile = cm_profile_named(options->profile);
        if (!mapping.profile) {
            status = cm_fail(ctx, CASTMAP_E_ARGUMENT, "there is no profile of that name");
            cm_fail_hint(ctx, "one of " CM_PROFILE_NAMES);
            return status;
        }
    } else {
        int best = 0;
        for (size_t i = 0; i < cm_profile_count(); i++) {
            const int how_well = fits(cm_profile_at(i), columns, format);
            if (how_well > best) {
                best = how_well;
                mapping.profile = cm_profile_at(i);
            }
        }
    }
    status = apply_given(ctx, columns, options, &mapping);
    if (status)
        return status;
    if (mapping.profile->locate)
        mapping.profile->locate(columns, &mapping);
    cm_alias_apply(mapping.profile->alias, columns, &mapping);
    if (mapping.profile->generic_too)
        cm_alias_apply(CM_PROFILE_GENERIC.alias, columns, &mapping);
    settle_place(&mapping, geometry);
    settle_substitutes(columns, &mapping);
    *out = mapping;
    return CASTMAP_OK;
}

bool cm_mapping_placed(const cm_mapping *mapping)
{
    const int *column = mapping->column;

    return (column[CM_ROLE_LAT] != CM_NO_COLUMN && column[CM_ROLE_LON] != CM_NO_COLUMN) ||
           (column[CM_ROLE_X] != CM_NO_COLUMN && column[CM_ROLE_Y] != CM_NO_COLUMN) ||
           column[CM_ROLE_POSITION] != CM_NO_COLUMN || column[CM_ROLE_POSTCODE] != CM_NO_COLUMN || column[CM_ROLE_PLACE] != CM_NO_COLUMN ||
           mapping->links;
}

/* A second column whose name says the same as that of the role. */
static castmap_status check_claims(castmap_context *ctx, const char *file, const cm_columns *columns, const cm_mapping *mapping,
                                   cm_role role)
{
    const cm_alias *alias = CM_PROFILE_GENERIC.alias;
    const int chosen = mapping->column[role];

    if (chosen == CM_NO_COLUMN || strcmp(mapping->why[role], "column name") != 0)
        return CASTMAP_OK;
    while (alias->role != role)
        alias++;
    for (size_t i = 0; i < columns->n; i++) {
        const size_t n = strlen(columns->key[i]);
        const char *found = n ? strstr(alias->keys, columns->key[i]) : NULL;
        while (found && !((found == alias->keys || found[-1] == ' ') && (found[n] == ' ' || found[n] == '\0')))
            found = strstr(found + 1, columns->key[i]);
        if (found && (int)i != chosen) {
            castmap_status status = cm_fail(ctx, CASTMAP_E_INPUT, "two columns could be the %s: \"%s\" and \"%s\"",
                                            cm_role_words(role), columns->name[chosen], columns->name[i]);
            cm_fail_where(ctx, "%s:1", file);
            cm_fail_hint(ctx, "say which: --map %s=\"%s\"", cm_role_name(role), columns->name[chosen]);
            return status;
        }
    }
    return CASTMAP_OK;
}

castmap_status cm_mapping_check(castmap_context *ctx, const char *file, const cm_columns *columns, const cm_mapping *mapping)
{
    static const cm_role UNIQUE[] = {CM_ROLE_LAT, CM_ROLE_LON, CM_ROLE_X, CM_ROLE_Y};
    char present[160];
    size_t used = 0;
    castmap_status status;

    for (size_t i = 0; strcmp(mapping->profile->name, "generic") == 0 && i < 4; i++) {
        status = check_claims(ctx, file, columns, mapping, UNIQUE[i]);
        if (status)
            return status;
    }
    if (cm_mapping_placed(mapping))
        return CASTMAP_OK;
    const bool lat = mapping->column[CM_ROLE_LAT] != CM_NO_COLUMN, lon = mapping->column[CM_ROLE_LON] != CM_NO_COLUMN;
    const bool x = mapping->column[CM_ROLE_X] != CM_NO_COLUMN, y = mapping->column[CM_ROLE_Y] != CM_NO_COLUMN;
    const char *missing = lat   ? "a longitude column is missing"
                          : lon ? "a latitude column is missing"
                          : x   ? "a northing column is missing"
                          : y   ? "an easting column is missing"
                                : "no columns say where: latitude and longitude, easting and northing, a position, a postcode or a name";
    present[0] = '\0';
    for (size_t i = 0; i < columns->n && used + 40 < sizeof present; i++) {
        char shown[36];
        cm_escape_display(columns->name[i], strlen(columns->name[i]), shown, sizeof shown);
        used += (size_t)snprintf(present + used, sizeof present - used, "%s%s", i ? ", " : "", shown);
    }
    status = cm_fail(ctx, CASTMAP_E_INPUT, "%s; present: %s", missing, present);
    cm_fail_where(ctx, "%s:1", file);
    cm_fail_hint(ctx, "name them: --map lat=COLUMN --map lon=COLUMN");
    return status;
}

castmap_status cm_recognise_kept(castmap_context *ctx, const cm_columns *columns, const castmap_import_options *options,
                                 int *keep, size_t *n_keep)
{
    *n_keep = 0;
    for (size_t i = 0; i < options->n_map; i++) {
        if (!is_keep(options->map[i]))
            continue;
        const int column = cm_column_named(columns, options->map[i] + 5);
        if (column == CM_NO_COLUMN)
            return no_column(ctx, columns, options->map[i] + 5);
        keep[(*n_keep)++] = column;
    }
    return CASTMAP_OK;
}

void cm_mapping_show(const cm_columns *columns, const cm_mapping *mapping, const int *keep, size_t n_keep, cm_guesses *guesses)
{
    char shown[96], other[96];

    for (int role = 0; role < CM_ROLE_COUNT; role++) {
        if (mapping->column[role] == CM_NO_COLUMN)
            continue;
        const char *name = columns->name[mapping->column[role]];
        cm_escape_display(name, strlen(name), shown, sizeof shown);
        if (mapping->otherwise[role] == CM_NO_COLUMN) {
            cm_guess_add(guesses, cm_role_words((cm_role)role), mapping->why[role], "column \"%s\"", shown);
            continue;
        }
        const char *second = columns->name[mapping->otherwise[role]];
        cm_escape_display(second, strlen(second), other, sizeof other);
        cm_guess_add(guesses, cm_role_words((cm_role)role), mapping->why[role], "column \"%s\", else \"%s\"", shown, other);
    }
    if (mapping->links)
        cm_guess_add(guesses, "position", "content of the first rows", "links of maps, wherever they stand in a row");
    for (size_t i = 0; i < n_keep; i++) {
        cm_escape_display(columns->name[keep[i]], strlen(columns->name[keep[i]]), shown, sizeof shown);
        cm_guess_add(guesses, "kept as it is", "given", "column \"%s\"", shown);
    }
    if (mapping->column[CM_ROLE_TIME] == CM_NO_COLUMN)
        cm_guess_add(guesses, "time", "no column found", "none: records have no time");
    if (mapping->other_places)
        cm_guess_add(guesses, "other positions", "the first position question is used", "%zu more position questions not used",
                     mapping->other_places);
    if (mapping->profile->place_note)
        cm_guess_add(guesses, "precision of places", "profile", "%s", mapping->profile->place_note);
}
