/* input_files.c - folders of observations: which of their files are read, and which belong to another or to nobody. */
#include "input_files.h"

#include <dirent.h>
#include <errno.h>
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

void input_files_clear(input_files *files)
{
    for (size_t i = 0; i < files->count; i++)
        free(files->path[i]);
    free(files->path);
    *files = (input_files){0};
}
