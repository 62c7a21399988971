/*
 * session.h - what commands on a project share: opening it, choosing observations, and telling results.
 */
#ifndef CASTMAP_SESSION_H
#define CASTMAP_SESSION_H

#include "cli.h"

/* The path of the project of --project, $CASTMAP_PROJECT, or the folder we are in. */
CASTMAP_NODISCARD castmap_status cli_project_path(cli_env *env, char *path, size_t size);

/* Open the project of --project, $CASTMAP_PROJECT, or the folder we are in, as env->project; one that is open already stays. */
CASTMAP_NODISCARD castmap_status cli_open(cli_env *env, castmap_access access);

/* One line of caution to whoever writes as root. */
void cli_note_root(const cli_env *env);

/* ---- which observations ---------------------------------------------------------------------------------------- */

typedef struct filter_args {
    int64_t     from_s, to_s;
    const char *category;
    double      accuracy_m; /* 0: all */
} filter_args;

#define FILTER_OPTIONS(type, field) \
    CLI_HEADING("Which observations"), \
    {CLI_FROM, 0, "from", offsetof(type, field.from_s), "DATE", NULL, "from this date on: 2024-03-01, 2024-03, 2024-Q1, 2024 (UTC)"}, \
    {CLI_TO, 0, "to", offsetof(type, field.to_s), "DATE", NULL, "up to the end of this date, month, quarter or year"}, \
    {CLI_TEXT, 0, "category", offsetof(type, field.category), "NAMES", NULL, "only these categories, separated by commas"}, \
    {CLI_LENGTH_M, 0, "accuracy", offsetof(type, field.accuracy_m), "LENGTH", NULL, \
     "leave out records whose place is known less exactly than this"}

void filter_defaults(filter_args *args);
castmap_filter filter_of(const filter_args *args);
/* Prints why and gives false when the period runs backwards. */
bool filter_ok(cli_env *env, const filter_args *args);

/* ---- results, as a table or as JSON ---------------------------------------------------------------------------- */

/* JSON functions write members of the object that is open. */
void show_guesses(const castmap_guess *guesses, size_t n, void *env);
void show_import(cli_env *env, const char *file, const castmap_import_summary *summary);
void json_guesses(cli_json *json, const castmap_guess *guesses, size_t n);
void json_reasons(cli_json *json, const char *key, const castmap_reason_count *reasons, size_t n);
void show_area_notes(cli_env *env, const char *what, const castmap_area_note *notes, size_t n);
void json_area_notes(cli_json *json, const char *key, const castmap_area_note *notes, size_t n);
void show_boundaries(cli_env *env, const castmap_boundaries_summary *summary);
void json_boundaries(cli_json *json, const castmap_boundaries_summary *summary);
void show_clusters(cli_env *env, const castmap_cluster_summary *summary, size_t most);
void json_clusters(cli_json *json, const castmap_cluster_summary *summary);
void show_areas(cli_env *env, const castmap_areas_summary *summary, size_t most);
void json_areas(cli_json *json, const castmap_areas_summary *summary);
void show_heat(cli_env *env, const castmap_heat_summary *summary);
void json_heat(cli_json *json, const castmap_heat_summary *summary);
void show_streets(cli_env *env, const castmap_streets_summary *summary);
void json_streets(cli_json *json, const castmap_streets_summary *summary);
void show_routes(cli_env *env, const castmap_routes_summary *summary, size_t most);
void json_routes(cli_json *json, const castmap_routes_summary *summary);
void show_remarks(cli_env *env, const castmap_remark *remarks, size_t n);
void json_remarks(cli_json *json, const castmap_remark *remarks, size_t n);
bool kernel_of(const char *word, castmap_kernel *out);

/* ---- timings ---------------------------------------------------------------------------------------------------- */

#define MOST_STAGES 32
typedef struct stage_times {
    struct {
        char   name[40];
        double seconds;
    } stage[MOST_STAGES];
    size_t count;
    double begun;
} stage_times;

void stage_begin(stage_times *times);
void stage_end(stage_times *times, const char *name); /* adds to a stage of that name; the next one begins now */
void show_times(cli_env *env, const stage_times *times); /* under --timings; "timings_s" in the open JSON object */

#endif
