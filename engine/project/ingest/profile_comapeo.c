/*
 * project/ingest/profile_comapeo.c - observations of CoMapeo (docId, versionId, createdAt, tags) and of Mapeo before it ($created, $version, categoryId).
 */
#include "project/ingest/profile.h"

#include <stddef.h>

static const cm_alias ALIAS[] = {
    {CM_ROLE_LAT, "lat latitude"},
    {CM_ROLE_LON, "lon longitude"},
    {CM_ROLE_ID, "docid id"},
    {CM_ROLE_TIME, "createdat created"},
    {CM_ROLE_CATEGORY, "category categoryid categoryname type"},
    {CM_ROLE_TEXT, "notes note description"},
    {CM_ROLE_SOURCE, "createdby deviceid"},
    {CM_ROLE_COUNT, ""},
};

static int fits(const cm_columns *columns)
{
    const bool comapeo = cm_column_named(columns, "docId") != CM_NO_COLUMN && cm_column_named(columns, "versionId") != CM_NO_COLUMN;
    const bool mapeo = cm_column_named(columns, "$created") != CM_NO_COLUMN && cm_column_named(columns, "$version") != CM_NO_COLUMN;

    return comapeo || mapeo ? 95 : 0;
}

const cm_profile CM_PROFILE_COMAPEO = {
    .name = "comapeo",
    .title = "CoMapeo",
    .fingerprint = "docId, versionId; or $created, $version",
    .fits = fits,
    .alias = ALIAS,
    .generic_too = true,
    .own_words = true,
    .precision = CM_PLACE_EXACT,
};
