/*
 * project/ingest/profile_police.c - street-level crime files of data.police.uk.
 *
 * The publisher snaps every point to one of a list of map points, so a place is never exact and piles of records on one point say
 * nothing about that point. "Crime ID" is blank for some kinds and repeats for others: it is no key and is not kept.
 */
#include "project/ingest/profile.h"

static const cm_alias ALIAS[] = {
    {CM_ROLE_LAT, "latitude"},       {CM_ROLE_LON, "longitude"}, {CM_ROLE_TIME, "month"},
    {CM_ROLE_CATEGORY, "crimetype"}, {CM_ROLE_TEXT, "location"}, {CM_ROLE_COUNT, ""},
};

static int fits(const cm_columns *columns)
{
    static const char *const NEEDED[] = {"month", "longitude", "latitude", "location", "lsoacode", "crimetype"};

    for (size_t i = 0; i < sizeof NEEDED / sizeof NEEDED[0]; i++)
        if (cm_column_keyed(columns, NEEDED[i]) == CM_NO_COLUMN)
            return 0;
    return 100;
}

const cm_profile CM_PROFILE_POLICE = {
    .name = "police",
    .title = "police.uk street file",
    .fingerprint = "Month, Location, LSOA code, Crime type",
    .fits = fits,
    .alias = ALIAS,
    .precision = CM_PLACE_SNAPPED,
    .place_note = "snapped to anonymous map points by the publisher",
};
