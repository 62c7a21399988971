/*
 * project/ingest/recipe.c - recipes as small JSON documents: written after an import, read before the next.
 */
#include "castmap/recipe.h"

#include "base/fail.h"
#include "base/files.h"
#include "base/json_text.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/utf8.h"
#include "io/json_screen.h"
#include "project/ingest/recipe.h"
#include "project/project_file.h"

#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define RECIPE_LIMIT ((uint64_t)256 << 10)
#define NAME_LIMIT 64

struct castmap_recipe {
    char                   *json;  /* owned, as it is kept */
    json_object            *root;  /* owned; texts below are its */
    const char             *name;
    const char            **map;   /* owned [n_map]: given pairs, then those of the recipe */
    size_t                  n_map, capacity;
};

/* A name for people: valid text, nothing that a file name or a terminal would stumble over. */
static bool good_name(const char *name)
{
    const size_t n = strlen(name);

    if (n == 0 || n > NAME_LIMIT || cm_utf8_valid(name, n) < n)
        return false;
    for (const char *c = name; *c; c++)
        if ((unsigned char)*c < 32 || *c == '/' || *c == 127)
            return false;
    return n < 6 || strcasecmp(name + n - 5, ".json") != 0;
}

static void add_columns(cm_json *json, const cm_opening *o, cm_text *pair)
{
    cm_json_array(json, "map");
    for (int role = 0; role < CM_ROLE_COUNT; role++) {
        const int column = o->mapping.column[role];
        if (column == CM_NO_COLUMN && !o->mapping.why[role])
            continue;
        if (o->mapping.otherwise[role] != CM_NO_COLUMN) /* "description, else name": a given column has no other, so the profile finds both again */
            continue;
        cm_text_reset(pair);
        cm_text_addf(pair, "%s=", cm_role_name((cm_role)role));
        cm_text_add(pair, column == CM_NO_COLUMN ? "" : o->columns.name[column]);
        cm_json_string(json, NULL, pair->bytes);
    }
    for (size_t i = 0; i < o->n_keep; i++) {
        cm_text_reset(pair);
        cm_text_add(pair, "keep=");
        cm_text_add(pair, o->columns.name[o->keep[i]]);
        cm_json_string(json, NULL, pair->bytes);
    }
    cm_json_end_array(json);
}

char *cm_recipe_json(const char *name, const castmap_import_options *options, const cm_opening *o)
{
    const bool text = o->input != NULL;
    cm_text out = CM_TEXT_INIT, pair = CM_TEXT_INIT;
    cm_json json;

    cm_json_begin(&json, &out, true);
    cm_json_object(&json, NULL);
    cm_json_integer(&json, "castmap_recipe", 1);
    cm_json_string(&json, "name", name);
    cm_json_string(&json, "format", o->format);
    cm_json_string(&json, "profile", o->mapping.profile->name);
    if (o->csv) {
        const char separator[2] = {o->separator, '\0'};
        cm_json_string(&json, "delimiter", separator);
    }
    if (text && (options->encoding || cm_text_input_encoding(o->input) == CM_ENCODING_WINDOWS_1252))
        cm_json_string(&json, "encoding", options->encoding ? options->encoding : "windows-1252");
    if (options->crs || (o->metres && !o->layer_metres))
        cm_json_string(&json, "crs", options->crs ? options->crs : cm_projection_crs(o->metres));
    cm_json_string(&json, "time_zone", cm_zone_name(o->zone));
    if (options->date_order)
        cm_json_string(&json, "date_order", options->date_order);
    if (options->layer)
        cm_json_string(&json, "layer", options->layer);
    cm_json_bool(&json, "comments", options->comments);
    cm_json_bool(&json, "legacy_grades", options->legacy_grades);
    cm_json_bool(&json, "keep_odd_dates", options->keep_odd_dates);
    cm_json_bool(&json, "keep_far", options->keep_far);
    cm_json_bool(&json, "no_names", options->no_names);
    add_columns(&json, o, &pair);
    cm_json_end_object(&json);
    char *made = pair.failed ? NULL : cm_text_take(&out);
    cm_text_clear(&out);
    cm_text_clear(&pair);
    return made;
}

