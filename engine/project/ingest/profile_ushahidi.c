/*
 * project/ingest/profile_ushahidi.c - posts exported from Ushahidi: "Post ID", "Survey", and a field "Label.lat", "Label.lon".
 */
#include "project/ingest/profile.h"

#include <string.h>

static const cm_alias ALIAS[] = {
    {CM_ROLE_ID, "postid"},
    {CM_ROLE_CATEGORY, "categories category survey"},
    {CM_ROLE_TEXT, "description title"},
    {CM_ROLE_TIME, "postdateutc createdutc postdate"},
    {CM_ROLE_COUNT, ""},
};

static int fits(const cm_columns *columns)
{
    if (cm_column_keyed(columns, "postid") == CM_NO_COLUMN)
        return 0;
    return cm_column_keyed(columns, "survey") != CM_NO_COLUMN ? 95 : 60;
}

static void locate(const cm_columns *columns, cm_mapping *mapping)
{
    int lat, lon;
    size_t pairs = cm_columns_pair(columns, "", ".lat", ".lon", &lat, &lon);

    if (!pairs)
        pairs = cm_columns_pair(columns, "", ".lat", ".lng", &lat, &lon);
    if (pairs) {
        mapping->other_places = pairs - 1;
        cm_mapping_set(mapping, CM_ROLE_LAT, lat, "place field");
        cm_mapping_set(mapping, CM_ROLE_LON, lon, "place field");
    }
    cm_alias_apply(ALIAS, columns, mapping);
    if (mapping->column[CM_ROLE_TIME] != CM_NO_COLUMN && strstr(columns->key[mapping->column[CM_ROLE_TIME]], "utc"))
        mapping->zone = "UTC";
}

const cm_profile CM_PROFILE_USHAHIDI = {
    .name = "ushahidi",
    .title = "Ushahidi",
    .fingerprint = "Post ID, Survey",
    .fits = fits,
    .locate = locate,
    .alias = ALIAS,
    .generic_too = true,
    .own_words = true,
    .na_is_empty = true,
    .precision = CM_PLACE_EXACT,
};
