/* castmap doctor - versions of the libraries beneath, and whether this machine and project are well. */
#include "commands.h"
#include "session.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * The libraries are reached through the engine alone, so their versions are asked of what the loader has in memory: that is
 * also the version that is really used, not the one of the headers at build time.
 */
typedef struct library {
    const char *name, *symbol, *argument; /* argument: of the functions that take one */
    int         least[2], known[2];       /* major, minor: required, and tried up to */
} library;

static const library LIBRARIES[] = {
    {"SQLite", "sqlite3_libversion", NULL, {3, 40}, {3, 46}},
    {"SpatiaLite", "spatialite_version", NULL, {5, 0}, {5, 1}},
    {"GEOS", "GEOSversion", NULL, {3, 11}, {3, 13}},
    {"GDAL", "GDALVersionInfo", "RELEASE_NAME", {3, 6}, {3, 10}},
    {"json-c", "json_c_version", NULL, {0, 16}, {0, 18}},
    {"libsodium", "sodium_version_string", NULL, {1, 0}, {1, 0}},
    {"utf8proc", "utf8proc_version", NULL, {2, 8}, {2, 10}},
    {"cairo", "cairo_version_string", NULL, {1, 16}, {1, 18}},
    {"Pango", "pango_version_string", NULL, {1, 50}, {1, 56}},
    {"zlib", "zlibVersion", NULL, {1, 2}, {1, 3}},
};

typedef const char *version_fn(void);
typedef const char *version_of_fn(const char *what);

static const char *version_of(const library *one)
{
    void *symbol = dlsym(RTLD_DEFAULT, one->symbol);

    if (!symbol)
        return NULL;
    /* ISO C has no conversion from an object pointer to a function pointer; POSIX promises that the bytes are the same. */
    if (one->argument) {
        version_of_fn *ask;
        memcpy(&ask, &symbol, sizeof ask);
        return ask(one->argument);
    }
    version_fn *ask;
    memcpy(&ask, &symbol, sizeof ask);
    return ask();
}

static int compare(const char *version, const int with[2])
{
    int major = atoi(version), minor = 0;
    const char *dot = strchr(version, '.');

    if (dot)
        minor = atoi(dot + 1);
    return major != with[0] ? major - with[0] : minor - with[1];
}

static bool check_libraries(cli_env *env, cli_table *table)
{
    bool well = true;

    cli_json_list(env->json, "libraries");
    for (size_t i = 0; i < sizeof LIBRARIES / sizeof LIBRARIES[0]; i++) {
        const library *one = &LIBRARIES[i];
        const char *version = version_of(one), *verdict = "ok";
        if (!version)
            verdict = "not loaded";
        else if (compare(version, one->least) < 0) {
            verdict = "too old";
            well = false;
        } else if (compare(version, one->known) > 0) {
            verdict = "newer than what was tried";
        }
        cli_table_add(table, "%s", one->name);
        cli_table_add(table, "%s", version ? version : "-");
        cli_table_add(table, "%s (tried: %d.%d to %d.%d)", verdict, one->least[0], one->least[1], one->known[0],
                      one->known[1]);
        cli_json_object(env->json, NULL);
        cli_json_text(env->json, "name", one->name);
        cli_json_text(env->json, "version", version);
        cli_json_text(env->json, "verdict", verdict);
        cli_json_close(env->json);
    }
    cli_json_close(env->json);
    return well;
}

typedef struct checklist {
    cli_env   *env;
    cli_table *table;
    bool       well;
} checklist;

static void check(checklist *list, const char *what, bool good, const char *verdict)
{
    cli_table_add(list->table, "%s", what);
    cli_table_add(list->table, "%s", good ? "ok" : "look here");
    cli_table_add(list->table, "%s", verdict);
    cli_json_object(list->env->json, NULL);
    cli_json_text(list->env->json, "what", what);
    cli_json_flag(list->env->json, "ok", good);
    cli_json_text(list->env->json, "verdict", verdict);
    cli_json_close(list->env->json);
    list->well = list->well && good;
}

static void check_machine(checklist *list)
{
    char text[80];
    const char *temporary = getenv("TMPDIR");

    if (!temporary || !*temporary)
        temporary = "/tmp";
    check(list, "temporary files", access(temporary, W_OK | X_OK) == 0, temporary);
    snprintf(text, sizeof text, "%u", castmap_threads(list->env->ctx));
    check(list, "cores", true, text);
    check(list, "user", true, geteuid() == 0 ? "root: files will belong to root" : "not root");
}

/* A project is looked at when one is named or found; none is no fault. */
static void check_project(checklist *list)
{
    cli_env *env = list->env;
    castmap_project_info info = {0};
    struct stat there;
    bool named = env->global.project || (getenv("CASTMAP_PROJECT") && *getenv("CASTMAP_PROJECT"));

    castmap_status status = cli_open(env, CASTMAP_READ);
    if (status == CASTMAP_E_NOT_FOUND && !named) {
        check(list, "project", true, "none here");
        return;
    }
    if (!status)
        status = castmap_project_describe(env->ctx, env->project, &info);
    check(list, "project", status == CASTMAP_OK, status ? castmap_message(env->ctx) : info.path);
    if (!status && stat(info.path, &there) == 0)
        check(list, "project file", (there.st_mode & 077) == 0,
              (there.st_mode & 077) == 0 ? "yours alone" : "others can read or write it: chmod 600");
    castmap_project_info_clear(&info);
}

static int run(cli_env *env, const void *parsed)
{
    static const char *const HEADER[] = {"what", "", "verdict"};
    cli_table table;
    checklist list = {env, &table, true};
    (void)parsed;

    cli_json_object(env->json, NULL);
    cli_json_text(env->json, "castmap", castmap_version());
    cli_table_start(&table, "lll", HEADER);
    cli_table_add(&table, "castmap");
    cli_table_add(&table, "%s", castmap_version());
    cli_table_add(&table, "ok");
    list.well = check_libraries(env, &table);
    cli_json_list(env->json, "checks");
    check_machine(&list);
    check_project(&list);
    cli_json_close(env->json);
    cli_json_flag(env->json, "ok", list.well);
    cli_table_end(env, &table);
    return list.well ? 0 : CLI_SOME_REFUSED;
}

static const cli_option NO_OPTIONS[] = {{0}};

const cli_command CMD_DOCTOR = {
    .name = "doctor",
    .purpose = "check libraries, machine and project",
    .arguments = "",
    .details = "Ends with 3 when something deserves a look.",
    .examples = {{"doctor", "Versions, temporary files, and the project of this folder."},
                 {"doctor -p riverside.castmap.sqlite", "A project elsewhere."},
                 {"doctor --json", "To go with a report of a fault."}},
    .options = NO_OPTIONS,
    .run = run,
};