/* The text of a recipe of that name; *text NULL: there is none. */
static castmap_status find(castmap_context *ctx, castmap_project *project, const char *name, char **text)
{
    cm_query *query = NULL;
    bool row = false;

    *text = NULL;
    castmap_status status = cm_query_open(ctx, project->db, "SELECT text FROM recipe WHERE name = ?", &query);
    if (!status) {
        cm_query_bind_text(query, 1, name);
        status = cm_query_step(ctx, query, &row);
    }
    if (!status && row)
        status = cm_query_copy(ctx, query, 0, text);
    cm_query_close(query);
    return status;
}

static castmap_status insert(castmap_context *ctx, castmap_project *project, const char *name, const char *text)
{
    cm_query *query = NULL;
    castmap_status status = cm_query_open(ctx, project->db, "INSERT INTO recipe (name, text, time_s)"
                                          " SELECT ?, ?, coalesce(max(time_s), 0) FROM run", &query);

    if (!status) {
        cm_query_bind_text(query, 1, name);
        cm_query_bind_text(query, 2, text);
        status = cm_query_run(ctx, query);
    }
    cm_query_close(query);
    return status;
}

castmap_status cm_recipe_save(castmap_context *ctx, castmap_project *project, const castmap_import_options *options, const cm_opening *opening)
{
    char *kept = NULL, *text = NULL, shown[80];
    castmap_status status;

    cm_escape_display(options->save_recipe, strlen(options->save_recipe), shown, sizeof shown);
    if (!good_name(options->save_recipe)) {
        status = cm_fail(ctx, CASTMAP_E_ARGUMENT, "\"%s\" is no name for a recipe", shown);
        cm_fail_hint(ctx, "up to 64 letters, without a slash, not ending in .json");
        return status;
    }
    text = cm_recipe_json(options->save_recipe, options, opening);
    status = text ? find(ctx, project, options->save_recipe, &kept) : cm_fail_memory(ctx);
    if (!status && kept && strcmp(kept, text) != 0) {
        status = cm_fail(ctx, CASTMAP_E_EXISTS, "there is another recipe of the name \"%s\"", shown);
        cm_fail_hint(ctx, "choose another name, or first: castmap recipes remove \"%s\"", shown);
    }
    if (!status && !kept)
        status = insert(ctx, project, options->save_recipe, text);
    free(kept);
    free(text);
    return status;
}

/* ---- reading one --------------------------------------------------------------------------------------------------- */

static castmap_status no_recipe(castmap_context *ctx, castmap_project *project, const char *name)
{
    castmap_recipe_list list = {0};
    char shown[80], names[200] = "";
    castmap_status status = castmap_project_recipes(ctx, project, &list);

    if (status)
        return status;
    for (size_t i = 0; i < list.count && strlen(names) + NAME_LIMIT + 4 < sizeof names; i++) {
        strcat(names, i ? ", " : "");
        strcat(names, list.name[i]);
    }
    cm_escape_display(name, strlen(name), shown, sizeof shown);
    status = cm_fail(ctx, CASTMAP_E_NOT_FOUND, "the project has no recipe \"%s\"", shown);
    if (list.count)
        cm_fail_hint(ctx, "it has: %s", names);
    else
        cm_fail_hint(ctx, "an import with --save-recipe NAME keeps one; a recipe in a file ends in .json");
    castmap_recipe_list_clear(&list);
    return status;
}

static const char *text_of(const castmap_recipe *r, const char *key)
{
    json_object *value;

    return json_object_object_get_ex(r->root, key, &value) && json_object_is_type(value, json_type_string) ? json_object_get_string(value) : NULL;
}

static bool flag_of(const castmap_recipe *r, const char *key)
{
    json_object *value;

    return json_object_object_get_ex(r->root, key, &value) && json_object_get_boolean(value);
}

