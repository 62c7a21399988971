/*
 * session.c - opening the project, choosing observations, and the seconds of stages.
 */
#include "session.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

castmap_status cli_project_path(cli_env *env, char *path, size_t size)
{
    const char *named = env->global.project;

    if (!named)
        named = getenv("CASTMAP_PROJECT");
    if (!named || !*named)
        return castmap_project_find(env->ctx, ".", path, size);
    if (strlen(named) >= size)
        return CASTMAP_E_ARGUMENT;
    strcpy(path, named);
    return CASTMAP_OK;
}

/* One line of caution where somebody else could read or replace the project. It is no reason to refuse: some disks know no rights. */
static void note_others(const cli_env *env, const char *path)
{
    const char *slash = strrchr(path, '/');
    char folder[4096];
    struct stat there;

    snprintf(folder, sizeof folder, "%.*s", slash ? (int)(slash - path) + 1 : 1, slash ? path : ".");
    if (stat(path, &there) == 0 && there.st_uid != geteuid())
        cli_note(env, "castmap: the project file belongs to another user of this machine");
    else if (stat(path, &there) == 0 && (there.st_mode & 077) != 0)
        cli_note(env, "castmap: other users of this machine can read or write the project file: chmod 600 it");
    if (stat(folder, &there) == 0 && (there.st_mode & S_IWOTH) && !(there.st_mode & S_ISVTX))
        cli_note(env, "castmap: any user of this machine can replace files in the folder of the project: chmod o-w it");
}

castmap_status cli_open(cli_env *env, castmap_access access)
{
    char path[4096];

    if (env->project) /* by a step of the same command */
        return CASTMAP_OK;
    castmap_status status = cli_project_path(env, path, sizeof path);
    if (!status)
        status = castmap_project_open(env->ctx, path, access, &env->project);
    if (!status)
        note_others(env, path);
    return status;
}

void cli_note_root(const cli_env *env)
{
    if (geteuid() == 0)
        cli_note(env, "castmap: running as root; files will belong to root");
}

void filter_defaults(filter_args *args)
{
    *args = (filter_args){INT64_MIN, INT64_MAX, NULL, 0.0};
}

castmap_filter filter_of(const filter_args *args)
{
    castmap_filter filter = CASTMAP_FILTER_INIT;

    filter.from_s = args->from_s;
    filter.to_s = args->to_s;
    filter.category = args->category;
    if (args->accuracy_m > 0.0)
        filter.accuracy_m = args->accuracy_m;
    return filter;
}

bool filter_ok(cli_env *env, const filter_args *args)
{
    if (args->from_s < args->to_s)
        return true;
    cli_fail(env, CASTMAP_E_ARGUMENT, "--from, --to", "give --from the earlier date", "the period ends before it begins");
    return false;
}

bool kernel_of(const char *word, castmap_kernel *out)
{
    static const castmap_kernel KERNELS[] = {CASTMAP_KERNEL_QUARTIC,  CASTMAP_KERNEL_EPANECHNIKOV,
                                             CASTMAP_KERNEL_GAUSSIAN, CASTMAP_KERNEL_UNIFORM,
                                             CASTMAP_KERNEL_TRIANGULAR, CASTMAP_KERNEL_TRIWEIGHT};

    for (size_t i = 0; i < sizeof KERNELS / sizeof KERNELS[0]; i++) {
        if (strcasecmp(word, castmap_kernel_name(KERNELS[i])) == 0) { /* "Gaussian" is somebody's name */
            *out = KERNELS[i];
            return true;
        }
    }
    return false;
}

static double now_s(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

void stage_begin(stage_times *times)
{
    times->begun = now_s();
}

void stage_end(stage_times *times, const char *name)
{
    double now = now_s(), seconds = now - times->begun;
    size_t i = 0;

    times->begun = now;
    while (i < times->count && strcmp(times->stage[i].name, name) != 0)
        i++;
    if (i == MOST_STAGES)
        return;
    if (i == times->count) {
        snprintf(times->stage[i].name, sizeof times->stage[i].name, "%s", name);
        times->stage[i].seconds = 0.0;
        times->count++;
    }
    times->stage[i].seconds += seconds;
}

void show_times(cli_env *env, const stage_times *times)
{
    double total = 0.0;

    cli_json_object(env->json, "timings_s");
    for (size_t i = 0; i < times->count; i++) {
        total += times->stage[i].seconds;
        cli_json_number(env->json, times->stage[i].name, round(times->stage[i].seconds * 1e4) / 1e4);
    }
    cli_json_number(env->json, "total", round(total * 1e4) / 1e4);
    cli_json_close(env->json);
    if (!env->global.timings)
        return;
    cli_progress_clear_line(env->progress);
    for (size_t i = 0; i < times->count; i++)
        fprintf(stderr, "%9.3f s  %s\n", times->stage[i].seconds, times->stage[i].name);
    fprintf(stderr, "%9.3f s  total\n", total);
}
