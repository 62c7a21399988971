/* release_options.h - whom a product is for, and what its map stands on: the same options for `map`, `export`, `report` and `make`. */
#ifndef CASTMAP_RELEASE_OPTIONS_H
#define CASTMAP_RELEASE_OPTIONS_H

#include "cli.h"

typedef struct backdrop_args {
    const char *buildings, *backdrop, *streets, *places;
    int64_t     today_s;
} backdrop_args;

#define BACKDROP_OPTIONS(type, field) \
    CLI_HEADING("What the map stands on"), \
    {CLI_FILE, 0, "backdrop", offsetof(type, field.backdrop), "FILE", NULL, "GeoJSON of water, woods, parks"}, \
    {CLI_FILE, 0, "streets", offsetof(type, field.streets), "FILE", NULL, "streets and railways; make also looks for stretches along them"}, \
    {CLI_FILE, 0, "places", offsetof(type, field.places), "FILE", NULL, "GeoJSON of named points"}, \
    {CLI_FILE, 0, "buildings", offsetof(type, field.buildings), "FILE", NULL, \
     "CSV lon,lat,dwellings of residential buildings: lets public maps use squares of 500 m where 40 stand"}, \
    {CLI_FROM, 0, "today", offsetof(type, field.today_s), "DATE", NULL, "count the 90 days after a period to this date, not to the clock"}

typedef struct release_args {
    const char   *audience, *recipient, *level;
    int64_t       from_s, to_s;
    uint32_t      min_groups, min_sources, min_days;
    double        base_cell_m;
    backdrop_args backdrop;
    bool          overwrite, dry_run;
} release_args;

#define RELEASE_OPTIONS(type, field) \
    {CLI_CHOICE, 0, "for", offsetof(type, field.audience), "internal|partner|public", CLI_REQUIRED, \
     "who will see it; there is no default"}, \
    {CLI_FLAG, 0, "overwrite", offsetof(type, field.overwrite), NULL, NULL, "replace what is already there under that name"}, \
    {CLI_FLAG, 'n', "dry-run", offsetof(type, field.dry_run), NULL, NULL, "say what would be held back; write nothing, enter nothing"}, \
    {CLI_TEXT, 0, "recipient", offsetof(type, field.recipient), "NAME", NULL, "the partner organisation"}, \
    {CLI_TEXT, 'l', "level", offsetof(type, field.level), "NAME", NULL, "boundary level of the area layer; else the newest set"}, \
    {CLI_FROM, 0, "from", offsetof(type, field.from_s), "DATE", NULL, "first day of the period; else all closed periods"}, \
    {CLI_TO, 0, "to", offsetof(type, field.to_s), "DATE", NULL, "last day of the period"}, \
    CLI_HEADING("Stricter than the rules (they can be tightened, never loosened)"), \
    {CLI_COUNT, 0, "min-groups", offsetof(type, field.min_groups), "N", NULL, "incident groups in a square that is shown"}, \
    {CLI_COUNT, 0, "min-sources", offsetof(type, field.min_sources), "N", NULL, "sources in a square that is shown"}, \
    {CLI_COUNT, 0, "min-days", offsetof(type, field.min_days), "N", NULL, "days in a square that is shown"}, \
    {CLI_LENGTH_M, 0, "base-cell", offsetof(type, field.base_cell_m), "LENGTH", NULL, "smallest square: 1km, 2km, 4km"}, \
    BACKDROP_OPTIONS(type, field.backdrop)

void release_defaults(release_args *args);
castmap_audience audience_of(const char *word);
/* Open the project and make the release, for a product at `output`. Prints what is wrong and gives the exit code; 0 is good. */
int release_begin(cli_env *env, const release_args *args, const char *output, castmap_release **out);
void backdrop_to_release(const backdrop_args *args, castmap_release_options *options);
void show_suppressed(cli_env *env, castmap_audience audience, const castmap_suppressed *s);
void json_suppressed(cli_json *json, const castmap_suppressed *s);

/* Files of one release in a folder that exists. format NULL: layers, package, rasters, maps, page, report; else "geojson", "gpkg" or "geotiff"
 * alone. The manifest always. */
castmap_status write_products(castmap_context *ctx, const castmap_release *release, const castmap_map_options *map, const char *folder,
                              const char *format);
/* The files of folder `on_disk`, in order of their names, as texts of the open JSON list: shown_as/NAME. */
void json_folder(cli_json *json, const char *on_disk, const char *shown_as);

#endif