/* What a recipe may hold, and of which type; "format" tells a reader what the recipe was made from. */
static const struct {
    const char *key;
    json_type   type;
} MEMBERS[] = {
    {"castmap_recipe", json_type_int},  {"name", json_type_string},         {"format", json_type_string},      {"profile", json_type_string},
    {"delimiter", json_type_string},    {"encoding", json_type_string},     {"crs", json_type_string},         {"time_zone", json_type_string},
    {"date_order", json_type_string},   {"layer", json_type_string},        {"comments", json_type_boolean},   {"legacy_grades", json_type_boolean},
    {"keep_odd_dates", json_type_boolean}, {"keep_far", json_type_boolean}, {"no_names", json_type_boolean},   {"map", json_type_array},
};
#define N_MEMBERS (sizeof MEMBERS / sizeof *MEMBERS)
#define RECIPE_DEPTH 4u

/* An unknown member could be a misspelt one, and a wrong type is never half understood. */
static castmap_status check_members(castmap_context *ctx, const castmap_recipe *r)
{
    json_object_object_foreach(r->root, key, value) {
        char shown[80];
        size_t i = 0;
        while (i < N_MEMBERS && strcmp(MEMBERS[i].key, key) != 0)
            i++;
        cm_escape_display(key, strlen(key), shown, sizeof shown);
        if (i == N_MEMBERS)
            return cm_fail(ctx, CASTMAP_E_INPUT, "no recipe has a member \"%s\"", shown);
        bool fits = json_object_is_type(value, MEMBERS[i].type);
        for (size_t j = 0; fits && MEMBERS[i].type == json_type_array && j < json_object_array_length(value); j++)
            fits = json_object_is_type(json_object_array_get_idx(value, j), json_type_string);
        if (!fits)
            return cm_fail(ctx, CASTMAP_E_INPUT, "the member \"%s\" of the recipe is of the wrong kind", shown);
    }
    return CASTMAP_OK;
}

/* The text is JSON to the letter, no key twice; else its first fault with the line. */
static castmap_status check_grammar(castmap_context *ctx, const castmap_recipe *r, size_t *line)
{
    cm_json_screen screen;

    cm_json_check(r->json, strlen(r->json), RECIPE_DEPTH, &screen);
    if (screen.good)
        return CASTMAP_OK;
    *line = 1;
    for (size_t i = 0; i < screen.offset && r->json[i]; i++)
        *line += r->json[i] == '\n';
    return cm_fail(ctx, CASTMAP_E_INPUT, "not a recipe of castmap: %s", screen.fault);
}

static castmap_status parse(castmap_context *ctx, const char *where, castmap_recipe *r)
{
    json_object *version = NULL;
    size_t line = 0;
    castmap_status status = check_grammar(ctx, r, &line);

    if (!status) {
        r->root = json_tokener_parse(r->json);
        if (!r->root || !json_object_is_type(r->root, json_type_object) || !json_object_object_get_ex(r->root, "castmap_recipe", &version) ||
            !text_of(r, "name") || !good_name(text_of(r, "name")))
            status = cm_fail(ctx, CASTMAP_E_INPUT, "not a recipe of castmap");
        else if (json_object_get_int64(version) != 1)
            status = cm_fail(ctx, CASTMAP_E_INPUT, "the recipe was made by a newer castmap");
        else
            status = check_members(ctx, r);
    }
    if (status) {
        if (line)
            cm_fail_where(ctx, "%s:%zu", where, line);
        else
            cm_fail_where(ctx, "%s", where);
        cm_fail_hint(ctx, "castmap recipes export NAME writes one");
        return status;
    }
    r->name = text_of(r, "name");
    return CASTMAP_OK;
}

castmap_status cm_recipe_of_text(castmap_context *ctx, const char *where, const char *json, castmap_recipe **out)
{
    castmap_recipe *r = cm_alloc_zero(1, sizeof *r);
    castmap_status status;

    if (!r || !(r->json = cm_copy_text(json)))
        status = cm_fail_memory(ctx);
    else
        status = parse(ctx, where, r);
    if (status) {
        castmap_recipe_free(r);
        return status;
    }
    *out = r;
    return CASTMAP_OK;
}

