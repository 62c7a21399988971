/*
 * project/ingest/profile_epicollect.c - exports of Epicollect5: ec5_uuid, created_at, uploaded_at, title, then the questions by number.
 *
 * A position question N gives lat_N_Name, long_N_Name, accuracy_N_Name (and UTM columns, which say the same once more); others are N_Name. created_by is an
 * address of email: it is the source, and as such never leaves the project.
 */
#include "project/ingest/profile.h"

#include <ctype.h>
#include <string.h>

static const cm_alias ALIAS[] = {
    {CM_ROLE_ID, "ec5branchuuid ec5uuid"}, /* a branch has the id of its owner too, which many of its records share */
    {CM_ROLE_COUNT, ""},
};

/* The column whose name is `ending` behind another beginning. */
static int beginning_with(const cm_columns *columns, const char *beginning, const char *ending)
{
    const size_t n = strlen(beginning);

    for (size_t i = 0; i < columns->n; i++)
        if (strncmp(columns->name[i], beginning, n) == 0 && strcmp(columns->name[i] + n, ending) == 0)
            return (int)i;
    return CM_NO_COLUMN;
}

/* The n-th position question, from 0; CM_NO_COLUMN. *ending: "3_Where". */
static int position_question(const cm_columns *columns, size_t which, const char **ending)
{
    for (size_t i = 0; i < columns->n; i++) {
        const char *name = columns->name[i];
        if (strncmp(name, "lat_", 4) != 0 || !isdigit((unsigned char)name[4]) || beginning_with(columns, "long_", name + 4) == CM_NO_COLUMN)
            continue;
        if (which-- == 0) {
            *ending = name + 4;
            return (int)i;
        }
    }
    return CM_NO_COLUMN;
}

static int fits(const cm_columns *columns)
{
    const char *ending;
    const bool tool = cm_column_named(columns, "ec5_uuid") != CM_NO_COLUMN || cm_column_named(columns, "ec5_branch_uuid") != CM_NO_COLUMN;
    const bool place = position_question(columns, 0, &ending) != CM_NO_COLUMN;

    return tool && place ? 96 : tool ? 70 : place ? 55 : 0;
}

/* "4_What_did_you_see": a question's own words begin after its number. */
static int question(const cm_columns *columns, const char *const *words)
{
    for (; *words; words++) {
        for (size_t i = 0; i < columns->n; i++) {
            const char *key = columns->key[i] + strspn(columns->key[i], "0123456789");
            if (isdigit((unsigned char)columns->name[i][0]) && strncmp(key, *words, strlen(*words)) == 0)
                return (int)i;
        }
    }
    return CM_NO_COLUMN;
}

static void locate(const cm_columns *columns, cm_mapping *mapping)
{
    static const char *const WHAT[] = {"what", "category", "type", "kind", NULL};
    static const char *const WHEN[] = {"when", "date", NULL};
    static const char *const CLOCK[] = {"time", NULL};
    static const char *const NOTES[] = {"note", "anything", "describe", "description", "comment", "detail", NULL};
    const char *ending = NULL, *other;
    const int lat = position_question(columns, 0, &ending);

    if (lat != CM_NO_COLUMN && !mapping->why[CM_ROLE_LAT]) {
        cm_mapping_set(mapping, CM_ROLE_LAT, lat, "position question");
        cm_mapping_set(mapping, CM_ROLE_LON, beginning_with(columns, "long_", ending), "position question");
        cm_mapping_set(mapping, CM_ROLE_ACCURACY, beginning_with(columns, "accuracy_", ending), "position question");
        while (position_question(columns, mapping->other_places + 1, &other) != CM_NO_COLUMN)
            mapping->other_places++;
    }
    cm_alias_apply(ALIAS, columns, mapping);
    cm_mapping_set(mapping, CM_ROLE_CATEGORY, question(columns, WHAT), "question");
    cm_mapping_set(mapping, CM_ROLE_TEXT, question(columns, NOTES), "question");
    cm_mapping_set(mapping, CM_ROLE_TIME, question(columns, WHEN), "question");
    if (mapping->column[CM_ROLE_TIME] != CM_NO_COLUMN)
        cm_mapping_set(mapping, CM_ROLE_CLOCK, question(columns, CLOCK), "question");
    cm_mapping_set(mapping, CM_ROLE_TIME, cm_column_named(columns, "created_at"), "no question asks for the time: when the form was filled in");
    cm_mapping_set(mapping, CM_ROLE_SOURCE, cm_column_named(columns, "created_by"), "who sent the form");
}

const cm_profile CM_PROFILE_EPICOLLECT = {
    .name = "epicollect",
    .title = "Epicollect5",
    .fingerprint = "ec5_uuid, or lat_N_Name and long_N_Name of a question N",
    .fits = fits,
    .locate = locate,
    .alias = ALIAS,
    .own_words = true,
    .na_is_empty = true,
    .precision = CM_PLACE_EXACT,
};
