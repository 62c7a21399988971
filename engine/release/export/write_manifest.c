/*
 * release/export/write_manifest.c - manifest.json: what lies in a folder of products, and by which release.
 */
#include "castmap/products.h"

#include "base/digest.h"
#include "base/fail.h"
#include "base/files.h"
#include "base/json_text.h"
#include "base/memory.h"
#include "base/time_text.h"
#include "release/export/export_layer.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define NAME "manifest.json"

static int compare_names(const void *left, const void *right)
{
    return strcmp(*(char *const *)left, *(char *const *)right);
}

/* Names of the regular files in the folder, sorted; those that begin with a dot and the manifest itself left out. */
static castmap_status list_files(castmap_context *ctx, const char *directory, char ***names, size_t *count)
{
    DIR *folder = opendir(directory);
    char **list = NULL;
    size_t n = 0, capacity = 0;
    castmap_status status = CASTMAP_OK;

    if (!folder)
        return cm_fail_errno(ctx, "cannot look into the folder", directory, errno);
    for (const struct dirent *entry = readdir(folder); entry && !status; entry = readdir(folder)) {
        char path[PATH_MAX];
        struct stat info;
        if (entry->d_name[0] == '.' || strcmp(entry->d_name, NAME) == 0 || strstr(entry->d_name, ".tmp"))
            continue;
        if ((size_t)snprintf(path, sizeof path, "%s/%s", directory, entry->d_name) >= sizeof path || lstat(path, &info) != 0 ||
            !S_ISREG(info.st_mode))
            continue;
        char *name = cm_copy_text(entry->d_name);
        if (!name || cm_grow(&list, &capacity, n + 1, sizeof *list)) {
            free(name);
            status = cm_fail_memory(ctx);
        } else {
            list[n++] = name;
        }
    }
    closedir(folder);
    if (n > 0)
        qsort(list, n, sizeof *list, compare_names);
    *names = list;
    *count = n;
    return status;
}

static castmap_status add_file(castmap_context *ctx, const char *directory, const char *name, cm_json *json)
{
    char path[PATH_MAX], hex[CM_SHA256_HEX];
    uint64_t size = 0;

    snprintf(path, sizeof path, "%.2000s/%.1000s", directory, name);
    castmap_status status = cm_sha256_file(ctx, path, hex, &size);
    if (status)
        return status;
    cm_json_object(json, NULL);
    cm_json_string(json, "name", name);
    cm_json_integer(json, "bytes", (int64_t)size);
    cm_json_string(json, "sha256", hex);
    cm_json_end_object(json);
    return CASTMAP_OK;
}

static void add_date(cm_json *json, const char *key, int64_t time_s)
{
    char date[16];

    if (time_s == INT64_MIN)
        return;
    cm_date_iso(time_s, date);
    cm_json_string(json, key, date);
}

static void add_lines(cm_json *json, const char *key, char *const *lines, size_t n)
{
    cm_json_array(json, key);
    for (size_t i = 0; i < n; i++)
        cm_json_string(json, NULL, lines[i]);
    cm_json_end_array(json);
}

static castmap_status describe(castmap_context *ctx, const castmap_release *release, const char *directory, char **names,
                               size_t n, cm_text *text)
{
    cm_json json;
    castmap_status status = CASTMAP_OK;

    cm_json_begin(&json, text, true);
    cm_json_object(&json, NULL);
    cm_json_string(&json, "title", release->title);
    cm_json_string(&json, "audience", castmap_audience_name(release->audience));
    cm_json_string(&json, "mark", release->audience_mark);
    if (release->number > 0)
        cm_json_integer(&json, "release", release->number);
    add_date(&json, "from", release->from_s);
    add_date(&json, "to", release->to_s == INT64_MIN ? INT64_MIN : release->to_s - 1);
    if (release->coverage)
        cm_json_string(&json, "coverage", release->coverage);
    cm_json_string(&json, "crs", release->crs);
    add_lines(&json, "sources", release->sources, release->n_sources);
    add_lines(&json, "methods", release->methods, release->n_methods);
    add_lines(&json, "caveats", release->caveats, release->n_caveats);
    if (release->provenance[0] == '{')
        cm_json_raw(&json, "provenance", release->provenance);
    cm_json_array(&json, "files");
    for (size_t i = 0; i < n && !status; i++)
        status = add_file(ctx, directory, names[i], &json);
    cm_json_end_array(&json);
    cm_json_end_object(&json);
    cm_text_add_char(text, '\n');
    if (!status && text->failed)
        status = cm_fail_memory(ctx);
    return status;
}

castmap_status castmap_write_manifest(castmap_context *ctx, const castmap_release *release, const char *directory,
                                      bool overwrite)
{
    char path[PATH_MAX];
    char **names = NULL;
    size_t n = 0;
    cm_text text = CM_TEXT_INIT;
    cm_output output = {.fd = -1};
    castmap_status status;

    cm_fail_clear(ctx);
    status = cm_export_allowed(ctx, release);
    if (status)
        return status;
    if ((size_t)snprintf(path, sizeof path, "%s/" NAME, directory) >= sizeof path)
        return cm_fail(ctx, CASTMAP_E_ARGUMENT, "the folder's name is too long");
    status = list_files(ctx, directory, &names, &n);
    if (!status)
        status = describe(ctx, release, directory, names, n, &text);
    if (!status)
        status = cm_output_open(ctx, path, overwrite, cm_export_private(release), &output);
    if (!status) {
        cm_output_write(&output, text.bytes, text.length);
        status = cm_output_commit(ctx, &output);
    }
    cm_output_discard(&output);
    cm_text_clear(&text);
    for (size_t i = 0; i < n; i++)
        free(names[i]);
    free(names);
    return status;
}