castmap_status castmap_recipe_open(castmap_context *ctx, castmap_project *project, const char *name, castmap_recipe **out)
{
    const size_t n = strlen(name);
    const bool file = strchr(name, '/') || (n > 5 && strcasecmp(name + n - 5, ".json") == 0);
    castmap_recipe *r = cm_alloc_zero(1, sizeof *r);
    size_t length = 0;
    castmap_status status;

    cm_fail_clear(ctx);
    if (!r)
        return cm_fail_memory(ctx);
    status = file ? cm_file_read(ctx, name, RECIPE_LIMIT, &r->json, &length) : find(ctx, project, name, &r->json);
    if (!status && file && strlen(r->json) != length) {
        status = cm_fail(ctx, CASTMAP_E_INPUT, "a zero byte at byte %zu: not a recipe of castmap", strlen(r->json));
        cm_fail_where(ctx, "%s", cm_base_name(name));
    }
    if (!status && !r->json)
        status = no_recipe(ctx, project, name);
    if (!status)
        status = parse(ctx, file ? cm_base_name(name) : name, r);
    if (status) {
        castmap_recipe_free(r);
        return status;
    }
    *out = r;
    return CASTMAP_OK;
}

void castmap_recipe_free(castmap_recipe *r)
{
    if (!r)
        return;
    json_object_put(r->root);
    free(r->map);
    free(r->json);
    free(r);
}

/* Is the field of this pair named by one of the first n pairs? keep= may be there many times. */
static bool taken(const castmap_recipe *r, size_t n, const char *pair)
{
    const size_t field = strcspn(pair, "=");

    for (size_t i = 0; i < n; i++)
        if (strncmp(pair, "keep=", 5) == 0 ? strcmp(r->map[i], pair) == 0 : strncasecmp(r->map[i], pair, field + 1) == 0)
            return true;
    return false;
}

static castmap_status add_pair(castmap_context *ctx, castmap_recipe *r, const char *pair)
{
    if (cm_grow(&r->map, &r->capacity, r->n_map + 1, sizeof *r->map) != 0)
        return cm_fail_memory(ctx);
    r->map[r->n_map++] = pair;
    return CASTMAP_OK;
}

static void fill(const char **option, const castmap_recipe *r, const char *key)
{
    if (!*option)
        *option = text_of(r, key);
}

castmap_status castmap_recipe_apply(castmap_context *ctx, castmap_recipe *r, castmap_import_options *options)
{
    const size_t given = options->n_map;
    const char *delimiter = text_of(r, "delimiter");
    json_object *map = NULL;
    castmap_status status = CASTMAP_OK;

    cm_fail_clear(ctx);
    fill(&options->profile, r, "profile");
    fill(&options->encoding, r, "encoding");
    fill(&options->crs, r, "crs");
    fill(&options->time_zone, r, "time_zone");
    fill(&options->date_order, r, "date_order");
    fill(&options->layer, r, "layer");
    if (!options->delimiter && delimiter && strlen(delimiter) == 1)
        options->delimiter = delimiter[0];
    options->comments = options->comments || flag_of(r, "comments");
    options->legacy_grades = options->legacy_grades || flag_of(r, "legacy_grades");
    options->keep_odd_dates = options->keep_odd_dates || flag_of(r, "keep_odd_dates");
    options->keep_far = options->keep_far || flag_of(r, "keep_far");
    options->no_names = options->no_names || flag_of(r, "no_names");
    r->n_map = 0;
    for (size_t i = 0; i < given && !status; i++)
        status = add_pair(ctx, r, options->map[i]);
    if (json_object_object_get_ex(r->root, "map", &map) && json_object_is_type(map, json_type_array)) {
        for (size_t i = 0; i < json_object_array_length(map) && !status; i++) {
            json_object *pair = json_object_array_get_idx(map, i);
            if (json_object_is_type(pair, json_type_string) && !taken(r, given, json_object_get_string(pair)))
                status = add_pair(ctx, r, json_object_get_string(pair));
        }
    }
    options->map = r->map;
    options->n_map = r->n_map;
    options->recipe = r->name;
    return status;
}

const char *castmap_recipe_name(const castmap_recipe *r)
{
    return r->name;
}

const char *castmap_recipe_json(const castmap_recipe *r)
{
    return r->json;
}
