/*
 * project/ingest/profile_comapeo.c - observations of CoMapeo ($id, $createdAt, $categoryId, then the tags by their own names; earlier docId, versionId, createdAt) and
 * of Mapeo before it ($created, $version, categoryId). A file may hold tracks too, whose properties have docId and createdAt: they are lines, and set aside.
 */
#include "project/ingest/profile.h"

#include <stddef.h>
#include <string.h>

static const cm_alias ALIAS[] = {
    {CM_ROLE_LAT, "lat latitude"},
    {CM_ROLE_LON, "lon longitude"},
    {CM_ROLE_ID, "docid id"},
    {CM_ROLE_TIME, "createdat created"},
    {CM_ROLE_CATEGORY, "category categoryname type categoryid"}, /* the last is a number, not a word */
    {CM_ROLE_TEXT, "notes note description"},
    {CM_ROLE_SOURCE, "createdby deviceid"},
    {CM_ROLE_ACCURACY, "accuracy metadata"}, /* the latter holds it inside: see prepare_place.c */
    {CM_ROLE_COUNT, ""},
};

static const cm_alias ELSE[] = {
    {CM_ROLE_CATEGORY, "categoryname type categoryid"},
    {CM_ROLE_COUNT, ""},
};

/* The names with a $ are those of observations, whatever the tracks before them have. */
static void locate(const cm_columns *columns, cm_mapping *mapping)
{
    for (size_t i = 0; i < columns->n; i++) {
        if (strcmp(columns->name[i], "$id") == 0)
            cm_mapping_set(mapping, CM_ROLE_ID, (int)i, "column name");
        if (strcmp(columns->name[i], "$createdAt") == 0)
            cm_mapping_set(mapping, CM_ROLE_TIME, (int)i, "column name");
    }
}

static bool exactly(const cm_columns *columns, const char *name)
{
    for (size_t i = 0; i < columns->n; i++)
        if (strcmp(columns->name[i], name) == 0)
            return true;
    return false;
}

static int fits(const cm_columns *columns)
{
    if (exactly(columns, "$id") && exactly(columns, "$createdAt"))
        return 96;
    const bool comapeo = cm_column_named(columns, "docId") != CM_NO_COLUMN && cm_column_named(columns, "versionId") != CM_NO_COLUMN;
    const bool mapeo = cm_column_named(columns, "$created") != CM_NO_COLUMN && cm_column_named(columns, "$version") != CM_NO_COLUMN;

    return comapeo || mapeo ? 95 : 0;
}

const cm_profile CM_PROFILE_COMAPEO = {
    .name = "comapeo",
    .title = "CoMapeo",
    .fingerprint = "$id, $createdAt; docId, versionId; or $created, $version",
    .fits = fits,
    .locate = locate,
    .alias = ALIAS,
    .otherwise = ELSE,
    .generic_too = true,
    .own_words = true,
    .precision = CM_PLACE_EXACT,
};
