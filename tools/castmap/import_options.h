/* import_options.h - how observations are read: the same options for `import` and `make`. */
#ifndef CASTMAP_IMPORT_OPTIONS_H
#define CASTMAP_IMPORT_OPTIONS_H

#include "cli.h"

typedef struct reading_args {
    const char *profile, *encoding, *delimiter, *crs, *time_zone, *date_order, *categories, *layer, *recipe;
    cli_texts   map;
    uint32_t    year;
    bool        strict, follow, comments, legacy_grades, keep_odd_dates, keep_far, no_names;
} reading_args;

#define READING_OPTIONS(type, field) \
    CLI_HEADING("How the observations are read (recognised, and shown, where not given)"), \
    {CLI_TEXT, 0, "recipe", offsetof(type, field.recipe), "NAME|FILE", NULL, \
     "read it as a recipe says, one of the project or a .json file; what is given here holds"}, \
    {CLI_CHOICE, 0, "profile", offsetof(type, field.profile), "kobo|odk|epicollect|ushahidi|open311|comapeo|police|kml|gpx|photo|chat|generic", NULL, \
     "what kind of export it is"}, \
    {CLI_TEXTS, 0, "map", offsetof(type, field.map), "FIELD=COLUMN", NULL, \
     "take a field from this column: lat, lon, x, y, position, time, category, text, ...; keep=COLUMN keeps one as it is; "  \
     "id= says that there is no unique id"}, \
    {CLI_CHOICE, 0, "encoding", offsetof(type, field.encoding), "utf-8|latin1|windows-1252|utf-16|utf-16le|utf-16be", NULL, "of the text"}, \
    {CLI_CHOICE, 0, "delimiter", offsetof(type, field.delimiter), "comma|semicolon|tab|,|;", NULL, "between fields"}, \
    {CLI_TEXT, 0, "crs", offsetof(type, field.crs), "EPSG:CODE", NULL, "of easting and northing columns, or of a layer that does not say its own"}, \
    {CLI_TEXT, 0, "time-zone", offsetof(type, field.time_zone), "NAME", NULL, "of times that do not say theirs"}, \
    {CLI_CHOICE, 0, "date-order", offsetof(type, field.date_order), "dmy|mdy|ymd", NULL, "how 03/04/2025 is read"}, \
    {CLI_NATURAL, 0, "year", offsetof(type, field.year), "YEAR", NULL, "of dates that do not say theirs: March, 1st May"}, \
    {CLI_TEXT, 0, "layer", offsetof(type, field.layer), "NAME", NULL, "of a file with several: which layer, sheet of a workbook, or file of a zip"}, \
    {CLI_FILE, 0, "categories", offsetof(type, field.categories), "FILE", NULL, \
     "CSV code,label,aliases; only these categories are accepted"}, \
    {CLI_FLAG, 0, "strict", offsetof(type, field.strict), NULL, NULL, \
     "one bad row refuses the whole file; so does text that is no UTF-8, unless its encoding is given"}, \
    {CLI_FLAG, 0, "follow", offsetof(type, field.follow), NULL, NULL, "accept a symbolic link as input"}, \
    {CLI_FLAG, 0, "comment", offsetof(type, field.comments), NULL, NULL, "lines that begin with # are comments"}, \
    {CLI_FLAG, 0, "no-names", offsetof(type, field.no_names), NULL, NULL, "of a chat: do not tell people apart, not even by pseudonyms"}, \
    {CLI_FLAG, 0, "legacy-grades", offsetof(type, field.legacy_grades), NULL, NULL, \
     "translate older 5x5x5 grades by the fixed table"}, \
    {CLI_FLAG, 0, "keep-odd-dates", offsetof(type, field.keep_odd_dates), NULL, NULL, \
     "note dates in the future or before 1990, and keep them"}, \
    {CLI_FLAG, 0, "keep-far", offsetof(type, field.keep_far), NULL, NULL, \
     "note records far from all others of the file, and keep them"}

/* With --recipe: fill what is still open. The recipe must outlive the options; *recipe NULL: none. */
castmap_status reading_recipe(cli_env *env, const reading_args *args, castmap_import_options *options, castmap_recipe **recipe);

/* Fill the engine's options; false after printing what is wrong. `options` borrows from args. */
bool reading_options(cli_env *env, const reading_args *args, castmap_import_options *options);

#endif
