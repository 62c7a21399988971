/* input_files.c - folders of observations: which of their files are read, and which belong to another or to nobody. */
#include "input_files.h"
#include "session.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#define DEPTH 8
#define MOST_FILES 20000

static bool ends_in(const char *name, const char *const *ends)
{
    const size_t n = strlen(name);

    for (; *ends; ends++)
        if (n > strlen(*ends) && strcasecmp(name + n - strlen(*ends), *ends) == 0)
            return true;
    return false;
}

/* What is looked into; the content then decides. */
static bool may_hold_observations(const char *name)
{
    static const char *const ENDS[] = {".csv", ".tsv", ".txt", ".csv.gz", ".tsv.gz", ".xlsx", ".ods", ".geojson", ".json", ".geojsonl",
                                       ".geojsons", ".ndjson", ".jsonl", ".gpkg", ".shp", ".zip", ".fgb", ".gpx", ".kml", ".kmz", ".jpg", ".jpeg", NULL};

    return ends_in(name, ENDS);
}

/* Parts of a Shapefile, and what systems leave about. */
static bool belongs_to_another(const char *name)
{
    static const char *const ENDS[] = {".shx", ".dbf", ".prj", ".cpg", ".qix", ".sbn", ".sbx", ".shp.xml", ".qmd", ".ini", ".db", NULL};

    return name[0] == '.' || ends_in(name, ENDS);
}

static bool add(input_files *files, char *path)
{
    if (files->count == files->capacity) {
        const size_t capacity = files->capacity ? 2 * files->capacity : 16;
        char **larger = realloc(files->path, capacity * sizeof *larger);
        if (!larger)
            return false;
        files->path = larger;
        files->capacity = capacity;
    }
    files->path[files->count++] = path;
    return true;
}

static char *join(const char *folder, const char *name)
{
    const size_t n = strlen(folder);
    char *path = malloc(n + strlen(name) + 2);

    if (path) {
        memcpy(path, folder, n);
        path[n] = '/';
        strcpy(path + n + (n && folder[n - 1] == '/' ? 0 : 1), name);
    }
    return path;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

/* 0, or an error number. */
static int walk(const char *folder, bool follow, unsigned depth, input_files *files)
{
    struct dirent **entry = NULL;
    const int n = scandir(folder, &entry, NULL, by_name);
    int error = n < 0 ? errno : 0;

    for (int i = 0; i < n; i++) {
        const char *name = entry[i]->d_name;
        char *path = error || belongs_to_another(name) ? NULL : join(folder, name);
        struct stat info;
        if (path && (follow ? stat(path, &info) : lstat(path, &info)) == 0) {
            if (S_ISDIR(info.st_mode) && depth < DEPTH) {
                error = walk(path, follow, depth + 1, files);
            } else if (S_ISREG(info.st_mode) && may_hold_observations(name)) {
                if (files->count >= MOST_FILES || !add(files, path))
                    error = files->count >= MOST_FILES ? E2BIG : ENOMEM;
                else
                    path = NULL;
            } else {
                files->passed_over++;
            }
        }
        free(path);
        free(entry[i]);
    }
    free(entry);
    return error;
}

static int take_word(cli_env *env, const char *word, bool follow, input_files *out)
{
    struct stat info;
    const size_t before = out->count;
    int error;

    if (strcmp(word, "-") == 0 || lstat(word, &info) != 0 || !S_ISDIR(info.st_mode)) {
        char *copy = strdup(word);
        if (copy && add(out, copy))
            return 0;
        free(copy);
        return cli_fail(env, CASTMAP_E_NOMEM, NULL, NULL, "out of memory");
    }
    error = walk(word, follow, 0, out);
    if (error == E2BIG)
        return cli_fail(env, CASTMAP_E_LIMIT, CLI_SAFE(word), "import it folder by folder", "more than %d files", MOST_FILES);
    if (error)
        return cli_fail(env, CASTMAP_E_IO, CLI_SAFE(word), NULL, "cannot look into the folder: %s", strerror(error));
    if (out->count == before)
        return cli_fail(env, CASTMAP_E_IO, CLI_SAFE(word), "name the files", "the folder holds no file that could hold observations");
    return 0;
}

int input_files_list(cli_env *env, bool follow, input_files *out)
{
    int code = 0;

    *out = (input_files){0};
    for (size_t i = 0; i < env->n_arguments && code == 0; i++)
        code = take_word(env, env->arguments[i], follow, out);
    if (code)
        input_files_clear(out);
    return code;
}

int input_files_leave(input_files *files, const char *file, const char *why)
{
    if (files->n_left == files->left_capacity) {
        const size_t capacity = files->left_capacity ? 2 * files->left_capacity : 16;
        left_out *larger = realloc(files->left, capacity * sizeof *larger);
        if (!larger)
            return -1;
        files->left = larger;
        files->left_capacity = capacity;
    }
    left_out *one = &files->left[files->n_left];
    *one = (left_out){strdup(file), strdup(why)};
    files->n_left++;
    return one->file && one->why ? 0 : -1;
}

/* Is this the member that --layer means? */
static bool is_named(const char *member, const char *layer)
{
    const char *base = strrchr(member, '/');

    return strcmp(member, layer) == 0 || strcmp(base ? base + 1 : member, layer) == 0;
}

static int no_such_member(cli_env *env, const char *path, const char *layer, const castmap_zip_members *members)
{
    char names[120] = "";
    size_t used = 0;

    for (size_t i = 0; i < members->n && used + 44 < sizeof names; i++) {
        char shown[40];
        used += (size_t)snprintf(names + used, sizeof names - used, "%s%s", i ? ", " : "", cli_safe(members->name[i], shown, sizeof shown));
    }
    return cli_fail(env, CASTMAP_E_NOT_FOUND, CLI_SAFE(path), "name one of them, or leave --layer out to read them all",
                    "the zip has no member \"%s\"; it holds %s", CLI_SAFE(layer), names);
}

/* One more place in `to`; takes member. */
static bool add_member(input_files *to, const char *path, char *member, bool several)
{
    char *copy = strdup(path);

    if (copy && add(to, copy)) {
        char **members = realloc(to->member, to->capacity * sizeof *members);
        to->member = members ? members : to->member;
        bool *marks = realloc(to->several, to->capacity * sizeof *marks);
        to->several = marks ? marks : to->several;
        if (members && marks) {
            to->member[to->count - 1] = member;
            to->several[to->count - 1] = several;
            return true;
        }
        to->count--;
    }
    free(copy);
    free(member);
    return false;
}

/* The members of one zip into `to`; a file that is none as it is. */
static int open_zip(cli_env *env, const char *path, const char *layer, castmap_zip_members *members, input_files *to)
{
    const size_t before = to->count;
    bool room = true;

    for (size_t i = 0; i < members->n && !members->one && room; i++) {
        const bool named = layer && is_named(members->name[i], layer);
        if (layer && !named && members->n > 1)
            continue;
        room = add_member(to, path, strdup(members->name[i]), members->n > 1 && !named);
    }
    if (room && members->n > 1 && to->count == before)
        return no_such_member(env, path, layer, members);
    if (room && to->count == before)
        room = add_member(to, path, NULL, false);
    for (size_t i = 0; i < members->n_left && room && !layer; i++) {
        char *name = join(path, members->left[i].name);
        room = name && input_files_leave(to, name, members->left[i].why) == 0;
        free(name);
    }
    return room ? 0 : cli_fail(env, CASTMAP_E_NOMEM, NULL, NULL, "out of memory");
}

int input_files_open_zips(cli_env *env, bool follow, const char *layer, input_files *files)
{
    input_files opened = {.passed_over = files->passed_over};
    int code = 0;

    for (size_t i = 0; i < files->count && code == 0; i++) {
        castmap_zip_members members = CASTMAP_ZIP_MEMBERS_INIT;
        const castmap_status status = castmap_zip_members_list(env->ctx, files->path[i], follow, &members);
        code = status ? cli_exit(env, status) : open_zip(env, files->path[i], layer, &members, &opened);
        castmap_zip_members_clear(&members);
    }
    input_files_clear(files);
    *files = opened;
    return code;
}

const char *input_files_layer(const input_files *files, size_t i, const char *layer)
{
    return layer && files->member && files->member[i] && is_named(files->member[i], layer) ? NULL : layer;
}

const char *input_files_shown(const input_files *files, size_t i)
{
    static char shown[8192];

    if (strcmp(files->path[i], "-") == 0)
        return "standard input";
    if (!files->member || !files->member[i])
        return files->path[i];
    snprintf(shown, sizeof shown, "%s/%s", files->path[i], files->member[i]);
    return shown;
}

castmap_status input_files_import(cli_env *env, input_files *files, size_t i, const char *layer, size_t read, castmap_import_options *options,
                                  castmap_import_summary *summary, bool *left)
{
    const char *file = input_files_shown(files, i);
    castmap_status status;

    *left = false;
    options->path = files->path[i];
    options->member = files->member[i];
    options->layer = input_files_layer(files, i, layer);
    cli_note(env, "%s is read as:", CLI_SAFE(file));
    status = castmap_import(env->ctx, env->project, options, show_guesses, env, summary);
    if (status != CASTMAP_E_INPUT || !summary->no_records || !files->several[i] || (read == 0 && i + 1 == files->count))
        return status;
    *left = true;
    cli_note(env, "  left out: %s", CLI_SAFE(castmap_message(env->ctx)));
    return input_files_leave(files, file, castmap_message(env->ctx)) == 0 ? CASTMAP_OK : CASTMAP_E_NOMEM;
}

#define LEFT_SHOWN 20

void input_files_show_left(cli_env *env, const input_files *files)
{
    cli_json_list(env->json, "left_out");
    for (size_t i = 0; i < files->n_left; i++) {
        if (i < LEFT_SHOWN)
            cli_say(env, "%s: left out, %s", CLI_SAFE(files->left[i].file), CLI_SAFE(files->left[i].why));
        cli_json_object(env->json, NULL);
        cli_json_text(env->json, "file", files->left[i].file);
        cli_json_text(env->json, "why", files->left[i].why);
        cli_json_close(env->json);
    }
    cli_json_close(env->json);
    if (files->n_left > LEFT_SHOWN)
        cli_say(env, "and %zu more left out; --json lists them all", files->n_left - LEFT_SHOWN);
}

void input_files_clear(input_files *files)
{
    for (size_t i = 0; i < files->count; i++)
        free(files->path[i]);
    for (size_t i = 0; i < files->count && files->member; i++)
        free(files->member[i]);
    for (size_t i = 0; i < files->n_left; i++) {
        free(files->left[i].file);
        free(files->left[i].why);
    }
    free(files->path);
    free(files->member);
    free(files->several);
    free(files->left);
    *files = (input_files){0};
}
